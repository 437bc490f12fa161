//! Where a call that comes in by a trunk goes: a function of the configuration, of what the provider says ([`super::arrival`]) and of
//! the moment.
//!
//! The number that is called is compared with the routes as it was given and in international form; so is the number that calls.
//! The closest route leads to an extension, out again, to nobody, or to office hours, which lead on.

use pabx_model::{
    Destination, DialString, Directory, EndReason, ExtensionId, InboundRoute, NumberPattern, Routed, Routing,
    TraceStep, Trunk,
};
use pabx_sip::message::Request;
use smallvec::SmallVec;

use super::arrival::{Arrival, called_number};
use super::hours;
use super::moment::Moment;
use super::outbound::Decision;

/// Office hours that lead to office hours, at most.
const MAX_TURNS: usize = 8;
/// A call that was forwarded this often is not forwarded once more (RFC 5806 leaves the number to us).
const MAX_DIVERSIONS: usize = 5;

/// Where a call ends up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// At an extension.
    Extension(ExtensionId),
    /// Outside again, dialled as by the account itself.
    Number(DialString),
}

type Refused = (u16, EndReason);
type Forms = SmallVec<[Box<str>; 3]>;

/// Decides where a call goes that came in by `trunk`.
pub fn decide(directory: &Directory, trunk: &Trunk, arrival: &Arrival, moment: Moment) -> Decision<End> {
    let mut trace = vec![TraceStep::CameIn {
        trunk_id: trunk.trunk_id,
        name: trunk.name.to_string(),
        called: arrival.called.to_string(),
        caller: arrival.caller.to_string(),
    }];
    if let Some(verstat) = &arrival.verstat {
        let identity = arrival.identity.as_deref().map(str::to_owned);
        trace.push(TraceStep::CallerVerified { verstat: verstat.to_string(), identity });
    }
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
            let way = Way { directory, routing, trunk, arrival, moment };
            way.follow(route.route.destination.as_ref(), &mut trace)
        }
    };
    Decision { trace, outcome }
}

/// A caller whose calls the account does not take: 607 (RFC 8197), or 433 (RFC 5079) for one without a number.
fn unwanted(routing: &Routing, arrival: &Arrival, trace: &mut Vec<TraceStep>) -> Option<Refused> {
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

/// From a route's destination on.
struct Way<'a> {
    directory: &'a Directory,
    routing: &'a Routing,
    trunk: &'a Trunk,
    arrival: &'a Arrival,
    moment: Moment,
}

impl<'a> Way<'a> {
    fn follow(&self, from: Option<&'a Destination>, trace: &mut Vec<TraceStep>) -> Result<End, Refused> {
        let mut next = from;
        for _ in 0..=MAX_TURNS {
            next = match next {
                None => return gone(trace),
                Some(Destination::Extension { extension_id }) => return self.extension(*extension_id, trace),
                Some(Destination::Number { number }) => return self.forward(number, trace),
                Some(Destination::Reject { reject }) => {
                    trace.push(TraceStep::Rejected { reject: *reject });
                    return Err((reject.status(), EndReason::NotPermitted));
                }
                Some(Destination::TimeCondition { time_condition_id: id }) => {
                    let Some(rule) = self.routing.time_rule(*id) else { return gone(trace) };
                    let open = hours::ask(*id, rule, self.moment, trace);
                    if open { rule.open.as_ref() } else { rule.closed.as_ref() }
                }
            };
        }
        trace.push(TraceStep::Endless);
        Err((480, EndReason::NotPermitted))
    }

    fn extension(&self, id: ExtensionId, trace: &mut Vec<TraceStep>) -> Result<End, Refused> {
        let extension = self.directory.extension_by_id(id);
        let Some(extension) = extension.filter(|one| one.account_id == self.trunk.account_id) else {
            return gone(trace);
        };
        trace.push(TraceStep::Extension { number: extension.number.to_string() });
        Ok(End::Extension(id))
    }

    fn forward(&self, number: &DialString, trace: &mut Vec<TraceStep>) -> Result<End, Refused> {
        // A number that is forwarded to itself would come back for ever.
        let called = forms(self.routing, &self.arrival.called);
        let to_itself = forms(self.routing, number.as_str()).iter().any(|form| called.contains(form));
        if to_itself || self.arrival.diversions >= MAX_DIVERSIONS {
            trace.push(TraceStep::ForwardedTooOften);
            return Err((480, EndReason::NotPermitted));
        }
        trace.push(TraceStep::Forwarded { number: number.to_string() });
        Ok(End::Number(number.clone()))
    }
}

fn gone(trace: &mut Vec<TraceStep>) -> Result<End, Refused> {
    trace.push(TraceStep::DestinationGone);
    Err((404, EndReason::UnknownNumber))
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
