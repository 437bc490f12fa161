use std::sync::OnceLock;

use pabx_model::{
    Account, AccountLimits, AccountSlug, ClockState, DisplayName, NumberForm, NumberPattern, OffHours,
    OutboundRoute, Override, Price, RateTable, RouteId, SipDomain, Status, TimeCondition, TimeConditionId,
    TimeRule, Timestamp, Trunk, TrunkId, TrunkLogin, TrunkOrder, TrunkProfile, TrunkTransport, Zone,
};
use proptest::prelude::*;

use super::super::moment::Moment;
use super::choice::MAX_NUMBER;
use super::*;

const MOMENT: Moment = Moment { at: Timestamp(1_795_000_000_000), clock: ClockState::Trusted };

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
        profile: TrunkProfile::default(),
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
            trunk_order: TrunkOrder::Listed,
            failover_after_ringing: false,
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
    dial_as(directory, &Dialler::account(), number)
}

fn dial_as(directory: &Directory, dialler: &Dialler, number: &str) -> Decision<Outward> {
    let scene = Scene { moment: MOMENT, calls_on: &|_| 0, is_down: &|_| false };
    decide(directory, account(1), dialler, &DialString::parse(number).unwrap(), &scene)
}

/// The first account with these routes and whatever else its routing has.
fn with_routing(change: impl Fn(Routing) -> Routing, routes: Vec<Routed<OutboundRoute>>) -> Directory {
    let whole = directory(routes, Status::Active);
    let routing = whole.routing(account(1)).unwrap().clone();
    let one = whole.account(account(1)).unwrap().clone();
    Directory::builder().account(one).routing(account(1), change(routing)).build().unwrap()
}

fn trunks_of(decision: &Decision<Outward>) -> Vec<TrunkId> {
    let outward = decision.outcome.as_ref().unwrap();
    outward.attempts.iter().map(|attempt| attempt.trunk_id).collect()
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
            let decision = dial_as(&with, &Dialler { calling, ..Dialler::account() }, number);
            (decision.outcome.map(drop), decision.trace.last().cloned())
        };
        assert_eq!(outcome(may).0, Ok(()), "{calling} {may}");
        let blocked = Some(TraceStep::ClassBlocked { calling_class: calling });
        assert_eq!(outcome(may_not), (Err((403, EndReason::NotPermitted)), blocked), "{calling} {may_not}");
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
    let number = |dialled: &str| dial(&directory, dialled).outcome.unwrap().attempts[0].number.to_string();
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
    assert_eq!((outward.is_emergency(), trunks), (true, vec![trunk_id(1, 3), trunk_id(1, 1)]));
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

#[test]
fn the_cheapest_trunk_is_tried_first_and_one_without_a_price_last() {
    let mut by_cost = route(1, "+55!", 0, "", vec![trunk_id(1, 1), trunk_id(1, 2), trunk_id(1, 3)]);
    by_cost.route.trunk_order = TrunkOrder::LeastCost;
    let table = |rates: &[(&str, &str)]| {
        RateTable::new(rates.iter().map(|(at, price)| ((*at).into(), Price::parse(price).unwrap())).collect())
    };
    let rates = [
        (trunk_id(1, 2), table(&[("55", "0.10"), ("5521", "0.50")])),
        (trunk_id(1, 3), table(&[("55", "0.20")])),
    ];
    let with = with_routing(|routing| routing.with_rates(rates.clone().into()), vec![by_cost]);
    assert_eq!(trunks_of(&dial(&with, "01133334444")), [trunk_id(1, 2), trunk_id(1, 3), trunk_id(1, 1)]);
    let to_rio = dial(&with, "02133334444");
    assert_eq!(trunks_of(&to_rio), [trunk_id(1, 3), trunk_id(1, 2), trunk_id(1, 1)]);
    assert!(to_rio.trace.iter().any(|step| step.to_string().ends_with("at 0.2 a minute.")));
    assert_eq!(to_rio.outcome.unwrap().attempts[1].price, Some(500_000));
}

#[test]
fn calls_are_shared_by_the_part_of_the_channels_in_use() {
    let mut shared = route(1, "+55!", 0, "", vec![trunk_id(1, 1), trunk_id(1, 2), trunk_id(1, 3)]);
    shared.route.trunk_order = TrunkOrder::LeastUsed;
    let with = with_routing(
        |mut routing| {
            routing.trunks.iter_mut().zip([10, 40, 0]).for_each(|(trunk, calls)| trunk.max_calls = calls);
            routing
        },
        vec![shared],
    );
    // Three of ten, four of forty, and one that may have none.
    let calls_on = |id: TrunkId| if id == trunk_id(1, 1) { 3 } else { 4 };
    let scene = Scene { moment: MOMENT, calls_on: &calls_on, is_down: &|_| false };
    let dialled = DialString::parse("01133334444").unwrap();
    let decision = decide(&with, account(1), &Dialler::account(), &dialled, &scene);
    assert_eq!(trunks_of(&decision), [trunk_id(1, 2), trunk_id(1, 1), trunk_id(1, 3)]);
}

