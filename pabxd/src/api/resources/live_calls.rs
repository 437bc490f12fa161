//! `/accounts/{account_id}/calls/live`: what goes on, and hanging up.

use super::calls::{CallShown, shown};
use super::engine_silent;
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::Problem;
use crate::api::core::route::{Answer, Done, Nothing, Route};
use pabx_model::{CallId, Permission};
use pabx_store::Entry;
use schemars::JsonSchema;
use serde::Serialize;

/// Calls in progress.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Live {
    /// The oldest first.
    items: Vec<CallShown>,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    const ALL: &str = "/accounts/{account_id}/calls/live";
    const HANG_UP: &str = "/accounts/{account_id}/calls/live/{call_id}/hangup";
    vec![
        Route::new(Method::Get, ALL, Access::AccountOrOwn(Permission::CallsRead), "Calls in progress", list),
        Route::new(
            Method::Post,
            HANG_UP,
            Access::Account(Permission::CallsBarge),
            "End a call in progress",
            hang_up,
        ),
    ]
}

fn list(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Live>, Problem> {
    let scope = call.scope()?;
    let mut calls = call.shared.pbx.live_calls(Some(scope.account_id())).map_err(engine_silent)?;
    if call.grant.own() {
        let own = call.grant.extension_id;
        let number =
            own.map(|id| call.store.extension(scope, id)).transpose()?.map(|row| row.number.to_string());
        calls.retain(|record| {
            let by_number = number.as_ref().is_some_and(|n| *n == record.caller || *n == record.callee);
            own.is_some() && (record.extension_id == own || by_number)
        });
    }
    calls.sort_by_key(|record| record.call_id);
    Ok(Answer(Live { items: calls.into_iter().map(shown).collect() }))
}

fn hang_up(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (scope, id, act) = (call.scope()?, call.id::<CallId>("call_id")?, call.act());
    if !call.shared.pbx.hang_up(scope.account_id(), id).map_err(engine_silent)? {
        return Err(Problem::not_found());
    }
    call.store.record(&act, Entry::about("call.hangup", "call", id).of(scope.account_id()))?;
    Ok(Done)
}
