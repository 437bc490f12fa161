//! What the box looks after by itself once a minute: its certificate, its disk, its clock, its lines to providers, and who guesses
//! phones' passwords. Where somebody should act, an alert says so: once when it begins, and again after a restart. What the engine
//! wants to have told at once comes in between.

use super::resources::alerts;
use super::shared::Shared;
use crate::acme::report::{Phase, Report};
use crate::appliance::disk::{Data, Disk, Usage};
use crate::clock;
use crate::edge::certificates::Facts;
use crate::notify::push::{self, words::Missed};
use pabx_call::{BanView, TrunkView};
use pabx_model::{Timestamp, TrunkProblem, TrunkState, Untrusted};
use pabx_store::{NewAlert, Rise, Severity, Store, WholeBox};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Between two looks.
const EVERY: Duration = Duration::from_mins(1);
/// A certificate from elsewhere that ends sooner should have been renewed.
const CERTIFICATE_LEFT: Duration = Duration::from_hours(21 * 24);
/// Orders of a certificate that may fail one after another: an authority may be away for a while.
const ORDERS_FAILED: u32 = 2;
/// Percent of the disk in use, from which on somebody should act; and soon.
const DISK_FULL: u8 = 85;
const DISK_VERY_FULL: u8 = 95;
/// For how many looks the clock may be unset: time servers take a while.
const LOOKS_WITHOUT_CLOCK: u32 = 15;

/// For how long a line may be down: a provider restarts, a router too.
const TRUNK_DOWN_MS: u64 = 120_000;
/// Sources that are named one by one; where more are banned, somebody attacks from everywhere.
const BANS_EACH: usize = 10;

/// Alerts of the engine that wait to be kept; further ones of such a flood are in the log alone.
const WAITING: usize = 64;

/// What wakes the watch.
enum Wake {
    Told(Box<NewAlert>),
    Missed(Box<Missed>),
    Stop,
}

/// The running watch.
pub struct Watch {
    wake: SyncSender<Wake>,
    thread: JoinHandle<()>,
}

/// How others have something told at once.
#[derive(Clone)]
pub struct Bell(SyncSender<Wake>);

impl Bell {
    /// Has this told. Never waits.
    pub fn ring(&self, alert: NewAlert) {
        if self.0.try_send(Wake::Told(Box::new(alert))).is_err() {
            log::error!("an alert was not kept: too many wait");
        }
    }

    /// Has those told whose call that was. Never waits.
    pub fn missed(&self, call: Missed) {
        if self.0.try_send(Wake::Missed(Box::new(call))).is_err() {
            log::warn!("nobody is told of a missed call: too many wait");
        }
    }
}

/// What is looked at.
struct Look {
    certificate: Facts,
    orders: Report,
    /// Percent in use, where it can be told.
    disk: Option<u8>,
    /// Looks since the start at which the clock could not be believed, without one at which it could.
    without_clock: u32,
    trunks: Vec<TrunkView>,
    bans: Vec<BanView>,
    rises: Vec<Rise>,
    now: Timestamp,
}

impl Watch {
    /// On a thread of its own, with a connection to the database of its own.
    pub fn start(shared: Arc<Shared>, store: Store) -> std::io::Result<Self> {
        let (wake, woken) = sync_channel(WAITING);
        let mut watcher = Watcher { shared, store, without_clock: 0, known: Vec::new() };
        let run = move || watcher.run(&woken);
        let thread = std::thread::Builder::new().name("watch".into()).spawn(run)?;
        Ok(Self { wake, thread })
    }

    /// For who has something told at once.
    pub fn bell(&self) -> Bell {
        Bell(self.wake.clone())
    }

    /// Ends it.
    pub fn stop(self) {
        let _ = self.wake.send(Wake::Stop);
        let _ = self.thread.join();
    }
}

