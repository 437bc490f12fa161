//! `/me/push`: the browsers by which one is told of alerts and missed calls while the page is closed (Web Push).

use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Kind, Problem};
use crate::api::core::route::{Answer, Done, Json, Nothing, Route};
use crate::api::core::types::Time;
use crate::notify::endpoint::is_for_anybody;
use crate::notify::push::encrypt::{self, AUTH, PUBLIC_KEY};
use crate::notify::push::vapid::Vapid;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pabx_model::{Language, PushId};
use pabx_store::{NewPush, PushRow, WholeBox};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A browser, as `PushSubscription.toJSON()` gives it. One with the same endpoint takes the place of the one before.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PushBody {
    /// Where its service takes messages: `https`, at most 500 octets, and at no private address.
    endpoint: String,
    /// Its public key (base64url).
    p256dh: String,
    /// The secret that it shares with the box (base64url); never shown.
    auth: String,
    /// What it is told in: `pt-BR`, `en` or `es`.
    language: String,
}

/// A browser that is told.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PushSubscription {
    /// Id.
    push_id: String,
    /// Where its service takes messages: by this a browser knows itself.
    endpoint: String,
    /// What it is told in.
    language: String,
    /// When it was added.
    created_at: Time,
}

/// One's browsers, and what a new one needs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PushList {
    /// `applicationServerKey` of the box (P-256, base64url).
    public_key: String,
    /// The oldest first; at most 10.
    items: Vec<PushSubscription>,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::{InPerson, Person};
    vec![
        Route::new(
            Method::Get,
            "/me/push",
            Person,
            "One's browsers that are told of things, and the box's key for a new one",
            list,
        ),
        Route::new(
            Method::Post,
            "/me/push",
            InPerson,
            "Have a browser told of new alerts that one may see, and of calls that one's own extension missed",
            add,
        ),
        Route::new(Method::Delete, "/me/push/{push_id}", InPerson, "Have a browser told no more", remove),
    ]
}

fn shown(row: PushRow) -> PushSubscription {
    PushSubscription {
        push_id: row.push_id.to_string(),
        endpoint: row.endpoint,
        language: row.language.to_string(),
        created_at: Time(row.created_at),
    }
}

fn list(call: &mut Call<'_>, _: Nothing) -> Result<Answer<PushList>, Problem> {
    let user_id = call.caller()?.user_id;
    let vapid = Vapid::of_box(call.store, call.now).map_err(|error| {
        log::error!("{error:#}");
        Problem::new(Kind::Internal)
    })?;
    let items = call.store.pushes(WholeBox, user_id)?.into_iter().map(shown).collect();
    Ok(Answer(PushList { public_key: vapid.public_key(), items }))
}

fn add(call: &mut Call<'_>, Json(body): Json<PushBody>) -> Result<Answer<PushSubscription>, Problem> {
    let (user_id, act) = (call.caller()?.user_id, call.act());
    let private = call.shared.facts.private_endpoints;
    let (p256dh, auth, language) = Fields::all(|fields| checked(fields, &body, private))?;
    let new = NewPush { user_id, endpoint: body.endpoint, p256dh, auth, language };
    let id = call.store.add_push(WholeBox, &new, &act)?;
    let row = call.store.pushes(WholeBox, user_id)?.into_iter().find(|row| row.push_id == id);
    row.map(shown).map(Answer).ok_or(Problem::new(Kind::Internal))
}

fn checked(
    fields: &mut Fields,
    body: &PushBody,
    private: bool,
) -> Option<(Vec<u8>, Zeroizing<Vec<u8>>, Language)> {
    if !is_for_anybody(&body.endpoint, private) {
        fields.add("endpoint", "is no https:// URL of a public service");
    }
    let octets = |text: &str, length: usize| {
        BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok().filter(|octets| octets.len() == length)
    };
    let auth = octets(&body.auth, AUTH).map(Zeroizing::new);
    if auth.is_none() {
        fields.add("auth", "is not 16 octets in base64url");
    }
    // Whether it is a point of the curve shows when it is used.
    let usable = |key: &Vec<u8>| encrypt::encrypt(key, &[0; AUTH], b"").is_ok();
    let p256dh = octets(&body.p256dh, PUBLIC_KEY).filter(usable);
    if p256dh.is_none() {
        fields.add("p256dh", "is no public key of P-256 in base64url");
    }
    let language = fields.parse("language", body.language.parse::<Language>());
    Some((p256dh?, auth?, language?))
}

fn remove(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (user_id, id, act) = (call.caller()?.user_id, call.id::<PushId>("push_id")?, call.act());
    call.store.remove_push(WholeBox, user_id, id, &act)?;
    Ok(Done)
}
