//! The client's side of digest authentication, for trunks.
//!
//! A secret is told to nobody but its own peer: credentials are bound to the peer they were configured for and
//! to one realm (configured, or the first that this peer names), never answered with a weaker algorithm than
//! configured, and at most [`MAX_CHALLENGES`] challenges of one request are answered.
//!
//! | challenge of a request | nonce came before | answer |
//! |---|---|---|
//! | first | any | answered |
//! | second, `stale=true`, or from the other kind (401, 407) | – | answered |
//! | second, else | – | refused: the credentials are wrong |
//! | third | – | refused |

use super::credentials::Challenge;
use super::hash::{Algorithm, Ha1, Question, ha1};
use crate::header::grammar::quote;
use crate::message::{HeaderName, Method, Response, StatusCode};
use std::fmt;

/// Challenges that are answered for one request.
pub const MAX_CHALLENGES: u8 = 2;
/// Challenge fields of one response that are looked at.
const MAX_OFFERS: usize = 8;

/// Credentials for one peer.
#[derive(Clone)]
pub struct TrunkCredentials {
    /// The name that the peer knows us by.
    pub username: String,
    /// The password.
    pub password: String,
    /// The only realm they are for; without one, the first that the peer names.
    pub realm: Option<String>,
    /// Who may be told: compared with what the caller says it talks to.
    pub peer: String,
    /// Challenges below this are not answered.
    pub weakest: Algorithm,
}

impl fmt::Debug for TrunkCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { realm, peer, weakest, .. } = self;
        write!(f, "TrunkCredentials {{ peer: {peer:?}, realm: {realm:?}, weakest: {weakest}, .. }}")
    }
}

/// Why a challenge is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The response is no 401 or 407, or has no challenge that we can answer strongly enough.
    #[error("no challenge that may be answered")]
    NoOffer,
    /// It comes from somebody the credentials are not for.
    #[error("challenged by another peer than the credentials are for")]
    OtherPeer,
    /// It names another realm.
    #[error("challenged for another realm than the credentials are for")]
    OtherRealm,
    /// The peer has seen our credentials and does not take them.
    #[error("credentials not accepted")]
    NotAccepted,
    /// One challenge after another.
    #[error("too many challenges for one request")]
    TooMany,
}

/// The challenges that one request has met: starts as `default()` with each new request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Challenges {
    answered: u8,
    last: Option<StatusCode>,
}

/// One header field for the request: name and value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// `Authorization` or `Proxy-Authorization`.
    pub name: HeaderName,
    /// The credentials. Good for one request only.
    pub value: String,
}

/// What is known from the last challenge.
struct Session {
    status: StatusCode,
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    secret: Ha1,
    count: u32,
}

/// Answers the challenges of one peer.
pub struct Answerer {
    credentials: TrunkCredentials,
    session: Option<Session>,
}

impl fmt::Debug for Answerer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answerer {{ {:?}, challenged: {} }}", self.credentials, self.session.is_some())
    }
}

impl Answerer {
    /// With these credentials, not challenged yet.
    pub fn new(credentials: TrunkCredentials) -> Self {
        Self { credentials, session: None }
    }

    /// Credentials for a request to `peer` before it asks, from its last challenge (RFC 7616 §3.4: the count goes
    /// up with each use). `uri` is the Request-URI as it will be sent; `cnonce` a fresh random token.
    pub fn in_advance(&mut self, peer: &str, method: &Method, uri: &str, cnonce: &str) -> Option<Answer> {
        if peer != self.credentials.peer {
            return None;
        }
        let session = self.session.as_mut()?;
        session.count = session.count.checked_add(1)?;
        Some(session.answer(&self.credentials.username, method, uri, cnonce))
    }

    /// Answers the 401 or 407 that `peer` gave to a request, or says why not.
    pub fn answer(
        &mut self,
        challenges: &mut Challenges,
        peer: &str,
        response: &Response,
        request: (&Method, &str),
        cnonce: &str,
    ) -> Result<Answer, Refusal> {
        if peer != self.credentials.peer {
            return Err(Refusal::OtherPeer);
        }
        let offer = self.strongest(response)?;
        challenges.note(response.status(), offer.stale)?;
        let secret = ha1(&self.credentials.username, offer.realm, &self.credentials.password);
        // The first realm that the peer names is the only one from then on.
        self.credentials.realm.get_or_insert_with(|| offer.realm.to_owned());
        let session = self.session.insert(Session {
            status: response.status(),
            realm: offer.realm.to_owned(),
            nonce: offer.nonce.to_owned(),
            opaque: offer.opaque.map(str::to_owned),
            algorithm: offer.algorithm,
            secret,
            count: 1,
        });
        let (method, uri) = request;
        Ok(session.answer(&self.credentials.username, method, uri, cnonce))
    }

    fn strongest<'r>(&self, response: &'r Response) -> Result<Challenge<'r>, Refusal> {
        let name = match response.status() {
            StatusCode::UNAUTHORIZED => HeaderName::WwwAuthenticate,
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => HeaderName::ProxyAuthenticate,
            _ => return Err(Refusal::NoOffer),
        };
        let fields = response.headers().fields(&name).take(MAX_OFFERS);
        let offers =
            || fields.filter_map(Challenge::parse).filter(|o| o.algorithm >= self.credentials.weakest);
        let realm = self.credentials.realm.as_deref();
        let mut refusal = Refusal::NoOffer;
        let ours = offers().filter(|offer| {
            let is_ours = realm.is_none_or(|realm| realm == offer.realm);
            if !is_ours {
                refusal = Refusal::OtherRealm;
            }
            is_ours
        });
        ours.reduce(|best, next| if next.algorithm > best.algorithm { next } else { best }).ok_or(refusal)
    }
}

impl Challenges {
    fn note(&mut self, status: StatusCode, stale: bool) -> Result<(), Refusal> {
        if self.answered >= MAX_CHALLENGES {
            return Err(Refusal::TooMany);
        }
        if self.last == Some(status) && !stale {
            return Err(Refusal::NotAccepted);
        }
        self.answered += 1;
        self.last = Some(status);
        Ok(())
    }
}

impl Session {
    fn answer(&self, username: &str, method: &Method, uri: &str, cnonce: &str) -> Answer {
        let nc = format!("{:08x}", self.count);
        let question = Question { method: method.as_str(), uri, nonce: &self.nonce, nc: &nc, cnonce };
        let response = question.response(self.algorithm, &self.secret);
        let (username, realm, nonce) = (quote(username), &self.realm, &self.nonce);
        let (response, algorithm) = (response.as_str(), self.algorithm);
        // Realm, nonce and opaque go back with the escapes they came with.
        let mut value = format!(
            "Digest username={username},realm=\"{realm}\",nonce=\"{nonce}\",uri=\"{uri}\",response=\"{response}\",\
             algorithm={algorithm},cnonce=\"{cnonce}\",qop=auth,nc={nc}"
        );
        if let Some(opaque) = &self.opaque {
            value.push_str(",opaque=\"");
            value.push_str(opaque);
            value.push('"');
        }
        let proxy = self.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED;
        Answer { name: if proxy { HeaderName::ProxyAuthorization } else { HeaderName::Authorization }, value }
    }
}
