//! Every timer of the four machines fires exactly when RFC 3261 Table 4, RFC 4320 and RFC 6026 say.

use std::time::{Duration, Instant};

use pabx_sip::transaction::{
    ClientInvite, ClientNonInvite, ClientStep, Moment, ServerInvite, ServerNonInvite, ServerStep,
    StatusClass, Timing,
};

/// One machine under a clock of the test.
struct Clock {
    start: Instant,
    now: Instant,
    timing: Timing,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "an epoch for simulated time")]
    fn new() -> Self {
        let start = Instant::now();
        Self { start, now: start, timing: Timing::default() }
    }

    fn at(&self) -> Moment<'_> {
        Moment { now: self.now, timing: &self.timing }
    }

    fn go(&mut self, ms: u64) -> Moment<'_> {
        self.now = self.start + Duration::from_millis(ms);
        self.at()
    }

    fn ms(&self) -> u128 {
        (self.now - self.start).as_millis()
    }
}

/// Jumps from wake-up to wake-up and writes down what happened when, until the machine rests or ends.
macro_rules! play {
    ($clock:expr, $machine:expr, $nothing:expr) => {{
        let mut seen = Vec::new();
        for _ in 0..100 {
            let Some(next) = $machine.next_wakeup() else { break };
            assert!(next > $clock.now, "a wake-up in the past would spin");
            $clock.now = next;
            loop {
                let step = $machine.wake($clock.at());
                if step == $nothing {
                    break;
                }
                seen.push(($clock.ms(), step));
            }
        }
        seen
    }};
}

fn sends(times: &[u128], last: u128) -> Vec<(u128, ClientStep)> {
    let mut all: Vec<_> = times.iter().map(|&ms| (ms, ClientStep::SendRequest)).collect();
    all.push((last, ClientStep::Timeout));
    all
}

#[test]
fn unanswered_invite_on_udp_doubles_timer_a_until_timer_b() {
    let mut clock = Clock::new();
    let mut machine = ClientInvite::start(clock.at(), false);
    let seen = play!(clock, machine, ClientStep::Nothing);
    assert_eq!(seen, sends(&[500, 1500, 3500, 7500, 15_500, 31_500], 32_000));
    assert!(machine.is_terminated());
}

#[test]
fn unanswered_requests_on_tcp_are_sent_once() {
    let mut clock = Clock::new();
    let mut machine = ClientInvite::start(clock.at(), true);
    assert_eq!(play!(clock, machine, ClientStep::Nothing), sends(&[], 32_000));
    let mut clock = Clock::new();
    let mut machine = ClientNonInvite::start(clock.at(), true);
    assert_eq!(play!(clock, machine, ClientStep::Nothing), sends(&[], 32_000));
}

#[test]
fn a_provisional_stops_timer_a_and_timer_c_cancels_in_the_end() {
    let mut clock = Clock::new();
    let mut machine = ClientInvite::start(clock.at(), false);
    assert_eq!(machine.receive(clock.go(600), StatusClass::Trying), ClientStep::Deliver);
    assert!(machine.is_proceeding());
    let expected = vec![(300_600, ClientStep::Cancel), (332_600, ClientStep::Timeout)];
    assert_eq!(play!(clock, machine, ClientStep::Nothing), expected);
}

#[test]
fn ringing_restarts_timer_c_but_trying_does_not() {
    let mut clock = Clock::new();
    let mut machine = ClientInvite::start(clock.at(), false);
    machine.receive(clock.go(0), StatusClass::Trying);
    machine.receive(clock.go(10_000), StatusClass::Trying);
    assert_eq!(machine.next_wakeup(), Some(clock.start + Duration::from_mins(5)));
    machine.receive(clock.go(20_000), StatusClass::Provisional);
    assert_eq!(machine.next_wakeup(), Some(clock.start + Duration::from_secs(320)));
}

#[test]
fn a_cancelled_invite_waits_64_t1_for_its_final_response() {
    let mut clock = Clock::new();
    let mut machine = ClientInvite::start(clock.at(), false);
    machine.receive(clock.go(100), StatusClass::Provisional);
    machine.cancelled(clock.go(1000));
    machine.receive(clock.go(2000), StatusClass::Provisional);
    assert_eq!(play!(clock, machine, ClientStep::Nothing), vec![(33_000, ClientStep::Timeout)]);
}

#[test]
fn a_refused_invite_acknowledges_repeats_for_32_seconds() {
    let mut clock = Clock::new();
    let mut machine = ClientInvite::start(clock.at(), false);
    assert_eq!(machine.receive(clock.go(100), StatusClass::Failure), ClientStep::DeliverAndAck);
    assert_eq!(machine.receive(clock.go(600), StatusClass::Failure), ClientStep::Ack);
    assert_eq!(machine.receive(clock.go(700), StatusClass::Success), ClientStep::Nothing);
    assert_eq!(machine.next_wakeup(), Some(clock.start + Duration::from_millis(32_100)));
    assert_eq!(play!(clock, machine, ClientStep::Nothing), vec![]);
    assert!(machine.is_terminated());
}

