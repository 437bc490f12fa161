//! `/accounts/{account_id}/call-pins`: what lets somebody call farther than the extension in hand may. The digits are shown once.

use super::configure;
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Kind, Problem};
use crate::api::core::route::{Answer, Created, Done, Json, Nothing, Query, Route, Tagged};
use crate::api::core::types::{Listing, NameSort, PageQuery, StatusWord, Time};
use pabx_model::{CallingClass, DisplayName, Permission, Pin, PinId};
use pabx_store::{NewPin, PinRow};
use ring::rand::{SecureRandom, SystemRandom};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a PIN says. A change gives all of it anew, but for the digits.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PinBody {
    /// Whose it is, unique among the account's.
    name: String,
    /// How far it reaches: `internal`, `local`, `mobile`, `long_distance` or `international`.
    calling_class: String,
    /// 4 to 8 digits, that nobody else of the account has. Left out: six that are made up; in a change, those that are there stay.
    pin: Option<String>,
    /// In use or not.
    status: StatusWord,
}

/// A PIN, without its digits.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PinShown {
    /// Id.
    pin_id: String,
    /// Whose it is.
    name: String,
    /// How far it reaches.
    calling_class: &'static str,
    /// In use or not.
    status: StatusWord,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// A PIN that was made: its digits are shown now, and not again.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PinMade {
    #[serde(flatten)]
    shown: PinShown,
    /// Dialled as `*59`, these, `*`, and the number.
    pin: String,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Account;
    use Permission::{RoutesRead, RoutesWrite};
    const ALL: &str = "/accounts/{account_id}/call-pins";
    const ONE: &str = "/accounts/{account_id}/call-pins/{pin_id}";
    vec![
        Route::new(Method::Get, ALL, Account(RoutesRead), "PINs for calls", list),
        Route::new(Method::Post, ALL, Account(RoutesWrite), "Make a PIN for calls", create),
        Route::new(Method::Get, ONE, Account(RoutesRead), "A PIN for calls", read),
        Route::new(Method::Put, ONE, Account(RoutesWrite), "Change a PIN for calls", update).conditional(),
        Route::new(Method::Delete, ONE, Account(RoutesWrite), "Delete a PIN for calls", delete),
    ]
}

fn shown(row: PinRow) -> PinShown {
    PinShown {
        pin_id: row.pin_id.to_string(),
        name: row.name.to_string(),
        calling_class: row.calling_class.as_str(),
        status: row.status.into(),
        created_at: Time(row.created_at),
        updated_at: Time(row.updated_at),
    }
}

fn parse(fields: &mut Fields, body: &PinBody) -> Option<(NewPin, Option<Pin>)> {
    let name = fields.parse("name", DisplayName::parse(&body.name));
    let class = fields.parse("calling_class", CallingClass::parse(&body.calling_class));
    let pin = fields.parse_some("pin", body.pin.as_deref(), Pin::parse);
    let (name, calling_class) = name.zip(class)?;
    Some((NewPin { name, calling_class, status: body.status.into() }, pin))
}

/// Six digits that are made up.
fn made_up() -> Result<Pin, Problem> {
    let mut octets = [0_u8; 8];
    SystemRandom::new().fill(&mut octets).map_err(|_| Problem::new(Kind::Internal))?;
    let number = u64::from_be_bytes(octets) % 10_u64.pow(6);
    let text = format!("{number:0width$}", width = Pin::LEN);
    Pin::parse(&text).map_err(|_| Problem::new(Kind::Internal))
}

fn list(
    call: &mut Call<'_>,
    Query(query): Query<PageQuery<NameSort>>,
) -> Result<Answer<Listing<PinShown>>, Problem> {
    let page = call.store.list_pins(call.scope()?, &query.list()?)?;
    Ok(Answer(Listing::of(page, shown)))
}

fn create(call: &mut Call<'_>, Json(body): Json<PinBody>) -> Result<Created<PinMade>, Problem> {
    let (new, pin) = Fields::all(|fields| parse(fields, &body))?;
    let pin = pin.map_or_else(made_up, Ok)?;
    let (scope, act) = (call.scope()?, call.act());
    let id = call.store.create_pin(scope, &new, &pin, &act)?;
    configure(call)?;
    let row = call.store.pin(scope, id)?;
    let (revision, place) = (row.revision, format!("/accounts/{}/call-pins/{id}", scope.account_id()));
    Ok(Created(PinMade { shown: shown(row), pin: pin.expose().to_owned() }, revision, place))
}

fn read(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<PinShown>, Problem> {
    let row = call.store.pin(call.scope()?, call.id("pin_id")?)?;
    let revision = row.revision;
    Ok(Tagged(shown(row), revision))
}

fn update(call: &mut Call<'_>, Json(body): Json<PinBody>) -> Result<Tagged<PinShown>, Problem> {
    let (new, pin) = Fields::all(|fields| parse(fields, &body))?;
    let (scope, id, expected, act) =
        (call.scope()?, call.id::<PinId>("pin_id")?, call.expected()?, call.act());
    call.store.update_pin(scope, id, (&new, pin.as_ref()), expected, &act)?;
    configure(call)?;
    read(call, Nothing)
}

fn delete(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (scope, id, expected, act) =
        (call.scope()?, call.id::<PinId>("pin_id")?, call.expected()?, call.act());
    call.store.delete_pin(scope, id, expected, &act)?;
    configure(call)?;
    Ok(Done)
}
