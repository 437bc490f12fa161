//! `pabxd`, the daemon: everything of the PBX that touches the world, and only that.
//!
//! The PBX itself is `pabx-call`, which knows no socket, clock, thread or database. This crate gives it those:
//!
//! - [`cli`]: the command line; [`config`]: the file behind it;
//! - [`serve`]: start-up order, the engine with its hands (`serve::core`), the clean stop;
//! - [`net`]: SIP over UDP and TCP, bytes to messages and back;
//! - [`rtp`]: ports and media threads;
//! - [`state`]: the database, its key, the one thread that writes;
//! - [`edge`]: everything of the web that strangers reach; [`acme`]: the box's certificate, ordered and renewed;
//! - [`service`]: what systemd is told; [`logging`] and [`clock`];
//! - [`backup`]: copies of the whole state; [`account_file`]: one account on its way to another box;
//! - [`trunk_templates`]: what is known of providers;
//! - [`demo`]: the account that `scripts/run` starts with;
//! - [`control`]: the socket through which other processes of the box ask the daemon;
//! - [`self_test`]: a call to itself, heard; [`sound`]: the tone it speaks;
//! - [`appliance`]: the box around the daemon; [`console`]: its menu on screen; [`commands`]: its commands.

pub mod account_file;
pub mod acme;
pub mod administrator;
pub mod api;
pub mod appliance;
pub mod backup;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod console;
pub mod control;
pub mod demo;
pub mod edge;
pub mod logging;
pub mod net;
pub mod notify;
pub mod rtp;
pub mod self_test;
pub mod serve;
pub mod service;
pub mod sound;
pub mod state;
pub mod trunk_templates;
