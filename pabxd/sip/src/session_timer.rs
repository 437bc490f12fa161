//! Session timers (RFC 4028), pure: what to offer, what to agree to, and when to refresh or give up.
//!
//! | state | input | does |
//! |---|---|---|
//! | – | we send INVITE or UPDATE | [`offer`]: Session-Expires and Min-SE |
//! | – | such a request comes | [`answer`]: 422 with Min-SE, or agreed interval and refresher |
//! | – | the 2xx to ours comes | [`agreed`]: what the answer says |
//! | – | the 422 to ours comes | [`after_too_small`]: what to offer next, or give up |
//! | running, we refresh | half the interval (§7.2) | [`Due::Refresh`] |
//! | running, the peer refreshes | interval − min(32 s, interval/3) (§10) | [`Due::Expired`]: BYE |
//! | running, we refresh | the same, when no refresh succeeded | [`Due::Expired`]: BYE |
//! | running | a refresh succeeds, by whichever side | starts anew |

use std::time::{Duration, Instant};

use crate::header::{MinSe, Refresher, SessionExpires};

/// RFC 4028 §4: no interval may be shorter.
pub const MIN_SE: u32 = 90;

/// What we want of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPolicy {
    /// Seconds that we propose. Default 1800.
    pub interval: u32,
    /// The shortest interval we accept, in seconds; at least [`MIN_SE`].
    pub min_se: u32,
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self { interval: 1800, min_se: MIN_SE }
    }
}

/// What the peer's request says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeerOffer {
    /// Its Session-Expires.
    pub session_expires: Option<SessionExpires>,
    /// Its Min-SE.
    pub min_se: Option<MinSe>,
    /// `timer` is in its Supported (or Require).
    pub supports_timer: bool,
}

/// The Session-Expires and Min-SE of a request of ours. `Supported: timer` goes with them (§7.1).
///
/// `refresher` is left out in a first request, so that the peer may choose; a refresh keeps the roles (§7.4).
pub fn offer(policy: &SessionPolicy, refresher: Option<Refresher>) -> (SessionExpires, MinSe) {
    let min_se = policy.min_se.max(MIN_SE);
    (SessionExpires { seconds: policy.interval.max(min_se), refresher }, MinSe(min_se))
}

/// How a request of the peer is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// 422 Session Interval Too Small with this Min-SE (§9).
    TooSmall(MinSe),
    /// The session has no timer: neither side wants one.
    NoTimer,
    /// The 2xx carries this Session-Expires, and `Require: timer` if the flag is set (§9).
    Timer {
        /// The header of the 2xx; its refresher is always set.
        session_expires: SessionExpires,
        /// The peer is the refresher, so that it has to understand.
        require: bool,
    },
}

/// Decides on a request of the peer (§9).
///
/// The interval may only be made shorter, never below its Min-SE. The peer refreshes when it asks to, and when it
/// leaves the choice to us and understands the timer; when it does not, we refresh.
pub fn answer(policy: &SessionPolicy, peer: &PeerOffer) -> Answer {
    let min_se = policy.min_se.max(MIN_SE);
    let Some(asked) = peer.session_expires else {
        return answer_unasked(*policy, peer);
    };
    if asked.seconds < min_se && peer.supports_timer {
        return Answer::TooSmall(MinSe(min_se));
    }
    let floor = peer.min_se.map_or(min_se, |MinSe(theirs)| theirs.max(min_se));
    let seconds = asked.seconds.min(policy.interval).max(floor.min(asked.seconds)).max(min_se);
    let refresher = match asked.refresher {
        _ if !peer.supports_timer => Refresher::Uas,
        Some(side) => side,
        None => Refresher::Uac,
    };
    let require = refresher == Refresher::Uac;
    Answer::Timer { session_expires: SessionExpires { seconds, refresher: Some(refresher) }, require }
}

