//! The end of a call: the record is ended at once, the legs leave in their own time.

use pabx_sip::message::StatusCode;

use super::{Call, Phase};
use crate::config::LINGER;
use crate::core::{CallTimer, Cx};
use crate::headers::status;
use crate::leg::LegIx;
use crate::leg::state::Signal;
use crate::record::Outcome;

impl Call {
    /// Ends the call for the given reason; does nothing when it is ending already. Everybody who is still there
    /// gets BYE, CANCEL or a refusal, as their leg stands.
    pub(crate) fn finish(&mut self, cx: &mut Cx<'_>, outcome: Outcome) {
        self.finish_because(cx, outcome, None);
    }

    /// The same, with a Reason (RFC 3326) for the phones.
    pub(crate) fn finish_because(&mut self, cx: &mut Cx<'_>, outcome: Outcome, why: Option<&str>) {
        if matches!(self.phase, Phase::Ending) {
            return;
        }
        self.drop_exchange(cx);
        self.drop_infos(cx);
        self.phase = Phase::Ending;
        let refusal =
            if outcome.sip >= 300 { status(outcome.sip) } else { StatusCode::TEMPORARILY_UNAVAILABLE };
        for leg in &mut self.legs {
            // Providers are told nothing of an account's rules.
            let why = why.filter(|_| leg.who.trunk_id().is_none());
            leg.hang_up_because(cx, refusal, why);
        }
        cx.ledger.end(cx.now, outcome, cx.core);
        self.clear_timers(cx);
        if !self.is_over() {
            cx.set(CallTimer::Linger, LINGER);
        }
    }

    fn clear_timers(&self, cx: &mut Cx<'_>) {
        use CallTimer::{Budget, Exchange, MaxDuration, Ring, Way};
        for which in [Ring, Way, MaxDuration, Budget, Exchange] {
            cx.clear(which);
        }
        for leg in &self.legs {
            cx.clear(CallTimer::Session(leg.ix));
            cx.clear(CallTimer::Retry(leg.ix));
        }
    }

    /// Our BYE was answered, or never will be.
    pub(super) fn bye_over(&mut self, ix: LegIx) {
        if let Some(leg) = self.leg_mut(ix) {
            leg.signal(Signal::Done);
        }
    }
}
