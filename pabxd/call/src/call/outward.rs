//! A call that leaves by a trunk: its providers are asked one after the other until one takes it.
//!
//! | event                                        | what follows                                                |
//! |----------------------------------------------|-------------------------------------------------------------|
//! | no connection, no answer at all in 5 s       | the provider's next server; after the last, the next trunk  |
//! | 100, and nothing more in 20 s                | the same                                                    |
//! | 408, 5xx                                     | the same                                                    |
//! | 401, 407                                     | answered, twice at most; then the next trunk                |
//! | 403, 3xx, and a password that is not taken   | the next trunk: another server would say the same           |
//! | 180, 181, 182, 183                           | from here on it is this provider or none, unless the route wants otherwise |
//! | any other refusal                            | it is about who is called: the caller is told               |
//!
//! A redirection (3xx) is never followed: where calls go is decided here. A call for help asks every trunk, whatever the one before
//! it said and however far it came.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use pabx_media::codec::CodecName;
use pabx_media::negotiation::AudioStream;
use pabx_model::{EncryptionFault, EndReason, TraceStep, TrunkId};
use pabx_sip::endpoint::ClientTx;
use pabx_sip::flow::Flow;
use pabx_sip::message::{Response, StatusCode};
use pabx_sip::uri::Uri;

use super::begin::{Invitation, new_media};
use super::{Call, Phase, encryption};
use crate::api::Report;
use crate::core::{CallTimer, Cx};
use crate::ledger::Side;
use crate::leg::outgoing::Invite;
use crate::leg::state::LegState;
use crate::leg::{Leg, LegIx, Pending, Purpose};
use crate::record::Outcome;
use crate::routing::host_of;
use crate::routing::outbound::choice::Attempt;
use crate::routing::outbound::{MAX_ATTEMPTS, Outward};
use crate::trunk::Reached;
use crate::trunk::presentation::{Caller, Forwarded, Presentation, presentation};
use crate::who::Who;

/// How long a provider may say nothing at all.
const SILENT: Duration = Duration::from_secs(5);
/// How long it may take from 100 to the first sign that somebody is being called.
const TRYING: Duration = Duration::from_secs(20);
/// How long it may ring outside (RFC 3261 §16.6, timer C).
const RINGING: Duration = Duration::from_mins(3);
/// INVITEs that one call sends at most, over all trunks and servers.
const MAX_INVITES: usize = 8;
/// Servers of one trunk that a call for help asks, before the next trunk is.
const SERVERS_FOR_HELP: usize = 2;

/// What is special about a call that leaves.
#[derive(Clone, Copy, Debug)]
struct Kind {
    emergency: bool,
    /// Another trunk is tried even after somebody was being called.
    after_ringing: bool,
}

impl Kind {
    /// INVITEs that are sent at most.
    const fn invites(self) -> usize {
        if self.emergency { MAX_ATTEMPTS * SERVERS_FOR_HELP } else { MAX_INVITES }
    }
}

/// How a call goes on where a provider does not take it.
#[derive(Debug)]
pub(super) struct Ways {
    /// Trunks; the first is the one in use.
    attempts: VecDeque<Attempt>,
    kind: Kind,
    /// A trunk was passed over for its codecs.
    no_codec: bool,
    /// Servers of the first trunk, in order.
    servers: VecDeque<usize>,
    /// Whether the first trunk's servers are known and it has a channel.
    entered: bool,
    /// Somebody is being called: there is no other way any more.
    rings: bool,
    invites: usize,
    caller: Caller,
    offer: AudioStream,
    hops: u8,
}

impl Call {
    /// Calls a number outside.
    pub(super) fn go_out(
        &mut self,
        cx: &mut Cx<'_>,
        invitation: &Invitation,
        outward: &Outward,
        offer: &AudioStream,
    ) {
        let Some(port) = cx.ports.open() else {
            self.no_ports(cx);
            return;
        };
        cx.ledger.open_port(Side::Callee, port, cx.core);
        let mut attempts: VecDeque<Attempt> = outward.attempts.iter().cloned().collect();
        put_down_last(cx, &mut attempts);
        if let Phase::Ringing(ringing) = &mut self.phase {
            ringing.ways = Some(Box::new(Ways {
                attempts,
                kind: Kind { emergency: outward.is_emergency(), after_ringing: outward.after_ringing },
                no_codec: false,
                servers: VecDeque::new(),
                entered: false,
                rings: false,
                invites: 0,
                caller: Caller {
                    name: invitation.caller.name.clone(),
                    number: outward.caller_id.clone(),
                    withheld: outward.withheld,
                    forwarded: invitation.arrival.as_ref().map(|arrival| Forwarded {
                        by: arrival.called.clone(),
                        caller: arrival.caller.clone(),
                        name: arrival.name.clone(),
                        before: arrival.diversions,
                    }),
                },
                offer: offer.clone(),
                hops: invitation.hops,
            }));
        }
        self.next_way(cx);
    }

