//! What is kept of a call outside of its value: its record, and everything that must be given back.
//!
//! The rule that makes a call droppable: whatever a call takes from the engine (ports, timers, places in the
//! tables of transactions and dialogs, its share of the limits) is noted here in the same step. So a call may be
//! dropped at any point, by a panic too, and [`Ledger::release`] leaves nothing behind.

use std::time::Instant;

use pabx_media::command::{LegId, MediaCommand};
use pabx_media::relay::LegStats;
use pabx_model::guard::{cost, is_counted};
use pabx_model::{CallRecord, Class, StoreWrite, TraceStep, TrunkId};
use pabx_sip::endpoint::{ClientTx, ServerTx};
use pabx_sip::message::{Request, ResponseBuilder, StatusCode};
use pabx_sip::timer::TimerId;
use smallvec::SmallVec;

use crate::api::{Action, Now, Report};
use crate::calls::CallKey;
use crate::config::STATS_GRACE;
use crate::core::{CallTimer, ClientOwner, Core, Tag, TimerKey};
use crate::leg::LegIx;
use crate::record::{self, Outcome};
use crate::spending::Charge;
use crate::who::Who;

/// The two sides of a call's media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Towards who calls.
    Caller,
    /// Towards who is called; forks share it, as only one of them can be heard.
    Callee,
}

/// The media id of a side. It says which call it is, so no table is needed to find the call.
pub(crate) fn leg_id(key: CallKey, side: Side) -> LegId {
    let side = u64::from(side == Side::Callee);
    LegId(u64::from(key.slot) << 32 | u64::from(key.generation) << 1 | side)
}

/// The call and side behind a media id.
pub(crate) fn owner_of(leg: LegId) -> (CallKey, Side) {
    let slot = u32::try_from(leg.0 >> 32).unwrap_or(u32::MAX);
    let generation = u32::try_from(leg.0 >> 1 & 0x7fff_ffff).unwrap_or(0);
    let side = if leg.0 & 1 == 0 { Side::Caller } else { Side::Callee };
    (CallKey { slot, generation }, side)
}

/// RTP sockets of one side.
#[derive(Debug)]
pub(crate) struct MediaPort {
    pub(crate) side: Side,
    number: u16,
    /// Counts completed negotiations of whichever leg stands on this side.
    pub(crate) generation: u32,
    /// The leg, and its own count, whose plan the relay has.
    pub(crate) applied: Option<(LegIx, u32)>,
    state: PortState,
}

#[derive(Debug)]
enum PortState {
    Open,
    Closing,
    Closed(Box<LegStats>),
}

/// One attempt to call, from its INVITE until its record is written.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) key: CallKey,
    pub(crate) caller: Who,
    /// The trunk that it came in by, on which it has a channel.
    pub(crate) came_by: Option<TrunkId>,
    /// The trunk that it goes out by, on which it has another.
    pub(crate) channel: Option<TrunkId>,
    /// What a minute costs on it.
    pub(crate) price: Option<u32>,
    /// What it is charged for, once it was answered.
    pub(crate) charge: Option<Charge>,
    pub(crate) record: CallRecord,
    pub(crate) media: SmallVec<[MediaPort; 2]>,
    pub(crate) timers: SmallVec<[(CallTimer, TimerId); 4]>,
    pub(crate) clients: SmallVec<[ClientTx; 4]>,
    pub(crate) servers: SmallVec<[ServerTx; 2]>,
    pub(crate) tags: SmallVec<[Tag; 2]>,
    /// The caller's INVITE while it has no final answer: it gets one even if the call's value is lost.
    pub(crate) open_invite: Option<(ServerTx, Request)>,
    answered_at: Option<Instant>,
    ended: bool,
    written: bool,
    grace: Option<TimerId>,
}

