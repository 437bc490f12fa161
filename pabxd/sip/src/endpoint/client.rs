//! Client transactions of an endpoint: what is kept of one, and what moves it.

use std::time::Instant;

use bytes::Bytes;

use super::event::{ClientTx, Event, Overload, Rejected};
use super::flows::{Member, Seat};
use super::via::{self, Branch, class};
use super::{Endpoint, Timer};
use crate::flow::Flow;
use crate::header::{CSeq, Via};
use crate::message::{HeaderName, Method, Request, RequestBuilder, Response};
use crate::timer::TimerId;
use crate::transaction::{ClientInvite, ClientNonInvite, ClientStep, Moment, StatusClass};

#[derive(Debug)]
enum Machine {
    Invite(ClientInvite),
    Other(ClientNonInvite),
}

impl Machine {
    fn receive(&mut self, at: Moment<'_>, class: StatusClass) -> ClientStep {
        match self {
            Self::Invite(machine) => machine.receive(at, class),
            Self::Other(machine) => machine.receive(at, class),
        }
    }

    fn wake(&mut self, at: Moment<'_>) -> ClientStep {
        match self {
            Self::Invite(machine) => machine.wake(at),
            Self::Other(machine) => machine.wake(at),
        }
    }

    fn transport_error(&mut self) -> ClientStep {
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
}

/// The message that a state still needs.
#[derive(Debug)]
enum Held {
    /// To send again, and to make ACK and CANCEL from.
    Request(Request),
    /// The ACK to a failure, to send again.
    Ack(Bytes),
    /// Only repetitions are absorbed.
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Cancelling {
    No,
    /// Asked for before any provisional came (RFC 3261 §9.1), with the value of Reason.
    Wanted(Option<Box<str>>),
    Sent,
}

/// One client transaction.
#[derive(Debug)]
pub(super) struct Client {
    machine: Machine,
    branch: Branch,
    method: Method,
    seat: Seat,
    held: Held,
    cancelling: Cancelling,
    /// A CANCEL: nobody outside waits for its answer.
    internal: bool,
    timer: Option<(Instant, TimerId)>,
}

impl Client {
    fn request(&self) -> Option<&Request> {
        match &self.held {
            Held::Request(request) => Some(request),
            _ => None,
        }
    }
}

impl Endpoint {
    /// Sends a request in a transaction of its own; Via is added here. For INVITE every failure is
    /// acknowledged by the transaction, a 2xx by the caller through [`send_ack`](Self::send_ack).
    #[expect(clippy::needless_pass_by_value, reason = "from here on it is the transaction's")]
    pub fn request(&mut self, now: Instant, flow: Flow, request: Request) -> Result<ClientTx, Overload> {
        if self.is_full() {
            return Err(Overload);
        }
        let branch = Branch::new(self.random.u64());
        let request = request.push_via(&via::ours(&flow, self.config.sent_by(&flow), branch));
        Ok(self.start_client(now, flow, branch, request, false))
    }

    fn start_client(
        &mut self,
        now: Instant,
        flow: Flow,
        branch: Branch,
        request: Request,
        internal: bool,
    ) -> ClientTx {
        let at = Moment { now, timing: &self.config.timing };
        let reliable = flow.is_reliable();
        let machine = if *request.method() == Method::Invite {
            Machine::Invite(ClientInvite::start(at, reliable))
        } else {
            Machine::Other(ClientNonInvite::start(at, reliable))
        };
        let bytes = request.as_bytes().clone();
        let tx = ClientTx(self.clients.insert(Client {
            machine,
            branch,
            method: request.method().clone(),
            seat: Seat::default(),
            held: Held::Request(request),
            cancelling: Cancelling::No,
            internal,
            timer: None,
        }));
        let seat = self.flows.join(flow, Member::Client(tx));
        if let Some(client) = self.clients.get_mut(tx.0) {
            client.seat = seat;
        }
        self.by_branch.insert(branch.key(), tx);
        self.transmit(flow, bytes);
        self.settle_client(tx);
        tx
    }

    /// Sends the ACK to a 2xx: the caller builds it by its dialog, Via is added here (RFC 3261 §13.2.2.4). To be
    /// called again for every repeated 2xx.
    #[expect(clippy::needless_pass_by_value, reason = "an ACK is sent once")]
    pub fn send_ack(&mut self, flow: Flow, ack: Request) {
        let branch = Branch::new(self.random.u64());
        let ack = ack.push_via(&via::ours(&flow, self.config.sent_by(&flow), branch));
        self.transmit(flow, ack.as_bytes().clone());
    }

