//! Server transactions of an endpoint: what is kept of one, and what moves it.

use std::time::Instant;

use bytes::Bytes;

use super::event::{Event, Incoming, Overload, Rejected, ServerTx};
use super::flows::{Member, Seat};
use super::key::Keys;
use super::via::class;
use super::{Endpoint, Timer};
use crate::flow::Flow;
use crate::message::{Message, Method, Request, Response, ResponseBuilder, StatusCode};
use crate::reliable::{ReliableProvisionals, ReliableStep};
use crate::timer::TimerId;
use crate::transaction::{Moment, ServerInvite, ServerNonInvite, ServerStep, StatusClass};

#[derive(Debug)]
enum Machine {
    Invite(ServerInvite),
    Other(ServerNonInvite),
}

impl Machine {
    fn respond(&mut self, at: Moment<'_>, class: StatusClass) -> ServerStep {
        match self {
            Self::Invite(machine) => machine.respond(at, class),
            Self::Other(machine) => machine.respond(at, class),
        }
    }

    fn wake(&mut self, at: Moment<'_>) -> ServerStep {
        match self {
            Self::Invite(machine) => machine.wake(at),
            Self::Other(machine) => machine.wake(at),
        }
    }

    fn transport_error(&mut self) -> ServerStep {
        match self {
            Self::Invite(machine) => machine.transport_error(),
            Self::Other(machine) => machine.transport_error(),
        }
    }

    fn next_wakeup(&self) -> Option<Instant> {
        match self {
            Self::Invite(machine) => machine.next_wakeup(),
            Self::Other(machine) => machine.next_wakeup(),
        }
    }

    fn is_terminated(&self) -> bool {
        match self {
            Self::Invite(machine) => machine.is_terminated(),
            Self::Other(machine) => machine.is_terminated(),
        }
    }

    fn may_send_again(&self) -> bool {
        match self {
            Self::Invite(machine) => machine.may_send_again(),
            Self::Other(machine) => !machine.is_terminated(),
        }
    }
}

/// One server transaction. What only an early state needs is dropped when the state is left: most of these
/// linger for 32 seconds to absorb repetitions.
#[derive(Debug)]
pub(super) struct Server {
    machine: Machine,
    keys: Keys,
    seat: Seat,
    reply_port: u16,
    /// For the 100 that nobody sent; gone with the first response.
    request: Option<Request>,
    /// The last response, while it may have to be sent again.
    last: Bytes,
    /// Hash of the To tag of our 2xx.
    to_tag: u64,
    cancelled: bool,
    reliable: Option<Box<Reliable>>,
    timer: Option<(Instant, TimerId)>,
}

#[derive(Debug)]
struct Reliable {
    provisionals: ReliableProvisionals,
    /// A 2xx that waits for a PRACK.
    held: Option<Response>,
}

impl Server {
    fn next_wakeup(&self) -> Option<Instant> {
        let reliable = self.reliable.as_ref().and_then(|reliable| reliable.provisionals.next_wakeup());
        [self.machine.next_wakeup(), reliable].into_iter().flatten().min()
    }

    fn invite_mut(&mut self) -> Option<&mut ServerInvite> {
        match &mut self.machine {
            Machine::Invite(machine) => Some(machine),
            Machine::Other(_) => None,
        }
    }

    fn is_proceeding_invite(&self) -> bool {
        matches!(&self.machine, Machine::Invite(machine) if machine.is_proceeding())
    }
}

