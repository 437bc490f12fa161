//! `/system`: the daemon itself: what it is, how it does, whom it has banned.

use super::engine_silent;
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Answer, Done, Nothing, Route};
use crate::api::core::types::Time;
use pabx_model::Permission;
use pabx_store::{Entry, WholeBox};
use schemars::JsonSchema;
use serde::Serialize;
use std::net::IpAddr;

/// What the box is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Info {
    /// Of the program.
    version: &'static str,
    /// Whole seconds since its start.
    uptime_seconds: u64,
    /// Where SIP is served, over UDP and TCP.
    sip: Vec<String>,
    /// Whether it looks after the box it runs on.
    appliance: bool,
    /// Whether the clock can be believed: `trusted` or `untrusted`.
    clock: String,
    /// Calls of people in progress.
    calls: usize,
    /// Registered devices.
    registrations: usize,
    /// What time the box believes it is.
    now: Time,
}

/// Whether it works.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Health {
    /// `ok`.
    status: &'static str,
}

/// A source that is kept out after failed SIP sign-ins.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Ban {
    /// An IPv4 address, or the /64 of an IPv6 one.
    source: String,
    /// The name that failed; `null`: the whole source is kept out. Anybody's text.
    identity: Option<String>,
    /// When it ends.
    until: Time,
}

/// All of them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Bans {
    /// In no order.
    items: Vec<Ban>,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::{Box, Public};
    use Permission::{SystemRead, SystemWrite};
    vec![
        Route::new(
            Method::Get,
            "/system/health",
            Public,
            "Whether the box answers; tells nothing else",
            health,
        ),
        Route::new(Method::Get, "/system/info", Box(SystemRead), "What the box is and does", info),
        Route::new(Method::Get, "/system/bans", Box(SystemRead), "Sources that are kept out", bans),
        Route::new(Method::Delete, "/system/bans/{source}", Box(SystemWrite), "Let a source in again", lift),
    ]
}

/// The store is read and the engine asked: who looks from outside (a load balancer, the self-test) wants to know that.
fn health(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Health>, Problem> {
    call.store.setup_done(WholeBox)?;
    call.shared.pbx.status().map_err(engine_silent)?;
    Ok(Answer(Health { status: "ok" }))
}

fn info(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Info>, Problem> {
    let status = call.shared.pbx.status().map_err(engine_silent)?;
    Ok(Answer(Info {
        version: env!("CARGO_PKG_VERSION"),
        uptime_seconds: status.uptime_seconds,
        sip: status.sip,
        appliance: status.appliance,
        clock: status.clock,
        calls: status.calls,
        registrations: status.registrations,
        now: Time(call.now),
    }))
}

fn bans(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Bans>, Problem> {
    let bans = call.shared.pbx.bans().map_err(engine_silent)?;
    let items = bans.into_iter().map(|ban| Ban {
        source: ban.source.to_string(),
        identity: ban.identity,
        until: Time(ban.until),
    });
    Ok(Answer(Bans { items: items.collect() }))
}

fn lift(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let text: String = call.id("source")?;
    let address = text.strip_suffix("/64").unwrap_or(&text);
    let source: IpAddr = address.parse().map_err(|_| Problem::not_found())?;
    if !call.shared.pbx.lift_ban(source).map_err(engine_silent)? {
        return Err(Problem::about(Kind::NotFound, "this source is not kept out"));
    }
    let act = call.act();
    call.store.record(&act, Entry::about("ban.lift", "source", &text))?;
    Ok(Done)
}
