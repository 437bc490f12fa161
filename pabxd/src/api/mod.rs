//! The management interface: REST under `/api/v1`, events, and the files of the web UI.
//!
//! The tour:
//! - [`core`]: requests, callers, permissions, routes, problems, the OpenAPI document; knows no resource;
//! - [`auth`]: who somebody is;
//! - [`resources`]: one file each, and the list of all routes;
//! - [`files`]: the web UI;
//! - [`events`]: what happens, to who may see it;
//! - [`pbx`]: what is asked of the engine, which lives on another thread;
//! - [`provisioning`]: files that set up a phone;
//! - [`server`]: tiny_http on a Unix socket behind the edge; [`shared`]: what its workers share;
//! - [`uploads`]: files that were sent to the box, until something is done with them.
//!
//! A request is answered by one worker from beginning to end, on a connection to the database of its own. Whoever asks is
//! looked up anew for each request; nothing about rights is remembered.

#![allow(
    clippy::struct_field_names,
    clippy::option_option,
    reason = "fields are named as the outside knows them"
)]
#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "handlers and their helpers have one form"
)]
#![allow(
    clippy::single_match_else,
    clippy::type_complexity,
    reason = "a match reads better where both arms say who may"
)]
#![allow(clippy::format_push_string, reason = "answers are not made in a hurry")]

pub mod auth;
pub mod core;
pub mod events;
pub mod files;
pub mod pbx;
pub mod provisioning;
pub mod resources;
pub mod server;
pub mod shared;
pub mod trials;
pub mod uploads;
pub mod watch;

use self::core::access::Access;
use self::core::call::Call;
use self::core::http::{Method, Reply};
use self::core::openapi;
use self::core::problem::Problem;
use self::core::route::{Nothing, Raw, Route};
use self::core::router::Router;
use std::marker::PhantomData;

/// The document about the API itself.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
#[serde(transparent)]
struct Document(serde_json::Value);

/// The route of the document.
fn document_routes() -> Vec<Route> {
    vec![Route::new(Method::Get, "/openapi.json", Access::Public, "This document", document)]
}

#[expect(clippy::unnecessary_wraps, reason = "as every handler")]
fn document(call: &mut Call<'_>, _: Nothing) -> Result<Raw<Document>, Problem> {
    let document = call.shared.document().to_vec();
    Ok(Raw(Reply::bytes(200, "application/json", document), PhantomData))
}

/// The router over all routes. Two routes in one place are a bug, which every test of the API finds.
pub fn router() -> Result<Router, String> {
    Router::new(resources::routes())
}

/// The document, for `pabxd openapi`.
pub fn openapi() -> serde_json::Value {
    openapi::document(&resources::routes())
}

#[cfg(test)]
mod tests;
