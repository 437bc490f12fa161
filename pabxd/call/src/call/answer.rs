//! The answer: one device won, the caller is told, sound flows.

use bytes::Bytes;
use pabx_media::negotiation::{AudioStream, NegotiationError};
use pabx_model::EndReason;
use pabx_sip::message::{HeaderName, Request, Response, StatusCode};

use super::{Call, Phase, Talking, encryption};
use crate::core::{CallTimer, Cx};
use crate::headers::{self, MaybeHeader, Offer};
use crate::leg::outgoing::Success;
use crate::leg::state::LegState;
use crate::leg::{Leg, LegIx, Pending};
use crate::record::Outcome;

/// Tells the devices that lost that this is no missed call (RFC 3326).
const ELSEWHERE: &str = "SIP;cause=200;text=\"Call completed elsewhere\"";

impl Call {
    /// A 2xx of a device to our INVITE.
    pub(super) fn device_answers(&mut self, cx: &mut Cx<'_>, ix: LegIx, response: &Response) {
        let ringing = matches!(self.phase, Phase::Ringing(_));
        let Some(leg) = self.leg_mut(ix) else { return };
        if leg.success(cx, response) != Success::Won {
            return;
        }
        leg.session.asked(cx.now.mono, response, &cx.core.config);
        if !ringing {
            // Cannot be: all legs are hung up when ringing ends. If it were, nobody wants this leg.
            leg.hang_up(cx, StatusCode::REQUEST_TERMINATED);
            return;
        }
        match self.callee_answer(ix, headers::sdp_of(response)) {
            Ok(agreed) => self.answered(cx, ix, &agreed),
            Err(error) => {
                if let Some(who) = self.leg(ix).map(|leg| leg.who) {
                    encryption::trace_error(cx, who, &error);
                }
                self.unusable_answer(cx, ix);
            }
        }
    }

    /// The device's answer to our offer: in the 200, or before it in a provisional answer.
    fn callee_answer(&mut self, ix: LegIx, sdp: Option<Bytes>) -> Result<AudioStream, NegotiationError> {
        let leg = self.leg_mut(ix).ok_or(NegotiationError::NoOffer)?;
        let agreed = match sdp {
            Some(body) => leg.media.remote_answer(&body)?,
            None => leg.media.agreed().cloned().ok_or(NegotiationError::NoAudio)?,
        };
        leg.held = agreed.held;
        Ok(agreed)
    }

    /// The device answered with something that we cannot use: it is hung up, and counts as having refused.
    fn unusable_answer(&mut self, cx: &mut Cx<'_>, ix: LegIx) {
        if let Some(leg) = self.leg_mut(ix) {
            leg.hang_up(cx, StatusCode::NOT_ACCEPTABLE_HERE);
        }
        if self.is_for_help() {
            self.way_refused(cx, ix, 488);
            return;
        }
        let Phase::Ringing(ringing) = &mut self.phase else { return };
        ringing.best.note(488);
        let still = |leg: &Leg| leg.state == LegState::Inviting;
        if !self.legs.iter().skip(1).any(still) {
            self.nobody_left(cx);
        }
    }

    /// The device that answered first has won.
    fn answered(&mut self, cx: &mut Cx<'_>, winner: LegIx, agreed: &AudioStream) {
        for leg in self.legs.iter_mut().skip(1).filter(|leg| leg.ix != winner) {
            leg.hang_up_because(cx, StatusCode::REQUEST_TERMINATED, Some(ELSEWHERE));
        }
        if self.answer_caller(cx, agreed, Some(winner)).is_err() {
            self.finish(cx, Outcome::new(500, EndReason::MediaNegotiation));
            return;
        }
        self.apply_plan(cx, winner);
        Self::bridge(cx);
        self.watch_session(cx, winner);
    }

    /// Answers the caller's INVITE with 200: from here on the call is answered.
    pub(crate) fn answer_caller(
        &mut self,
        cx: &mut Cx<'_>,
        agreed: &AudioStream,
        callee: Option<LegIx>,
    ) -> Result<(), NegotiationError> {
        let late_offer = matches!(&self.phase, Phase::Ringing(ringing) if ringing.late_offer);
        let Some(caller) = self.leg_mut(LegIx::CALLER) else { return Err(NegotiationError::NoOffer) };
        let sdp = if late_offer {
            caller.answer_in_ack = true;
            caller.media.local_offer(agreed)
        } else {
            caller.media.local_answer(agreed)?
        };
        let Some(Pending::Server { request, .. }) = &caller.pending else {
            return Err(NegotiationError::NoOffer);
        };
        let request = request.clone();
        caller.session.answer(cx.now.mono, &request, caller.peer, &cx.core.config);
        let response = caller.session_response(cx, &request, Some(sdp));
        self.phase = Phase::Talking(Box::new(Talking { callee, ..Talking::default() }));
        cx.ledger.answered(cx.now, cx.core);
        if let Some(caller) = self.leg_mut(LegIx::CALLER) {
            caller.accept(cx, response);
        }
        self.apply_plan(cx, LegIx::CALLER);
        cx.clear(CallTimer::Ring);
        cx.clear(CallTimer::Way);
        let longest = cx.core.config.max_call;
        cx.set(CallTimer::MaxDuration, longest);
        Self::watch_budget(cx);
        self.watch_session(cx, LegIx::CALLER);
        Ok(())
    }

    /// The ACK had to bring the answer to the offer in our 200.
    pub(super) fn answered_in_ack(&mut self, cx: &mut Cx<'_>, ix: LegIx, ack: &Request) {
        let Some(leg) = self.leg_mut(ix) else { return };
        let agreed = match Offer::of(ack) {
            Offer::Sdp(body) => leg.media.remote_answer(&body),
            Offer::None | Offer::Foreign => Err(NegotiationError::NoAudio),
        };
        let Ok(stream) = agreed else {
            self.finish(cx, Outcome::new(488, EndReason::MediaNegotiation));
            return;
        };
        leg.described(&stream);
        self.apply_plan(cx, ix);
        self.follow_up(cx, ix, stream);
    }
}

impl Leg {
    /// A 200 to INVITE or UPDATE, with the session timer and, when there is one, a description.
    pub(super) fn session_response(&self, cx: &Cx<'_>, request: &Request, sdp: Option<String>) -> Response {
        let expires = self.session.header(self.peer);
        // RFC 4028 §9: the answer requires the extension when the other side is to refresh.
        let mut response = self
            .with_contact(self.response(cx, request, StatusCode::OK))
            .maybe(HeaderName::Require, expires.filter(|(_, require)| *require).map(|_| "timer"))
            .maybe(HeaderName::SessionExpires, expires.map(|(expires, _)| expires));
        if let Some(sdp) = sdp {
            response = response.body(headers::SDP, sdp);
        }
        response.build()
    }
}
