//! New offers inside a call: hold, resume, other formats, other addresses.
//!
//! An offer that changes what the other side hears goes through to it as a re-INVITE of ours, and its answer comes
//! back as our answer. One such exchange at a time:
//!
//! | exchange        | event                          | next  | what happens                                         |
//! |-----------------|--------------------------------|-------|------------------------------------------------------|
//! | –               | offer that changes nothing     | –     | answered here (session refresh, a new address)       |
//! | –               | offer                          | asked | re-INVITE to the other leg                           |
//! | –               | late offer (no description)    | –     | 200 with our offer; the ACK's answer may ask (below) |
//! | –               | answer in ACK changed things   | own   | re-INVITE to the other leg; nobody waits             |
//! | asked           | 2xx                            | –     | ACK; 200 with the answer                             |
//! | asked           | 491                            | –     | 491: the asker tries again (RFC 3261 §14.1)          |
//! | asked           | 408, 481, time-out             | –     | the session is gone: BYE to both                     |
//! | asked           | other failure                  | –     | both roll back; the asker gets the failure           |
//! | asked           | CANCEL                         | own   | 487; re-INVITE cancelled, or put right if too late   |
//! | own             | 491                            | own   | tried again after the time of RFC 3261 §14.1         |
//! | any             | offer of the side being asked  | same  | 491 (glare)                                          |
//! | any             | offer of the asking side       | same  | 500 with Retry-After (RFC 3261 §14.2)                |

use std::time::Duration;

use pabx_media::negotiation::{AudioStream, NegotiationError};
use pabx_model::EndReason;
use pabx_sip::endpoint::{ClientTx, ServerTx};
use pabx_sip::message::{HeaderName, Method, Request, Response, StatusCode};

use super::{Call, Phase};
use crate::config::{EXCHANGE_TIMEOUT, MAX_GLARE_RETRIES};
use crate::core::{CallTimer, Cx};
use crate::headers::{self, Offer};
use crate::leg::{Leg, LegIx, Purpose};
use crate::record::Outcome;

/// An offer on its way through.
#[derive(Debug)]
pub(super) struct Exchange {
    /// Who waits for the answer; `None`: nobody.
    asker: Option<Asker>,
    /// Who is asked.
    target: LegIx,
    /// The re-INVITE; `None` while it waits to be tried again.
    tx: Option<ClientTx>,
    /// What is offered.
    wanted: AudioStream,
}

#[derive(Debug)]
struct Asker {
    leg: LegIx,
    tx: ServerTx,
    request: Request,
}

impl Call {
    /// A re-INVITE, or an UPDATE with a body.
    pub(super) fn offered(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ServerTx, request: Request) {
        let refusal = self.cannot_take_offer(ix);
        let Some(leg) = self.leg(ix) else { return };
        if let Some(status) = refusal {
            leg.reply_later(cx, tx, &request, status);
            return;
        }
        if leg.interval_too_small(cx, tx, &request) {
            return;
        }
        match Offer::of(&request) {
            Offer::None => self.late_offered(cx, ix, tx, &request),
            Offer::Sdp(body) => self.offered_sdp(cx, ix, tx, request, &body),
            Offer::Foreign => {
                let Some(leg) = self.leg(ix) else { return };
                let response = leg.response(cx, &request, StatusCode::UNSUPPORTED_MEDIA_TYPE);
                let response = response.header(HeaderName::Accept, headers::SDP).build();
                cx.core.endpoint.respond(cx.now.mono, tx, response);
                cx.forget_server(tx);
            }
        }
    }

