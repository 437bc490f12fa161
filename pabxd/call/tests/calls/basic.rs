//! A call between two phones: begun, answered, ended, recorded.

use crate::common::{ACME, CallState, World, ms, secs};
use pabx_model::{CallStatus, EndReason, SipStatus};
use pabx_sip::flow::Transport;

#[test]
fn two_phones_talk_and_the_caller_hangs_up() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    let call = world.call(alice, "1002");
    assert_eq!(world.phones[alice].state(), CallState::Ringing, "{}", world.trace.join("\n"));
    world.run(secs(2));
    assert_eq!(world.phones[alice].state(), CallState::Answered);
    assert!(world.phones[bob].last().acknowledged);
    assert!(world.is_bridged());
    assert_eq!(world.begun.len(), 1, "the record begins at the answer");
    world.run(secs(10));
    world.with(alice, |phone, now| phone.bye(now, call));
    world.run(ms(100));
    assert_eq!(world.phones[bob].state(), CallState::Ended);
    let record = world.records.last().unwrap();
    assert_eq!((record.status, record.reason), (CallStatus::Answered, Some(EndReason::CallerHungUp)));
    assert_eq!(record.sip_status, SipStatus(200));
    assert_eq!((record.caller.as_str(), record.callee.as_str()), ("1001", "1002"));
    assert!((11_000..11_500).contains(&record.duration), "{}", record.duration);
    assert!(record.quality.is_some());
    world.assert_clean();
    assert_eq!(world.records.len(), 1);
}

#[test]
fn the_callee_may_hang_up_as_well() {
    let mut world = World::new();
    let (alice, bob) = (world.registered(ACME, "1001"), world.registered(ACME, "1002"));
    world.call(alice, "1002");
    world.run(secs(2));
    world.with(bob, |phone, now| phone.bye(now, 0));
    world.run(ms(100));
    assert_eq!(world.phones[alice].state(), CallState::Ended);
    assert_eq!(world.records[0].reason, Some(EndReason::CalleeHungUp));
    world.assert_clean();
}

#[test]
fn udp_and_tcp_phones_call_each_other() {
    for (a, b) in
        [(Transport::Udp, Transport::Tcp), (Transport::Tcp, Transport::Udp), (Transport::Tcp, Transport::Tcp)]
    {
        let mut world = World::new();
        let (alice, bob) = (world.registered_over(a, ACME, "1001"), world.registered_over(b, ACME, "1002"));
        let call = world.call(alice, "1002");
        world.run(secs(2));
        assert_eq!(world.phones[alice].state(), CallState::Answered, "{a} {b}");
        world.with(alice, |phone, now| phone.bye(now, call));
        world.run(ms(100));
        assert_eq!(world.phones[bob].state(), CallState::Ended, "{a} {b}");
        world.assert_clean();
    }
}
