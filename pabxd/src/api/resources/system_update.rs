//! `/system/update`: a bundle is sent, looked at, and installed into the other slot. It runs after the next restart.

use super::system_box::{OfTheBox, ask, record};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Answer, Done, Json, Nothing, Route};
use crate::api::uploads::{self, Purpose};
use crate::control::Request;
use pabx_model::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What a bundle is.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Bundle {
    /// The boxes it is for.
    compatible: String,
    /// Its version.
    version: String,
}

/// How it is installed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Install {
    /// Also while people speak, and also an older version.
    #[serde(default)]
    force: bool,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Box;
    use Permission::SystemUpdate;
    const PATH: &str = "/system/update";
    vec![
        Route::new(Method::Get, PATH, Box(SystemUpdate), "The slots, and how far an installation is", state),
        Route::new(
            Method::Put,
            "/system/update/bundle",
            Box(SystemUpdate),
            "Send a bundle; its signature is checked",
            send,
        )
        .takes("application/octet-stream"),
        Route::new(
            Method::Post,
            PATH,
            Box(SystemUpdate),
            "Begin to install the bundle that was sent",
            install,
        ),
    ]
}

fn state(call: &mut Call<'_>, _: Nothing) -> Result<Answer<OfTheBox>, Problem> {
    ask(call, Request::Update).map(OfTheBox).map(Answer)
}

fn send(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Bundle>, Problem> {
    // Who has no slots, or is at it already, says so before a hundred megabytes have come.
    ask(call, Request::Update)?;
    let bundle = uploads::receive(call, Purpose::Update)?;
    let inspected = ask(call, Request::UpdateInspect { bundle });
    let found = inspected.inspect_err(|_| uploads::forget(&call.shared.facts.state, Purpose::Update))?;
    let found: Bundle = serde_json::from_value(found).map_err(|_| Problem::new(Kind::Internal))?;
    record(call, "update.send", Some(json!({"version": found.version})))?;
    Ok(Answer(found))
}

fn install(call: &mut Call<'_>, Json(body): Json<Install>) -> Result<Done, Problem> {
    let bundle = uploads::path_of(&call.shared.facts.state, Purpose::Update)?;
    ask(call, Request::UpdateInstall { bundle, force: body.force })?;
    record(call, "update.install", Some(json!({"force": body.force})))?;
    Ok(Done)
}
