//! `/accounts/{account_id}/inbound-routes` and `/outbound-routes`: where calls go.

use super::configure;
use super::destination::{self, DestinationBody};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Problem};
use crate::api::core::route::{Answer, Created, Done, Json, Nothing, Query, Route, Tagged};
use crate::api::core::types::{Listing, PageQuery, StatusWord, Time};
use pabx_model::{DialString, DisplayName, NumberPattern, Permission, RouteId, Status, TrunkId, TrunkOrder};
use pabx_store::{ByPosition, InboundRoute, OutboundRoute, RouteRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Greatest position.
const MAX_POSITION: u32 = 100_000;
/// Trunks that one route may name.
const MAX_TRUNKS: usize = 16;
/// Digits that may be taken off.
const MAX_STRIP: u8 = 32;

/// A route for calls that come in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Inbound {
    /// Id.
    route_id: String,
    #[serde(flatten)]
    route: InboundBody,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// What an inbound route says. A change gives all of it anew.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InboundBody {
    /// What people call it, unique among the account's.
    pub(super) name: String,
    /// The closest pattern that fits is taken; among equals the lowest position.
    pub(super) position: u32,
    /// Calls from this trunk; `null`: from any.
    pub(super) trunk_id: Option<String>,
    /// Calls to these numbers, as the provider gives them or in international form (`+55…`); the closest pattern is taken, and among
    /// equals the lowest position. Digits, `X` 0–9, `Z` 1–9, `N` 2–9, `[2-5]`, `.` or `!` at the end.
    pub(super) did_pattern: String,
    /// Calls from these numbers; `null`: from any.
    pub(super) caller_pattern: Option<String>,
    /// Where they go; `null`: nowhere.
    pub(super) destination: Option<DestinationBody>,
    /// In use or not.
    pub(super) status: StatusWord,
}

/// A route for calls that go out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Outbound {
    /// Id.
    route_id: String,
    #[serde(flatten)]
    route: OutboundBody,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// What an outbound route says. A change gives all of it anew.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutboundBody {
    /// What people call it, unique among the account's.
    pub(super) name: String,
    /// The closest pattern that fits is taken; among equals the lowest position.
    pub(super) position: u32,
    /// Calls to these numbers, as dialled or in international form (`+55…`); signs as in inbound routes.
    pub(super) pattern: String,
    /// Digits taken off the front of the form that fits, 0 to 32; a plus counts as one.
    pub(super) strip: u8,
    /// Digits put before the rest.
    pub(super) prefix: String,
    /// The trunks that are tried, at most 16, of which one call tries 8.
    pub(super) trunks: Vec<String>,
    /// In which order: `listed` (when left out), `least_cost` (by the trunks' prices) or `least_used` (the least part of its channels).
    #[serde(default)]
    pub(super) trunk_order: Option<String>,
    /// Whether the next trunk is tried even where a provider had begun to ring and then failed.
    #[serde(default)]
    pub(super) failover_after_ringing: bool,
    /// In use or not.
    pub(super) status: StatusWord,
}

/// By what routes are sorted.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortWord {
    /// In the order in which they are tried.
    Position,
}

impl From<SortWord> for ByPosition {
    fn from(_: SortWord) -> Self {
        Self
    }
}

/// The routes of the API.
pub fn routes() -> Vec<Route> {
    use Access::Account;
    use Permission::{RoutesRead, RoutesWrite};
    const IN: &str = "/accounts/{account_id}/inbound-routes";
    const IN_ONE: &str = "/accounts/{account_id}/inbound-routes/{route_id}";
    const OUT: &str = "/accounts/{account_id}/outbound-routes";
    const OUT_ONE: &str = "/accounts/{account_id}/outbound-routes/{route_id}";
    vec![
        Route::new(Method::Get, IN, Account(RoutesRead), "Inbound routes in order", list_in),
        Route::new(Method::Post, IN, Account(RoutesWrite), "Make an inbound route", create_in),
        Route::new(Method::Get, IN_ONE, Account(RoutesRead), "An inbound route", read_in),
        Route::new(Method::Put, IN_ONE, Account(RoutesWrite), "Change an inbound route", update_in)
            .conditional(),
        Route::new(Method::Delete, IN_ONE, Account(RoutesWrite), "Delete an inbound route", delete_in),
        Route::new(Method::Get, OUT, Account(RoutesRead), "Outbound routes in order", list_out),
        Route::new(Method::Post, OUT, Account(RoutesWrite), "Make an outbound route", create_out),
        Route::new(Method::Get, OUT_ONE, Account(RoutesRead), "An outbound route", read_out),
        Route::new(Method::Put, OUT_ONE, Account(RoutesWrite), "Change an outbound route", update_out)
            .conditional(),
        Route::new(Method::Delete, OUT_ONE, Account(RoutesWrite), "Delete an outbound route", delete_out),
    ]
}

