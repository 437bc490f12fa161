//! `/auth/2fa`: one-time codes are set up, proved by a first code, and taken off again.

use super::sessions::prove_password;
use super::{fill, recovery, totp};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Answer, Done, Json, Nothing, Route};
use pabx_store::WholeBox;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Whether there is a second factor.
#[derive(Debug, Serialize, JsonSchema)]
pub struct State {
    /// One-time codes are asked for at the sign-in.
    enabled: bool,
    /// Recovery codes that are left.
    recovery_codes_left: u32,
    /// The role demands it.
    required: bool,
}

/// Shown once, to be put into the app.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Enrolment {
    /// The secret in base 32.
    secret: String,
    /// The same for a QR code.
    uri: String,
}

/// The first code of the app.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The secret that was shown.
    secret: String,
    /// The code that the app shows for it.
    otp: String,
    /// One's own password, once more.
    current_password: String,
}

/// Shown once.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecoveryCodes {
    /// Each is good once.
    recovery_codes: Vec<String>,
}

/// One's own password, once more.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// It.
    current_password: String,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::InPerson;
    vec![
        Route::new(Method::Get, "/auth/2fa", InPerson, "Whether there is a second factor", state)
            .while_restricted(),
        Route::new(Method::Post, "/auth/2fa/enrolment", InPerson, "A new secret for the app", begin)
            .while_restricted(),
        Route::new(Method::Post, "/auth/2fa", InPerson, "Ask for one-time codes from now on", confirm)
            .while_restricted(),
        Route::new(Method::Post, "/auth/2fa/recovery-codes", InPerson, "New recovery codes", new_codes),
        Route::new(Method::Post, "/auth/2fa/removal", InPerson, "Ask for no codes any more", remove),
    ]
}

fn state(call: &mut Call<'_>, _: Nothing) -> Result<Answer<State>, Problem> {
    let user = call.store.user(WholeBox, call.caller()?.user_id)?;
    let demanded = crate::api::resources::settings::otp_roles(call.store)?;
    let caller = call.caller()?;
    let mut roles = std::iter::once(caller.role).chain(caller.memberships.iter().map(|member| member.role));
    Ok(Answer(State {
        enabled: user.has_totp,
        recovery_codes_left: call.store.recovery_codes_left(WholeBox, user.user_id)?,
        required: roles.any(|role| demanded.contains(&role)),
    }))
}

/// Nothing is kept yet: the secret comes back with its first code.
fn begin(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Enrolment>, Problem> {
    let mut secret = Zeroizing::new([0; totp::SECRET_LEN]);
    fill(secret.as_mut())?;
    let text = totp::base32(secret.as_ref());
    let uri = totp::uri(&text, &call.caller()?.username, "PABX");
    Ok(Answer(Enrolment { secret: text.to_string(), uri: uri.to_string() }))
}

fn confirm(
    call: &mut Call<'_>,
    Json(confirmation): Json<Confirmation>,
) -> Result<Answer<RecoveryCodes>, Problem> {
    prove_password(call, &confirmation.current_password)?;
    let secret = totp::from_base32(&confirmation.secret)
        .filter(|secret| secret.len() == totp::SECRET_LEN)
        .ok_or(Problem::field("secret", "is not the one that was shown"))?;
    let step = totp::step_of(&secret, confirmation.otp.trim(), call.now)
        .ok_or(Problem::field("otp", "is not the code for this secret at this time"))?;
    let user_id = call.caller()?.user_id;
    let codes = recovery::generate()?;
    let hashes: Vec<_> = codes.iter().map(|code| recovery::hash(code)).collect();
    let act = call.act();
    call.store.set_totp(WholeBox, user_id, &secret, step, &hashes, &act)?;
    Ok(Answer(RecoveryCodes { recovery_codes: codes.iter().map(|code| code.to_string()).collect() }))
}

fn new_codes(call: &mut Call<'_>, Json(proof): Json<Proof>) -> Result<Answer<RecoveryCodes>, Problem> {
    prove_password(call, &proof.current_password)?;
    let user = call.store.user(WholeBox, call.caller()?.user_id)?;
    if !user.has_totp {
        return Err(Problem::about(Kind::Conflict, "there is no second factor"));
    }
    let codes = recovery::generate()?;
    let hashes: Vec<_> = codes.iter().map(|code| recovery::hash(code)).collect();
    let act = call.act();
    call.store.replace_recovery_codes(WholeBox, user.user_id, &hashes, &act)?;
    Ok(Answer(RecoveryCodes { recovery_codes: codes.iter().map(|code| code.to_string()).collect() }))
}

fn remove(call: &mut Call<'_>, Json(proof): Json<Proof>) -> Result<Done, Problem> {
    prove_password(call, &proof.current_password)?;
    let (user_id, act) = (call.caller()?.user_id, call.act());
    call.store.clear_totp(WholeBox, user_id, &act)?;
    Ok(Done)
}
