//! What stops a call, ends it, or lets it go further: budgets, bursts, emergencies, PINs.

use pabx_call::{Input, Report, Used, UsedBefore};
use pabx_model::{
    Budget, Burst, CallPin, CallStatus, CallingClass, DisplayName, EndReason, Guard, OffHours, Override, Pin,
    PinId, Price, RateTable, Routing, Spent, Status, TraceStep, TrunkId, Whose,
};

use super::bench::*;
use crate::common::{ACME, CallState, World, secs};

fn guarded(guard: Guard) -> Routing {
    let mut with = routing(vec![trunk(1, ONE, true)], vec![outbound("0!", &[1])]);
    with.trunks[0].max_calls = 10;
    with.dialling.guard = guard;
    with.dialling.international = vec!["351".into()];
    let table = RateTable::new(vec![("5521".into(), Price::parse("0.60").unwrap())]);
    with.with_rates([(TrunkId::new(1, [1; 10]), table)].into())
}

fn stops(world: &World) -> Vec<TraceStep> {
    let stopped = |report: &Report| match report {
        Report::Stopped { step, .. } => Some(step.clone()),
        _ => None,
    };
    world.reports.iter().filter_map(stopped).collect()
}

#[test]
fn a_call_ends_with_the_minutes_of_the_day_and_the_next_begins_with_the_next_day() {
    let minutes = |minutes| Budget { minutes: Some(minutes), money: None };
    for (guard, whose) in [
        (Guard { extension_budget: minutes(5), ..Guard::default() }, Whose::Extension),
        (Guard { account_budget: minutes(5), ..Guard::default() }, Whose::Account),
    ] {
        let (mut world, _mind) = world(guarded(guard));
        let alice = world.registered(ACME, "1001");
        world.call(alice, "01133334444");
        world.run(secs(299));
        assert_eq!(world.phones[alice].state(), CallState::Answered);
        world.run(secs(3));
        let spent = TraceStep::BudgetSpent { whose, what: Spent::Minutes };
        assert_eq!(world.phones[alice].state(), CallState::Ended, "{whose:?}");
        world.run(secs(2));
        let record = world.records.last().unwrap();
        assert_eq!((record.reason, record.status), (Some(EndReason::BudgetSpent), CallStatus::Answered));
        assert!((300_000..302_000).contains(&record.duration), "{}", record.duration);
        assert_eq!(record.trace.last(), Some(&spent));
        world.call(alice, "01133334444");
        world.run(secs(2));
        assert_eq!(world.phones[alice].state(), CallState::Failed(403));
        assert_eq!(world.records.last().unwrap().status, CallStatus::Forbidden);
        assert_eq!(stops(&world), [spent], "told once in a minute");
        // Help is called at any time, and free numbers too.
        for number in ["190", "08001234567"] {
            world.call(alice, number);
            world.run(secs(2));
            assert_eq!(world.phones[alice].state(), CallState::Answered, "{number}");
        }
        world.run(secs(25 * 3600));
        world.call(alice, "01133334444");
        world.run(secs(2));
        assert_eq!(world.phones[alice].state(), CallState::Answered, "it is another day");
    }
}

#[test]
fn calls_at_once_share_what_is_left() {
    let budget = Budget { minutes: Some(10), money: None };
    let (mut world, _mind) = world(guarded(Guard { account_budget: budget, ..Guard::default() }));
    let phones = ["1001", "1002", "1004", "1005"].map(|number| world.registered(ACME, number));
    for phone in phones {
        world.call(phone, "01133334444");
    }
    world.run(secs(160));
    let states = phones.map(|phone| world.phones[phone].state());
    assert_eq!(states, [CallState::Ended; 4]);
    let used: u64 = world.records.iter().map(|record| record.duration).sum();
    assert!((600_000..=606_000).contains(&used), "{used} ms of 600,000");
}

