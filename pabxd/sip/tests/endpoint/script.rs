//! A script of octets drives one endpoint: what the fuzzer makes up, and what the corpus keeps.
//!
//! Whatever happens: nothing panics, a stranger's request is answered at most once and not at length, no wake-up lies
//! in the past, and after the last timer nothing is left.

use std::time::{Duration, Instant};

use bytes::Bytes;
use pabx_sip::endpoint::{ClientTx, Endpoint, EndpointConfig, Event, Incoming, ServerTx};
use pabx_sip::flow::{ConnId, Flow, Transport};
use pabx_sip::message::{Message, Method, Request, RequestBuilder, Response, ResponseBuilder, StatusCode};
use pabx_sip::uri::Uri;

const METHODS: [&str; 8] = ["INVITE", "ACK", "CANCEL", "BYE", "PRACK", "OPTIONS", "REGISTER", "odd"];
const STATUSES: [u16; 8] = [100, 180, 183, 200, 202, 302, 486, 699];
const MAX_STEPS: usize = 400;

struct Script<'a> {
    octets: &'a [u8],
    now: Instant,
    endpoint: Endpoint,
    servers: Vec<(ServerTx, Request)>,
    clients: Vec<ClientTx>,
    waiting: Vec<Incoming>,
    /// The last request and the last response that went out.
    asked: Option<Bytes>,
    answered: Option<Response>,
}

/// Runs a script to its end and then until every timer has fired.
#[expect(clippy::disallowed_methods, reason = "an epoch for simulated time")]
pub(crate) fn run(octets: &[u8]) {
    let config = EndpointConfig { max_transactions: 16, ..EndpointConfig::default() };
    let mut script = Script {
        octets,
        now: Instant::now(),
        endpoint: Endpoint::new(config, [1; 32]),
        servers: Vec::new(),
        clients: Vec::new(),
        waiting: Vec::new(),
        asked: None,
        answered: None,
    };
    for _ in 0..MAX_STEPS {
        if script.octets.is_empty() {
            break;
        }
        script.step();
    }
    script.finish();
}

fn flow(choice: u8) -> Flow {
    let transport = if choice & 1 == 0 { Transport::Udp } else { Transport::Tcp };
    let remote = if choice & 2 == 0 { "198.51.100.9:5060" } else { "[2001:db8::9]:5070" };
    let conn = transport.is_reliable().then_some(ConnId((choice >> 2).into()));
    Flow { transport, local: "192.0.2.2:5060".parse().unwrap(), remote: remote.parse().unwrap(), conn }
}