/// §9: the request has no Session-Expires; we may ask for a timer by ourselves and then refresh it.
fn answer_unasked(policy: SessionPolicy, peer: &PeerOffer) -> Answer {
    if policy.interval == 0 {
        return Answer::NoTimer;
    }
    let floor = peer.min_se.map_or(MIN_SE, |MinSe(theirs)| theirs).max(policy.min_se);
    let seconds = policy.interval.max(floor);
    Answer::Timer {
        session_expires: SessionExpires { seconds, refresher: Some(Refresher::Uas) },
        require: false,
    }
}

/// What a 2xx to our request agreed to (§7.2): `None` is a session without timer. A 2xx without refresher leaves
/// the task to us, who asked.
pub fn agreed(response: Option<SessionExpires>) -> Option<SessionExpires> {
    let SessionExpires { seconds, refresher } = response?;
    let refresher = Some(refresher.unwrap_or(Refresher::Uac));
    Some(SessionExpires { seconds: seconds.max(MIN_SE), refresher })
}

/// What to offer after a 422 (§7.3); `None` when its Min-SE is not above what we offered: asking again would loop.
pub fn after_too_small(policy: &SessionPolicy, offered: u32, min_se: Option<MinSe>) -> Option<SessionPolicy> {
    let MinSe(wanted) = min_se.filter(|MinSe(wanted)| *wanted > offered)?;
    Some(SessionPolicy { interval: policy.interval.max(wanted), min_se: policy.min_se.max(wanted) })
}

/// Which side of the exchange that set the timer we were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// We sent the request.
    Uac,
    /// We answered it.
    Uas,
}

/// What a wake-up of a running timer asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Send a re-INVITE or UPDATE now.
    Refresh,
    /// No refresh came or succeeded: send BYE.
    Expired,
}

/// A running session timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTimer {
    interval: Duration,
    ours: bool,
    refresh_at: Option<Instant>,
    expires_at: Instant,
}

impl SessionTimer {
    /// Starts with the 2xx that agreed on it.
    pub fn start(now: Instant, agreed: SessionExpires, role: Role) -> Self {
        let interval = Duration::from_secs(agreed.seconds.max(MIN_SE).into());
        let ours = match agreed.refresher.unwrap_or(Refresher::Uac) {
            Refresher::Uac => role == Role::Uac,
            Refresher::Uas => role == Role::Uas,
        };
        let mut timer = Self { interval, ours, refresh_at: None, expires_at: now };
        timer.restart(now);
        timer
    }

    /// A refresh without new terms succeeded.
    pub fn restart(&mut self, now: Instant) {
        // §10: BYE goes out a little early, so that it still finds the proxies that keep state for the session.
        let early = (self.interval / 3).min(Duration::from_secs(32));
        self.expires_at = now + self.interval.saturating_sub(early);
        self.refresh_at = self.ours.then(|| now + self.interval / 2);
    }

    /// Whether the refresh is our task.
    pub fn refreshes_here(&self) -> bool {
        self.ours
    }

    /// When [`wake`](Self::wake) has something to say.
    pub fn next_wakeup(&self) -> Instant {
        self.refresh_at.map_or(self.expires_at, |refresh| refresh.min(self.expires_at))
    }

