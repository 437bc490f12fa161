//! Proving who somebody is, without remembering anybody.

use pabx_sip::digest::{AuthVerdict, Authenticator, Ha1};
use pabx_sip::endpoint::Incoming;
use pabx_sip::guard::{Ban, Guard};
use pabx_sip::header::{From, To, TypedHeader};
use pabx_sip::message::{HeaderName, Method, Request, ResponseBuilder, StatusCode};

use super::Identity;
use crate::api::{Now, Report};
use crate::core::{Aor, Core};
use crate::who::Who;

/// What becomes of a request that has to prove itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It is from this extension or trunk.
    Admitted(Who),
    /// It was answered 401, or dropped.
    Done,
}

/// Judges a request's credentials. Whoever is not admitted has been challenged: unknown user and wrong password
/// alike, with the same bytes.
pub(crate) fn admit(
    core: &mut Core,
    auth: &mut Authenticator,
    guard: &mut Guard,
    now: Now,
    incoming: &Incoming,
) -> Admission {
    let source = incoming.flow.remote.ip();
    let request = &incoming.request;
    if guard.counts().bans > 0 && !guard.admit_identity(now.mono, source, &claimed(request)).is_admitted() {
        return Admission::Done;
    }
    if let Some(trunk) = provider(core, guard, now, incoming) {
        return Admission::Admitted(trunk);
    }
    let domain = domain_hint(request);
    let directory = std::sync::Arc::clone(&core.directory);
    let lookup = |username: &str| {
        let (account, _, secrets) = directory.credentials(username, domain.as_deref())?;
        // From elsewhere the name of the box itself is a name like any other that nobody has.
        if account.account_id.is_self_test() && !source.to_canonical().is_loopback() {
            return None;
        }
        Some(Ha1 { md5: secrets.md5, sha256: secrets.sha256 })
    };
    let (identity, stale) = match auth.verify(now.mono, request, &lookup) {
        AuthVerdict::Accepted { username } => {
            guard.success(now.mono, source, &username);
            let found = directory.credentials(&username, domain.as_deref());
            (
                found.map_or(Identity::Anonymous, |(account, extension, _)| {
                    Identity::Known(Who::Extension(Aor {
                        account_id: account.account_id,
                        extension_id: extension.extension_id,
                    }))
                }),
                false,
            )
        }
        AuthVerdict::NoCredentials => (Identity::Anonymous, false),
        AuthVerdict::Stale => (Identity::Anonymous, true),
        AuthVerdict::Rejected { username } => {
            if let Some(ban) = guard.failure(now.mono, source, Some(&username)) {
                report_ban(core, now, source, &ban);
            }
            (Identity::Anonymous, false)
        }
    };
    match identity {
        Identity::Known(who) => Admission::Admitted(who),
        Identity::Anonymous => {
            challenge(core, auth, now, incoming, stale);
            Admission::Done
        }
    }
}

/// The trunk that a request came by. Nobody registers with us from there.
fn provider(core: &mut Core, guard: &mut Guard, now: Now, incoming: &Incoming) -> Option<Who> {
    if *incoming.request.method() == Method::Register {
        return None;
    }
    let who = core.trunk_of(&incoming.flow, &incoming.request)?;
    // What a provider sends is not what the limits for strangers are made for.
    guard.success(now.mono, incoming.flow.remote.ip(), "");
    core.line_lives(now, who.trunk_id()?);
    Some(who)
}

/// 401 with as many challenges as the size of the request allows; nothing is remembered.
fn challenge(core: &mut Core, auth: &Authenticator, now: Now, incoming: &Incoming, stale: bool) {
    let tag = crate::core::Tag(core.random.u64()).to_string();
    let offers: Vec<String> = auth.challenge(now.mono, stale).map(|offer| offer.to_string()).collect();
    for count in (1..=offers.len()).rev() {
        let mut response = ResponseBuilder::to(&incoming.request, StatusCode::UNAUTHORIZED).to_tag(&tag);
        for offer in offers.iter().take(count) {
            response = response.header(HeaderName::WwwAuthenticate, offer);
        }
        if core.endpoint.respond_stateless(incoming, response.build()) {
            return;
        }
    }
}

/// The domain that says which account a plain number belongs to: To's for REGISTER (RFC 3261 §10.2), else From's.
fn domain_hint(request: &Request) -> Option<String> {
    let uri = if *request.method() == Method::Register {
        parse::<To>(request).map(|to| to.uri().clone())
    } else {
        parse::<From>(request).map(|from| from.uri().clone())
    };
    Some(uri?.host()?.to_string())
}

/// Who the request says it is from: the user of its credentials, else of From.
fn claimed(request: &Request) -> String {
    let credentials = parse::<pabx_sip::header::Authorization>(request);
    let username =
        credentials.and_then(|credentials| credentials.0.get("username").map(std::borrow::Cow::into_owned));
    username
        .or_else(|| parse::<From>(request)?.uri().user_decoded().map(std::borrow::Cow::into_owned))
        .unwrap_or_default()
}

fn parse<H: TypedHeader>(request: &Request) -> Option<H> {
    request.headers().get::<H>().ok().flatten()
}

fn report_ban(core: &mut Core, now: Now, source: std::net::IpAddr, ban: &Ban) {
    let left = ban.until.saturating_duration_since(now.mono);
    let until = now.utc.plus_millis(u64::try_from(left.as_millis()).unwrap_or(u64::MAX));
    core.report(Report::Banned { source, identity: ban.identity.as_deref().map(str::to_owned), until });
}
