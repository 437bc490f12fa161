//! What a provider says of a call that it brings.
//!
//! The number that is called stands where the trunk's profile says; by default in the Request-URI, unless the provider writes our
//! own Contact there: then it is that of P-Called-Party-ID (RFC 7315 §4.2), else of To.

use pabx_model::{Account, CalledHeader, Directory, Trunk, TrunkLogin};
use pabx_sip::header::{From, NameAddr, PAssertedIdentity, To};
use pabx_sip::message::{HeaderName, Request};

/// Longest number that is looked at.
const MAX_NUMBER: usize = 40;
/// Longest `verstat` that is kept.
const MAX_VERSTAT: usize = 40;
/// Longest Identity header that is passed on.
const MAX_IDENTITY: usize = 4096;

/// What the provider says of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// The number that is called, as it was given.
    pub called: Box<str>,
    /// The number that calls, in normal form where the plan knows it; empty: withheld.
    pub caller: Box<str>,
    /// The name that comes with it, or that the account's phone book has for it.
    pub name: Box<str>,
    /// What it says of the number (`verstat`); `None`: nothing, and no signature either.
    pub verstat: Option<Box<str>>,
    /// The signature (RFC 8224), for who is called.
    pub identity: Option<Box<str>>,
    /// How often it was forwarded on its way here.
    pub diversions: usize,
}

/// What a provider's INVITE says.
pub(crate) fn arrival(directory: &Directory, account: &Account, trunk: &Trunk, request: &Request) -> Arrival {
    let called = called_number(trunk, request);
    let asserted = asserted(request);
    let from = request.headers().get::<From>().ok().flatten();
    let withheld = request.headers().text(&HeaderName::Privacy).is_some_and(|privacy| {
        privacy.split(';').any(|value| matches!(value.trim(), "id" | "user" | "header"))
    });
    let from_user = from.as_ref().and_then(|from| from.uri().user_decoded().map(|user| number_of(&user)));
    let number =
        asserted.or(from_user).filter(|number| !withheld && number.chars().any(|c| c.is_ascii_digit()));
    let plan = directory.routing(account.account_id).map(|routing| &routing.dialling.plan);
    let caller = number.map(|number| {
        plan.and_then(|plan| plan.read(&number).ok()).map_or(number, |called| called.as_text().to_string())
    });
    let caller = caller.unwrap_or_default();
    let known = directory.routing(account.account_id).and_then(|routing| routing.names.get(&*caller));
    let given = || from.and_then(|from| from.display().map(str::to_owned)).filter(|_| !withheld);
    let name = known.map(ToString::to_string).or_else(given).unwrap_or_default();
    let identity = request.headers().text(&HeaderName::Identity).filter(|text| text.len() <= MAX_IDENTITY);
    Arrival {
        called: called.into(),
        caller: caller.into(),
        name: pabx_model::CallRecord::party(&name).into(),
        verstat: verstat(request).or_else(|| identity.map(|_| Box::default())),
        identity: identity.map(Into::into),
        diversions: diversions(request),
    }
}

/// What the provider found of the caller's number: a parameter of the number that it asserts, or of that in From (3GPP TS 24.229
/// §7.2A.20).
fn verstat(request: &Request) -> Option<Box<str>> {
    let asserted = request.headers().get_all::<PAssertedIdentity>().unwrap_or_default();
    let from = request.headers().get::<From>().ok().flatten();
    let users = asserted.iter().map(|identity| identity.0.uri()).chain(from.as_ref().map(From::uri));
    users.into_iter().find_map(|uri| {
        let user = uri.user_decoded()?;
        let in_user = user.split(';').find_map(|part| part.strip_prefix("verstat=")).map(str::to_owned);
        let value = in_user.or_else(|| uri.param("verstat").map(|value| value.to_string()))?;
        let is_token = |c: char| c.is_ascii_alphanumeric() || c == '-';
        (value.len() <= MAX_VERSTAT && value.chars().all(is_token)).then(|| value.into())
    })
}

/// How often a call was forwarded, by whichever of the two says more: Diversion (RFC 5806, which counts in each entry) or History-Info
/// (RFC 7044, whose first entry is no forwarding).
fn diversions(request: &Request) -> usize {
    let history = request.headers().values(&HeaderName::HistoryInfo).take(16).count().saturating_sub(1);
    let counter = |entry: &[u8]| {
        let text = String::from_utf8_lossy(entry);
        let counted =
            text.split(';').find_map(|part| part.trim().strip_prefix("counter=")?.trim().parse().ok());
        counted.unwrap_or(1_usize)
    };
    request
        .headers()
        .values(&HeaderName::Diversion)
        .take(16)
        .map(counter)
        .fold(0, usize::saturating_add)
        .max(history)
}

/// The number that is called. See the head of this file.
pub(super) fn called_number(trunk: &Trunk, request: &Request) -> String {
    let uri = request.uri().ok();
    let in_uri =
        uri.as_ref().and_then(|uri| uri.user_decoded().map(|user| number_of(&user))).unwrap_or_default();
    let ours = uri.as_ref().is_some_and(|uri| uri.param("line").is_some())
        || matches!(&trunk.login, TrunkLogin::Digest { username, .. } if **username == *in_uri);
    match trunk.profile.called_header {
        CalledHeader::RequestUri => return in_uri,
        CalledHeader::Auto if !in_uri.is_empty() && !ours => return in_uri,
        CalledHeader::Auto | CalledHeader::To | CalledHeader::PCalledPartyId => {}
    }
    let party = HeaderName::Other("P-Called-Party-ID".into());
    let party = request.headers().text(&party).and_then(|text| NameAddr::parse(text.as_bytes(), false).ok());
    let party = party.and_then(|party| party.uri().user_decoded().map(|user| number_of(&user)));
    let to =
        || request.headers().get::<To>().ok().flatten()?.uri().user_decoded().map(|user| number_of(&user));
    let party = party.filter(|_| trunk.profile.called_header != CalledHeader::To);
    party.or_else(to).filter(|number| !number.is_empty()).unwrap_or(in_uri)
}

fn asserted(request: &Request) -> Option<String> {
    let identities = request.headers().get_all::<PAssertedIdentity>().ok()?;
    identities.into_iter().find_map(|identity| identity.0.uri().user_decoded().map(|user| number_of(&user)))
}

/// The digits of a user part: without visual separators and parameters (RFC 3966 §5.1.1).
fn number_of(user: &str) -> String {
    let user = user.split(';').next().unwrap_or_default();
    user.chars().filter(|c| !matches!(c, '-' | '.' | '(' | ')' | ' ')).take(MAX_NUMBER).collect()
}
