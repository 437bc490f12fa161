//! Where a call that leaves the account goes: a function of the configuration, of what was dialled and by whom, and of the moment.
//!
//! 1. The number is read by the account's numbering plan. What it does not know is left as it was dialled.
//! 2. International calls need the country's leave, calls to numbers of a higher price are refused; an extension calls as far as its
//!    class says, and while nobody should be there as far as the account says. Emergencies are asked for nothing.
//! 3. The route whose pattern is the closest to the number, as dialled or in international form, is taken; its digits
//!    are put off and on in the form that fitted, unless it changes nothing and the trunk has a form of its own.
//! 4. Its trunks are put in order ([`choice`]). An emergency may go by every trunk of the account, those of the route first.

pub mod choice;
#[cfg(test)]
mod tests;

use pabx_model::{
    AccountId, Called, CallingClass, Class, DialString, Dialling, Directory, EndReason, Extension,
    ExtensionId, Routed, Routing, TraceStep,
};

use self::choice::{Attempt, Choice, Number};
use super::hours;
use super::moment::Scene;
use crate::who::Who;

/// Trunks that one call tries at most.
pub const MAX_ATTEMPTS: usize = 8;

/// What was decided, and why.
#[derive(Clone, Debug)]
pub struct Decision<T> {
    /// What was decided, step by step.
    pub trace: Vec<TraceStep>,
    /// Where the call goes, or the SIP status and the reason of the refusal.
    pub outcome: Result<T, (u16, EndReason)>,
}

/// Who dials, as far as a decision asks.
#[derive(Clone, Debug)]
pub struct Dialler {
    /// How far it may call.
    pub calling: CallingClass,
    /// The number that it shows; `None`: the trunk's.
    pub caller_id: Option<Box<str>>,
    /// Whether who is called is not to see it.
    pub withheld: bool,
    /// Whether office hours do not bound it: a PIN says who dials, or the account itself does.
    pub at_any_hour: bool,
}

impl Dialler {
    /// The account itself, which may call everywhere: what its people have set up to leave at night leaves at night.
    pub fn account() -> Self {
        Self { calling: CallingClass::International, caller_id: None, withheld: false, at_any_hour: true }
    }

    /// An extension of it that may call everywhere: what a question asks for that names none.
    pub fn anybody(withheld: bool) -> Self {
        Self { withheld, at_any_hour: false, ..Self::account() }
    }

    /// One of its extensions.
    pub fn extension(extension: &Extension, withheld: bool) -> Self {
        let caller_id = extension.caller_id.as_ref().map(|id| id.as_str().into());
        Self { calling: extension.calling_class, caller_id, withheld, at_any_hour: false }
    }

    /// The same, with a PIN that reaches so far.
    #[must_use]
    pub fn with_pin(self, reaches: CallingClass) -> Self {
        Self { calling: self.calling.max(reaches), at_any_hour: true, ..self }
    }
}

/// A call that leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outward {
    /// The trunks, in the order in which they are tried. At least one.
    pub attempts: Vec<Attempt>,
    /// What kind of number it is. No rule may stand in the way of an emergency.
    pub class: Class,
    /// The number in its normal form.
    pub normal: Box<str>,
    /// The number that is shown; `None`: the trunk's.
    pub caller_id: Option<Box<str>>,
    /// Whether who is called is not to see it.
    pub withheld: bool,
    /// Whether the next trunk is tried even where a provider had begun to ring.
    pub after_ringing: bool,
    /// Whose call it is, where the box itself makes it.
    pub on_behalf_of: Option<AccountId>,
}

impl Outward {
    /// Whose call it is.
    pub(crate) fn owner(&self, caller: Who) -> (AccountId, Option<ExtensionId>) {
        self.on_behalf_of.map_or(caller.owner(), |account| (account, None))
    }

    /// Whether it is for life and limb.
    pub fn is_emergency(&self) -> bool {
        self.class == Class::Emergency
    }
}

/// Decides where a call to `dialled` goes.
pub fn decide(
    directory: &Directory,
    account: AccountId,
    dialler: &Dialler,
    dialled: &DialString,
    scene: &Scene<'_>,
) -> Decision<Outward> {
    let mut trace = Vec::with_capacity(4);
    let nothing = Routing::default();
    let routing = directory.routing(account).unwrap_or(&nothing);
    let outcome = outcome(directory, routing, (dialler, dialled), scene, &mut trace);
    Decision { trace, outcome }
}

