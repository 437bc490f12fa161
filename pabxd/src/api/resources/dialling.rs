//! `/accounts/{account_id}/dialling`: the account's place in its country's numbering plan, the countries that it may call, and the
//! callers that it does not take.

use super::configure;
use super::guard::{self, GuardBody};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Kind, Problem};
use crate::api::core::route::{Json, Nothing, Route, Tagged};
use pabx_model::{
    AreaCode, CallerId, CarrierCode, Country, Dialling, NumberPattern, NumberingPlan, Permission, Reach, Zone,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Countries that an account may be allowed to call.
const MAX_COUNTRIES: usize = 250;
/// Patterns in one list.
const MAX_PATTERNS: usize = 500;

/// How an account dials. A change gives all of it anew.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiallingBody {
    /// The country whose numbering plan is dialled by, ISO 3166 in lower case; `br` when left out.
    pub(super) country: Option<String>,
    /// The area code that is meant where none is dialled.
    pub(super) area_code: Option<String>,
    /// The carrier for long distance, where the country lets one choose.
    pub(super) carrier: Option<String>,
    /// Codes of the countries that may be called, without plus, such as `351`; Caribbean countries behind the code 1 by their area,
    /// such as `1876`. Empty: none abroad.
    #[serde(default)]
    pub(super) international: Vec<String>,
    /// Numbers whose calls from outside are not taken: patterns as in routes, such as `+551130001234` or `+5511300.`. At most 500.
    #[serde(default)]
    pub(super) blocked_callers: Vec<String>,
    /// Whether calls from outside without a number are not taken.
    #[serde(default)]
    pub(super) refuses_anonymous: bool,
    /// The numbers that extensions may show outside: patterns as in routes, such as `+55113333XXXX`. Empty: any. At most 500; only who
    /// runs the box changes them.
    #[serde(default)]
    pub(super) numbers: Vec<String>,
    /// Where its days begin, such as `America/Sao_Paulo`, which it is when left out.
    #[serde(default)]
    pub(super) zone: Option<String>,
    /// Bounds of calls that go out.
    #[serde(default)]
    pub(super) guard: GuardBody,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Account;
    const ONE: &str = "/accounts/{account_id}/dialling";
    vec![
        Route::new(Method::Get, ONE, Account(Permission::RoutesRead), "How an account dials", read),
        Route::new(Method::Put, ONE, Account(Permission::RoutesWrite), "Change how an account dials", update)
            .conditional(),
    ]
}

fn shown(dialling: &Dialling) -> DiallingBody {
    DiallingBody {
        country: Some(dialling.plan.country.to_string()),
        area_code: dialling.plan.area_code.as_ref().map(ToString::to_string),
        carrier: dialling.plan.carrier.as_ref().map(ToString::to_string),
        international: dialling.international.iter().map(ToString::to_string).collect(),
        blocked_callers: dialling.blocked_callers.iter().map(ToString::to_string).collect(),
        refuses_anonymous: dialling.refuses_anonymous,
        numbers: dialling.numbers.iter().map(ToString::to_string).collect(),
        zone: Some(dialling.zone.to_string()),
        guard: guard::shown(&dialling.guard),
    }
}

/// Reads what is wanted; what is wrong is noted.
pub(super) fn parse(fields: &mut Fields, body: &DiallingBody) -> Option<Dialling> {
    let country = fields.parse("country", Country::parse(body.country.as_deref().unwrap_or("br")));
    let area_code = fields.parse_some("area_code", body.area_code.as_deref(), AreaCode::parse);
    let carrier = fields.parse_some("carrier", body.carrier.as_deref(), CarrierCode::parse);
    if let (Some(country), Some(area)) = (&country, &area_code)
        && !country.has_area_code(area)
    {
        fields.add("area_code", "is none of this country");
    }
    if body.international.len() > MAX_COUNTRIES {
        fields.add("international", format!("names more than {MAX_COUNTRIES}"));
    }
    let is_code = |code: &String| (1..=4).contains(&code.len()) && code.bytes().all(|c| c.is_ascii_digit());
    if !body.international.iter().all(is_code) {
        fields.add("international", "is not a list of country codes of 1 to 4 digits");
    }
    let mut international: Vec<Box<str>> =
        body.international.iter().map(|code| code.as_str().into()).collect();
    international.sort();
    international.dedup();
    let blocked_callers = patterns(fields, "blocked_callers", &body.blocked_callers);
    let numbers = patterns(fields, "numbers", &body.numbers);
    let zone = fields.parse_some("zone", body.zone.as_deref(), Zone::parse).unwrap_or_default();
    let guard = guard::parse(fields, &body.guard);
    let plan = NumberingPlan { country: country?, area_code, carrier };
    let refuses_anonymous = body.refuses_anonymous;
    Some(Dialling { plan, international, blocked_callers, refuses_anonymous, numbers, zone, guard })
}

fn patterns(fields: &mut Fields, field: &str, texts: &[String]) -> Vec<NumberPattern> {
    if texts.len() > MAX_PATTERNS {
        fields.add(field, format!("names more than {MAX_PATTERNS}"));
    }
    texts.iter().filter_map(|text| fields.parse(field, NumberPattern::parse(text))).collect()
}

/// Notes each caller ID that is none of the account's numbers, by the name of its field.
pub(super) fn check_owned<'a>(
    call: &Call<'_>,
    shown: impl IntoIterator<Item = (String, Option<&'a CallerId>)>,
) -> Result<(), Problem> {
    let dialling = call.store.dialling(call.scope()?)?.dialling;
    let mut fields = Fields::new();
    for (field, caller_id) in shown {
        if caller_id.is_some_and(|caller_id| !dialling.owns(caller_id.as_str())) {
            fields.add(&field, "is none of the account's numbers");
        }
    }
    fields.finish()
}

fn read(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<DiallingBody>, Problem> {
    let row = call.store.dialling(call.scope()?)?;
    Ok(Tagged(shown(&row.dialling), row.revision))
}

fn update(call: &mut Call<'_>, Json(body): Json<DiallingBody>) -> Result<Tagged<DiallingBody>, Problem> {
    let dialling = Fields::all(|fields| parse(fields, &body))?;
    let before = call.store.dialling(call.scope()?)?.dialling;
    if dialling.numbers != before.numbers
        && call.caller()?.reach_on_box(Permission::AccountsWrite) != Reach::Box
    {
        return Err(Problem::about(
            Kind::Forbidden,
            "only who runs the box says which numbers are the account's",
        ));
    }
    let (scope, expected, act) = (call.scope()?, call.expected()?, call.act());
    call.store.set_dialling(scope, &dialling, expected, &act)?;
    configure(call)?;
    read(call, Nothing)
}
