//! Each measurement, and the line it prints.

use crate::bare::Bare;
use crate::calls::Calls;
use crate::pace::{self, Link, Outcome};
use crate::registrations::Registrations;
use crate::streams::{self, Phone};
use crate::{Options, cpu};
use anyhow::{Result, ensure};
use std::time::Duration;

/// What the PBX still does after the last answer belongs to the measurement.
const SETTLE: Duration = Duration::from_millis(1500);
/// Length of a call without media.
const TALK: Duration = Duration::from_millis(200);
/// Calls are set up at this rate where setting up is not what is measured.
const SETUP_RATE: u32 = 100;

/// CPU, context switches and memory of a process, before and after.
struct Meter {
    pid: u32,
    cpu: Duration,
    switches: u64,
    resident: u64,
}

impl Meter {
    fn start(pid: u32) -> Result<Meter> {
        Ok(Meter {
            pid,
            cpu: cpu::used(pid)?,
            switches: cpu::switches(pid)?,
            resident: cpu::resident_kib(pid)?,
        })
    }

    fn since(&self) -> Result<Meter> {
        let now = Meter::start(self.pid)?;
        Ok(Meter { cpu: now.cpu.saturating_sub(self.cpu), switches: now.switches - self.switches, ..now })
    }
}

fn per(total: Duration, count: u64) -> f64 {
    total.as_secs_f64() * 1e6 / f64::from(u32::try_from(count.max(1)).unwrap_or(u32::MAX))
}

fn ratio(part: u64, whole: u64) -> f64 {
    f64::from(u32::try_from(part).unwrap_or(u32::MAX))
        / f64::from(u32::try_from(whole.max(1)).unwrap_or(u32::MAX))
}

pub(crate) fn registrations(options: &Options) -> Result<()> {
    let demo = options.demo()?;
    let mut link = Link::open(demo.target()?)?;
    let mut scenario = Registrations::new(&demo, link.port(), options.refresh)?;
    let meter = Meter::start(options.pid()?)?;
    pace::run(&mut scenario, &mut link, options.rate, options.count)?;
    std::thread::sleep(SETTLE);
    attempts("registrations", options, &link.outcome, &meter)
}

pub(crate) fn calls(options: &Options) -> Result<()> {
    let (mut link, mut scenario) = phones(options, Some(TALK), 0)?;
    let meter = Meter::start(options.pid()?)?;
    pace::run(&mut scenario, &mut link, options.rate, options.count)?;
    std::thread::sleep(SETTLE);
    attempts("calls", options, &link.outcome, &meter)
}

/// Calls whose called phone has been registered already.
fn phones(options: &Options, hold: Option<Duration>, relayed: usize) -> Result<(Link, Calls)> {
    let mut demo = options.demo()?;
    let calls = Calls::new(&demo, hold, relayed)?;
    demo.extensions.swap(0, 1);
    demo.extensions.truncate(1);
    let mut link = Link::open(demo.target()?)?;
    pace::run(&mut Registrations::new(&demo, link.port(), false)?, &mut link, 10, 1)?;
    ensure!(
        link.outcome.latency.count() == 1,
        "the called phone could not register: {:?}",
        link.outcome.failures
    );
    link.clear();
    Ok((link, calls))
}

fn attempts(what: &str, options: &Options, outcome: &Outcome, meter: &Meter) -> Result<()> {
    let used = meter.since()?;
    let done = outcome.latency.count();
    let each = per(used.cpu, done);
    println!(
        "{what}: {done} of {} at {}/s in {:.1} s: CPU {each:.0} µs each ({:.3} s per 1,000), {:.1} context switches each, \
         p50 {:?} p99 {:?}, refused {:?}, given up {}, retransmitted {}, resident {} KiB before, {} after",
        options.count,
        options.rate,
        outcome.took.as_secs_f64(),
        each / 1000.0,
        ratio(used.switches, done),
        outcome.latency.quantile(500),
        outcome.latency.quantile(990),
        outcome.failures,
        outcome.given_up,
        outcome.retransmissions,
        meter.resident,
        used.resident,
    );
    // Too much load makes some fail, and the line says so; where nothing went well, nothing was measured.
    ensure!(done > 0, "no {what} of {} went well", options.count);
    Ok(())
}

pub(crate) fn relay(options: &Options) -> Result<()> {
    let pid = options.pid()?;
    let idle = cpu::resident_kib(pid)?;
    let (mut link, mut scenario) = phones(options, None, options.count)?;
    pace::run(&mut scenario, &mut link, SETUP_RATE, options.count)?;
    let standing = link.outcome.latency.count();
    ensure!(
        standing == u64::try_from(options.count)?,
        "only {standing} calls stand: {:?}",
        link.outcome.failures
    );

    let mut phones = std::mem::take(&mut scenario.phones);
    phones.append(&mut scenario.callee.phones);
    streams::run(&phones, &phones, Duration::from_secs(1))?;
    let resident = cpu::resident_kib(pid)?;
    // Half before, half after: the machine's mood should hit both alike.
    bare(options.count, options.length() / 2)?;
    let meter = Meter::start(pid)?;
    let outcome = streams::run(&phones, &phones, options.length())?;
    print_streams(&format!("relay, {} calls", options.count), &outcome, &meter)?;
    bare(options.count, options.length() / 2)?;
    println!(
        "memory: {idle} KiB before the calls, {resident} KiB with {standing} relayed: {:.1} KiB a call",
        ratio(resident.saturating_sub(idle), standing)
    );

    scenario.hang_up();
    link.clear();
    pace::run(&mut scenario, &mut link, SETUP_RATE, 0)
}

/// The bare loop at the packet rate of so many calls.
pub(crate) fn bare(calls: usize, length: Duration) -> Result<()> {
    let hearers = [Phone::open()?];
    let bare = Bare::start(&hearers[0])?;
    let speakers = (0..2 * calls).map(|_| Phone::open()).collect::<Result<Vec<_>>>()?;
    speakers.iter().try_for_each(|speaker| speaker.talk_to(bare.relay))?;
    let meter = Meter::start(bare.pid())?;
    let outcome = streams::run(&speakers, &hearers, length)?;
    print_streams("bare recv+send loop", &outcome, &meter)
}

fn print_streams(what: &str, outcome: &streams::Outcome, meter: &Meter) -> Result<()> {
    let used = meter.since()?;
    let (sent, heard) = (outcome.sent, outcome.latency.count());
    println!(
        "{what}: {sent} packets in, {heard} out, CPU {:.2} µs each, {:.2} context switches each, added p50 {:?} p99 {:?}",
        per(used.cpu, sent),
        ratio(used.switches, sent),
        outcome.latency.quantile(500),
        outcome.latency.quantile(990),
    );
    Ok(())
}