impl Script<'_> {
    fn octet(&mut self) -> u8 {
        let Some((first, rest)) = self.octets.split_first() else { return 0 };
        self.octets = rest;
        *first
    }

    fn step(&mut self) {
        match self.octet() % 10 {
            0 | 1 => self.template_request(),
            2 => self.response_to_ours(),
            3 => self.raw(),
            4 => self.accept(),
            5 => self.respond(),
            6 => self.request(),
            7 => self.cancel(),
            8 => self.pass_time(),
            _ => {
                let flow = flow(self.octet());
                self.endpoint.flow_failed(self.now, flow);
            }
        }
        self.drain();
    }

    fn template_request(&mut self) {
        let (flow, method, names) =
            (flow(self.octet()), METHODS[usize::from(self.octet() % 8)], self.octet());
        let (branch, tag, cookie) =
            (names & 3, (names >> 2) & 1, if names & 0x80 == 0 { "z9hG4bK" } else { "" });
        let to = if names & 0x40 == 0 { "" } else { ";tag=bob" };
        let text = format!(
            "{method} sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/{} 10.0.0.1;branch={cookie}{branch};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:a@b>;tag={tag}\r\nTo: <sip:bob@192.0.2.2>{to}\r\nCall-ID: c\r\n\
             CSeq: 1 {method}\r\nContact: <sip:a@10.0.0.1>\r\nRAck: {} 1 INVITE\r\nContent-Length: 0\r\n\r\n",
            flow.transport.via_name(),
            self.rseq(),
        );
        self.receive(flow, text.into());
    }

    /// The RSeq of our last reliable provisional, so that PRACKs can match.
    fn rseq(&self) -> u32 {
        let last = self.answered.as_ref();
        last.and_then(|r| r.headers().get::<pabx_sip::header::RSeq>().ok().flatten()).map_or(1, |rseq| rseq.0)
    }

    fn response_to_ours(&mut self) {
        let (flow, status) = (flow(self.octet()), STATUSES[usize::from(self.octet() % 8)]);
        let Some(Ok(Message::Request(request))) = self.asked.clone().map(Message::parse) else { return };
        let status = StatusCode::new(status).unwrap();
        let response = ResponseBuilder::to(&request, status).to_tag("bob").build();
        self.receive(flow, response.as_bytes().clone());
    }

    fn raw(&mut self) {
        let (flow, length) = (flow(self.octet()), usize::from(self.octet()));
        let (bytes, rest) = self.octets.split_at(length.min(self.octets.len()));
        self.octets = rest;
        self.receive(flow, Bytes::copy_from_slice(bytes));
    }

    fn receive(&mut self, flow: Flow, bytes: Bytes) {
        let (size, before) = (bytes.len(), self.endpoint.counts().server);
        self.endpoint.receive(self.now, flow, bytes);
        assert!(self.endpoint.counts().server <= before, "a message alone makes no transaction");
        if before == 0 && self.endpoint.counts().client == 0 {
            if let Some(sent) = self.endpoint.poll_transmit() {
                assert!(flow.is_reliable() || sent.bytes.len() * 2 <= size * 3, "amplified");
            }
            assert!(self.endpoint.poll_transmit().is_none(), "answered twice");
        }
    }

    fn accept(&mut self) {
        let Some(incoming) = self.waiting.pop() else { return };
        let request = incoming.request.clone();
        if let Ok(tx) = self.endpoint.accept(self.now, incoming) {
            if *request.method() == Method::Prack {
                self.endpoint.prack(self.now, &request);
            }
            self.servers.push((tx, request));
        }
    }

    fn respond(&mut self) {
        let (which, choice) = (usize::from(self.octet()), self.octet());
        let Some((tx, request)) = self.servers.get(which % self.servers.len().max(1)).cloned() else {
            return;
        };
        let status = StatusCode::new(STATUSES[usize::from(choice % 8)]).unwrap();
        let body = if choice & 8 == 0 { "" } else { "v=0" };
        let response =
            ResponseBuilder::to(&request, status).to_tag("bob").body("application/sdp", body).build();
        if choice & 16 == 0 {
            self.endpoint.respond(self.now, tx, response);
        } else {
            self.endpoint.respond_reliably(self.now, tx, response);
        }
    }

    fn request(&mut self) {
        let (flow, method) = (flow(self.octet()), METHODS[usize::from(self.octet() % 8)]);
        let method = Method::parse(method).unwrap();
        let uri = Uri::parse("sip:bob@198.51.100.9").unwrap();
        let cseq = pabx_sip::header::CSeq::new(1, method.clone());
        let request = RequestBuilder::new(method, &uri)
            .header(pabx_sip::message::HeaderName::From, "<sip:pbx@192.0.2.2>;tag=1")
            .header(pabx_sip::message::HeaderName::To, "<sip:bob@198.51.100.9>")
            .header(pabx_sip::message::HeaderName::CallId, "ours")
            .header(pabx_sip::message::HeaderName::CSeq, cseq)
            .build();
        self.clients.extend(self.endpoint.request(self.now, flow, request));
    }

    fn cancel(&mut self) {
        let which = usize::from(self.octet());
        if let Some(tx) = self.clients.get(which % self.clients.len().max(1)) {
            self.endpoint.cancel(self.now, *tx);
        }
    }

    fn pass_time(&mut self) {
        let quarters = u64::from(self.octet());
        self.now += Duration::from_millis(quarters * 250);
        self.endpoint.wake(self.now);
        assert!(self.endpoint.next_wakeup().is_none_or(|next| next > self.now), "a wake-up in the past");
    }

    fn drain(&mut self) {
        while let Some(event) = self.endpoint.poll_event() {
            if let Event::Request(incoming) = event {
                assert!(!matches!(incoming.request.method(), Method::Ack | Method::Cancel));
                self.waiting = vec![incoming];
            }
        }
        while let Some(sent) = self.endpoint.poll_transmit() {
            match Message::parse(sent.bytes.clone()) {
                Ok(Message::Request(_)) => self.asked = Some(sent.bytes),
                Ok(Message::Response(response)) => self.answered = Some(response),
                Err(error) => panic!("sent no message: {error} {:?}", sent.bytes),
            }
        }
        assert!(
            self.endpoint.counts().server + self.endpoint.counts().client <= 17,
            "16 and a CANCEL at most"
        );
    }

    /// The user answers what is open; then time passes.
    fn finish(&mut self) {
        for (tx, request) in std::mem::take(&mut self.servers) {
            let response =
                ResponseBuilder::to(&request, StatusCode::SERVER_INTERNAL_ERROR).to_tag("bob").build();
            self.endpoint.respond(self.now, tx, response);
        }
        for _ in 0..10_000 {
            let Some(next) = self.endpoint.next_wakeup() else { break };
            self.now = self.now.max(next);
            self.endpoint.wake(self.now);
            while self.endpoint.poll_event().is_some() {}
            while self.endpoint.poll_transmit().is_some() {}
        }
        assert!(self.endpoint.counts().is_zero(), "{:?}", self.endpoint.counts());
    }
}
