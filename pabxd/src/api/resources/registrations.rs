//! `/accounts/{account_id}/registrations`: the devices that are there.

use super::engine_silent;
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::Problem;
use crate::api::core::route::{Answer, Nothing, Route};
use crate::api::core::types::Time;
use pabx_model::Permission;
use schemars::JsonSchema;
use serde::Serialize;

/// A device.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Registration {
    /// Whose.
    extension_id: String,
    /// The SIP URI it is reached at; anybody's text.
    contact: String,
    /// `UDP`, `TCP`, `TLS`, `WS` or `WSS`.
    transport: String,
    /// Where it sends from.
    remote_address: String,
    /// What it calls itself; anybody's text.
    user_agent: Option<String>,
    /// When the registration ends.
    expires_at: Time,
    /// Whether it answers.
    reachable: bool,
}

/// Devices.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Registrations {
    /// By extension.
    items: Vec<Registration>,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    const ALL: &str = "/accounts/{account_id}/registrations";
    vec![Route::new(
        Method::Get,
        ALL,
        Access::AccountOrOwn(Permission::ExtensionsRead),
        "Registered devices",
        list,
    )]
}

fn list(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Registrations>, Problem> {
    let scope = call.scope()?;
    let mut devices = call.shared.pbx.bindings(scope.account_id()).map_err(engine_silent)?;
    if call.grant.own() {
        devices.retain(|device| call.grant.extension_id == Some(device.extension_id));
    }
    devices.sort_by(|a, b| (a.extension_id, &a.contact).cmp(&(b.extension_id, &b.contact)));
    let items = devices.into_iter().map(|device| Registration {
        extension_id: device.extension_id.to_string(),
        contact: device.contact,
        transport: device.transport.to_string(),
        remote_address: device.remote.to_string(),
        user_agent: device.user_agent,
        expires_at: Time(device.expires_at),
        reachable: device.reachable,
    });
    Ok(Answer(Registrations { items: items.collect() }))
}
