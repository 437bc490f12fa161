//! One call: a value that holds its legs and joins them back to back. Dropping it is always safe (see
//! [`crate::ledger`]).
//!
//! | phase     | event                              | next      | where                   |
//! |-----------|------------------------------------|-----------|-------------------------|
//! | –         | INVITE to an extension             | `Ringing` | [`begin`], [`ringing`]  |
//! | –         | INVITE to a feature                | `Talking` | [`begin`]               |
//! | –         | INVITE to a number outside          | `Ringing` | [`begin`], [`outward`]  |
//! | `Ringing` | a device answers                   | `Talking` | [`answer`]              |
//! | `Ringing` | all refuse, time over, CANCEL, …   | `Ending`  | [`ringing`], [`ending`] |
//! | `Talking` | BYE, silence, limits, commands, …  | `Ending`  | [`in_dialog`], [`ending`] |
//! | `Talking` | a new offer, a refresh             | `Talking` | [`exchange`], [`refresh`] |
//! | `Ending`  | the last leg is gone               | dropped   | [`ending`]              |

mod answer;
mod begin;
mod best;
mod budget;
mod dtmf_info;
mod encryption;
mod ending;
mod exchange;
mod in_dialog;
mod info;
mod media;
mod outward;
mod refresh;
mod ringing;

use pabx_media::command::MediaEvent;
use pabx_media::negotiation::AudioStream;
use pabx_model::EndReason;
use pabx_sip::endpoint::{ClientTx, ServerTx};
use pabx_sip::message::{Request, Response, StatusCode};
use smallvec::SmallVec;

pub(crate) use self::begin::Invitation;
use self::best::BestRefusal;
use self::exchange::Exchange;
use self::info::WaitingInfo;
use self::outward::Ways;
use crate::core::{CallTimer, Cx};
use crate::leg::state::Signal;
use crate::leg::{Leg, LegIx, Purpose};
use crate::record::Outcome;

/// Where a call stands.
#[derive(Debug)]
enum Phase {
    Ringing(Box<Ringing>),
    Talking(Box<Talking>),
    Ending,
}

/// Devices ring.
#[derive(Debug)]
struct Ringing {
    best: BestRefusal,
    /// The device whose early media the caller hears.
    early: Option<LegIx>,
    /// The caller brought no offer: ours goes into the 200.
    late_offer: bool,
    /// How a call that leaves by a trunk goes on where one does not take it.
    ways: Option<Box<Ways>>,
}

/// Somebody answered.
#[derive(Debug, Default)]
struct Talking {
    /// Who answered; `None`: a feature of the box.
    callee: Option<LegIx>,
    /// An offer on its way through.
    exchange: Option<Exchange>,
    /// Key presses on their way through.
    infos: SmallVec<[WaitingInfo; 1]>,
}

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    legs: Vec<Leg>,
    phase: Phase,
}