#[test]
fn a_refused_invite_on_tcp_ends_at_once() {
    let mut clock = Clock::new();
    let mut machine = ClientInvite::start(clock.at(), true);
    assert_eq!(machine.receive(clock.go(1), StatusClass::Failure), ClientStep::DeliverAndAck);
    assert!(machine.is_terminated() && machine.next_wakeup().is_none());
}

#[test]
fn an_accepted_invite_delivers_every_2xx_until_timer_m() {
    for reliable in [false, true] {
        let mut clock = Clock::new();
        let mut machine = ClientInvite::start(clock.at(), reliable);
        assert_eq!(machine.receive(clock.go(1000), StatusClass::Success), ClientStep::Deliver);
        assert_eq!(machine.receive(clock.go(1500), StatusClass::Success), ClientStep::Deliver);
        assert_eq!(machine.receive(clock.go(1600), StatusClass::Provisional), ClientStep::Nothing);
        assert_eq!(machine.receive(clock.go(1700), StatusClass::Failure), ClientStep::Nothing);
        assert_eq!(machine.next_wakeup(), Some(clock.start + Duration::from_secs(33)));
        assert_eq!(play!(clock, machine, ClientStep::Nothing), vec![]);
        assert!(machine.is_terminated());
    }
}

#[test]
fn a_dead_transport_is_told_only_while_an_answer_is_awaited() {
    let clock = Clock::new();
    let mut waiting = ClientInvite::start(clock.at(), true);
    assert_eq!(waiting.transport_error(), ClientStep::Failed);
    let mut accepted = ClientInvite::start(clock.at(), true);
    accepted.receive(clock.at(), StatusClass::Success);
    assert_eq!(accepted.transport_error(), ClientStep::Nothing);
    assert!(waiting.is_terminated() && accepted.is_terminated());
}

