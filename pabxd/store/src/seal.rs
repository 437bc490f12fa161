//! Sealing of secrets: AES-256-GCM under a key that is not in the database.
//!
//! A sealed value is `1 ‖ nonce (12) ‖ ciphertext ‖ tag (16)`. Table, row id and column are authenticated with it, so
//! a value that somebody with write access to the file copies to another row (his own password over the boss's) does
//! not open there.

use std::io::{self, Read, Write};

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::StoreError;
use crate::random::Random;

const FORMAT: u8 = 1;

/// The key. Debug shows nothing of it.
pub struct SealingKey(LessSafeKey);

impl SealingKey {
    /// Length in octets.
    pub const LEN: usize = 32;

    /// Takes 256 random bits.
    pub fn new(octets: &[u8; Self::LEN]) -> Result<Self, StoreError> {
        // Cannot fail: the length is the algorithm's.
        UnboundKey::new(&AES_256_GCM, octets)
            .map(|key| Self(LessSafeKey::new(key)))
            .map_err(|_| StoreError::WrongKey)
    }

    /// Reads a key as it is kept in a file: 64 hexadecimal digits, with or without an end of line.
    pub fn read_from(source: &mut dyn Read) -> io::Result<Self> {
        let mut text = Zeroizing::new([0_u8; Self::LEN * 2 + 2]);
        let mut length = 0;
        while let Some(room) = text.get_mut(length..).filter(|room| !room.is_empty()) {
            match source.read(room)? {
                0 => break,
                read => length += read,
            }
        }
        let text = text.get(..length).unwrap_or_default().trim_ascii_end();
        let octets = octets_of_hex(text).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "not a key: 64 hexadecimal digits are expected")
        })?;
        Self::new(&octets).map_err(io::Error::other)
    }

    /// Makes a new key and writes it as [`SealingKey::read_from`] reads it.
    pub fn write_new(random: &mut dyn Random, out: &mut dyn Write) -> io::Result<()> {
        let mut octets = Zeroizing::new([0; Self::LEN]);
        random.fill(octets.as_mut()).map_err(io::Error::other)?;
        let mut text = Zeroizing::new(String::with_capacity(Self::LEN * 2 + 1));
        for digit in octets.iter().flat_map(|octet| [octet >> 4, octet & 15]) {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
        text.push('\n');
        out.write_all(text.as_bytes())
    }

    /// Seals a value for its place.
    pub(crate) fn seal(
        &self,
        random: &mut dyn Random,
        place: Place<'_>,
        value: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        // 96 random bits: below 2^32 values under one key the chance of a repeat stays under 2^-32 (NIST SP 800-38D §8.3).
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce)?;
        let mut text = value.to_vec();
        let tag = self
            .0
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), place.aad(), &mut text)
            .map_err(|_| place.altered())?;
        Ok([&[FORMAT], nonce.as_slice(), &text, tag.as_ref()].concat())
    }

    /// Opens a value in its place.
    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let (head, rest) = sealed.split_first_chunk::<1>().ok_or_else(|| place.altered())?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(|| place.altered())?;
        if *head != [FORMAT] {
            return Err(place.altered());
        }
        let mut text = Zeroizing::new(text.to_vec());
        let length = self
            .0
            .open_in_place(Nonce::assume_unique_for_key(*nonce), place.aad(), &mut text)
            .map_err(|_| place.altered())?
            .len();
        text.truncate(length);
        Ok(text)
    }
}

fn octets_of_hex(text: &[u8]) -> Option<Zeroizing<[u8; SealingKey::LEN]>> {
    let mut octets = Zeroizing::new([0; SealingKey::LEN]);
    if text.len() != SealingKey::LEN * 2 {
        return None;
    }
    for (octet, pair) in octets.iter_mut().zip(text.chunks_exact(2)) {
        for digit in pair {
            let value = char::from(*digit).to_digit(16).and_then(|value| u8::try_from(value).ok())?;
            *octet = *octet << 4 | value;
        }
    }
    Some(octets)
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(hidden)")
    }
}

/// Where a sealed value lives.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) row: &'a str,
    pub(crate) column: &'static str,
}

impl Place<'_> {
    /// No part holds a NUL: two are our own words, ids are UUIDs.
    fn aad(self) -> Aad<Vec<u8>> {
        Aad::from([self.table, self.row, self.column].join("\0").into_bytes())
    }

    pub(crate) fn altered(self) -> StoreError {
        StoreError::Altered { table: self.table, row: self.row.to_owned(), column: self.column }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::Counting;

    const PLACE: Place<'_> = Place { table: "extensions", row: "row-1", column: "password" };

    fn key() -> SealingKey {
        SealingKey::new(&[7; 32]).unwrap()
    }

    #[test]
    fn a_sealed_value_opens_in_its_place_only() {
        let sealed = key().seal(&mut Counting::default(), PLACE, b"secret").unwrap();
        assert_eq!(key().open(PLACE, &sealed).unwrap().as_slice(), b"secret");
        for elsewhere in [
            Place { table: "sip_trunks", ..PLACE },
            Place { row: "row-2", ..PLACE },
            Place { column: "name", ..PLACE },
        ] {
            assert!(matches!(key().open(elsewhere, &sealed), Err(StoreError::Altered { .. })));
        }
    }

    #[test]
    fn a_written_key_is_read_back_as_the_same_key() {
        let mut file = Vec::new();
        SealingKey::write_new(&mut Counting::default(), &mut file).unwrap();
        let one = SealingKey::read_from(&mut file.as_slice()).unwrap();
        let two = SealingKey::read_from(&mut file.trim_ascii_end()).unwrap();
        let sealed = one.seal(&mut Counting::default(), PLACE, b"secret").unwrap();
        assert_eq!(two.open(PLACE, &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(*octets_of_hex(b"00ff".repeat(16).as_slice()).unwrap(), [0, 0xff].repeat(16)[..]);
    }

    #[test]
    fn another_key_opens_nothing() {
        let sealed = key().seal(&mut Counting::default(), PLACE, b"secret").unwrap();
        assert!(SealingKey::new(&[8; 32]).unwrap().open(PLACE, &sealed).is_err());
    }

    #[test]
    fn the_same_value_is_sealed_differently_each_time() {
        let mut random = Counting::default();
        let one = key().seal(&mut random, PLACE, b"secret").unwrap();
        let two = key().seal(&mut random, PLACE, b"secret").unwrap();
        assert_ne!(one, two);
    }

    proptest! {
        #[test]
        fn any_flipped_bit_is_noticed(value in proptest::collection::vec(any::<u8>(), 0..64), at in any::<prop::sample::Index>()) {
            let mut sealed = key().seal(&mut Counting::default(), PLACE, &value).unwrap();
            let bit = at.index(sealed.len() * 8);
            sealed[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(key().open(PLACE, &sealed).is_err());
        }

        #[test]
        fn arbitrary_octets_do_not_open(octets in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(key().open(PLACE, &octets).is_err());
        }
    }
}