    fn ways(&mut self) -> Option<&mut Ways> {
        match &mut self.phase {
            Phase::Ringing(ringing) => ringing.ways.as_deref_mut(),
            _ => None,
        }
    }

    /// Asks the next server, of this trunk or of the next.
    fn next_way(&mut self, cx: &mut Cx<'_>) {
        cx.clear(CallTimer::Way);
        while let Some(ways) = self.ways() {
            let Some(attempt) = ways.attempts.front().cloned() else { break };
            if !ways.entered && !enter(cx, ways, &attempt) {
                ways.attempts.pop_front();
                continue;
            }
            let Some(server) = ways.servers.front().copied().filter(|_| ways.invites < ways.kind.invites())
            else {
                leave(cx, ways);
                continue;
            };
            match cx.core.reach(attempt.trunk_id, server) {
                Reached::By(flow) => {
                    ways.servers.pop_front();
                    if self.invite_provider(cx, &attempt, flow) {
                        return;
                    }
                }
                Reached::Later => {
                    let key = cx.ledger.key;
                    cx.core.await_path(attempt.trunk_id, key);
                    cx.set(CallTimer::Way, SILENT);
                    return;
                }
                Reached::Never => {
                    ways.servers.pop_front();
                }
            }
        }
        let no_codec = self.ways().is_some_and(|ways| ways.no_codec && ways.invites == 0);
        let outcome = if no_codec { (488, EndReason::MediaNegotiation) } else { (503, EndReason::NoTrunk) };
        if matches!(self.phase, Phase::Ringing(_)) {
            self.finish(cx, Outcome::new(outcome.0, outcome.1));
        }
    }

    /// A connection that this call waited for came about, or did not.
    pub(crate) fn way_ready(&mut self, cx: &mut Cx<'_>) {
        let waits = self.ways().is_some_and(|ways| !ways.rings && ways.entered);
        let asked = self.legs.iter().skip(1).any(|leg| leg.state == LegState::Inviting);
        if !waits || asked {
            return;
        }
        // Where it did not come about, this server is passed over.
        let Some(ways) = self.ways() else { return };
        let server = ways.servers.front().copied();
        let trunk = ways.attempts.front().map(|attempt| attempt.trunk_id);
        let there = trunk.zip(server).is_some_and(|(trunk, server)| has_flow(cx, trunk, server));
        if !there {
            ways.servers.pop_front();
        }
        self.next_way(cx);
    }

    /// Sends the INVITE; false when it could not be sent.
    fn invite_provider(&mut self, cx: &mut Cx<'_>, attempt: &Attempt, flow: Flow) -> bool {
        let Ok(ix) = u8::try_from(self.legs.len()).map(LegIx) else { return false };
        let late_offer = matches!(&self.phase, Phase::Ringing(ringing) if ringing.late_offer);
        let Some(port) = self.leg(LegIx::CALLER).map(|_| cx.ledger.port_number(Side::Callee)) else {
            return false;
        };
        let Some(ways) = self.ways() else { return false };
        ways.invites += 1;
        let (mut caller, hops, offer) = (ways.caller.clone(), ways.hops, ways.offer.clone());
        let Some(line) = cx.core.trunks.line(attempt.trunk_id) else { return false };
        let trunk = &line.trunk;
        caller.number = caller.number.or_else(|| trunk.caller_id.as_ref().map(|id| id.as_str().into()));
        let username = line.username().to_owned();
        let uri = Uri::sip(Some(&attempt.number), host_of(trunk.host.as_str()), trunk.port);
        let who = Who::Trunk { account_id: trunk.account_id, trunk_id: attempt.trunk_id };
        let Presentation { from, headers } = presentation(trunk, &username, &caller, &attempt.number);
        let invite = Invite {
            who,
            flow,
            uri: &uri,
            from,
            to: uri.clone(),
            contact_user: &username,
            more: &headers,
            timer: trunk.profile.session_timer,
            hops,
            reliable: !late_offer,
        };
        let mut media = new_media(cx, who, &flow, port);
        if !media.can_offer() {
            encryption::trace(cx, who, EncryptionFault::ClearSignalling);
            return false;
        }
        let sdp = media.local_offer(&offer);
        let leg = invite.send(cx, ix, media, sdp);
        let sent = !leg.is_gone();
        self.legs.push(leg);
        let step = TraceStep::TrunkTried { trunk_id: attempt.trunk_id, server: flow.remote.to_string() };
        cx.ledger.trace(step);
        if sent {
            cx.set(CallTimer::Way, SILENT);
        }
        sent
    }

