//! `pabx-load`: bounded load for measuring `pabxd` on loopback. `docs/performance.md` has the method.

mod bare;
mod callee;
mod calls;
mod cpu;
mod demo;
mod digest;
mod histogram;
mod message;
mod pace;
mod registrations;
mod report;
mod routing;
mod seed;
mod streams;

use anyhow::{Context, Result, bail};
use demo::Demo;
use lexopt::prelude::*;
use std::path::PathBuf;
use std::time::Duration;

const USAGE: &str = "\
usage: pabx-load COMMAND [--demo FILE] [--state DIR] [--pid PID] [--rate N] [--count N] [--seconds N] [--refresh]

commands:
  seed            an account with --count extensions in --state of a PBX that does not run; writes --demo
  registrations   --rate a second, --count of them; --refresh reuses the last nonce
  calls           --rate a second, --count of them, without media, 0.2 s long
  relay           --count standing calls with G.711 for --seconds, beside a bare recv+send loop
  routing         --count decisions over thousands of routes and prices; no PBX is needed
  bare            the bare loop alone, at the packet rate of --count calls
";

/// What was asked for.
struct Options {
    demo: PathBuf,
    state: PathBuf,
    pid: Option<u32>,
    rate: u32,
    count: usize,
    seconds: u64,
    refresh: bool,
}

impl Options {
    fn demo(&self) -> Result<Demo> {
        Demo::read(&self.demo)
    }

    fn pid(&self) -> Result<u32> {
        self.pid.context("--pid of the PBX is needed")
    }

    fn length(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

fn main() -> Result<()> {
    let mut parser = lexopt::Parser::from_env();
    let mut options = Options {
        demo: ".run/demo.json".into(),
        state: ".run/state".into(),
        pid: None,
        rate: 20,
        count: 200,
        seconds: 10,
        refresh: false,
    };
    let mut words = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("demo") => options.demo = parser.value()?.into(),
            Long("state") => options.state = parser.value()?.into(),
            Long("pid") => options.pid = Some(parser.value()?.parse()?),
            Long("rate") => options.rate = parser.value()?.parse()?,
            Long("count") => options.count = parser.value()?.parse()?,
            Long("seconds") => options.seconds = parser.value()?.parse()?,
            Long("refresh") => options.refresh = true,
            Value(word) => words.push(word.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["seed"] => seed::seed(&options.state, options.count, &options.demo),
        ["registrations"] => report::registrations(&options),
        ["calls"] => report::calls(&options),
        ["relay"] => report::relay(&options),
        ["routing"] => routing::run(options.count),
        ["bare"] => report::bare(options.count, options.length()),
        ["bare-loop", port] => bare::serve(port.parse()?),
        _ => bail!(USAGE),
    }
}