    /// Cancels an INVITE: now if a provisional came, else with the first one (RFC 3261 §9.1). Without effect once
    /// a final response came. The final response is still told: 487, or a 2xx that was faster.
    pub fn cancel(&mut self, now: Instant, tx: ClientTx) {
        self.cancel_with(now, tx, None);
    }

    /// The same, and says why in a Reason header (RFC 3326), for example `SIP;cause=200;text="Call completed elsewhere"`.
    pub fn cancel_with(&mut self, now: Instant, tx: ClientTx, reason: Option<&str>) {
        let Some(client) = self.clients.get_mut(tx.0) else { return };
        let Machine::Invite(machine) = &client.machine else { return };
        if client.cancelling != Cancelling::No {
            return;
        }
        if machine.is_calling() {
            client.cancelling = Cancelling::Wanted(reason.map(Into::into));
        } else if machine.is_proceeding() {
            self.send_cancel(now, tx, reason);
        }
    }

    fn send_cancel(&mut self, now: Instant, tx: ClientTx, reason: Option<&str>) {
        let at = Moment { now, timing: &self.config.timing };
        let Some(client) = self.clients.get_mut(tx.0) else { return };
        let Machine::Invite(machine) = &mut client.machine else { return };
        client.cancelling = Cancelling::Sent;
        machine.cancelled(at);
        let branch = client.branch.of_cancel();
        let cancel = client.request().and_then(|invite| cancel_of(invite, reason));
        let flow = self.flows.flow(client.seat);
        if let (Some(cancel), Some(flow)) = (cancel, flow) {
            self.start_client(now, flow, branch, cancel, true);
        }
        self.settle_client(tx);
    }

    pub(super) fn receive_response(&mut self, now: Instant, flow: Flow, response: Response) {
        let Some(tx) = self.client_of(&response) else {
            self.reject(flow, Rejected::StrayResponse);
            return;
        };
        let at = Moment { now, timing: &self.config.timing };
        let status = class(&response);
        let Some(client) = self.clients.get_mut(tx.0) else { return };
        let step = client.machine.receive(at, status);
        if status.is_final() && step != ClientStep::Nothing {
            self.keep_after_final(tx, &response);
        }
        match step {
            ClientStep::Deliver => self.deliver(tx, response, flow),
            ClientStep::DeliverAndAck => {
                self.send_held_ack(tx);
                self.deliver(tx, response, flow);
            }
            ClientStep::Ack => self.send_held_ack(tx),
            _ => {}
        }
        self.send_wanted_cancel(now, tx);
        self.settle_client(tx);
    }

    /// The first provisional lets a CANCEL go that was asked for before it.
    fn send_wanted_cancel(&mut self, now: Instant, tx: ClientTx) {
        let Some(client) = self.clients.get_mut(tx.0) else { return };
        let proceeding = matches!(&client.machine, Machine::Invite(machine) if machine.is_proceeding());
        if proceeding && let Cancelling::Wanted(reason) = &mut client.cancelling {
            let reason = reason.take();
            self.send_cancel(now, tx, reason.as_deref());
        }
    }

    /// RFC 3261 §17.1.3: by branch and by the method of CSeq; §18.1.2: only if `sent-by` is ours.
    fn client_of(&self, response: &Response) -> Option<ClientTx> {
        let (branch, via) = via::branch_of(response)?;
        let CSeq { method, .. } = response.cseq()?;
        let branch = if method == Method::Cancel { branch.of_cancel() } else { branch };
        let tx = *self.by_branch.get(&branch.key())?;
        let client = self.clients.get(tx.0).filter(|client| client.method == method)?;
        let flow = self.flows.flow(client.seat)?;
        via::is_sent_by(&via, &flow, &self.config.sent_by(&flow)).then_some(tx)
    }

    /// After a final response the request is not sent again; a refused INVITE keeps its ACK.
    fn keep_after_final(&mut self, tx: ClientTx, response: &Response) {
        let Some(client) = self.clients.get_mut(tx.0) else { return };
        let Held::Request(request) = &client.held else { return };
        let refused = client.method == Method::Invite && class(response) == StatusClass::Failure;
        let ack = if refused { hop_by_hop(Method::Ack, request, Some(response)) } else { None };
        client.held = ack.map_or(Held::Nothing, |ack| Held::Ack(ack.build().as_bytes().clone()));
    }

