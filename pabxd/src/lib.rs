//! `pabxd`, the daemon: everything of the PBX that touches the world, and only that.
//!
//! The PBX itself is `pabx-call`, which knows no socket, clock, thread or database. This crate gives it those:
//!
//! - [`cli`]: the command line; [`config`]: the file behind it;
//! - [`serve`]: start-up order, the engine with its hands (`serve::core`), the clean stop;
//! - [`net`]: SIP over UDP and TCP, bytes to messages and back;
//! - [`rtp`]: ports and media threads;
//! - [`state`]: the database, its key, the one thread that writes;
//! - [`service`]: what systemd is told; [`logging`] and [`clock`];
//! - [`demo`]: the account that `scripts/run` starts with.

pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod logging;
pub mod net;
pub mod rtp;
pub mod serve;
pub mod service;
pub mod state;
