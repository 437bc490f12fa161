//! A certificate with its key, as text from outside: believed only as far as it fits together.

use super::facts::Facts;
use pabx_model::Timestamp;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

/// Octets of a chain or a key as PEM.
pub(super) const MAX_TEXT: usize = 64 * 1024;
/// Certificates of a chain.
pub(super) const MAX_CHAIN: usize = 8;

/// The first line of a file whose certificate was ordered by ACME; explanations may stand beside PEM (RFC 7468 §5.2).
const ORDERED: &str = "Source: ACME\n";

/// Why a certificate is not taken.
#[derive(Debug, thiserror::Error)]
pub enum CertificateProblem {
    /// More than 64 KiB of text, or more than 8 certificates.
    #[error("is too large")]
    TooLarge,
    /// No certificate in PEM (RFC 7468), or one that cannot be read.
    #[error("holds no certificate that can be read")]
    NoCertificate,
    /// No private key in PEM, or one of a kind that cannot be used: ECDSA P-256 or P-384, Ed25519, RSA from 2048 bits.
    #[error(
        "the key is none that can be used (ECDSA P-256, P-384, Ed25519, RSA from 2048 bits; not encrypted)"
    )]
    NoKey,
    /// The key is another one's.
    #[error("the key does not belong to the certificate")]
    OtherKey,
    /// One is not signed by the next: the box's own comes first, then each signer.
    #[error("the chain is not in order: each certificate must be signed by the next")]
    Order,
    /// It has ended.
    #[error("has expired")]
    Expired,
    /// It has not begun.
    #[error("is not valid yet")]
    NotYetValid,
    /// No name that anybody could ask for.
    #[error("names no host and no address (subjectAltName)")]
    NoNames,
    /// Another one than was ordered.
    #[error("is not for the names that were asked for")]
    OtherNames,
    /// It fits, but could not be written down.
    #[error("could not be kept: {0}")]
    Io(#[from] std::io::Error),
}

/// A chain and its key, looked at.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) certified: CertifiedKey,
    pub(super) facts: Facts,
    /// Both as one text, the key first.
    pub(super) text: String,
}

impl Pair {
    /// Reads the chain out of one text and the key out of another; both may be the same text.
    pub(super) fn parse(chain: &str, key: &str) -> Result<Self, CertificateProblem> {
        if chain.len() > MAX_TEXT || key.len() > MAX_TEXT {
            return Err(CertificateProblem::TooLarge);
        }
        let certificates = CertificateDer::pem_slice_iter(chain.as_bytes())
            .take(MAX_CHAIN + 1)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| CertificateProblem::NoCertificate)?;
        if certificates.len() > MAX_CHAIN {
            return Err(CertificateProblem::TooLarge);
        }
        let facts = look_at_chain(&certificates)?;
        let private = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| CertificateProblem::NoKey)?;
        let text = text(&private, &certificates);
        let signing = any_supported_type(&private).map_err(|_| CertificateProblem::NoKey)?;
        let certified = CertifiedKey::new(certificates, signing);
        certified.keys_match().map_err(|_| CertificateProblem::OtherKey)?;
        Ok(Self { certified, facts, text })
    }

    /// Reads what was written down by us.
    pub(super) fn read(text: &str) -> Result<Self, CertificateProblem> {
        let pair = Self::parse(text, text)?;
        Ok(if text.starts_with(ORDERED) { pair.ordered() } else { pair })
    }

    /// One that came by ACME: the file says so, in one piece with the certificate.
    pub(super) fn ordered(mut self) -> Self {
        self.facts.ordered = true;
        self.text.insert_str(0, ORDERED);
        self
    }

    /// Whether it is valid at this time.
    pub(super) fn check_time(&self, now: Timestamp) -> Result<(), CertificateProblem> {
        match &self.facts {
            facts if facts.not_after < now => Err(CertificateProblem::Expired),
            facts if facts.not_before > now => Err(CertificateProblem::NotYetValid),
            _ => Ok(()),
        }
    }
}

/// What the first one says, where each is signed by the next.
fn look_at_chain(chain: &[CertificateDer<'_>]) -> Result<Facts, CertificateProblem> {
    let read = |der: &'_ CertificateDer<'_>| X509Certificate::from_der(der).is_ok();
    if chain.is_empty() || !chain.iter().all(read) {
        return Err(CertificateProblem::NoCertificate);
    }
    let parsed: Vec<_> = chain
        .iter()
        .filter_map(|der| X509Certificate::from_der(der).ok().filter(|(rest, _)| rest.is_empty()))
        .map(|(_, certificate)| certificate)
        .collect();
    let in_order = parsed.iter().zip(parsed.iter().skip(1)).all(|(one, signer)| {
        one.issuer().as_raw() == signer.subject().as_raw()
            && one.verify_signature(Some(signer.public_key())).is_ok()
    });
    if parsed.len() != chain.len() || !in_order {
        return Err(CertificateProblem::Order);
    }
    let (Some(own), Some(der)) = (parsed.first(), chain.first()) else {
        return Err(CertificateProblem::NoCertificate);
    };
    let facts = Facts::of(own, der);
    if facts.names.is_empty() { Err(CertificateProblem::NoNames) } else { Ok(facts) }
}

/// Written anew, so that nothing else that the text held is kept.
fn text(key: &PrivateKeyDer<'_>, chain: &[CertificateDer<'_>]) -> String {
    let label = match key {
        PrivateKeyDer::Pkcs1(_) => "RSA PRIVATE KEY",
        PrivateKeyDer::Sec1(_) => "EC PRIVATE KEY",
        _ => "PRIVATE KEY",
    };
    let mut blocks = vec![pem::Pem::new(label, key.secret_der())];
    blocks.extend(chain.iter().map(|certificate| pem::Pem::new("CERTIFICATE", certificate.as_ref())));
    pem::encode_many(&blocks)
}
