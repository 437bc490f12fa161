//! How a call begins: the caller's leg, its offer, and where the call goes.

use pabx_media::negotiation::{AudioStream, LocalMedia, MediaLeg, NegotiationError};
use pabx_model::{EndReason, TraceStep};
use pabx_sip::dialog::Dialog;
use pabx_sip::digest::Challenges;
use pabx_sip::endpoint::ServerTx;
use pabx_sip::flow::Flow;
use pabx_sip::message::{HeaderName, Request};

use super::encryption::{self, encrypt};
use super::{Call, Phase, Ringing};
use crate::core::{Cx, Tag};
use crate::features::Feature;
use crate::headers::{self, Offer};
use crate::ledger::Side;
use crate::leg::incoming::Provisionals;
use crate::leg::session::Session;
use crate::leg::state::LegState;
use crate::leg::{Abilities, Leg, LegIx, Pending};
use crate::record::Outcome;
use crate::routing::arrival::Arrival;
use crate::routing::{Party, Route};
use crate::who::Who;

/// An authenticated INVITE that may be a call: it is in a server transaction and has its 100.
#[derive(Debug)]
pub(crate) struct Invitation {
    pub(crate) tx: ServerTx,
    pub(crate) request: Request,
    pub(crate) flow: Flow,
    pub(crate) caller: Party,
    /// What was dialled.
    pub(crate) dialled: Box<str>,
    /// What a provider says of a call that comes in.
    pub(crate) arrival: Option<Arrival>,
    /// Why it goes where it goes.
    pub(crate) trace: Vec<TraceStep>,
    /// What is left of Max-Forwards, for the requests that follow from this one.
    pub(crate) hops: u8,
}

impl Call {
    /// Begins the call. It may be over at once: then the caller was refused and the record is ended.
    pub(crate) fn begin(cx: &mut Cx<'_>, invitation: &Invitation, route: &Route) -> Self {
        let mut call = Self { legs: Vec::with_capacity(2), phase: Phase::Ending };
        let Some(port) = cx.ports.open() else {
            call.legs.push(caller_leg(cx, invitation, 0));
            call.no_ports(cx);
            return call;
        };
        cx.ledger.open_port(Side::Caller, port, cx.core);
        call.legs.push(caller_leg(cx, invitation, port));
        let offer = match call.caller_offer(&invitation.request) {
            Ok(offer) => offer,
            Err(error) => {
                encryption::trace_error(cx, invitation.caller.who, &error);
                call.refuse_offer(cx, &error);
                return call;
            }
        };
        let late_offer = offer.is_none();
        let stream = offer.unwrap_or_else(AudioStream::preferred);
        call.phase = Phase::Ringing(Box::new(Ringing {
            best: super::BestRefusal::default(),
            early: None,
            late_offer,
            ways: None,
        }));
        match route {
            Route::Feature(Feature::Echo) => crate::features::echo::start(&mut call, cx, &stream),
            Route::Extension(callee) => call.ring(cx, invitation, callee, &stream),
            Route::Outward(outward) => call.go_out(cx, invitation, outward, &stream),
        }
        call
    }

    /// The caller's offer; `None`: it wants ours.
    fn caller_offer(&mut self, request: &Request) -> Result<Option<AudioStream>, NegotiationError> {
        let Some(caller) = self.leg_mut(LegIx::CALLER) else { return Err(NegotiationError::NoOffer) };
        match Offer::of(request) {
            Offer::Sdp(body) => {
                let stream = caller.media.remote_offer(&body)?;
                caller.held = stream.held;
                Ok(Some(stream))
            }
            // It would have to be in clear.
            Offer::None | Offer::Foreign if !caller.media.can_offer() => Err(NegotiationError::KeysInClear),
            // Other bodies were refused before the call began.
            Offer::None | Offer::Foreign => Ok(None),
        }
    }

    fn refuse_offer(&mut self, cx: &mut Cx<'_>, error: &NegotiationError) {
        let status = error.status();
        if let Some(caller) = self.leg_mut(LegIx::CALLER) {
            let warning =
                error.warning().map(|(code, text)| (HeaderName::Warning, format!("{code} pabx \"{text}\"")));
            caller.refuse(cx, headers::status(status), warning);
        }
        self.phase = Phase::Talking(Box::default());
        self.finish(cx, Outcome::new(status, EndReason::MediaNegotiation));
    }

    /// All RTP ports are in use: 503 with Retry-After.
    pub(super) fn no_ports(&mut self, cx: &mut Cx<'_>) {
        cx.core.alarm(crate::api::Alarm::NoMediaPorts);
        self.phase = Phase::Talking(Box::default());
        self.finish(cx, Outcome::new(503, EndReason::NoMediaPort));
    }
}

/// The leg of who calls.
fn caller_leg(cx: &mut Cx<'_>, invitation: &Invitation, rtp_port: u16) -> Leg {
    let Invitation { tx, request, flow, caller, dialled, .. } = invitation;
    let tag: Tag = cx.new_tag(LegIx::CALLER);
    cx.own_server(LegIx::CALLER, *tx);
    let contact = headers::contact(&cx.core.config, flow, dialled);
    let dialog = Dialog::uas(request, &tag.to_string(), flow).ok().map(Box::new);
    Leg {
        ix: LegIx::CALLER,
        who: caller.who,
        flow: *flow,
        tag,
        state: LegState::Invited,
        contact: contact.to_string().into(),
        dialog,
        media: new_media(cx, caller.who, flow, rtp_port),
        pending: Some(Pending::Server {
            tx: *tx,
            request: request.clone(),
            provisionals: Provisionals::of(request),
        }),
        unacknowledged: None,
        held_back: None,
        answer_in_ack: false,
        acknowledged: None,
        peer: Abilities::of(request.headers()),
        session: Session::new(cx.core.keeps_sessions(caller.who)),
        held: false,
        moved: false,
        glare: 0,
        challenges: Challenges::default(),
        sent: None,
    }
}

/// The negotiation of a leg on this flow.
pub(super) fn new_media(cx: &mut Cx<'_>, who: Who, flow: &Flow, rtp_port: u16) -> MediaLeg {
    let ip = cx.core.config.media_ip(flow);
    // RFC 8866 §5.2: numeric; 62 bits keep it positive for those who read it into a signed number.
    let mut media = MediaLeg::new(LocalMedia { ip, rtp_port }, cx.core.random.u64() >> 2);
    media.signalled_from(flow.remote.ip());
    let line = who.trunk_id().and_then(|id| cx.core.trunks.line(id));
    if let Some(codecs) = line.and_then(|line| line.codecs.clone()) {
        media.restrict_to(codecs);
    }
    encrypt(cx, &mut media, who, flow);
    media
}