impl Ledger {
    /// Begins an attempt: it counts against the limits from now until [`Ledger::end`].
    pub(crate) fn begin(key: CallKey, caller: Who, record: CallRecord, core: &mut Core) -> Self {
        core.active.begin(caller.account_id(), caller.extension_id());
        if !record.account_id.is_self_test() {
            core.report(Report::CallStarted(Box::new(record.clone())));
        }
        Self {
            key,
            caller,
            came_by: None,
            channel: None,
            price: None,
            charge: None,
            record,
            media: SmallVec::new(),
            timers: SmallVec::new(),
            clients: SmallVec::new(),
            servers: SmallVec::new(),
            tags: SmallVec::new(),
            open_invite: None,
            answered_at: None,
            ended: false,
            written: false,
            grace: None,
        }
    }

    /// Somebody answered: from here on a power cut leaves an open record.
    pub(crate) fn answered(&mut self, now: Now, core: &mut Core) {
        record::answer(&mut self.record, now.utc);
        self.answered_at = Some(now.mono);
        self.record.price = self.price;
        if self.record.class.is_some_and(is_counted) {
            let (account, extension) = (self.record.account_id, self.record.extension_id);
            let price = self.price.unwrap_or(0);
            let charge = Charge { account, extension, price };
            core.with_dialling(account, |core, dialling| core.spending.begin(now, dialling, &charge));
            self.charge = Some(charge);
        }
        if self.record.account_id.is_self_test() {
            return;
        }
        core.store(StoreWrite::BeginCall(self.record.clone()));
        core.report(Report::CallAnswered(Box::new(self.record.clone())));
    }

    /// The attempt is over; only the first call counts. Ports are closed, and the record is written once their
    /// counters are in (at once when nobody ever answered).
    pub(crate) fn end(&mut self, now: Now, outcome: Outcome, core: &mut Core) {
        if self.ended {
            return;
        }
        self.ended = true;
        core.active.end(self.caller.account_id(), self.caller.extension_id());
        self.free_channel(core);
        if let Some(trunk) = self.came_by.take() {
            core.active.free_channel(trunk);
        }
        if let Some(charge) = self.charge.take() {
            core.with_dialling(charge.account, |core, dialling| core.spending.end(now, dialling, &charge));
        }
        outcome.complete(&mut self.record, now.utc);
        if let Some(answered) = self.answered_at {
            // The wall clock may have been set in between.
            let lasted = now.mono.saturating_duration_since(answered).as_millis();
            self.record.duration = u64::try_from(lasted).unwrap_or(u64::MAX);
            self.record.cost = self.price.map(|price| cost(self.record.duration, price));
        }
        self.close_ports(core);
        let waits = self.record.answer_time.is_some() && !self.media.is_empty();
        if !waits || core.closing >= core.config.limits.max_closing {
            self.write(core);
        } else {
            core.closing += 1;
            self.grace = Some(core.timers.insert(now.mono + STATS_GRACE, TimerKey::Ledger(self.key)));
            self.write_if_complete(core);
        }
    }

    /// The call leaves its trunk.
    pub(crate) fn free_channel(&mut self, core: &mut Core) {
        if let Some(trunk) = self.channel.take() {
            core.active.free_channel(trunk);
        }
    }

    /// Whether this call can be ended so that an emergency gets its channel of a trunk.
    pub(crate) fn may_yield(&self, trunk: TrunkId) -> bool {
        let uses = self.channel == Some(trunk) || self.came_by == Some(trunk);
        uses && !self.ended && self.record.class != Some(Class::Emergency)
    }

    /// Whether the record has been handed to the store.
    pub(crate) fn is_written(&self) -> bool {
        self.written
    }

    /// A media thread has closed a side.
    pub(crate) fn port_closed(&mut self, side: Side, stats: LegStats, core: &mut Core) {
        if let Some(port) = self.media.iter_mut().find(|port| port.side == side) {
            if matches!(port.state, PortState::Open) {
                core.open_ports = core.open_ports.saturating_sub(1);
            }
            port.state = PortState::Closed(Box::new(stats));
        }
        self.write_if_complete(core);
    }