    /// What is due. A refresh is asked for once; a failed one may be repeated by the caller until the end.
    pub fn wake(&mut self, now: Instant) -> Option<Due> {
        if now >= self.expires_at {
            return Some(Due::Expired);
        }
        self.refresh_at.take_if(|due| now >= *due).map(|_| Due::Refresh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: SessionPolicy = SessionPolicy { interval: 1800, min_se: 120 };

    fn se(seconds: u32, refresher: Option<Refresher>) -> SessionExpires {
        SessionExpires { seconds, refresher }
    }

    fn peer(seconds: u32, refresher: Option<Refresher>, supports_timer: bool) -> PeerOffer {
        PeerOffer { session_expires: Some(se(seconds, refresher)), min_se: None, supports_timer }
    }

    fn timer(seconds: u32, refresher: Refresher) -> Answer {
        let require = refresher == Refresher::Uac;
        Answer::Timer { session_expires: se(seconds, Some(refresher)), require }
    }

    #[test]
    fn an_interval_below_ours_gets_422_with_min_se() {
        assert_eq!(answer(&POLICY, &peer(119, None, true)), Answer::TooSmall(MinSe(120)));
        assert_eq!(answer(&POLICY, &peer(120, None, true)), timer(120, Refresher::Uac));
    }

    #[test]
    fn a_peer_without_timer_support_is_never_refused_and_we_refresh() {
        // A proxy put the header in; the caller would not understand a 422 (§9).
        assert_eq!(answer(&POLICY, &peer(100, None, false)), timer(120, Refresher::Uas));
        assert_eq!(answer(&POLICY, &peer(1000, Some(Refresher::Uac), false)), timer(1000, Refresher::Uas));
    }

    #[test]
    fn the_interval_is_shortened_to_ours_but_not_below_the_peers_min_se() {
        assert_eq!(answer(&POLICY, &peer(7200, None, true)), timer(1800, Refresher::Uac));
        let proud = PeerOffer { min_se: Some(MinSe(3600)), ..peer(7200, None, true) };
        assert_eq!(answer(&POLICY, &proud), timer(3600, Refresher::Uac));
    }

    #[test]
    fn the_peers_choice_of_refresher_stands() {
        assert_eq!(answer(&POLICY, &peer(600, Some(Refresher::Uas), true)), timer(600, Refresher::Uas));
        assert_eq!(answer(&POLICY, &peer(600, Some(Refresher::Uac), true)), timer(600, Refresher::Uac));
    }

    #[test]
    fn without_session_expires_we_ask_for_a_timer_and_refresh_it_ourselves() {
        assert_eq!(answer(&POLICY, &PeerOffer::default()), timer(1800, Refresher::Uas));
        let off = SessionPolicy { interval: 0, ..POLICY };
        assert_eq!(answer(&off, &PeerOffer::default()), Answer::NoTimer);
    }

    #[test]
    fn an_answer_without_refresher_leaves_it_to_the_caller() {
        assert_eq!(agreed(Some(se(600, None))), Some(se(600, Some(Refresher::Uac))));
        assert_eq!(agreed(Some(se(10, Some(Refresher::Uas)))), Some(se(90, Some(Refresher::Uas))));
        assert_eq!(agreed(None), None);
    }

    #[test]
    fn after_a_422_the_offer_grows_once_and_never_loops() {
        let next = after_too_small(&POLICY, 1800, Some(MinSe(3600))).unwrap();
        assert_eq!(offer(&next, None), (se(3600, None), MinSe(3600)));
        assert_eq!(after_too_small(&next, 3600, Some(MinSe(3600))), None);
        assert_eq!(after_too_small(&next, 3600, None), None);
    }

    #[test]
    fn we_refresh_at_half_time_and_give_up_32_seconds_before_the_end() {
        #[expect(clippy::disallowed_methods, reason = "an epoch for simulated time")]
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut ours = SessionTimer::start(start, se(1800, Some(Refresher::Uac)), Role::Uac);
        assert_eq!(ours.next_wakeup(), at(900));
        assert_eq!(
            (ours.wake(at(899)), ours.wake(at(900)), ours.wake(at(901))),
            (None, Some(Due::Refresh), None)
        );
        assert_eq!(ours.next_wakeup(), at(1768));
        ours.restart(at(905));
        assert_eq!(ours.next_wakeup(), at(1805));
        let mut theirs = SessionTimer::start(start, se(90, Some(Refresher::Uac)), Role::Uas);
        assert!(!theirs.refreshes_here());
        assert_eq!(theirs.next_wakeup(), at(60));
        assert_eq!((theirs.wake(at(59)), theirs.wake(at(60))), (None, Some(Due::Expired)));
    }
}
