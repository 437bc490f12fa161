//! One leg of a call: a dialog with one peer, its media negotiation and its session timer.
//!
//! - [`state`]: where a leg stands, as a table;
//! - [`incoming`]: a leg that the peer began: provisional and final answers to its INVITE, 100rel;
//! - [`outgoing`]: a leg that we began: INVITE, PRACK, ACK, CANCEL;
//! - [`session`]: RFC 4028 on one leg.
//!
//! A leg knows nothing of the other leg; the call joins them.

pub(crate) mod incoming;
pub(crate) mod outgoing;
pub(crate) mod session;
pub(crate) mod state;

use std::sync::Arc;

use pabx_media::negotiation::MediaLeg;
use pabx_sip::dialog::Dialog;
use pabx_sip::digest::Challenges;
use pabx_sip::endpoint::{ClientTx, ServerTx};
use pabx_sip::flow::Flow;
use pabx_sip::message::{
    HeaderName, Headers, Method, Request, RequestBuilder, Response, ResponseBuilder, StatusCode,
};

use pabx_sip::registrar::Binding;

use self::incoming::Provisionals;
use self::session::Session;
use self::state::{LegState, Signal};
use crate::core::{Cx, Tag};
use crate::headers::{self, lists};
use crate::ledger::Side;
use crate::who::Who;

/// A leg's place in its call: 0 is who called, the rest are the devices that were rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LegIx(pub(crate) u8);

impl LegIx {
    pub(crate) const CALLER: Self = Self(0);

    pub(crate) fn side(self) -> Side {
        if self == Self::CALLER { Side::Caller } else { Side::Callee }
    }
}

/// What a client transaction of a leg is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The INVITE that began the leg.
    Invite,
    /// A re-INVITE with an offer.
    Offer,
    /// A refresh of the session (RFC 4028): UPDATE without a body, or a re-INVITE that changes nothing.
    Refresh,
    /// The end of the leg.
    Bye,
    /// An acknowledgement of a reliable provisional answer.
    Prack,
    /// A key press on its way from the other leg, whose INFO waits for the outcome.
    Info(ServerTx),
}

/// What the peer said it can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Abilities {
    /// It allows UPDATE (RFC 3311).
    pub(crate) update: bool,
    /// It supports session timers (RFC 4028).
    pub(crate) timer: bool,
    /// It supports reliable provisional answers (RFC 3262).
    pub(crate) reliable: bool,
}

impl Abilities {
    pub(crate) fn of(headers: &Headers) -> Self {
        let supports = |token: &str| {
            lists(headers, &HeaderName::Supported, token) || lists(headers, &HeaderName::Require, token)
        };
        Self {
            update: lists(headers, &HeaderName::Allow, Method::Update.as_str()),
            timer: supports("timer"),
            reliable: supports("100rel"),
        }
    }
}

/// The INVITE that began the leg, while it has no final answer.
#[derive(Debug)]
pub(crate) enum Pending {
    /// The peer's.
    Server { tx: ServerTx, request: Request, provisionals: Provisionals },
    /// Ours.
    Client { tx: ClientTx, request: Request },
}

/// One leg of a call.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) ix: LegIx,
    /// Who is at the other end.
    pub(crate) who: Who,
    pub(crate) flow: Flow,
    pub(crate) tag: Tag,
    pub(crate) state: LegState,
    /// Our Contact on this leg.
    pub(crate) contact: Box<str>,
    /// Early or confirmed. An outgoing leg has none before the first answer with a tag.
    pub(crate) dialog: Option<Box<Dialog>>,
    pub(crate) media: MediaLeg,
    pub(crate) pending: Option<Pending>,
    /// A 2xx of ours to a (re-)INVITE that waits for its ACK.
    pub(crate) unacknowledged: Option<ServerTx>,
    /// The INVITE whose 2xx may be held back for a PRACK, until the ACK.
    pub(crate) held_back: Option<Request>,
    /// Our offer went out in a 2xx: the answer comes in the ACK (RFC 3261 §13.2.1).
    pub(crate) answer_in_ack: bool,
    /// CSeq of our last INVITE that had a 2xx, to acknowledge its retransmissions.
    pub(crate) acknowledged: Option<u32>,
    pub(crate) peer: Abilities,
    pub(crate) session: Session,
    /// Whether the peer put us on hold, or does not send by agreement.
    pub(crate) held: bool,
    /// The leg has been moved to another flow of its device after its own broke.
    pub(crate) moved: bool,
    /// Tries of our own offer or refresh that met a 491.
    pub(crate) glare: u8,
    /// Challenges that our request that is under way has met.
    pub(crate) challenges: Challenges,
    /// Our last request inside the dialog, where the peer is a provider: it may want it again with credentials.
    pub(crate) sent: Option<Request>,
}

