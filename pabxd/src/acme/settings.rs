//! From whom certificates are ordered, and for which names: the setting `acme`, as `/settings/acme` shows it.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pabx_store::{Revision, Store, StoreError, WholeBox};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The name of the setting. Its secret is the key of the external account.
pub const ACME: &str = "acme";
/// Let's Encrypt.
const DEFAULT_DIRECTORY: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// Names of a certificate.
pub const MAX_NAMES: usize = crate::edge::challenges::MAX;
/// Addresses for mail from the authority.
pub const MAX_CONTACTS: usize = 5;
/// Octets of the authority's own certificates as PEM, and how many they may be.
const MAX_ROOTS_TEXT: usize = 32 * 1024;
const MAX_ROOTS: usize = 8;

/// Certificates by ACME (RFC 8555).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acme {
    /// Whether certificates are ordered, at once and before they end.
    pub enabled: bool,
    /// The authority's directory, `https://…`; Let's Encrypt where it is left out.
    #[serde(default = "default_directory")]
    pub directory_url: String,
    /// The authority's terms of service are agreed to; nothing is ordered without.
    #[serde(default)]
    pub terms_agreed: bool,
    /// Mail addresses at which the authority may reach somebody, at most 5.
    #[serde(default)]
    pub contacts: Vec<String>,
    /// Host names the certificate is for, at most 10; each must lead to this box.
    #[serde(default)]
    pub names: Vec<String>,
    /// How the authority sees that they do.
    #[serde(default)]
    pub challenge: Challenge,
    /// PEM of the authority's own roots, where browsers do not know it; then only these are believed.
    #[serde(default)]
    pub ca_certificate: Option<String>,
    /// The key id of an external account (RFC 8555 §7.3.4), where the authority wants one.
    #[serde(default)]
    pub eab_key_id: Option<String>,
    /// Its HMAC key as base64url, when it is to change; never shown.
    #[serde(default, skip_serializing)]
    pub eab_hmac_key: Option<String>,
}

/// How the authority sees that a name leads here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Challenge {
    /// It asks at port 80 (RFC 8555 §8.3).
    #[default]
    #[serde(rename = "http-01")]
    Http01,
    /// It shakes hands at port 443 (RFC 8737).
    #[serde(rename = "tls-alpn-01")]
    TlsAlpn01,
}

fn default_directory() -> String {
    DEFAULT_DIRECTORY.to_owned()
}

impl Default for Acme {
    fn default() -> Self {
        Self {
            enabled: false,
            directory_url: default_directory(),
            terms_agreed: false,
            contacts: Vec::new(),
            names: Vec::new(),
            challenge: Challenge::default(),
            ca_certificate: None,
            eab_key_id: None,
            eab_hmac_key: None,
        }
    }
}

/// The setting as it is kept, and its revision.
pub fn kept(store: &Store) -> Result<(Acme, Revision), StoreError> {
    let Some(row) = store.setting(WholeBox, ACME)? else { return Ok((Acme::default(), Revision(0))) };
    let value = serde_json::from_str(&row.value).unwrap_or_else(|error| {
        log::error!("the setting {ACME} cannot be read: {error}");
        Acme::default()
    });
    Ok((value, row.revision))
}

/// The key of the external account.
pub(super) fn external_key(store: &Store) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    let text = store.setting_secret(WholeBox, ACME)?;
    Ok(text.and_then(|text| decode_key(&text)))
}

/// An HMAC key: 16 to 128 octets as base64url, with or without padding.
pub fn decode_key(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let text = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let octets = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?);
    (16..=128).contains(&octets.len()).then_some(octets)
}

/// The certificates of an authority, 1 to 8.
pub fn roots(pem: &str) -> Result<Vec<CertificateDer<'static>>, &'static str> {
    if pem.len() > MAX_ROOTS_TEXT {
        return Err("is longer than 32 KiB");
    }
    let all =
        CertificateDer::pem_slice_iter(pem.as_bytes()).take(MAX_ROOTS + 1).collect::<Result<Vec<_>, _>>();
    let all = all.map_err(|_| "holds no certificate that can be read")?;
    let mut store = rustls::RootCertStore::empty();
    let good = all.iter().all(|der| store.add(der.clone()).is_ok());
    match all.len() {
        1..=MAX_ROOTS if good => Ok(all),
        ..=MAX_ROOTS => Err("holds no certificate that can be read"),
        _ => Err("holds more than 8 certificates"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_read_and_what_is_left_out_has_its_default() {
        let read: Acme = serde_json::from_str(r#"{"enabled": false}"#).unwrap();
        assert_eq!(read, Acme::default());
        let secret = Acme { eab_hmac_key: Some("secret".into()), ..Acme::default() };
        assert!(!serde_json::to_string(&secret).unwrap().contains("secret"));
    }

    #[test]
    fn a_key_is_base64url_of_a_sensible_length() {
        assert_eq!(decode_key(b"AAAAAAAAAAAAAAAAAAAAAA").unwrap().len(), 16);
        assert_eq!(decode_key(b"AAAAAAAAAAAAAAAAAAAAAA==").unwrap().len(), 16);
        for bad in ["", "AAAA", "not base64!", "AAAAAAAAAAAAAAAAAAAAA+"] {
            assert!(decode_key(bad.as_bytes()).is_none(), "{bad}");
        }
    }

    #[test]
    fn roots_are_certificates_and_not_too_many() {
        let key = rcgen::KeyPair::generate().unwrap();
        let pem = rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap().pem();
        assert_eq!(roots(&pem).unwrap().len(), 1);
        assert!(roots("").is_err() && roots("nonsense").is_err());
        assert!(roots(&pem.repeat(9)).is_err() && roots(&" ".repeat(40_000)).is_err());
    }
}
