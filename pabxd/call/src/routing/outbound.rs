//! Where a call that leaves the account goes: a function of the configuration and what was dialled, and nothing else.
//!
//! 1. The number is read by the account's numbering plan. What it does not know is left as it was dialled.
//! 2. The route whose pattern is the closest to the number, as dialled or in international form, is taken; its digits
//!    are put off and on in the form that fitted.
//! 3. International calls need the country's leave, calls to numbers of a higher price are refused. Emergencies are asked
//!    for nothing, and may go by every trunk of the account, those of the route first.

use pabx_model::numbering::{Called, Class};
use pabx_model::{
    AccountId, DialString, Directory, EndReason, OutboundRoute, Routed, Routing, SkipReason, TraceStep, TrunkId,
};

/// Trunks that one call tries at most.
pub const MAX_ATTEMPTS: usize = 8;
/// Longest number that is sent to a provider.
const MAX_NUMBER: usize = 32;

/// What was decided, and why.
#[derive(Clone, Debug)]
pub struct Decision<T> {
    /// What was decided, step by step.
    pub trace: Vec<TraceStep>,
    /// Where the call goes, or the SIP status and the reason of the refusal.
    pub outcome: Result<T, (u16, EndReason)>,
}

/// One trunk that may carry the call, and the number as its provider gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which.
    pub trunk_id: TrunkId,
    /// The number.
    pub number: Box<str>,
}

/// A call that leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outward {
    /// The trunks, in the order in which they are tried. At least one.
    pub attempts: Vec<Attempt>,
    /// Whether no rule may stand in its way.
    pub emergency: bool,
}

/// A form of the number that patterns are compared with.
struct Form<'a>(&'a str);

/// Decides where a call to `dialled` goes.
pub fn decide(directory: &Directory, account: AccountId, dialled: &DialString) -> Decision<Outward> {
    let mut trace = Vec::with_capacity(4);
    let nothing = Routing::default();
    let routing = directory.routing(account).unwrap_or(&nothing);
    let outcome = outcome(directory, routing, dialled, &mut trace);
    Decision { trace, outcome }
}

fn outcome(
    directory: &Directory,
    routing: &Routing,
    dialled: &DialString,
    trace: &mut Vec<TraceStep>,
) -> Result<Outward, (u16, EndReason)> {
    let read = routing.dialling.plan.read(dialled.as_str()).ok();
    trace.push(match &read {
        Some(called) => TraceStep::NumberRead {
            dialled: dialled.as_str().to_owned(),
            normal: called.as_text().to_string(),
            class: called.class(),
        },
        None => TraceStep::NumberNotRead { dialled: dialled.as_str().to_owned() },
    });
    let emergency = read.as_ref().is_some_and(|called| called.class() == Class::Emergency);
    if emergency {
        trace.push(TraceStep::Emergency);
    } else {
        permitted(routing, read.as_ref(), dialled, trace)?;
    }
    let normal = read.as_ref().map(|called| called.as_text().to_string());
    let forms = [Some(Form(dialled.as_str())), normal.as_deref().map(Form)];
    let taken = closest(&routing.outbound, &forms);
    let mut attempts = Vec::new();
    if let Some((route, form)) = taken {
        trace.push(TraceStep::RouteTaken {
            route_id: route.route_id,
            name: route.route.name.to_string(),
            pattern: route.route.pattern.to_string(),
            matched: form.0.to_owned(),
        });
        let number = rewritten(&route.route, form.0);
        add(directory, routing, &route.route.trunks, &number, trace, &mut attempts);
    } else if !emergency {
        trace.push(TraceStep::NoRoute { routes: routing.outbound.len() });
        return Err((404, EndReason::UnknownNumber));
    }
    if emergency {
        let all: Vec<TrunkId> = routing.trunks.iter().map(|trunk| trunk.trunk_id).collect();
        add(directory, routing, &all, dialled.as_str(), trace, &mut attempts);
    }
    attempts.truncate(MAX_ATTEMPTS);
    if attempts.is_empty() { Err((503, EndReason::NoTrunk)) } else { Ok(Outward { attempts, emergency }) }
}

/// Whether the account may call such numbers at all.
fn permitted(
    routing: &Routing,
    read: Option<&Called>,
    dialled: &DialString,
    trace: &mut Vec<TraceStep>,
) -> Result<(), (u16, EndReason)> {
    let blocked = match read.map(|called| (called.class(), called.country_code())) {
        Some((Class::Premium, _)) => Some(TraceStep::PremiumBlocked),
        Some((Class::International, Some(code))) if routing.dialling.allows(code) => None,
        Some((Class::International, code)) => {
            Some(TraceStep::InternationalBlocked { country_code: code.map(str::to_owned) })
        }
        // What the plan does not understand could still be a way out of the country.
        None if routing.dialling.plan.looks_international(dialled.as_str()) => {
            Some(TraceStep::InternationalBlocked { country_code: None })
        }
        _ => None,
    };
    match blocked {
        None => Ok(()),
        Some(step) => {
            trace.push(step);
            Err((403, EndReason::NotPermitted))
        }
    }
}

/// The route whose pattern is the closest, and the form of the number that it fits.
fn closest<'a, 'f>(
    routes: &'a [Routed<OutboundRoute>],
    forms: &'f [Option<Form<'f>>],
) -> Option<(&'a Routed<OutboundRoute>, &'f Form<'f>)> {
    routes.iter().filter(|one| one.route.status.is_active()).find_map(|one| {
        let form = forms.iter().flatten().find(|form| one.route.pattern.matches(form.0))?;
        Some((one, form))
    })
}

/// Digits off the front, digits before the rest. A plus is one of those that are taken off.
fn rewritten(route: &OutboundRoute, number: &str) -> String {
    let rest = number.get(usize::from(route.strip)..).unwrap_or_default();
    format!("{}{rest}", route.prefix)
}

fn add(
    directory: &Directory,
    routing: &Routing,
    trunks: &[TrunkId],
    number: &str,
    trace: &mut Vec<TraceStep>,
    attempts: &mut Vec<Attempt>,
) {
    for id in trunks {
        let Some(trunk) = routing.trunk(*id) else { continue };
        if attempts.iter().any(|known| known.trunk_id == *id) {
            continue;
        }
        let name = trunk.name.to_string();
        if !directory.is_trunk_active(trunk) {
            trace.push(TraceStep::TrunkSkipped { trunk_id: *id, name, why: SkipReason::NotActive });
        } else if !number.is_empty() && number.len() <= MAX_NUMBER {
            trace.push(TraceStep::TrunkChosen { trunk_id: *id, name, number: number.to_owned() });
            attempts.push(Attempt { trunk_id: *id, number: number.into() });
        }
    }
}
