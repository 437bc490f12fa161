//! A leg that we began: INVITE to a device or a provider, and what its answers ask of us.

use pabx_media::negotiation::MediaLeg;
use pabx_sip::dialog::Dialog;
use pabx_sip::digest::Challenges;
use pabx_sip::flow::Flow;
use pabx_sip::message::Request;
use pabx_sip::message::{HeaderName, Method, RequestBuilder, Response};
use pabx_sip::uri::Uri;

use super::session::Session;
use super::state::{LegState, Signal};
use super::{Abilities, Leg, LegIx, Pending, Purpose};
use crate::core::{Cx, Tag};
use crate::headers::{self, MaybeHeader, lists};
use crate::who::Who;

/// One INVITE. Every header is ours; nothing comes from the caller but the offer's formats.
pub(crate) struct Invite<'a> {
    /// Who is called.
    pub(crate) who: Who,
    /// By which way.
    pub(crate) flow: Flow,
    /// The Request-URI.
    pub(crate) uri: &'a Uri,
    /// From, without its tag.
    pub(crate) from: String,
    pub(crate) to: Uri,
    /// The user of our Contact.
    pub(crate) contact_user: &'a str,
    /// What else is said of who calls.
    pub(crate) more: &'a [(HeaderName, String)],
    /// Whether the session is refreshed.
    pub(crate) timer: bool,
    pub(crate) hops: u8,
    /// Whether the device may answer provisionally with 100rel.
    pub(crate) reliable: bool,
}

impl Invite<'_> {
    /// Sends it; the leg is gone already when the endpoint is full.
    pub(crate) fn send(&self, cx: &mut Cx<'_>, ix: LegIx, media: MediaLeg, sdp: String) -> Leg {
        let flow = self.flow;
        let tag = cx.new_tag(ix);
        let contact = headers::contact(&cx.core.config, &flow, self.contact_user);
        let request = self.build(cx, tag, &contact, sdp);
        let tx = cx.request(ix, flow, request.clone(), Purpose::Invite);
        Leg {
            ix,
            who: self.who,
            flow,
            tag,
            state: if tx.is_some() { LegState::Inviting } else { LegState::Gone },
            contact: contact.to_string().into(),
            dialog: None,
            media,
            pending: tx.map(|tx| Pending::Client { tx, request }),
            unacknowledged: None,
            held_back: None,
            answer_in_ack: false,
            acknowledged: None,
            peer: Abilities::default(),
            session: Session::new(self.timer),
            held: false,
            moved: false,
            glare: 0,
            challenges: Challenges::default(),
            sent: None,
        }
    }

    fn build(&self, cx: &mut Cx<'_>, tag: Tag, contact: &Uri, sdp: String) -> Request {
        let call_id = cx.core.random.token(16);
        let config = &cx.core.config;
        let from = &self.from;
        let (interval, minimum) = (config.session_interval.as_secs(), config.min_session_interval.as_secs());
        let supported = match (self.timer, self.reliable) {
            (true, true) => Some("timer, 100rel"),
            (true, false) => Some("timer"),
            (false, true) => Some("100rel"),
            (false, false) => None,
        };
        let request = RequestBuilder::new(Method::Invite, self.uri)
            .header(HeaderName::MaxForwards, self.hops)
            .header(HeaderName::From, format_args!("{from};tag={tag}"))
            .header(HeaderName::To, format_args!("<{}>", self.to))
            .header(HeaderName::CallId, call_id)
            .header(HeaderName::CSeq, "1 INVITE")
            .header(HeaderName::Contact, format_args!("<{contact}>"))
            .header(HeaderName::Allow, headers::ALLOW)
            .maybe(HeaderName::Supported, supported)
            .maybe(HeaderName::SessionExpires, self.timer.then_some(interval))
            .maybe(HeaderName::MinSe, self.timer.then_some(minimum))
            .header(HeaderName::UserAgent, &config.software);
        let more = |request: RequestBuilder, (name, value): &(HeaderName, String)| {
            request.header(name.clone(), value)
        };
        self.more.iter().fold(request, more).body(headers::SDP, sdp).build()
    }
}