    /// Why an offer of this leg has to wait, if it has to.
    fn cannot_take_offer(&mut self, ix: LegIx) -> Option<StatusCode> {
        if !self.takes_part(ix) {
            // RFC 3261 §14.2: the caller's first INVITE is still open; a device has had no answer to its 200 yet.
            let ringing = matches!(self.phase, Phase::Ringing(_));
            return Some(match ix {
                LegIx::CALLER if ringing => StatusCode::SERVER_INTERNAL_ERROR,
                _ if ringing => StatusCode::REQUEST_PENDING,
                _ => StatusCode::CALL_DOES_NOT_EXIST,
            });
        }
        let exchange = self.talking().and_then(|talking| talking.exchange.as_ref());
        if let Some(exchange) = exchange {
            let asks = exchange.asker.as_ref().is_some_and(|asker| asker.leg == ix);
            return Some(if asks { StatusCode::SERVER_INTERNAL_ERROR } else { StatusCode::REQUEST_PENDING });
        }
        let leg = self.leg(ix)?;
        let ours = leg.answer_in_ack || leg.session.refreshing.is_some() || !leg.state.is_confirmed();
        ours.then_some(StatusCode::REQUEST_PENDING)
    }

    fn offered_sdp(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ServerTx, request: Request, body: &[u8]) {
        let Some(leg) = self.leg_mut(ix) else { return };
        let before = leg.media.agreed().cloned();
        let stream = match leg.media.remote_offer(body) {
            Ok(stream) => stream,
            Err(error) => {
                leg.refuse_description(cx, tx, &request, &error);
                return;
            }
        };
        let changed = before.is_none_or(|before| sounds_different(&before, &stream));
        if let Some(target) = self.other(ix).filter(|_| changed) {
            let asker = Some(Asker { leg: ix, tx, request });
            self.ask(cx, Exchange { asker, target, tx: None, wanted: stream });
        } else {
            let agreed = self.heard_by(ix).cloned().unwrap_or_else(|| mirrored(&stream));
            self.answer_offer(cx, ix, tx, &request, &stream, &agreed);
        }
    }

    /// The peer wants our offer (RFC 3261 §14.2): it gets what the other side can do, to be answered in the ACK.
    fn late_offered(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ServerTx, request: &Request) {
        let mut wanted = self.heard_by(ix).cloned().unwrap_or_else(AudioStream::preferred);
        if !wanted.held {
            wanted.direction = pabx_media::negotiation::Direction::SendRecv;
        }
        let Some(leg) = self.leg_mut(ix) else { return };
        leg.answer_in_ack = true;
        leg.unacknowledged = Some(tx);
        let sdp = leg.media.local_offer(&wanted);
        leg.session.answer(cx.now.mono, request, leg.peer, &cx.core.config);
        let response = leg.session_response(cx, request, Some(sdp));
        cx.core.endpoint.respond(cx.now.mono, tx, response);
        self.watch_session(cx, ix);
    }

    /// Answers an offer with what the other side described.
    fn answer_offer(
        &mut self,
        cx: &mut Cx<'_>,
        ix: LegIx,
        tx: ServerTx,
        request: &Request,
        offered: &AudioStream,
        agreed: &AudioStream,
    ) {
        let Some(leg) = self.leg_mut(ix) else { return };
        let sdp = match leg.media.local_answer(agreed) {
            Ok(sdp) => sdp,
            Err(error) => {
                leg.media.rollback();
                leg.refuse_description(cx, tx, request, &error);
                return;
            }
        };
        leg.described(offered);
        leg.session.answer(cx.now.mono, request, leg.peer, &cx.core.config);
        let response = leg.session_response(cx, request, Some(sdp));
        if *request.method() == Method::Invite {
            leg.unacknowledged = Some(tx);
        }
        cx.core.endpoint.respond(cx.now.mono, tx, response);
        self.apply_plan(cx, ix);
        self.watch_session(cx, ix);
    }

