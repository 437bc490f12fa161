//! From a request to its caller: an access token, a key of a machine, or a browser's cookie.

use super::token::Audience;
use super::{secret_hash, throttle};
use crate::api::core::access::{By, Caller, Membership};
use crate::api::core::http::Request;
use crate::api::core::problem::{Kind, Problem};
use crate::api::shared::Shared;
use pabx_model::{Role, Timestamp};
use pabx_store::{Store, UserRow, WholeBox};
use subtle::ConstantTimeEq;

/// The cookie of a browser's session. The prefix holds it to this host and to HTTPS (RFC 6265bis §4.1.3).
pub const COOKIE: &str = "__Host-session";
/// The header that shows that a request comes from our own page.
pub const CSRF_HEADER: &str = "x-csrf-token";
/// Keys of machines begin so, that a leaked one is found by a search.
pub const KEY_PREFIX: &str = "pabx_";
const CSRF_PURPOSE: &str = "csrf";
/// How often the last use of a session or key is written.
const TOUCH_EVERY_MS: u64 = 60_000;

/// What must be done before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restriction {
    /// Set a password of one's own.
    PasswordChange,
    /// Set up the second factor.
    OtpEnrolment,
}

/// Who asks.
pub fn caller(
    shared: &Shared,
    store: &mut Store,
    request: &Request,
    now: Timestamp,
) -> Result<(Caller, Option<Restriction>), Problem> {
    match request.header("authorization") {
        Some(header) => {
            let (scheme, text) = header.split_once(' ').unwrap_or((header, ""));
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(Problem::new(Kind::Unauthenticated));
            }
            match text.trim() {
                key if key.starts_with(KEY_PREFIX) => by_key(shared, store, key, request, now),
                token => by_token(shared, store, token, Audience::Api, now),
            }
        }
        None => by_cookie(shared, store, request, now),
    }
}

fn by_cookie(
    shared: &Shared,
    store: &mut Store,
    request: &Request,
    now: Timestamp,
) -> Result<(Caller, Option<Restriction>), Problem> {
    let token = request.cookie(COOKIE).ok_or(Problem::new(Kind::Unauthenticated))?;
    let (caller, restriction) = by_token(shared, store, token, Audience::Browser, now)?;
    if let By::Session { session_id, .. } = &caller.by
        && !request.method.is_safe()
    {
        check_csrf(shared, request, &session_id.to_string())?;
    }
    Ok((caller, restriction))
}

/// The token against forgery of a session.
pub fn csrf_token(shared: &Shared, session: &str) -> String {
    shared.keyring.tags(CSRF_PURPOSE, session).into_iter().next().unwrap_or_default()
}

fn check_csrf(shared: &Shared, request: &Request, session: &str) -> Result<(), Problem> {
    let shown = request.header(CSRF_HEADER).unwrap_or("");
    let good = shared.keyring.tags(CSRF_PURPOSE, session);
    let fits = good.iter().any(|tag| bool::from(tag.as_bytes().ct_eq(shown.as_bytes())));
    let from_here = request.header("sec-fetch-site").is_none_or(|site| site == "same-origin");
    if fits && from_here { Ok(()) } else { Err(Problem::new(Kind::Csrf)) }
}

fn by_token(
    shared: &Shared,
    store: &mut Store,
    token: &str,
    audience: Audience,
    now: Timestamp,
) -> Result<(Caller, Option<Restriction>), Problem> {
    let unknown = || Problem::new(Kind::Unauthenticated);
    let claims = shared.keyring.verify(token, audience, now).ok_or_else(unknown)?;
    let session_id = claims.sid.parse().map_err(|_| unknown())?;
    let (session, user) = store.session_for_access(WholeBox, session_id, now)?.ok_or_else(unknown)?;
    if user.user_id.to_string() != claims.sub || !user.status.is_active() {
        return Err(unknown());
    }
    if now.0.saturating_sub(session.last_used_at.0) > TOUCH_EVERY_MS {
        store.touch_session(WholeBox, session_id, now)?;
    }
    let by = By::Session { session_id, browser: audience == Audience::Browser };
    person(store, user, by)
}

