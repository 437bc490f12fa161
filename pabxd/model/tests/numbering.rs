//! What numbers mean, row by row. Written from public numbering plans: Anatel, Resolução 749/2022 and the list of national
//! codes (Brazil); ITU-T E.164 with its list of country codes and its notes on national plans (ENACOM, URSEC, CONATEL, ATT,
//! SUBTEL, MTC, CRC, ANACOM, CNMC, Ofcom, BNetzA, ARCEP); NANPA (United States, Canada, the Caribbean).

use pabx_model::numbering::{AreaCode, CarrierCode, Class, Country, NumberError, NumberingPlan};
use proptest::prelude::*;

fn plan(country: &str, area: &str, carrier: &str) -> NumberingPlan {
    NumberingPlan {
        country: Country::parse(country).unwrap(),
        area_code: (!area.is_empty()).then(|| AreaCode::parse(area).unwrap()),
        carrier: (!carrier.is_empty()).then(|| CarrierCode::parse(carrier).unwrap()),
    }
}

/// `dialled → normal form, class` in each line; a plan is set by `@ country area carrier`, `-` for none. `!` is no number.
const ROWS: &str = include_str!("numbering.txt");

struct Row {
    line: usize,
    plan: NumberingPlan,
    dialled: String,
    wanted: Option<(String, Class)>,
}

fn rows() -> Vec<Row> {
    let mut plan_now = NumberingPlan::default();
    let mut rows = Vec::new();
    for (line, text) in ROWS.lines().enumerate() {
        let line = line + 1;
        let text = text.split(" //").next().unwrap().trim_end();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        if let ["@", country, area, carrier] = words[..] {
            let or_none = |word: &'static str| if word == "-" { "" } else { word };
            plan_now = plan(country, or_none(area), or_none(carrier));
            continue;
        }
        let (dialled, wanted) = match words[..] {
            [dialled, "!"] => (dialled, None),
            [dialled, normal, class] => (dialled, Some((normal.to_owned(), Class::parse(class).unwrap()))),
            _ => panic!("line {line}: {text}"),
        };
        rows.push(Row { line, plan: plan_now.clone(), dialled: dialled.to_owned(), wanted });
    }
    rows
}

#[test]
fn every_number_of_the_table_means_what_it_says() {
    let rows = rows();
    assert!(rows.len() >= 200, "{} rows", rows.len());
    let mut wrong = Vec::new();
    for Row { line, plan, dialled, wanted } in &rows {
        let found = plan.read(dialled).ok().map(|called| (called.as_text().to_owned(), called.class()));
        if found != *wanted {
            wrong.push(format!("line {line}: {dialled}: {found:?}, wanted {wanted:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_kind_of_number_is_in_the_table() {
    let rows = rows();
    for class in Class::ALL {
        assert!(rows.iter().any(|row| row.wanted.as_ref().is_some_and(|(_, found)| found == class)), "{class}");
    }
}

#[test]
fn what_is_no_number_says_why() {
    let plan = NumberingPlan::default();
    assert_eq!(plan.read("500&600@evil"), Err(NumberError::Sign));
    assert_eq!(plan.read(&"1".repeat(25)), Err(NumberError::TooLong));
    assert_eq!(plan.read("+2"), Err(NumberError::NoSuchNumber));
}

#[test]
fn the_emergency_numbers_of_the_contract_are_emergencies() {
    for number in ["190", "191", "192", "193", "199"] {
        assert_eq!(NumberingPlan::default().read(number).unwrap().class(), Class::Emergency, "{number}");
    }
    for country in Country::ALL {
        let plan = NumberingPlan { country: *country, ..NumberingPlan::default() };
        for number in country.emergency() {
            assert_eq!(plan.read(number).unwrap().class(), Class::Emergency, "{country} {number}");
        }
    }
}

#[test]
fn the_caribbean_is_not_the_united_states() {
    let plan = NumberingPlan::default();
    let code = |number: &str| plan.read(number).unwrap().country_code().map(str::to_owned);
    assert_eq!(code("+12125550123").as_deref(), Some("1"));
    assert_eq!(code("+18765550123").as_deref(), Some("1876"));
    assert_eq!(code("+351211234567").as_deref(), Some("351"));
    assert_eq!(code("190"), None);
}

proptest! {
    #[test]
    fn any_text_has_an_answer(text in ".{0,32}", digits in "\\+?[0-9]{0,26}") {
        for country in Country::ALL {
            let plan = NumberingPlan { country: *country, ..NumberingPlan::default() };
            let _ = (plan.read(&text), plan.read(&digits), plan.looks_international(&digits));
        }
    }

    #[test]
    fn the_normal_form_read_again_is_the_same(digits in "\\+?[0-9]{3,16}", area in prop::option::of("[1-9][1-9]")) {
        for country in Country::ALL {
            let area_code = area.as_deref().map(|area| AreaCode::parse(area).unwrap());
            let plan = NumberingPlan { country: *country, area_code, carrier: None };
            if let Ok(called) = plan.read(&digits) && called.is_e164() {
                let again = plan.read(called.as_text()).unwrap();
                prop_assert_eq!(&again, &called, "{} {}", country, digits);
            }
        }
    }
}
