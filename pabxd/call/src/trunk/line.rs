//! One trunk while it runs.
//!
//! | login   | registered | last question | state                |
//! |---------|------------|---------------|----------------------|
//! | digest  | yes        | answered      | `registered`         |
//! | digest  | yes        | not answered  | `degraded`           |
//! | digest  | no         | any           | `down`               |
//! | address | –          | answered      | `reachable`          |
//! | address | –          | one missed    | `degraded`           |
//! | address | –          | never, or two missed | `down`        |
//!
//! A line whose first server is not the one in use is `degraded` too.

use std::sync::Arc;
use std::time::Duration;

use pabx_media::codec::CodecName;
use pabx_model::{Timestamp, Trunk, TrunkCodec, TrunkLogin, TrunkProblem, TrunkState};
use pabx_sip::digest::{Algorithm, Answerer, TrunkCredentials};
use pabx_sip::endpoint::ClientTx;
use pabx_sip::target::Selection;
use pabx_sip::timer::{TimerId, TimerQueue};
use smallvec::SmallVec;

use super::path::Path;
use super::register::Registration;
use super::seen::Seen;
use crate::api::{Now, Report, Ticket};
use crate::calls::CallKey;
use crate::core::{Core, TimerKey};

/// Questions in a row without an answer after which a server is given up.
pub(super) const MAX_MISSED: u8 = 2;
/// Lines that begin together are spread over this much for each: a box that starts asks nobody for all at once.
const SPREAD_EACH: Duration = Duration::from_millis(20);

/// The timers of a line. One of each at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TrunkTimer {
    /// Ask DNS again.
    Lookup,
    /// Register, again or at last.
    Register,
    /// Ask the provider whether it is there.
    Watch,
}

/// One trunk while it runs.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) trunk: Trunk,
    active: bool,
    /// The only codecs of its calls, the best first.
    pub(crate) codecs: Option<Arc<[CodecName]>>,
    /// The search for servers that is under way, with the question that is open.
    pub(super) lookup: Option<Box<super::lookup::Lookup>>,
    /// Lookups in a row that found nothing.
    pub(super) lookups_failed: u8,
    /// The servers, in the order in which they are tried.
    pub(crate) paths: Vec<Path>,
    /// The one in use.
    pub(crate) current: usize,
    pub(crate) answerer: Option<Box<Answerer>>,
    pub(super) registration: Registration,
    /// The question that is open, and when it was asked.
    pub(super) question: Option<(ClientTx, std::time::Instant)>,
    pub(super) answered: bool,
    pub(super) missed: u8,
    /// How long the last answer took.
    pub(crate) round_trip: Option<Duration>,
    /// How the provider saw us when it last answered.
    pub(crate) seen: Option<Seen>,
    pub(crate) problem: Option<TrunkProblem>,
    /// What the provider said, where it said something.
    pub(crate) status: Option<u16>,
    told: Option<(TrunkState, Option<TrunkProblem>)>,
    pub(crate) since: Timestamp,
    /// Calls that wait for a connection.
    pub(crate) waiting: SmallVec<[CallKey; 1]>,
    timers: SmallVec<[(TrunkTimer, TimerId); 3]>,
}

impl Line {
    pub(super) fn new(trunk: Trunk, active: bool) -> Self {
        let answerer = match &trunk.login {
            TrunkLogin::Digest { username, password } => Some(Box::new(Answerer::new(TrunkCredentials {
                username: trunk.profile.auth_username.as_deref().unwrap_or(username).to_owned(),
                password: password.to_string(),
                realm: None,
                peer: trunk.host.as_str().to_owned(),
                weakest: Algorithm::Md5,
            }))),
            TrunkLogin::Address => None,
        };
        Self {
            codecs: codecs_of(&trunk),
            trunk,
            active,
            lookup: None,
            lookups_failed: 0,
            paths: Vec::new(),
            current: 0,
            answerer,
            registration: Registration::default(),
            question: None,
            answered: false,
            missed: 0,
            round_trip: None,
            seen: None,
            problem: Some(if active { TrunkProblem::Starting } else { TrunkProblem::Suspended }),
            status: None,
            told: None,
            since: Timestamp(0),
            waiting: SmallVec::new(),
            timers: SmallVec::new(),
        }
    }

    /// Whether trunk and account are in use.
    pub(crate) fn is_active(&self) -> bool {
        self.active
    }

    /// Whether we register.
    pub(crate) fn registers(&self) -> bool {
        self.answerer.is_some()
    }

