//! `/auth/sessions`: where one is signed in, and signing out there; `/auth/password`.

use super::authenticate::csrf_token;
use super::password;
use crate::api::core::access::{Access, By};
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Answer, Done, Json, Nothing, Route};
use crate::api::core::types::Time;
use pabx_store::{SessionId, SessionKind, SessionRow, WholeBox};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place where somebody is signed in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Session {
    /// Id.
    session_id: String,
    /// `browser` or `token`.
    kind: &'static str,
    /// When it began.
    created_at: Time,
    /// When it was last used, to a minute.
    last_used_at: Time,
    /// When it ends.
    expires_at: Time,
    /// From where it began.
    client_address: Option<String>,
    /// What the browser or program calls itself; anybody's text.
    user_agent: String,
    /// Whether it is the one that asks.
    current: bool,
}

/// All of one's sessions.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Sessions {
    /// The last used first.
    items: Vec<Session>,
}

/// The session that asks.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Current {
    /// Id.
    session_id: String,
    /// For the header `X-CSRF-Token`, where the session is a browser's.
    csrf_token: Option<String>,
}

/// A change of one's own password.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The one that is good now.
    current_password: String,
    /// The new one: at least 12 characters, and not one that everybody takes.
    new_password: String,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::InPerson;
    vec![
        Route::new(Method::Get, "/auth/session", InPerson, "The session that asks", current)
            .while_restricted(),
        Route::new(Method::Get, "/auth/sessions", InPerson, "Where one is signed in", list),
        Route::new(Method::Delete, "/auth/sessions", InPerson, "Sign out everywhere else", revoke_others),
        Route::new(Method::Delete, "/auth/sessions/{session_id}", InPerson, "Sign out there", revoke),
        Route::new(Method::Post, "/auth/password", InPerson, "Change one's own password", change_password)
            .while_restricted(),
    ]
}

/// The session that asks; a key of a machine has none, and may not speak for the person.
pub fn session_of(call: &Call<'_>) -> Result<SessionId, Problem> {
    match call.caller()?.by {
        By::Session { session_id, .. } => Ok(session_id),
        By::Key { .. } => Err(Problem::about(Kind::Forbidden, "a key of a machine may not do this")),
    }
}

fn current(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Current>, Problem> {
    let session_id = session_of(call)?.to_string();
    let browser = matches!(call.caller()?.by, By::Session { browser: true, .. });
    let csrf_token = browser.then(|| csrf_token(call.shared, &session_id));
    Ok(Answer(Current { session_id, csrf_token }))
}

fn list(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Sessions>, Problem> {
    let (user_id, own) = (call.caller()?.user_id, session_of(call)?);
    let rows = call.store.sessions(WholeBox, user_id, call.now)?;
    Ok(Answer(Sessions { items: rows.into_iter().map(|row| shown(row, own)).collect() }))
}

fn shown(row: SessionRow, own: SessionId) -> Session {
    Session {
        session_id: row.session_id.to_string(),
        kind: match row.kind {
            SessionKind::Browser => "browser",
            SessionKind::Token => "token",
        },
        created_at: Time(row.created_at),
        last_used_at: Time(row.last_used_at),
        expires_at: Time(row.expires_at),
        client_address: row.client_address.map(|address| address.to_string()),
        user_agent: row.user_agent,
        current: own == row.session_id,
    }
}

fn revoke(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (user_id, session_id) = (call.caller()?.user_id, call.id::<SessionId>("session_id")?);
    let act = call.act();
    // Somebody else's session is not there.
    let own = call.store.sessions(WholeBox, user_id, call.now)?;
    if !own.iter().any(|session| session.session_id == session_id) {
        return Err(Problem::not_found());
    }
    call.store.revoke_session(WholeBox, session_id, &act)?;
    call.shared.hub.rights_changed();
    Ok(Done)
}

fn revoke_others(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (user_id, own) = (call.caller()?.user_id, session_of(call)?);
    let act = call.act();
    call.store.revoke_sessions(WholeBox, user_id, Some(own), &act)?;
    call.shared.hub.rights_changed();
    Ok(Done)
}

fn change_password(call: &mut Call<'_>, Json(change): Json<PasswordChange>) -> Result<Done, Problem> {
    let own = session_of(call)?;
    let username = call.caller()?.username.clone();
    prove_password(call, &change.current_password)?;
    let user = call.store.user(WholeBox, call.caller()?.user_id)?;
    let names = [username.as_str(), user.full_name.as_str(), user.email.as_deref().unwrap_or("")];
    password::check(&change.new_password, &names)
        .map_err(|problem| Problem::field("new_password", problem.to_string()))?;
    if change.new_password == change.current_password {
        return Err(Problem::field("new_password", "is the one you have"));
    }
    let hash = password::hash(&change.new_password).ok_or(Problem::new(Kind::Unavailable))?;
    let act = call.act();
    call.store.set_password(WholeBox, user.user_id, &hash, false, Some(own), &act)?;
    call.shared.hub.rights_changed();
    Ok(Done)
}

/// The caller shows the own password once more, before what must not be done by somebody who found a screen unlocked.
/// Guesses count as at the sign-in.
pub fn prove_password(call: &mut Call<'_>, password: &str) -> Result<(), Problem> {
    let (name, client, now) = (call.caller()?.username.clone(), call.request.client, call.now);
    let wait = call.shared.throttle().wait(&name, client, now);
    if wait > 0 {
        return Err(Problem::new(Kind::TooMany).retry_after(wait));
    }
    let found = call.store.user_for_login(WholeBox, &name)?;
    if password::verify(password, found.as_ref().map(|(_, hash)| hash)) {
        return Ok(());
    }
    call.shared.throttle().failed(&name, client, now);
    Err(Problem::field("current_password", "is not your password"))
}
