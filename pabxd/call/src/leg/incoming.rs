//! A leg that the peer began: our answers to its INVITE.
//!
//! Provisional answers go out reliably when the caller wants that (RFC 3262). The endpoint keeps them in order, and
//! holds a 2xx back while a provisional answer with a description has no PRACK.

use pabx_sip::endpoint::ServerTx;
use pabx_sip::message::{HeaderName, Request, Response, StatusCode};

use super::state::Signal;
use super::{Leg, Pending};
use crate::core::Cx;
use crate::headers::lists;

/// The provisional answers to one INVITE.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Provisionals {
    /// The caller requires them to be reliable.
    required: bool,
    /// One went out reliably: the 2xx may be held back for its PRACK.
    used: bool,
    /// The last status sent, to say nothing twice.
    last: Option<StatusCode>,
}

impl Provisionals {
    pub(crate) fn of(invite: &Request) -> Self {
        Self { required: lists(invite.headers(), &HeaderName::Require, "100rel"), ..Self::default() }
    }
}

impl Leg {
    /// Tells the caller how its call goes on, with a description or without. Reliably when the caller requires it,
    /// and with a description also when it supports it (RFC 3262 §3).
    pub(crate) fn provisional(&mut self, cx: &mut Cx<'_>, status: StatusCode, sdp: Option<&str>) {
        let Some(Pending::Server { tx, request, provisionals }) = &self.pending else { return };
        let (tx, mut provisionals) = (*tx, *provisionals);
        let reliable = provisionals.required || (self.peer.reliable && sdp.is_some());
        // Without an offer in the INVITE a reliable answer would have to carry ours (RFC 3262 §5): there is none.
        let impossible = reliable && request.body().is_empty();
        if impossible || (provisionals.last == Some(status) && sdp.is_none()) {
            return;
        }
        let mut response = self.with_contact(self.response(cx, request, status));
        if let Some(sdp) = sdp {
            response = response.body(crate::headers::SDP, sdp.to_owned());
        }
        if reliable {
            cx.core.endpoint.respond_reliably(cx.now.mono, tx, response.build());
        } else {
            cx.core.endpoint.respond(cx.now.mono, tx, response.build());
        }
        provisionals.last = Some(status);
        provisionals.used |= reliable;
        if let Some(Pending::Server { provisionals: kept, .. }) = &mut self.pending {
            *kept = provisionals;
        }
    }

    /// Answers the INVITE with a 2xx.
    pub(crate) fn accept(&mut self, cx: &mut Cx<'_>, response: Response) {
        let Some(Pending::Server { tx, request, provisionals }) = self.pending.take() else { return };
        self.signal(Signal::Accept);
        cx.ledger.open_invite = None;
        self.unacknowledged = Some(tx);
        self.held_back = provisionals.used.then_some(request);
        if let Some(dialog) = &mut self.dialog {
            dialog.establish();
        }
        cx.core.endpoint.respond(cx.now.mono, tx, response);
    }

    /// Refuses the INVITE.
    pub(crate) fn refuse(
        &mut self,
        cx: &mut Cx<'_>,
        status: StatusCode,
        header: Option<(HeaderName, String)>,
    ) {
        let Some(Pending::Server { tx, request, .. }) = self.pending.take() else { return };
        self.refuse_request(cx, tx, &request, status, header);
    }

    /// Refuses the INVITE although a 2xx is on its way: the endpoint holds it back for a PRACK that never came.
    /// False: the 2xx is out, and it is too late.
    pub(crate) fn refuse_held_back(&mut self, cx: &mut Cx<'_>, status: StatusCode) -> bool {
        let Some(request) = self.held_back.take() else { return false };
        let Some(tx) = self.unacknowledged.take() else { return false };
        self.refuse_request(cx, tx, &request, status, None);
        true
    }

    fn refuse_request(
        &mut self,
        cx: &mut Cx<'_>,
        tx: ServerTx,
        request: &Request,
        status: StatusCode,
        header: Option<(HeaderName, String)>,
    ) {
        let mut response = self.response(cx, request, status);
        if let Some((name, value)) = header {
            response = response.header(name, value);
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response = response.header(HeaderName::RetryAfter, crate::config::RETRY_AFTER_SECONDS);
        }
        cx.core.endpoint.respond(cx.now.mono, tx, response.build());
        cx.forget_server(tx);
        self.signal(Signal::Refuse);
    }
}