/// What a 2xx to our INVITE is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Success {
    /// The first: the session stands, and was acknowledged.
    Won,
    /// The first, but the leg was cancelled: it was acknowledged and BYE is on its way.
    TooLate,
    /// A retransmission, or another branch behind the device: dealt with.
    Handled,
}

impl Leg {
    pub(super) fn send_cancel(&mut self, cx: &mut Cx<'_>, why: Option<&str>) {
        if let Some(Pending::Client { tx, .. }) = &self.pending {
            cx.core.endpoint.cancel_with(cx.now.mono, *tx, why);
        }
    }

    /// A provisional answer of the device: an early dialog, and PRACK when it asks for one. False when the answer
    /// came before (a retransmission) or out of order (RFC 3262 §4).
    pub(crate) fn early(&mut self, cx: &mut Cx<'_>, response: &Response) -> bool {
        let Some(Pending::Client { request, .. }) = &self.pending else { return false };
        let Some(tag) = response.to_tag() else { return true };
        let first_tag = self.dialog.as_ref().is_none_or(|dialog| *dialog.id().remote_tag == *tag);
        if self.dialog.is_none() {
            self.dialog = Dialog::uac(request, response, &self.flow).ok().map(Box::new);
            self.peer = Abilities::of(response.headers());
        }
        // Another branch behind the device: only the first may be heard before the answer.
        first_tag && self.acknowledge_provisional(cx, response)
    }

    /// RFC 3262 §4: PRACK, once for each, in order.
    fn acknowledge_provisional(&mut self, cx: &mut Cx<'_>, response: &Response) -> bool {
        if !lists(response.headers(), &HeaderName::Require, "100rel") {
            return true;
        }
        let Some(prack) = self.dialog.as_mut().and_then(|dialog| dialog.prack(response)) else {
            return false;
        };
        let prack = prack.header(HeaderName::UserAgent, &cx.core.config.software).build();
        self.send(cx, prack, Purpose::Prack);
        true
    }

    /// A 2xx of the device. ACK goes out in any case (RFC 3261 §13.2.2.4).
    pub(crate) fn success(&mut self, cx: &mut Cx<'_>, response: &Response) -> Success {
        let Some(pending) = self.pending.take() else {
            self.success_again(cx, response);
            return Success::Handled;
        };
        let Pending::Client { request, .. } = pending else { return Success::Handled };
        let early = self.dialog.take().filter(|early| response.to_tag() == Some(&*early.id().remote_tag));
        let confirmed = match early {
            Some(mut early) => early.confirm(response).map(|()| early).ok(),
            None => Dialog::uac(&request, response, &self.flow).map(Box::new).ok(),
        };
        if confirmed.is_none() {
            // No dialog can be made of it: nothing can be sent inside either.
            self.signal(Signal::Failure);
            return Success::TooLate;
        }
        self.dialog = confirmed;
        self.peer = Abilities::of(response.headers());
        self.acknowledge(cx, response);
        if self.signal(Signal::Success) == Some(LegState::Talking) {
            Success::Won
        } else {
            self.send_bye(cx);
            Success::TooLate
        }
    }

    /// Sends the ACK to a 2xx of this leg's dialog.
    pub(crate) fn acknowledge(&mut self, cx: &mut Cx<'_>, response: &Response) {
        let Some(cseq) = response.cseq() else { return };
        let Some(dialog) = &self.dialog else { return };
        let ack = dialog.ack(cseq.number).header(HeaderName::UserAgent, &cx.core.config.software);
        cx.core.endpoint.send_ack(self.flow, ack.build());
        self.acknowledged = Some(cseq.number);
    }

    /// A 2xx after the first: the same again is acknowledged again; one of another branch behind the device is
    /// acknowledged and ended at once.
    fn success_again(&mut self, cx: &mut Cx<'_>, response: &Response) {
        let Some(dialog) = &self.dialog else { return };
        if response.to_tag() == Some(&*dialog.id().remote_tag) {
            self.acknowledge(cx, response);
            return;
        }
        let Ok(mut other) = dialog.forked(response, &self.flow) else { return };
        let Some(cseq) = response.cseq() else { return };
        cx.core.endpoint.send_ack(self.flow, other.ack(cseq.number).build());
        let bye: RequestBuilder = other.request(Method::Bye);
        let _ = cx.core.endpoint.request(cx.now.mono, self.flow, bye.build());
    }
}
