//! What a certificate authority is shown while it looks whether a name leads to this box: the key authorization behind a
//! token over HTTP (RFC 8555 §8.3), or a certificate of its own in a handshake (RFC 8737). Only what is being asked for now
//! is answered; everybody else is answered as if there were none of this.

use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The protocol of such a handshake (RFC 8737 §6.2).
pub(super) const PROTOCOL: &[u8] = b"acme-tls/1";
/// Where a token is asked for (RFC 8555 §8.3).
const FOLDER: &str = "/.well-known/acme-challenge/";
/// Challenges at a time: one for each name of an order.
pub const MAX: usize = 10;
/// Characters of a token.
const MAX_TOKEN: usize = 128;

/// What is answered now.
#[derive(Default)]
pub struct Challenges {
    shown: Mutex<Vec<Shown>>,
}

/// The challenges of one order; none of them is answered any more when it is dropped.
#[must_use]
pub struct Offers(Arc<Challenges>);

enum Shown {
    Http { token: String, authorization: String },
    Tls { name: String, key: Arc<CertifiedKey> },
}

/// Why a challenge is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ChallengeProblem {
    /// RFC 8555 §8.1: base64url, and not endless.
    #[error("the token is none")]
    Token,
    /// More than names that can be asked for.
    #[error("more than {MAX} challenges")]
    TooMany,
    /// The certificate for the handshake could not be made.
    #[error("the certificate of the challenge: {0}")]
    Certificate(String),
}

impl Challenges {
    /// Begins an order. There is one at a time.
    pub fn offering(self: &Arc<Self>) -> Offers {
        self.shown().clear();
        Offers(Arc::clone(self))
    }

    /// What lies at a path of the plain listener.
    pub(super) fn at(&self, path: &str) -> Option<String> {
        let wanted = path.strip_prefix(FOLDER)?;
        self.shown().iter().find_map(|shown| match shown {
            Shown::Http { token, authorization } if token == wanted => Some(authorization.clone()),
            _ => None,
        })
    }

    /// What a handshake for this name is shown.
    pub(super) fn of_name(&self, wanted: &str) -> Option<Arc<CertifiedKey>> {
        self.shown().iter().find_map(|shown| match shown {
            Shown::Tls { name, key } if name.eq_ignore_ascii_case(wanted) => Some(Arc::clone(key)),
            _ => None,
        })
    }

    fn shown(&self) -> MutexGuard<'_, Vec<Shown>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Offers {
    /// Answers a token over HTTP.
    pub fn http(&self, token: &str, authorization: &str) -> Result<(), ChallengeProblem> {
        let plain = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
        if token.is_empty() || token.len() > MAX_TOKEN || !token.bytes().all(plain) {
            return Err(ChallengeProblem::Token);
        }
        self.add(Shown::Http { token: token.to_owned(), authorization: authorization.to_owned() })
    }

    /// Answers handshakes for a name; the digest is that of the key authorization, SHA-256.
    pub fn tls(&self, name: &str, digest: &[u8; 32]) -> Result<(), ChallengeProblem> {
        let key = certificate(name, digest).map_err(ChallengeProblem::Certificate)?;
        self.add(Shown::Tls { name: name.to_owned(), key: Arc::new(key) })
    }

    fn add(&self, new: Shown) -> Result<(), ChallengeProblem> {
        let mut shown = self.0.shown();
        if shown.len() >= MAX {
            return Err(ChallengeProblem::TooMany);
        }
        shown.push(new);
        Ok(())
    }
}

impl std::fmt::Debug for Challenges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Challenges").field("shown", &self.shown().len()).finish()
    }
}

impl Drop for Offers {
    fn drop(&mut self) {
        self.0.shown().clear();
    }
}

/// RFC 8737 §3: for this name alone, signed by itself, with the digest in a critical extension.
fn certificate(name: &str, digest: &[u8; 32]) -> Result<CertifiedKey, String> {
    let wrong = |error: &dyn std::fmt::Display| error.to_string();
    let mut params = CertificateParams::new(vec![name.to_owned()]).map_err(|error| wrong(&error))?;
    params.custom_extensions.push(CustomExtension::new_acme_identifier(digest));
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).map_err(|error| wrong(&error))?;
    let certificate = params.self_signed(&key).map_err(|error| wrong(&error))?;
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let signing = any_supported_type(&private).map_err(|error| wrong(&error))?;
    Ok(CertifiedKey::new(vec![certificate.der().clone()], signing))
}

#[cfg(test)]
mod tests {
    use super::*;
    use x509_parser::certificate::X509Certificate;
    use x509_parser::prelude::FromDer;

    #[test]
    fn a_token_is_answered_while_it_is_asked_for_and_no_other() {
        let challenges = Arc::new(Challenges::default());
        let offers = challenges.offering();
        offers.http("abc-_9", "abc-_9.thumb").unwrap();
        assert_eq!(challenges.at("/.well-known/acme-challenge/abc-_9").as_deref(), Some("abc-_9.thumb"));
        for other in ["/.well-known/acme-challenge/", "/.well-known/acme-challenge/abc", "/abc-_9", "abc-_9"]
        {
            assert_eq!(challenges.at(other), None, "{other}");
        }
        assert!(challenges.of_name("abc-_9").is_none());
        drop(offers);
        assert_eq!(challenges.at("/.well-known/acme-challenge/abc-_9"), None);
    }

    #[test]
    fn what_is_no_token_is_not_taken_and_there_is_room_for_ten() {
        let challenges = Arc::new(Challenges::default());
        let offers = challenges.offering();
        for bad in ["", "a/b", "../x", "a b", "ä", &"a".repeat(129)] {
            assert!(matches!(offers.http(bad, ""), Err(ChallengeProblem::Token)), "{bad}");
        }
        for number in 0..MAX {
            offers.http(&format!("t{number}"), "").unwrap();
        }
        assert!(matches!(offers.http("more", ""), Err(ChallengeProblem::TooMany)));
        let next = challenges.offering();
        assert_eq!(challenges.at("/.well-known/acme-challenge/t0"), None, "an order begins with none");
        next.http("t0", "").unwrap();
    }

    #[test]
    fn the_certificate_of_a_handshake_is_as_rfc_8737_wants_it() {
        let challenges = Arc::new(Challenges::default());
        let offers = challenges.offering();
        offers.tls("pbx.example.com", &[7; 32]).unwrap();
        assert!(challenges.of_name("example.com").is_none());
        let key = challenges.of_name("PBX.example.com").unwrap();
        let (_, certificate) = X509Certificate::from_der(&key.cert[0]).unwrap();
        let names = certificate.subject_alternative_name().unwrap().unwrap();
        assert_eq!(names.value.general_names.len(), 1);
        let digest =
            certificate.extensions().iter().find(|one| one.oid.to_id_string() == "1.3.6.1.5.5.7.1.31");
        let digest = digest.unwrap();
        assert!(digest.critical && digest.value == [&[4, 32][..], &[7; 32]].concat());
        drop(offers);
        assert!(challenges.of_name("pbx.example.com").is_none());
    }
}