impl Endpoint {
    /// Remembers a request: from now on its repetitions are absorbed and it can be answered by
    /// [`respond`](Self::respond). To be called before the next [`poll_event`](Self::poll_event).
    pub fn accept(&mut self, now: Instant, incoming: Incoming) -> Result<ServerTx, Overload> {
        if self.is_full() || self.by_key.contains_key(&incoming.keys.transaction) {
            return Err(Overload);
        }
        let at = Moment { now, timing: &self.config.timing };
        let reliable = incoming.flow.is_reliable();
        let machine = if *incoming.request.method() == Method::Invite {
            Machine::Invite(ServerInvite::start(at, reliable))
        } else {
            Machine::Other(ServerNonInvite::start(at, reliable))
        };
        let Incoming { request, reply, keys, flow, .. } = incoming;
        let tx = ServerTx(self.servers.insert(Server {
            machine,
            keys,
            seat: Seat::default(),
            reply_port: reply.remote.port(),
            request: Some(request),
            last: Bytes::new(),
            to_tag: 0,
            cancelled: false,
            reliable: None,
            timer: None,
        }));
        self.by_key.insert(keys.transaction, tx);
        if self.is_origin_indexed(tx) {
            self.by_origin.insert(keys.origin, tx);
        }
        let seat = self.flows.join(flow, Member::Server(tx));
        if let Some(server) = self.servers.get_mut(tx.0) {
            server.seat = seat;
        }
        self.settle_server(tx);
        Ok(tx)
    }

    /// Requests that may be merged, and INVITEs, whose ACK and PRACK are found by it.
    fn is_origin_indexed(&self, tx: ServerTx) -> bool {
        self.servers
            .get(tx.0)
            .is_some_and(|server| server.keys.opens || matches!(server.machine, Machine::Invite(_)))
    }

    /// Answers an accepted request. What the state of the transaction forbids is not sent: a second final
    /// response, or a provisional one to a non-INVITE (RFC 4320). A 2xx to INVITE is sent again until its ACK.
    pub fn respond(&mut self, now: Instant, tx: ServerTx, response: Response) {
        let status = class(&response);
        let Some(server) = self.servers.get_mut(tx.0) else { return };
        if status.is_final()
            && let Some(reliable) = &mut server.reliable
        {
            if status == StatusClass::Success && reliable.provisionals.holds_back_success() {
                reliable.held = Some(response);
                return;
            }
            // RFC 3262 §3: with a final response sent, provisionals are not repeated.
            server.reliable = None;
        }
        let at = Moment { now, timing: &self.config.timing };
        if server.machine.respond(at, status) == ServerStep::Send {
            server.request = None;
            server.last = response.as_bytes().clone();
            if status == StatusClass::Success {
                server.to_tag = self.hasher.tag(response.to_tag().unwrap_or_default());
            }
            self.send_last(tx);
        }
        self.settle_server(tx);
    }

    /// Sends a provisional response (101–199) to an INVITE so that it surely arrives: adds `Require: 100rel` and
    /// `RSeq`, repeats it until its PRACK (RFC 3262). The caller makes sure that the peer supports 100rel.
    #[expect(clippy::needless_pass_by_value, reason = "an answer is sent once")]
    pub fn respond_reliably(&mut self, now: Instant, tx: ServerTx, response: Response) {
        let Some(server) = self.servers.get_mut(tx.0) else { return };
        if class(&response) != StatusClass::Provisional || !server.is_proceeding_invite() {
            return;
        }
        let at = Moment { now, timing: &self.config.timing };
        let random = &mut self.random;
        let reliable = server.reliable.get_or_insert_with(|| {
            Box::new(Reliable { provisionals: ReliableProvisionals::new(random), held: None })
        });
        let has_body = !response.body().is_empty();
        let Some(bytes) = reliable.provisionals.respond(at, response.as_bytes(), has_body) else { return };
        self.send_provisional(at.now, tx, bytes);
    }

    fn send_provisional(&mut self, now: Instant, tx: ServerTx, bytes: Bytes) {
        let Some(server) = self.servers.get_mut(tx.0) else { return };
        let at = Moment { now, timing: &self.config.timing };
        if server.machine.respond(at, StatusClass::Provisional) == ServerStep::Send {
            server.request = None;
            server.last = bytes;
            self.send_last(tx);
        }
        self.settle_server(tx);
    }