impl Call {
    /// Whether nothing is left to wait for.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Ending) && self.legs.iter().all(Leg::is_gone)
    }

    pub(crate) fn leg(&self, ix: LegIx) -> Option<&Leg> {
        self.legs.get(usize::from(ix.0))
    }

    pub(crate) fn leg_mut(&mut self, ix: LegIx) -> Option<&mut Leg> {
        self.legs.get_mut(usize::from(ix.0))
    }

    fn talking(&mut self) -> Option<&mut Talking> {
        match &mut self.phase {
            Phase::Talking(talking) => Some(talking),
            _ => None,
        }
    }

    /// The leg at the other end of the call, once somebody answered.
    fn other(&self, ix: LegIx) -> Option<LegIx> {
        let Phase::Talking(talking) = &self.phase else { return None };
        let callee = talking.callee?;
        match ix {
            LegIx::CALLER => Some(callee),
            ix if ix == callee => Some(LegIx::CALLER),
            _ => None,
        }
    }

    /// Whether the leg is one of the two that talk; losers of a fork are not.
    fn takes_part(&self, ix: LegIx) -> bool {
        match &self.phase {
            Phase::Talking(talking) => ix == LegIx::CALLER || talking.callee == Some(ix),
            _ => false,
        }
    }

    /// A response to a request of a leg.
    pub(crate) fn response(
        &mut self,
        cx: &mut Cx<'_>,
        ix: LegIx,
        purpose: Purpose,
        tx: ClientTx,
        response: &Response,
    ) {
        let status = response.status();
        // A 2xx to INVITE may come again for 64*T1: the call remembers the transaction until its end.
        let may_repeat =
            status.is_success() && matches!(purpose, Purpose::Invite | Purpose::Offer | Purpose::Refresh);
        if status.is_final() && !may_repeat {
            cx.forget_client(tx);
        }
        if self.answers_inside(cx, ix, (purpose, tx), response) {
            return;
        }
        match purpose {
            Purpose::Invite if status.is_provisional() => self.device_rings(cx, ix, response),
            Purpose::Invite if status.is_success() => self.device_answers(cx, ix, response),
            Purpose::Invite if self.answers_challenge(cx, ix, response) => {}
            Purpose::Invite if self.insists(cx, ix, status.code()) => {}
            Purpose::Invite => self.device_refuses(cx, ix, status.code()),
            _ if status.is_provisional() => {}
            Purpose::Offer => self.offer_answered(cx, ix, tx, response),
            Purpose::Refresh => self.refresh_answered(cx, ix, tx, response),
            Purpose::Bye => self.bye_over(ix),
            Purpose::Info(waiting) => self.info_answered(cx, waiting, status.code()),
            Purpose::Prack => {}
        }
    }

    /// A request of a leg got no answer (408) or its path broke (503).
    pub(crate) fn failed(&mut self, cx: &mut Cx<'_>, ix: LegIx, purpose: Purpose, tx: ClientTx, status: u16) {
        cx.forget_client(tx);
        let follows = status == 503 && matches!(purpose, Purpose::Bye | Purpose::Refresh);
        if follows && self.leg_mut(ix).is_some_and(|leg| leg.follow_device(cx)) {
            self.once_more(cx, ix, purpose, tx);
            return;
        }
        match purpose {
            Purpose::Invite => self.device_refuses(cx, ix, status),
            Purpose::Offer => self.offer_failed(cx, ix, tx, status),
            Purpose::Refresh => self.refresh_failed(cx, ix, tx, status),
            Purpose::Bye => self.bye_over(ix),
            Purpose::Info(waiting) => self.info_answered(cx, waiting, status),
            Purpose::Prack => {}
        }
    }

    /// The same request on the device's new connection.
    fn once_more(&mut self, cx: &mut Cx<'_>, ix: LegIx, purpose: Purpose, tx: ClientTx) {
        let Some(leg) = self.leg_mut(ix) else { return };
        if purpose == Purpose::Bye {
            leg.send_bye(cx);
            return;
        }
        leg.session.refreshing.take_if(|refreshing| *refreshing == tx);
        leg.media.rollback();
        self.refresh(cx, ix);
    }

    /// The ACK to a 2xx of ours.
    pub(crate) fn ack(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ServerTx, ack: &Request) {
        let Some(leg) = self.leg_mut(ix) else { return };
        let answers = leg.unacknowledged == Some(tx) && std::mem::take(&mut leg.answer_in_ack);
        leg.acknowledged(cx, tx, Signal::Ack);
        if answers && self.takes_part(ix) {
            self.answered_in_ack(cx, ix, ack);
        }
    }

    /// No ACK came: RFC 3261 §13.3.1.4 wants the session ended by BYE.
    pub(crate) fn ack_missing(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ServerTx) {
        let Some(leg) = self.leg_mut(ix) else { return };
        leg.acknowledged(cx, tx, Signal::AckMissing);
        if self.takes_part(ix) {
            self.finish(cx, Outcome::new(200, EndReason::AckMissing));
        }
    }

    /// The peer of a leg cancelled its INVITE.
    pub(crate) fn cancelled(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ServerTx) {
        let Some(leg) = self.leg_mut(ix) else { return };
        let held_back =
            leg.unacknowledged == Some(tx) && leg.refuse_held_back(cx, StatusCode::REQUEST_TERMINATED);
        if held_back || (ix == LegIx::CALLER && leg.pending.is_some()) {
            self.finish(cx, Outcome::new(487, EndReason::CallerCancelled));
        } else {
            self.offer_cancelled(cx, ix, tx);
        }
    }

    /// No PRACK came for a reliable provisional answer.
    pub(crate) fn prack_missing(&mut self, cx: &mut Cx<'_>, ix: LegIx) {
        let Some(leg) = self.leg_mut(ix) else { return };
        // RFC 3262 §3: refused with a 5xx.
        if leg.pending.is_some() || leg.refuse_held_back(cx, StatusCode::SERVER_TIMEOUT) {
            self.finish(cx, Outcome::new(504, EndReason::PrackMissing));
        }
    }

    /// A server transaction died: its path is gone, or nobody acknowledged our failure.
    pub(crate) fn server_failed(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ServerTx) {
        cx.forget_server(tx);
        let Some(leg) = self.leg_mut(ix) else { return };
        if leg.pending.is_some() && ix == LegIx::CALLER {
            leg.pending = None;
            leg.signal(Signal::Refuse);
            self.finish(cx, Outcome::new(503, EndReason::Unreachable));
        } else if leg.unacknowledged == Some(tx) {
            self.ack_missing(cx, ix, tx);
        }
    }

    /// A timer of the call.
    pub(crate) fn timer(&mut self, cx: &mut Cx<'_>, which: CallTimer) {
        match which {
            CallTimer::Ring => self.ring_over(cx),
            CallTimer::Way => self.way_over(cx),
            CallTimer::Budget => self.budget_due(cx),
            CallTimer::MaxDuration => self.finish(cx, Outcome::new(200, EndReason::MaxDuration)),
            CallTimer::Exchange => self.exchange_over(cx),
            CallTimer::Session(ix) => self.session_due(cx, ix),
            CallTimer::Retry(ix) => self.retry(cx, ix),
            CallTimer::Linger => self.legs.clear(),
        }
    }

    /// News of this call's media.
    pub(crate) fn media(&mut self, cx: &mut Cx<'_>, event: &MediaEvent) {
        match event {
            MediaEvent::Silent { seconds, .. } => self.silent(cx, *seconds),
            MediaEvent::Failed { .. } => self.media_failed(cx),
            MediaEvent::Dtmf { digit, .. } => {
                let call_id = cx.ledger.record.call_id;
                cx.core.report(crate::api::Report::Dtmf { call_id, digit: *digit });
            }
            // The ledger's.
            MediaEvent::Closed { .. } => {}
        }
    }

    /// What one end hears of the other: the stream that the other leg's peer described last.
    fn heard_by(&self, ix: LegIx) -> Option<&AudioStream> {
        self.leg(self.other(ix)?)?.media.agreed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of a call that are not on the heap: an answered one has two legs, an entry and a ledger.
    #[test]
    fn the_fixed_parts_of_a_call_are_small() {
        let legs = 2 * size_of::<Leg>();
        let rest = size_of::<Call>() + size_of::<Talking>() + size_of::<crate::calls::Entry>();
        assert!(legs + rest <= 3_072, "legs {legs}, rest {rest}");
    }
}
