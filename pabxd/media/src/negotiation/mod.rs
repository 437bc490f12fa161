//! Offer/answer (RFC 3264) for one leg, audio only, pure.
//!
//! One file, one idea: [`AudioStream`] is what legs tell each other, [`LegPlan`] what the relay is told,
//! [`MediaLeg`] the state machine between them.

mod error;
mod leg;
mod numbers;
mod plan;
mod read;
mod restrict;
mod secure;
mod stream;
mod write;

pub use error::NegotiationError;
pub use leg::{LocalMedia, MediaLeg};
pub use plan::{LegPlan, MAX_FORMATS, PlannedFormat};
pub use secure::Encryption;
pub use stream::{AudioStream, Direction};
