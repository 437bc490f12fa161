//! `/trunk-templates`: what is known of providers, to begin a trunk with.

use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::Problem;
use crate::api::core::route::{Answer, Nothing, Route};
use crate::api::core::types::Listing;
use crate::trunk_templates;
use pabx_model::Permission;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// What is known of a provider.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Template {
    /// Its name in this list.
    id: &'static str,
    /// The provider's name, or what kind of line it is.
    name: String,
    /// ISO 3166 code in lower case; `null`: anywhere.
    country: Option<String>,
    /// Where the settings are from.
    source: Option<String>,
    /// What has to be filled in: names of fields of a new trunk.
    ask: Vec<String>,
    /// What to look at, by language: `pt-BR`, `en`, `es`.
    notes: BTreeMap<&'static str, String>,
    /// What is known, as in the body of `POST /accounts/{account_id}/trunks`.
    trunk: serde_json::Value,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    let read = Access::Anywhere(Permission::TrunksRead);
    vec![Route::new(
        Method::Get,
        "/trunk-templates",
        read,
        "What is known of providers, to begin a trunk with",
        list,
    )]
}

fn list(_: &mut Call<'_>, _: Nothing) -> Result<Answer<Listing<Template>>, Problem> {
    let items = trunk_templates::all().into_iter().map(|(id, template)| Template {
        id,
        name: template.name,
        country: template.country,
        source: template.source,
        ask: template.ask,
        notes: [("pt-BR", template.notes.pt_br), ("en", template.notes.en), ("es", template.notes.es)].into(),
        trunk: template.trunk,
    });
    Ok(Answer(Listing { items: items.collect(), next_cursor: None }))
}
