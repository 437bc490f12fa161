//! `/api-keys`: keys of machines. Each belongs to who made it and reaches no further.

use crate::api::auth::authenticate::KEY_PREFIX;
use crate::api::auth::{random_text, secret_hash};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Kind, Problem};
use crate::api::core::route::{Answer, Created, Done, Json, Nothing, Route};
use crate::api::core::types::Time;
use pabx_model::{AccountId, ApiKeyId, DisplayName, Permission, PermissionSet, Reach};
use pabx_store::{ApiKeyRow, NewApiKey, Revision, WholeBox};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A key.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ApiKey {
    /// Id.
    api_key_id: String,
    /// What people call it.
    name: String,
    /// Where it may be used; `null`: wherever its owner may.
    account_id: Option<String>,
    /// What it may do at most.
    permissions: Vec<&'static str>,
    /// When it runs out.
    expires_at: Option<Time>,
    /// When it was last used, to a minute.
    last_used_at: Option<Time>,
    /// When it was made.
    created_at: Time,
}

/// A new key.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ApiKeyWithSecret {
    #[serde(flatten)]
    key: ApiKey,
    /// For `Authorization: Bearer`; shown now and never again.
    secret: String,
}

/// What a key is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKeyBody {
    /// What people call it, 1 to 64 characters.
    name: String,
    /// Where it may be used; left out: wherever its owner may.
    account_id: Option<String>,
    /// What it may do at most, such as `calls.read`.
    permissions: Vec<String>,
    /// When it runs out.
    expires_at: Option<Time>,
}

/// One's own keys.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ApiKeys {
    /// The oldest first.
    items: Vec<ApiKey>,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::Get, "/api-keys", Access::InPerson, "One's own keys", list),
        Route::new(Method::Post, "/api-keys", Access::InPerson, "Make a key", create),
        Route::new(Method::Delete, "/api-keys/{api_key_id}", Access::InPerson, "Take a key away", delete),
    ]
}

fn shown(row: ApiKeyRow) -> ApiKey {
    ApiKey {
        api_key_id: row.api_key_id.to_string(),
        name: row.name.to_string(),
        account_id: row.account_id.map(|id| id.to_string()),
        permissions: row.permissions.iter().map(Permission::as_str).collect(),
        expires_at: row.expires_at.map(Time),
        last_used_at: row.last_used_at.map(Time),
        created_at: Time(row.created_at),
    }
}

fn list(call: &mut Call<'_>, _: Nothing) -> Result<Answer<ApiKeys>, Problem> {
    let rows = call.store.api_keys(WholeBox, call.caller()?.user_id)?;
    Ok(Answer(ApiKeys { items: rows.into_iter().map(shown).collect() }))
}

/// A key makes no keys: one that leaks must not outlive its end.
fn create(call: &mut Call<'_>, Json(body): Json<NewKeyBody>) -> Result<Created<ApiKeyWithSecret>, Problem> {
    let mut fields = Fields::new();
    let name = fields.parse("name", DisplayName::parse(&body.name));
    let account_id = fields.parse_some("account_id", body.account_id.as_deref(), str::parse::<AccountId>);
    let parsed =
        body.permissions.iter().filter_map(|word| fields.parse("permissions", word.parse::<Permission>()));
    let permissions: PermissionSet = parsed.collect();
    if permissions == PermissionSet::default() {
        fields.add("permissions", "are none");
    }
    if body.expires_at.is_some_and(|end| end.0 <= call.now) {
        fields.add("expires_at", "is over");
    }
    let name = fields.done(name)?;
    has_what_it_gives(call, account_id, permissions)?;
    let secret = format!("{KEY_PREFIX}{}", random_text()?.as_str());
    let user_id = call.caller()?.user_id;
    let key_hash = secret_hash(&secret);
    let expires_at = body.expires_at.map(|end| end.0);
    let new = NewApiKey { user_id, account_id, name, key_hash, permissions, expires_at };
    let act = call.act();
    let id = call.store.create_api_key(WholeBox, &new, &act)?;
    let row = call.store.api_keys(WholeBox, user_id)?.into_iter().find(|row| row.api_key_id == id);
    let key = shown(row.ok_or(Problem::new(Kind::Internal))?);
    Ok(Created(ApiKeyWithSecret { key, secret }, Revision(1), format!("/api-keys/{id}")))
}

/// Nobody gives a key what he has not, and a foreign account is not there.
fn has_what_it_gives(
    call: &Call<'_>,
    account: Option<AccountId>,
    permissions: PermissionSet,
) -> Result<(), Problem> {
    let caller = call.caller()?;
    for permission in permissions.iter() {
        let reach = match account {
            Some(account) => {
                let grant = caller.reach_in(account, permission);
                grant.ok_or(Problem::field("account_id", "is none of yours"))?.reach
            }
            None => {
                let in_accounts =
                    caller.memberships.iter().filter_map(|m| caller.reach_in(m.account_id, permission));
                in_accounts.map(|grant| grant.reach).fold(caller.reach_on_box(permission), Reach::max)
            }
        };
        if reach == Reach::None {
            return Err(Problem::field("permissions", format!("you do not have {permission}")));
        }
    }
    Ok(())
}

fn delete(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (user_id, id, act) = (call.caller()?.user_id, call.id::<ApiKeyId>("api_key_id")?, call.act());
    call.store.delete_api_key(WholeBox, user_id, id, &act)?;
    call.shared.hub.rights_changed();
    Ok(Done)
}
