//! The value of an `a=crypto` line (RFC 4568 §9): `<tag> <suite> inline:<key||salt>[|<lifetime>] [<session parameters>]`.
//!
//! What is not spoken here makes a line unusable, and another line of the description may do: several keys in a line and
//! master key identifiers (MKI), and every session parameter but the window size (`WSH`), which is a hint. That a key has a
//! lifetime is read; it is the sender's own business to change its key in time (RFC 4568 §6.1), and ours lasts longer than a
//! call may.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::{MasterKey, Suite};

/// `a=crypto` lines of a stream that are looked at; what is beyond them is not.
pub const MAX_CRYPTO_LINES: usize = 16;
/// Base64 of the longest key with its salt.
const LONGEST: usize = 64;
/// Some phones leave the padding away, or fill the last letter up with ones.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One `a=crypto` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CryptoLine {
    /// Names the line in the answer; up to nine digits.
    pub tag: u32,
    /// What the describer sends is protected by it.
    pub key: MasterKey,
}

impl CryptoLine {
    /// Reads the value; `None`: malformed, or with something that is not spoken here.
    pub fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let tag = words.next().filter(|tag| tag.len() <= 9 && is_digits(tag))?.parse().ok()?;
        let suite = Suite::parse(words.next()?)?;
        let parameters = words.next()?.split_at_checked("inline:".len());
        let (_, parameters) = parameters.filter(|(method, _)| method.eq_ignore_ascii_case("inline:"))?;
        if !words.all(is_harmless) {
            return None;
        }
        let (key, more) =
            parameters.split_once('|').map_or((parameters, None), |(key, more)| (key, Some(more)));
        // A second part after a bar, or a colon in the first, is an MKI; a semicolon begins another key.
        if more.is_some_and(|lifetime| !is_lifetime(lifetime)) || key.len() > LONGEST {
            return None;
        }
        let mut octets = Zeroizing::new([0u8; LONGEST]);
        let length = BASE64.decode_slice(key, &mut *octets).ok()?;
        Some(Self { tag, key: MasterKey::new(suite, octets.get(..length)?)? })
    }

    /// The value, as we write it.
    pub fn value(&self) -> String {
        let Self { tag, key } = self;
        format!("{tag} {} inline:{}", key.suite().as_str(), BASE64.encode(key.octets()))
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit())
}

/// Packets that the key is used for: a number, or a power of two (`2^31`), not 0 and not above 2^48 (RFC 3711 §9.2).
fn is_lifetime(text: &str) -> bool {
    let number = |text: &str| is_digits(text).then(|| text.parse::<u64>().ok()).flatten();
    match text.strip_prefix("2^") {
        Some(power) => number(power).is_some_and(|power| power <= 48),
        None => number(text).is_some_and(|packets| (1..=1 << 48).contains(&packets)),
    }
}

/// Session parameters that change nothing: the window size that the sender thinks right (RFC 4568 §6.3.7).
fn is_harmless(parameter: &str) -> bool {
    parameter.strip_prefix("WSH=").is_some_and(is_digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

    #[test]
    fn lines_of_the_rfc_and_of_phones_are_read() {
        for (line, tag, suite) in [
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20"), 1, Suite::AesCm128HmacSha1_80),
            (format!("14 aes_cm_128_hmac_sha1_32  INLINE:{KEY}"), 14, Suite::AesCm128HmacSha1_32),
            (format!("2 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|1048576 WSH=64"), 2, Suite::AesCm128HmacSha1_80),
            (
                format!("999999999 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^48"),
                999_999_999,
                Suite::AesCm128HmacSha1_80,
            ),
        ] {
            let read = CryptoLine::parse(&line).unwrap();
            assert_eq!((read.tag, read.key.suite()), (tag, suite), "{line}");
            assert_eq!(read.value(), format!("{tag} {} inline:{KEY}", suite.as_str()));
        }
        let gcm = "1 AEAD_AES_128_GCM inline:AAECAwQFBgcICQoLDA0OD1F1aWQgcHJvIHF1bw";
        assert_eq!(CryptoLine::parse(gcm).unwrap().value(), format!("{gcm}=="), "padding may be left away");
    }

    #[test]
    fn what_is_not_spoken_makes_a_line_unusable() {
        for line in [
            "",
            "1",
            "1 AES_CM_128_HMAC_SHA1_80",
            "1 AES_CM_128_HMAC_SHA1_80 KEY",
            "1 F8_128_HMAC_SHA1_80 inline:KEY",
            "1 NULL_HMAC_SHA1_80 inline:KEY",
            "-1 AES_CM_128_HMAC_SHA1_80 inline:KEY",
            "1234567890 AES_CM_128_HMAC_SHA1_80 inline:KEY",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1:4",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^49",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|0",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY;inline:KEY",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEYA",
            "1 AEAD_AES_256_GCM inline:KEY",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY UNENCRYPTED_SRTP",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY UNENCRYPTED_SRTCP",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY UNAUTHENTICATED_SRTP",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY KDR=1",
            "1 AES_CM_128_HMAC_SHA1_80 inline:KEY WSH=64 FEC_ORDER=FEC_SRTP",
        ] {
            assert_eq!(CryptoLine::parse(&line.replace("KEY", KEY)), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(value in "\\PC{0,120}", tail in "[ -~]{0,40}") {
            let _ = CryptoLine::parse(&value);
            let _ = CryptoLine::parse(&format!("1 AES_CM_128_HMAC_SHA1_80 inline:{tail}"));
        }

        #[test]
        fn what_is_written_is_read_back(tag in 0u32..1_000_000_000, octets in proptest::array::uniform32(any::<u8>())) {
            for suite in Suite::ALL {
                let octets = [octets, octets].concat();
                let key = MasterKey::new(suite, &octets[..MasterKey::length(suite)]).unwrap();
                let line = CryptoLine { tag, key };
                prop_assert_eq!(CryptoLine::parse(&line.value()), Some(line));
            }
        }
    }
}