fn shown_in(row: RouteRow<InboundRoute>) -> Inbound {
    let route = row.route;
    Inbound {
        route_id: row.route_id.to_string(),
        route: InboundBody {
            name: route.name.to_string(),
            position: route.position,
            trunk_id: route.trunk_id.map(|id| id.to_string()),
            did_pattern: route.did_pattern.to_string(),
            caller_pattern: route.caller_pattern.map(|pattern| pattern.to_string()),
            destination: route.destination.as_ref().map(destination::shown),
            status: route.status.into(),
        },
        created_at: Time(row.created_at),
        updated_at: Time(row.updated_at),
    }
}

/// Reads what is wanted; what is wrong is noted.
pub(super) fn parse_in(fields: &mut Fields, body: &InboundBody) -> Option<InboundRoute> {
    let name = fields.parse("name", DisplayName::parse(&body.name));
    let did = fields.parse("did_pattern", NumberPattern::parse(&body.did_pattern));
    let position = fields.within("position", body.position, 0, MAX_POSITION);
    let trunk_id = fields.parse_some("trunk_id", body.trunk_id.as_deref(), str::parse::<TrunkId>);
    let caller_pattern =
        fields.parse_some("caller_pattern", body.caller_pattern.as_deref(), NumberPattern::parse);
    let destination = body.destination.as_ref().and_then(|to| destination::parse(fields, "destination", to));
    let (name, did_pattern) = name.zip(did)?;
    let status: Status = body.status.into();
    Some(InboundRoute { name, position, trunk_id, did_pattern, caller_pattern, destination, status })
}

fn list_in(
    call: &mut Call<'_>,
    Query(query): Query<PageQuery<SortWord>>,
) -> Result<Answer<Listing<Inbound>>, Problem> {
    let page = call.store.list_routes::<InboundRoute>(call.scope()?, &query.list()?)?;
    Ok(Answer(Listing::of(page, shown_in)))
}

fn create_in(call: &mut Call<'_>, Json(body): Json<InboundBody>) -> Result<Created<Inbound>, Problem> {
    let route = Fields::all(|fields| parse_in(fields, &body))?;
    let (scope, act) = (call.scope()?, call.act());
    let id = call.store.create_route(scope, &route, &act)?;
    configure(call)?;
    let row = call.store.route::<InboundRoute>(scope, id)?;
    let revision = row.revision;
    Ok(Created(shown_in(row), revision, format!("/accounts/{}/inbound-routes/{id}", scope.account_id())))
}

