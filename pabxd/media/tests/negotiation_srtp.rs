//! Offer and answer with the keys of SRTP (RFC 4568).

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use pabx_media::negotiation::{AudioStream, Encryption, LocalMedia, MediaLeg, NegotiationError};
use pabx_media::sdp::SessionDescription;
use pabx_media::srtp::{CryptoLine, Security, Suite};

const KEY_A: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
const KEY_B: &str = "YUJDZGVmZ2hpSktMbW9QUXJzVHVWd3l6MTIzNDU2";
const ALL: [&str; 4] =
    ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_256_GCM", "AEAD_AES_128_GCM"];

fn leg(wanted: Encryption, confidential: bool) -> MediaLeg {
    let mut leg = MediaLeg::new(LocalMedia { ip: "198.51.100.1".parse().unwrap(), rtp_port: 10000 }, 77);
    leg.encrypt(wanted, confidential, [5; 32]);
    leg
}

/// A phone's description: one stream of this profile with these `a=crypto` values.
fn phone(profile: &str, lines: &[&str]) -> Vec<u8> {
    let crypto: Vec<String> = lines.iter().map(|line| format!("a=crypto:{line}\r\n")).collect();
    let crypto = crypto.concat();
    format!(
        "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio 4000 {profile} 8\r\n{crypto}"
    )
    .into_bytes()
}

fn line(tag: u32, suite: &str, key: &str) -> String {
    format!("{tag} {suite} inline:{key}")
}

/// Profile and `a=crypto` values of our text.
fn said(text: &str) -> (String, Vec<String>) {
    let sdp: SessionDescription = text.parse().unwrap();
    let media = &sdp.media[0];
    (media.protocol.clone(), media.values("crypto").map(str::to_owned).collect())
}

fn security(leg: &MediaLeg) -> Option<Security> {
    leg.plan().security.map(|security| *security)
}

/// Offers to a leg, which answers.
fn answered(leg: &mut MediaLeg, offer: &[u8]) -> Result<(String, Vec<String>), NegotiationError> {
    let stream = leg.remote_offer(offer)?;
    Ok(said(&leg.local_answer(&stream)?))
}

#[test]
fn offers_are_met_as_the_leg_wants_and_its_signalling_allows() {
    use Encryption::{Off, Offered, Required};
    let usable = line(1, ALL[0], KEY_A);
    let mki = format!("{usable}|2^20|1:4");
    let bare = phone("RTP/AVP", &[]);
    let wish = phone("RTP/AVP", &[&usable]);
    let only = phone("RTP/SAVP", &[&usable]);
    let useless = phone("RTP/SAVP", &[&mki, "1 F8_128_HMAC_SHA1_80 inline:x"]);
    let useless_wish = phone("RTP/AVP", &[&mki]);
    let transport = || Err(NegotiationError::Transport("RTP/SAVP".into()));
    for (wanted, confidential, offer, outcome) in [
        (Off, true, &bare, Ok(false)),
        (Off, true, &wish, Ok(false)),
        (Off, true, &only, transport()),
        (Off, false, &wish, Ok(false)),
        (Off, false, &only, transport()),
        (Offered, true, &bare, Ok(false)),
        (Offered, true, &wish, Ok(true)),
        (Offered, true, &only, Ok(true)),
        (Offered, true, &useless, Err(NegotiationError::NoUsableKey)),
        (Offered, true, &useless_wish, Ok(false)),
        (Offered, false, &bare, Ok(false)),
        (Offered, false, &wish, Ok(false)),
        (Offered, false, &only, Err(NegotiationError::KeysInClear)),
        (Required, true, &bare, Err(NegotiationError::NotEncrypted)),
        (Required, true, &wish, Ok(true)),
        (Required, true, &only, Ok(true)),
        (Required, true, &useless, Err(NegotiationError::NoUsableKey)),
        (Required, true, &useless_wish, Err(NegotiationError::NotEncrypted)),
        (Required, false, &bare, Err(NegotiationError::KeysInClear)),
        (Required, false, &wish, Err(NegotiationError::KeysInClear)),
        (Required, false, &only, Err(NegotiationError::KeysInClear)),
    ] {
        let mut leg = leg(wanted, confidential);
        let text = String::from_utf8_lossy(offer).into_owned();
        let answer = answered(&mut leg, offer);
        assert_eq!(
            answer.as_ref().map(|(_, crypto)| crypto.len() == 1).map_err(Clone::clone),
            outcome,
            "{wanted:?} {confidential} {text}"
        );
        assert_eq!(leg.suite().is_some(), outcome == Ok(true));
        if let Err(error) = outcome {
            assert_eq!((error.status(), error.warning().is_some()), (488, true));
        }
    }
}

