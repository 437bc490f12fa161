//! A phone: registers, calls, is called. What it does by itself is its [`Policy`]; the rest the test says.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use pabx_sip::dialog::Dialog;
use pabx_sip::digest::{Algorithm, Answerer, Challenges, TrunkCredentials};
use pabx_sip::endpoint::{ClientTx, Endpoint, EndpointConfig, Event, Incoming, ServerTx, Transmit};
use pabx_sip::flow::{ConnId, Flow, Transport};
use pabx_sip::message::{HeaderName, Method, Request, RequestBuilder, Response, ResponseBuilder, StatusCode};
use pabx_sip::uri::Uri;

use super::directory::TestAccount;
use super::phone_call::{CallState, PhoneCall, Policy};
use super::sdp::{Direction, sdp};

mod responses;

const FORMATS: [(u8, &str); 3] = [(0, "PCMU/8000"), (8, "PCMA/8000"), (101, "telephone-event/8000")];

#[derive(Debug)]
struct Sent {
    request: Request,
    challenges: Challenges,
    call: Option<usize>,
}

/// A phone on the bench.
#[derive(Debug)]
pub struct Phone {
    pub number: String,
    pub account: TestAccount,
    pub flow: Flow,
    pub policy: Policy,
    pub calls: Vec<PhoneCall>,
    /// Final statuses received for requests outside of calls.
    pub answers: Vec<(Method, u16)>,
    /// The last final response to a request outside of calls.
    pub last_response: Option<Response>,
    /// Requests received outside of calls.
    pub requests: Vec<Request>,
    /// Whether 200s are acknowledged.
    pub acknowledges: bool,
    /// The direction of answers in ACKs.
    pub ack_direction: Direction,
    /// Whether OPTIONS is answered.
    pub answers_options: bool,
    /// Whether INVITEs ask for reliable provisionals, and how: `Supported`, `Require`.
    pub reliable: Option<HeaderName>,
    /// Whether PRACK is sent for reliable provisionals.
    pub sends_prack: bool,
    /// The answer to a re-INVITE or UPDATE; 200 when `None`.
    pub refuses_offers: Option<u16>,
    /// Allow in requests and answers.
    pub allow: &'static str,
    /// Session-Expires in INVITE and in its 200.
    pub session_expires: Option<String>,
    /// Profile and `a=crypto` value of its descriptions.
    pub encrypts: Option<(&'static str, &'static str)>,
    /// Extra headers for the next INVITE.
    pub extra: Vec<(HeaderName, String)>,
    endpoint: Endpoint,
    answerer: Answerer,
    sent: HashMap<ClientTx, Sent>,
    seq: u32,
    ids: u32,
    version: u32,
}

impl Phone {
    pub fn new(account: TestAccount, number: &str, flow: Flow, seed: u8) -> Self {
        Self::with_password(account, number, &account.password(number), flow, seed)
    }

    pub fn with_password(account: TestAccount, number: &str, password: &str, flow: Flow, seed: u8) -> Self {
        let credentials = TrunkCredentials {
            username: number.to_owned(),
            password: password.to_owned(),
            realm: None,
            peer: "pabx".to_owned(),
            weakest: Algorithm::Md5,
        };
        Self {
            number: number.to_owned(),
            account,
            flow,
            policy: Policy::Answer(Duration::from_secs(1)),
            calls: Vec::new(),
            answers: Vec::new(),
            last_response: None,
            requests: Vec::new(),
            acknowledges: true,
            ack_direction: Direction::SendRecv,
            answers_options: true,
            reliable: None,
            sends_prack: true,
            refuses_offers: None,
            allow: "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK",
            session_expires: None,
            encrypts: None,
            extra: Vec::new(),
            endpoint: Endpoint::new(EndpointConfig::default(), [seed; 32]),
            answerer: Answerer::new(credentials),
            sent: HashMap::new(),
            seq: 0,
            ids: u32::from(seed) << 16,
            version: 1,
        }
    }

    /// A flow from this address to the PBX.
    pub fn flow(transport: Transport, local: SocketAddr, pbx: SocketAddr) -> Flow {
        let conn = transport.is_reliable().then(|| ConnId(u64::from(local.port()) + 1));
        Flow { transport, local, remote: pbx, conn }
    }

    pub fn last(&self) -> &PhoneCall {
        self.calls.last().expect("a call")
    }

    pub fn state(&self) -> CallState {
        self.last().state
    }

    /// The description this phone offers and answers with.
    pub fn sdp(&mut self, direction: Direction) -> String {
        self.version += 1;
        let plain = sdp(self.flow.local.ip(), self.version, direction, &FORMATS);
        let Some((profile, line)) = self.encrypts else { return plain };
        plain.replace("RTP/AVP", profile) + &format!("a=crypto:{line}\r\n")
    }

