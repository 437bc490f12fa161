//! `/me`: oneself, and what one may do where.

use super::users::{RoleWord, User, check_email, check_full_name, shown};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Problem};
use crate::api::core::route::{Json, Nothing, Route, Tagged};
use crate::api::core::types::present;
use pabx_model::{Language, Permission, Reach};
use pabx_store::{UserChange, WholeBox};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Oneself.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Me {
    /// The person.
    #[serde(flatten)]
    user: User,
    /// What one may do on the whole box.
    permissions: Vec<&'static str>,
    /// The accounts.
    memberships: Vec<MyMembership>,
}

/// A place in an account.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MyMembership {
    /// Which account.
    account_id: String,
    /// As what.
    role: RoleWord,
    /// One's own extension there.
    extension_id: Option<String>,
    /// What one may do there, for everybody.
    permissions: Vec<&'static str>,
    /// What one may do there for one's own things.
    own: Vec<&'static str>,
}

/// A change of one's own profile; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MePatch {
    full_name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    email: Option<Option<String>>,
    language: Option<String>,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::Get, "/me", Access::Person, "Oneself, and what one may do", read)
            .while_restricted(),
        Route::new(Method::Patch, "/me", Access::InPerson, "Change one's own profile", update).conditional(),
    ]
}

fn read(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<Me>, Problem> {
    let row = call.store.user(WholeBox, call.caller()?.user_id)?;
    let caller = call.caller()?;
    let on_box = Permission::ALL.iter().filter(|p| caller.reach_on_box(**p) == Reach::Box);
    let permissions = on_box.map(|p| p.as_str()).collect();
    let memberships = caller.memberships.iter().map(|member| {
        let with = |wanted: Reach| {
            let reached = Permission::ALL.iter().filter(move |p| {
                caller
                    .reach_in(member.account_id, **p)
                    .is_some_and(|grant| grant.reach.min(Reach::Account) == wanted)
            });
            reached.map(|p| p.as_str()).collect()
        };
        MyMembership {
            account_id: member.account_id.to_string(),
            role: member.role.into(),
            extension_id: member.extension_id.map(|id| id.to_string()),
            permissions: with(Reach::Account),
            own: with(Reach::Own),
        }
    });
    let (memberships, revision) = (memberships.collect(), row.revision);
    Ok(Tagged(Me { user: shown(row), permissions, memberships }, revision))
}

fn update(call: &mut Call<'_>, Json(body): Json<MePatch>) -> Result<Tagged<Me>, Problem> {
    let mut fields = Fields::new();
    let email = match &body.email {
        None => None,
        Some(None) => Some(None),
        Some(Some(text)) => fields.parse("email", check_email(text)).map(Some),
    };
    let change = UserChange {
        full_name: fields.parse_some("full_name", body.full_name.as_deref(), check_full_name),
        email,
        language: fields.parse_some("language", body.language.as_deref(), str::parse::<Language>),
        ..UserChange::default()
    };
    fields.finish()?;
    let (user_id, expected, act) = (call.caller()?.user_id, call.expected()?, call.act());
    call.store.update_user(WholeBox, user_id, &change, expected, &act)?;
    read(call, Nothing)
}
