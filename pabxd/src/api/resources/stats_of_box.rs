//! `/stats`: the accounts of the box side by side, as they stand now.

use super::engine_silent;
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::Problem;
use crate::api::core::route::{Answer, Nothing, Route};
use crate::api::core::types::StatusWord;
use pabx_call::TrunkView;
use pabx_model::{AccountId, Permission, TrunkProblem, TrunkState};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;

/// An account as it stands.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AccountStats {
    /// Which.
    account_id: String,
    /// Its name.
    name: String,
    /// In use or not.
    status: StatusWord,
    /// Extensions that it has.
    extensions: u64,
    /// Registered devices.
    registrations: usize,
    /// Calls in progress.
    live_calls: usize,
    /// Calls since its day began, in its own time zone; without those in progress that nobody has answered.
    calls_today: u64,
    /// Alerts that nobody has taken up.
    open_alerts: u64,
    /// Trunks.
    trunks: usize,
    /// Those of them that are down; one that is suspended is not.
    trunks_down: usize,
}

/// The box as it stands.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BoxStats {
    /// All accounts, by name; there are at most 1,000.
    items: Vec<AccountStats>,
    /// Alerts of the box itself that nobody has taken up.
    open_alerts: u64,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Method::Get,
        "/stats",
        Access::Box(Permission::AccountsRead),
        "The accounts of the box side by side, as they stand now",
        read,
    )]
}

fn read(call: &mut Call<'_>, _: Nothing) -> Result<Answer<BoxStats>, Problem> {
    let overview = call.store.overview(call.whole_box()?, call.now)?;
    let census = call.shared.pbx.census().map_err(engine_silent)?;
    let trunks = counted(&call.shared.pbx.trunks(None).map_err(engine_silent)?);
    let items = overview.accounts.into_iter().map(|row| {
        let busy = census.get(&row.account_id).copied().unwrap_or_default();
        let (trunks, trunks_down) = trunks.get(&row.account_id).copied().unwrap_or_default();
        AccountStats {
            account_id: row.account_id.to_string(),
            name: row.name,
            status: row.status.into(),
            extensions: row.extensions,
            registrations: busy.registrations,
            live_calls: busy.calls,
            calls_today: row.calls_today,
            open_alerts: row.open_alerts,
            trunks,
            trunks_down,
        }
    });
    Ok(Answer(BoxStats { items: items.collect(), open_alerts: overview.open_alerts }))
}

/// Of each account its lines, and those of them that are down.
fn counted(lines: &[TrunkView]) -> HashMap<AccountId, (usize, usize)> {
    let mut counted: HashMap<_, (usize, usize)> = HashMap::new();
    for line in lines {
        let down = line.state == TrunkState::Down && line.problem != Some(TrunkProblem::Suspended);
        let of_account = counted.entry(line.account_id).or_default();
        *of_account = (of_account.0 + 1, of_account.1 + usize::from(down));
    }
    counted
}
