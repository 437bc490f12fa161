//! Where a call that leaves the account goes: a function of the configuration and what was dialled, and nothing else.
//!
//! 1. The number is read by the account's numbering plan. What it does not know is left as it was dialled.
//! 2. The route whose pattern is the closest to the number, as dialled or in international form, is taken; its digits
//!    are put off and on in the form that fitted.
//! 3. International calls need the country's leave, calls to numbers of a higher price are refused. Emergencies are asked
//!    for nothing, and may go by every trunk of the account, those of the route first.

use pabx_model::{
    AccountId, Called, CallingClass, Class, DialString, Directory, EndReason, OutboundRoute, Routed, Routing,
    SkipReason, TraceStep, TrunkId,
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

/// Decides where a call to `dialled` goes that somebody makes who may call so far.
pub fn decide(
    directory: &Directory,
    account: AccountId,
    calling: CallingClass,
    dialled: &DialString,
) -> Decision<Outward> {
    let mut trace = Vec::with_capacity(4);
    let nothing = Routing::default();
    let routing = directory.routing(account).unwrap_or(&nothing);
    let outcome = outcome(directory, routing, (calling, dialled), &mut trace);
    Decision { trace, outcome }
}

fn outcome(
    directory: &Directory,
    routing: &Routing,
    (calling, dialled): (CallingClass, &DialString),
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
        permitted(routing, read.as_ref(), (calling, dialled), trace)?;
    }
    let normal = read.as_ref().map_or(dialled.as_str(), Called::as_text);
    let taken = closest(routing, &[dialled.as_str(), normal]);
    let mut attempts = Vec::new();
    if let Some((route, form)) = taken {
        trace.push(TraceStep::RouteTaken {
            route_id: route.route_id,
            name: route.route.name.to_string(),
            pattern: route.route.pattern.to_string(),
            matched: form.to_owned(),
        });
        let number = rewritten(&route.route, form);
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

/// Whether the account may call such numbers at all, and the extension so far.
fn permitted(
    routing: &Routing,
    read: Option<&Called>,
    (calling, dialled): (CallingClass, &DialString),
    trace: &mut Vec<TraceStep>,
) -> Result<(), (u16, EndReason)> {
    let dialling = &routing.dialling;
    // What the plan does not understand could still be a way out of the country.
    let looks_abroad = || dialling.plan.looks_international(dialled.as_str());
    let class = read.map_or(Class::Unknown, Called::class);
    let blocked = match class {
        _ if !calling.allows(class) => Some(TraceStep::ClassBlocked { calling_class: calling }),
        Class::Premium => Some(TraceStep::PremiumBlocked),
        Class::International if read.is_some_and(|called| dialling.allows(called)) => None,
        Class::International => {
            let country_code = read.and_then(|called| called.destination().map(str::to_owned));
            Some(TraceStep::InternationalBlocked { country_code })
        }
        Class::Unknown if looks_abroad() => Some(TraceStep::InternationalBlocked { country_code: None }),
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
fn closest<'a, 'f>(routing: &'a Routing, forms: &[&'f str]) -> Option<(&'a Routed<OutboundRoute>, &'f str)> {
    routing.outbound_for(forms).filter(|one| one.route.status.is_active()).find_map(|one| {
        let form = forms.iter().find(|form| one.route.pattern.matches(form))?;
        Some((one, *form))
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

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use pabx_model::{
        Account, AccountLimits, AccountSlug, Dialling, DisplayName, NumberPattern, RouteId, SipDomain,
        Status, Trunk, TrunkLogin, TrunkTransport,
    };
    use proptest::prelude::*;

    use super::*;

    fn account(n: u8) -> AccountId {
        AccountId::new(1, [n; 10])
    }

    fn trunk_id(of: u8, n: u8) -> TrunkId {
        TrunkId::new(1, [of, n, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    fn trunk(of: u8, n: u8, status: Status) -> Trunk {
        Trunk {
            trunk_id: trunk_id(of, n),
            account_id: account(of),
            name: DisplayName::parse("Line").unwrap(),
            host: SipDomain::parse("provider.test").unwrap(),
            port: None,
            transport: TrunkTransport::Udp,
            max_calls: 1,
            login: TrunkLogin::Address,
            networks: Vec::new(),
            caller_id: None,
            status,
        }
    }

    fn route(n: u8, pattern: &str, strip: u8, prefix: &str, trunks: Vec<TrunkId>) -> Routed<OutboundRoute> {
        Routed {
            route_id: RouteId::new(1, [n; 10]),
            route: OutboundRoute {
                name: DisplayName::parse("Out").unwrap(),
                position: n.into(),
                pattern: NumberPattern::parse(pattern).unwrap(),
                strip,
                prefix: prefix.to_owned(),
                trunks,
                status: Status::Active,
            },
        }
    }

    fn directory(routes: Vec<Routed<OutboundRoute>>, status: Status) -> Directory {
        let one = |n: u8, slug: &str| Account {
            account_id: account(n),
            name: DisplayName::parse(slug).unwrap(),
            slug: AccountSlug::parse(slug).unwrap(),
            domain: SipDomain::parse(&format!("{slug}.test")).unwrap(),
            status: Status::Active,
            limits: AccountLimits { max_extensions: 1, max_calls: 1 },
        };
        let routing = |of: u8, outbound| {
            let trunks = (1..=3).map(|n| trunk(of, n, if n == 2 { status } else { Status::Active }));
            Routing::new(Dialling::default(), trunks.collect(), Vec::new(), outbound)
        };
        Directory::builder()
            .account(one(1, "acme"))
            .account(one(2, "bolt"))
            .routing(account(1), routing(1, routes))
            .routing(account(2), routing(2, Vec::new()))
            .build()
            .unwrap()
    }

    fn dial(directory: &Directory, number: &str) -> Decision<Outward> {
        decide(directory, account(1), CallingClass::International, &DialString::parse(number).unwrap())
    }

    #[test]
    fn an_extension_calls_as_far_as_it_may_and_an_emergency_always() {
        let with = directory(vec![route(1, "X!", 0, "", vec![trunk_id(1, 1)])], Status::Active);
        for (calling, may, may_not) in [
            (CallingClass::Internal, "190", "08001234567"),
            (CallingClass::Local, "33334444", "987654321"),
            (CallingClass::Mobile, "021987654321", "02133334444"),
            (CallingClass::LongDistance, "02133334444", "0012125550123"),
        ] {
            let outcome = |number: &str| {
                let decision = decide(&with, account(1), calling, &DialString::parse(number).unwrap());
                (decision.outcome.map(drop), decision.trace.last().cloned())
            };
            assert_eq!(outcome(may).0, Ok(()), "{calling} {may}");
            let blocked = Some(TraceStep::ClassBlocked { calling_class: calling });
            assert_eq!(
                outcome(may_not),
                (Err((403, EndReason::NotPermitted)), blocked),
                "{calling} {may_not}"
            );
        }
    }

    #[test]
    fn the_closest_pattern_wins_and_digits_are_put_on_and_off_in_the_form_that_fits() {
        let one = vec![trunk_id(1, 1)];
        let directory = directory(
            vec![
                route(1, "0!", 0, "", one.clone()),
                route(2, "+5511.", 3, "0", one.clone()),
                route(3, "0119.", 1, "", one),
            ],
            Status::Active,
        );
        let number =
            |dialled: &str| dial(&directory, dialled).outcome.unwrap().attempts[0].number.to_string();
        assert_eq!(number("02133334444"), "02133334444");
        assert_eq!(number("01133334444"), "01133334444");
        assert_eq!(number("1133334444"), "01133334444");
        assert_eq!(number("011987654321"), "011987654321");
    }

    #[test]
    fn an_emergency_goes_by_every_trunk_and_a_suspended_one_is_passed_over() {
        let with = directory(vec![route(1, "1XX", 0, "", vec![trunk_id(1, 3)])], Status::Suspended);
        let decision = dial(&with, "190");
        let outward = decision.outcome.unwrap();
        let trunks: Vec<TrunkId> = outward.attempts.iter().map(|attempt| attempt.trunk_id).collect();
        assert_eq!((outward.emergency, trunks), (true, vec![trunk_id(1, 3), trunk_id(1, 1)]));
        assert!(decision.trace.iter().any(|step| matches!(step, TraceStep::TrunkSkipped { .. })));
    }

    #[test]
    fn what_is_refused_says_why() {
        let with = directory(vec![route(1, "X!", 0, "", vec![trunk_id(1, 1)])], Status::Active);
        for (number, last) in [
            ("00351211234567", "Calls to country +351 are not allowed."),
            ("0018765550123", "Calls to country +1876 are not allowed."),
            ("09001234567", "Calls to numbers of a higher price are not allowed."),
        ] {
            let decision = dial(&with, number);
            assert_eq!(decision.outcome, Err((403, EndReason::NotPermitted)), "{number}");
            assert_eq!(decision.trace.last().unwrap().to_string(), last, "{number}");
        }
        let decision = dial(&directory(Vec::new(), Status::Active), "02133334444");
        assert_eq!(decision.outcome, Err((404, EndReason::UnknownNumber)));
    }

    /// `cargo test --release -p pabx-call --lib -- --ignored --nocapture cost_of_a_decision`.
    #[test]
    #[ignore = "a measurement"]
    #[expect(clippy::disallowed_methods, reason = "a measurement")]
    fn cost_of_a_decision_over_five_thousand_routes() {
        let routes = (0..5000_u32).map(|n| {
            let mut one = route(1, &format!("+55{:02}{:04}!", 11 + n % 80, n), 3, "0", vec![trunk_id(1, 1)]);
            one.route_id = RouteId::new(n.into(), [1; 10]);
            one
        });
        let directory = directory(routes.collect(), Status::Active);
        for number in ["09149993333", "01100003333", "02133334444"] {
            let dialled = DialString::parse(number).unwrap();
            let began = std::time::Instant::now();
            for _ in 0..2000 {
                std::hint::black_box(decide(&directory, account(1), CallingClass::International, &dialled));
            }
            println!("{number}: {:?} a decision", began.elapsed() / 2000);
        }
    }

    fn patterns() -> &'static [&'static str] {
        static PATTERNS: OnceLock<Vec<&str>> = OnceLock::new();
        PATTERNS.get_or_init(|| {
            vec!["!", "X!", "0!", "+!", "+55.", "[1-9]X!", "00!", "1XX", "*!", "N.", "0ZXXXXXXXXX"]
        })
    }

    proptest! {
        /// Whatever routes there are and whatever is dialled: there is an answer, it says why, its trunks are the account's own and
        /// each is tried once.
        #[test]
        fn a_decision_ends_says_why_and_never_leaves_the_account(
            routes in prop::collection::vec((0..11_usize, 0..40_u8, "[0-9]{0,6}", prop::collection::vec((1..3_u8, 1..5_u8), 0..5)), 0..12),
            number in "\\+?[0-9*#]{1,20}",
        ) {
            let routes = routes.into_iter().enumerate().filter_map(|(n, (pattern, strip, prefix, trunks))| {
                let pattern = patterns().get(pattern).filter(|text| NumberPattern::parse(text).is_ok())?;
                let trunks = trunks.into_iter().map(|(of, n)| trunk_id(of, n)).collect();
                Some(route(u8::try_from(n).unwrap(), pattern, strip, &prefix, trunks))
            });
            let directory = directory(routes.collect(), Status::Suspended);
            let Ok(dialled) = DialString::parse(&number) else { return Ok(()) };
            let decision = decide(&directory, account(1), CallingClass::International, &dialled);
            prop_assert!(!decision.trace.is_empty());
            if let Ok(outward) = decision.outcome {
                let own = directory.routing(account(1)).unwrap();
                prop_assert!(!outward.attempts.is_empty() && outward.attempts.len() <= MAX_ATTEMPTS);
                for (at, attempt) in outward.attempts.iter().enumerate() {
                    prop_assert!(own.trunk(attempt.trunk_id).is_some_and(|trunk| trunk.status.is_active()));
                    prop_assert!(!outward.attempts[..at].iter().any(|before| before.trunk_id == attempt.trunk_id));
                    prop_assert!(!attempt.number.is_empty() && attempt.number.len() <= MAX_NUMBER);
                }
            }
        }
    }
}
