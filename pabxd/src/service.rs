//! systemd: readiness, and watchdog pings that prove progress (sd_notify(3), sd_watchdog_enabled(3)).

use anyhow::Context;
use std::os::unix::process::CommandExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Something that must keep moving for the box to serve.
pub struct Part {
    /// What an installer calls it, such as `media threads`.
    pub name: &'static str,
    /// Whether it made progress since it was last asked. Asking also prods it where it may rightly be idle.
    pub alive: Box<dyn Fn() -> bool>,
}

/// Tells systemd that phones are served.
pub fn ready(status: &str) {
    tell(&[("READY", "1"), ("STATUS", status)]);
}

/// Tells systemd that the stop it asked for is under way.
pub fn stopping() {
    tell(&[("STOPPING", "1")]);
}

/// Whether the daemon is to start again once it has stopped.
static AGAIN: AtomicBool = AtomicBool::new(false);

/// Stops the daemon as SIGTERM does, and starts it again.
pub fn restart() {
    AGAIN.store(true, Ordering::Relaxed);
    if let Err(error) = nix::sys::signal::raise(nix::sys::signal::Signal::SIGTERM) {
        log::error!("the daemon cannot be stopped: {error}");
    }
}

/// After a clean stop: starts the daemon again where that was asked for. systemd does it itself (`Restart=always`); it has been
/// told of the stop, and waits for the end of the process.
pub fn start_again_if_asked() -> anyhow::Result<()> {
    if !AGAIN.load(Ordering::Relaxed) || std::env::var_os("NOTIFY_SOCKET").is_some() {
        return Ok(());
    }
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.args(std::env::args_os().skip(1));
    Err(command.exec()).context("the daemon could not be started again")
}

fn tell(state: &[(&str, &str)]) {
    // Without systemd there is no socket to tell; that is no error.
    if let Err(error) = systemd::daemon::notify(state.iter()) {
        log::debug!("systemd not told: {error}");
    }
}

/// Pings the watchdog at a third of its period, as long as every part moves. Returns at once where none is asked for.
///
/// It runs as a task on the engine's own thread: an engine that is stuck pings no more.
pub async fn watchdog(parts: Vec<Part>) {
    let micros = systemd::daemon::watchdog_enabled().unwrap_or(0);
    if micros == 0 {
        return;
    }
    let mut every = tokio::time::interval(Duration::from_micros(micros) / 3);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let stuck: Vec<&str> = parts.iter().filter(|part| !(part.alive)()).map(|part| part.name).collect();
        if stuck.is_empty() {
            tell(&[("WATCHDOG", "1")]);
        } else {
            log::error!("no watchdog ping: no progress of {}", stuck.join(", "));
        }
    }
}
