//! Requests inside a leg's dialog. Admission has made sure that they come from the leg's peer.

use pabx_model::EndReason;
use pabx_sip::endpoint::{Incoming, ServerTx};
use pabx_sip::message::{HeaderName, Method, Request, StatusCode};

use super::Call;
use crate::config::RETRY_AFTER_SECONDS;
use crate::core::Cx;
use crate::headers;
use crate::leg::state::{LegState, Signal};
use crate::leg::{Leg, LegIx, Pending};
use crate::record::Outcome;

impl Call {
    /// Takes in one request of a leg's peer.
    pub(crate) fn request(&mut self, cx: &mut Cx<'_>, ix: LegIx, incoming: Incoming) {
        let (request, flow) = (incoming.request.clone(), incoming.flow);
        let refusal = incoming.clone();
        let Ok(tx) = cx.core.endpoint.accept(cx.now.mono, incoming) else {
            Self::overloaded(cx, &refusal);
            return;
        };
        let Some(leg) = self.leg_mut(ix) else { return };
        let order = leg.dialog.as_mut().map(|dialog| dialog.receive(&request));
        if let Some(Err(error)) = order {
            leg.reply(cx, tx, &request, error.status());
            return;
        }
        if let Some(unknown) = crate::routing::unsupported(&request) {
            let response = leg.response(cx, &request, StatusCode::BAD_EXTENSION);
            let response = response.header(HeaderName::Unsupported, unknown).build();
            cx.core.endpoint.respond(cx.now.mono, tx, response);
            return;
        }
        // The peer speaks from here now (admission has checked that it may): answers and requests follow it. Only where that
        // would put the keys of the call's sound on the wire in clear they do not, and its own do not count.
        if flow.transport.is_secure() || leg.media.overheard() {
            leg.flow = flow;
            leg.moved = false;
        } else if matches!(request.method(), Method::Invite | Method::Update) {
            leg.reply(cx, tx, &request, StatusCode::NOT_ACCEPTABLE_HERE);
            return;
        }
        match request.method() {
            Method::Bye => self.bye(cx, ix, tx, &request),
            Method::Invite => {
                cx.own_server(ix, tx);
                leg.reply(cx, tx, &request, StatusCode::TRYING);
                self.offered(cx, ix, tx, request);
            }
            Method::Update => self.update(cx, ix, tx, request),
            Method::Prack => self.prack(cx, ix, tx, &request),
            Method::Info => self.info(cx, ix, tx, &request),
            Method::Options => {
                let response = leg.with_contact(leg.response(cx, &request, StatusCode::OK));
                let response = response.header(HeaderName::Accept, headers::ACCEPT).build();
                cx.core.endpoint.respond(cx.now.mono, tx, response);
            }
            other => {
                let status = refusal_of(other);
                let response =
                    leg.response(cx, &request, status).header(HeaderName::Allow, headers::ALLOW).build();
                cx.core.endpoint.respond(cx.now.mono, tx, response);
            }
        }
    }

    fn overloaded(cx: &mut Cx<'_>, incoming: &Incoming) {
        cx.core.alarm(crate::api::Alarm::TransactionLimit);
        let response =
            pabx_sip::message::ResponseBuilder::to(&incoming.request, StatusCode::SERVICE_UNAVAILABLE)
                .header(HeaderName::RetryAfter, RETRY_AFTER_SECONDS)
                .build();
        cx.core.endpoint.respond_stateless(incoming, response);
    }

    /// The peer hangs up.
    fn bye(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ServerTx, request: &Request) {
        let takes_part = self.takes_part(ix);
        let Some(leg) = self.leg_mut(ix) else { return };
        leg.reply(cx, tx, request, StatusCode::OK);
        match leg.state {
            // RFC 3261 §15: a caller may end an early dialog by BYE as well.
            LegState::Invited => {
                let outcome = Outcome::new(487, EndReason::CallerCancelled);
                self.finish(cx, outcome);
                return;
            }
            LegState::Inviting | LegState::Cancelling => return,
            _ => {}
        }
        leg.signal(Signal::PeerBye);
        if takes_part {
            let caller = ix == LegIx::CALLER;
            let reason = if caller { EndReason::CallerHungUp } else { EndReason::CalleeHungUp };
            self.finish(cx, Outcome::new(200, reason));
        }
    }

    /// The acknowledgement of a reliable provisional answer (RFC 3262 §3).
    fn prack(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ServerTx, request: &Request) {
        let acknowledged = cx.core.endpoint.prack(cx.now.mono, request);
        let Some(leg) = self.leg_mut(ix) else { return };
        // RFC 3262 §5: an offer in PRACK would begin a second exchange before the first INVITE is answered.
        let status = match acknowledged {
            None => StatusCode::CALL_DOES_NOT_EXIST,
            Some(_) if request.body().is_empty() => StatusCode::OK,
            Some(_) => StatusCode::NOT_ACCEPTABLE_HERE,
        };
        leg.reply(cx, tx, request, status);
    }

    /// UPDATE (RFC 3311): a refresh without a body, else an offer that must be answered at once.
    fn update(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ServerTx, request: Request) {
        let Some(leg) = self.leg_mut(ix) else { return };
        if request.body().is_empty() {
            self.refreshed(cx, ix, tx, &request);
        } else if leg.state.is_confirmed() {
            self.offered(cx, ix, tx, request);
        } else {
            // RFC 3311 §5.2: the first offer is still being answered.
            let early = leg.pending.as_ref().is_some_and(|pending| matches!(pending, Pending::Server { .. }));
            let status = if early { StatusCode::SERVER_INTERNAL_ERROR } else { StatusCode::REQUEST_PENDING };
            leg.reply_later(cx, tx, &request, status);
        }
    }
}

impl Leg {
    /// Refuses for now; a 500 says when to come again (RFC 3261 §14.2).
    pub(super) fn reply_later(&self, cx: &mut Cx<'_>, tx: ServerTx, request: &Request, status: StatusCode) {
        let mut response = self.response(cx, request, status);
        if status == StatusCode::SERVER_INTERNAL_ERROR {
            response = response.header(HeaderName::RetryAfter, cx.core.random.below(10));
        }
        cx.core.endpoint.respond(cx.now.mono, tx, response.build());
        cx.forget_server(tx);
    }
}

/// What a method that has no place in a call is answered with.
fn refusal_of(method: &Method) -> StatusCode {
    match method {
        Method::Subscribe | Method::Notify | Method::Publish => StatusCode::BAD_EVENT,
        Method::Refer | Method::Message | Method::Register => StatusCode::METHOD_NOT_ALLOWED,
        _ => StatusCode::NOT_IMPLEMENTED,
    }
}
