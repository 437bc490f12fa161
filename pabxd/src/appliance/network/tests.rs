use super::trial::TRIAL;
use super::*;
use std::sync::Arc;

/// A network that remembers what was installed, and fails on command.
#[derive(Clone, Default)]
struct FakeLinks(Arc<Mutex<(Vec<NetworkConfig>, bool)>>);

impl Links for FakeLinks {
    fn install(&self, config: &NetworkConfig) -> Result<(), NetworkError> {
        let mut state = self.0.lock().unwrap();
        state.0.push(config.clone());
        if state.1 { Err(BusError::NoBus("on command".into()).into()) } else { Ok(()) }
    }

    fn addresses(&self) -> Result<Vec<LinkAddress>, NetworkError> {
        Ok(Vec::new())
    }
}

impl FakeLinks {
    fn now(&self) -> Option<NetworkConfig> {
        self.0.lock().unwrap().0.last().cloned()
    }

    fn failing(&self, failing: bool) {
        self.0.lock().unwrap().1 = failing;
    }
}

fn config(name: &str) -> NetworkConfig {
    serde_json::from_str(&format!(r#"{{"interfaces":[{{"name":"{name}"}}]}}"#)).unwrap()
}

struct Bench {
    folder: tempfile::TempDir,
    links: FakeLinks,
    now: Instant,
}

impl Bench {
    fn new() -> Self {
        let bench =
            Self { folder: tempfile::tempdir().unwrap(), links: FakeLinks::default(), now: Instant::now() };
        bench.book().keep(&config("old")).unwrap();
        bench
    }

    fn book(&self) -> Book {
        Book::new(self.folder.path())
    }

    /// The daemon, started on what is on the disk.
    fn start(&self) -> Network {
        Network::start(self.now, Box::new(self.links.clone()), self.book())
    }
}

#[test]
fn an_unconfirmed_change_is_gone_after_a_minute_from_disk_and_kernel() {
    let bench = Bench::new();
    let network = bench.start();
    network.apply(bench.now, config("new")).unwrap();
    assert_eq!(bench.links.now(), Some(config("new")));
    network.tick(bench.now + TRIAL / 2);
    assert_eq!(bench.links.now(), Some(config("new")));
    network.tick(bench.now + TRIAL);
    assert_eq!(bench.links.now(), Some(config("old")));
    assert_eq!((bench.book().kept(), bench.book().noted()), (config("old"), None));
}

#[test]
fn a_power_cut_in_the_window_ends_in_the_old_network() {
    let bench = Bench::new();
    bench.start().apply(bench.now, config("new")).unwrap();
    assert_eq!(bench.book().noted(), Some(config("new")), "written down before it was installed");
    let again = bench.start();
    again.tick(bench.now);
    assert_eq!(bench.links.now(), Some(config("old")));
    assert_eq!(bench.book().noted(), None);
}

#[test]
fn a_power_cut_between_the_two_writes_of_a_confirmation_keeps_the_confirmed() {
    let bench = Bench::new();
    let network = bench.start();
    network.apply(bench.now, config("new")).unwrap();
    bench.book().keep(&config("new")).unwrap();
    let again = bench.start();
    again.tick(bench.now);
    assert_eq!((bench.links.now(), bench.book().kept()), (Some(config("new")), config("new")));
}

#[test]
fn a_confirmed_change_survives_a_restart() {
    let bench = Bench::new();
    let network = bench.start();
    network.apply(bench.now, config("new")).unwrap();
    network.confirm(bench.now + TRIAL / 2).unwrap();
    let again = bench.start();
    assert!(!again.is_due(bench.now + TRIAL * 9));
    assert_eq!(again.state(bench.now).unwrap().config, config("new"));
    assert!(matches!(again.confirm(bench.now), Err(NetworkError::NothingOnTrial)));
    assert!(matches!(again.roll_back(bench.now), Err(NetworkError::NothingOnTrial)));
}

#[test]
fn what_networkd_refuses_goes_back_at_once_and_again_until_it_works() {
    let bench = Bench::new();
    let network = bench.start();
    bench.links.failing(true);
    assert!(network.apply(bench.now, config("new")).is_err());
    assert_eq!(bench.links.now(), Some(config("old")), "tried at once");
    assert!(bench.book().noted().is_some(), "a trial is noted until going back worked");
    bench.links.failing(false);
    network.tick(bench.now + trial::RETRY);
    assert_eq!(bench.book().noted(), None);
}

#[test]
fn an_invalid_change_touches_nothing() {
    let bench = Bench::new();
    let network = bench.start();
    let twice = r#"{"interfaces":[{"name":"eth0"},{"name":"eth0"}]}"#;
    assert!(network.apply(bench.now, serde_json::from_str(twice).unwrap()).is_err());
    assert_eq!((bench.links.now(), bench.book().noted()), (None, None));
}

#[test]
fn a_damaged_note_still_says_that_a_trial_was_going_on() {
    let bench = Bench::new();
    std::fs::write(bench.folder.path().join("network.pending.json"), "{").unwrap();
    let network = bench.start();
    network.tick(bench.now);
    assert_eq!(bench.links.now(), Some(config("old")));
}