    /// What the provider knows us by.
    pub(crate) fn username(&self) -> &str {
        match &self.trunk.login {
            TrunkLogin::Digest { username, .. } => username,
            TrunkLogin::Address => self.trunk.caller_id.as_ref().map_or("pabx", pabx_model::CallerId::as_str),
        }
    }

    pub(crate) fn registered_until(&self) -> Option<std::time::Instant> {
        self.registration.until()
    }

    /// See the table at the top.
    pub(crate) fn state(&self) -> TrunkState {
        let works = if self.registers() { self.registration.stands() } else { self.answered };
        if !self.active || !works {
            TrunkState::Down
        } else if self.missed > 0 || self.current > 0 {
            TrunkState::Degraded
        } else if self.registers() {
            TrunkState::Registered
        } else {
            TrunkState::Reachable
        }
    }

    pub(super) fn timers(&self) -> usize {
        self.timers.len()
    }

    pub(super) fn timer_fired(&mut self, which: TrunkTimer) {
        self.timers.retain(|(name, _)| *name != which);
    }

    pub(super) fn cancel_timers(&self, timers: &mut TimerQueue<TimerKey>) {
        for (_, id) in &self.timers {
            timers.cancel(*id);
        }
    }

    pub(super) fn selection(&mut self) -> Option<&mut Selection> {
        self.lookup.as_mut().map(|lookup| &mut lookup.selection)
    }

    /// Whether this is the question to DNS that is open.
    pub(super) fn asks(&self, ticket: Ticket) -> bool {
        self.lookup.as_ref().is_some_and(|lookup| lookup.asked == Some(ticket))
    }
}

fn codecs_of(trunk: &Trunk) -> Option<Arc<[CodecName]>> {
    let names = trunk.profile.codecs.iter().map(|codec| match codec {
        TrunkCodec::Pcma => CodecName::Pcma,
        TrunkCodec::Pcmu => CodecName::Pcmu,
        TrunkCodec::G722 => CodecName::G722,
        TrunkCodec::Opus => CodecName::Opus,
    });
    (!trunk.profile.codecs.is_empty()).then(|| names.collect())
}

impl Core {
    /// Begins a line; `many` begin together.
    pub(super) fn begin_line(&mut self, now: Now, mut line: Line, many: usize) {
        line.since = now.utc;
        let (id, active) = (line.trunk.trunk_id, line.is_active());
        self.trunks.lines.insert(id, line);
        self.tell_line(now, id);
        if active {
            let spread =
                SPREAD_EACH.saturating_mul(u32::try_from(many.saturating_sub(1)).unwrap_or(u32::MAX));
            let after = self.random_up_to(spread);
            self.set_trunk_timer(now, id, TrunkTimer::Lookup, after);
        }
    }

    /// Sets a timer of a line, in place of an earlier one of the same name.
    pub(super) fn set_trunk_timer(
        &mut self,
        now: Now,
        id: pabx_model::TrunkId,
        which: TrunkTimer,
        after: Duration,
    ) {
        let Some(line) = self.trunks.line_mut(id) else { return };
        if let Some(at) = line.timers.iter().position(|(name, _)| *name == which) {
            let (_, old) = line.timers.swap_remove(at);
            self.timers.cancel(old);
        }
        let timer = self.timers.insert(now.mono + after, TimerKey::Trunk(id, which));
        line.timers.push((which, timer));
    }

    /// A random part of a time.
    pub(super) fn random_up_to(&mut self, most: Duration) -> Duration {
        let ms = u32::try_from(most.as_millis()).unwrap_or(u32::MAX);
        Duration::from_millis(self.random.below(ms.saturating_add(1)).into())
    }

    /// Something is wrong with a line, or nothing any more.
    pub(super) fn line_problem(
        &mut self,
        now: Now,
        id: pabx_model::TrunkId,
        problem: Option<TrunkProblem>,
        status: Option<u16>,
    ) {
        let Some(line) = self.trunks.line_mut(id) else { return };
        line.problem = problem;
        line.status = status;
        self.tell_line(now, id);
    }

    /// Reports how a line stands, when that has changed.
    pub(super) fn tell_line(&mut self, now: Now, id: pabx_model::TrunkId) {
        let Some(line) = self.trunks.line_mut(id) else { return };
        let stands = (line.state(), line.problem);
        if line.told == Some(stands) {
            return;
        }
        if line.told.is_none_or(|(state, _)| state != stands.0) {
            line.since = now.utc;
        }
        line.told = Some(stands);
        let (state, problem) = stands;
        let report = Report::Trunk {
            account_id: line.trunk.account_id,
            trunk_id: id,
            name: line.trunk.name.clone(),
            state,
            problem,
            status: line.status,
        };
        self.report(report);
    }
}