struct Watcher {
    shared: Arc<Shared>,
    store: Store,
    without_clock: u32,
    /// Kind, severity and subject of what has been told and is still so.
    known: Vec<(&'static str, Severity, String)>,
}

impl Watcher {
    fn run(&mut self, woken: &Receiver<Wake>) {
        let mut due = Instant::now() + EVERY;
        loop {
            match woken.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(Wake::Told(alert)) => self.raise(&alert, clock::utc()),
                Ok(Wake::Missed(call)) => {
                    if let Err(error) = push::tell_missed(&mut self.store, &call, clock::utc()) {
                        log::error!("nobody is told of a missed call: {error}");
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.look();
                    due = Instant::now() + EVERY;
                }
                Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Keeps it. What the engine tells stands in the log already, with people's numbers masked.
    fn raise(&mut self, alert: &NewAlert, now: Timestamp) {
        if let Err(error) = alerts::raise(&self.shared, &mut self.store, alert, now) {
            log::error!("an alert was not kept: {error}");
        }
    }

    fn look(&mut self) {
        let now = clock::utc();
        if let Err(error) = self.shared.certificates.tend(now) {
            log::error!("the certificate could not be made anew: {error}");
        }
        // An engine that does not answer says nothing of the clock.
        if let Ok(status) = self.shared.pbx.status() {
            let without = status.clock != "trusted";
            self.without_clock = if without { self.without_clock.saturating_add(1) } else { 0 };
        }
        let found = findings(&Look {
            certificate: self.shared.certificates.current(),
            orders: self.shared.renewal.report(),
            disk: Data::new(self.shared.facts.state.clone()).usage().ok().map(Usage::percent),
            without_clock: self.without_clock,
            // An engine that does not answer says nothing of these either.
            trunks: self.shared.pbx.trunks(None).unwrap_or_default(),
            bans: self.shared.pbx.bans().unwrap_or_default(),
            rises: self.rises(now),
            now,
        });
        for alert in &found {
            if !self.known.contains(&key(alert)) {
                log::warn!("{}", alert.detail);
                self.raise(alert, now);
            }
        }
        self.known = found.iter().map(key).collect();
    }
}

impl Watcher {
    fn rises(&self, now: Timestamp) -> Vec<Rise> {
        self.store.outbound_rises(WholeBox, now).unwrap_or_else(|error| {
            log::error!("the calls of the last hour cannot be counted: {error}");
            Vec::new()
        })
    }
}

fn key(alert: &NewAlert) -> (&'static str, Severity, String) {
    (alert.kind, alert.severity, alert.subject.clone())
}

/// What somebody should look at.
fn findings(look: &Look) -> Vec<NewAlert> {
    let of_box = [certificate(look), disk(look), unset_clock(look)].into_iter().flatten();
    of_box
        .chain(look.trunks.iter().filter_map(|line| down(line, look.now)))
        .chain(banned(&look.bans))
        .chain(look.rises.iter().map(rise))
        .collect()
}

/// A line that cannot be used, told to its account.
fn down(line: &TrunkView, now: Timestamp) -> Option<NewAlert> {
    let problem = line.problem.filter(|problem| *problem != TrunkProblem::Suspended)?;
    if line.state != TrunkState::Down || now.millis_since(line.since) < TRUNK_DOWN_MS {
        return None;
    }
    let said = line.status.map(|status| format!(" ({status})")).unwrap_or_default();
    let words = problem.as_str().replace('_', " ");
    Some(NewAlert {
        account_id: Some(line.account_id),
        kind: "trunk_down",
        severity: Severity::Warning,
        subject: line.trunk_id.to_string(),
        detail: format!("The trunk {} is down: {words}{said}. {}", line.name, problem.advice()),
    })
}

/// Much more is called than before: told to the account, and to who runs the box.
fn rise(rise: &Rise) -> NewAlert {
    let Rise { calls, before, .. } = rise;
    NewAlert {
        account_id: Some(rise.account_id),
        kind: "outbound_rise",
        severity: Severity::Critical,
        subject: rise.account_id.to_string(),
        detail: format!(
            "{} made {calls} calls out in the last hour; in no hour of the week before were it more than {before}. If nobody knows why, suspend the trunk",
            rise.name
        ),
    }
}

/// Who is banned because of failed SIP authentications.
fn banned(bans: &[BanView]) -> Vec<NewAlert> {
    let alert = |subject: String, detail: String| NewAlert {
        account_id: None,
        kind: "sip_failures",
        severity: Severity::Warning,
        subject,
        detail,
    };
    if bans.len() > BANS_EACH {
        let words = format!("{} sources are banned after failed SIP sign-ins", bans.len());
        // The number grows: it is told once.
        return vec![alert("many".into(), words)];
    }
    let one = |ban: &BanView| {
        let name = Untrusted::new(ban.identity.as_deref().unwrap_or("several names"));
        alert(
            ban.source.to_string(),
            format!("{} is banned after failed SIP sign-ins, last as {name}", ban.source),
        )
    };
    bans.iter().map(one).collect()
}

/// The box looks after its own certificate, and after one that it orders as long as that can be had; one from elsewhere is
/// for somebody to renew.
fn certificate(look: &Look) -> Option<NewAlert> {
    let (facts, orders) = (&look.certificate, &look.orders);
    let fails = orders.phase != Phase::Off && orders.failures >= ORDERS_FAILED;
    let lasts = facts.made_here || facts.is_valid_for(CERTIFICATE_LEFT, look.now);
    let renewed = facts.ordered && orders.phase != Phase::Off;
    let (severity, what) = match facts.made_here || facts.is_valid_for(Duration::ZERO, look.now) {
        false => (Severity::Critical, " is not valid"),
        true if fails && lasts => (Severity::Warning, ""),
        true if fails || !(lasts || renewed) => (Severity::Warning, " ends in less than 21 days"),
        true => return None,
    };
    let mut words = format!("The certificate for {}{what}", facts.names.join(", "));
    if fails {
        let error = orders.error.as_deref().unwrap_or_default();
        words += &format!(": {} orders by ACME failed, the last one: {error}", orders.failures);
    }
    Some(of_box("certificate", severity, words))
}

fn disk(look: &Look) -> Option<NewAlert> {
    let used = look.disk.filter(|used| *used >= DISK_FULL)?;
    let severity = if used < DISK_VERY_FULL { Severity::Warning } else { Severity::Critical };
    Some(of_box("disk", severity, format!("{used} percent of the data partition are in use")))
}

fn unset_clock(look: &Look) -> Option<NewAlert> {
    let text =
        "The clock has not been set by the network: call records are marked, certificates may be refused";
    (look.without_clock >= LOOKS_WITHOUT_CLOCK).then(|| of_box("clock", Severity::Warning, text.to_owned()))
}

fn of_box(kind: &'static str, severity: Severity, detail: String) -> NewAlert {
    NewAlert { account_id: None, kind, severity, subject: "box".to_owned(), detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400_000;

    fn look() -> Look {
        let certificate = Facts {
            names: vec!["pbx.test".into()],
            issuer: "CN=authority".into(),
            not_before: Timestamp(0),
            not_after: Timestamp(90 * DAY),
            fingerprint: String::new(),
            self_signed: false,
            made_here: false,
            ordered: false,
        };
        Look {
            certificate,
            orders: Report::default(),
            disk: Some(84),
            without_clock: 14,
            trunks: Vec::new(),
            bans: Vec::new(),
            rises: Vec::new(),
            now: Timestamp(60 * DAY),
        }
    }

    fn told(change: impl FnOnce(&mut Look)) -> Vec<(&'static str, Severity)> {
        let mut look = look();
        change(&mut look);
        findings(&look).iter().map(|alert| (alert.kind, alert.severity)).collect()
    }

    #[test]
    fn a_box_that_does_well_tells_nothing() {
        assert_eq!(told(|_| ()), []);
        assert_eq!(told(|look| (look.certificate.made_here, look.now) = (true, Timestamp(100 * DAY))), []);
        assert_eq!(told(|look| look.disk = None), []);
    }

    fn line(state: TrunkState, problem: Option<TrunkProblem>, since_ms: u64) -> TrunkView {
        TrunkView {
            account_id: pabx_model::AccountId::new(1, [1; 10]),
            trunk_id: pabx_model::TrunkId::new(1, [2; 10]),
            name: pabx_model::DisplayName::parse("Line").unwrap(),
            state,
            problem,
            status: Some(403),
            since: Timestamp(60 * DAY - since_ms),
            server: None,
            servers: 1,
            connected: true,
            registers: true,
            registered_until: None,
            round_trip_ms: None,
            seen: None,
            calls: 0,
        }
    }

    #[test]
    fn a_line_that_stays_down_is_told_to_its_account_with_advice() {
        let down =
            |problem, since| told(|look| look.trunks = vec![line(TrunkState::Down, Some(problem), since)]);
        assert_eq!(down(TrunkProblem::NoAnswer, 119_000), []);
        assert_eq!(down(TrunkProblem::NoAnswer, 121_000), [("trunk_down", Severity::Warning)]);
        assert_eq!(down(TrunkProblem::Suspended, 121_000), []);
        assert_eq!(told(|look| look.trunks = vec![line(TrunkState::Degraded, None, 999_000)]), []);
        let mut look = look();
        look.trunks = vec![line(TrunkState::Down, Some(TrunkProblem::WrongCredentials), 200_000)];
        let alert = findings(&look).pop().unwrap();
        assert!(
            alert.account_id.is_some() && alert.detail.contains("wrong credentials (403)"),
            "{}",
            alert.detail
        );
    }

    #[test]
    fn who_guesses_passwords_is_named_and_a_flood_is_one_alert() {
        let ban = |n: u8| BanView {
            source: std::net::IpAddr::from([192, 0, 2, n]).into(),
            identity: Some("1001".into()),
            until: Timestamp(61 * DAY),
        };
        let bans = |count: u8| told(|look| look.bans = (0..count).map(ban).collect());
        assert_eq!(bans(1), [("sip_failures", Severity::Warning)]);
        assert_eq!(bans(10).len(), 10);
        assert_eq!(bans(11).len(), 1);
    }

    #[test]
    fn a_sudden_rise_of_calls_out_is_told_to_its_account() {
        let mut look = look();
        let account_id = pabx_model::AccountId::new(1, [1; 10]);
        look.rises = vec![Rise { account_id, name: "Acme".into(), calls: 90, before: 12 }];
        let alert = findings(&look).pop().unwrap();
        assert_eq!(
            (alert.kind, alert.severity, alert.account_id),
            ("outbound_rise", Severity::Critical, Some(account_id))
        );
    }

    fn failing(failures: u32) -> Report {
        Report { phase: Phase::Waiting, failures, error: Some("no".into()), ..Report::default() }
    }

    #[test]
    fn one_that_is_ordered_anew_in_time_is_nobodys_business_until_that_fails() {
        let ordered = |failures, day: u64| {
            told(|look| {
                (look.certificate.ordered, look.orders, look.now) =
                    (true, failing(failures), Timestamp(day * DAY));
            })
        };
        assert_eq!(ordered(0, 80), []);
        assert_eq!(ordered(1, 80), []);
        assert_eq!(ordered(2, 60), [("certificate", Severity::Warning)]);
        assert_eq!(ordered(0, 91), [("certificate", Severity::Critical)]);
        // Switched off meanwhile: it is like any other.
        let off = told(|look| (look.certificate.ordered, look.now) = (true, Timestamp(80 * DAY)));
        assert_eq!(off, [("certificate", Severity::Warning)]);
    }

    #[test]
    fn what_somebody_should_do_is_told() {
        assert_eq!(told(|look| look.now = Timestamp(70 * DAY)), [("certificate", Severity::Warning)]);
        assert_eq!(told(|look| look.now = Timestamp(91 * DAY)), [("certificate", Severity::Critical)]);
        assert_eq!(told(|look| look.orders = failing(2)), [("certificate", Severity::Warning)]);
        assert_eq!(told(|look| look.disk = Some(85)), [("disk", Severity::Warning)]);
        assert_eq!(told(|look| look.disk = Some(95)), [("disk", Severity::Critical)]);
        assert_eq!(told(|look| look.without_clock = 15), [("clock", Severity::Warning)]);
    }
}