    /// A PRACK came: which INVITE's provisional it acknowledges. `None`: answer it 481 (RFC 3262 §3).
    pub fn prack(&mut self, now: Instant, prack: &Request) -> Option<ServerTx> {
        let rack: crate::header::RAck = prack.headers().get().ok().flatten()?;
        let (call_id, from_tag) = (prack.call_id()?, prack.from_tag().unwrap_or_default());
        let origin = self.hasher.origin(call_id, from_tag, rack.cseq, &rack.method);
        let tx = *self.by_origin.get(&origin)?;
        let server = self.servers.get_mut(tx.0)?;
        let reliable = server.reliable.as_mut().filter(|r| r.provisionals.acknowledges(rack.rseq))?;
        let at = Moment { now, timing: &self.config.timing };
        let next = reliable.provisionals.acknowledged(at);
        let held = if next.is_none() { reliable.held.take() } else { None };
        if let Some(bytes) = next {
            self.send_provisional(now, tx, bytes);
        }
        if let Some(response) = held {
            self.respond(now, tx, response);
        }
        self.settle_server(tx);
        Some(tx)
    }

    /// A request whose transaction exists.
    pub(super) fn receive_again(&mut self, tx: ServerTx) {
        let Some(server) = self.servers.get_mut(tx.0) else { return };
        let step = match &mut server.machine {
            Machine::Invite(machine) => machine.receive_invite(),
            Machine::Other(machine) => machine.receive_request(),
        };
        if step == ServerStep::SendAgain {
            self.send_last(tx);
        }
    }

    /// An ACK: by its branch when it acknowledges a failure, by its dialog when it acknowledges a 2xx.
    pub(super) fn receive_ack(&mut self, now: Instant, flow: Flow, keys: Keys, request: Request) {
        let tag = self.hasher.tag(request.to_tag().unwrap_or_default());
        let by_dialog =
            || self.by_origin.get(&keys.origin).copied().filter(|tx| self.is_accepted_with(*tx, tag));
        let Some(tx) = self.by_key.get(&keys.transaction).copied().or_else(by_dialog) else {
            self.reject(flow, Rejected::StrayAck);
            return;
        };
        let at = Moment { now, timing: &self.config.timing };
        let Some(server) = self.servers.get_mut(tx.0) else { return };
        let Some(machine) = server.invite_mut() else { return };
        if machine.receive_ack(at) == ServerStep::Acknowledged {
            self.events.push_back(Event::Ack { invite: tx, request });
        }
        self.settle_server(tx);
    }

    fn is_accepted_with(&self, tx: ServerTx, to_tag: u64) -> bool {
        self.servers.get(tx.0).is_some_and(|server| {
            server.to_tag == to_tag
                && matches!(&server.machine, Machine::Invite(machine) if machine.is_accepted())
        })
    }

    /// RFC 3261 §9.2: 200 when the INVITE is known, 481 when not. Answered without memory: a repeated CANCEL
    /// gets the same answer again.
    pub(super) fn receive_cancel(&mut self, incoming: &Incoming) {
        let Some(tx) = self.by_key.get(&incoming.keys.transaction).copied() else {
            let missing = ResponseBuilder::to(&incoming.request, StatusCode::CALL_DOES_NOT_EXIST);
            let tag = self.random.token(8);
            self.respond_stateless(incoming, missing.to_tag(&tag).build());
            self.reject(incoming.flow, Rejected::StrayCancel);
            return;
        };
        let tag = self.last_to_tag(tx).unwrap_or_else(|| self.random.token(8));
        let answer = ResponseBuilder::to(&incoming.request, StatusCode::OK).to_tag(&tag).build();
        self.transmit(incoming.reply, answer.as_bytes().clone());
        let Some(server) = self.servers.get_mut(tx.0) else { return };
        if server.is_proceeding_invite() && !server.cancelled {
            server.cancelled = true;
            self.events.push_back(Event::Cancelled { invite: tx });
        }
    }

