//! `/accounts/{account_id}/trunks/{trunk_id}/rates`: what calls by a trunk cost, as one table that is replaced as a whole.

use super::configure;
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::csv_file::{self, CSV, Line, Seen};
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Problem};
use crate::api::core::route::{Answer, Done, Nothing, Query, Route};
use crate::api::core::types::{Listing, PageQuery};
use pabx_model::{Permission, Price, RatePrefix, TrunkId};
use pabx_store::ByPrefix;
use pabx_store::rates::MAX_RATES_OF_ACCOUNT;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The head of a file.
const HEAD: [&str; 2] = ["prefix", "price"];

/// What calls to a prefix cost.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Rate {
    /// What international numbers begin with, without plus.
    prefix: String,
    /// A minute, in the account's currency: a decimal number with 6 decimals at most, such as `0.0525`.
    price: String,
}

/// How a file is read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceQuery {
    /// Only look whether it could be done.
    #[serde(default)]
    dry_run: bool,
}

/// What was put in place.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Replaced {
    /// How many rates the trunk has, or with `dry_run` would have.
    count: usize,
    /// Nothing was changed.
    dry_run: bool,
}

/// By what rates are sorted.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortWord {
    /// By prefix.
    Prefix,
}

impl From<SortWord> for ByPrefix {
    fn from(_: SortWord) -> Self {
        Self
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Account;
    use Permission::{TrunksRead, TrunksWrite};
    const ALL: &str = "/accounts/{account_id}/trunks/{trunk_id}/rates";
    vec![
        Route::new(
            Method::Get,
            ALL,
            Account(TrunksRead),
            "What calls by a trunk cost; `q` is what prefixes begin with",
            list,
        ),
        Route::new(
            Method::Put,
            ALL,
            Account(TrunksWrite),
            "Put the rates of a CSV file (prefix,price) in the place of a trunk's, all or none",
            replace,
        )
        .takes(CSV),
        Route::new(Method::Delete, ALL, Account(TrunksWrite), "Delete all rates of a trunk", delete),
    ]
}

fn shown(rate: pabx_model::Rate) -> Rate {
    Rate { prefix: rate.prefix.to_string(), price: rate.price.to_string() }
}

/// Reads one rate; what is wrong is noted.
pub(super) fn parse(fields: &mut Fields, prefix: &str, price: &str) -> Option<pabx_model::Rate> {
    let prefix = fields.parse("prefix", RatePrefix::parse(prefix));
    let price = fields.parse("price", Price::parse(price));
    Some(pabx_model::Rate { prefix: prefix?, price: price? })
}

/// Reads a file.
fn read(text: &str) -> Result<Vec<pabx_model::Rate>, Problem> {
    let most = usize::try_from(MAX_RATES_OF_ACCOUNT).unwrap_or(usize::MAX);
    let mut seen = Seen::default();
    csv_file::read(text, &HEAD, most, |fields, line: &Line<'_>| {
        let rate = parse(fields, line.column(0), &line.decimal(1))?;
        seen.once(fields, "prefix", rate.prefix.clone(), line);
        Some(rate)
    })
}

fn list(
    call: &mut Call<'_>,
    Query(query): Query<PageQuery<SortWord>>,
) -> Result<Answer<Listing<Rate>>, Problem> {
    let page = call.store.list_rates(call.scope()?, call.id("trunk_id")?, &query.list()?)?;
    Ok(Answer(Listing::of(page, shown)))
}

fn replace(call: &mut Call<'_>, Query(query): Query<ReplaceQuery>) -> Result<Answer<Replaced>, Problem> {
    let (scope, trunk, act) = (call.scope()?, call.id::<TrunkId>("trunk_id")?, call.act());
    call.store.trunk(scope, trunk)?;
    let rates = read(call.text(CSV)?)?;
    call.store.replace_rates(scope, trunk, &rates, query.dry_run, &act)?;
    if !query.dry_run {
        configure(call)?;
    }
    Ok(Answer(Replaced { count: rates.len(), dry_run: query.dry_run }))
}

fn delete(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (scope, trunk, act) = (call.scope()?, call.id::<TrunkId>("trunk_id")?, call.act());
    call.store.delete_rates(scope, trunk, &act)?;
    configure(call)?;
    Ok(Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::core::problem::told;

    #[test]
    fn a_file_is_read_with_either_divider_and_the_comma_of_its_country() {
        let rates = read("prefix,price\n+5511,0.0525\n55,\"0.3\"\n").unwrap();
        assert_eq!(rates[0].prefix.as_str(), "5511");
        assert_eq!(rates[0].price.millionths(), 52_500);
        let rates = read("\u{feff}Prefix;Price\r\n5511;0,0525\r\n55;0.3\r\n").unwrap();
        assert_eq!(rates[0].price.millionths(), 52_500);
        assert_eq!(rates[1].price.millionths(), 300_000);
        assert!(read("prefix,price\n5511,0,0525\n").is_err());
    }

    #[test]
    fn a_prefix_that_is_there_twice_is_named_with_both_lines() {
        let text = told(read("prefix,price\n55,1\n1,1\n+55,2\n").unwrap_err());
        assert!(text.contains("line 4: prefix") && text.contains("stands in line 2 already"), "{text}");
    }
}
