//! A message that its browser alone can read (RFC 8291): one record of aes128gcm (RFC 8188).

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::error::Unspecified;
use ring::hmac::{HMAC_SHA256, Key, sign};
use ring::rand::{SecureRandom, SystemRandom};

/// Octets of a public key of P-256, uncompressed.
pub const PUBLIC_KEY: usize = 65;
/// Octets of the secret that a browser shares with us.
pub const AUTH: usize = 16;
/// Octets of a record; one is all that a push message may have (RFC 8291 §4).
const RECORD: u32 = 4096;
const SALT: usize = 16;

/// The body of a message to this browser. An error: what is called its key is none.
pub fn encrypt(p256dh: &[u8], auth: &[u8], plain: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let random = SystemRandom::new();
    let mut salt = [0; SALT];
    random.fill(&mut salt)?;
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &random)?;
    let public = own.compute_public_key()?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, p256dh);
    agree_ephemeral(own, &theirs, |shared| {
        seal(&Keys { shared, auth, theirs: p256dh, ours: public.as_ref() }, &salt, plain)
    })?
}

/// What the two sides have.
struct Keys<'a> {
    shared: &'a [u8],
    auth: &'a [u8],
    theirs: &'a [u8],
    ours: &'a [u8],
}

/// RFC 8291 §3.4 and RFC 8188 §2.
fn seal(keys: &Keys<'_>, salt: &[u8; SALT], plain: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let info = [b"WebPush: info\0", keys.theirs, keys.ours].concat();
    let secret = hkdf(keys.auth, keys.shared, &info);
    let key = hkdf(salt, secret.as_ref(), b"Content-Encoding: aes128gcm\0");
    let nonce = hkdf(salt, secret.as_ref(), b"Content-Encoding: nonce\0");
    let key = UnboundKey::new(&AES_128_GCM, key.as_ref().get(..16).ok_or(Unspecified)?)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce.as_ref().get(..12).ok_or(Unspecified)?)?;
    // 2: the last record.
    let mut record = [plain, &[2]].concat();
    LessSafeKey::new(key).seal_in_place_append_tag(nonce, Aad::empty(), &mut record)?;
    let length = u8::try_from(keys.ours.len()).map_err(|_| Unspecified)?;
    Ok([salt, &RECORD.to_be_bytes()[..], &[length], keys.ours, &record].concat())
}

/// HKDF (RFC 5869) with SHA-256, of which no more than the first block is needed.
fn hkdf(salt: &[u8], secret: &[u8], info: &[u8]) -> ring::hmac::Tag {
    let extracted = sign(&Key::new(HMAC_SHA256, salt), secret);
    sign(&Key::new(HMAC_SHA256, extracted.as_ref()), &[info, &[1]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    fn octets(text: &str) -> Vec<u8> {
        BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// RFC 8291 appendix A, from the shared secret on.
    #[test]
    fn a_message_is_that_of_the_rfc() {
        let shared = octets("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let theirs =
            octets("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        let ours =
            octets("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        let auth = octets("BTBZMqHH6r4Tts7J_aSIgg");
        let salt: [u8; SALT] = octets("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let keys = Keys { shared: &shared, auth: &auth, theirs: &theirs, ours: &ours };
        let sealed = seal(&keys, &salt, b"When I grow up, I want to be a watermelon").unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(sealed), expected);
    }

    #[test]
    fn a_browser_reads_what_is_sent_to_it_and_what_is_no_key_gets_nothing() {
        let random = SystemRandom::new();
        let browser = EphemeralPrivateKey::generate(&ECDH_P256, &random).unwrap();
        let public = browser.compute_public_key().unwrap();
        let auth = [7; AUTH];
        let sealed = encrypt(public.as_ref(), &auth, b"{}").unwrap();
        let (head, record) = sealed.split_at(SALT + 5 + PUBLIC_KEY);
        let (salt, ours) = (&head[..SALT], &head[SALT + 5..]);
        let theirs = UnparsedPublicKey::new(&ECDH_P256, ours);
        let shared = agree_ephemeral(browser, &theirs, <[u8]>::to_vec).unwrap();
        let info = [b"WebPush: info\0", public.as_ref(), ours].concat();
        let secret = hkdf(&auth, &shared, &info);
        let key = hkdf(salt, secret.as_ref(), b"Content-Encoding: aes128gcm\0");
        let nonce = hkdf(salt, secret.as_ref(), b"Content-Encoding: nonce\0");
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key.as_ref()[..16]).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(&nonce.as_ref()[..12]).unwrap();
        let mut record = record.to_vec();
        assert_eq!(key.open_in_place(nonce, Aad::empty(), &mut record).unwrap(), b"{}\x02");
        assert!(encrypt(&[4; PUBLIC_KEY], &auth, b"{}").is_err(), "no point of the curve");
        assert!(encrypt(&[], &auth, b"{}").is_err());
    }
}
