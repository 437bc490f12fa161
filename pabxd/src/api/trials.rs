//! Test calls by trunks: one at a time on the box, and the last of each trunk.

use crate::control::protocol::Credentials;
use crate::self_test::outside::{self, Outcome};
use pabx_model::{DialString, Timestamp, TrunkId};
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Outcomes that are kept; the oldest goes first.
const MAX_KEPT: usize = 256;
/// Random digits of a word.
const WORD: usize = 24;

/// How a test call stands.
#[derive(Clone, Debug)]
pub enum TrialState {
    /// It goes on.
    Running,
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
    /// When it began.
    pub since: Timestamp,
    /// How it stands.
    pub state: TrialState,
}

/// The test calls of the box.
pub struct Trials {
    own: Option<(SocketAddr, Credentials)>,
    kept: Arc<Mutex<HashMap<TrunkId, Trial>>>,
}

impl Trials {
    /// The box reaches its own SIP there, as this; `None`: by no loopback address.
    pub fn new(own: Option<SocketAddr>, credentials: Credentials) -> Self {
        Self { own: own.map(|address| (address, credentials)), kept: Arc::default() }
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<TrunkId, Trial>> {
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

    /// Begins one, unless one goes on: then why not.
    pub fn begin(&self, trunk: TrunkId, number: &DialString, now: Timestamp) -> Result<(), &'static str> {
        if self.own.is_none() {
            return Err("no address of sip.listen is reached by loopback: the box cannot call itself");
        }
        let mut kept = self.kept();
        if kept.values().any(|trial| matches!(trial.state, TrialState::Running)) {
            return Err("a test call goes on: wait for its end");
        }
        if kept.len() >= MAX_KEPT
            && let Some(oldest) = kept.iter().min_by_key(|(_, trial)| trial.since).map(|(id, _)| *id)
        {
            kept.remove(&oldest);
        }
        kept.insert(trunk, Trial { number: number.clone(), since: now, state: TrialState::Running });
        Ok(())
    }

    /// It came to nothing before it began.
    pub fn give_up(&self, trunk: TrunkId) {
        self.kept().remove(&trunk);
    }

    /// Makes the call that has begun, on a thread of its own that ends within [`outside::BOUND`].
    pub fn run(&self, trunk: TrunkId, word: DialString) {
        let Some((address, credentials)) = self.own.clone() else { return };
        self.settle_by(trunk, move || outside::call(address, credentials, word.as_str()));
    }

    /// What comes of this is how the test call of the trunk ends.
    fn settle_by(&self, trunk: TrunkId, call: impl FnOnce() -> Result<Outcome, String> + Send + 'static) {
        let kept = Arc::clone(&self.kept);
        let work = move || {
            // A panic is a bug; it costs this call, and no later one.
            let ended = catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {
                log::error!("a test call panicked; please report the lines above");
                Err("a bug ended it".to_owned())
            });
            settle(&kept, trunk, ended.map_or_else(TrialState::Broken, TrialState::Done));
        };
        if let Err(error) = std::thread::Builder::new().name("test call".into()).spawn(work) {
            settle(&self.kept, trunk, TrialState::Broken(error.to_string()));
        }
    }

    /// The last of a trunk.
    pub fn of(&self, trunk: TrunkId) -> Option<Trial> {
        self.kept().get(&trunk).cloned()
    }
}

fn settle(kept: &Mutex<HashMap<TrunkId, Trial>>, trunk: TrunkId, state: TrialState) {
    if let Some(trial) = kept.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&trunk) {
        trial.state = state;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn one_that_panics_is_broken_and_the_next_may_begin() {
        let credentials =
            Credentials { username: "own".into(), password: "secret".into(), domain: "x.test".into() };
        let trials = Trials::new(Some(SocketAddr::from(([127, 0, 0, 1], 9))), credentials);
        let (one, other) = (TrunkId::new(1, [1; 10]), TrunkId::new(1, [2; 10]));
        let number = DialString::parse("1001").unwrap();
        trials.begin(one, &number, Timestamp(1)).unwrap();
        assert!(trials.begin(other, &number, Timestamp(2)).is_err());
        trials.settle_by(one, || panic!("as a bug would"));
        let began = Instant::now();
        while matches!(trials.of(one).unwrap().state, TrialState::Running) {
            assert!(began.elapsed() < Duration::from_secs(5), "it goes on for ever");
            std::thread::yield_now();
        }
        assert!(matches!(trials.of(one).unwrap().state, TrialState::Broken(_)));
        trials.begin(other, &number, Timestamp(3)).unwrap();
    }
}
