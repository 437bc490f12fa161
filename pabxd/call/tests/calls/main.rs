//! Calls in simulated time: one module for each part of the behaviour, one test for each sentence.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;

mod basic;
mod cancel;
mod cost;
mod dtmf;
mod encryption;
mod fork;
mod identity;
mod lifecycle;
mod limits;
mod offers;
mod refusals;
mod registration;
mod reliable;
mod self_test;
mod sessions;
mod trunks;
