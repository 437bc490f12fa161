//! The control socket: how other processes of the box (the self-test, the console, commands) ask the running daemon.
//!
//! A Unix socket; one line of JSON asks, one line answers, and so on. Only root and the daemon's own user are heard.
//!
//! - [`protocol`]: what can be asked, and the answers;
//! - [`socket`]: where it is made, and by whom it may be used;
//! - [`server`]: lines in, lines out, with bounds; on the engine's runtime;
//! - [`client`]: the asking side, blocking.

pub mod client;
pub mod protocol;
pub mod server;
pub mod socket;

pub use client::{Client, ClientError};
pub use protocol::{Answer, Failure, Kind, Request};