fn read_in(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<Inbound>, Problem> {
    let row = call.store.route::<InboundRoute>(call.scope()?, call.id("route_id")?)?;
    let revision = row.revision;
    Ok(Tagged(shown_in(row), revision))
}

fn update_in(call: &mut Call<'_>, Json(body): Json<InboundBody>) -> Result<Tagged<Inbound>, Problem> {
    let route = Fields::all(|fields| parse_in(fields, &body))?;
    let (scope, id, expected, act) =
        (call.scope()?, call.id::<RouteId>("route_id")?, call.expected()?, call.act());
    call.store.update_route(scope, id, &route, expected, &act)?;
    configure(call)?;
    read_in(call, Nothing)
}

fn delete_in(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (scope, id, expected, act) =
        (call.scope()?, call.id::<RouteId>("route_id")?, call.expected()?, call.act());
    call.store.delete_route::<InboundRoute>(scope, id, expected, &act)?;
    configure(call)?;
    Ok(Done)
}

fn shown_out(row: RouteRow<OutboundRoute>) -> Outbound {
    let route = row.route;
    Outbound {
        route_id: row.route_id.to_string(),
        route: OutboundBody {
            name: route.name.to_string(),
            position: route.position,
            pattern: route.pattern.to_string(),
            strip: route.strip,
            prefix: route.prefix,
            trunks: route.trunks.iter().map(ToString::to_string).collect(),
            trunk_order: Some(route.trunk_order.to_string()),
            failover_after_ringing: route.failover_after_ringing,
            status: route.status.into(),
        },
        created_at: Time(row.created_at),
        updated_at: Time(row.updated_at),
    }
}

/// Reads what is wanted; what is wrong is noted.
pub(super) fn parse_out(fields: &mut Fields, body: &OutboundBody) -> Option<OutboundRoute> {
    let name = fields.parse("name", DisplayName::parse(&body.name));
    let pattern = fields.parse("pattern", NumberPattern::parse(&body.pattern));
    let position = fields.within("position", body.position, 0, MAX_POSITION);
    let strip = fields.within("strip", body.strip, 0, MAX_STRIP);
    if !body.prefix.is_empty() {
        fields.parse("prefix", DialString::parse(&body.prefix));
    }
    if body.trunks.len() > MAX_TRUNKS {
        fields.add("trunks", format!("names more than {MAX_TRUNKS}"));
    }
    let trunks = body.trunks.iter().filter_map(|id| fields.parse("trunks", id.parse::<TrunkId>())).collect();
    let trunk_order = fields.parse_some("trunk_order", body.trunk_order.as_deref(), TrunkOrder::parse);
    let (name, pattern) = name.zip(pattern)?;
    let (prefix, status) = (body.prefix.clone(), body.status.into());
    let (trunk_order, failover_after_ringing) =
        (trunk_order.unwrap_or_default(), body.failover_after_ringing);
    Some(OutboundRoute {
        name,
        position,
        pattern,
        strip,
        prefix,
        trunks,
        trunk_order,
        failover_after_ringing,
        status,
    })
}

fn list_out(
    call: &mut Call<'_>,
    Query(query): Query<PageQuery<SortWord>>,
) -> Result<Answer<Listing<Outbound>>, Problem> {
    let page = call.store.list_routes::<OutboundRoute>(call.scope()?, &query.list()?)?;
    Ok(Answer(Listing::of(page, shown_out)))
}

fn create_out(call: &mut Call<'_>, Json(body): Json<OutboundBody>) -> Result<Created<Outbound>, Problem> {
    let route = Fields::all(|fields| parse_out(fields, &body))?;
    let (scope, act) = (call.scope()?, call.act());
    let id = call.store.create_route(scope, &route, &act)?;
    configure(call)?;
    let row = call.store.route::<OutboundRoute>(scope, id)?;
    let revision = row.revision;
    Ok(Created(shown_out(row), revision, format!("/accounts/{}/outbound-routes/{id}", scope.account_id())))
}

fn read_out(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<Outbound>, Problem> {
    let row = call.store.route::<OutboundRoute>(call.scope()?, call.id("route_id")?)?;
    let revision = row.revision;
    Ok(Tagged(shown_out(row), revision))
}

fn update_out(call: &mut Call<'_>, Json(body): Json<OutboundBody>) -> Result<Tagged<Outbound>, Problem> {
    let route = Fields::all(|fields| parse_out(fields, &body))?;
    let (scope, id, expected, act) =
        (call.scope()?, call.id::<RouteId>("route_id")?, call.expected()?, call.act());
    call.store.update_route(scope, id, &route, expected, &act)?;
    configure(call)?;
    read_out(call, Nothing)
}

fn delete_out(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (scope, id, expected, act) =
        (call.scope()?, call.id::<RouteId>("route_id")?, call.expected()?, call.act());
    call.store.delete_route::<OutboundRoute>(scope, id, expected, &act)?;
    configure(call)?;
    Ok(Done)
}
