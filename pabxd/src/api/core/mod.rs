//! What every route stands on: requests, access, routes, errors. Knows no resource.

pub mod access;
pub mod body;
pub mod call;
pub mod csv_file;
pub mod dispatch;
pub mod http;
pub mod idempotency;
pub mod openapi;
pub mod problem;
pub mod rate;
pub mod route;
pub mod router;
pub mod transfer;
pub mod types;

/// Where the API begins.
pub const BASE: &str = "/api/v1";
