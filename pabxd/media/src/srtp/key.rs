//! Master keys and what is derived from them (RFC 3711 §4.3).

use std::fmt;

use aes::cipher::consts::U16;
use aes::cipher::{BlockCipherEncrypt, BlockSizeUser, InnerIvInit, KeyInit, StreamCipherCore};
use aes::{Aes128, Aes256};
use ctr::CtrCore;
use ctr::flavors::Ctr128BE;
use zeroize::{Zeroize, Zeroizing};

use super::Suite;

/// The longest master key with its salt: 32 and 12 octets.
const LONGEST: usize = 44;

/// A master key and its salt. Wiped when dropped, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey {
    suite: Suite,
    /// Key, salt, and zeros.
    octets: Zeroizing<[u8; LONGEST]>,
}

/// The keys of an encrypted leg. Both are of one suite (RFC 4568 §5.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Security {
    /// The peer's: what it sends is protected by it.
    pub receive: MasterKey,
    /// Ours.
    pub send: MasterKey,
}

/// What a derived key is for: the label of RFC 3711 §4.3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    RtpEncryption = 0,
    RtpAuthentication = 1,
    RtpSalt = 2,
    RtcpEncryption = 3,
    RtcpAuthentication = 4,
    RtcpSalt = 5,
}

impl MasterKey {
    /// From key and salt in a row; `None` when their length is not the suite's.
    pub fn new(suite: Suite, key_and_salt: &[u8]) -> Option<Self> {
        if key_and_salt.len() != Self::length(suite) {
            return None;
        }
        let mut octets = Zeroizing::new([0; LONGEST]);
        octets.get_mut(..key_and_salt.len())?.copy_from_slice(key_and_salt);
        Some(Self { suite, octets })
    }

    /// Octets of key and salt together.
    pub(super) const fn length(suite: Suite) -> usize {
        suite.key_length() + suite.salt_length()
    }

    /// What it is for.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// Key and salt in a row.
    pub(super) fn octets(&self) -> &[u8] {
        self.octets.get(..Self::length(self.suite)).unwrap_or_default()
    }

    /// A session key or salt (RFC 3711 §4.3.1, with a key derivation rate of 0): the first octets of the counter-mode key
    /// stream at the label. The salts of AES-GCM, of 96 bits, are filled up with zeros (RFC 7714 §11).
    pub(super) fn derive<const N: usize>(&self, label: Label) -> Zeroizing<[u8; N]> {
        let (key, salt) = self.octets().split_at_checked(self.suite.key_length()).unwrap_or_default();
        let mut block = [0u8; 16];
        block.iter_mut().zip(salt).for_each(|(octet, salt)| *octet = *salt);
        // The label stands before the 48 bits of the packet index, which is 0.
        if let Some(octet) = block.get_mut(7) {
            *octet ^= label.number();
        }
        let mut derived = Zeroizing::new([0u8; N]);
        if let Ok(cipher) = Aes128::new_from_slice(key) {
            key_stream::<Aes128>(cipher, &block, &mut *derived);
        } else if let Ok(cipher) = Aes256::new_from_slice(key) {
            key_stream::<Aes256>(cipher, &block, &mut *derived);
        }
        block.zeroize();
        derived
    }
}

impl Label {
    const fn number(self) -> u8 {
        match self {
            Self::RtpEncryption => 0,
            Self::RtpAuthentication => 1,
            Self::RtpSalt => 2,
            Self::RtcpEncryption => 3,
            Self::RtcpAuthentication => 4,
            Self::RtcpSalt => 5,
        }
    }
}

/// XORs the counter-mode key stream that begins at `block` into `octets` (RFC 3711 §4.1.1).
pub(super) fn key_stream<C>(cipher: C, block: &[u8; 16], octets: &mut [u8])
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16>,
{
    CtrCore::<C, Ctr128BE>::inner_iv_init(cipher, block.into()).apply_keystream_partial(octets.into());
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({}, ..)", self.suite.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::super::header::tests::unhex;
    use super::*;

    /// RFC 3711 appendix B.3.
    #[test]
    fn session_keys_are_those_of_the_rfc() {
        let master = unhex("E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6");
        let master = MasterKey::new(Suite::AesCm128HmacSha1_80, &master).unwrap();
        let key = master.derive::<16>(Label::RtpEncryption);
        assert_eq!(key[..], unhex("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(master.derive::<14>(Label::RtpSalt)[..], unhex("30CBBC08863D8C85D49DB34A9AE1"));
        let key = master.derive::<94>(Label::RtpAuthentication);
        let expected = unhex(
            "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF72270986371C10C9A369AC2
             F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2",
        );
        assert_eq!(key[..], expected);
    }

    /// RFC 7714 has no keys of this kind; this salt is what other implementations derive.
    #[test]
    fn the_short_salt_of_galois_counter_mode_is_filled_up_at_its_end() {
        let master = unhex("000102030405060708090a0b0c0d0e0f 404142434445464748494a4b");
        let master = MasterKey::new(Suite::AeadAes128Gcm, &master).unwrap();
        assert_eq!(master.derive::<12>(Label::RtpSalt)[..], unhex("1fcd5d561e66dc49ec1c3ccb"));
    }

    /// RFC 3711 appendix B.2.
    #[test]
    fn the_key_stream_is_that_of_the_rfc() {
        let cipher = Aes128::new_from_slice(&unhex("2B7E151628AED2A6ABF7158809CF4F3C")).unwrap();
        let block = unhex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000").try_into().unwrap();
        let mut octets = [0; 48];
        key_stream(&cipher, &block, &mut octets);
        let expected = unhex(
            "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0",
        );
        assert_eq!(octets[..], expected);
    }

    #[test]
    fn a_key_is_not_printed_and_has_the_length_of_its_suite() {
        for suite in Suite::ALL {
            let length = MasterKey::length(suite);
            let key = MasterKey::new(suite, &vec![0xA7; length]).unwrap();
            assert!(!format!("{key:?}").contains("167") && !format!("{key:?}").to_lowercase().contains("a7"));
            assert!(MasterKey::new(suite, &vec![1; length - 1]).is_none());
            assert!(MasterKey::new(suite, &vec![1; length + 1]).is_none());
        }
    }
}
