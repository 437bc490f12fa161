//! What calls cost by a trunk: replaced as a whole, bounded, and nobody else's.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use common::*;
use pabx_model::{Price, Rate, TrunkId};
use pabx_store::rates::MAX_RATES_OF_ACCOUNT;
use pabx_store::{AccountScope, AuditFilter, ListQuery, StoreError, WholeBox};

fn rate(prefix: &str, price: &str) -> Rate {
    Rate { prefix: prefix.parse().unwrap(), price: price.parse().unwrap() }
}

fn trunk(bench: &mut Bench, scope: AccountScope, name: &str) -> TrunkId {
    bench.store.create_trunk(scope, &new_trunk(name, "u", "p"), &act()).unwrap()
}

fn filled() -> (Bench, AccountScope, TrunkId) {
    let mut bench = bench();
    let acme = bench.account("acme", 5);
    let line = trunk(&mut bench, acme, "Line");
    let rates = [rate("55", "0.30"), rate("5511", "0.0525"), rate("1", "1000"), rate("351", "0")];
    bench.store.replace_rates(acme, line, &rates, false, &act()).unwrap();
    (bench, acme, line)
}

fn prefixes(bench: &Bench, scope: AccountScope, line: TrunkId, search: Option<&str>) -> Vec<String> {
    let query = ListQuery { search: search.map(Into::into), ..ListQuery::default() };
    let items = bench.store.list_rates(scope, line, &query).unwrap().items;
    items.into_iter().map(|rate| rate.prefix.to_string()).collect()
}

#[test]
fn they_are_listed_by_prefix_and_found_by_how_it_begins() {
    let (bench, acme, line) = filled();
    assert_eq!(prefixes(&bench, acme, line, None), ["1", "351", "55", "5511"]);
    for (search, found) in [("55", 2), ("+5511", 1), ("5", 2), ("51", 0), ("", 4), ("%", 0), ("x", 0)] {
        assert_eq!(prefixes(&bench, acme, line, Some(search)).len(), found, "{search}");
    }
    let mut query = ListQuery { limit: 1, ..ListQuery::default() };
    let mut seen = Vec::new();
    loop {
        let page = bench.store.list_rates(acme, line, &query).unwrap();
        seen.extend(page.items);
        let Some(cursor) = page.next_cursor else { break };
        query.cursor = Some(cursor.to_string().parse().unwrap());
    }
    let all = [rate("1", "1000"), rate("351", "0"), rate("55", "0.3"), rate("5511", "0.0525")];
    assert_eq!(seen, all);
    assert_eq!(bench.store.count_rates(acme, line).unwrap(), 4);
}

#[test]
fn another_table_takes_the_place_of_the_whole_one_or_of_nothing() {
    let (mut bench, acme, line) = filled();
    bench.store.replace_rates(acme, line, &[rate("44", "1")], true, &act()).unwrap();
    assert_eq!(bench.store.count_rates(acme, line).unwrap(), 4, "a dry run changes nothing");
    let twice = [rate("44", "1"), rate("44", "2")];
    let result = bench.store.replace_rates(acme, line, &twice, false, &act());
    assert!(matches!(result, Err(StoreError::Taken { what: "a prefix" })), "{result:?}");
    assert_eq!(bench.store.count_rates(acme, line).unwrap(), 4);
    bench.store.replace_rates(acme, line, &[rate("44", "1")], false, &act()).unwrap();
    assert_eq!(prefixes(&bench, acme, line, None), ["44"]);
    bench.store.delete_rates(acme, line, &act()).unwrap();
    assert_eq!(bench.store.count_rates(acme, line).unwrap(), 0);
}

#[test]
fn all_trunks_of_an_account_share_its_limit() {
    let (mut bench, acme, line) = filled();
    let other = trunk(&mut bench, acme, "Other");
    let many = |count: u32| (0..count).map(|n| rate(&format!("{}", 1_000_000 + n), "1")).collect::<Vec<_>>();
    let result = bench.store.replace_rates(acme, other, &many(MAX_RATES_OF_ACCOUNT - 3), false, &act());
    assert!(matches!(result, Err(StoreError::Limit { limit: MAX_RATES_OF_ACCOUNT, .. })), "{result:?}");
    bench.store.replace_rates(acme, other, &many(MAX_RATES_OF_ACCOUNT - 4), false, &act()).unwrap();
    assert!(bench.store.replace_rates(acme, line, &many(5), false, &act()).is_err());
    bench.store.replace_rates(acme, line, &many(4), false, &act()).unwrap();
    let bolt = bench.account("bolt", 5);
    let theirs = trunk(&mut bench, bolt, "Line");
    bench.store.replace_rates(bolt, theirs, &many(1), false, &act()).unwrap();
}

#[test]
fn nobody_reaches_another_accounts_rates() {
    let (mut bench, acme, line) = filled();
    let bolt = bench.account("bolt", 5);
    let store = &mut bench.store;
    assert!(not_found(store.list_rates(bolt, line, &ListQuery::default())));
    assert!(not_found(store.count_rates(bolt, line)));
    assert!(not_found(store.replace_rates(bolt, line, &[], false, &act())));
    assert!(not_found(store.delete_rates(bolt, line, &act())));
    assert_eq!(store.count_rates(acme, line).unwrap(), 4);
}

#[test]
fn the_engine_gets_the_tables_of_those_trunks_that_have_one() {
    let (mut bench, acme, line) = filled();
    trunk(&mut bench, acme, "Other");
    let routing = bench.store.compile(WholeBox).unwrap().routing;
    let rates = &routing[0].1.rates;
    assert_eq!((rates.len(), rates[&line].len()), (1, 4));
    assert_eq!(rates[&line].rate("551133334444"), Some((4, Price::parse("0.0525").unwrap())));
}

#[test]
fn written_down_is_how_many_they_were_and_are() {
    let (mut bench, acme, line) = filled();
    bench.store.replace_rates(acme, line, &[rate("44", "0.77")], false, &act()).unwrap();
    bench.store.delete_rates(acme, line, &act()).unwrap();
    let query = ListQuery { descending: true, limit: 2, ..ListQuery::default() };
    let told = bench.store.audit(acme, &AuditFilter::default(), &query).unwrap().items;
    let told: Vec<_> = told.iter().map(|row| (row.action.as_str(), &row.before, &row.after)).collect();
    let rates = |count| Some(format!("{{\"rates\":{count}}}"));
    assert_eq!(told[1], ("trunk.rates.replace", &rates(4), &rates(1)));
    assert_eq!(told[0], ("trunk.rates.delete", &rates(1), &None));
}

#[test]
fn they_go_with_their_trunk_and_move_with_their_account() {
    let (mut bench, acme, line) = filled();
    let moving = bench.store.export_account(acme, &act()).unwrap();
    assert_eq!(moving.trunks[0].rates.len(), 4);
    bench.store.delete_account(WholeBox, acme.account_id(), None, &act()).unwrap();
    let left = |bench: &Bench| -> u32 {
        let outside = rusqlite::Connection::open(bench.path()).unwrap();
        outside.query_row("SELECT count(*) FROM trunk_rates", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(left(&bench), 0);
    bench.store.import_account(WholeBox, &moving, false, &act()).unwrap();
    assert_eq!(prefixes(&bench, acme, line, None), ["1", "351", "55", "5511"]);
    bench.store.delete_trunk(acme, line, None, &act()).unwrap();
    assert_eq!((left(&bench), bench.store.integrity().unwrap()), (0, None));
}