    fn aor(&self) -> String {
        format!("sip:{}@{}", self.number, self.account.domain)
    }

    fn contact(&self) -> String {
        let transport = if self.flow.transport.is_reliable() { ";transport=tcp" } else { "" };
        format!("<sip:{}@{}{transport}>", self.number, self.flow.local)
    }

    fn id(&mut self) -> String {
        self.ids += 1;
        format!("{:08x}@phone", self.ids)
    }

    fn outside(&mut self, method: &Method, uri: &str, to: &str) -> RequestBuilder {
        self.seq += 1;
        let (call_id, aor, seq) = (self.id(), self.aor(), self.seq);
        RequestBuilder::new(method.clone(), &Uri::parse(uri).unwrap())
            .header(HeaderName::From, format!("<{aor}>;tag=from{}", self.ids))
            .header(HeaderName::To, format!("<{to}>"))
            .header(HeaderName::CallId, call_id)
            .header(HeaderName::CSeq, format!("{seq} {method}"))
            .header(HeaderName::Contact, self.contact())
            .header(HeaderName::Allow, self.allow)
            .header(HeaderName::UserAgent, "bench phone")
    }

    pub fn register(&mut self, now: Instant, expires: u32) {
        let (domain, aor) = (format!("sip:{}", self.account.domain), self.aor());
        let request =
            self.outside(&Method::Register, &domain, &aor).header(HeaderName::Expires, expires).build();
        self.send(now, request, None);
    }

    /// Sends any request outside of calls.
    pub fn send_outside(&mut self, now: Instant, method: &Method, uri: &str) {
        let request = self.outside(method, uri, uri).build();
        self.send(now, request, None);
    }

    /// Calls a number of the own account.
    pub fn call(&mut self, now: Instant, number: &str) -> usize {
        let sdp = self.sdp(Direction::SendRecv);
        let uri = format!("sip:{number}@{}", self.account.domain);
        self.invite(now, &uri, Some(sdp))
    }

    pub fn invite(&mut self, now: Instant, uri: &str, body: Option<String>) -> usize {
        let mut builder = self.outside(&Method::Invite, uri, uri);
        if let Some(how) = &self.reliable {
            builder = builder.header(how.clone(), "100rel");
        }
        if let Some(expires) = &self.session_expires {
            builder =
                builder.header(HeaderName::SessionExpires, expires).header(HeaderName::Supported, "timer");
        }
        for (name, value) in std::mem::take(&mut self.extra) {
            builder = builder.header(name, value);
        }
        if let Some(body) = body {
            builder = builder.body("application/sdp", body);
        }
        let request = builder.build();
        self.calls.push(PhoneCall::new());
        let call = self.calls.len() - 1;
        self.calls[call].client = self.send(now, request.clone(), Some(call));
        self.calls[call].invite = Some(request);
        call
    }

    fn send(&mut self, now: Instant, request: Request, call: Option<usize>) -> Option<ClientTx> {
        let tx = self.endpoint.request(now, self.flow, request.clone()).ok()?;
        self.sent.insert(tx, Sent { request, challenges: Challenges::default(), call });
        Some(tx)
    }

    pub fn cancel(&mut self, now: Instant, call: usize) {
        let tx = self.calls[call].client.unwrap();
        self.endpoint.cancel(now, tx);
    }

    /// Sends a request inside the dialog of a call.
    pub fn inside(&mut self, now: Instant, call: usize, method: Method, body: Option<(&str, String)>) {
        let (contact, allow) = (self.contact(), self.allow);
        let dialog = self.calls[call].dialog.as_mut().expect("a dialog");
        let mut builder =
            dialog.request(method).header(HeaderName::Contact, contact).header(HeaderName::Allow, allow);
        for (name, value) in std::mem::take(&mut self.extra) {
            builder = builder.header(name, value);
        }
        if let Some((kind, body)) = body {
            builder = builder.body(kind, body);
        }
        self.calls[call].client = self.send(now, builder.build(), Some(call));
    }

    pub fn bye(&mut self, now: Instant, call: usize) {
        self.calls[call].state = CallState::Ended;
        self.inside(now, call, Method::Bye, None);
        if let Some(dialog) = &mut self.calls[call].dialog {
            dialog.terminate();
        }
    }

    pub fn reinvite(&mut self, now: Instant, call: usize, direction: Direction) {
        let sdp = self.sdp(direction);
        self.inside(now, call, Method::Invite, Some(("application/sdp", sdp)));
    }

    /// A provisional answer to the call that came in.
    pub fn ring(&mut self, now: Instant, call: usize, status: u16, body: Option<String>) {
        self.calls[call].state = CallState::Ringing;
        let Some((tx, response)) = self.response(call, status, body) else { return };
        self.endpoint.respond(now, tx, response);
    }