impl Leg {
    /// Takes a signal in. The new state, when there is one: the caller does what the table says.
    pub(crate) fn signal(&mut self, signal: Signal) -> Option<LegState> {
        let next = self.state.after(signal)?;
        self.state = next;
        Some(next)
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.state == LegState::Gone
    }

    /// Whether these ids are this leg's dialog (RFC 3261 §12.2.2); the local tag has been matched before.
    pub(crate) fn is_dialog_of(&self, request: &Request) -> bool {
        let Some(dialog) = &self.dialog else { return false };
        let id = dialog.id();
        request.call_id() == Some(&*id.call_id) && request.from_tag().unwrap_or_default() == &*id.remote_tag
    }

    /// Starts a response to a request of this leg's peer.
    pub(crate) fn response(&self, cx: &Cx<'_>, request: &Request, status: StatusCode) -> ResponseBuilder {
        ResponseBuilder::to(request, status)
            .to_tag(&self.tag.to_string())
            .header(HeaderName::Server, &cx.core.config.software)
    }

    /// Adds what a response that makes or refreshes a dialog says (RFC 3261 §12.1.1, §20.5, §20.37).
    pub(crate) fn with_contact(&self, response: ResponseBuilder) -> ResponseBuilder {
        response
            .header(HeaderName::Contact, format_args!("<{}>", self.contact))
            .header(HeaderName::Allow, headers::ALLOW)
            .header(HeaderName::Supported, headers::SUPPORTED)
    }

    /// Answers a request of the peer with nothing but a status.
    pub(crate) fn reply(&self, cx: &mut Cx<'_>, tx: ServerTx, request: &Request, status: StatusCode) {
        let response = self.response(cx, request, status).build();
        cx.core.endpoint.respond(cx.now.mono, tx, response);
    }

    /// Starts a request inside the dialog. `None`: there is no dialog yet.
    pub(crate) fn request(&mut self, cx: &Cx<'_>, method: Method) -> Option<RequestBuilder> {
        let target_refresh = matches!(method, Method::Invite | Method::Update);
        let contact = target_refresh.then(|| format!("<{}>", self.contact));
        let builder = self.dialog.as_mut()?.request(method);
        let builder = builder.header(HeaderName::UserAgent, &cx.core.config.software);
        Some(match contact {
            Some(contact) => builder
                .header(HeaderName::Contact, contact)
                .header(HeaderName::Allow, headers::ALLOW)
                .header(HeaderName::Supported, headers::SUPPORTED),
            None => builder,
        })
    }

    /// Sends a request on this leg's flow; false when the endpoint is full.
    pub(crate) fn send(&mut self, cx: &mut Cx<'_>, request: Request, purpose: Purpose) -> Option<ClientTx> {
        if self.who.trunk_id().is_some() {
            self.challenges = Challenges::default();
            self.sent = Some(request.clone());
        }
        cx.request(self.ix, self.flow, request, purpose)
    }