fn by_key(
    shared: &Shared,
    store: &mut Store,
    key: &str,
    request: &Request,
    now: Timestamp,
) -> Result<(Caller, Option<Restriction>), Problem> {
    // Guessing 256 bits is hopeless; the count is there so that it is noticed.
    let wait = shared.throttle().wait(KEY_PREFIX, request.client, now);
    if wait > 0 {
        return Err(Problem::new(Kind::TooMany).retry_after(wait));
    }
    let Some((key, user)) = store.api_key_for_access(WholeBox, &secret_hash(key), now)? else {
        shared.throttle().failed(KEY_PREFIX, request.client, now);
        return Err(Problem::new(Kind::Unauthenticated));
    };
    if !user.status.is_active() {
        return Err(Problem::new(Kind::Unauthenticated));
    }
    if key.last_used_at.is_none_or(|last| now.0.saturating_sub(last.0) > TOUCH_EVERY_MS) {
        store.touch_api_key(WholeBox, key.api_key_id, now)?;
    }
    let by = By::Key {
        api_key_id: key.api_key_id,
        name: key.name.to_string(),
        permissions: key.permissions,
        account_id: key.account_id,
    };
    // A machine has no password to change and no phone with an app.
    person(store, user, by).map(|(caller, _)| (caller, None))
}

/// The same caller, with the rights of this moment; `None`: the session is over, the key or the person is gone.
pub fn again(store: &mut Store, caller: &Caller, now: Timestamp) -> Result<Option<Caller>, Problem> {
    let user = match &caller.by {
        By::Session { session_id, .. } => {
            store.session_for_access(WholeBox, *session_id, now)?.map(|(_, user)| user)
        }
        By::Key { api_key_id, .. } => {
            let keys = store.api_keys(WholeBox, caller.user_id)?;
            let good = |key: &pabx_store::ApiKeyRow| {
                key.api_key_id == *api_key_id && key.expires_at.is_none_or(|end| end > now)
            };
            if keys.iter().any(good) { Some(store.user(WholeBox, caller.user_id)?) } else { None }
        }
    };
    let Some(user) = user.filter(|user| user.status.is_active()) else { return Ok(None) };
    match person(store, user, caller.by.clone())? {
        (caller, None) => Ok(Some(caller)),
        (_, Some(_)) => Ok(None),
    }
}

fn person(store: &mut Store, user: UserRow, by: By) -> Result<(Caller, Option<Restriction>), Problem> {
    let memberships: Vec<Membership> = store
        .memberships(WholeBox, user.user_id)?
        .into_iter()
        .filter(|member| member.account_status.is_active() || user.role == Role::SuperAdmin)
        .map(|member| Membership {
            account_id: member.account_id,
            role: member.role,
            overrides: member.overrides,
            extension_id: member.extension_id,
        })
        .collect();
    let restriction = restriction(store, &user, &memberships)?;
    let caller = Caller { user_id: user.user_id, username: user.username, role: user.role, memberships, by };
    Ok((caller, restriction))
}

fn restriction(
    store: &Store,
    user: &UserRow,
    memberships: &[Membership],
) -> Result<Option<Restriction>, Problem> {
    if user.must_change_password {
        return Ok(Some(Restriction::PasswordChange));
    }
    if user.has_totp {
        return Ok(None);
    }
    let demanded = crate::api::resources::settings::otp_roles(store)?;
    let roles = std::iter::once(user.role).chain(memberships.iter().map(|member| member.role));
    Ok(roles.into_iter().any(|role| demanded.contains(&role)).then_some(Restriction::OtpEnrolment))
}

/// Whether the request comes from this house: loopback, private and link-local addresses (RFC 1918, 4193, 4291).
pub fn is_local(request: &Request) -> bool {
    match request.client.to_canonical() {
        std::net::IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        std::net::IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// For the counts of failures: whom a request is from.
pub fn source(request: &Request) -> std::net::IpAddr {
    throttle::network(request.client)
}
