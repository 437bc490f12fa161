//! What a phone makes of the answers to its requests.

use std::time::Instant;

use pabx_sip::dialog::Dialog;
use pabx_sip::digest::Challenges;
use pabx_sip::endpoint::ClientTx;
use pabx_sip::message::{HeaderName, Method, Request, RequestBuilder, Response};

use super::super::phone_call::CallState;
use super::{Phone, Sent};

impl Phone {
    pub(super) fn responded(&mut self, now: Instant, tx: ClientTx, response: &Response) {
        let Some(sent) = self.sent.get_mut(&tx) else { return };
        let status = response.status();
        if matches!(status.code(), 401 | 407) {
            let uri = sent.request.uri_text().to_owned();
            let method = sent.request.method().clone();
            let answer = self.answerer.answer(
                &mut sent.challenges,
                "pabx",
                response,
                (&method, &uri),
                "0a4f113b00112233",
            );
            if let Ok(answer) = answer {
                self.again(now, tx, answer.name, &answer.value);
                return;
            }
        }
        let (request, call) = (sent.request.clone(), sent.call);
        match call {
            Some(call) => self.call_responded(now, call, &request, response),
            None if status.is_final() => {
                self.answers.push((request.method().clone(), status.code()));
                self.last_response = Some(response.clone());
                self.sent.remove(&tx);
            }
            None => {}
        }
    }

    /// The request once more, with credentials and the next CSeq.
    fn again(&mut self, now: Instant, tx: ClientTx, name: HeaderName, value: &str) {
        let Some(sent) = self.sent.remove(&tx) else { return };
        let method = sent.request.method().clone();
        let mut builder = RequestBuilder::new(method.clone(), &sent.request.uri().unwrap());
        let mut number = sent.request.cseq().unwrap().number + 1;
        for field in sent.request.headers().iter() {
            let value = String::from_utf8_lossy(field.value).into_owned();
            if field.is(&HeaderName::CSeq) {
                if let Some(call) = sent.call.filter(|call| self.calls[*call].dialog.is_some()) {
                    // A request inside a dialog takes the dialog's next number.
                    let next = self.calls[call].dialog.as_mut().unwrap();
                    let _ = next.request(method.clone());
                    number = next.local_seq();
                }
                self.seq = self.seq.max(number);
                builder = builder.header(HeaderName::CSeq, format!("{number} {method}"));
            } else if !field.is(&HeaderName::ContentType) && !field.is(&HeaderName::Via) && !field.is(&name) {
                builder = builder.header(field.header_name(), value);
            }
        }
        builder = builder.header(name, value);
        if let Some(kind) = sent.request.headers().text(&HeaderName::ContentType) {
            builder = builder.body(kind, sent.request.body());
        }
        let request = builder.build();
        let new = self.endpoint.request(now, self.flow, request.clone()).unwrap();
        if let Some(call) = sent.call {
            if self.calls[call].dialog.is_none() {
                self.calls[call].invite = Some(request.clone());
            }
            self.calls[call].client = Some(new);
        }
        self.sent.insert(new, Sent { request, challenges: sent.challenges, call: sent.call });
    }

    fn call_responded(&mut self, now: Instant, call: usize, request: &Request, response: &Response) {
        let status = response.status();
        let begins = request.to_tag().is_none();
        if begins {
            self.calls[call].statuses.push(status.code());
        } else if status.is_final() {
            self.calls[call].in_dialog.push((request.method().clone(), status.code()));
        }
        self.hear(call, &response.body());
        if *request.method() == Method::Invite {
            if status.is_success() {
                self.accepted(call, request, response);
            } else if begins && status.is_provisional() && status.code() > 100 {
                self.progress(now, call, request, response);
            } else if begins && status.is_final() {
                self.calls[call].state = CallState::Failed(status.code());
            }
        }
    }

    fn progress(&mut self, now: Instant, call: usize, request: &Request, response: &Response) {
        self.calls[call].state = CallState::Ringing;
        if self.calls[call].dialog.is_none() {
            self.calls[call].dialog = Dialog::uac(request, response, &self.flow).ok();
        }
        if !self.sends_prack {
            return;
        }
        let Some(dialog) = &mut self.calls[call].dialog else { return };
        if let Some(prack) = dialog.prack(response) {
            let client = self.calls[call].client;
            self.send(now, prack.build(), Some(call));
            self.calls[call].client = client;
        }
    }

    fn accepted(&mut self, call: usize, request: &Request, response: &Response) {
        if request.to_tag().is_none() {
            match &mut self.calls[call].dialog {
                // A BYE that overtook this 200 has ended the dialog already; the 200 is acknowledged all the same.
                Some(dialog) => drop(dialog.confirm(response)),
                None => self.calls[call].dialog = Dialog::uac(request, response, &self.flow).ok(),
            }
            if self.calls[call].state != CallState::Ended {
                self.calls[call].state = CallState::Answered;
            }
        }
        if self.acknowledges {
            let late = request.body().is_empty();
            let body = late.then(|| self.sdp(self.ack_direction));
            let Some(dialog) = &self.calls[call].dialog else { return };
            let mut ack = dialog.ack(response.cseq().unwrap().number);
            if let Some(body) = body {
                ack = ack.body("application/sdp", body);
            }
            self.endpoint.send_ack(self.flow, ack.build());
        }
    }
}
