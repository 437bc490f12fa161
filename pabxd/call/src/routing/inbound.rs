//! Where a call that comes in by a trunk goes: a function of the configuration and of what the provider says.
//!
//! The number that is called stands in the Request-URI, unless the provider writes our own Contact there: then it is
//! that of P-Called-Party-ID (RFC 7315 §4.2), else of To. It is compared with the routes as it was given and in
//! international form; so is the number that calls.

use pabx_model::{
    Account, Directory, EndReason, Extension, ExtensionId, InboundRoute, NumberPattern, Routed, Routing,
    TraceStep, Trunk, TrunkLogin,
};
use pabx_sip::header::{From, NameAddr, PAssertedIdentity, To};
use pabx_sip::message::{HeaderName, Request};
use smallvec::SmallVec;

use super::outbound::Decision;

/// Longest number that is looked at.
const MAX_NUMBER: usize = 40;

/// What the provider says of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The number that is called, as it was given.
    pub called: Box<str>,
    /// The number that calls, in normal form where the plan knows it; empty: withheld.
    pub caller: Box<str>,
    /// The name that comes with it.
    pub name: Box<str>,
}

type Forms = SmallVec<[Box<str>; 3]>;

/// Decides where a call goes that came in by `trunk`.
pub fn decide(directory: &Directory, trunk: &Trunk, arrival: &Arrival) -> Decision<ExtensionId> {
    let mut trace = vec![TraceStep::CameIn {
        trunk_id: trunk.trunk_id,
        name: trunk.name.to_string(),
        called: arrival.called.to_string(),
        caller: arrival.caller.to_string(),
    }];
    let nothing = Routing::default();
    let routing = directory.routing(trunk.account_id).unwrap_or(&nothing);
    if let Some(refusal) = unwanted(routing, arrival, &mut trace) {
        return Decision { trace, outcome: Err(refusal) };
    }
    let found = closest(routing, trunk, &arrival.called, &arrival.caller);
    let outcome = match &found {
        None => {
            trace.push(TraceStep::NoRoute { routes: routing.inbound.len() });
            Err((404, EndReason::UnknownNumber))
        }
        Some((route, matched)) => {
            trace.push(TraceStep::RouteTaken {
                route_id: route.route_id,
                name: route.route.name.to_string(),
                pattern: route.route.did_pattern.to_string(),
                matched: matched.to_string(),
            });
            destination(directory, &route.route, trunk, &mut trace)
        }
    };
    Decision { trace, outcome }
}

/// A caller whose calls the account does not take: 607 (RFC 8197), or 433 (RFC 5079) for one without a number.
fn unwanted(routing: &Routing, arrival: &Arrival, trace: &mut Vec<TraceStep>) -> Option<(u16, EndReason)> {
    let dialling = &routing.dialling;
    if arrival.caller.is_empty() {
        if !dialling.refuses_anonymous {
            return None;
        }
        trace.push(TraceStep::AnonymousRefused);
        return Some((433, EndReason::NotPermitted));
    }
    let forms = forms(routing, &arrival.caller);
    let fits = |pattern: &&NumberPattern| forms.iter().any(|form| pattern.matches(form));
    let pattern = dialling.blocked_callers.iter().find(fits)?;
    trace.push(TraceStep::CallerBlocked { pattern: pattern.to_string() });
    Some((607, EndReason::NotPermitted))
}

fn destination(
    directory: &Directory,
    route: &InboundRoute,
    trunk: &Trunk,
    trace: &mut Vec<TraceStep>,
) -> Result<ExtensionId, (u16, EndReason)> {
    let extension: Option<&Extension> = route
        .extension_id
        .and_then(|id| directory.extension_by_id(id))
        .filter(|extension| extension.account_id == trunk.account_id);
    let Some(extension) = extension else {
        trace.push(TraceStep::DestinationGone);
        return Err((404, EndReason::UnknownNumber));
    };
    trace.push(TraceStep::Extension { number: extension.number.to_string() });
    Ok(extension.extension_id)
}

/// The number as given, and as the account's plan reads it.
fn forms(routing: &Routing, number: &str) -> Forms {
    let mut forms = Forms::new();
    forms.push(number.into());
    if let Ok(called) = routing.dialling.plan.read(number) {
        let normal: Box<str> = called.as_text().into();
        // Providers often leave the plus away.
        if let Some(bare) = normal.strip_prefix('+') {
            forms.push(bare.into());
        }
        forms.push(normal);
    }
    forms
}

fn closest<'a>(
    routing: &'a Routing,
    trunk: &Trunk,
    called: &str,
    caller: &str,
) -> Option<(&'a Routed<InboundRoute>, Box<str>)> {
    let (called, caller) = (forms(routing, called), forms(routing, caller));
    routing.inbound.iter().find_map(|one| {
        let route = &one.route;
        let fits = route.status.is_active()
            && route.trunk_id.is_none_or(|id| id == trunk.trunk_id)
            && route
                .caller_pattern
                .as_ref()
                .is_none_or(|pattern| caller.iter().any(|form| pattern.matches(form)));
        let form = called.iter().find(|form| fits && route.did_pattern.matches(form))?;
        Some((one, form.clone()))
    })
}

/// Whether the account of a trunk has a route for the number that a request calls.
pub(crate) fn has_route(directory: &Directory, trunk: &Trunk, request: &Request) -> bool {
    let Some(routing) = directory.routing(trunk.account_id) else { return false };
    let called = called_number(trunk, request);
    // By the number alone: who calls says nothing of whose call it is.
    let called = forms(routing, &called);
    routing.inbound.iter().any(|one| {
        one.route.status.is_active()
            && one.route.trunk_id.is_none_or(|id| id == trunk.trunk_id)
            && called.iter().any(|form| one.route.did_pattern.matches(form))
    })
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
    let name = from.and_then(|from| from.display().map(str::to_owned)).filter(|_| !withheld);
    Arrival {
        called: called.into(),
        caller: caller.unwrap_or_default().into(),
        name: pabx_model::CallRecord::party(&name.unwrap_or_default()).into(),
    }
}

/// The number that is called. See the head of this file.
fn called_number(trunk: &Trunk, request: &Request) -> String {
    let uri = request.uri().ok();
    let in_uri =
        uri.as_ref().and_then(|uri| uri.user_decoded().map(|user| number_of(&user))).unwrap_or_default();
    let ours = uri.as_ref().is_some_and(|uri| uri.param("line").is_some())
        || matches!(&trunk.login, TrunkLogin::Digest { username, .. } if **username == *in_uri);
    if !in_uri.is_empty() && !ours {
        return in_uri;
    }
    let party = HeaderName::Other("P-Called-Party-ID".into());
    let party = request.headers().text(&party).and_then(|text| NameAddr::parse(text.as_bytes(), false).ok());
    let party = party.and_then(|party| party.uri().user_decoded().map(|user| number_of(&user)));
    let to =
        || request.headers().get::<To>().ok().flatten()?.uri().user_decoded().map(|user| number_of(&user));
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
