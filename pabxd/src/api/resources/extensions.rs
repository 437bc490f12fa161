//! `/accounts/{account_id}/extensions`: the numbers that phones register for.

use super::configure;
use super::dialling::check_owned;
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Problem};
use crate::api::core::route::{Answer, Created, Done, Json, Nothing, Query, Route, Tagged};
use crate::api::core::types::{Listing, PageQuery, StatusWord, Time, present};
use pabx_model::{
    CallerId, CallingClass, DisplayName, ExtensionId, ExtensionNumber, MediaEncryption, Permission,
};
use pabx_store::{ExtensionChange, ExtensionRow, ExtensionSort, NewExtension};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Devices that one extension may be given.
pub const MAX_DEVICES: u16 = 100;
/// Seconds that one extension may be told to ring.
pub const MAX_RING_SECONDS: u16 = 600;

/// An extension.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Extension {
    /// Id.
    extension_id: String,
    /// Its number, unique in the account.
    number: String,
    /// What people call it.
    name: String,
    /// The user name that is unique on the whole box.
    username: String,
    /// Devices that may be registered at once.
    max_devices: u16,
    /// Seconds it rings; 0 is as long as the box says.
    ring_seconds: u16,
    /// How far it may call: `internal`, `local`, `mobile`, `long_distance` or `international`.
    calling_class: String,
    /// The number that it shows outside; `null`: the trunk's.
    caller_id: Option<String>,
    /// Whether its phones' sound is encrypted (SRTP): `off`, `offered` or `required`.
    media_encryption: String,
    /// In use or not.
    status: StatusWord,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// A new extension with what its phone needs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExtensionWithPassword {
    /// The extension.
    #[serde(flatten)]
    extension: Extension,
    /// Shown now; later it is shown on a deliberate, audited request only.
    password: String,
}

/// What a phone signs in with.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Secret {
    /// The user name that is unique on the whole box.
    username: String,
    /// The password.
    password: String,
}

/// A new extension.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExtensionBody {
    /// 2 to 6 digits.
    pub(super) number: String,
    /// What people call it, 1 to 64 characters.
    pub(super) name: String,
    /// Devices that may be registered at once, 1 to 100; 5 when left out.
    pub(super) max_devices: Option<u16>,
    /// Seconds it rings, 0 to 600; 0, as long as the box says, when left out.
    pub(super) ring_seconds: Option<u16>,
    /// How far it may call: `internal`, `local`, `mobile`, `long_distance` or `international`, which it is when left out. Other
    /// countries are those that the account allows; emergency numbers can always be called.
    pub(super) calling_class: Option<String>,
    /// The number that it shows outside: one of the account's own. The trunk's when left out.
    pub(super) caller_id: Option<String>,
    /// Whether its phones' sound is encrypted (SRTP, over SIP with TLS only): `off`, `offered` (where the phone can; when left
    /// out) or `required` (no call otherwise).
    pub(super) media_encryption: Option<String>,
}

/// A change; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtensionPatch {
    name: Option<String>,
    max_devices: Option<u16>,
    ring_seconds: Option<u16>,
    calling_class: Option<String>,
    #[serde(default, deserialize_with = "present")]
    caller_id: Option<Option<String>>,
    media_encryption: Option<String>,
    status: Option<StatusWord>,
}

/// By what extensions are sorted.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortWord {
    /// By number, as text.
    Number,
    /// By name.
    Name,
    /// By the time they were made.
    CreatedAt,
}