#[test]
fn unanswered_non_invite_on_udp_caps_timer_e_at_t2_until_timer_f() {
    let mut clock = Clock::new();
    let mut machine = ClientNonInvite::start(clock.at(), false);
    let times = [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    assert_eq!(play!(clock, machine, ClientStep::Nothing), sends(&times, 32_000));
}

#[test]
fn non_invite_proceeding_retransmits_every_t2() {
    let mut clock = Clock::new();
    let mut machine = ClientNonInvite::start(clock.at(), false);
    assert_eq!(machine.receive(clock.go(100), StatusClass::Trying), ClientStep::Deliver);
    let times = [500, 4500, 8500, 12_500, 16_500, 20_500, 24_500, 28_500];
    assert_eq!(play!(clock, machine, ClientStep::Nothing), sends(&times, 32_000));
}

#[test]
fn non_invite_completed_absorbs_for_t4_on_udp_and_not_at_all_on_tcp() {
    let mut clock = Clock::new();
    let mut udp = ClientNonInvite::start(clock.at(), false);
    assert_eq!(udp.receive(clock.go(100), StatusClass::Failure), ClientStep::Deliver);
    assert_eq!(udp.receive(clock.go(200), StatusClass::Failure), ClientStep::Nothing);
    assert_eq!(udp.next_wakeup(), Some(clock.start + Duration::from_millis(5100)));
    assert_eq!(play!(clock, udp, ClientStep::Nothing), vec![]);
    let mut tcp = ClientNonInvite::start(clock.at(), true);
    tcp.receive(clock.at(), StatusClass::Success);
    assert!(udp.is_terminated() && tcp.is_terminated());
}

#[test]
fn an_invite_nobody_answers_gets_100_after_200_ms_once() {
    let mut clock = Clock::new();
    let mut machine = ServerInvite::start(clock.at(), false);
    assert_eq!(machine.receive_invite(), ServerStep::Nothing);
    assert_eq!(play!(clock, machine, ServerStep::Nothing), vec![(200, ServerStep::SendTrying)]);
    assert_eq!(machine.receive_invite(), ServerStep::SendAgain);
    assert!(machine.is_proceeding());
}

#[test]
fn a_quick_provisional_makes_the_100_unnecessary() {
    let mut clock = Clock::new();
    let mut machine = ServerInvite::start(clock.at(), false);
    assert_eq!(machine.respond(clock.go(50), StatusClass::Provisional), ServerStep::Send);
    assert_eq!(machine.next_wakeup(), None);
}

const G: [u128; 10] = [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];

fn again(times: &[u128], last: (u128, ServerStep)) -> Vec<(u128, ServerStep)> {
    times.iter().map(|&ms| (ms, ServerStep::SendAgain)).chain([last]).collect()
}

#[test]
fn a_refusal_is_repeated_by_timer_g_until_timer_h() {
    let mut clock = Clock::new();
    let mut machine = ServerInvite::start(clock.at(), false);
    assert_eq!(machine.respond(clock.at(), StatusClass::Failure), ServerStep::Send);
    assert_eq!(play!(clock, machine, ServerStep::Nothing), again(&G, (32_000, ServerStep::Failed)));
    assert!(machine.is_terminated());
}

#[test]
fn a_refusal_on_tcp_is_sent_once_and_still_waits_for_its_ack() {
    let mut clock = Clock::new();
    let mut machine = ServerInvite::start(clock.at(), true);
    machine.respond(clock.at(), StatusClass::Failure);
    assert_eq!(play!(clock, machine, ServerStep::Nothing), again(&[], (32_000, ServerStep::Failed)));
    let mut clock = Clock::new();
    let mut machine = ServerInvite::start(clock.at(), true);
    machine.respond(clock.at(), StatusClass::Failure);
    assert_eq!(machine.receive_ack(clock.go(10)), ServerStep::Confirmed);
    assert!(machine.is_terminated());
}

#[test]
fn an_acknowledged_refusal_absorbs_acks_for_t4() {
    let mut clock = Clock::new();
    let mut machine = ServerInvite::start(clock.at(), false);
    machine.respond(clock.at(), StatusClass::Failure);
    assert_eq!(machine.receive_ack(clock.go(100)), ServerStep::Confirmed);
    assert_eq!(machine.receive_ack(clock.go(200)), ServerStep::Nothing);
    assert_eq!(machine.receive_invite(), ServerStep::Nothing);
    assert_eq!(machine.next_wakeup(), Some(clock.start + Duration::from_millis(5100)));
    assert_eq!(play!(clock, machine, ServerStep::Nothing), vec![]);
    assert!(machine.is_terminated());
}

#[test]
fn a_2xx_is_repeated_on_every_transport_until_its_ack_is_missed() {
    for reliable in [false, true] {
        let mut clock = Clock::new();
        let mut machine = ServerInvite::start(clock.at(), reliable);
        assert_eq!(machine.respond(clock.at(), StatusClass::Success), ServerStep::Send);
        assert_eq!(machine.receive_invite(), ServerStep::Nothing, "RFC 6026: the INVITE is absorbed");
        assert_eq!(play!(clock, machine, ServerStep::Nothing), again(&G, (32_000, ServerStep::AckMissing)));
        assert!(machine.is_terminated());
    }
}

#[test]
fn an_acknowledged_2xx_rests_until_timer_l() {
    let mut clock = Clock::new();
    let mut machine = ServerInvite::start(clock.at(), false);
    machine.respond(clock.at(), StatusClass::Success);
    assert_eq!(machine.receive_ack(clock.go(300)), ServerStep::Acknowledged);
    assert_eq!(machine.receive_ack(clock.go(400)), ServerStep::Nothing);
    assert!(!machine.may_send_again());
    assert_eq!(machine.next_wakeup(), Some(clock.start + Duration::from_secs(32)));
    assert_eq!(play!(clock, machine, ServerStep::Nothing), vec![]);
    assert!(machine.is_terminated());
}

#[test]
fn a_final_response_cannot_be_taken_back() {
    let mut clock = Clock::new();
    let mut machine = ServerInvite::start(clock.at(), false);
    machine.respond(clock.at(), StatusClass::Failure);
    for class in [StatusClass::Provisional, StatusClass::Success, StatusClass::Failure] {
        assert_eq!(machine.respond(clock.go(10), class), ServerStep::Nothing);
    }
}

#[test]
fn a_non_invite_server_answers_100_only_after_the_client_reached_t2() {
    let mut clock = Clock::new();
    let mut machine = ServerNonInvite::start(clock.at(), false);
    assert_eq!(machine.respond(clock.go(1000), StatusClass::Trying), ServerStep::Nothing);
    assert_eq!(machine.respond(clock.go(1000), StatusClass::Provisional), ServerStep::Nothing);
    assert_eq!(machine.receive_request(), ServerStep::Nothing);
    let expected = vec![(3500, ServerStep::SendTrying), (32_000, ServerStep::Failed)];
    assert_eq!(play!(clock, machine, ServerStep::Nothing), expected);
}

#[test]
fn a_non_invite_server_never_answers_after_timer_f() {
    let mut clock = Clock::new();
    let mut machine = ServerNonInvite::start(clock.at(), false);
    assert_eq!(machine.respond(clock.go(32_000), StatusClass::Failure), ServerStep::Nothing);
}

#[test]
fn a_non_invite_answer_is_repeated_on_request_for_64_t1() {
    let mut clock = Clock::new();
    let mut machine = ServerNonInvite::start(clock.at(), false);
    assert_eq!(machine.respond(clock.go(100), StatusClass::Success), ServerStep::Send);
    assert_eq!(machine.receive_request(), ServerStep::SendAgain);
    assert_eq!(machine.respond(clock.go(200), StatusClass::Failure), ServerStep::Nothing);
    assert_eq!(machine.next_wakeup(), Some(clock.start + Duration::from_millis(32_100)));
    assert_eq!(play!(clock, machine, ServerStep::Nothing), vec![]);
    assert!(machine.is_terminated());
    let clock = Clock::new();
    let mut tcp = ServerNonInvite::start(clock.at(), true);
    tcp.respond(clock.at(), StatusClass::Success);
    assert!(tcp.is_terminated());
}
