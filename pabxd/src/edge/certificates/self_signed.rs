//! A certificate that the box makes for itself.

use super::facts::ORGANISATION;
use super::given::Pair;
use super::names::Names;
use pabx_model::Timestamp;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, SanType,
};
use std::io;
use std::time::Duration;
use time::OffsetDateTime;

/// Browsers refuse longer ones (Apple: 825 days for those that somebody trusts by hand).
const LIFETIME: Duration = Duration::from_hours(800 * 24);
/// A clock may be behind, here or in a browser.
const BACKDATED: Duration = Duration::from_hours(30 * 24);
/// No clock is before this build's making (2026-11-01): one without battery starts in 1970.
const EARLIEST: u64 = 1_793_491_200;

/// Makes a key (ECDSA P-256) and a certificate for these names.
pub(super) fn make(names: &Names, now: Timestamp) -> io::Result<Pair> {
    let (certificate, key) = certificate(names, now).map_err(io::Error::other)?;
    Pair::parse(&certificate, &key).map_err(io::Error::other)
}

fn certificate(names: &Names, now: Timestamp) -> Result<(String, String), rcgen::Error> {
    let mut params = CertificateParams::new(names.dns.clone())?;
    params.subject_alt_names.extend(names.addresses.iter().copied().map(SanType::IpAddress));
    let seconds = (now.0 / 1000).max(EARLIEST);
    params.not_before = time(seconds.saturating_sub(BACKDATED.as_secs()));
    params.not_after = time(seconds.saturating_add(LIFETIME.as_secs()).saturating_sub(BACKDATED.as_secs()));
    params.distinguished_name = DistinguishedName::new();
    let name = names.dns.first().map_or("pabx.local", String::as_str);
    params.distinguished_name.push(DnType::OrganizationName, ORGANISATION);
    params.distinguished_name.push(DnType::CommonName, name.chars().take(64).collect::<String>());
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
    let certificate = params.self_signed(&key)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

fn time(seconds: u64) -> OffsetDateTime {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