    /// What an answer in an ACK means to the other side: an offer of ours, when it changed something.
    pub(super) fn follow_up(&mut self, cx: &mut Cx<'_>, ix: LegIx, stream: AudioStream) {
        let Some(target) = self.other(ix) else { return };
        let knows = self.leg(target).and_then(|leg| leg.media.agreed());
        let differs =
            knows.is_none_or(|known| known.direction.reversed() != stream.direction || lacks(&stream, known));
        let free = self.talking().is_some_and(|talking| talking.exchange.is_none());
        if differs && free {
            self.ask(cx, Exchange { asker: None, target, tx: None, wanted: stream });
        }
    }

    /// Sends the re-INVITE of an exchange.
    fn ask(&mut self, cx: &mut Cx<'_>, mut exchange: Exchange) {
        let target = exchange.target;
        let Some(leg) = self.leg_mut(target) else { return };
        if !leg.can_be_asked() {
            self.busy(cx, exchange);
            return;
        }
        let sdp = leg.media.local_offer(&exchange.wanted);
        let expires = leg.session.refresh_header();
        let sent = leg.request(cx, Method::Invite).and_then(|mut invite| {
            if let Some(expires) = expires {
                invite = invite.header(HeaderName::SessionExpires, expires);
            }
            leg.send(cx, invite.body(headers::SDP, sdp).build(), Purpose::Offer)
        });
        if sent.is_none() {
            leg.media.rollback();
        }
        exchange.tx = sent;
        if let Some(talking) = self.talking() {
            talking.exchange = Some(exchange);
        }
        if sent.is_some() {
            cx.set(CallTimer::Exchange, EXCHANGE_TIMEOUT);
        } else {
            self.exchange_failed(cx, 503);
        }
    }

    /// The target is in the middle of something: the asker tries again, or we do.
    fn busy(&mut self, cx: &mut Cx<'_>, exchange: Exchange) {
        if let Some(talking) = self.talking() {
            talking.exchange = Some(exchange);
        }
        self.exchange_failed(cx, 491);
    }

    /// A 2xx or a failure to the re-INVITE of an exchange.
    pub(super) fn offer_answered(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ClientTx, response: &Response) {
        let status = response.status();
        if !status.is_success() {
            self.offer_failed(cx, ix, tx, status.code());
            return;
        }
        let Some(leg) = self.leg_mut(ix) else { return };
        leg.acknowledge(cx, response);
        if self.current(tx).is_none() {
            return; // a retransmission, or the call is ending
        }
        cx.clear(CallTimer::Exchange);
        let Some(leg) = self.leg_mut(ix) else { return };
        leg.accepted_again(cx, response);
        let body = headers::sdp_of(response);
        let agreed = body.ok_or(NegotiationError::NoAudio).and_then(|body| leg.media.remote_answer(&body));
        let Ok(agreed) = agreed else {
            // RFC 3261 §13.2.2.4: a 2xx whose answer is unusable leaves nothing to go on with.
            self.finish(cx, Outcome::new(488, EndReason::MediaNegotiation));
            return;
        };
        leg.described(&agreed);
        leg.glare = 0;
        self.apply_plan(cx, ix);
        self.watch_session(cx, ix);
        let Some(exchange) = self.talking().and_then(|talking| talking.exchange.take()) else { return };
        match exchange.asker {
            Some(asker) => {
                self.answer_offer(cx, asker.leg, asker.tx, &asker.request, &exchange.wanted, &agreed);
            }
            None => self.put_right(cx, ix, &exchange.wanted),
        }
    }

    /// After an exchange that nobody waited for: what it offered may be outdated.
    fn put_right(&mut self, cx: &mut Cx<'_>, target: LegIx, offered: &AudioStream) {
        let Some(stream) = self.heard_by(target).cloned() else { return };
        if sounds_different(offered, &stream) {
            self.ask(cx, Exchange { asker: None, target, tx: None, wanted: stream });
        }
    }

    /// The re-INVITE of an exchange failed.
    pub(super) fn offer_failed(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ClientTx, status: u16) {
        cx.forget_client(tx);
        if self.current(tx).is_none() {
            return;
        }
        if let Some(leg) = self.leg_mut(ix) {
            leg.media.rollback();
        }
        cx.clear(CallTimer::Exchange);
        self.exchange_failed(cx, status);
    }

