//! What the people do: each phone looks at its calls now and then, and somebody decides.

use std::time::{Duration, Instant};

use pabx_sip::message::{HeaderName, Method};
use pabx_sip::random::Random;

use crate::common::{CallState, Direction, Phone, PhoneCall, Policy};

/// Chances out of a hundred at each look, about every two seconds.
const HANG_UP: u32 = 12;
const HOLD: u32 = 5;
const KEY: u32 = 5;
const DECIDE: u32 = 60;

/// How a phone meets the next call.
pub(crate) fn mood(phone: &mut Phone, random: &mut Random) {
    phone.policy = match random.below(20) {
        0 => Policy::Silent,
        1 => Policy::Refuse(486),
        2 => Policy::Refuse(603),
        3..=6 => Policy::Ring,
        _ => Policy::Answer(Duration::from_millis(random.below(4000).into())),
    };
    phone.reliable = match random.below(4) {
        0 => Some(HeaderName::Supported),
        _ => None,
    };
    phone.refuses_offers = if random.below(20) == 0 { Some(488) } else { None };
}

/// One look at the calls of a phone.
pub(crate) fn look(phone: &mut Phone, now: Instant, random: &mut Random) {
    for call in open_calls(phone) {
        match phone.calls[call].state {
            CallState::Answered => talk(phone, now, call, random),
            CallState::Ringing if is_incoming(phone, call) => decide(phone, now, call, random),
            _ => {}
        }
    }
}

/// Everybody goes home.
pub(crate) fn hang_up_all(phone: &mut Phone, now: Instant) {
    for call in open_calls(phone) {
        if may_talk(phone, call) {
            phone.bye(now, call);
        }
    }
}

/// RFC 3261 §15: who answered sends no BYE before the ACK has come.
fn may_talk(phone: &Phone, call: usize) -> bool {
    let PhoneCall { state, acknowledged, dialog, .. } = &phone.calls[call];
    *state == CallState::Answered && dialog.is_some() && (*acknowledged || !is_incoming(phone, call))
}

/// Nobody is there any more: a phone that was never cancelled, because its answers were lost, stops by itself.
pub(crate) fn give_up(phone: &mut Phone, now: Instant) {
    for call in open_calls(phone) {
        if phone.calls[call].state == CallState::Calling && is_incoming(phone, call) {
            phone.refuse(now, call, 480);
        }
    }
}

/// Calls that this phone takes for going on.
pub(crate) fn open_calls(phone: &Phone) -> Vec<usize> {
    let open = |call: &usize| !matches!(phone.calls[*call].state, CallState::Failed(_) | CallState::Ended);
    (0..phone.calls.len()).filter(open).collect()
}

/// Our own attempts get statuses, calls from others never do.
pub(crate) fn is_incoming(phone: &Phone, call: usize) -> bool {
    let invite = phone.calls[call].invite.as_ref().expect("every call has its INVITE");
    invite.headers().text(&HeaderName::UserAgent) != Some("bench phone")
}

fn talk(phone: &mut Phone, now: Instant, call: usize, random: &mut Random) {
    if !may_talk(phone, call) {
        return;
    }
    let chance = random.below(100);
    if chance < HANG_UP {
        phone.bye(now, call);
    } else if chance < HANG_UP + HOLD {
        let direction = if random.below(2) == 0 { Direction::SendOnly } else { Direction::SendRecv };
        phone.reinvite(now, call, direction);
    } else if chance < HANG_UP + HOLD + KEY {
        phone.inside(
            now,
            call,
            Method::Info,
            Some(("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n".into())),
        );
    }
}

fn decide(phone: &mut Phone, now: Instant, call: usize, random: &mut Random) {
    if phone.policy != Policy::Ring || random.below(100) >= DECIDE {
        return;
    }
    match random.below(5) {
        0 => phone.refuse(now, call, 486),
        1 => {
            let early = phone.sdp(Direction::SendRecv);
            phone.ring(now, call, 183, Some(early));
        }
        _ => phone.answer(now, call),
    }
}
