//! Ringing: every device of the extension is called at once (a fork), the first that answers wins.

use std::sync::Arc;

use pabx_media::negotiation::AudioStream;
use pabx_model::{EncryptionFault, EndReason};
use pabx_sip::message::{HeaderName, Response, StatusCode};
use pabx_sip::registrar::Binding;
use smallvec::SmallVec;

use super::begin::{Invitation, new_media};
use super::{Call, Phase, best, encryption};
use crate::core::{CallTimer, Cx};
use crate::headers;
use crate::ledger::Side;
use crate::leg::outgoing::Invite;
use crate::leg::state::{LegState, Signal};
use crate::leg::{Leg, LegIx, Pending};
use crate::record::Outcome;
use crate::routing::Callee;

/// What the caller's phone may show when the ring time is over (RFC 3326, Q.850 cause 19).
const NO_ANSWER: &str = "Q.850;cause=19;text=\"No answer\"";

/// Who calls, for a device; of a call that came in, with what its provider found of the number and with its signature.
fn introduced(invitation: &Invitation) -> (String, SmallVec<[(HeaderName, String); 1]>) {
    let Invitation { caller, arrival, .. } = invitation;
    let verstat =
        arrival.as_ref().and_then(|arrival| arrival.verstat.as_deref()).filter(|word| !word.is_empty());
    let uri = match verstat {
        Some(verstat) => caller.uri().with_param("verstat", Some(verstat)),
        None => caller.uri(),
    };
    let identity = arrival.as_ref().and_then(|arrival| arrival.identity.as_ref());
    let more = identity.map(|identity| (HeaderName::Identity, identity.to_string()));
    (headers::name_addr(&caller.name, &uri), more.into_iter().collect())
}

impl Call {
    /// Calls all devices.
    pub(super) fn ring(
        &mut self,
        cx: &mut Cx<'_>,
        invitation: &Invitation,
        callee: &Callee,
        offer: &AudioStream,
    ) {
        let Some(port) = cx.ports.open() else {
            self.no_ports(cx);
            return;
        };
        cx.ledger.open_port(Side::Callee, port, cx.core);
        let late_offer = matches!(&self.phase, Phase::Ringing(ringing) if ringing.late_offer);
        for device in callee.devices.iter().take(cx.core.config.limits.max_forks) {
            self.ring_device(cx, invitation, callee, device, port, offer, late_offer);
        }
        if self.legs.iter().skip(1).all(Leg::is_gone) {
            self.nobody_left(cx);
        } else {
            cx.set(CallTimer::Ring, callee.ring);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one call site, each of them another thing")]
    fn ring_device(
        &mut self,
        cx: &mut Cx<'_>,
        invitation: &Invitation,
        callee: &Callee,
        device: &Arc<Binding>,
        rtp_port: u16,
        offer: &AudioStream,
        late_offer: bool,
    ) {
        let Ok(ix) = u8::try_from(self.legs.len()).map(LegIx) else { return };
        let mut media = new_media(cx, callee.aor.into(), &device.flow, rtp_port);
        if !media.can_offer() {
            encryption::trace(cx, callee.aor.into(), EncryptionFault::ClearSignalling);
            if let Phase::Ringing(ringing) = &mut self.phase {
                ringing.best.note(488);
            }
            return;
        }
        let sdp = media.local_offer(offer);
        let caller = &invitation.caller;
        let (from, more) = introduced(invitation);
        let invite = Invite {
            who: callee.aor.into(),
            flow: device.flow,
            uri: &device.contact,
            from,
            to: callee.uri(caller),
            contact_user: &caller.number,
            more: &more,
            timer: true,
            hops: invitation.hops,
            reliable: !late_offer,
        };
        let leg = invite.send(cx, ix, media, sdp);
        if leg.is_gone()
            && let Phase::Ringing(ringing) = &mut self.phase
        {
            ringing.best.note(503);
        }
        self.legs.push(leg);
    }

    /// A provisional answer of a device.
    pub(super) fn device_rings(&mut self, cx: &mut Cx<'_>, ix: LegIx, response: &Response) {
        self.way_lives(cx, ix, response.status());
        let Some(leg) = self.leg_mut(ix) else { return };
        if response.status() == StatusCode::TRYING
            || !leg.early(cx, response)
            || leg.state != LegState::Inviting
        {
            return;
        }
        let Phase::Ringing(ringing) = &self.phase else { return };
        let first_voice = ringing.early.is_none_or(|early| early == ix);
        let sdp = headers::sdp_of(response).filter(|_| first_voice && !ringing.late_offer);
        let early = sdp.and_then(|body| self.early_media(cx, ix, &body));
        // 181 and 182 say nothing of use behind a PBX.
        let status = if response.status() == StatusCode::SESSION_PROGRESS && early.is_some() {
            StatusCode::SESSION_PROGRESS
        } else {
            StatusCode::RINGING
        };
        if response.status() != StatusCode::SESSION_PROGRESS || early.is_some() {
            let Some(caller) = self.leg_mut(LegIx::CALLER) else { return };
            caller.provisional(cx, status, early.as_deref());
        }
    }

    /// A device's sound before it answers, for the caller: the answer to the caller's offer. `None` when the
    /// description is unusable: the device goes on ringing without it.
    fn early_media(&mut self, cx: &mut Cx<'_>, ix: LegIx, body: &[u8]) -> Option<String> {
        let agreed = self.leg_mut(ix)?.media.remote_answer(body).ok()?;
        let answer = self.leg_mut(LegIx::CALLER)?.media.local_answer(&agreed).ok()?;
        let Phase::Ringing(ringing) = &mut self.phase else { return None };
        let begins = ringing.early.replace(ix).is_none();
        self.apply_plan(cx, ix);
        self.apply_plan(cx, LegIx::CALLER);
        if begins {
            Self::bridge(cx);
        }
        Some(answer)
    }

    /// A device refused, did not answer at all (408), or cannot be reached (503).
    pub(super) fn device_refuses(&mut self, cx: &mut Cx<'_>, ix: LegIx, status: u16) {
        let Some(leg) = self.leg_mut(ix) else { return };
        let asked = leg.state == LegState::Inviting;
        encryption::trace_refusal(cx, leg.who, status);
        leg.pending = None;
        leg.signal(Signal::Failure);
        let Phase::Ringing(ringing) = &mut self.phase else { return };
        if ringing.ways.is_some() {
            // A provider that was given up has nothing to say any more.
            if asked {
                self.way_refused(cx, ix, status);
            }
            return;
        }
        ringing.best.note(status);
        if best::ends_all(status) || self.legs.iter().skip(1).all(Leg::is_gone) {
            self.nobody_left(cx);
        }
    }

    /// No device is left that could answer.
    pub(super) fn nobody_left(&mut self, cx: &mut Cx<'_>) {
        let Phase::Ringing(ringing) = &self.phase else { return };
        let outcome = Outcome::new(ringing.best.status(), ringing.best.reason());
        self.finish(cx, outcome);
    }

    /// It rang long enough.
    pub(super) fn ring_over(&mut self, cx: &mut Cx<'_>) {
        if !matches!(self.phase, Phase::Ringing(_)) {
            return;
        }
        if let Some(caller) = self.leg_mut(LegIx::CALLER)
            && matches!(caller.pending, Some(Pending::Server { .. }))
        {
            let reason = Some((HeaderName::Reason, NO_ANSWER.to_owned()));
            caller.refuse(cx, StatusCode::TEMPORARILY_UNAVAILABLE, reason);
        }
        self.finish(cx, Outcome::new(480, EndReason::RingTimeout));
    }
}
