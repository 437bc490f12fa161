//! OPTIONS to the server in use (RFC 3261 §11): whether it is there. Any answer but 503 says that it is.

use std::time::Duration;

use pabx_model::{TrunkId, TrunkProblem};
use pabx_sip::endpoint::ClientTx;
use pabx_sip::flow::Flow;
use pabx_sip::message::{HeaderName, Method, Request, RequestBuilder, Response, StatusCode};

use super::line::{MAX_MISSED, TrunkTimer};
use super::lookup::registrar_uri;
use super::register::contact_of;
use crate::api::Now;
use crate::core::{ClientOwner, Core};
use crate::headers;

/// How soon a server that did not answer is asked again.
const AGAIN: Duration = Duration::from_secs(10);
/// How often, when OPTIONS are switched off for phones: a line by address knows nothing of itself otherwise.
const DEFAULT_INTERVAL: Duration = Duration::from_mins(1);

impl Core {
    /// Asks the server in use whether it is there.
    pub(super) fn watch_line(&mut self, now: Now, id: TrunkId) {
        let Some(line) = self.trunks.line_mut(id).filter(|line| line.is_active()) else { return };
        if line.question.is_some() || line.paths.is_empty() {
            return;
        }
        let Some(flow) = self.reach_current(id) else { return };
        let Some(request) = self.options_to(id, &flow) else { return };
        if let Ok(tx) = self.endpoint.request(now.mono, flow, request) {
            self.clients.insert(tx, ClientOwner::Trunk(id, tx));
            if let Some(line) = self.trunks.line_mut(id) {
                line.question = Some((tx, now.mono));
            }
        } else {
            self.watch_later(now, id);
        }
    }

    /// The next question is due after the usual time.
    pub(super) fn watch_later(&mut self, now: Now, id: TrunkId) {
        let every = self.config.keep_alive;
        let every = if every.is_zero() { DEFAULT_INTERVAL } else { every };
        let early = self.random_up_to(every / 8);
        self.set_trunk_timer(now, id, TrunkTimer::Watch, every.saturating_sub(early));
    }

    fn options_to(&mut self, id: TrunkId, flow: &Flow) -> Option<Request> {
        let (call_id, tag) = (self.random.token(16), self.random.token(8));
        let line = self.trunks.line(id)?;
        let contact = contact_of(self, line, flow);
        let uri = registrar_uri(&line.trunk);
        let address = registrar_uri(&line.trunk).with_user(Some(line.username()));
        let request = RequestBuilder::new(Method::Options, &uri)
            .header(HeaderName::From, format_args!("<{address}>;tag={tag}"))
            .header(HeaderName::To, format_args!("<{uri}>"))
            .header(HeaderName::CallId, call_id)
            .header(HeaderName::CSeq, "1 OPTIONS")
            .header(HeaderName::Contact, format_args!("<{contact}>"))
            .header(HeaderName::Accept, headers::SDP)
            .header(HeaderName::UserAgent, &self.config.software);
        Some(request.build())
    }

    /// The answer to a question, or none.
    pub(super) fn question_answered(
        &mut self,
        now: Now,
        id: TrunkId,
        tx: ClientTx,
        response: Result<&Response, StatusCode>,
    ) {
        let Some(line) = self.trunks.line_mut(id) else { return };
        let Some((_, asked)) = line.question.take_if(|(open, _)| *open == tx) else { return };
        let status = response.map_or_else(StatusCode::code, |response| response.status().code());
        if response.is_err() || status == 503 {
            let problem = match (response, status) {
                (Ok(_), _) => TrunkProblem::Refused,
                (_, 408) => TrunkProblem::NoAnswer,
                _ => TrunkProblem::NoConnection,
            };
            self.question_missed(now, id, problem);
            return;
        }
        line.round_trip = Some(now.mono.saturating_duration_since(asked));
        if let Ok(response) = response {
            line.note_seen(response);
        }
        self.line_lives(now, id);
        self.watch_later(now, id);
    }

    /// The provider is there: it answered, or it sent us a call.
    pub(crate) fn line_lives(&mut self, now: Now, id: TrunkId) {
        let Some(line) = self.trunks.line_mut(id) else { return };
        line.missed = 0;
        line.answered = true;
        if !line.registers() || line.registration.stands() {
            line.problem = None;
            line.status = None;
        }
        self.tell_line(now, id);
    }

    /// The server in use did not answer a question, or cannot be reached.
    pub(super) fn question_missed(&mut self, now: Now, id: TrunkId, problem: TrunkProblem) {
        let Some(line) = self.trunks.line_mut(id) else { return };
        line.missed = line.missed.saturating_add(1);
        line.problem = Some(problem);
        let given_up = line.missed >= MAX_MISSED || !line.answered;
        if given_up && line.registers() {
            // The registration that stands is worth nothing there.
            self.register_failed(now, id, problem, None);
            return;
        }
        if given_up {
            line.answered = false;
            if self.next_server(id) {
                self.tell_line(now, id);
                self.watch_line(now, id);
                return;
            }
        }
        self.tell_line(now, id);
        let after = AGAIN / 2 + self.random_up_to(AGAIN / 2);
        self.set_trunk_timer(now, id, TrunkTimer::Watch, after);
    }
}
