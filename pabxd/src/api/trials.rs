//! Test calls, by trunks and to the phones of extensions: few at a time on the box, and the last of each.

use crate::control::protocol::Credentials;
use crate::self_test::outside::{self, Outcome, Stage};
use pabx_model::{DialString, ExtensionId, Timestamp, TrunkId};
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Outcomes that are kept; the oldest goes first.
const MAX_KEPT: usize = 256;
/// Test calls to phones at one time; by trunks it is one, for each costs money.
const MAX_TO_PHONES: usize = 3;
/// Random digits of a word.
const WORD: usize = 24;

/// What is tried with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A trunk.
    Trunk(TrunkId),
    /// An extension's phones.
    Extension(ExtensionId),
}

/// How a test call stands.
#[derive(Clone, Debug)]
pub enum TrialState {
    /// It goes on.
    Running,
    /// There is nobody to call: why.
    Nobody(&'static str),
    /// It came to this.
    Done(Outcome),
    /// There was no call: why.
    Broken(String),
}

/// A test call.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Whom.
    pub number: DialString,
    /// What was found before it began.
    pub found: Option<String>,
    /// When it began.
    pub since: Timestamp,
    /// How far it has come.
    pub stage: Stage,
    /// How it stands.
    pub state: TrialState,
}

/// The test calls of the box.
pub struct Trials {
    own: Option<(SocketAddr, Credentials)>,
    kept: Arc<Mutex<HashMap<Subject, Trial>>>,
}

impl Trials {
    /// The box reaches its own SIP there, as this; `None`: by no loopback address.
    pub fn new(own: Option<SocketAddr>, credentials: Credentials) -> Self {
        Self { own: own.map(|address| (address, credentials)), kept: Arc::default() }
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<Subject, Trial>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A word that nobody can guess.
    pub fn word(&self) -> Result<DialString, ring::error::Unspecified> {
        let mut octets = [0; WORD];
        SystemRandom::new().fill(&mut octets)?;
        let digits = octets.iter().map(|octet| char::from(b'0' + octet % 10));
        DialString::parse(&std::iter::once('*').chain(digits).collect::<String>())
            .map_err(|_| ring::error::Unspecified)
    }

    /// Begins one, unless too many go on: then why not.
    pub fn begin(
        &self,
        subject: Subject,
        (number, found): (&DialString, Option<String>),
        now: Timestamp,
    ) -> Result<(), &'static str> {
        if self.own.is_none() {
            return Err("no address of sip.listen is reached by loopback: the box cannot call itself");
        }
        let mut kept = self.kept();
        let running = || kept.iter().filter(|(_, trial)| matches!(trial.state, TrialState::Running));
        let full = match subject {
            Subject::Trunk(_) => running().any(|(other, _)| matches!(other, Subject::Trunk(_))),
            Subject::Extension(_) => {
                let to_phones = running().filter(|(other, _)| matches!(other, Subject::Extension(_)));
                running().any(|(other, _)| *other == subject) || to_phones.count() >= MAX_TO_PHONES
            }
        };
        if full {
            return Err("a test call goes on: wait for its end");
        }
        if kept.len() >= MAX_KEPT
            && let Some(oldest) = kept.iter().min_by_key(|(_, trial)| trial.since).map(|(id, _)| *id)
        {
            kept.remove(&oldest);
        }
        let (number, stage, state) = (number.clone(), Stage::Calling, TrialState::Running);
        kept.insert(subject, Trial { number, found, since: now, stage, state });
        Ok(())
    }

    /// There is nobody to call.
    pub fn has_nobody(&self, subject: Subject, why: &'static str) {
        settle(&self.kept, subject, TrialState::Nobody(why));
    }

    /// It came to nothing before it began.
    pub fn give_up(&self, subject: Subject) {
        self.kept().remove(&subject);
    }

    /// Makes the call that has begun, on a thread of its own that ends within [`outside::BOUND`].
    pub fn run(&self, subject: Subject, word: DialString) {
        let Some((address, credentials)) = self.own.clone() else { return };
        let kept = Arc::clone(&self.kept);
        let told = move |stage| {
            if let Some(trial) = kept.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&subject) {
                trial.stage = trial.stage.max(stage);
            }
        };
        self.settle_by(subject, move || outside::call(address, credentials, word.as_str(), told));
    }

    /// What comes of this is how the test call ends.
    fn settle_by(&self, subject: Subject, call: impl FnOnce() -> Result<Outcome, String> + Send + 'static) {
        let kept = Arc::clone(&self.kept);
        let work = move || {
            // A panic is a bug; it costs this call, and no later one.
            let ended = catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {
                log::error!("a test call panicked; please report the lines above");
                Err("a bug ended it".to_owned())
            });
            settle(&kept, subject, ended.map_or_else(TrialState::Broken, TrialState::Done));
        };
        if let Err(error) = std::thread::Builder::new().name("test call".into()).spawn(work) {
            settle(&self.kept, subject, TrialState::Broken(error.to_string()));
        }
    }

    /// The last of its kind.
    pub fn of(&self, subject: Subject) -> Option<Trial> {
        self.kept().get(&subject).cloned()
    }
}

fn settle(kept: &Mutex<HashMap<Subject, Trial>>, subject: Subject, state: TrialState) {
    if let Some(trial) = kept.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&subject) {
        trial.state = state;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn trials() -> Trials {
        let credentials =
            Credentials { username: "own".into(), password: "secret".into(), domain: "x.test".into() };
        Trials::new(Some(SocketAddr::from(([127, 0, 0, 1], 9))), credentials)
    }

    fn begun(trials: &Trials, subject: Subject, at: u64) -> bool {
        let number = DialString::parse("1001").unwrap();
        trials.begin(subject, (&number, None), Timestamp(at)).is_ok()
    }

    fn trunk(nth: u8) -> Subject {
        Subject::Trunk(TrunkId::new(1, [nth; 10]))
    }

    fn extension(nth: u8) -> Subject {
        Subject::Extension(ExtensionId::new(1, [nth; 10]))
    }

    #[test]
    fn one_that_panics_is_broken_and_the_next_may_begin() {
        let trials = trials();
        assert!(begun(&trials, trunk(1), 1) && !begun(&trials, trunk(2), 2));
        trials.settle_by(trunk(1), || panic!("as a bug would"));
        let began = Instant::now();
        while matches!(trials.of(trunk(1)).unwrap().state, TrialState::Running) {
            assert!(began.elapsed() < Duration::from_secs(5), "it goes on for ever");
            std::thread::yield_now();
        }
        assert!(matches!(trials.of(trunk(1)).unwrap().state, TrialState::Broken(_)));
        assert!(begun(&trials, trunk(2), 3));
    }

    #[test]
    fn phones_are_called_a_few_at_a_time_and_each_once() {
        let trials = trials();
        assert!(begun(&trials, trunk(1), 1) && begun(&trials, extension(1), 1));
        assert!(!begun(&trials, extension(1), 2), "its own goes on");
        assert!(begun(&trials, extension(2), 2) && begun(&trials, extension(3), 2));
        assert!(!begun(&trials, extension(4), 3), "as many go on as may");
        trials.has_nobody(extension(2), "no phone");
        assert!(begun(&trials, extension(4), 4) && !begun(&trials, extension(2), 4));
    }
}
