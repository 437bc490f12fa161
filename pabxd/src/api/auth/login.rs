//! Signing in: `/auth/login`, `/auth/refresh`, `/auth/logout`.

use super::authenticate::{COOKIE, csrf_token};
use super::sessions::session_of;
use super::token::{Audience, Claims};
use super::{networks, password, random_text, recovery, secret_hash, totp};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::{Method, Reply};
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Answer, Json, Nothing, Raw, RawDone, Route};
use crate::api::resources::users::MAX_USERNAME;
use pabx_model::Timestamp;
use pabx_store::{Act, Actor, NewSession, Rotation, SessionId, SessionKind, UserRow, WholeBox};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

/// Seconds that an access token lives.
pub const ACCESS_SECONDS: u64 = 15 * 60;
/// Seconds after which a refresh token that nobody uses runs out.
pub const REFRESH_SECONDS: u64 = 30 * 24 * 60 * 60;
/// Seconds that a browser's session lives.
pub const BROWSER_SECONDS: u64 = 12 * 60 * 60;

/// Name and password.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The name to sign in with.
    username: String,
    /// The password.
    password: String,
    /// The code of the app, or a recovery code.
    otp: Option<String>,
    /// True: a cookie is set, and no tokens are given; for browsers.
    #[serde(default)]
    browser: bool,
}

/// What one signs in with from now on.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct SignedIn {
    /// For `Authorization: Bearer`; not for browsers.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    /// Seconds that it lives.
    expires_in: u64,
    /// For `/auth/refresh`, once; not for browsers.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// For the header `X-CSRF-Token`; for browsers.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf_token: Option<String>,
    /// The password must be changed before anything else.
    password_change_required: bool,
}

/// A refresh token.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// As it was given.
    refresh_token: String,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::Post, "/auth/login", Access::Public, "Sign in", login),
        Route::new(Method::Post, "/auth/refresh", Access::Public, "New tokens for a refresh token", refresh),
        Route::new(Method::Post, "/auth/logout", Access::InPerson, "Sign out", logout).while_restricted(),
    ]
}

fn login(call: &mut Call<'_>, Json(login): Json<Login>) -> Result<Raw<SignedIn>, Problem> {
    // Counted under what a name can be: a longer one is nobody's.
    let name: String = login.username.to_lowercase().chars().take(MAX_USERNAME).collect();
    let (now, client) = (call.now, call.request.client);
    let wait = call.shared.throttle().wait(&name, client, now);
    if wait > 0 {
        return Err(Problem::new(Kind::TooMany).retry_after(wait));
    }
    match prove(call, &name, &login) {
        Ok(user) => {
            call.shared.throttle().succeeded(&name, client);
            signed_in(call, &user, login.browser)
        }
        Err(problem) => {
            if problem.kind() != Kind::OtpRequired {
                failed(call, &name)?;
            }
            Err(problem)
        }
    }
}

/// The user, if password and second factor are right. Who does not exist takes as long as who has another password.
fn prove(call: &mut Call<'_>, name: &str, login: &Login) -> Result<UserRow, Problem> {
    let wrong = || Problem::new(Kind::WrongCredentials);
    let found = call.store.user_for_login(WholeBox, name)?.filter(|_| login.username.len() <= MAX_USERNAME);
    let fits = password::verify(&login.password, found.as_ref().map(|(_, hash)| hash));
    let (user, _) = found.filter(|(user, _)| fits && user.status.is_active()).ok_or_else(wrong)?;
    if !user.has_totp {
        return Ok(user);
    }
    let code = login.otp.as_deref().map(str::trim).ok_or(Problem::new(Kind::OtpRequired))?;
    if second_factor_fits(call, &user, code)? { Ok(user) } else { Err(wrong()) }
}

/// Whether a code of the app, or a recovery code, is right; it is used up then.
pub fn second_factor_fits(call: &mut Call<'_>, user: &UserRow, code: &str) -> Result<bool, Problem> {
    if recovery::is_code(code) {
        let act =
            Act { who: Actor::User { user_id: user.user_id, username: user.username.clone() }, ..call.act() };
        return Ok(call.store.use_recovery_code(WholeBox, user.user_id, &recovery::hash(code), &act)?);
    }
    let Some(secret) = call.store.totp_secret(WholeBox, user.user_id)? else { return Ok(false) };
    match totp::step_of(&secret, code, call.now) {
        Some(step) => Ok(call.store.use_totp_step(WholeBox, user.user_id, step)?),
        None => Ok(false),
    }
}

/// Counted, written down, and told when it is one too many.
fn failed(call: &mut Call<'_>, name: &str) -> Result<(), Problem> {
    let too_many = call.shared.throttle().failed(name, call.request.client, call.now);
    if too_many {
        log::warn!("sign-in of {} from {} failed too often", pabx_model::Masked(name), call.request.client);
        crate::api::resources::alerts::login_failures(call, name)?;
    }
    Ok(())
}

