//! `pabxd self-test`: shows that the running daemon serves, by using it.
//!
//! The parts are asked through the control socket; then a telephone of our own (`phone`) signs in from loopback, dials
//! the echo test, speaks a tone and must hear it. [`identity`] is as whom. [`outside`] calls a number by a trunk.

mod call;
mod format;
pub mod identity;
pub mod outside;
mod phone;

use crate::config::Config;
use crate::control::protocol::{Credentials, PartState, Parts, Status};
use crate::control::{Client, Request};
use std::time::{Duration, Instant};

/// How long a question may take; the daemon gives up on its parts sooner.
const PATIENCE: Duration = Duration::from_secs(6);
/// How long the whole test may take.
pub(crate) const BOUND: Duration = Duration::from_secs(15);

/// Runs it and prints a line for each part. True when all is well.
pub fn run(config: &Config) -> bool {
    let began = Instant::now();
    let mut well = true;
    let mut tell = |part: &str, state: PartState| {
        well &= state.is_ok();
        match state {
            Ok(()) => println!("{part}: ok"),
            Err(why) => println!("{part}: FAILED: {why}"),
        }
    };
    match parts(config) {
        Ok((client, parts)) => {
            tell("daemon", Ok(()));
            tell("engine", parts.engine);
            tell("media", parts.media);
            tell("store", parts.store);
            tell("edge", parts.edge);
            tell("call", hear_itself(config, &client, began));
        }
        Err(why) => tell("daemon", Err(why)),
    }
    well
}

/// Where SIP is reached by loopback.
pub fn own_address(listen: &[std::net::SocketAddr]) -> Option<std::net::SocketAddr> {
    call::own_address(listen)
}

fn parts(config: &Config) -> Result<(Client, Parts), String> {
    let socket = config.control.socket().ok_or("the configuration names no control.socket")?;
    let client = Client::new(socket);
    let ask = |error: crate::control::ClientError| error.to_string();
    let status: Status = client.ask(&Request::Status, PATIENCE).map_err(ask)?;
    if status.stopping {
        return Err("it is being stopped".into());
    }
    let parts = client.ask(&Request::Parts, PATIENCE).map_err(ask)?;
    Ok((client, parts))
}

fn hear_itself(config: &Config, client: &Client, began: Instant) -> PartState {
    let credentials: Credentials =
        client.ask(&Request::SelfTestCredentials, PATIENCE).map_err(|error| error.to_string())?;
    let server =
        call::own_address(&config.sip.listen).ok_or("no address of sip.listen is reached by loopback")?;
    call::hear_itself(server, credentials, began + BOUND).map_err(|error| error.to_string())
}