    fn exchange_failed(&mut self, cx: &mut Cx<'_>, status: u16) {
        let Some(mut exchange) = self.talking().and_then(|talking| talking.exchange.take()) else { return };
        let target = exchange.target;
        if matches!(status, 408 | 481) {
            // RFC 3261 §12.2.1.2: the dialog is gone on the other side.
            if let Some(talking) = self.talking() {
                talking.exchange = Some(exchange);
            }
            self.finish(cx, Outcome::new(status, EndReason::Unreachable));
            return;
        }
        if let Some(asker) = exchange.asker.take() {
            let Some(leg) = self.leg_mut(asker.leg) else { return };
            leg.media.rollback();
            leg.reply_later(cx, asker.tx, &asker.request, told(status));
        } else if matches!(status, 491 | 500) {
            exchange.tx = None;
            self.retry_later(cx, target, exchange);
        }
    }

    fn retry_later(&mut self, cx: &mut Cx<'_>, target: LegIx, exchange: Exchange) {
        let Some(leg) = self.leg_mut(target) else { return };
        leg.glare += 1;
        if leg.glare > MAX_GLARE_RETRIES {
            leg.glare = 0;
            return;
        }
        if let Some(talking) = self.talking() {
            talking.exchange = Some(exchange);
        }
        let after = glare_delay(cx, target);
        cx.set(CallTimer::Retry(target), after);
    }

    /// The wait after a 491 is over.
    pub(super) fn retry(&mut self, cx: &mut Cx<'_>, ix: LegIx) {
        let waiting =
            self.talking().and_then(|talking| talking.exchange.take_if(|e| e.tx.is_none() && e.target == ix));
        let Some(exchange) = waiting else {
            self.refresh(cx, ix);
            return;
        };
        // What the other side wants may have changed while we waited.
        let wanted = self.heard_by(ix).cloned().unwrap_or(exchange.wanted);
        self.ask(cx, Exchange { asker: None, target: ix, tx: None, wanted });
    }

    /// The asker cancelled its re-INVITE.
    pub(super) fn offer_cancelled(&mut self, cx: &mut Cx<'_>, ix: LegIx, tx: ServerTx) {
        let Some(exchange) = self.talking().and_then(|talking| talking.exchange.as_mut()) else { return };
        let Some(asker) = exchange.asker.take_if(|asker| asker.tx == tx && asker.leg == ix) else { return };
        let asked = exchange.tx;
        if let Some(leg) = self.leg_mut(ix) {
            leg.media.rollback();
            leg.reply(cx, tx, &asker.request, StatusCode::REQUEST_TERMINATED);
        }
        cx.forget_server(tx);
        if let Some(asked) = asked {
            cx.core.endpoint.cancel(cx.now.mono, asked);
        }
    }

    /// The target rings, or whatever it does, for too long.
    pub(super) fn exchange_over(&mut self, cx: &mut Cx<'_>) {
        let Some(exchange) = self.talking().and_then(|talking| talking.exchange.as_mut()) else { return };
        let (asked, target, asker) = (exchange.tx, exchange.target, exchange.asker.take());
        if let Some(asked) = asked {
            cx.core.endpoint.cancel(cx.now.mono, asked);
        }
        let Some(asker) = asker else {
            // It was cancelled before, and had as long again: no final answer will come.
            self.talking().and_then(|talking| talking.exchange.take());
            if let Some(leg) = self.leg_mut(target) {
                leg.media.rollback();
            }
            return;
        };
        if let Some(leg) = self.leg_mut(asker.leg) {
            leg.media.rollback();
            leg.reply_later(cx, asker.tx, &asker.request, StatusCode::SERVER_INTERNAL_ERROR);
        }
        cx.set(CallTimer::Exchange, EXCHANGE_TIMEOUT);
    }