    /// RFC 3261 §9.2: To tags of the answers to INVITE and CANCEL should be the same.
    fn last_to_tag(&self, tx: ServerTx) -> Option<String> {
        let last = &self.servers.get(tx.0)?.last;
        let Ok(Message::Response(response)) = Message::parse(last.clone()) else { return None };
        response.to_tag().map(str::to_owned)
    }

    pub(super) fn wake_server(&mut self, now: Instant, tx: ServerTx) {
        self.forget_server_timer(tx);
        self.wake_reliable(now, tx);
        loop {
            let at = Moment { now, timing: &self.config.timing };
            let Some(server) = self.servers.get_mut(tx.0) else { return };
            match server.machine.wake(at) {
                ServerStep::SendTrying => self.send_trying(tx),
                ServerStep::SendAgain => self.send_last(tx),
                ServerStep::AckMissing => self.events.push_back(Event::AckMissing { invite: tx }),
                ServerStep::Failed => self.events.push_back(Event::ServerFailed { tx }),
                _ => break,
            }
        }
        self.settle_server(tx);
    }

    fn wake_reliable(&mut self, now: Instant, tx: ServerTx) {
        let at = Moment { now, timing: &self.config.timing };
        let Some(server) = self.servers.get_mut(tx.0) else { return };
        let Some(reliable) = &mut server.reliable else { return };
        match reliable.provisionals.wake(at) {
            ReliableStep::Nothing => {}
            ReliableStep::SendAgain(bytes) => self.send_from(tx, bytes),
            ReliableStep::PrackMissing => self.events.push_back(Event::PrackMissing { invite: tx }),
        }
    }

    fn send_trying(&mut self, tx: ServerTx) {
        let Some(server) = self.servers.get_mut(tx.0) else { return };
        let Some(request) = server.request.take() else { return };
        server.last = ResponseBuilder::to(&request, StatusCode::TRYING).build().as_bytes().clone();
        self.send_last(tx);
    }

    fn send_last(&mut self, tx: ServerTx) {
        let Some(server) = self.servers.get(tx.0).filter(|server| !server.last.is_empty()) else { return };
        let bytes = server.last.clone();
        self.send_from(tx, bytes);
    }

    fn send_from(&mut self, tx: ServerTx, bytes: Bytes) {
        let Some(server) = self.servers.get(tx.0) else { return };
        let Some(flow) = self.flows.flow(server.seat) else { return };
        let flow = flow.with_remote_port(server.reply_port);
        self.transmit(flow, bytes);
    }

    pub(super) fn fail_server(&mut self, tx: ServerTx) {
        let Some(server) = self.servers.get_mut(tx.0) else { return };
        if server.machine.transport_error() == ServerStep::Failed {
            self.events.push_back(Event::ServerFailed { tx });
        }
        self.settle_server(tx);
    }

    pub(super) fn reseat_server(&mut self, tx: ServerTx, index: u32) {
        if let Some(server) = self.servers.get_mut(tx.0) {
            server.seat.index = index;
        }
    }

    fn forget_server_timer(&mut self, tx: ServerTx) {
        if let Some(server) = self.servers.get_mut(tx.0) {
            server.timer = None;
        }
    }

    /// Brings timer and memory in line with the state; forgets what is over.
    fn settle_server(&mut self, tx: ServerTx) {
        let Some(server) = self.servers.get_mut(tx.0) else { return };
        let over = server.machine.is_terminated();
        let wanted = if over { None } else { server.next_wakeup() };
        super::reschedule(&mut self.timers, &mut server.timer, wanted, Timer::Server(tx));
        if !server.machine.may_send_again() {
            server.last = Bytes::new();
            server.reliable = None;
        }
        if over {
            self.forget_server(tx);
        }
    }

    fn forget_server(&mut self, tx: ServerTx) {
        let Some(server) = self.servers.remove(tx.0) else { return };
        self.by_key.remove(&server.keys.transaction);
        if self.by_origin.get(&server.keys.origin) == Some(&tx) {
            self.by_origin.remove(&server.keys.origin);
        }
        self.leave_flow(server.seat);
    }
}
