//! Packets of the RFCs.

use super::super::header::tests::unhex;
use super::*;

const GCM_SALT: &str = "517569642070726f2071756f";
const GCM_128: &str = "000102030405060708090a0b0c0d0e0f";
const GCM_256: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const RTP: &str =
    "8040f17b8041f8d35501a0b2 47616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";
const RTCP: &str = "81c8000d4d617273 4e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
const SSRC: u32 = 0x5501_a0b2;
const MARS: u32 = 0x4d61_7273;

fn gcm(key: &str) -> Cipher {
    let key = unhex(key);
    let algorithm = if key.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
    let key = Box::new(LessSafeKey::new(UnboundKey::new(algorithm, &key).unwrap()));
    Cipher::Gcm { key, salt: Zeroizing::new(unhex(GCM_SALT).try_into().unwrap()) }
}

fn with_room(packet: &str) -> (Vec<u8>, usize) {
    let mut packet = unhex(packet);
    let length = packet.len();
    packet.resize(length + super::super::MAX_OVERHEAD, 0xee);
    (packet, length)
}

/// RFC 7714 §16.1.1 and §16.2.1.
#[test]
fn rtp_by_galois_counter_mode_is_that_of_the_rfc() {
    for (key, sealed) in [
        (
            GCM_128,
            "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce",
        ),
        (
            GCM_256,
            "32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13",
        ),
    ] {
        let cipher = gcm(key);
        let (mut room, length) = with_room(RTP);
        let end = cipher.seal_rtp(&mut room, (12, length), SSRC, 0xf17b).unwrap();
        assert_eq!(room[12..end], unhex(sealed));
        assert_eq!(cipher.open_rtp(&mut room[..end], 12, SSRC, 0xf17b), Some(length));
        assert_eq!(room[..length], unhex(RTP));
    }
}

/// RFC 7714 §17.1 and §17.3.
#[test]
fn rtcp_by_galois_counter_mode_is_that_of_the_rfc() {
    for (key, sealed) in [
        (
            GCM_128,
            "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4",
        ),
        (
            GCM_256,
            "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad1d1eb30c4446839f57ff6f6cb26ac3be800005d4",
        ),
    ] {
        let cipher = gcm(key);
        let (mut room, length) = with_room(RTCP);
        let end = cipher.seal_rtcp(&mut room, length, MARS, RtcpIndex(0x5d4)).unwrap();
        assert_eq!(room[..end], unhex(sealed));
        assert_eq!(cipher.rtcp_index(&room[..end]), Some(RtcpIndex(0x5d4)));
        assert_eq!(cipher.open_rtcp(&mut room[..end], MARS, RtcpIndex(0x5d4)), Some(length));
        assert_eq!(room[..length], unhex(RTCP));
    }
}

/// The packet that implementations of counter mode with HMAC-SHA1 compare with each other, from the master key of RFC 3711
/// appendix B.3 on; there is none in the RFC.
#[test]
fn rtp_by_counter_mode_is_that_of_others() {
    let master = unhex("e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6");
    let plain = "800f1234decafbadcafebabe abababababababababababababababab";
    let sealed = unhex("800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb");
    for (suite, tag) in [(Suite::AesCm128HmacSha1_80, 10), (Suite::AesCm128HmacSha1_32, 4)] {
        let cipher = Cipher::rtp(&MasterKey::new(suite, &master).unwrap()).unwrap();
        let (mut room, length) = with_room(plain);
        let end = cipher.seal_rtp(&mut room, (12, length), 0xcafe_babe, 0x1234).unwrap();
        assert_eq!(room[..end], sealed[..28 + tag]);
        assert_eq!(cipher.open_rtp(&mut room[..end], 12, 0xcafe_babe, 0x1234), Some(length));
        assert_eq!(room[..length], unhex(plain));
    }
}

#[test]
fn every_bit_of_a_packet_counts() {
    for suite in Suite::ALL {
        let master = MasterKey::new(suite, &vec![7; MasterKey::length(suite)]).unwrap();
        let (rtp, rtcp) = (Cipher::rtp(&master).unwrap(), Cipher::rtcp(&master).unwrap());
        let (mut packet, whole) = with_room(RTP);
        let end = rtp.seal_rtp(&mut packet, (12, whole), SSRC, 0x1_f17b).unwrap();
        let (mut report, length) = with_room(RTCP);
        let report_end = rtcp.seal_rtcp(&mut report, length, MARS, RtcpIndex(9)).unwrap();
        for bit in 0..report_end.max(end) * 8 {
            let flipped = |packet: &[u8]| {
                let mut packet = packet.to_vec();
                packet[bit / 8] ^= 1 << (bit % 8);
                packet
            };
            if bit < end * 8 {
                assert_eq!(rtp.open_rtp(&mut flipped(&packet[..end]), 12, SSRC, 0x1_f17b), None, "{bit}");
            }
            if bit < report_end * 8 {
                let mut packet = flipped(&report[..report_end]);
                let opened =
                    rtcp.rtcp_index(&packet).and_then(|index| rtcp.open_rtcp(&mut packet, MARS, index));
                assert_eq!(opened, None, "{bit}");
            }
        }
        // The rollover counter is not in the packet, and counts all the same.
        assert_eq!(rtp.open_rtp(&mut packet[..end].to_vec(), 12, SSRC, 0xf17b), None);
        // The keys of RTP are not those of RTCP.
        assert_eq!(rtcp.open_rtp(&mut packet[..end].to_vec(), 12, SSRC, 0x1_f17b), None);
        assert_eq!(rtp.open_rtp(&mut packet[..end], 12, SSRC, 0x1_f17b), Some(whole));
    }
}
