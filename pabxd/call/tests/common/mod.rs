//! A bench in simulated time: an engine, phones built on `pabx_sip::Endpoint`, and a network between them.
//!
//! [`World`] owns the clock: [`World::run`] jumps from event to event. A test takes phones by hand
//! ([`World::phone`]), lets them do things, and looks at what they saw, at the records and at what is left.
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    missing_docs,
    reason = "each test binary uses its part of the bench"
)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a bench may panic")]

mod directory;
mod phone;
mod phone_call;
mod sdp;
mod world;

pub use directory::{
    ACME, BOLT, SELF_TEST, TestAccount, directory, directory_with_self_test, encrypting, limited, suspended,
    with_routing, without_acme,
};
pub use phone::Phone;
pub use phone_call::{CallState, PhoneCall, Policy};
pub use sdp::{Direction, sdp};
pub use world::{Packet, World, ms, secs};