#[test]
fn a_trunk_has_its_own_form_of_numbers_unless_the_route_says_otherwise() {
    let one = vec![trunk_id(1, 1)];
    for (form, written) in [
        (NumberForm::E164Plus, "+551133334444"),
        (NumberForm::E164, "551133334444"),
        (NumberForm::National, "01133334444"),
    ] {
        let formed = |mut routing: Routing| {
            routing.trunks[0].profile.number_form = Some(form);
            routing
        };
        let number = |strip, prefix| {
            let with = with_routing(formed, vec![route(1, "+55!", strip, prefix, one.clone())]);
            dial(&with, "01133334444").outcome.unwrap().attempts[0].number.to_string()
        };
        assert_eq!((number(0, "").as_str(), number(3, "9").as_str()), (written, "91133334444"));
    }
}

#[test]
fn a_caller_id_that_is_not_the_account_s_is_not_shown() {
    let numbers = vec![NumberPattern::parse("+55113333XXXX").unwrap()];
    let with = with_routing(
        |mut routing| {
            routing.dialling.numbers = numbers.clone();
            routing
        },
        vec![route(1, "0!", 0, "", vec![trunk_id(1, 1)])],
    );
    let shown = |caller_id: &str| {
        let dialler = Dialler { caller_id: Some(caller_id.into()), ..Dialler::account() };
        let decision = dial_as(&with, &dialler, "02133334444");
        let told = decision.trace.iter().any(|step| matches!(step, TraceStep::CallerIdNotOwned { .. }));
        (decision.outcome.unwrap().caller_id.map(String::from), told)
    };
    assert_eq!(shown("+551133330001"), (Some("+551133330001".into()), false));
    assert_eq!(shown("01133330001"), (Some("01133330001".into()), false), "in normal form it is one");
    assert_eq!(shown("+551144440001"), (None, true));
}

#[test]
fn while_nobody_should_be_there_only_near_numbers_are_called() {
    let hours = TimeConditionId::new(1, [5; 10]);
    let rule = |overridden| TimeRule {
        condition: TimeCondition {
            name: DisplayName::parse("Office").unwrap(),
            zone: Zone::default(),
            weekly: Vec::new(),
            holidays: Vec::new(),
            holiday_sets: None,
            overridden,
        },
        open: None,
        closed: None,
    };
    let outcome_of = |switch, number, at_any_hour, lost: bool| {
        let with = with_routing(
            |mut routing| {
                let bound = OffHours { time_condition_id: hours, calling_class: CallingClass::Local };
                routing.dialling.guard.off_hours = Some(bound);
                if lost { routing } else { routing.with_time_rules([(hours, rule(switch))].into()) }
            },
            vec![route(1, "X!", 0, "", vec![trunk_id(1, 1)])],
        );
        let dialled = DialString::parse(number).unwrap();
        let scene = Scene { moment: MOMENT, calls_on: &|_| 0, is_down: &|_| false };
        let dialler = Dialler { at_any_hour, ..Dialler::account() };
        let decision = decide(&with, account(1), &dialler, &dialled, &scene);
        (decision.outcome.map(drop), decision.trace.last().unwrap().to_string())
    };
    let outcome = |switch, number| outcome_of(switch, number, false, false);
    let closed = Override::Closed { until: None };
    assert_eq!(
        outcome_of(closed, "02133334444", true, false).0,
        Ok(()),
        "what the account has set up leaves"
    );
    let open = Override::Open { until: None };
    assert_eq!(
        outcome_of(open, "02133334444", false, true).0,
        Err((403, EndReason::NotPermitted)),
        "hours that are gone"
    );
    let blocked = "While Office is closed, local numbers may be called at most.";
    assert_eq!(outcome(closed, "02133334444"), (Err((403, EndReason::NotPermitted)), blocked.into()));
    for (switch, number) in
        [(Override::Open { until: None }, "02133334444"), (closed, "33334444"), (closed, "190")]
    {
        assert_eq!(outcome(switch, number).0, Ok(()), "{number}");
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
        let scene = Scene { moment: MOMENT, calls_on: &|_| 0, is_down: &|_| false };
        let decision = decide(&directory, account(1), &Dialler::account(), &dialled, &scene);
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