    /// The same, reliably (RFC 3262).
    pub fn ring_reliably(&mut self, now: Instant, call: usize, status: u16, body: Option<String>) {
        let Some((tx, response)) = self.response(call, status, body) else { return };
        self.endpoint.respond_reliably(now, tx, response);
    }

    /// Takes the call that came in.
    pub fn answer(&mut self, now: Instant, call: usize) {
        let offered = self.calls[call].invite.as_ref().is_some_and(|invite| !invite.body().is_empty());
        let sdp = self.sdp(Direction::SendRecv);
        let _ = offered;
        self.answer_with(now, call, Some(sdp));
    }

    pub fn answer_with(&mut self, now: Instant, call: usize, body: Option<String>) {
        self.calls[call].state = CallState::Answered;
        self.calls[call].answer_at = None;
        let Some((tx, response)) = self.response(call, 200, body) else { return };
        self.endpoint.respond(now, tx, response);
        if let Some(dialog) = &mut self.calls[call].dialog {
            dialog.establish();
        }
    }

    pub fn refuse(&mut self, now: Instant, call: usize, status: u16) {
        self.calls[call].state = CallState::Failed(status);
        self.calls[call].answer_at = None;
        let Some((tx, response)) = self.response(call, status, None) else { return };
        self.endpoint.respond(now, tx, response);
    }

    fn response(&mut self, call: usize, status: u16, body: Option<String>) -> Option<(ServerTx, Response)> {
        let tx = self.calls[call].server?;
        let request = self.calls[call].invite.clone()?;
        let tag = format!("{}to{call}p{}", self.number, self.flow.local.port());
        let mut builder = ResponseBuilder::to(&request, StatusCode::new(status).unwrap())
            .to_tag(&tag)
            .header(HeaderName::Contact, self.contact())
            .header(HeaderName::Allow, self.allow);
        if let Some(expires) = self.session_expires.as_ref().filter(|_| status == 200) {
            builder =
                builder.header(HeaderName::SessionExpires, expires).header(HeaderName::Require, "timer");
        }
        if let Some(body) = body {
            builder = builder.body("application/sdp", body);
        }
        if self.calls[call].dialog.is_none() && status < 300 {
            self.calls[call].dialog = Dialog::uas(&request, &tag, &self.flow).ok();
        }
        Some((tx, builder.build()))
    }

    pub fn receive(&mut self, now: Instant, bytes: Bytes) {
        self.endpoint.receive(now, self.flow, bytes);
        self.events(now);
    }

    pub fn wake(&mut self, now: Instant) {
        self.endpoint.wake(now);
        for call in 0..self.calls.len() {
            if self.calls[call].answer_at.is_some_and(|at| at <= now) {
                self.answer(now, call);
            }
        }
        self.events(now);
    }

