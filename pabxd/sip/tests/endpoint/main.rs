//! The endpoint in simulated time: two of them over a network that is fine or bad, and one alone under strange input.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod calls;
mod lossy;
mod matching;
mod messages;
mod network;
mod provisional;
mod script;
mod scripts;
mod stateless;
