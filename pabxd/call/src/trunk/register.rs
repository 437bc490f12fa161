//! A line's registration with its provider (RFC 3261 §10.2).
//!
//! | answer                        | what follows                                                      |
//! |-------------------------------|-------------------------------------------------------------------|
//! | 200                           | registered; again after four fifths of what was granted, and a little less |
//! | 401, 407                      | answered, twice at most; then the credentials are wrong           |
//! | 423                           | the same again with the provider's minimum, once                  |
//! | 403, 404, 3xx, other 4xx, 6xx | refused: again after 1 to 2 minutes                               |
//! | none, 5xx, no connection      | the next server at once; after the last, back-off                 |
//!
//! Back-off: 2 s, doubled up to 40 s, of which a random half to whole is waited, so that a provider that comes back is
//! not met by all its customers at once, and yet has them all within two minutes. Retry-After is honoured.

use std::time::{Duration, Instant};

use pabx_model::{TrunkId, TrunkProblem};
use pabx_sip::digest::{Challenges, Refusal};
use pabx_sip::endpoint::ClientTx;
use pabx_sip::flow::Flow;
use pabx_sip::header::{Contact, Expires, MinExpires, RetryAfter};
use pabx_sip::message::{HeaderName, Method, Request, RequestBuilder, Response, StatusCode};
use pabx_sip::uri::Uri;

use super::Line;
use super::line::TrunkTimer;
use super::lookup::registrar_uri;
use crate::api::Now;
use crate::core::{ClientOwner, Core};
use crate::headers;

/// What we ask for, in seconds.
const WANTED: u32 = 600;
/// What a provider may make of it: more than a day is no registration any more, less than this a storm.
const GRANTED: (u32, u32) = (30, 86_400);
/// Bounds of the back-off.
const BACK_OFF: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(40));
/// After a refusal: a provider that is asked too often with a wrong password shuts the account, or the address.
const REFUSED: Duration = Duration::from_mins(2);
/// Longest Retry-After that is honoured.
const MAX_RETRY_AFTER: Duration = Duration::from_mins(10);

/// What is known of a line's registration.
#[derive(Debug, Default)]
pub(crate) struct Registration {
    /// Until when it stands.
    until: Option<Instant>,
    /// The REGISTER that is under way.
    open: Option<ClientTx>,
    challenges: Challenges,
    /// The same for all of a line's life (RFC 3261 §10.2.4).
    call_id: Option<Box<str>>,
    tag: Option<Box<str>>,
    cseq: u32,
    /// What the provider wants at least, once it has said so.
    minimum: u32,
    /// Rounds over all servers that failed.
    failures: u8,
    /// Where it stands: our own address there.
    contact: Option<Uri>,
}

impl Registration {
    /// Whether the provider has taken it. It is not asked what time it is: before it runs out it is renewed or fails.
    pub(super) fn stands(&self) -> bool {
        self.until.is_some()
    }

    /// Until when.
    pub(crate) fn until(&self) -> Option<Instant> {
        self.until
    }

    /// Our own address there.
    pub(super) fn contact(&self) -> Option<&Uri> {
        self.contact.as_ref()
    }

    fn expires(&self) -> u32 {
        WANTED.max(self.minimum)
    }
}

/// The URI that a provider is told to call us by.
pub(crate) fn contact_of(core: &Core, line: &Line, flow: &Flow) -> Uri {
    let contact = headers::contact(&core.config, flow, line.username());
    contact.with_param("line", Some(&line.trunk.trunk_id.to_string()))
}

impl Core {
    /// Registers a line, or renews its registration.
    pub(super) fn register_line(&mut self, now: Now, id: TrunkId) {
        let Some(line) = self.trunks.line_mut(id).filter(|line| line.is_active()) else { return };
        if line.paths.is_empty() || line.registration.open.is_some() {
            return;
        }
        line.registration.challenges = Challenges::default();
        // Over UDP the way is asked for anew; without one, it comes later and brings us back here.
        if let Some(flow) = self.reach_current(id) {
            self.send_register(now, id, flow, None);
        }
    }

    fn send_register(
        &mut self,
        now: Now,
        id: TrunkId,
        flow: Flow,
        credentials: Option<(HeaderName, String)>,
    ) {
        let Some(expires) = self.trunks.line(id).map(|line| line.registration.expires()) else { return };
        let Some(request) = self.register_request(id, &flow, expires, credentials) else { return };
        match self.endpoint.request(now.mono, flow, request) {
            Ok(tx) => {
                self.clients.insert(tx, ClientOwner::Trunk(id, tx));
                if let Some(line) = self.trunks.line_mut(id) {
                    line.registration.open = Some(tx);
                }
            }
            Err(_) => self.register_failed(now, id, TrunkProblem::NoConnection, None),
        }
    }

