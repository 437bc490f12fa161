//! `/system/certificates`: the certificate of the box, for HTTPS, SIP over TLS and SIP over WebSocket.

use crate::acme::report::{NotNow, Phase, Report};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Accepted, Answer, Json, Nothing, Route};
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
    /// Where it is from: made here, installed by somebody, or ordered by ACME.
    source: Source,
    /// How the orders by ACME stand.
    acme: AcmeState,
}

/// Where a certificate is from.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The box made it for itself.
    MadeHere,
    /// Somebody installed it.
    Installed,
    /// The box ordered it.
    Acme,
}

/// How the orders by ACME stand.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AcmeState {
    /// Whether they are switched off, wait for the next attempt, or one is on its way.
    state: AcmePhase,
    /// When the last attempt began.
    last_attempt: Option<Time>,
    /// Attempts that failed since the last one that did not.
    failures: u32,
    /// What went wrong at the last one, in words.
    error: Option<String>,
    /// When the next is due.
    next_attempt: Option<Time>,
}

/// What goes on.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AcmePhase {
    /// Switched off.
    Off,
    /// Until the next attempt.
    Waiting,
    /// An order is on its way.
    Ordering,
}

impl From<Report> for AcmeState {
    fn from(report: Report) -> Self {
        Self {
            state: match report.phase {
                Phase::Off => AcmePhase::Off,
                Phase::Waiting => AcmePhase::Waiting,
                Phase::Ordering => AcmePhase::Ordering,
            },
            last_attempt: report.last_attempt.map(Time),
            failures: report.failures,
            error: report.error,
            next_attempt: report.next_attempt.map(Time),
        }
    }
}

impl Certificate {
    fn new(facts: Facts, report: Report) -> Self {
        Self {
            source: match &facts {
                facts if facts.made_here => Source::MadeHere,
                facts if facts.ordered => Source::Acme,
                _ => Source::Installed,
            },
            acme: report.into(),
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
        Route::new(
            Method::Post,
            "/system/certificates/acme",
            Box(SystemWrite),
            "Order one by ACME now, as the settings say",
            order,
        ),
    ]
}

#[expect(clippy::unnecessary_wraps, reason = "as every handler")]
fn read(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Certificate>, Problem> {
    Ok(Answer(shown(call, call.shared.certificates.current())))
}

fn install(call: &mut Call<'_>, Json(body): Json<OwnCertificate>) -> Result<Answer<Certificate>, Problem> {
    is_ours_to_change(call)?;
    let certificates = &call.shared.certificates;
    let facts = certificates.install(&body.chain, &body.key, call.now).map_err(problem)?;
    record(call, "certificate.install", facts)
}

fn make(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Certificate>, Problem> {
    is_ours_to_change(call)?;
    let facts = call.shared.certificates.renew_self_signed(call.now).map_err(|error| not_kept(&error))?;
    record(call, "certificate.self_signed", facts)
}

fn order(call: &mut Call<'_>, _: Nothing) -> Result<Accepted<Certificate>, Problem> {
    call.shared.renewal.order_now(call.now).map_err(|why| match why {
        NotNow::Off => Problem::about(Kind::Conflict, "ACME is switched off: /settings/acme"),
        NotNow::Running => Problem::about(Kind::Conflict, "an order is on its way"),
        NotNow::TooSoon => Problem::about(Kind::TooMany, "the last order was a moment ago").retry_after(10),
    })?;
    let act = call.act();
    call.store.record(&act, Entry::new("certificate.order", "certificate"))?;
    Ok(Accepted(shown(call, call.shared.certificates.current())))
}

fn shown(call: &Call<'_>, facts: Facts) -> Certificate {
    Certificate::new(facts, call.shared.renewal.report())
}

/// Not while ACME would put another in its place.
fn is_ours_to_change(call: &Call<'_>) -> Result<(), Problem> {
    let (settings, _) = crate::acme::settings::kept(call.store)?;
    if settings.enabled {
        return Err(Problem::about(Kind::Conflict, "ACME looks after the certificate: switch it off first"));
    }
    Ok(())
}

fn record(call: &mut Call<'_>, action: &'static str, facts: Facts) -> Result<Answer<Certificate>, Problem> {
    let (act, after) = (call.act(), json!({"names": facts.names, "fingerprint_sha256": facts.fingerprint}));
    call.store.record(&act, Entry::new(action, "certificate").change(None, Some(after)))?;
    Ok(Answer(shown(call, facts)))
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
