//! Key presses.

use crate::common::{ACME, CallState, Policy, World, ms};
use pabx_call::{Input, Report};
use pabx_media::command::MediaEvent;
use pabx_sip::message::{HeaderName, Method};

fn talking() -> (World, usize, usize) {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.phones[bob].policy = Policy::Answer(ms(10));
    world.call(alice, "1002");
    world.run(ms(200));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    (world, alice, bob)
}

fn info(world: &mut World, from: usize, kind: &str, body: &str) -> u16 {
    world.with(from, |phone, now| phone.inside(now, 0, Method::Info, Some((kind, body.to_owned()))));
    world.run(ms(200));
    world.phones[from].last().in_dialog.last().unwrap().1
}

#[test]
fn a_key_by_info_reaches_the_other_side_written_anew() {
    for from_caller in [true, false] {
        let (mut world, alice, bob) = talking();
        let (from, to) = if from_caller { (alice, bob) } else { (bob, alice) };
        let status =
            info(&mut world, from, "application/dtmf-relay", "Signal= 5\r\nDuration= 250\r\nX: y\r\n");
        assert_eq!(status, 200);
        let got = world.phones[to].last().received.iter().find(|r| *r.method() == Method::Info).unwrap();
        assert_eq!(&got.body()[..], b"Signal=5\r\nDuration=250\r\n");
        assert_eq!(got.headers().text(&HeaderName::ContentType), Some("application/dtmf-relay"));
        assert!(world.reports.iter().any(|report| matches!(report, Report::Dtmf { digit: '5', .. })));
        assert_eq!(info(&mut world, from, "application/dtmf", "#"), 200);
        world.with(alice, |phone, now| phone.bye(now, 0));
        world.assert_clean();
    }
}

#[test]
fn an_info_that_is_no_key_is_not_passed_on() {
    let (mut world, alice, bob) = talking();
    assert_eq!(info(&mut world, alice, "text/plain", "hello"), 415);
    assert_eq!(info(&mut world, alice, "application/dtmf-relay", "Signal=hello"), 400);
    world.with(alice, |phone, now| phone.inside(now, 0, Method::Info, None));
    world.run(ms(100));
    assert_eq!(
        world.phones[alice].last().in_dialog.last(),
        Some(&(Method::Info, 200)),
        "RFC 6086 allows an empty one"
    );
    assert_eq!(world.phones[bob].last().count(&Method::Info), 0);
}

#[test]
fn the_fifth_info_that_waits_is_refused() {
    let (mut world, alice, bob) = talking();
    world.loses(move |packet| packet.phone == bob && packet.to_phone);
    for _ in 0..5 {
        world.with(alice, |phone, now| {
            phone.inside(now, 0, Method::Info, Some(("application/dtmf", "1".to_owned())));
        });
        world.run(ms(20));
    }
    assert_eq!(world.phones[alice].last().in_dialog, [(Method::Info, 500)]);
    world.loses_nothing();
    world.with(alice, |phone, now| phone.bye(now, 0));
    world.assert_clean();
}

#[test]
fn a_key_in_the_media_is_reported() {
    let (mut world, ..) = talking();
    let leg = pabx_media::command::LegId(*world.plans().keys().next().unwrap());
    world.input(Input::Media(MediaEvent::Dtmf { leg, digit: '7', ms: 100 }));
    assert!(world.reports.iter().any(|report| matches!(report, Report::Dtmf { digit: '7', .. })));
}
