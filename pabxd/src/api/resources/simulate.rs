//! `/accounts/{account_id}/routes/simulate`: where a number goes, and why, without a call.

use super::engine_silent;
use super::guard::amount;
use super::trace::{Step, steps};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Problem};
use crate::api::core::route::{Answer, Json, Route};
use crate::api::core::types::Time;
use pabx_call::routing::arrival::Arrival;
use pabx_call::routing::explain::{Place, Question};
use pabx_model::{DialString, ExtensionId, Permission, TrunkId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The call that is asked about.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SimulateBody {
    /// What is dialled, or the number that an outside caller calls.
    to: String,
    /// The trunk that the call comes in by; left out: somebody of the account dials.
    trunk_id: Option<String>,
    /// Who calls from outside; left out: a withheld number.
    from: Option<String>,
    /// The extension that dials; left out: one that may call everywhere.
    extension_id: Option<String>,
    /// When; left out: now.
    at: Option<Time>,
}

/// Where it goes.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Destination {
    /// To an extension.
    Extension {
        /// Its number.
        number: String,
        /// Devices of it that can be called now.
        devices: usize,
    },
    /// To the box itself.
    Feature,
    /// Out, by the first of these trunks that takes it.
    Trunks {
        /// In the order in which they are tried.
        attempts: Vec<Attempt>,
    },
    /// Nowhere.
    Refused {
        /// What the caller is told.
        sip_status: u16,
        /// Why.
        reason: &'static str,
    },
}

/// A trunk that may carry the call.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Attempt {
    /// Which.
    trunk_id: String,
    /// The number as its provider gets it.
    number: String,
    /// What a minute costs, where the trunk has a price for it.
    price: Option<String>,
}

/// Where a call goes, and why.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Simulation {
    /// Where it goes.
    destination: Destination,
    /// Why, step by step.
    trace: Vec<Step>,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Method::Post,
        "/accounts/{account_id}/routes/simulate",
        Access::Account(Permission::RoutesRead),
        "Where a call would go, and why; there is no call",
        simulate,
    )]
}

fn simulate(call: &mut Call<'_>, Json(body): Json<SimulateBody>) -> Result<Answer<Simulation>, Problem> {
    let scope = call.scope()?;
    let question = Fields::all(|fields| question(fields, &body))?;
    match &question {
        Question::Arrives(trunk, _) => drop(call.store.trunk(scope, *trunk)?),
        Question::Dials(Some(extension), _) => drop(call.store.extension(scope, *extension)?),
        Question::Dials(None, _) => {}
    }
    let explained = call
        .shared
        .pbx
        .explain(scope.account_id(), question, body.at.map(|time| time.0))
        .map_err(engine_silent)?;
    let destination = match explained.place {
        Place::Extension { number, devices } => Destination::Extension { number, devices },
        Place::Feature => Destination::Feature,
        Place::Trunks(attempts) => Destination::Trunks {
            attempts: attempts
                .into_iter()
                .map(|one| Attempt {
                    trunk_id: one.trunk_id.to_string(),
                    number: one.number.into(),
                    price: one.price.map(|price| amount(price.into())),
                })
                .collect(),
        },
        Place::Refused(sip_status, reason) => Destination::Refused { sip_status, reason: reason.as_str() },
    };
    Ok(Answer(Simulation { destination, trace: steps(&explained.trace) }))
}

fn question(fields: &mut Fields, body: &SimulateBody) -> Option<Question> {
    let to = fields.parse("to", DialString::parse(&body.to))?;
    let from = fields.parse_some("from", body.from.as_deref(), DialString::parse);
    let trunk = fields.parse_some("trunk_id", body.trunk_id.as_deref(), str::parse::<TrunkId>);
    let extension =
        fields.parse_some("extension_id", body.extension_id.as_deref(), str::parse::<ExtensionId>);
    match trunk {
        None if body.trunk_id.is_some() => None,
        None => Some(Question::Dials(extension, to)),
        Some(trunk) => {
            let caller = from.map_or_else(Box::default, |from| from.as_str().into());
            let arrival = Arrival { called: to.as_str().into(), caller, ..Arrival::default() };
            Some(Question::Arrives(trunk, arrival))
        }
    }
}