    fn register_request(
        &mut self,
        id: TrunkId,
        flow: &Flow,
        expires: u32,
        credentials: Option<(HeaderName, String)>,
    ) -> Option<Request> {
        let (call_id, tag, cnonce) = (self.random.token(16), self.random.token(8), self.random.token(8));
        let contact = contact_of(self, self.trunks.line(id)?, flow);
        let line = self.trunks.lines.get_mut(&id)?;
        let uri = registrar_uri(&line.trunk);
        let address = registrar_uri(&line.trunk).with_user(Some(line.username()));
        let peer = line.trunk.host.as_str().to_owned();
        let credentials = credentials.or_else(|| {
            let answerer = line.answerer.as_mut()?;
            let answer = answerer.in_advance(&peer, &Method::Register, &uri.to_string(), &cnonce)?;
            Some((answer.name, answer.value))
        });
        let registration = &mut line.registration;
        registration.cseq = registration.cseq.wrapping_add(1).max(1);
        let call_id = registration.call_id.get_or_insert_with(|| call_id.into());
        let tag = registration.tag.get_or_insert_with(|| tag.into());
        let mut request = RequestBuilder::new(Method::Register, &uri)
            .header(HeaderName::From, format_args!("<{address}>;tag={tag}"))
            .header(HeaderName::To, format_args!("<{address}>"))
            .header(HeaderName::CallId, call_id)
            .header(HeaderName::CSeq, format_args!("{} REGISTER", registration.cseq))
            .header(HeaderName::Contact, format_args!("<{contact}>;expires={expires}"))
            .header(HeaderName::Expires, expires)
            .header(HeaderName::Allow, headers::ALLOW)
            .header(HeaderName::UserAgent, &self.config.software);
        if let Some((name, value)) = credentials {
            request = request.header(name, value);
        }
        registration.contact = Some(contact);
        Some(request.build())
    }

    /// The provider has answered a REGISTER, with a final answer.
    pub(super) fn register_answered(&mut self, now: Now, id: TrunkId, response: &Response) {
        let Some(line) = self.trunks.line_mut(id) else { return };
        line.registration.open = None;
        let status = response.status();
        match status.code() {
            200..=299 => self.registered_line(now, id, response),
            401 | 407 => self.register_challenged(now, id, response),
            423 => self.interval_too_brief(now, id, response),
            408 | 500..=599 => {
                let retry = response.headers().get::<RetryAfter>().ok().flatten();
                let retry = retry.map(|retry| Duration::from_secs(retry.0.into()).min(MAX_RETRY_AFTER));
                self.register_failed(now, id, TrunkProblem::Refused, Some(status.code()));
                if let Some(after) = retry {
                    self.set_trunk_timer(now, id, TrunkTimer::Register, after);
                }
            }
            _ => self.register_refused_by(now, id, TrunkProblem::Refused, Some(status.code())),
        }
    }

    fn registered_line(&mut self, now: Now, id: TrunkId, response: &Response) {
        let Some(line) = self.trunks.line_mut(id) else { return };
        let asked = line.registration.expires();
        let granted = granted(response, line.registration.contact.as_ref()).unwrap_or(asked);
        let granted = granted.clamp(GRANTED.0, GRANTED.1);
        line.registration.until = Some(now.mono + Duration::from_secs(granted.into()));
        line.registration.failures = 0;
        line.note_seen(response);
        line.missed = 0;
        line.problem = None;
        line.status = None;
        self.tell_line(now, id);
        // A little earlier than needed, and not all at one time.
        let (most, part) = (u64::from(granted) * 800, u64::from(granted) * 100);
        let early = self.random_up_to(Duration::from_millis(part));
        self.set_trunk_timer(
            now,
            id,
            TrunkTimer::Register,
            Duration::from_millis(most).saturating_sub(early),
        );
        self.watch_later(now, id);
    }

    fn register_challenged(&mut self, now: Now, id: TrunkId, response: &Response) {
        let cnonce = self.random.token(8);
        let Some(line) = self.trunks.lines.get_mut(&id) else { return };
        let uri = registrar_uri(&line.trunk).to_string();
        let Some(answerer) = &mut line.answerer else { return };
        let asked = (&Method::Register, uri.as_str());
        let challenges = &mut line.registration.challenges;
        let flow = line.paths.get(line.current).and_then(|path| path.flow);
        match answerer.answer(challenges, line.trunk.host.as_str(), response, asked, &cnonce) {
            Ok(answer) => {
                if let Some(flow) = flow {
                    self.send_register(now, id, flow, Some((answer.name, answer.value)));
                } else {
                    self.register_failed(now, id, TrunkProblem::NoConnection, None);
                }
            }
            Err(refusal) => {
                let problem = match refusal {
                    Refusal::NotAccepted | Refusal::TooMany => TrunkProblem::WrongCredentials,
                    Refusal::NoOffer | Refusal::OtherPeer | Refusal::OtherRealm => {
                        TrunkProblem::UnsafeChallenge
                    }
                };
                self.register_refused_by(now, id, problem, Some(response.status().code()));
            }
        }
    }

