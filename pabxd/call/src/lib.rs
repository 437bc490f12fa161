//! Sans-IO PBX: legs, back-to-back user agent, routing, the engine.
//!
//! The tour, from the outside in:
//! - `api` is what goes into an [`Engine`] and what comes out; `config` what it is told once, and its limits;
//! - `engine` finds whose an event is; `inbound` does so for new requests;
//! - `admission` is the one table that says who may ask what, and proves who somebody is;
//! - `registration` and `options` serve extensions outside of calls;
//! - `routing` turns an INVITE into a place to go, inside the caller's account and nowhere else;
//! - `call` is the back-to-back user agent: one call, one droppable value, one file for each thing it does;
//! - `trunk` keeps the lines to providers: their servers, registrations, and whether they answer;
//! - `leg` is one side of a call, with its state as a table;
//! - `trial` is what the box calls itself, to try a trunk or an extension's phones;
//! - `features` has what the box itself answers, one feature a file;
//! - `ledger` keeps what a call took from the engine, and `record` what is written of it;
//! - `bounds` says when a call may not go out although its routes let it: `spending` counts the day's minutes and money, `window` how
//!   often something happened lately;
//! - `views` is what people are shown of all this;
//! - `core`, `calls`, `limits`, `headers` are what all of them share.
//!
//! Nothing here knows a socket, a clock, a thread or a file.

mod admission;
mod api;
mod bounds;
mod call;
mod calls;
mod config;
mod core;
mod engine;
mod features;
mod headers;
mod inbound;
mod ledger;
mod leg;
mod limits;
mod options;
mod record;
mod registration;
pub mod routing;
mod spending;
mod trial;
mod trunk;
mod views;
mod who;
mod window;

pub use api::{
    Action, Alarm, Command, Input, Now, PortSource, Report, StoreWrite, Ticket, UnregisterReason, Used,
    UsedBefore,
};
pub use bounds::MAX_BURST;
pub use config::{Advertised, EngineConfig, Limits, RegistrationLimits};
pub use engine::{Counts, Engine};
pub use trial::{Trial, Tried};
pub use trunk::{ContactSeen, Seen};
pub use views::{BanView, BindingView, Census, TrunkView};