    /// A provider says something: it is there, or somebody is being called.
    pub(super) fn way_lives(&mut self, cx: &mut Cx<'_>, ix: LegIx, status: StatusCode) {
        let current = self.leg(ix).is_some_and(|leg| leg.state == LegState::Inviting);
        let Some(ways) = self.ways().filter(|ways| current && !ways.rings) else { return };
        if status == StatusCode::TRYING {
            cx.set(CallTimer::Way, TRYING);
            return;
        }
        ways.rings = true;
        cx.clear(CallTimer::Way);
        cx.set(CallTimer::Ring, RINGING);
    }

    /// Nothing came in time: the leg is cancelled, and the next way tried.
    pub(super) fn way_over(&mut self, cx: &mut Cx<'_>) {
        let Some(ix) = self.asked() else {
            // A connection did not come about in time.
            if let Some(ways) = self.ways() {
                ways.servers.pop_front();
            }
            self.next_way(cx);
            return;
        };
        if let Some(leg) = self.leg_mut(ix) {
            leg.hang_up(cx, StatusCode::REQUEST_TERMINATED);
        }
        self.way_refused(cx, ix, 408);
    }

    /// The leg whose INVITE is open.
    fn asked(&self) -> Option<LegIx> {
        self.legs.iter().skip(1).find(|leg| leg.state == LegState::Inviting).map(|leg| leg.ix)
    }

    /// A provider refused, did not answer (408) or cannot be reached (503).
    pub(super) fn way_refused(&mut self, cx: &mut Cx<'_>, ix: LegIx, status: u16) {
        let trunk = self.leg(ix).and_then(|leg| leg.who.trunk_id());
        let Some(ways) = self.ways() else { return };
        let emergency = ways.kind.emergency;
        let follows = what_follows(status);
        if !emergency && ((ways.rings && !ways.kind.after_ringing) || follows == Follows::Told) {
            let outcome = Outcome::new(told(status), reason(status));
            self.finish(cx, outcome);
            return;
        }
        if follows != Follows::NextServer || ways.rings {
            ways.servers.clear();
        }
        ways.rings = false;
        if let Phase::Ringing(ringing) = &mut self.phase {
            ringing.early = None;
        }
        if let Some(trunk_id) = trunk {
            cx.ledger.trace(TraceStep::TrunkFailed { trunk_id, status });
        }
        self.next_way(cx);
    }

    /// Whether somebody calls for help.
    pub(super) fn is_for_help(&mut self) -> bool {
        self.ways().is_some_and(|ways| ways.kind.emergency)
    }

    /// Answers a challenge of a provider to our INVITE; false when it may not be answered, or is none.
    pub(super) fn answers_challenge(&mut self, cx: &mut Cx<'_>, ix: LegIx, response: &Response) -> bool {
        if !matches!(response.status().code(), 401 | 407) {
            return false;
        }
        self.leg_mut(ix).is_some_and(|leg| leg.invites_again(cx, response))
    }
}

impl Call {
    /// Answers a challenge of a provider to a request inside the dialog; false when it may not be answered, or is none.
    pub(super) fn answers_inside(
        &mut self,
        cx: &mut Cx<'_>,
        ix: LegIx,
        (purpose, tx): (Purpose, ClientTx),
        response: &Response,
    ) -> bool {
        let repeatable = matches!(purpose, Purpose::Bye | Purpose::Offer | Purpose::Refresh);
        if !repeatable || !matches!(response.status().code(), 401 | 407) {
            return false;
        }
        let Some(leg) = self.leg_mut(ix) else { return false };
        let Some(request) = leg.sent.take().filter(|sent| sent.cseq() == response.cseq()) else {
            return false;
        };
        let Some((again, request)) = leg.send_again(cx, &request, response, purpose) else { return false };
        if let Some(dialog) = &mut leg.dialog {
            dialog.sent_again();
        }
        leg.sent = Some(request);
        match purpose {
            Purpose::Refresh => leg.session.refreshing = Some(again),
            Purpose::Offer => self.offer_sent_again(tx, again),
            _ => {}
        }
        true
    }
}

impl Leg {
    /// Sends our INVITE again with the credentials that its challenge asks for.
    fn invites_again(&mut self, cx: &mut Cx<'_>, response: &Response) -> bool {
        if self.state != LegState::Inviting {
            return false;
        }
        let Some(Pending::Client { request, .. }) = &self.pending else { return false };
        let request = request.clone();
        let Some((tx, again)) = self.send_again(cx, &request, response, Purpose::Invite) else {
            return false;
        };
        self.pending = Some(Pending::Client { tx, request: again });
        // The refusal made no dialog, whatever tag it had.
        self.dialog = None;
        true
    }
}

