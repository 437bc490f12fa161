//! What a certificate says, for people and for decisions.

use pabx_model::Timestamp;
use std::fmt::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;

/// Names that are told; a certificate may have more.
const MAX_NAMES: usize = 100;
/// What certificates that the box makes for itself say: by this it knows them from others that vouch for themselves.
pub(super) const ORGANISATION: &str = "pabxd";
/// Characters of the issuer that are told.
const MAX_ISSUER: usize = 200;

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// DNS names and addresses it is good for (RFC 5280 §4.2.1.6), at most 100.
    pub names: Vec<String>,
    /// Who vouches for it, as text (RFC 4514), at most 200 characters.
    pub issuer: String,
    /// First moment it is valid.
    pub not_before: Timestamp,
    /// Last moment.
    pub not_after: Timestamp,
    /// SHA-256 of the certificate, as upper-case hexadecimal octets with colons: what browsers show.
    pub fingerprint: String,
    /// Whether it vouches for itself.
    pub self_signed: bool,
    /// Whether the box made it for itself.
    pub made_here: bool,
    /// Whether the box ordered it from an authority by ACME.
    pub ordered: bool,
}

impl Facts {
    pub(super) fn of(certificate: &X509Certificate<'_>, der: &[u8]) -> Self {
        let validity = certificate.validity();
        let self_signed = certificate.issuer().as_raw() == certificate.subject().as_raw();
        let mut organisations = certificate.subject().iter_organization();
        let ours = organisations.any(|name| name.as_str().is_ok_and(|name| name == ORGANISATION));
        Self {
            names: names(certificate),
            issuer: certificate
                .issuer()
                .to_string()
                .chars()
                .filter(|c| !c.is_control())
                .take(MAX_ISSUER)
                .collect(),
            not_before: timestamp(validity.not_before.timestamp()),
            not_after: timestamp(validity.not_after.timestamp()),
            fingerprint: fingerprint(der),
            self_signed,
            made_here: self_signed && ours,
            ordered: false,
        }
    }

    /// Whether it is good for this host name, as it stands there: no wildcards.
    pub fn is_for(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Whether it is valid now and will be for so long.
    pub fn is_valid_for(&self, time: Duration, now: Timestamp) -> bool {
        let until = now.0.saturating_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        self.not_before <= now && until <= self.not_after.0
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "for {}, SHA-256 {}", self.names.join(", "), self.fingerprint)
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let names = alternative.iter().flat_map(|extension| &extension.value.general_names);
    names.filter_map(name).take(MAX_NAMES).collect()
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(name.chars().filter(|c| !c.is_control()).collect()),
        GeneralName::IPAddress(octets) => address(octets).map(|ip| ip.to_string()),
        _ => None,
    }
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(octets).map(|octets| Ipv4Addr::from(octets).into());
    four.or_else(|_| <[u8; 16]>::try_from(octets).map(|octets| Ipv6Addr::from(octets).into())).ok()
}

/// Seconds since 1970; before that it counts as then.
fn timestamp(seconds: i64) -> Timestamp {
    Timestamp(u64::try_from(seconds).unwrap_or(0).saturating_mul(1000))
}

fn fingerprint(der: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, der);
    let mut text = String::new();
    for octet in digest.as_ref() {
        let colon = if text.is_empty() { "" } else { ":" };
        let _ = write!(text, "{colon}{octet:02X}");
    }
    text
}