    fn interval_too_brief(&mut self, now: Now, id: TrunkId, response: &Response) {
        let Some(line) = self.trunks.line_mut(id) else { return };
        let minimum = response.headers().get::<MinExpires>().ok().flatten().map_or(0, |min| min.0);
        if minimum <= line.registration.expires() || minimum > GRANTED.1 {
            self.register_refused_by(now, id, TrunkProblem::Refused, Some(423));
            return;
        }
        line.registration.minimum = minimum;
        if let Some(flow) = line.paths.get(line.current).and_then(|path| path.flow) {
            self.send_register(now, id, flow, None);
        }
    }

    /// The provider does not want us: there is no use in asking its other servers.
    fn register_refused_by(&mut self, now: Now, id: TrunkId, problem: TrunkProblem, status: Option<u16>) {
        let Some(line) = self.trunks.line_mut(id) else { return };
        line.registration.until = None;
        self.line_problem(now, id, Some(problem), status);
        let after = REFUSED / 2 + self.random_up_to(REFUSED / 2);
        self.set_trunk_timer(now, id, TrunkTimer::Register, after);
    }

    /// A server did not answer, or cannot: the next one, or back-off.
    pub(super) fn register_failed(
        &mut self,
        now: Now,
        id: TrunkId,
        problem: TrunkProblem,
        status: Option<u16>,
    ) {
        let Some(line) = self.trunks.line_mut(id) else { return };
        line.registration.open = None;
        line.registration.until = None;
        if self.next_server(id) {
            self.line_problem(now, id, Some(problem), status);
            self.register_line(now, id);
            return;
        }
        let Some(line) = self.trunks.line_mut(id) else { return };
        line.registration.failures = line.registration.failures.saturating_add(1);
        let doublings = u32::from(line.registration.failures.min(6).saturating_sub(1));
        let whole = BACK_OFF.1.min(BACK_OFF.0.saturating_mul(1 << doublings));
        self.line_problem(now, id, Some(problem), status);
        let after = whole / 2 + self.random_up_to(whole / 2);
        self.set_trunk_timer(now, id, TrunkTimer::Register, after);
    }

    /// A line ends: the provider is told, and nobody waits for its answer.
    pub(super) fn unregister_line(&mut self, now: Now, id: TrunkId) {
        let Some(line) = self.trunks.line_mut(id).filter(|line| line.registration.stands()) else { return };
        let Some(flow) = line.paths.get(line.current).and_then(|path| path.flow) else { return };
        if let Some(request) = self.register_request(id, &flow, 0, None) {
            let _ = self.endpoint.request(now.mono, flow, request);
        }
    }

    /// An answer to a request of a line, or none (`None`).
    pub(crate) fn trunk_answered(
        &mut self,
        now: Now,
        (id, tx): (TrunkId, ClientTx),
        response: Result<&Response, StatusCode>,
    ) {
        if response.is_ok_and(|response| !response.status().is_final()) {
            return;
        }
        self.clients.remove(&tx);
        let Some(line) = self.trunks.line_mut(id) else { return };
        let registers = line.registration.open == Some(tx);
        match response {
            Ok(response) if registers => self.register_answered(now, id, response),
            Err(status) if registers => {
                let problem =
                    if status.code() == 408 { TrunkProblem::NoAnswer } else { TrunkProblem::NoConnection };
                self.register_failed(now, id, problem, None);
            }
            other => self.question_answered(now, id, tx, other),
        }
    }
}

/// How long a 200 says that our contact holds (RFC 3261 §10.2.4).
fn granted(response: &Response, contact: Option<&Uri>) -> Option<u32> {
    let contacts = response.headers().get_all::<Contact>().unwrap_or_default();
    let ours = contacts.into_iter().find(|one| {
        one.uri().zip(contact).is_some_and(|(theirs, ours)| {
            theirs.user() == ours.user() && theirs.host() == ours.host() && theirs.port() == ours.port()
        })
    });
    let by_contact =
        ours.and_then(|contact| contact.address().and_then(pabx_sip::header::ContactEntry::expires));
    by_contact.or_else(|| response.headers().get::<Expires>().ok().flatten().map(|expires| expires.0))
}
