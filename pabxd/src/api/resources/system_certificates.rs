//! `/system/certificates`: the certificate of the box, for HTTPS, SIP over TLS and SIP over WebSocket.

use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Answer, Json, Nothing, Route};
use crate::api::core::types::Time;
use crate::edge::certificates::{CertificateProblem, Facts};
use pabx_model::Permission;
use pabx_store::Entry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::Zeroizing;

/// The certificate that is served.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Certificate {
    /// DNS names and addresses it is good for (RFC 5280 §4.2.1.6), at most 100.
    names: Vec<String>,
    /// Who vouches for it.
    issuer: String,
    /// First moment it is valid.
    not_before: Time,
    /// Last moment.
    not_after: Time,
    /// SHA-256 of the certificate: what browsers show as its fingerprint.
    fingerprint_sha256: String,
    /// Whether it vouches for itself: browsers and phones ask before they believe it.
    self_signed: bool,
    /// Whether the box made it for itself, and makes it anew before it ends or when its addresses change.
    made_here: bool,
}

impl From<Facts> for Certificate {
    fn from(facts: Facts) -> Self {
        Self {
            names: facts.names,
            issuer: facts.issuer,
            not_before: Time(facts.not_before),
            not_after: Time(facts.not_after),
            fingerprint_sha256: facts.fingerprint,
            self_signed: facts.self_signed,
            made_here: facts.made_here,
        }
    }
}

/// A certificate from elsewhere.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnCertificate {
    /// PEM (RFC 7468): the box's own certificate, then each signer of the one before; at most 8, and 64 KiB.
    chain: String,
    /// Its private key, PEM, not encrypted: ECDSA P-256 or P-384, Ed25519, or RSA from 2048 bits. Never shown again.
    #[schemars(with = "String")]
    key: Zeroizing<String>,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Box;
    use Permission::{SystemRead, SystemWrite};
    const PATH: &str = "/system/certificates";
    vec![
        Route::new(Method::Get, PATH, Box(SystemRead), "The certificate of the box", read),
        Route::new(Method::Put, PATH, Box(SystemWrite), "Install one from elsewhere, with its key", install),
        Route::new(
            Method::Post,
            "/system/certificates/self-signed",
            Box(SystemWrite),
            "Go back to one that the box makes for itself",
            make,
        ),
    ]
}

#[expect(clippy::unnecessary_wraps, reason = "as every handler")]
fn read(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Certificate>, Problem> {
    Ok(Answer(call.shared.certificates.current().into()))
}

fn install(call: &mut Call<'_>, Json(body): Json<OwnCertificate>) -> Result<Answer<Certificate>, Problem> {
    let certificates = &call.shared.certificates;
    let facts = certificates.install(&body.chain, &body.key, call.now).map_err(problem)?;
    record(call, "certificate.install", facts)
}

fn make(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Certificate>, Problem> {
    let facts = call.shared.certificates.renew_self_signed(call.now).map_err(|error| not_kept(&error))?;
    record(call, "certificate.self_signed", facts)
}

fn record(call: &mut Call<'_>, action: &'static str, facts: Facts) -> Result<Answer<Certificate>, Problem> {
    let (act, after) = (call.act(), json!({"names": facts.names, "fingerprint_sha256": facts.fingerprint}));
    call.store.record(&act, Entry::new(action, "certificate").change(None, Some(after)))?;
    Ok(Answer(facts.into()))
}

fn problem(problem: CertificateProblem) -> Problem {
    let field = match &problem {
        CertificateProblem::Io(error) => return not_kept(error),
        CertificateProblem::NoKey | CertificateProblem::OtherKey => "key",
        _ => "chain",
    };
    Problem::field(field, problem.to_string())
}

fn not_kept(error: &std::io::Error) -> Problem {
    log::error!("a certificate could not be kept: {error}");
    Problem::new(Kind::Unavailable)
}
