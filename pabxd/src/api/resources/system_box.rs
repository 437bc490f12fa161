//! `/system/network`, `/time`, `/storage`, `/restart`: the box around the daemon. The same requests
//! as through the control socket, with the same answers.

use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Answer, Done, Json, Nothing, Route};
use crate::control::{Answer as BoxAnswer, Failure, Kind as FailureKind, Request};
use pabx_model::Permission;
use pabx_store::Entry;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// What a service of the box says of itself, as `docs/appliance.md` describes it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct OfTheBox(pub(super) Value);

/// What a service of the box is told, as `docs/appliance.md` describes it.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ForTheBox(Value);

/// How full the data partition is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Storage {
    /// Octets in all.
    total: u64,
    /// Octets that are free.
    free: u64,
    /// Percent in use.
    used_percent: u8,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Box;
    use Permission::{SystemRead, SystemWrite};
    vec![
        Route::new(
            Method::Get,
            "/system/network",
            Box(SystemRead),
            "The network, and a trial of another",
            network,
        ),
        Route::new(
            Method::Put,
            "/system/network",
            Box(SystemWrite),
            "Set the network up anew, for 60 s unless it is confirmed",
            apply_network,
        ),
        Route::new(
            Method::Post,
            "/system/network/confirmation",
            Box(SystemWrite),
            "Keep it",
            confirm_network,
        ),
        Route::new(
            Method::Post,
            "/system/network/rollback",
            Box(SystemWrite),
            "Go back at once",
            roll_back_network,
        ),
        Route::new(Method::Get, "/system/time", Box(SystemRead), "Time, zone, synchronisation", time),
        Route::new(Method::Patch, "/system/time", Box(SystemWrite), "Set servers, zone or time", set_time),
        Route::new(Method::Get, "/system/storage", Box(SystemRead), "How full the box is", storage),
        Route::new(Method::Post, "/system/restart", Box(SystemWrite), "Restart the box", restart),
    ]
}

/// Asks for something of the box.
pub(super) fn ask(call: &Call<'_>, request: Request) -> Result<Value, Problem> {
    match call.shared.pbx.ask(request).map_err(super::engine_silent)? {
        BoxAnswer::Ok(value) => Ok(value),
        BoxAnswer::Error(failure) => Err(problem(failure)),
    }
}

fn problem(failure: Failure) -> Problem {
    let kind = match failure.kind {
        FailureKind::Malformed | FailureKind::Invalid => Kind::Invalid,
        FailureKind::NotAnAppliance | FailureKind::Refused => Kind::Conflict,
        FailureKind::Failed => Kind::Unavailable,
    };
    Problem::about(kind, failure.text)
}

fn parsed<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value)
        .map_err(|error| Problem::field(error.path().to_string(), error.inner().to_string()))
}

/// Keeps in the audit what was done to the box.
pub(super) fn record(call: &mut Call<'_>, action: &'static str, after: Option<Value>) -> Result<(), Problem> {
    let act = call.act();
    Ok(call.store.record(&act, Entry::new(action, "system").change(None, after))?)
}

fn network(call: &mut Call<'_>, _: Nothing) -> Result<Answer<OfTheBox>, Problem> {
    ask(call, Request::Network).map(OfTheBox).map(Answer)
}

fn apply_network(call: &mut Call<'_>, Json(body): Json<ForTheBox>) -> Result<Done, Problem> {
    let after = body.0.clone();
    let config = parsed(body.0)?;
    ask(call, Request::NetworkApply { config })?;
    record(call, "network.apply", Some(after))?;
    Ok(Done)
}

fn confirm_network(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    ask(call, Request::NetworkConfirm)?;
    record(call, "network.confirm", None)?;
    Ok(Done)
}

fn roll_back_network(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    ask(call, Request::NetworkRollback)?;
    record(call, "network.rollback", None)?;
    Ok(Done)
}

fn time(call: &mut Call<'_>, _: Nothing) -> Result<Answer<OfTheBox>, Problem> {
    ask(call, Request::Time).map(OfTheBox).map(Answer)
}

fn set_time(call: &mut Call<'_>, Json(body): Json<ForTheBox>) -> Result<Done, Problem> {
    let after = body.0.clone();
    let change = parsed(body.0)?;
    ask(call, Request::TimeSet { change })?;
    record(call, "time.set", Some(after))?;
    Ok(Done)
}

fn storage(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Storage>, Problem> {
    let usage = call.shared.usage()?;
    Ok(Answer(Storage { total: usage.total, free: usage.free, used_percent: usage.percent() }))
}

fn restart(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    record(call, "system.restart", Some(json!({})))?;
    ask(call, Request::Reboot)?;
    Ok(Done)
}
