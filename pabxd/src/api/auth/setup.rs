//! `/setup`: the first super admin of a new box. Closed for good once there is one.

use super::password;
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Kind, Problem};
use crate::api::core::route::{Answer, Done, Json, Nothing, Route};
use crate::api::resources::users::{check_email, check_username};
use pabx_model::{Language, Role};
use pabx_store::{Act, Actor, NewUser, WholeBox};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether the box has an owner.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Setup {
    /// Then there is nothing to do here.
    done: bool,
}

/// The first super admin.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstAdmin {
    /// The name to sign in with.
    username: String,
    /// The password: at least 12 characters, and not one that everybody takes.
    password: String,
    /// What people call the person.
    full_name: Option<String>,
    /// Where mail goes.
    email: Option<String>,
    /// `pt-BR`, `en` or `es`.
    language: Option<String>,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::Get, "/setup", Access::Public, "Whether the box has an owner", state),
        Route::new(Method::Post, "/setup", Access::Public, "Make the first super admin", claim),
    ]
}

fn state(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Setup>, Problem> {
    Ok(Answer(Setup { done: call.store.setup_done(WholeBox)? }))
}

/// Only from the house: a box that was put on the Internet before it was set up waits for its owner.
fn claim(call: &mut Call<'_>, Json(first): Json<FirstAdmin>) -> Result<Done, Problem> {
    if call.store.setup_done(WholeBox)? {
        return Err(Problem::about(Kind::Conflict, "the box has an owner"));
    }
    if !super::authenticate::is_local(&call.request) {
        return Err(Problem::about(Kind::Forbidden, "a new box is set up from its own network"));
    }
    let new = read(&first)?;
    let act = Act { who: Actor::Nobody, from: Some(call.request.client), at: call.now };
    call.store.create_first_super_admin(WholeBox, &new, &act)?;
    log::info!("the box has an owner, set up from {}", call.request.client);
    Ok(Done)
}

fn read(first: &FirstAdmin) -> Result<NewUser, Problem> {
    let mut fields = Fields::new();
    let username = fields.parse("username", check_username(&first.username));
    let email = fields.parse_some("email", first.email.as_deref(), check_email);
    let language = first.language.as_deref().unwrap_or(Language::default().as_str());
    let language = fields.parse("language", language.parse::<Language>());
    let names = [
        first.username.as_str(),
        first.full_name.as_deref().unwrap_or(""),
        first.email.as_deref().unwrap_or(""),
    ];
    fields.parse("password", password::check(&first.password, &names));
    let (username, language) = fields.done(username.zip(language))?;
    let password_hash = password::hash(&first.password).ok_or(Problem::new(Kind::Unavailable))?;
    let full_name = first.full_name.clone().unwrap_or_default();
    Ok(NewUser {
        username,
        password_hash,
        email,
        full_name,
        language,
        role: Role::SuperAdmin,
        must_change_password: false,
    })
}
