//! Keys that this PBX chooses (RFC 4568 §6.1: they must be random, and of each direction and line another).

use std::fmt;

use aes::Aes256;
use aes::cipher::KeyInit;
use zeroize::Zeroizing;

use super::key::key_stream;
use super::{MasterKey, Suite};

/// A generator of master keys: AES-256 in counter mode over a random seed that is an input. Not to be cloned: two of them
/// would choose the same keys.
pub struct KeySource {
    seed: Zeroizing<[u8; 32]>,
    chosen: u64,
}

impl KeySource {
    /// One of its own for each leg; the seed must be random.
    pub fn new(seed: [u8; 32]) -> Self {
        Self { seed: Zeroizing::new(seed), chosen: 0 }
    }

    /// A key that was never chosen before.
    pub fn choose(&mut self, suite: Suite) -> Option<MasterKey> {
        let cipher = Aes256::new_from_slice(&*self.seed).ok()?;
        let mut block = [0; 16];
        block.first_chunk_mut::<8>()?.copy_from_slice(&self.chosen.to_be_bytes());
        self.chosen = self.chosen.checked_add(1)?;
        let mut octets = Zeroizing::new([0u8; 44]);
        key_stream(cipher, &block, &mut *octets);
        MasterKey::new(suite, octets.get(..MasterKey::length(suite))?)
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeySource(.., {} chosen)", self.chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_keys_are_the_same_and_the_seed_is_not_printed() {
        let mut source = KeySource::new([0xEE; 32]);
        let keys: Vec<MasterKey> =
            (0..100).map(|_| source.choose(Suite::AesCm128HmacSha1_80).unwrap()).collect();
        assert!(keys.iter().enumerate().all(|(n, key)| !keys[..n].contains(key)));
        assert_eq!(format!("{source:?}"), "KeySource(.., 100 chosen)");
    }
}