impl From<SortWord> for ExtensionSort {
    fn from(word: SortWord) -> Self {
        match word {
            SortWord::Number => Self::Number,
            SortWord::Name => Self::Name,
            SortWord::CreatedAt => Self::CreatedAt,
        }
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::{Account, AccountOrOwn};
    use Permission::{ExtensionsRead, ExtensionsWrite};
    const ALL: &str = "/accounts/{account_id}/extensions";
    const ONE: &str = "/accounts/{account_id}/extensions/{extension_id}";
    const PASSWORD: &str = "/accounts/{account_id}/extensions/{extension_id}/password";
    vec![
        Route::new(
            Method::Get,
            ALL,
            AccountOrOwn(ExtensionsRead),
            "Extensions; for a user the own one",
            list,
        ),
        Route::new(Method::Post, ALL, Account(ExtensionsWrite), "Make an extension", create),
        Route::new(Method::Get, ONE, AccountOrOwn(ExtensionsRead), "An extension", read),
        Route::new(Method::Patch, ONE, Account(ExtensionsWrite), "Change an extension", update).conditional(),
        Route::new(Method::Delete, ONE, Account(ExtensionsWrite), "Delete an extension", delete),
        Route::new(
            Method::Get,
            PASSWORD,
            Account(ExtensionsWrite),
            "Show the phone's password (audited)",
            reveal,
        ),
        Route::new(
            Method::Post,
            PASSWORD,
            Account(ExtensionsWrite),
            "Make a new password for the phone",
            reset,
        ),
    ]
}

fn shown(row: ExtensionRow) -> Extension {
    Extension {
        extension_id: row.extension_id.to_string(),
        number: row.number.to_string(),
        name: row.name.to_string(),
        username: row.username.to_string(),
        max_devices: row.max_devices,
        ring_seconds: row.ring_seconds,
        calling_class: row.calling_class.to_string(),
        caller_id: row.caller_id.map(|id| id.to_string()),
        media_encryption: row.media_encryption.to_string(),
        status: row.status.into(),
        created_at: Time(row.created_at),
        updated_at: Time(row.updated_at),
    }
}

fn list(
    call: &mut Call<'_>,
    Query(query): Query<PageQuery<SortWord>>,
) -> Result<Answer<Listing<Extension>>, Problem> {
    let list = query.list()?;
    let scope = call.scope()?;
    if call.grant.own() {
        let own = call.grant.extension_id.map(|id| call.store.extension(scope, id)).transpose()?;
        return Ok(Answer(Listing { items: own.into_iter().map(shown).collect(), next_cursor: None }));
    }
    let page = call.store.list_extensions(scope, &list)?;
    Ok(Answer(Listing::of(page, shown)))
}

/// Reads what is wanted; what is wrong is noted under the field's name.
pub(super) fn parse(fields: &mut Fields, prefix: &str, body: &NewExtensionBody) -> Option<NewExtension> {
    let field = |name: &str| format!("{prefix}{name}");
    let number = fields.parse(&field("number"), ExtensionNumber::parse(&body.number));
    let name = fields.parse(&field("name"), DisplayName::parse(&body.name));
    let mut new = number.zip(name).map(|(number, name)| NewExtension::new(number, name))?;
    if let Some(devices) = body.max_devices {
        new.max_devices = fields.within(&field("max_devices"), devices, 1, MAX_DEVICES);
    }
    if let Some(seconds) = body.ring_seconds {
        new.ring_seconds = fields.within(&field("ring_seconds"), seconds, 0, MAX_RING_SECONDS);
    }
    if let Some(class) = &body.calling_class {
        new.calling_class = fields.parse(&field("calling_class"), CallingClass::parse(class))?;
    }
    if let Some(word) = &body.media_encryption {
        new.media_encryption = fields.parse(&field("media_encryption"), MediaEncryption::parse(word))?;
    }
    new.caller_id = fields.parse_some(&field("caller_id"), body.caller_id.as_deref(), CallerId::parse);
    Some(new)
}

fn create(
    call: &mut Call<'_>,
    Json(body): Json<NewExtensionBody>,
) -> Result<Created<ExtensionWithPassword>, Problem> {
    let mut fields = Fields::new();
    let new = parse(&mut fields, "", &body);
    let new = fields.done(new)?;
    check_owned(call, [("caller_id".into(), new.caller_id.as_ref())])?;
    let (scope, act) = (call.scope()?, call.act());
    let created = call.store.create_extension(scope, &new, &act)?;
    configure(call)?;
    let row = call.store.extension(scope, created.extension_id)?;
    let (revision, location) =
        (row.revision, format!("/accounts/{}/extensions/{}", scope.account_id(), row.extension_id));
    let password = created.password.expose().to_owned();
    Ok(Created(ExtensionWithPassword { extension: shown(row), password }, revision, location))
}

/// The extension of the path; for who may see only the own one, no other is there.
fn wanted(call: &Call<'_>) -> Result<ExtensionId, Problem> {
    let id: ExtensionId = call.id("extension_id")?;
    if call.grant.own() && call.grant.extension_id != Some(id) { Err(Problem::not_found()) } else { Ok(id) }
}

fn read(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<Extension>, Problem> {
    let row = call.store.extension(call.scope()?, wanted(call)?)?;
    let revision = row.revision;
    Ok(Tagged(shown(row), revision))
}

fn update(call: &mut Call<'_>, Json(body): Json<ExtensionPatch>) -> Result<Tagged<Extension>, Problem> {
    let mut fields = Fields::new();
    let max_devices = body.max_devices.map(|devices| fields.within("max_devices", devices, 1, MAX_DEVICES));
    let ring_seconds =
        body.ring_seconds.map(|seconds| fields.within("ring_seconds", seconds, 0, MAX_RING_SECONDS));
    let change = ExtensionChange {
        name: fields.parse_some("name", body.name.as_deref(), DisplayName::parse),
        max_devices,
        ring_seconds,
        calling_class: fields.parse_some("calling_class", body.calling_class.as_deref(), CallingClass::parse),
        caller_id: body
            .caller_id
            .map(|asked| fields.parse_some("caller_id", asked.as_deref(), CallerId::parse)),
        media_encryption: fields.parse_some(
            "media_encryption",
            body.media_encryption.as_deref(),
            MediaEncryption::parse,
        ),
        status: body.status.map(Into::into),
    };
    fields.finish()?;
    check_owned(call, [("caller_id".into(), change.caller_id.as_ref().and_then(Option::as_ref))])?;
    let (scope, id, expected, act) = (call.scope()?, wanted(call)?, call.expected()?, call.act());
    call.store.update_extension(scope, id, &change, expected, &act)?;
    configure(call)?;
    read(call, Nothing)
}

fn delete(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (scope, id, expected, act) = (call.scope()?, wanted(call)?, call.expected()?, call.act());
    call.store.delete_extension(scope, id, expected, &act)?;
    configure(call)?;
    Ok(Done)
}

/// Only in person: a key of a machine that leaks must not give every phone away.
fn reveal(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Secret>, Problem> {
    crate::api::auth::sessions::session_of(call)?;
    let (scope, id, act) = (call.scope()?, wanted(call)?, call.act());
    let row = call.store.extension(scope, id)?;
    let password = call.store.reveal_extension_password(scope, id, &act)?;
    Ok(Answer(Secret { username: row.username.to_string(), password: password.expose().to_owned() }))
}

fn reset(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Secret>, Problem> {
    let (scope, id, act) = (call.scope()?, wanted(call)?, call.act());
    let password = call.store.reset_extension_password(scope, id, &act)?;
    let row = call.store.extension(scope, id)?;
    configure(call)?;
    // Phones that are registered stay so until they refresh; then they need the new one.
    Ok(Answer(Secret { username: row.username.to_string(), password: password.expose().to_owned() }))
}
