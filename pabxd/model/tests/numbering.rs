//! Reading dialled numbers, against tables made from the public numbering plans; each table names its sources.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail so")]

use pabx_model::{AreaCode, Called, CarrierCode, Class, Country, NumberError, NumberForm, NumberingPlan};
use proptest::prelude::*;

const TABLES: [&str; 3] = [
    include_str!("numbering/brazil.txt"),
    include_str!("numbering/neighbours.txt"),
    include_str!("numbering/world.txt"),
];

/// `br:11:15`: country, area code, carrier.
fn plan(text: &str) -> NumberingPlan {
    let mut parts = text.split(':');
    NumberingPlan {
        country: Country::parse(parts.next().unwrap()).unwrap(),
        area_code: parts.next().map(|code| AreaCode::parse(code).unwrap()),
        carrier: parts.next().map(|code| CarrierCode::parse(code).unwrap()),
    }
}

/// The rows: plan, dialled, normal form or error, class or `-`.
fn rows() -> impl Iterator<Item = [&'static str; 4]> {
    let lines = TABLES.iter().flat_map(|table| table.lines());
    let rows = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    rows.map(|line| line.split_whitespace().collect::<Vec<_>>().try_into().expect(line))
}

fn word(error: NumberError) -> String {
    match error {
        NumberError::Empty => "empty".into(),
        NumberError::Character { at } => format!("character:{at}"),
        NumberError::TooShort => "too_short".into(),
        NumberError::TooLong => "too_long".into(),
    }
}

fn read(plan_text: &str, dialled: &str) -> Called {
    plan(plan_text).read(dialled).unwrap()
}

#[test]
fn every_row_of_the_tables_holds() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for [plan_text, dialled, number, class] in rows() {
        let found = match plan(plan_text).read(dialled) {
            Ok(called) => format!("{} {}", called.as_text(), called.class()),
            Err(error) => format!("{} -", word(error)),
        };
        if found != format!("{number} {class}") {
            wrong.push(format!("{plan_text} {dialled}: {found}, not {number} {class}"));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 200, "{count} rows");
}

#[test]
fn the_tables_show_every_class_and_every_country() {
    for class in Class::ALL {
        assert!(rows().any(|[.., shown]| shown == class.as_str()), "{class}");
    }
    for country in Country::ALL {
        assert!(rows().any(|[shown, ..]| shown.starts_with(country.as_str())), "{country}");
    }
}

#[test]
fn blanks_and_controls_stand_in_no_number() {
    for (dialled, error) in [
        ("", NumberError::Empty),
        (" ", NumberError::Character { at: 0 }),
        ("190 ", NumberError::Character { at: 3 }),
        ("+55 11 98765-4321", NumberError::Character { at: 3 }),
        ("190\r\nX-Evil: 1", NumberError::Character { at: 3 }),
        ("190\u{202e}", NumberError::Character { at: 3 }),
        ("190\0", NumberError::Character { at: 3 }),
    ] {
        assert_eq!(plan("br:11").read(dialled), Err(error), "{dialled:?}");
    }
}

#[test]
fn an_emergency_number_is_one_in_every_form_of_its_country() {
    for &country in Country::ALL {
        let plan = NumberingPlan { country, ..NumberingPlan::default() };
        for number in country.emergency_numbers() {
            for dialled in [(*number).to_owned(), format!("+{}{number}", country.calling_code())] {
                let called = plan.read(&dialled).unwrap();
                assert_eq!(
                    (called.as_text(), called.class()),
                    (*number, Class::Emergency),
                    "{country} {dialled}"
                );
            }
        }
    }
}

#[test]
fn the_country_code_is_told() {
    assert_eq!(read("br:11", "987654321").country_code(), Some("55"));
    assert_eq!(read("br:11", "+12125551234").country_code(), Some("1"));
    assert_eq!(read("br:11", "+59824001234").country_code(), Some("598"));
    assert_eq!(read("br:11", "+999123456789").country_code(), None);
    assert_eq!(read("br:11", "190").country_code(), None);
    assert_eq!(read("br:11", "+999123456789").e164(), Some("999123456789"));
    assert_eq!(read("br:11", "08001234567").e164(), None);
}

