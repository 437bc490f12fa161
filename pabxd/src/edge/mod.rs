//! The edge: everything of the web, and of SIP inside TLS, that strangers reach.
//!
//! It accepts, limits per source, speaks TLS, reads requests whole within deadlines (with hyper), and passes on what is
//! well-formed: requests to `tiny_http` behind a Unix socket, SIP to the engine.
//!
//! The tour:
//! - [`certificates`]: the certificate of the box; [`challenges`]: what the authority is shown that is asked for one;
//! - `doors`: listeners, one file for each kind of connection: `https`, `plain` (redirects), `sip_tls`;
//! - `places`, `source`, `spool`, `pace`: who may hold how much for how long;
//! - `request`, `headers`, `turns`, `upload`, `upstream`, `answer`, `refusal`: one request on its way;
//! - `websocket`, [`link`]: SIP on its way to the engine;
//! - `probe`: shows from outside that it serves.
//!
//! All of it runs on one thread of its own, for a handshake costs more than a SIP message. Nothing of it is believed by
//! what is behind: the engine limits SIP connections, the API checks requests, as if there were no edge.

mod answer;
pub mod certificates;
pub mod challenges;
mod doors;
mod headers;
mod https;
pub mod link;
mod pace;
mod places;
mod plain;
mod probe;
mod refusal;
mod request;
mod sip_tls;
mod source;
mod spool;
mod tls;
mod turns;
mod upload;
mod upstream;
mod websocket;

pub use doors::{Edge, Opened, open_certificates};
