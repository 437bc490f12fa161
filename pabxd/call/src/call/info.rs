//! DTMF by INFO, passed from leg to leg: the asking side is told what the other side said.

use pabx_sip::endpoint::ServerTx;
use pabx_sip::message::{HeaderName, Method, Request, StatusCode};

use super::Call;
use super::dtmf_info::{Form, KeyPress};
use crate::api::Report;
use crate::config::MAX_PENDING_INFO;
use crate::core::Cx;
use crate::headers::{self, ACCEPT};
use crate::leg::{LegIx, Purpose};

/// An INFO whose answer is still awaited from the other leg.
#[derive(Debug)]
pub(super) struct WaitingInfo {
    from: LegIx,
    tx: ServerTx,
    request: Request,
}

impl Call {
    /// A peer's INFO: a key press goes on to the other leg; anything else is 415, an empty one is fine.
    pub(super) fn info(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ServerTx, request: &Request) {
        let body = request.body();
        let form = headers::body_type(request.headers(), &body).and_then(Form::of);
        let key = form.map(|form| (form, KeyPress::parse(form, &body)));
        let status = match key {
            None if body.is_empty() => StatusCode::OK,
            None => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Some((_, None)) => StatusCode::BAD_REQUEST,
            Some((form, Some(key))) => match self.pass_on(cx, ix, tx, request, form, key) {
                None => return,
                Some(status) => status,
            },
        };
        let Some(leg) = self.leg(ix) else { return };
        let mut response = leg.response(cx, request, status);
        if status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            response = response.header(HeaderName::Accept, ACCEPT);
        }
        cx.core.endpoint.respond(cx.now.mono, tx, response.build());
    }

    /// Sends the key press to the other leg. `None`: its answer is awaited.
    fn pass_on(
        &mut self,
        cx: &mut Cx<'_>,
        ix: LegIx,
        tx: ServerTx,
        request: &Request,
        form: Form,
        key: KeyPress,
    ) -> Option<StatusCode> {
        let call_id = cx.ledger.record.call_id;
        cx.core.report(Report::Dtmf { call_id, digit: key.digit() });
        let Some(other) = self.other(ix) else { return Some(StatusCode::OK) };
        if self.talking().is_none_or(|talking| talking.infos.len() >= MAX_PENDING_INFO) {
            return Some(StatusCode::SERVER_INTERNAL_ERROR);
        }
        let leg = self.leg_mut(other).filter(|leg| leg.state.is_confirmed());
        let Some(leg) = leg else { return Some(StatusCode::SERVER_INTERNAL_ERROR) };
        let info = leg.request(cx, Method::Info)?.body(form.content_type(), key.body(form)).build();
        if leg.send(cx, info, Purpose::Info(tx)).is_none() {
            return Some(StatusCode::SERVICE_UNAVAILABLE);
        }
        self.talking()?.infos.push(WaitingInfo { from: ix, tx, request: request.clone() });
        None
    }

    /// The other leg's answer to the INFO that `waiting` waits for.
    pub(super) fn info_answered(&mut self, cx: &mut Cx<'_>, waiting: ServerTx, status: u16) {
        let Some(talking) = self.talking() else { return };
        let Some(at) = talking.infos.iter().position(|info| info.tx == waiting) else { return };
        let info = talking.infos.swap_remove(at);
        // 1xx, 3xx and what ends a dialog on the other leg say nothing about this one.
        let status = match status {
            200..=299 => StatusCode::OK,
            415 | 469 | 500 | 503 => headers::status(status),
            _ => StatusCode::SERVER_INTERNAL_ERROR,
        };
        self.answer_info(cx, &info, status);
    }

    /// The call ends: nobody waits any longer.
    pub(super) fn drop_infos(&mut self, cx: &mut Cx<'_>) {
        let Some(talking) = self.talking() else { return };
        for info in std::mem::take(&mut talking.infos) {
            self.answer_info(cx, &info, StatusCode::CALL_DOES_NOT_EXIST);
        }
    }

    fn answer_info(&self, cx: &mut Cx<'_>, info: &WaitingInfo, status: StatusCode) {
        if let Some(leg) = self.leg(info.from) {
            leg.reply(cx, info.tx, &info.request, status);
        }
    }
}
