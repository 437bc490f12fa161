//! The called phones: they ring, answer at once, and hang up when told.

use crate::message::{Incoming, sdp, with_body};
use crate::streams::Phone;
use anyhow::Result;
use std::collections::HashMap;
use std::net::SocketAddr;

/// All called phones behind one address.
pub(crate) struct Callee {
    /// Dialogs by Call-ID: which phone speaks in it.
    calls: HashMap<String, Option<usize>>,
    /// Phones that have no call yet; empty where calls have no media.
    pub(crate) phones: Vec<Phone>,
    used: usize,
}

impl Callee {
    pub(crate) fn new(phones: Vec<Phone>) -> Callee {
        Callee { calls: HashMap::new(), phones, used: 0 }
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.len()
    }

    /// The responses to a request.
    pub(crate) fn answer(&mut self, request: Incoming<'_>, port: u16) -> Result<Vec<String>> {
        let call = request.header("Call-ID");
        Ok(match request.method() {
            "INVITE" => {
                let local = self.accept(call, request.audio())?;
                vec![
                    response(request, "180 Ringing", port, ""),
                    response(request, "200 OK", port, &sdp(local)),
                ]
            }
            "ACK" => Vec::new(),
            "BYE" => {
                self.calls.remove(call);
                vec![response(request, "200 OK", port, "")]
            }
            _ => vec![response(request, "200 OK", port, "")],
        })
    }

    fn accept(&mut self, call: &str, relay: Option<SocketAddr>) -> Result<u16> {
        if !self.calls.contains_key(call) {
            let phone = (self.used < self.phones.len()).then_some(self.used);
            self.used += 1;
            self.calls.insert(call.into(), phone);
        }
        let phone = self.calls.get(call).copied().flatten().and_then(|phone| self.phones.get(phone));
        match (phone, relay) {
            (Some(phone), Some(relay)) => {
                phone.talk_to(relay)?;
                phone.port()
            }
            _ => Ok(9),
        }
    }
}

fn response(request: Incoming<'_>, status: &str, port: u16, body: &str) -> String {
    let via = request.all("Via").fold(String::new(), |lines, via| lines + "Via: " + via + "\r\n");
    let copy = |name| request.header(name);
    let to = copy("To");
    let tag = if to.contains(";tag=") { String::new() } else { format!(";tag=c{}", copy("Call-ID").len()) };
    format!(
        "SIP/2.0 {status}\r\n{via}From: {}\r\nTo: {to}{tag}\r\nCall-ID: {}\r\nCSeq: {}\r\nContact: <sip:load@127.0.0.1:{port}>\r\n{}",
        copy("From"),
        copy("Call-ID"),
        copy("CSeq"),
        with_body(body)
    )
}