#[test]
fn calls_that_begin_together_near_the_end_of_a_budget_do_not_run_past_it() {
    let budget = Budget { minutes: Some(1), money: None };
    let (mut world, _mind) = world(guarded(Guard { account_budget: budget, ..Guard::default() }));
    let alice = world.registered(ACME, "1001");
    for _ in 0..10 {
        world.call(alice, "01133334444");
    }
    world.run(secs(20));
    let used: u64 = world.records.iter().map(|record| record.duration).sum();
    assert_eq!(world.records.len(), 10);
    assert!((60_000..=80_000).contains(&used), "{used} ms of 60,000");
}

#[test]
fn money_is_spent_by_the_trunk_s_prices_and_kept_with_the_record() {
    let budget = Budget { minutes: None, money: Some(1_200_000) };
    let (mut world, _mind) = world(guarded(Guard { extension_budget: budget, ..Guard::default() }));
    let alice = world.registered(ACME, "1001");
    // No price is known for the own area: it costs nothing.
    let call = world.call(alice, "01133334444");
    world.run(secs(600));
    world.with(alice, |phone, now| phone.bye(now, call));
    world.run(secs(2));
    assert_eq!(world.records.last().unwrap().cost, None);
    let call = world.call(alice, "02133334444");
    world.run(secs(61));
    world.with(alice, |phone, now| phone.bye(now, call));
    world.run(secs(2));
    let cost = world.records.last().unwrap().cost.unwrap();
    assert!((600_000..=620_000).contains(&cost), "{cost} for a minute at 0.60");
    world.call(alice, "02133334444");
    world.run(secs(62));
    assert_eq!(world.phones[alice].state(), CallState::Ended);
    world.run(secs(2));
    assert_eq!(
        world.records.last().unwrap().trace.last(),
        Some(&TraceStep::BudgetSpent { whose: Whose::Extension, what: Spent::Money })
    );
}

#[test]
fn what_was_used_up_before_a_restart_counts() {
    let budget = Budget { minutes: Some(5), money: None };
    let refused = CallState::Failed(403);
    for (guard, second) in [
        (Guard { extension_budget: budget, ..Guard::default() }, CallState::Answered),
        (Guard { account_budget: budget, ..Guard::default() }, refused),
    ] {
        let (mut world, _mind) = world(guarded(guard));
        let (account_id, used) = (ACME.account_id(), Used { ms: 300_000, money: 0 });
        world.input(Input::Spent(vec![UsedBefore { account_id, extension_id: Some(extension_id(1)), used }]));
        let phones = [world.registered(ACME, "1001"), world.registered(ACME, "1002")];
        for (phone, state) in phones.into_iter().zip([refused, second]) {
            world.call(phone, "01133334444");
            world.run(secs(2));
            assert_eq!(world.phones[phone].state(), state);
        }
    }
}

#[test]
fn a_burst_of_calls_abroad_is_stopped_for_a_while() {
    let burst = Burst { calls: 3, minutes: 10 };
    let (mut world, mind) = world(guarded(Guard { burst, ..Guard::default() }));
    let alice = world.registered(ACME, "1001");
    let abroad = |world: &mut World, phone: usize, n: u32| {
        let call = world.call(phone, &format!("0035121123456{n}"));
        world.run(secs(2));
        let state = world.phones[phone].state();
        if state == CallState::Answered {
            world.with(phone, |phone, now| phone.bye(now, call));
            world.run(secs(2));
        }
        state
    };
    let states: Vec<CallState> = (0..4).map(|n| abroad(&mut world, alice, n)).collect();
    assert_eq!(
        states,
        [CallState::Answered, CallState::Answered, CallState::Answered, CallState::Failed(403)]
    );
    let asked = mind.borrow().seen.iter().filter(|(method, _)| method == "INVITE").count();
    assert_eq!(asked, 6, "three calls, each challenged once");
    assert_eq!(stops(&world), [TraceStep::Burst { calls: 3, minutes: 10 }]);
    // At home nothing is counted, others are others, and ten minutes later it is over.
    world.call(alice, "01133334444");
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    let bob = world.registered(ACME, "1002");
    assert_eq!(abroad(&mut world, bob, 7), CallState::Answered);
    world.run(secs(600));
    assert_eq!(abroad(&mut world, alice, 8), CallState::Answered);
    // One number again and again is a burst of the account, whoever calls it.
    for phone in [alice, bob] {
        assert_eq!(abroad(&mut world, phone, 8), CallState::Answered);
    }
    let carol = world.registered(ACME, "1004");
    assert_eq!(abroad(&mut world, carol, 8), CallState::Failed(403));
}