    /// The call ends: who waits for an answer gets a final one.
    pub(super) fn drop_exchange(&mut self, cx: &mut Cx<'_>) {
        let Some(exchange) = self.talking().and_then(|talking| talking.exchange.take()) else { return };
        if let Some(asked) = exchange.tx {
            cx.core.endpoint.cancel(cx.now.mono, asked);
        }
        if let Some(asker) = exchange.asker
            && let Some(leg) = self.leg(asker.leg)
        {
            leg.reply(cx, asker.tx, &asker.request, StatusCode::REQUEST_TERMINATED);
            cx.forget_server(asker.tx);
        }
    }

    /// The re-INVITE of an exchange went out again, with credentials.
    pub(super) fn offer_sent_again(&mut self, before: ClientTx, again: ClientTx) {
        if let Some(exchange) = self.current(before) {
            exchange.tx = Some(again);
        }
    }

    /// The exchange whose re-INVITE this is.
    fn current(&mut self, tx: ClientTx) -> Option<&mut Exchange> {
        self.talking()?.exchange.as_mut().filter(|exchange| exchange.tx == Some(tx))
    }
}

impl Leg {
    /// Whether a re-INVITE may go out: the leg stands and no INVITE of either side is open (RFC 3261 §14.1).
    pub(super) fn can_be_asked(&self) -> bool {
        self.state.is_confirmed() && self.unacknowledged.is_none() && self.session.refreshing.is_none()
    }

    fn refuse_description(&self, cx: &mut Cx<'_>, tx: ServerTx, request: &Request, error: &NegotiationError) {
        let mut response = self.response(cx, request, headers::status(error.status()));
        if let Some((code, text)) = error.warning() {
            response = response.header(HeaderName::Warning, format_args!("{code} pabx \"{text}\""));
        }
        cx.core.endpoint.respond(cx.now.mono, tx, response.build());
        cx.forget_server(tx);
    }

    /// Learns from the 2xx to a re-INVITE of ours.
    pub(super) fn accepted_again(&mut self, cx: &mut Cx<'_>, response: &Response) {
        if let Some(dialog) = &mut self.dialog {
            let _ = dialog.target_refresh(response.headers());
        }
        self.learn(response);
        self.session.asked(cx.now.mono, response, &cx.core.config);
    }
}

/// How long to wait after a 491 (RFC 3261 §14.1): the side that made the Call-ID waits longer. Ours are those of
/// the legs that we began.
pub(super) fn glare_delay(cx: &mut Cx<'_>, ix: LegIx) -> Duration {
    let (from, steps) = if ix == LegIx::CALLER { (0, 200) } else { (2100, 190) };
    Duration::from_millis(from + u64::from(cx.core.random.below(steps + 1)) * 10)
}

/// What a failure on the other leg is to the asker. A failure that is not about the offer says nothing of use.
fn told(status: u16) -> StatusCode {
    match status {
        415 | 488 | 491 | 500 | 503 | 603 | 606 => headers::status(status),
        _ => StatusCode::NOT_ACCEPTABLE_HERE,
    }
}

/// Whether the other side would have to know of the change.
fn sounds_different(before: &AudioStream, now: &AudioStream) -> bool {
    before.direction != now.direction
        || before.held != now.held
        || before.codecs != now.codecs
        || before.ptime != now.ptime
}

/// Whether `theirs` may send a format that `ours` does not take.
fn lacks(ours: &AudioStream, theirs: &AudioStream) -> bool {
    theirs.codecs.iter().any(|codec| !ours.codecs.iter().any(|own| own.name == codec.name))
}

/// What a feature answers: the same, seen from the other end.
fn mirrored(stream: &AudioStream) -> AudioStream {
    AudioStream { direction: stream.direction.reversed(), ..stream.clone() }
}
