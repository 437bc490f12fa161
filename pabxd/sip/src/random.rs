//! Randomness as a value: the caller seeds it once, so a simulated day replays from its seed.

use std::fmt::Write as _;

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A cryptographic generator (ChaCha12) over a seed that is an input.
///
/// Tags, branches and nonces drawn from it cannot be guessed by someone who saw earlier ones (RFC 3261 §19.3).
#[derive(Clone)]
pub struct Random(ChaCha12Rng);

impl Random {
    /// Starts the sequence that belongs to `seed`. In production the seed comes from the operating system.
    pub fn new(seed: [u8; 32]) -> Self {
        Self(ChaCha12Rng::from_seed(seed))
    }

    /// The next 32 bits.
    pub fn u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// The next 64 bits.
    pub fn u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in `0..bound`; 0 when `bound` is 0. The bias is below 2⁻³² for every bound.
    pub fn below(&mut self, bound: u32) -> u32 {
        let scaled = u64::from(self.u32()) * u64::from(bound);
        u32::try_from(scaled >> 32).unwrap_or(0)
    }

    /// Fills `N` octets, for example a key or the seed of another generator.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        self.0.fill_bytes(&mut out);
        out
    }

    /// `bytes` random octets as lower-case hexadecimal digits: a valid `token` for tags, branches and Call-IDs.
    pub fn token(&mut self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes * 2);
        for chunk in 0..bytes.div_ceil(8) {
            let digits = (bytes - chunk * 8).min(8) * 2;
            let word = format!("{:016x}", self.u64());
            let _ = text.write_str(word.get(..digits).unwrap_or(&word));
        }
        text
    }
}

impl std::fmt::Debug for Random {
    /// Never shows the state: it would foretell every later tag and nonce.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_gives_same_sequence_and_another_seed_another() {
        let (mut a, mut b, mut c) = (Random::new([7; 32]), Random::new([7; 32]), Random::new([8; 32]));
        assert_eq!(a.token(16), b.token(16));
        assert_ne!(a.token(16), c.token(16));
    }

    #[test]
    fn tokens_have_two_lower_hex_digits_per_octet() {
        let mut random = Random::new([1; 32]);
        for octets in [0, 1, 7, 8, 9, 16, 33] {
            let token = random.token(octets);
            assert_eq!(token.len(), octets * 2);
            assert!(token.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c)));
        }
    }

    #[test]
    fn below_stays_below_and_reaches_every_value() {
        let mut random = Random::new([2; 32]);
        let mut seen = [false; 5];
        for _ in 0..1000 {
            seen[usize::try_from(random.below(5)).unwrap()] = true;
        }
        assert_eq!(seen, [true; 5]);
        assert_eq!(random.below(0), 0);
    }
}