    pub fn next_wakeup(&self) -> Option<Instant> {
        let answers = self.calls.iter().filter_map(|call| call.answer_at);
        answers.chain(self.endpoint.next_wakeup()).min()
    }

    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.endpoint.poll_transmit()
    }

    pub fn is_idle(&self) -> bool {
        self.endpoint.counts().is_zero()
    }

    fn events(&mut self, now: Instant) {
        while let Some(event) = self.endpoint.poll_event() {
            match event {
                Event::Request(incoming) => self.request(now, incoming),
                Event::Response { tx, response, .. } => self.responded(now, tx, &response),
                Event::Ack { request, .. } => {
                    if let Some(call) = self.call_of(&request) {
                        self.calls[call].acknowledged = true;
                        self.hear(call, &request.body());
                        self.calls[call].received.push(request);
                    }
                }
                Event::Cancelled { invite } => {
                    let call = self.calls.iter().position(|call| call.server == Some(invite));
                    if let Some(call) = call.filter(|call| self.calls[*call].state != CallState::Answered) {
                        self.refuse(now, call, 487);
                    }
                }
                Event::Timeout { tx } => self.unanswered(tx),
                Event::ServerFailed { tx } => self.server_failed(now, tx),
                Event::TransportError { tx } => {
                    let bye = self.sent.get(&tx).filter(|sent| *sent.request.method() == Method::Bye);
                    let call = bye.and_then(|sent| sent.call);
                    self.unanswered(tx);
                    if let Some(call) = call {
                        self.inside(now, call, Method::Bye, None);
                    }
                }
                _ => {}
            }
        }
    }

    /// The connection broke and another stands in its place: registers again, says again what was left unanswered.
    pub fn reconnect(&mut self, now: Instant, flow: Flow) {
        let old = std::mem::replace(&mut self.flow, flow);
        self.endpoint.flow_failed(now, old);
        self.events(now);
        self.register(now, 3600);
    }

    /// No final response came: an attempt is given up (`Failed(0)`), anything else counts as 408.
    fn unanswered(&mut self, tx: ClientTx) {
        let Some(Sent { request, call, .. }) = self.sent.remove(&tx) else { return };
        match call {
            None => self.answers.push((request.method().clone(), 408)),
            Some(call) if request.to_tag().is_none() => self.calls[call].state = CallState::Failed(0),
            Some(_) => {}
        }
    }

    /// An INVITE that came can be answered no more, or our 200 was lost with its connection.
    fn server_failed(&mut self, now: Instant, tx: ServerTx) {
        let Some(call) = self.calls.iter().position(|call| call.server == Some(tx)) else { return };
        match self.calls[call].state {
            CallState::Calling | CallState::Ringing => {
                self.calls[call].state = CallState::Failed(0);
                self.calls[call].answer_at = None;
            }
            CallState::Answered => self.bye(now, call),
            CallState::Failed(_) | CallState::Ended => {}
        }
    }

    fn call_of(&self, request: &Request) -> Option<usize> {
        let tag = request.to_tag()?;
        self.calls.iter().position(|call| {
            call.dialog.as_ref().is_some_and(|dialog| {
                *dialog.id().local_tag == *tag && Some(&*dialog.id().call_id) == request.call_id()
            })
        })
    }

    fn hear(&mut self, call: usize, body: &[u8]) {
        if !body.is_empty() {
            self.calls[call].heard.push(String::from_utf8_lossy(body).into_owned());
        }
    }

    fn request(&mut self, now: Instant, incoming: Incoming) {
        let request = incoming.request.clone();
        match (self.call_of(&request), request.method()) {
            (Some(call), _) => self.in_dialog(now, call, incoming),
            (None, Method::Invite) => self.called(now, incoming),
            (None, Method::Options) if !self.answers_options => self.requests.push(request),
            (None, method) => {
                let status =
                    if *method == Method::Options { StatusCode::OK } else { StatusCode::CALL_DOES_NOT_EXIST };
                self.requests.push(request.clone());
                let tx = self.endpoint.accept(now, incoming).unwrap();
                let response = ResponseBuilder::to(&request, status).to_tag("phone").build();
                self.endpoint.respond(now, tx, response);
            }
        }
    }

    fn called(&mut self, now: Instant, incoming: Incoming) {
        let request = incoming.request.clone();
        let tx = self.endpoint.accept(now, incoming).unwrap();
        let mut call = PhoneCall::new();
        call.server = Some(tx);
        call.invite = Some(request.clone());
        self.calls.push(call);
        let call = self.calls.len() - 1;
        self.hear(call, &request.body());
        match self.policy.clone() {
            Policy::Silent => {}
            Policy::Ring => self.ring(now, call, 180, None),
            Policy::Answer(after) => {
                self.ring(now, call, 180, None);
                self.calls[call].answer_at = Some(now + after);
            }
            Policy::Refuse(status) => self.refuse(now, call, status),
        }
    }

    fn in_dialog(&mut self, now: Instant, call: usize, incoming: Incoming) {
        let request = incoming.request.clone();
        let tx = self.endpoint.accept(now, incoming).unwrap();
        self.calls[call].received.push(request.clone());
        let dialog = self.calls[call].dialog.as_mut().unwrap();
        let outcome = dialog.receive(&request);
        let mut status = outcome.err().map_or(StatusCode::OK, pabx_sip::dialog::DialogError::status);
        let mut body = None;
        match request.method() {
            Method::Bye => self.calls[call].state = CallState::Ended,
            Method::Prack => {
                let found = self.endpoint.prack(now, &request);
                assert!(found.is_some(), "PRACK that matches nothing");
            }
            Method::Invite | Method::Update => {
                if let Some(refusal) = self.refuses_offers {
                    status = StatusCode::new(refusal).unwrap();
                } else if !request.body().is_empty() {
                    self.hear(call, &request.body());
                    body = Some(self.sdp(reversed(&request.body())));
                }
            }
            _ => {}
        }
        let mut builder = ResponseBuilder::to(&request, status)
            .header(HeaderName::Contact, self.contact())
            .header(HeaderName::Allow, self.allow);
        if let Some(body) = body {
            builder = builder.body("application/sdp", body);
        }
        self.endpoint.respond(now, tx, builder.build());
    }
}

/// What answers an offer with this direction.
fn reversed(offer: &[u8]) -> Direction {
    let text = String::from_utf8_lossy(offer);
    if text.contains("a=sendonly") {
        Direction::RecvOnly
    } else if text.contains("a=recvonly") {
        Direction::SendOnly
    } else if text.contains("a=inactive") {
        Direction::Inactive
    } else {
        Direction::SendRecv
    }
}