/// Takes a channel of a trunk and looks its servers up, the one in use first; false when it cannot carry the call.
fn enter(cx: &mut Cx<'_>, ways: &mut Ways, attempt: &Attempt) -> bool {
    let trunk = attempt.trunk_id;
    let Some(line) = cx.core.trunks.line(trunk).filter(|line| line.is_active()) else { return false };
    let limit = usize::try_from(line.trunk.max_calls).unwrap_or(usize::MAX);
    let (name, count, current) = (line.trunk.name.to_string(), line.paths.len(), line.current);
    let understood =
        |only: &Arc<[CodecName]>| ways.offer.codecs.iter().any(|codec| only.contains(&codec.name));
    if ways.offer.has_audio() && !line.codecs.as_ref().is_none_or(understood) {
        ways.no_codec = true;
        let why = pabx_model::SkipReason::NoCodec;
        cx.ledger.trace(TraceStep::TrunkSkipped { trunk_id: trunk, name, why });
        return false;
    }
    if !cx.core.active.take_channel(trunk, limit) {
        if !ways.kind.emergency {
            let why = pabx_model::SkipReason::Full;
            cx.ledger.trace(TraceStep::TrunkSkipped { trunk_id: trunk, name, why });
            return false;
        }
        cx.core.active.seize_channel(trunk);
    }
    cx.ledger.free_channel(cx.core);
    cx.ledger.channel = Some(trunk);
    cx.ledger.price = attempt.price;
    // A call that is forwarded is one of the trunk that it came in by.
    if cx.ledger.came_by.is_none() {
        cx.ledger.record.trunk_id = Some(trunk);
        cx.core.report(Report::CallRouted(Box::new(cx.ledger.record.clone())));
    }
    let most = if ways.kind.emergency { SERVERS_FOR_HELP } else { usize::MAX };
    ways.servers = (current..count).chain(0..current.min(count)).take(most).collect();
    ways.entered = true;
    true
}

/// Gives a trunk up.
fn leave(cx: &mut Cx<'_>, ways: &mut Ways) {
    ways.entered = false;
    ways.attempts.pop_front();
    cx.ledger.free_channel(cx.core);
}

fn has_flow(cx: &Cx<'_>, trunk: TrunkId, server: usize) -> bool {
    let path = cx.core.trunks.line(trunk).and_then(|line| line.paths.get(server));
    path.is_some_and(|path| path.flow.is_some())
}

/// Trunks that are down are tried after those that are not: what is known of them may be old.
fn put_down_last(cx: &mut Cx<'_>, attempts: &mut VecDeque<Attempt>) {
    let is_down = |attempt: &Attempt| cx.core.is_trunk_down(attempt.trunk_id);
    let (down, up): (VecDeque<_>, VecDeque<_>) = std::mem::take(attempts).into_iter().partition(is_down);
    if !up.is_empty() {
        for attempt in &down {
            let name = cx.core.trunks.line(attempt.trunk_id).map(|line| line.trunk.name.to_string());
            cx.ledger.trace(TraceStep::TrunkSkipped {
                trunk_id: attempt.trunk_id,
                name: name.unwrap_or_default(),
                why: pabx_model::SkipReason::Down,
            });
        }
    }
    *attempts = up.into_iter().chain(down).collect();
}

/// What a provider's refusal means. See the table at the head of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follows {
    NextServer,
    NextTrunk,
    Told,
}

fn what_follows(status: u16) -> Follows {
    match status {
        408 | 500..=599 => Follows::NextServer,
        300..=399 | 401 | 403 | 407 => Follows::NextTrunk,
        _ => Follows::Told,
    }
}

/// What the caller is told of a provider's refusal. What concerns only us and the provider is no business of the caller.
fn told(status: u16) -> u16 {
    match status {
        404 | 410 | 415 | 480 | 484 | 486 | 488 | 600 | 603 | 606 | 607 | 608 => status,
        604 => 404,
        _ => 503,
    }
}

fn reason(status: u16) -> EndReason {
    match status {
        404 | 410 | 484 | 604 => EndReason::UnknownNumber,
        408 | 503 => EndReason::Unreachable,
        _ => EndReason::CalleeRejected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_about_the_provider_leads_to_another() {
        for status in [408, 500, 502, 503, 504] {
            assert_eq!(what_follows(status), Follows::NextServer, "{status}");
        }
        for status in [301, 302, 380, 401, 403, 407] {
            assert_eq!(what_follows(status), Follows::NextTrunk, "{status}");
        }
        for status in [404, 480, 484, 486, 488, 600, 603] {
            assert_eq!((what_follows(status), told(status)), (Follows::Told, status));
        }
    }

    #[test]
    fn a_caller_hears_nothing_of_challenges_and_redirections() {
        for status in [302, 401, 403, 407, 420, 481, 500] {
            assert_eq!(told(status), 503, "{status}");
        }
    }
}
