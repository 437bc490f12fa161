//! Session refreshes (RFC 4028), ours and the peers'.

use pabx_model::EndReason;
use pabx_sip::endpoint::{ClientTx, ServerTx};
use pabx_sip::message::{HeaderName, Method, Request, Response, StatusCode};
use pabx_sip::session_timer::Due;

use super::Call;
use super::exchange::glare_delay;
use crate::config::MAX_GLARE_RETRIES;
use crate::core::{CallTimer, Cx};
use crate::headers::{self, MaybeHeader};
use crate::leg::session;
use crate::leg::{Abilities, Leg, LegIx, Purpose};
use crate::record::Outcome;

impl Call {
    /// Sets the clock by a leg's session timer.
    pub(super) fn watch_session(&self, cx: &mut Cx<'_>, ix: LegIx) {
        match self.leg(ix).and_then(|leg| leg.session.next_wakeup()) {
            Some(at) => cx.set(CallTimer::Session(ix), at.saturating_duration_since(cx.now.mono)),
            None => cx.clear(CallTimer::Session(ix)),
        }
    }

    /// A peer's UPDATE without a body.
    pub(super) fn refreshed(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ServerTx, request: &Request) {
        let confirmed = self.takes_part(ix);
        let Some(leg) = self.leg_mut(ix) else { return };
        if leg.interval_too_small(cx, tx, request) {
            return;
        }
        if confirmed {
            leg.session.answer(cx.now.mono, request, leg.peer, &cx.core.config);
        }
        let response = leg.session_response(cx, request, None);
        cx.core.endpoint.respond(cx.now.mono, tx, response);
        if confirmed {
            self.watch_session(cx, ix);
        }
    }

    /// A leg's session timer fired.
    pub(super) fn session_due(&mut self, cx: &mut Cx<'_>, ix: LegIx) {
        match self.leg_mut(ix).and_then(|leg| leg.session.wake(cx.now.mono)) {
            Some(Due::Refresh) => {
                self.watch_session(cx, ix);
                self.refresh(cx, ix);
            }
            Some(Due::Expired) => self.finish(cx, Outcome::new(200, EndReason::SessionExpired)),
            None => self.watch_session(cx, ix),
        }
    }

    /// Sends our refresh: UPDATE where the peer knows it, else a re-INVITE that offers what stands.
    pub(super) fn refresh(&mut self, cx: &mut Cx<'_>, ix: LegIx) {
        if !self.takes_part(ix) {
            return;
        }
        let busy = self.talking().is_some_and(|talking| talking.exchange.is_some());
        let wanted = self.heard_by(ix).cloned();
        let Some(leg) = self.leg_mut(ix) else { return };
        if busy || !leg.can_be_asked() {
            self.refresh_again(cx, ix);
            return;
        }
        let method = if leg.peer.update { Method::Update } else { Method::Invite };
        let wanted = wanted.or_else(|| leg.media.agreed().cloned()).filter(|_| method == Method::Invite);
        let sdp = wanted.map(|wanted| leg.media.local_offer(&wanted));
        let expires = leg.session.refresh_header();
        let Some(request) = leg.request(cx, method) else { return };
        let request = request.maybe(HeaderName::SessionExpires, expires);
        let request = match sdp {
            Some(sdp) => request.body(headers::SDP, sdp),
            None => request,
        };
        leg.session.refreshing = leg.send(cx, request.build(), Purpose::Refresh);
        if leg.session.refreshing.is_none() {
            leg.media.rollback();
            self.refresh_again(cx, ix);
        }
    }

    fn refresh_again(&mut self, cx: &mut Cx<'_>, ix: LegIx) {
        let Some(leg) = self.leg_mut(ix) else { return };
        leg.glare += 1;
        if leg.glare > MAX_GLARE_RETRIES {
            self.finish(cx, Outcome::new(200, EndReason::SessionExpired));
            return;
        }
        let after = glare_delay(cx, ix);
        cx.set(CallTimer::Retry(ix), after);
    }

    /// The peer answered our refresh.
    pub(super) fn refresh_answered(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ClientTx, response: &Response) {
        let status = response.status();
        if !status.is_success() {
            self.refresh_failed(cx, ix, tx, status.code());
            return;
        }
        let invite = response.cseq().is_some_and(|cseq| cseq.method == Method::Invite);
        let takes_part = self.takes_part(ix);
        let Some(leg) = self.leg_mut(ix) else { return };
        let current = leg.session.refreshing == Some(tx);
        if invite {
            leg.acknowledge(cx, response);
        } else {
            cx.forget_client(tx);
        }
        if !current || !takes_part {
            return;
        }
        leg.accepted_again(cx, response);
        leg.glare = 0;
        if let Some(body) = headers::sdp_of(response).filter(|_| invite)
            && leg.media.remote_answer(&body).is_err()
        {
            leg.media.rollback();
        }
        self.apply_plan(cx, ix);
        self.watch_session(cx, ix);
    }

    /// Our refresh failed. Only what says that the dialog is gone ends the call (RFC 4028 §10); a 491 is tried
    /// again, anything else at the next half of the interval.
    pub(super) fn refresh_failed(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ClientTx, status: u16) {
        cx.forget_client(tx);
        if !self.takes_part(ix) {
            return;
        }
        let Some(leg) = self.leg_mut(ix) else { return };
        if leg.session.refreshing.take_if(|refreshing| *refreshing == tx).is_none() {
            return;
        }
        leg.media.rollback();
        match status {
            408 | 481 | 503 => self.finish(cx, Outcome::new(200, EndReason::SessionExpired)),
            491 | 500 => self.refresh_again(cx, ix),
            405 | 501 if leg.peer.update => {
                leg.peer.update = false;
                self.refresh(cx, ix);
            }
            _ => {
                leg.session.alive(cx.now.mono);
                self.watch_session(cx, ix);
            }
        }
    }
}

impl Leg {
    /// Whether the peer's request wants an interval that we cannot stand; then it was answered 422.
    pub(super) fn interval_too_small(&self, cx: &mut Cx<'_>, tx: ServerTx, request: &Request) -> bool {
        let Err(min_se) = session::check(request, Abilities::of(request.headers()), &cx.core.config) else {
            return false;
        };
        let response = self.response(cx, request, StatusCode::SESSION_INTERVAL_TOO_SMALL);
        let response = response.header(HeaderName::MinSe, min_se).build();
        cx.core.endpoint.respond(cx.now.mono, tx, response);
        cx.forget_server(tx);
        true
    }
}
