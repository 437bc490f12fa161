//! Requests of ours inside a dialog (RFC 3261 §12.2.1.1).

use super::Dialog;
use crate::header::{CSeq, MaxForwards, RAck, RSeq, Require, RouteHeader};
use crate::message::{HeaderName, Method, RequestBuilder, Response};
use crate::uri::Uri;

/// RFC 3261 §8.1.1.6.
const MAX_FORWARDS: MaxForwards = MaxForwards(70);

impl Dialog {
    /// The next request: counts CSeq up and fills in Request-URI, Route, Max-Forwards, From, To, Call-ID and CSeq.
    /// Contact and the body are the caller's. Not for ACK and CANCEL.
    pub fn request(&mut self, method: Method) -> RequestBuilder {
        self.local_seq += 1;
        self.build(method, self.local_seq)
    }

    /// A request of ours went out once more with the next CSeq, for a challenge (RFC 3261 §22.2).
    pub fn sent_again(&mut self) {
        self.local_seq += 1;
    }

    /// The ACK to a 2xx: CSeq has the number of the INVITE it acknowledges (RFC 3261 §13.2.2.4).
    pub fn ack(&self, cseq: u32) -> RequestBuilder {
        self.build(Method::Ack, cseq)
    }

    /// The PRACK to a reliable provisional response (RFC 3262 §4). `None` when the response is not reliable, was
    /// acknowledged before, or came out of order.
    pub fn prack(&mut self, response: &Response) -> Option<RequestBuilder> {
        let required = response.headers().get::<Require>().ok().flatten()?;
        let RSeq(rseq) = response.headers().get().ok().flatten()?;
        let in_order = self.remote_rseq.is_none_or(|last| last.checked_add(1) == Some(rseq));
        if !required.contains("100rel") || !in_order || !response.status().is_provisional() {
            return None;
        }
        let CSeq { number, method } = response.cseq()?;
        self.remote_rseq = Some(rseq);
        Some(self.request(Method::Prack).header(HeaderName::RAck, RAck { rseq, cseq: number, method }))
    }

    fn build(&self, method: Method, number: u32) -> RequestBuilder {
        let (target, routes) = self.path();
        let mut builder = RequestBuilder::new(method.clone(), &target);
        for route in &routes {
            builder = builder.header(HeaderName::Route, route);
        }
        builder
            .header(HeaderName::MaxForwards, MAX_FORWARDS)
            .header(HeaderName::From, &self.local_party)
            .header(HeaderName::To, &self.remote_party)
            .header(HeaderName::CallId, &self.id.call_id)
            .header(HeaderName::CSeq, CSeq::new(number, method))
    }

    /// Request-URI and Route. A strict router (without `lr`) as first hop takes the Request-URI's place, and the
    /// remote target goes to the end of the route (RFC 3261 §12.2.1.1).
    fn path(&self) -> (Uri, Vec<RouteHeader>) {
        match self.route_set.split_first() {
            Some((strict, rest)) if !strict.is_loose() => {
                let target = RouteHeader::new(self.remote_target.clone());
                let routes = rest.iter().cloned().chain([target]).collect();
                (strict.uri().clone().without_headers().without_param("method"), routes)
            }
            _ => (self.remote_target.clone(), self.route_set.clone()),
        }
    }
}