#[test]
fn an_emergency_is_told_of_and_ends_the_youngest_call_of_a_full_trunk() {
    let (mut world, _mind) = world(routing(vec![trunk(1, ONE, true)], vec![outbound("0!", &[1])]));
    let phones = ["1001", "1002", "1004"].map(|number| world.registered(ACME, number));
    world.call(phones[0], "01133334444");
    world.run(secs(2));
    world.call(phones[1], "01133335555");
    world.run(secs(2));
    world.call(phones[2], "190");
    world.run(secs(2));
    let states = phones.map(|phone| world.phones[phone].state());
    assert_eq!(states, [CallState::Answered, CallState::Ended, CallState::Answered]);
    let yielded = world.records.last().unwrap();
    assert_eq!(
        (yielded.reason, yielded.trace.last()),
        (Some(EndReason::Preempted), Some(&TraceStep::Preempted))
    );
    assert_eq!(view(&world, 1).calls, 2, "no more than it has channels");
    let order: Vec<&str> =
        world.sent_outside.iter().map(|(_, _, text)| text.split(' ').next().unwrap()).collect();
    let bye = order.iter().rposition(|method| *method == "BYE").unwrap();
    assert!(order[bye..].contains(&"INVITE"), "the channel is free before the call comes: {order:?}");
    let told = world.reports.iter().filter(|report| {
        matches!(report, Report::Emergency { record, caller } if record.callee == "190" && **caller == *"1004")
    });
    assert_eq!(told.count(), 1);
    // Two emergencies have all channels: a third gets one more, and nobody is cut off.
    world.call(phones[1], "192");
    world.run(secs(2));
    world.call(phones[0], "193");
    world.run(secs(2));
    assert_eq!(world.phones[phones[2]].state(), CallState::Answered);
    assert_eq!(world.phones[phones[1]].state(), CallState::Answered);
}

/// At night nobody calls out; Ana's PIN is 4321, and another is not in use.
fn with_pin() -> Routing {
    let pin = |word: &str, calling_class, status| CallPin {
        pin_id: PinId::new(1, [9; 10]),
        name: DisplayName::parse("Ana").unwrap(),
        pin: Pin::parse(word).unwrap(),
        calling_class,
        status,
    };
    let (active, suspended) = (Status::Active, Status::Suspended);
    let far = CallingClass::International;
    let mut with = routing(vec![trunk(1, ONE, true)], vec![outbound("0!", &[1])]);
    with.dialling.guard.off_hours =
        Some(OffHours { time_condition_id: hours_id(HOURS), calling_class: CallingClass::Internal });
    let closed = rule(Override::Closed { until: None }, to_extension(1), to_extension(1));
    with = with.with_time_rules([(hours_id(HOURS), closed)].into());
    with.with_pins(vec![pin("4321", far, active), pin("5555", far, suspended)])
}