    /// The grace for media counters is over.
    pub(crate) fn grace_over(&mut self, core: &mut Core) {
        self.write(core);
    }

    /// The call's value was lost: the caller's INVITE, if it is still open, is refused.
    pub(crate) fn abandon(&mut self, now: Now, core: &mut Core) {
        if let Some((tx, request)) = self.open_invite.take() {
            let tag = Tag(core.random.u64()).to_string();
            let response =
                ResponseBuilder::to(&request, StatusCode::SERVER_INTERNAL_ERROR).to_tag(&tag).build();
            core.endpoint.respond(now.mono, tx, response);
        }
    }

    /// Gives back all that the call's value held in the engine's tables.
    pub(crate) fn release(&mut self, core: &mut Core) {
        for (_, id) in self.timers.drain(..) {
            core.timers.cancel(id);
        }
        for tx in self.clients.drain(..) {
            if matches!(core.clients.get(&tx), Some(ClientOwner::Leg(key, ..)) if *key == self.key) {
                core.clients.remove(&tx);
            }
        }
        for tx in self.servers.drain(..) {
            core.servers.remove(&tx);
        }
        for tag in self.tags.drain(..) {
            core.tags.remove(&tag.0);
        }
    }

    /// Opens the sockets of a side. `None`: no port is left.
    pub(crate) fn open_port(&mut self, side: Side, port: u16, core: &mut Core) {
        self.media.push(MediaPort {
            side,
            number: port,
            generation: 0,
            applied: None,
            state: PortState::Open,
        });
        core.open_ports += 1;
        let group = u64::from(self.key.slot) << 32 | u64::from(self.key.generation);
        let leg = leg_id(self.key, side);
        core.actions.push_back(Action::Media(MediaCommand::Open { leg, port, group }));
    }

    /// The RTP port of a side; 0 when there is none.
    pub(crate) fn port_number(&self, side: Side) -> u16 {
        self.media.iter().find(|port| port.side == side).map_or(0, |port| port.number)
    }

    /// Notes a step of where the call goes, up to a bound.
    pub(crate) fn trace(&mut self, step: TraceStep) {
        if self.record.trace.len() < CallRecord::MAX_TRACE {
            self.record.trace.push(step);
        }
    }

    pub(crate) fn port_mut(&mut self, side: Side) -> Option<&mut MediaPort> {
        self.media.iter_mut().find(|port| port.side == side)
    }

    fn close_ports(&mut self, core: &mut Core) {
        for port in &mut self.media {
            if matches!(port.state, PortState::Open) {
                port.state = PortState::Closing;
                core.open_ports = core.open_ports.saturating_sub(1);
                let leg = leg_id(self.key, port.side);
                core.actions.push_back(Action::Media(MediaCommand::Close { leg }));
            }
        }
    }

    fn write_if_complete(&mut self, core: &mut Core) {
        let complete = self.media.iter().all(|port| matches!(port.state, PortState::Closed(_)));
        if self.ended && complete {
            self.write(core);
        }
    }

    fn write(&mut self, core: &mut Core) {
        if self.written {
            return;
        }
        self.written = true;
        if let Some(id) = self.grace.take() {
            core.timers.cancel(id);
            core.closing = core.closing.saturating_sub(1);
        }
        let stats = |side: Side| {
            self.media.iter().find(|port| port.side == side).and_then(|port| match &port.state {
                PortState::Closed(stats) => Some(&**stats),
                _ => None,
            })
        };
        self.record.quality = record::quality(stats(Side::Caller), stats(Side::Callee));
        if self.record.account_id.is_self_test() {
            return;
        }
        core.store(StoreWrite::EndCall(self.record.clone()));
        core.report(Report::CallEnded(Box::new(self.record.clone())));
    }
}
