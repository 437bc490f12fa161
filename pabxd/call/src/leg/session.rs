//! The session timer of one leg (RFC 4028). Each leg has its own: a refresh is answered here and never relayed.
//!
//! What is agreed and when something is due is `pabx_sip::session_timer`; here it meets a leg's messages:
//!
//! | message                        | what happens                                                |
//! |--------------------------------|-------------------------------------------------------------|
//! | the peer's INVITE or UPDATE    | [`Session::answer`]: the timer starts anew, our 2xx says so |
//! | a 2xx to ours                  | [`Session::asked`]: the timer starts anew                   |
//! | any other answer to a refresh  | [`Session::alive`]: the peer is there                       |

use std::time::Instant;

use pabx_sip::endpoint::ClientTx;
use pabx_sip::header::{MinSe, Refresher, SessionExpires};
use pabx_sip::message::{Headers, Request, Response};
use pabx_sip::session_timer::{self, Answer, Due, PeerOffer, Role, SessionPolicy, SessionTimer};

use super::Abilities;
use crate::config::EngineConfig;

/// The session timer of one leg.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Session {
    /// There is to be no timer, whatever the peer offers: a provider's wish.
    off: bool,
    /// `None`: the session never runs out.
    timer: Option<SessionTimer>,
    /// What the timer runs by, and whether our 2xx requires the peer to understand it.
    agreed: Option<(SessionExpires, bool)>,
    /// Our refresh that is under way.
    pub(crate) refreshing: Option<ClientTx>,
}

/// What we want of every session.
pub(crate) fn policy(config: &EngineConfig) -> SessionPolicy {
    let seconds = |duration: std::time::Duration| u32::try_from(duration.as_secs()).unwrap_or(u32::MAX);
    SessionPolicy { interval: seconds(config.session_interval), min_se: seconds(config.min_session_interval) }
}

/// Session-Expires of a message; one that cannot be read counts as absent.
fn session_expires(headers: &Headers) -> Option<SessionExpires> {
    headers.get::<SessionExpires>().ok().flatten()
}

fn answer_to(request: &Request, peer: Abilities, config: &EngineConfig) -> Answer {
    let offer = PeerOffer {
        session_expires: session_expires(request.headers()),
        min_se: request.headers().get::<MinSe>().ok().flatten(),
        supports_timer: peer.timer,
    };
    session_timer::answer(&policy(config), &offer)
}

/// RFC 4028 §9: whether the interval that the peer asks for is one that we can stand; else the Min-SE of the 422.
pub(crate) fn check(request: &Request, peer: Abilities, config: &EngineConfig) -> Result<(), MinSe> {
    match answer_to(request, peer, config) {
        Answer::TooSmall(min_se) => Err(min_se),
        Answer::NoTimer | Answer::Timer { .. } => Ok(()),
    }
}

impl Session {
    /// One that runs, or never does.
    pub(crate) fn new(timer: bool) -> Self {
        Self { off: !timer, ..Self::default() }
    }

    /// As the answering side of a request of the peer.
    pub(crate) fn answer(&mut self, now: Instant, request: &Request, peer: Abilities, config: &EngineConfig) {
        self.refreshing = None;
        if self.off {
            return;
        }
        match answer_to(request, peer, config) {
            Answer::Timer { session_expires, require } => {
                self.agreed = Some((session_expires, require));
                self.timer = Some(SessionTimer::start(now, session_expires, Role::Uas));
            }
            Answer::NoTimer => *self = Self::default(),
            Answer::TooSmall(_) => {}
        }
    }

    /// As the asking side, from the peer's 2xx. Without Session-Expires there the peer knows no session timer; we
    /// keep the session fresh by ourselves then.
    pub(crate) fn asked(&mut self, now: Instant, response: &Response, config: &EngineConfig) {
        self.refreshing = None;
        if self.off {
            return;
        }
        let ours = SessionExpires { seconds: policy(config).interval, refresher: Some(Refresher::Uac) };
        let agreed = session_timer::agreed(session_expires(response.headers()));
        let agreed = agreed.or_else(|| Some(ours).filter(|ours| ours.seconds > 0));
        self.agreed = agreed.map(|agreed| (agreed, false));
        self.timer = agreed.map(|agreed| SessionTimer::start(now, agreed, Role::Uac));
    }

    /// The peer answered a refresh, although not with a 2xx: the session is not dead.
    pub(crate) fn alive(&mut self, now: Instant) {
        if let Some(timer) = &mut self.timer {
            timer.restart(now);
        }
    }

    /// Session-Expires for our 2xx to the request that [`Session::answer`] read, and whether the 2xx requires the
    /// extension. A peer that knows no timers is told nothing of it.
    pub(crate) fn header(&self, peer: Abilities) -> Option<(SessionExpires, bool)> {
        self.agreed.filter(|_| peer.timer)
    }

    /// Session-Expires for a request of ours inside the dialog: the roles stay (RFC 4028 §7.4).
    pub(crate) fn refresh_header(&self) -> Option<SessionExpires> {
        let refresher = if self.timer?.refreshes_here() { Refresher::Uac } else { Refresher::Uas };
        Some(SessionExpires { seconds: self.agreed?.0.seconds, refresher: Some(refresher) })
    }

    /// When something may be due.
    pub(crate) fn next_wakeup(&self) -> Option<Instant> {
        self.timer.map(|timer| timer.next_wakeup())
    }

    /// What is due.
    pub(crate) fn wake(&mut self, now: Instant) -> Option<Due> {
        self.timer.as_mut()?.wake(now)
    }
}