#[test]
fn a_pin_lets_somebody_call_farther_and_three_wrong_ones_lock_it() {
    let (mut world, _mind) = world(with_pin());
    let alice = world.registered(ACME, "1001");
    let mut dial = |number: &str| {
        world.call(alice, number);
        world.run(secs(2));
        let record = world.begun.last().or(world.records.last()).unwrap();
        (
            world.phones[alice].state(),
            world.records.last().map(|last| last.callee.clone()),
            record.trace.clone(),
        )
    };
    assert_eq!(dial("01133334444").0, CallState::Failed(403), "at night nobody calls out");
    let (state, _, trace) = dial("*594321*01133334444");
    assert_eq!(state, CallState::Answered);
    assert!(
        trace.iter().any(|step| step.to_string() == "The PIN of Ana allows international numbers."),
        "{trace:?}"
    );
    assert_eq!(dial("*594321*00351211234567").0, CallState::Failed(403), "the account's rules stay");
    for wrong in ["*595555*01133334444", "*590000*01133334444", "*591111*01133334444"] {
        let (state, kept, _) = dial(wrong);
        assert_eq!((state, kept.as_deref()), (CallState::Failed(403), Some("01133334444")), "no PIN is kept");
    }
    assert_eq!(dial("*594321*01133334444").0, CallState::Failed(403), "locked, even for the right one");
    assert!(matches!(stops(&world)[..], [TraceStep::OffHours { .. }, TraceStep::PinLocked]));
    assert!(!world.trace.iter().any(|line| line.contains("sip:*59") && line.starts_with("outside")));
    world.run(secs(600));
    world.call(alice, "*594321*01133334444");
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
}

#[test]
fn a_pin_is_kept_nowhere_however_it_is_dialled() {
    let (mut world, _mind) = world(with_pin());
    let alice = world.registered(ACME, "1001");
    world.call(alice, "#31#*594321*01133334444");
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    assert!(world.begun.last().unwrap().trace.contains(&TraceStep::CallerWithheld));
    // A star is forgotten, there is a digit too many, or none.
    for dialled in ["*59432101133334444", "*59432143210*01133334444", "#31#*594321", "*594321"] {
        let (mut world, _mind) = super::bench::world(with_pin());
        let alice = world.registered(ACME, "1001");
        world.call(alice, dialled);
        world.run(secs(2));
        assert_eq!(world.phones[alice].state(), CallState::Failed(403), "{dialled}");
        let record = world.records.last().unwrap();
        assert!(!format!("{record:?}").contains("4321"), "{record:?}");
        assert!(sent(&world, "INVITE").is_empty());
    }
}

#[test]
fn who_calls_for_help_needs_no_right_pin() {
    let (mut world, _mind) = world(with_pin());
    let alice = world.registered(ACME, "1001");
    world.call(alice, "*590000*190");
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
}

#[test]
fn a_call_for_help_asks_every_trunk_whatever_the_first_says() {
    for status in [404, 486, 603, 503] {
        let trunks = vec![trunk(1, ONE, false), trunk(2, TWO, true)];
        let (mut world, mind) = world(routing(trunks, vec![outbound("0!", &[1])]));
        match status {
            503 => mind.borrow_mut().after_ringing = Some((format!("{ONE}:5060"), status)),
            _ => drop(mind.borrow_mut().invite.insert(format!("{ONE}:5060"), vec![status])),
        }
        let alice = world.registered(ACME, "1001");
        world.call(alice, "190");
        world.run(secs(10));
        assert_eq!(world.phones[alice].state(), CallState::Answered, "{status}");
    }
}

#[test]
fn a_call_for_help_ends_nobodys_call_where_another_trunk_is_free() {
    let trunks = vec![trunk(1, ONE, false), trunk(2, TWO, true)];
    let (mut world, _mind) = world(routing(trunks, vec![outbound("0!", &[1]), outbound("190", &[1])]));
    let phones = ["1001", "1002", "1004"].map(|number| world.registered(ACME, number));
    for (phone, number) in phones.into_iter().zip(["01133334444", "01133335555", "190"]) {
        world.call(phone, number);
        world.run(secs(2));
    }
    assert_eq!(phones.map(|phone| world.phones[phone].state()), [CallState::Answered; 3]);
    assert_eq!((view(&world, 1).calls, view(&world, 2).calls), (2, 1));
}

#[test]
fn a_stolen_password_makes_no_more_than_some_calls_for_help_at_once() {
    let (mut world, _mind) = world(routing(vec![trunk(1, ONE, true)], Vec::new()));
    let alice = world.registered(ACME, "1001");
    for _ in 0..6 {
        world.call(alice, "190");
        world.run(secs(1));
    }
    assert_eq!(view(&world, 1).calls, 4);
}