#[test]
fn a_provider_gets_the_form_it_wants() {
    // plan, dialled; e164_plus, e164, national, subscriber
    for (plan_text, dialled, forms) in [
        ("br:11", "987654321", ["+5511987654321", "5511987654321", "011987654321", "987654321"]),
        ("br:11:15", "987654321", ["+5511987654321", "5511987654321", "011987654321", "987654321"]),
        ("br:11", "02134567890", ["+552134567890", "552134567890", "02134567890", "02134567890"]),
        ("br:11:15", "02134567890", ["+552134567890", "552134567890", "0152134567890", "0152134567890"]),
        (
            "br:11:15",
            "0212187654321",
            ["+5521987654321", "5521987654321", "01521987654321", "01521987654321"],
        ),
        ("br::15", "011987654321", ["+5511987654321", "5511987654321", "01511987654321", "01511987654321"]),
        ("br:11", "+12125551234", ["+12125551234", "12125551234", "0012125551234", "0012125551234"]),
        ("br:11:21", "+12125551234", ["+12125551234", "12125551234", "002112125551234", "002112125551234"]),
        ("br:11:15", "190", ["190"; 4]),
        ("br:11:15", "+558001234567", ["08001234567"; 4]),
        ("br:11:15", "40041234", ["40041234"; 4]),
        ("br", "34567890", ["34567890"; 4]),
        ("us:212", "5551234", ["+12125551234", "12125551234", "12125551234", "5551234"]),
        ("us:212", "+552134567890", ["+552134567890", "552134567890", "011552134567890", "011552134567890"]),
        ("ar:11", "1561234567", ["+5491161234567", "5491161234567", "0111561234567", "1561234567"]),
        ("ar:11", "0351156123456", ["+5493516123456", "5493516123456", "0351156123456", "0351156123456"]),
        ("ar:11", "43211234", ["+541143211234", "541143211234", "01143211234", "43211234"]),
        ("cl:2", "221234567", ["+56221234567", "56221234567", "221234567", "21234567"]),
    ] {
        let plan_text = plan_text.replace("::", ":20:");
        let (plan, called) = (plan(&plan_text), read(&plan_text, dialled));
        let wanted = [NumberForm::E164Plus, NumberForm::E164, NumberForm::National, NumberForm::Subscriber];
        assert_eq!(wanted.map(|form| called.written(form, &plan)), forms, "{plan_text} {dialled}");
        assert_eq!(called.written(NumberForm::AsDialled, &plan), dialled);
    }
}

#[test]
fn a_collect_call_stays_one_in_every_form() {
    for dialled in ["909034567890", "90152134567890", "902121987654321"] {
        let called = read("br:11:15", dialled);
        assert!(called.is_collect());
        for &form in NumberForm::ALL {
            assert_eq!(called.written(form, &plan("br:11:15")), dialled, "{form}");
        }
    }
    assert!(!read("br:11", "34567890").is_collect());
}

/// A few accounts, among them some that say little or nonsense of themselves.
fn plans() -> impl Strategy<Value = NumberingPlan> {
    let codes = proptest::option::of("[1-9][0-9]{0,3}");
    (proptest::sample::select(Country::ALL), codes, proptest::option::of("[1-9][0-9]")).prop_map(
        |(country, area, carrier)| NumberingPlan {
            country,
            area_code: area.map(|code| AreaCode::parse(&code).unwrap()),
            carrier: carrier.map(|code| CarrierCode::parse(&code).unwrap()),
        },
    )
}

/// Once more in its normal form.
fn reads_the_same_again(plan: &NumberingPlan, called: &Called) -> Result<(), TestCaseError> {
    let again = plan.read(called.as_text()).unwrap();
    prop_assert_eq!((again.as_text(), again.class()), (called.as_text(), called.class()));
    Ok(())
}

#[test]
fn every_row_reads_the_same_again() {
    for [plan_text, dialled, _, class] in rows().filter(|[.., class]| *class != "-") {
        let called = read(plan_text, dialled);
        assert!(reads_the_same_again(&plan(plan_text), &called).is_ok(), "{plan_text} {dialled} {class}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn any_text_is_a_number_or_an_error(plan in plans(), text in any::<String>()) {
        if let Ok(called) = plan.read(&text) {
            prop_assert_eq!(called.dialled(), text);
        }
    }

    #[test]
    fn any_digits_read_the_same_again(plan in plans(), text in "\\+?[0-9]{1,18}") {
        if let Ok(called) = plan.read(&text) {
            reads_the_same_again(&plan, &called)?;
        }
    }

    #[test]
    fn prefixed_digits_read_the_same_again(
        plan in plans(),
        text in "(0|00|0[0-9]{2}|90|9090|011|1|\\+55|\\+1|\\+54|55)[1-9][0-9]{6,12}",
    ) {
        if let Ok(called) = plan.read(&text) {
            reads_the_same_again(&plan, &called)?;
        }
    }

    #[test]
    fn what_is_written_is_digits_and_what_is_written_in_e164_is_the_number(
        plan in plans(),
        text in "\\+?[0-9]{1,18}",
    ) {
        if let Ok(called) = plan.read(&text) {
            for &form in NumberForm::ALL {
                let written = called.written(form, &plan);
                prop_assert!(written.trim_start_matches('+').bytes().all(|digit| digit.is_ascii_digit()));
            }
            if let Some(e164) = called.e164() {
                prop_assert!((7..=15).contains(&e164.len()));
                prop_assert!(called.country_code().is_none_or(|code| e164.starts_with(code)));
            }
        }
    }

    #[test]
    fn a_national_number_of_brazil_written_for_a_provider_is_the_same_number(
        area in proptest::sample::select(vec!["11", "21", "55", "61", "99"]),
        own in proptest::sample::select(vec!["br:11", "br:11:15", "br:55:21", "br"]),
        number in "([2-5][0-9]{7}|9[0-9]{8})",
    ) {
        let plan = plan(own);
        let called = plan.read(&format!("0{area}{number}")).unwrap();
        for form in [NumberForm::E164Plus, NumberForm::E164, NumberForm::National] {
            let again = plan.read(&called.written(form, &plan)).unwrap();
            prop_assert_eq!((again.as_text(), again.class()), (called.as_text(), called.class()));
        }
    }
}