#[test]
fn the_first_usable_line_is_chosen_and_answered_with_its_tag_and_a_key_of_ours() {
    let lines = [
        format!("{}|2^20|1:4", line(7, ALL[0], KEY_A)),
        format!("{} UNENCRYPTED_SRTCP", line(8, ALL[0], KEY_A)),
        line(9, ALL[1], KEY_A),
        line(10, ALL[0], KEY_B),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut leg = leg(Encryption::Offered, true);
    let (profile, crypto) = answered(&mut leg, &phone("RTP/SAVP", &lines)).unwrap();
    let ours = CryptoLine::parse(&crypto[0]).unwrap();
    assert_eq!((profile.as_str(), crypto.len(), ours.tag), ("RTP/SAVP", 1, 9));
    assert_eq!(leg.suite(), Some(Suite::AesCm128HmacSha1_32));
    let keys = security(&leg).unwrap();
    assert_eq!((&keys.receive, &keys.send), (&CryptoLine::parse(lines[2]).unwrap().key, &ours.key));
    assert!(!crypto[0].contains(KEY_A), "never the peer's own");
}

#[test]
fn lines_beyond_the_limit_are_not_looked_at() {
    let good = line(99, ALL[0], KEY_A);
    let mut lines = vec!["1 UNKNOWN inline:x"; 16];
    lines.push(&good);
    let error = answered(&mut leg(Encryption::Offered, true), &phone("RTP/SAVP", &lines)).unwrap_err();
    assert_eq!(error, NegotiationError::NoUsableKey);
    assert!(answered(&mut leg(Encryption::Offered, true), &phone("RTP/SAVP", &lines[1..])).is_ok());
}

#[test]
fn of_a_stream_that_is_offered_twice_the_encrypted_one_is_taken() {
    let key = line(1, ALL[0], KEY_A);
    let second = format!("m=audio 4002 RTP/SAVP 8\r\na=crypto:{key}\r\n");
    let both = [phone("RTP/AVP", &[]), second.into_bytes()].concat();
    for (wanted, places) in [(Encryption::Offered, [0, 10000]), (Encryption::Off, [10000, 0])] {
        let mut leg = leg(wanted, true);
        let stream = leg.remote_offer(&both).unwrap();
        let answer: SessionDescription = leg.local_answer(&stream).unwrap().parse().unwrap();
        assert_eq!([answer.media[0].port, answer.media[1].port], places);
    }
}

#[test]
fn our_offer_has_a_key_for_each_suite_and_a_profile_that_the_phone_can_take() {
    let wanted = AudioStream::preferred();
    for (terms, confidential, profile, lines) in [
        (Encryption::Off, true, "RTP/AVP", 0),
        (Encryption::Offered, true, "RTP/AVP", 4),
        (Encryption::Offered, false, "RTP/AVP", 0),
        (Encryption::Required, true, "RTP/SAVP", 4),
    ] {
        let mut leg = leg(terms, confidential);
        assert!(leg.can_offer());
        let (said_profile, crypto) = said(&leg.local_offer(&wanted));
        assert_eq!((said_profile.as_str(), crypto.len()), (profile, lines));
        let crypto: Vec<CryptoLine> = crypto.iter().map(|line| CryptoLine::parse(line).unwrap()).collect();
        for (n, (line, suite)) in crypto.iter().zip(ALL).enumerate() {
            assert_eq!((usize::try_from(line.tag).unwrap(), line.key.suite().as_str()), (n + 1, suite));
            assert!(crypto[..n].iter().all(|other| other.key != line.key));
        }
    }
    assert!(!leg(Encryption::Required, false).can_offer());
}

#[test]
fn answers_must_choose_one_of_our_lines_or_none() {
    let wanted = AudioStream::preferred();
    let (gcm, short) = (format!("{}==", &KEY_A[..38]), line(4, ALL[3], KEY_A));
    for (terms, profile, lines, outcome) in [
        (Encryption::Offered, "RTP/AVP", vec![], Ok(None)),
        (Encryption::Offered, "RTP/AVP", vec![line(2, ALL[1], KEY_A)], Ok(Some(Suite::AesCm128HmacSha1_32))),
        (Encryption::Offered, "RTP/SAVP", vec![line(1, ALL[0], KEY_A)], Ok(Some(Suite::AesCm128HmacSha1_80))),
        (Encryption::Required, "RTP/SAVP", vec![line(4, ALL[3], &gcm)], Ok(Some(Suite::AeadAes128Gcm))),
        (Encryption::Required, "RTP/SAVP", vec![], Err(NegotiationError::NotEncrypted)),
        (Encryption::Required, "RTP/AVP", vec![], Err(NegotiationError::NotEncrypted)),
        (Encryption::Offered, "RTP/SAVP", vec![], Err(NegotiationError::NotEncrypted)),
        (Encryption::Offered, "RTP/AVP", vec![line(2, ALL[0], KEY_A)], Err(NegotiationError::NoUsableKey)),
        (Encryption::Offered, "RTP/AVP", vec![line(5, ALL[0], KEY_A)], Err(NegotiationError::NoUsableKey)),
        (Encryption::Required, "RTP/SAVP", vec![short], Err(NegotiationError::NoUsableKey)),
        (
            Encryption::Required,
            "RTP/SAVP",
            vec![line(1, ALL[0], KEY_A), line(2, ALL[1], KEY_A)],
            Err(NegotiationError::NoUsableKey),
        ),
    ] {
        let mut leg = leg(terms, true);
        let offered = said(&leg.local_offer(&wanted)).1;
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let answer = leg.remote_answer(&phone(profile, &lines)).map(|_| leg.suite());
        assert_eq!(answer, outcome, "{terms:?} {profile} {lines:?}");
        if let Ok(Some(suite)) = outcome {
            let keys = security(&leg).unwrap();
            let ours = offered
                .iter()
                .filter_map(|line| CryptoLine::parse(line))
                .find(|line| line.key.suite() == suite);
            assert_eq!(keys.send, ours.unwrap().key);
        }
    }
}

#[test]
fn what_stays_keeps_its_keys_and_who_changes_his_gets_others() {
    let mut leg = leg(Encryption::Required, true);
    let usual = [line(1, ALL[0], KEY_A), line(2, ALL[1], KEY_B)];
    let usual: Vec<&str> = usual.iter().map(String::as_str).collect();
    let first = answered(&mut leg, &phone("RTP/SAVP", &usual)).unwrap();
    let keys = security(&leg).unwrap();
    // The same again, and in another order: the line in use is recognised.
    assert_eq!(answered(&mut leg, &phone("RTP/SAVP", &usual)).unwrap(), first);
    let reversed: Vec<&str> = usual.iter().rev().copied().collect();
    assert_eq!(answered(&mut leg, &phone("RTP/SAVP", &reversed)).unwrap(), first);
    assert_eq!(security(&leg).unwrap(), keys);
    // Our own offer: what was agreed, and only that.
    let again = said(&leg.local_offer(&AudioStream::preferred()));
    assert_eq!(again, first);
    let answer = leg.remote_answer(&phone("RTP/SAVP", &usual[..1]));
    assert!(answer.is_ok() && security(&leg).unwrap() == keys);
    // The peer may not fall back to clear sound, neither in an answer nor in an offer.
    leg.local_offer(&AudioStream::preferred());
    assert_eq!(leg.remote_answer(&phone("RTP/AVP", &[])).unwrap_err(), NegotiationError::NotEncrypted);
    leg.rollback();
    assert_eq!(leg.remote_offer(&phone("RTP/AVP", &[])).unwrap_err(), NegotiationError::NotEncrypted);
    assert_eq!(security(&leg).unwrap(), keys);
    // Switched off and on again.
    let off = String::from_utf8(phone("RTP/SAVP", &usual)).unwrap().replace("m=audio 4000", "m=audio 0");
    answered(&mut leg, off.as_bytes()).unwrap();
    assert_eq!(security(&leg).unwrap(), keys);
    assert_eq!(answered(&mut leg, &phone("RTP/SAVP", &usual)).unwrap(), first);
    // Another key of the peer's, another one of ours.
    let other = line(1, ALL[0], KEY_B);
    let second = answered(&mut leg, &phone("RTP/SAVP", &[&other])).unwrap();
    assert_ne!(second, first);
    let changed = security(&leg).unwrap();
    assert!(changed.receive != keys.receive && changed.send != keys.send);
}

#[test]
fn a_refused_offer_with_keys_is_made_again_in_the_profile_of_srtp_once() {
    let mut leg = leg(Encryption::Offered, true);
    assert_eq!(leg.insist(), None, "nothing was offered");
    let first = said(&leg.local_offer(&AudioStream { ptime: Some(30), ..AudioStream::preferred() }));
    let again = leg.insist().unwrap();
    assert!(again.contains("a=ptime:30"));
    assert_eq!(said(&again), ("RTP/SAVP".to_owned(), first.1));
    assert_eq!(leg.insist(), None);
    assert_eq!(leg.remote_answer(&phone("RTP/AVP", &[])).unwrap_err(), NegotiationError::NotEncrypted);
    assert!(leg.remote_answer(&phone("RTP/SAVP", &[&line(2, ALL[1], KEY_A)])).is_ok());
    assert_eq!(leg.insist(), None, "there is a session");
    let mut plain = self::leg(Encryption::Offered, false);
    plain.local_offer(&AudioStream::preferred());
    assert_eq!(plain.insist(), None);
}

#[test]
fn keys_are_not_printed() {
    let mut leg = leg(Encryption::Offered, true);
    let offer = phone("RTP/SAVP", &[&line(1, ALL[0], KEY_A)]);
    let (_, crypto) = answered(&mut leg, &offer).unwrap();
    let ours = crypto[0].split(':').nth(1).unwrap().to_owned();
    let printed = format!("{leg:?} {:?} {:?}", leg.plan(), SessionDescription::parse(&offer).unwrap());
    assert!(!printed.contains(KEY_A) && !printed.contains(&ours), "{printed}");
}