fn outcome(
    directory: &Directory,
    routing: &Routing,
    (dialler, dialled): (&Dialler, &DialString),
    scene: &Scene<'_>,
    trace: &mut Vec<TraceStep>,
) -> Result<Outward, (u16, EndReason)> {
    let read = routing.dialling.plan.read(dialled.as_str()).ok();
    trace.push(number_read(dialled, read.as_ref()));
    let class = read.as_ref().map_or(Class::Unknown, Called::class);
    if class == Class::Emergency {
        trace.push(TraceStep::Emergency);
    } else if let Some(blocked) = blocked(&routing.dialling, read.as_ref(), (dialler.calling, dialled))
        .or_else(|| if dialler.at_any_hour { None } else { off_hours(routing, class, scene, trace) })
    {
        trace.push(blocked);
        return Err((403, EndReason::NotPermitted));
    }
    let normal = read.as_ref().map_or(dialled.as_str(), Called::as_text);
    let taken = closest(routing, &[dialled.as_str(), normal]);
    if taken.is_none() && class != Class::Emergency {
        trace.push(TraceStep::NoRoute { routes: routing.outbound.len() });
        return Err((404, EndReason::UnknownNumber));
    }
    let number = Number { dialled: dialled.as_str(), read: read.as_ref() };
    let mut choice = Choice { directory, routing, scene, number, trace, attempts: Vec::new() };
    if let Some((route, form)) = &taken {
        choice.route(route, form);
    }
    if class == Class::Emergency {
        choice.every_trunk();
    }
    let mut attempts = choice.attempts;
    attempts.truncate(MAX_ATTEMPTS);
    if attempts.is_empty() {
        return Err((503, EndReason::NoTrunk));
    }
    let after_ringing = taken.is_some_and(|(route, _)| route.route.failover_after_ringing);
    let caller_id = owned(&routing.dialling, dialler, trace);
    Ok(Outward {
        attempts,
        class,
        normal: normal.into(),
        caller_id,
        withheld: dialler.withheld,
        after_ringing,
        on_behalf_of: None,
    })
}

fn number_read(dialled: &DialString, read: Option<&Called>) -> TraceStep {
    let dialled = dialled.as_str().to_owned();
    match read {
        Some(called) => {
            TraceStep::NumberRead { dialled, normal: called.as_text().to_owned(), class: called.class() }
        }
        None => TraceStep::NumberNotRead { dialled },
    }
}

/// Why the account may not call such numbers at all, or the extension not so far.
fn blocked(
    dialling: &Dialling,
    read: Option<&Called>,
    (calling, dialled): (CallingClass, &DialString),
) -> Option<TraceStep> {
    // What the plan does not understand could still be a way out of the country.
    let looks_abroad = || dialling.plan.looks_international(dialled.as_str());
    let class = read.map_or(Class::Unknown, Called::class);
    match class {
        _ if !calling.allows(class) => Some(TraceStep::ClassBlocked { calling_class: calling }),
        Class::Premium => Some(TraceStep::PremiumBlocked),
        Class::International if read.is_some_and(|called| dialling.allows(called)) => None,
        Class::International => {
            let country_code = read.and_then(|called| called.destination().map(str::to_owned));
            Some(TraceStep::InternationalBlocked { country_code })
        }
        Class::Unknown if looks_abroad() => Some(TraceStep::InternationalBlocked { country_code: None }),
        _ => None,
    }
}

/// Why it may not be called at this time.
fn off_hours(
    routing: &Routing,
    class: Class,
    scene: &Scene<'_>,
    trace: &mut Vec<TraceStep>,
) -> Option<TraceStep> {
    let bound = routing.dialling.guard.off_hours.filter(|bound| !bound.calling_class.allows(class))?;
    let id = bound.time_condition_id;
    let stopped = |name| Some(TraceStep::OffHours { name, calling_class: bound.calling_class });
    // Hours that are gone are never open: nothing is let out by a bound that was lost.
    let Some(rule) = routing.time_rule(id) else { return stopped(id.to_string()) };
    let open = hours::ask(id, rule, scene.moment, trace);
    if open { None } else { stopped(rule.condition.name.to_string()) }
}

/// The caller ID, if it is one of the account's numbers.
fn owned(dialling: &Dialling, dialler: &Dialler, trace: &mut Vec<TraceStep>) -> Option<Box<str>> {
    let caller_id = dialler.caller_id.clone()?;
    if dialling.owns(&caller_id) {
        return Some(caller_id);
    }
    trace.push(TraceStep::CallerIdNotOwned { caller_id: caller_id.into() });
    None
}

/// The route whose pattern is the closest, and the form of the number that it fits.
fn closest<'a, 'f>(
    routing: &'a Routing,
    forms: &[&'f str],
) -> Option<(&'a Routed<pabx_model::OutboundRoute>, &'f str)> {
    routing.outbound_for(forms).filter(|one| one.route.status.is_active()).find_map(|one| {
        let form = forms.iter().find(|form| one.route.pattern.matches(form))?;
        Some((one, *form))
    })
}
