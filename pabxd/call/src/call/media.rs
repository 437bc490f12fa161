//! What a call tells the media threads, and what it makes of their news.

use pabx_media::command::MediaCommand;
use pabx_model::EndReason;

use super::{Call, Phase};
use crate::api::{Action, Alarm};
use crate::core::Cx;
use crate::ledger::{Side, leg_id};
use crate::leg::{Leg, LegIx};
use crate::record::Outcome;

impl Call {
    /// Hands the outcome of a leg's negotiation to its side's relay.
    pub(super) fn apply_plan(&mut self, cx: &mut Cx<'_>, ix: LegIx) {
        let Some(leg) = self.leg(ix) else { return };
        let side = ix.side();
        let mut plan = leg.media.plan();
        let key = cx.ledger.key;
        let Some(port) = cx.ledger.port_mut(side) else { return };
        // Forks share their side's sockets: the count goes on over all of them, so that the relay never takes an
        // old plan for a new one, and never learns a source again without a new negotiation.
        if port.applied == Some((ix, plan.generation)) {
            return;
        }
        port.applied = Some((ix, plan.generation));
        port.generation += 1;
        plan.generation = port.generation;
        cx.core.actions.push_back(Action::Media(MediaCommand::Plan { leg: leg_id(key, side), plan }));
    }

    /// Lets both sides hear each other.
    pub(super) fn bridge(cx: &mut Cx<'_>) {
        let key = cx.ledger.key;
        let (a, b) = (leg_id(key, Side::Caller), leg_id(key, Side::Callee));
        cx.core.actions.push_back(Action::Media(MediaCommand::Bridge { a, b }));
    }

    /// Lets the caller hear itself.
    pub(crate) fn echo(cx: &mut Cx<'_>) {
        let leg = leg_id(cx.ledger.key, Side::Caller);
        cx.core.actions.push_back(Action::Media(MediaCommand::Echo { leg }));
    }

    /// Nothing came from one side for so long. On hold, silence is nothing unusual for much longer.
    pub(super) fn silent(&mut self, cx: &mut Cx<'_>, seconds: u32) {
        if !matches!(self.phase, Phase::Talking(_)) {
            return;
        }
        let held = self.legs.iter().any(|leg| !leg.is_gone() && leg.held);
        let config = &cx.core.config;
        let limit = if held { config.no_media_on_hold } else { config.no_media };
        if !limit.is_zero() && u64::from(seconds) >= limit.as_secs() {
            self.finish(cx, Outcome::new(200, EndReason::MediaTimeout));
        }
    }

    /// The sockets of a side broke.
    pub(super) fn media_failed(&mut self, cx: &mut Cx<'_>) {
        cx.core.alarm(Alarm::MediaFailed(cx.ledger.record.call_id));
        self.finish(cx, Outcome::new(500, EndReason::InternalError));
    }
}

impl Leg {
    /// Takes in what the peer described.
    pub(super) fn described(&mut self, stream: &pabx_media::negotiation::AudioStream) {
        self.held = stream.held;
    }
}
