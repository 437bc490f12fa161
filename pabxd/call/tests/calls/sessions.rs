//! Session timers (RFC 4028).

use crate::common::{ACME, CallState, Policy, World, ms, secs};
use pabx_model::EndReason;
use pabx_sip::message::{HeaderName, Method};

fn talking_with(prepare: impl FnOnce(&mut World, usize, usize)) -> (World, usize, usize) {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Answer(ms(10));
    prepare(&mut world, alice, bob);
    world.call(alice, "1002");
    world.run(ms(200));
    assert_eq!(world.phones[alice].state(), CallState::Answered, "{}", world.trace.join("\n"));
    (world, alice, bob)
}

#[test]
fn a_leg_without_timers_is_refreshed_by_us_at_half_of_the_interval() {
    let (mut world, alice, bob) = talking_with(|_, _, _| {});
    world.run(secs(890));
    assert_eq!(world.phones[bob].last().count(&Method::Invite), 0);
    world.run(secs(20));
    for phone in [alice, bob] {
        assert_eq!(world.phones[phone].last().count(&Method::Invite), 1, "no UPDATE in its Allow: re-INVITE");
    }
    world.run(secs(900));
    assert_eq!(world.phones[bob].last().count(&Method::Invite), 2);
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.assert_clean();
}

#[test]
fn a_phone_that_knows_update_is_refreshed_by_update() {
    let (mut world, alice, bob) =
        talking_with(|world, _, bob| world.phones[bob].allow = "INVITE, ACK, BYE, UPDATE");
    world.run(secs(910));
    let update =
        world.phones[bob].last().received.iter().find(|r| *r.method() == Method::Update).unwrap().clone();
    assert_eq!(update.headers().text(&HeaderName::SessionExpires), Some("1800;refresher=uac"));
    assert!(update.body().is_empty());
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.assert_clean();
}

#[test]
fn a_caller_that_refreshes_is_answered_here_and_the_session_goes_on() {
    let (mut world, alice, bob) = talking_with(|world, alice, _| {
        world.phones[alice].session_expires = Some("600;refresher=uac".into());
    });
    world.run(secs(300));
    world.phones[alice].extra = vec![
        (HeaderName::SessionExpires, "600;refresher=uac".into()),
        (HeaderName::Supported, "timer".into()),
    ];
    world.with(alice, |phone, now| phone.inside(now, 0, Method::Update, None));
    world.run(ms(100));
    assert_eq!(world.phones[alice].last().in_dialog.last(), Some(&(Method::Update, 200)));
    assert_eq!(world.phones[bob].last().count(&Method::Update), 0, "not relayed");
    world.run(secs(500));
    assert_eq!(world.phones[alice].state(), CallState::Answered, "counted from the refresh");
    world.run(secs(100));
    assert_eq!(world.phones[alice].state(), CallState::Ended, "and no longer");
    assert_eq!(world.records[0].reason, Some(EndReason::SessionExpired));
    world.assert_clean();
}

#[test]
fn an_interval_below_the_minimum_is_refused_with_min_se() {
    let mut world = World::new();
    let alice = world.registered(ACME, "1001");
    world.registered(ACME, "1002");
    world.phones[alice].session_expires = Some("30".into());
    world.call(alice, "1002");
    assert_eq!(world.phones[alice].state(), CallState::Failed(422));
    assert_eq!(world.records.len(), 1);
    world.assert_clean();
}

#[test]
fn a_refresh_without_any_answer_ends_the_call() {
    let (mut world, alice, bob) = talking_with(|_, _, _| {});
    world.loses(move |packet| packet.phone == bob);
    world.run(secs(940));
    world.loses_nothing();
    assert_eq!(world.phones[alice].state(), CallState::Ended);
    assert_eq!(world.records[0].reason, Some(EndReason::SessionExpired));
    world.assert_clean();
}

#[test]
fn a_refresh_that_meets_491_is_tried_again_after_the_time_of_rfc_3261() {
    let (mut world, alice, bob) = talking_with(|_, _, _| {});
    world.phones[bob].refuses_offers = Some(491);
    world.run(secs(900) + ms(50));
    assert_eq!(world.phones[bob].last().count(&Method::Invite), 1);
    world.phones[bob].refuses_offers = None;
    world.run(ms(2_000));
    assert_eq!(world.phones[bob].last().count(&Method::Invite), 1, "we made the Call-ID: not before 2.1 s");
    world.run(ms(2_100));
    assert_eq!(world.phones[bob].last().count(&Method::Invite), 2);
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.assert_clean();
}