    /// Sends a request of ours again, with the credentials that its challenge asks for (RFC 3261 §22.2).
    pub(crate) fn send_again(
        &mut self,
        cx: &mut Cx<'_>,
        request: &Request,
        challenge: &Response,
        purpose: Purpose,
    ) -> Option<(ClientTx, Request)> {
        let cnonce = cx.core.random.token(8);
        let line = cx.core.trunks.line_mut(self.who.trunk_id()?)?;
        let peer = line.trunk.host.as_str().to_owned();
        let asked = (request.method(), request.uri_text());
        let answerer = line.answerer.as_mut()?;
        let answer = answerer.answer(&mut self.challenges, &peer, challenge, asked, &cnonce).ok()?;
        let again = request.again(&answer.name, &answer.value)?;
        let tx = cx.request(self.ix, self.flow, again.clone(), purpose)?;
        Some((tx, again))
    }

    /// Ends the leg, whatever its state: BYE, CANCEL, or nothing yet (see the table in [`state`]). An INVITE of
    /// the peer that is still open is refused with `refusal`.
    pub(crate) fn hang_up(&mut self, cx: &mut Cx<'_>, refusal: StatusCode) {
        self.hang_up_because(cx, refusal, None);
    }

    /// The same; a device whose INVITE is cancelled is told why (RFC 3326).
    pub(crate) fn hang_up_because(&mut self, cx: &mut Cx<'_>, refusal: StatusCode, why: Option<&str>) {
        if self.state == LegState::Invited {
            self.refuse(cx, refusal, None);
            return;
        }
        match self.signal(Signal::HangUp) {
            Some(LegState::Leaving) => self.send_bye(cx),
            Some(LegState::Cancelling) => self.send_cancel(cx, why),
            _ => {}
        }
    }

    /// Sends BYE; without room for a transaction the leg is simply over for us.
    pub(crate) fn send_bye(&mut self, cx: &mut Cx<'_>) {
        let sent = self
            .request(cx, Method::Bye)
            .map(RequestBuilder::build)
            .and_then(|bye| self.send(cx, bye, Purpose::Bye));
        if sent.is_none() {
            self.signal(Signal::Done);
        }
    }

    /// The leg's connection broke: whether its device has come back on another, and the leg goes on there. Once
    /// between two requests of the peer.
    pub(crate) fn follow_device(&mut self, cx: &Cx<'_>) -> bool {
        if self.moved || !self.flow.is_reliable() {
            return false;
        }
        let Who::Extension(aor) = self.who else { return self.follow_provider(cx) };
        // A call with keys in its descriptions does not go on in clear.
        let keys = self.media.suite().is_some();
        let came_back = |device: &Arc<Binding>| {
            let fits = !keys || device.flow.transport.is_secure();
            fits && device.flow != self.flow && device.flow.remote.ip() == self.flow.remote.ip()
        };
        let devices = cx.core.registrations.devices(cx.now.mono, aor);
        let Some(device) = devices.into_iter().find(came_back) else { return false };
        self.flow = device.flow;
        self.moved = true;
        true
    }

    /// The same for a provider: another connection to the server that the leg's was to.
    fn follow_provider(&mut self, cx: &Cx<'_>) -> bool {
        let line = self.who.trunk_id().and_then(|id| cx.core.trunks.line(id));
        let flows = line.into_iter().flat_map(|line| line.paths.iter().filter_map(|path| path.flow));
        let mut there = flows.filter(|flow| *flow != self.flow && flow.remote.ip() == self.flow.remote.ip());
        let Some(flow) = there.next() else { return false };
        self.flow = flow;
        self.moved = true;
        true
    }

    /// The peer's ACK to our 2xx, or the end of the wait for it.
    pub(crate) fn acknowledged(&mut self, cx: &mut Cx<'_>, tx: ServerTx, signal: Signal) {
        if self.unacknowledged == Some(tx) {
            self.unacknowledged = None;
            self.held_back = None;
        }
        cx.forget_server(tx);
        if self.signal(signal) == Some(LegState::Leaving) {
            self.send_bye(cx);
        }
    }

    /// Learns from an answer of the peer inside the dialog.
    pub(crate) fn learn(&mut self, response: &Response) {
        if response.headers().has(&HeaderName::Allow) {
            self.peer.update = lists(response.headers(), &HeaderName::Allow, Method::Update.as_str());
        }
    }
}
