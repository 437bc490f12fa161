//! What happens to bytes from the network, up to the point where a transaction or the user takes over.

use std::time::Instant;

use bytes::Bytes;

use super::event::{Event, Incoming, Rejected};
use super::key::Keys;
use super::{Endpoint, MAX_WAITING_EVENTS, via};
use crate::flow::Flow;
use crate::message::{Malformed, Message, Method, Request, Response, ResponseBuilder, StatusCode};
use crate::verdict;

impl Endpoint {
    /// One datagram, or one message cut from a stream by [`crate::frame::Framer`].
    pub fn receive(&mut self, now: Instant, flow: Flow, bytes: Bytes) {
        let size = bytes.len();
        match Message::parse(bytes) {
            Ok(Message::Request(request)) => self.receive_request(now, flow, request, size),
            Ok(Message::Response(response)) => self.receive_checked_response(now, flow, response),
            Err(malformed) => self.receive_malformed(flow, &malformed, size),
        }
    }

    fn receive_checked_response(&mut self, now: Instant, flow: Flow, response: Response) {
        match verdict::check_response(&response) {
            Ok(()) => self.receive_response(now, flow, response),
            Err(_) => self.reject(flow, Rejected::BadResponse),
        }
    }

    fn receive_request(&mut self, now: Instant, flow: Flow, mut request: Request, size: usize) {
        if let Err(bad) = verdict::check_request(&request) {
            self.refuse(flow, &request, size, bad.status, bad.reason);
            self.reject(flow, Rejected::Refused(bad.status, bad.reason));
            return;
        }
        let (Ok(top), Some(cseq)) = (request.top_via(), request.cseq()) else { return };
        let keys = self.hasher.request(&flow, &request, &top, &cseq);
        if let Some(tx) = self.by_key.get(&keys.transaction).copied()
            && !matches!(request.method(), Method::Ack | Method::Cancel)
        {
            self.receive_again(tx);
            return;
        }
        if *request.method() == Method::Ack {
            self.receive_ack(now, flow, keys, request);
            return;
        }
        let reply = via::reply_flow(&flow, &top);
        request.note_source(flow.remote);
        self.receive_new(Incoming { request, flow, reply, keys, size });
    }

    fn receive_new(&mut self, incoming: Incoming) {
        if *incoming.request.method() == Method::Cancel {
            self.receive_cancel(&incoming);
        } else if incoming.keys.opens && self.by_origin.contains_key(&incoming.keys.origin) {
            // RFC 3261 §8.2.2.2: this request came before, by another path.
            self.answer_error(&incoming, StatusCode::LOOP_DETECTED, "Merged Request");
            self.reject(incoming.flow, Rejected::Merged);
        } else if self.events.len() < MAX_WAITING_EVENTS {
            self.events.push_back(Event::Request(incoming));
        }
    }

    fn receive_malformed(&mut self, flow: Flow, malformed: &Malformed, size: usize) {
        if let (Some(status), Some(request)) = (malformed.status, &malformed.partial) {
            self.refuse(flow, request, size, status, malformed.reason.phrase());
        }
        self.reject(flow, Rejected::Malformed(malformed.reason));
    }

    /// Answers a request that cannot be processed, if its Via can be read and it is no ACK.
    fn refuse(&mut self, flow: Flow, request: &Request, size: usize, status: StatusCode, reason: &str) {
        if *request.method() == Method::Ack {
            return;
        }
        let Ok(top) = request.top_via() else { return };
        let reply = via::reply_flow(&flow, &top);
        let keys = Keys { transaction: 0, origin: 0, opens: false };
        let mut request = request.clone();
        request.note_source(flow.remote);
        self.answer_error(&Incoming { request, flow, reply, keys, size }, status, reason);
    }

    fn answer_error(&mut self, incoming: &Incoming, status: StatusCode, reason: &str) {
        let tag = self.random.token(8);
        let response = ResponseBuilder::to(&incoming.request, status).reason(reason).to_tag(&tag).build();
        self.respond_stateless(incoming, response);
    }
}
