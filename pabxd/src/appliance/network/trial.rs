//! A change of the network is on trial until somebody confirms that the box is still reached. Time is an input.
//!
//! | state    | what happens         | next                     | what is to be done                         |
//! |----------|----------------------|--------------------------|--------------------------------------------|
//! | settled  | apply                | on trial for 60 s        | note the trial, install the new            |
//! | on trial | apply                | on trial for 60 s        | note the trial, install the newest         |
//! | on trial | confirm              | settled                  | keep the new, forget the trial             |
//! | on trial | time over, go back   | settled                  | install the kept, forget the trial         |
//! | on trial | installing failed    | on trial, due at once    | –                                          |
//! | on trial | going back failed    | on trial, due in 5 s     | –                                          |
//! | start, a trial is noted     | on trial, due at once    | –                                          |
//!
//! What is kept stays kept until the confirmation: a power cut at any point of a trial ends in the old network.

use super::model::NetworkConfig;
use std::time::{Duration, Instant};

/// How long a change may wait for its confirmation.
pub const TRIAL: Duration = Duration::from_mins(1);
/// How soon going back is tried again when it failed.
pub const RETRY: Duration = Duration::from_secs(5);

/// What is to be done on the disk and with networkd, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Write down, safe from a power cut, that a trial is going on.
    NoteTrial(NetworkConfig),
    /// Make this the network.
    Install(NetworkConfig),
    /// Write down that this is the network from now on.
    Keep(NetworkConfig),
    /// Forget that a trial was going on.
    ForgetTrial,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct OnTrial {
    config: NetworkConfig,
    until: Instant,
}

/// The state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    kept: NetworkConfig,
    on_trial: Option<OnTrial>,
}

impl Trial {
    /// At the start: what is kept, and the trial that was going on when the box stopped. That one has failed: nobody
    /// confirmed it, and [`Trial::is_due`] says to go back now.
    pub fn start(now: Instant, kept: NetworkConfig, noted: Option<NetworkConfig>) -> Self {
        Self { kept, on_trial: noted.map(|config| OnTrial { config, until: now }) }
    }

    /// What is kept.
    pub fn kept(&self) -> &NetworkConfig {
        &self.kept
    }

    /// What is on trial, and how long still.
    pub fn on_trial(&self, now: Instant) -> Option<(&NetworkConfig, Duration)> {
        let trial = self.on_trial.as_ref()?;
        Some((&trial.config, trial.until.saturating_duration_since(now)))
    }

    /// Tries a configuration, which must be valid.
    pub fn apply(&mut self, now: Instant, config: NetworkConfig) -> [Order; 2] {
        self.on_trial = Some(OnTrial { config: config.clone(), until: now + TRIAL });
        [Order::NoteTrial(config.clone()), Order::Install(config)]
    }

    /// Somebody still reaches the box. `None`: nothing was on trial, or its time was over.
    pub fn confirm(&mut self, now: Instant) -> Option<[Order; 2]> {
        let trial = self.on_trial.take_if(|trial| now < trial.until)?;
        self.kept = trial.config.clone();
        Some([Order::Keep(trial.config), Order::ForgetTrial])
    }

    /// Whether it is time to go back.
    pub fn is_due(&self, now: Instant) -> bool {
        self.on_trial.as_ref().is_some_and(|trial| now >= trial.until)
    }

    /// What going back takes. It is over once [`Trial::went_back`] says so.
    pub fn go_back(&self) -> [Order; 2] {
        [Order::Install(self.kept.clone()), Order::ForgetTrial]
    }

    /// Going back was done, or failed and is due again soon.
    pub fn went_back(&mut self, now: Instant, done: bool) {
        if done {
            self.on_trial = None;
        } else if let Some(trial) = &mut self.on_trial {
            trial.until = now + RETRY;
        }
    }

    /// The new network could not be installed: the old one is due.
    pub fn failed(&mut self, now: Instant) {
        if let Some(trial) = &mut self.on_trial {
            trial.until = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(name: &str) -> NetworkConfig {
        serde_json::from_str(&format!(r#"{{"interfaces":[{{"name":"{name}"}}]}}"#)).unwrap()
    }

    fn bench() -> (Trial, Instant) {
        let now = Instant::now();
        (Trial::start(now, config("old"), None), now)
    }

    #[test]
    fn an_unconfirmed_change_goes_back_after_its_time_and_not_before() {
        let (mut trial, now) = bench();
        assert_eq!(
            trial.apply(now, config("new")),
            [Order::NoteTrial(config("new")), Order::Install(config("new"))]
        );
        assert!(!trial.is_due(now + Duration::from_millis(59_999)));
        assert!(trial.is_due(now + TRIAL));
        assert_eq!(trial.go_back(), [Order::Install(config("old")), Order::ForgetTrial]);
        trial.went_back(now + TRIAL, true);
        assert!(!trial.is_due(now + TRIAL * 9) && trial.kept() == &config("old"));
    }

    #[test]
    fn a_confirmed_change_stays() {
        let (mut trial, now) = bench();
        trial.apply(now, config("new"));
        let confirmed = trial.confirm(now + TRIAL / 2).unwrap();
        assert_eq!(confirmed, [Order::Keep(config("new")), Order::ForgetTrial]);
        assert!(!trial.is_due(now + TRIAL * 9) && trial.kept() == &config("new"));
        assert_eq!(trial.confirm(now), None, "once");
    }

    #[test]
    fn a_confirmation_that_comes_too_late_confirms_nothing() {
        let (mut trial, now) = bench();
        trial.apply(now, config("new"));
        assert_eq!(trial.confirm(now + TRIAL), None);
        assert!(trial.is_due(now + TRIAL) && trial.kept() == &config("old"));
    }

    #[test]
    fn a_change_on_top_of_a_change_goes_back_to_what_was_confirmed_last() {
        let (mut trial, now) = bench();
        trial.apply(now, config("new"));
        trial.apply(now + TRIAL / 2, config("newer"));
        assert!(!trial.is_due(now + TRIAL), "the second has its own time");
        assert_eq!(trial.go_back()[0], Order::Install(config("old")));
    }

    #[test]
    fn after_a_power_cut_in_the_window_the_old_network_is_due_at_once() {
        let now = Instant::now();
        let trial = Trial::start(now, config("old"), Some(config("new")));
        assert!(trial.is_due(now));
        assert_eq!(trial.go_back()[0], Order::Install(config("old")));
    }

    #[test]
    fn what_cannot_be_installed_goes_back_at_once_and_going_back_is_tried_until_it_works() {
        let (mut trial, now) = bench();
        trial.apply(now, config("new"));
        trial.failed(now);
        assert!(trial.is_due(now));
        trial.went_back(now, false);
        assert!(!trial.is_due(now) && trial.is_due(now + RETRY));
        trial.went_back(now + RETRY, true);
        assert!(!trial.is_due(now + RETRY * 9));
    }
}