fn signed_in(call: &mut Call<'_>, user: &UserRow, browser: bool) -> Result<Raw<SignedIn>, Problem> {
    let lives = if browser { BROWSER_SECONDS } else { REFRESH_SECONDS };
    let act = Act {
        who: Actor::User { user_id: user.user_id, username: user.username.clone() },
        from: Some(call.request.client),
        at: call.now,
    };
    let session = NewSession {
        user_id: user.user_id,
        kind: if browser { SessionKind::Browser } else { SessionKind::Token },
        user_agent: call.request.header("user-agent").unwrap_or("").chars().take(256).collect(),
        expires_at: after(call.now, lives),
    };
    let session_id = call.store.create_session(WholeBox, &session, &act)?;
    networks::note(call, user)?;
    if browser { browser_session(call, user, session_id) } else { token_session(call, user, session_id) }
}

fn browser_session(
    call: &mut Call<'_>,
    user: &UserRow,
    session_id: SessionId,
) -> Result<Raw<SignedIn>, Problem> {
    let token = access_token(call, user, session_id, Audience::Browser, BROWSER_SECONDS)?;
    let answer = SignedIn {
        expires_in: BROWSER_SECONDS,
        csrf_token: Some(csrf_token(call.shared, &session_id.to_string())),
        password_change_required: user.must_change_password,
        ..SignedIn::default()
    };
    Ok(Raw(Reply::json(200, &answer).with("set-cookie", cookie(&token, BROWSER_SECONDS)), PhantomData))
}

fn token_session(
    call: &mut Call<'_>,
    user: &UserRow,
    session_id: SessionId,
) -> Result<Raw<SignedIn>, Problem> {
    let refresh = random_text()?;
    let expires_at = after(call.now, REFRESH_SECONDS);
    call.store.add_refresh_token(WholeBox, session_id, &secret_hash(&refresh), expires_at, call.now)?;
    let answer = tokens(call, user, session_id, &refresh)?;
    Ok(Raw(Reply::json(200, &answer), PhantomData))
}

fn tokens(
    call: &mut Call<'_>,
    user: &UserRow,
    session_id: SessionId,
    refresh: &str,
) -> Result<SignedIn, Problem> {
    Ok(SignedIn {
        access_token: Some(access_token(call, user, session_id, Audience::Api, ACCESS_SECONDS)?),
        expires_in: ACCESS_SECONDS,
        refresh_token: Some(refresh.to_owned()),
        csrf_token: None,
        password_change_required: user.must_change_password,
    })
}

fn access_token(
    call: &mut Call<'_>,
    user: &UserRow,
    session_id: SessionId,
    aud: Audience,
    lives: u64,
) -> Result<String, Problem> {
    call.shared.keyring.rotate(call.store, call.now)?;
    let iat = call.now.0 / 1000;
    let claims = Claims {
        sub: user.user_id.to_string(),
        sid: session_id.to_string(),
        aud,
        iat,
        exp: iat.saturating_add(lives),
    };
    call.shared.keyring.sign(&claims).ok_or(Problem::new(Kind::Internal))
}

fn cookie(value: &str, seconds: u64) -> String {
    format!("{COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}")
}

fn after(now: Timestamp, seconds: u64) -> Timestamp {
    now.plus_millis(seconds.saturating_mul(1000))
}

/// A refresh token is good once. One that comes again was stolen, by whoever came first or by whoever comes now: the
/// whole session ends.
fn refresh(call: &mut Call<'_>, Json(refresh): Json<Refresh>) -> Result<Answer<SignedIn>, Problem> {
    let fresh = random_text()?;
    let act = call.act();
    let rotation = call.store.rotate_refresh(
        WholeBox,
        &secret_hash(&refresh.refresh_token),
        &secret_hash(&fresh),
        after(call.now, REFRESH_SECONDS),
        &act,
    )?;
    match rotation {
        Rotation::Rotated { session_id, user } if user.status.is_active() => {
            tokens(call, &user, session_id, &fresh).map(Answer)
        }
        Rotation::Reused { user, .. } => {
            log::warn!(
                "a refresh token of {} came twice: its session is ended",
                pabx_model::Masked(&user.username)
            );
            crate::api::resources::alerts::token_reuse(call, &user)?;
            call.shared.hub.rights_changed();
            Err(Problem::new(Kind::Unauthenticated))
        }
        Rotation::Rotated { .. } | Rotation::Unknown => Err(Problem::new(Kind::Unauthenticated)),
    }
}

fn logout(call: &mut Call<'_>, _: Nothing) -> Result<RawDone, Problem> {
    let (session_id, act) = (session_of(call)?, call.act());
    call.store.revoke_session(WholeBox, session_id, &act)?;
    call.shared.hub.rights_changed();
    Ok(RawDone(Reply::empty(204).with("set-cookie", cookie("", 0))))
}