    fn send_held_ack(&mut self, tx: ClientTx) {
        let Some(client) = self.clients.get(tx.0) else { return };
        if let (Held::Ack(ack), Some(flow)) = (&client.held, self.flows.flow(client.seat)) {
            let ack = ack.clone();
            self.transmit(flow, ack);
        }
    }

    fn deliver(&mut self, tx: ClientTx, response: Response, flow: Flow) {
        if self.clients.get(tx.0).is_some_and(|client| !client.internal) {
            self.events.push_back(Event::Response { tx, response, flow });
        }
    }

    pub(super) fn wake_client(&mut self, now: Instant, tx: ClientTx) {
        if let Some(client) = self.clients.get_mut(tx.0) {
            client.timer = None;
        }
        loop {
            let at = Moment { now, timing: &self.config.timing };
            let Some(client) = self.clients.get_mut(tx.0) else { return };
            match client.machine.wake(at) {
                ClientStep::SendRequest => self.send_request_again(tx),
                ClientStep::Cancel => self.send_cancel(now, tx, None),
                ClientStep::Timeout => self.tell(tx, Event::Timeout { tx }),
                _ => break,
            }
        }
        self.settle_client(tx);
    }

    fn send_request_again(&mut self, tx: ClientTx) {
        let Some(client) = self.clients.get(tx.0) else { return };
        if let (Some(request), Some(flow)) = (client.request(), self.flows.flow(client.seat)) {
            let bytes = request.as_bytes().clone();
            self.transmit(flow, bytes);
        }
    }

    fn tell(&mut self, tx: ClientTx, event: Event) {
        if self.clients.get(tx.0).is_some_and(|client| !client.internal) {
            self.events.push_back(event);
        }
    }

    pub(super) fn fail_client(&mut self, tx: ClientTx) {
        let Some(client) = self.clients.get_mut(tx.0) else { return };
        if client.machine.transport_error() == ClientStep::Failed {
            self.tell(tx, Event::TransportError { tx });
        }
        self.settle_client(tx);
    }

    pub(super) fn reseat_client(&mut self, tx: ClientTx, index: u32) {
        if let Some(client) = self.clients.get_mut(tx.0) {
            client.seat.index = index;
        }
    }

    /// Brings the timer in line with the state; forgets what is over.
    fn settle_client(&mut self, tx: ClientTx) {
        let Some(client) = self.clients.get_mut(tx.0) else { return };
        let wanted = client.machine.next_wakeup();
        super::reschedule(&mut self.timers, &mut client.timer, wanted, Timer::Client(tx));
        if client.machine.is_terminated()
            && let Some(client) = self.clients.remove(tx.0)
        {
            self.by_branch.remove(&client.branch.key());
            self.leave_flow(client.seat);
        }
    }
}

fn cancel_of(invite: &Request, reason: Option<&str>) -> Option<Request> {
    let cancel = hop_by_hop(Method::Cancel, invite, None)?;
    let cancel = match reason {
        Some(reason) => cancel.header(HeaderName::Reason, reason),
        None => cancel,
    };
    Some(cancel.build())
}

/// The ACK to a failure (RFC 3261 §17.1.1.3) and CANCEL (§9.1): Request-URI, Via, Route, From, To, Call-ID and CSeq
/// number are those of the INVITE; the To of an ACK is that of the response.
fn hop_by_hop(method: Method, invite: &Request, response: Option<&Response>) -> Option<RequestBuilder> {
    let headers = invite.headers();
    let to = response.map_or(headers, Response::headers).text(&HeaderName::To)?;
    let via: Via = invite.top_via().ok()?;
    let number = invite.cseq()?.number;
    let mut builder = RequestBuilder::new(method.clone(), &invite.uri().ok()?).header(HeaderName::Via, via);
    for route in headers.fields(&HeaderName::Route) {
        builder = builder.header(HeaderName::Route, std::str::from_utf8(route).ok()?);
    }
    let builder = builder
        .header(HeaderName::From, headers.text(&HeaderName::From)?)
        .header(HeaderName::To, to)
        .header(HeaderName::CallId, invite.call_id()?)
        .header(HeaderName::CSeq, CSeq::new(number, method));
    Some(builder)
}
