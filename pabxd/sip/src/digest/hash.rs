//! The hashes of digest authentication (RFC 7616 §3.4): `H(A1)`, `H(A2)` and the response.

use md5::Md5;
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;

/// A hash algorithm of RFC 8760. The session variants are neither offered nor accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// `MD5`: for phones that know nothing better.
    Md5,
    /// `SHA-256`.
    Sha256,
}

impl Algorithm {
    /// The token in `algorithm=`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    /// Reads the token in any case; `None` for what is not spoken here.
    pub fn parse(token: &str) -> Option<Self> {
        [Self::Md5, Self::Sha256].into_iter().find(|known| known.as_str().eq_ignore_ascii_case(token))
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `H(username:realm:password)` for both algorithms: as good as the password within its realm.
#[derive(Clone, Copy)]
pub struct Ha1 {
    /// With MD5.
    pub md5: [u8; 16],
    /// With SHA-256.
    pub sha256: [u8; 32],
}

impl fmt::Debug for Ha1 {
    /// Never shows the hashes: they open the account like the password does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ha1(..)")
    }
}

/// `H(A1)` of RFC 7616 §3.4.2 for both algorithms.
pub fn ha1(user: &str, realm: &str, password: &str) -> Ha1 {
    let parts = [user, ":", realm, ":", password].map(str::as_bytes);
    Ha1 { md5: hash::<Md5>(&parts).into(), sha256: hash::<Sha256>(&parts).into() }
}

/// What a response is made over, besides the secret.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) method: &'a str,
    pub(super) uri: &'a str,
    pub(super) nonce: &'a str,
    pub(super) nc: &'a str,
    pub(super) cnonce: &'a str,
}

impl Question<'_> {
    /// The `response` of RFC 7616 §3.4.1 with `qop=auth`.
    pub(super) fn response(&self, algorithm: Algorithm, ha1: &Ha1) -> Hex {
        match algorithm {
            Algorithm::Md5 => self.hashed::<Md5>(&ha1.md5),
            Algorithm::Sha256 => self.hashed::<Sha256>(&ha1.sha256),
        }
    }

    fn hashed<D: Digest>(&self, ha1: &[u8]) -> Hex {
        let ha1 = Hex::of(ha1);
        let ha2 = Hex::of(&hash::<D>(&[self.method.as_bytes(), b":", self.uri.as_bytes()]));
        let [nonce, nc, cnonce] = [self.nonce, self.nc, self.cnonce].map(str::as_bytes);
        Hex::of(&hash::<D>(&[ha1.as_bytes(), b":", nonce, b":", nc, b":", cnonce, b":auth:", ha2.as_bytes()]))
    }
}

fn hash<D: Digest>(parts: &[&[u8]]) -> sha2::digest::Output<D> {
    let mut hash = D::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize()
}

/// A hash as lower-case hexadecimal digits, in place.
#[derive(Clone, Copy)]
pub(super) struct Hex {
    digits: [u8; 64],
    length: usize,
}

impl Hex {
    /// Of at most 32 octets; more are left out.
    fn of(octets: &[u8]) -> Self {
        let mut digits = [0; 64];
        for (pair, octet) in digits.chunks_exact_mut(2).zip(octets) {
            pair.copy_from_slice(&[digit(octet >> 4), digit(octet & 15)]);
        }
        Self { digits, length: octets.len().min(32) * 2 }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.digits.get(..self.length).unwrap_or_default()
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// Compares with what the peer sent, in a time that tells nothing of where they differ.
    /// Upper-case digits are taken too: some phones send them.
    pub(super) fn matches(&self, received: &str) -> bool {
        let mut folded = [0; 64];
        for (to, from) in folded.iter_mut().zip(received.bytes()) {
            *to = from.to_ascii_lowercase();
        }
        received.len() == self.length && bool::from(folded.ct_eq(&self.digits))
    }
}

fn digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that RFC 7616 §3.9.1 works through.
    const MUFASA: Question<'_> = Question {
        method: "GET",
        uri: "/dir/index.html",
        nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        nc: "00000001",
        cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    };

    #[test]
    fn the_example_of_rfc_7616_comes_out() {
        let ha1 = ha1("Mufasa", "http-auth@example.org", "Circle of Life");
        assert_eq!(MUFASA.response(Algorithm::Md5, &ha1).as_str(), "8ca523f5e9506fed4657c9700eebdbec");
        assert_eq!(
            MUFASA.response(Algorithm::Sha256, &ha1).as_str(),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
        );
    }

    #[test]
    fn a_response_matches_itself_in_either_case_and_nothing_else() {
        let hex = MUFASA.response(Algorithm::Md5, &ha1("a", "b", "c"));
        assert!(hex.matches(hex.as_str()));
        assert!(hex.matches(&hex.as_str().to_uppercase()));
        assert!(!hex.matches(""));
        assert!(!hex.matches(&hex.as_str()[..31]));
        assert!(!hex.matches(&format!("{}\0", hex.as_str())));
        assert!(!hex.matches(&hex.as_str().replacen(|c: char| c.is_ascii_digit(), "g", 1)));
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", ha1("a", "b", "c")), "Ha1(..)");
    }
}
