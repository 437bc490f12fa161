//! National holidays, written out from the law and the governments' own lists.

use jiff::civil::{Date, date};
use pabx_model::HolidaySet;

#[track_caller]
fn expect(set: HolidaySet, year: i16, list: &[(i8, i8, &str)]) {
    let list: Vec<(Date, &str)> =
        list.iter().map(|(month, day, name)| (date(year, *month, *day), *name)).collect();
    assert_eq!(set.days(year), list, "{set} {year}");
}

/// The days only, as months and days.
#[track_caller]
fn expect_dates(set: HolidaySet, year: i16, list: &str) {
    let days: Vec<String> =
        set.days(year).iter().map(|(date, _)| date.strftime("%m-%d").to_string()).collect();
    assert_eq!(days.join(" "), list, "{set} {year}");
}

const CONSCIENCIA_NEGRA: &str = "Dia Nacional de Zumbi e da Consciência Negra";

#[test]
fn brazil_from_2024_to_2027() {
    for (year, good_friday) in [(2024, (3, 29)), (2025, (4, 18)), (2026, (4, 3)), (2027, (3, 26))] {
        let (month, day) = good_friday;
        expect(
            HolidaySet::Br,
            year,
            &[
                (1, 1, "Confraternização Universal"),
                (month, day, "Paixão de Cristo"),
                (4, 21, "Tiradentes"),
                (5, 1, "Dia Mundial do Trabalho"),
                (9, 7, "Independência do Brasil"),
                (10, 12, "Nossa Senhora Aparecida"),
                (11, 2, "Finados"),
                (11, 15, "Proclamação da República"),
                (11, 20, CONSCIENCIA_NEGRA),
                (12, 25, "Natal"),
            ],
        );
    }
}

#[test]
fn consciencia_negra_is_national_from_2024_on() {
    assert_eq!(HolidaySet::Br.on(date(2023, 11, 20)), None);
    assert_eq!(HolidaySet::Br.on(date(2024, 11, 20)), Some(CONSCIENCIA_NEGRA));
}

#[test]
fn banks_of_brazil_keep_carnival_and_corpus_christi_besides() {
    for (year, monday, tuesday, corpus_christi) in [
        (2024, (2, 12), (2, 13), (5, 30)),
        (2025, (3, 3), (3, 4), (6, 19)),
        (2026, (2, 16), (2, 17), (6, 4)),
        (2027, (2, 8), (2, 9), (5, 27)),
    ] {
        let national = HolidaySet::Br.days(year);
        let more: Vec<(i8, i8, &str)> = HolidaySet::BrBank
            .days(year)
            .into_iter()
            .filter(|day| !national.contains(day))
            .map(|(date, name)| (date.month(), date.day(), name))
            .collect();
        let (carnival, corpus) = ("Carnaval", "Corpus Christi");
        assert_eq!(
            more,
            [
                (monday.0, monday.1, carnival),
                (tuesday.0, tuesday.1, carnival),
                (corpus_christi.0, corpus_christi.1, corpus),
            ]
        );
        assert_eq!(HolidaySet::BrBank.days(year).len(), national.len() + more.len());
    }
}

#[test]
fn portugal_and_spain_2026() {
    expect_dates(
        HolidaySet::Pt,
        2026,
        "01-01 04-03 04-05 04-25 05-01 06-04 06-10 \
         08-15 10-05 11-01 12-01 12-08 12-25",
    );
    expect_dates(HolidaySet::Es, 2026, "01-01 01-06 04-03 05-01 08-15 10-12 11-01 12-06 12-08 12-25");
}

#[test]
fn germany_and_france_2026() {
    expect_dates(HolidaySet::De, 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26");
    expect_dates(HolidaySet::Fr, 2026, "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25");
}

#[test]
fn england_and_wales_have_substitutes_for_weekends() {
    // 1 January 2022 a Saturday, 2023 a Sunday; 25 December 2021 a Saturday, 2022 a Sunday, 2026 a Friday.
    let substitutes = |year| -> Vec<(i8, i8, &str)> {
        let days =
            HolidaySet::Gb.days(year).into_iter().filter(|(_, name)| name.ends_with("(substitute day)"));
        days.map(|(date, name)| (date.month(), date.day(), name)).collect()
    };
    let (new_year, christmas, boxing) =
        ("New Year's Day (substitute day)", "Christmas Day (substitute day)", "Boxing Day (substitute day)");
    assert_eq!(substitutes(2021), [(12, 27, christmas), (12, 28, boxing)]);
    assert_eq!(substitutes(2022), [(1, 3, new_year), (12, 27, christmas)]);
    assert_eq!(substitutes(2023), [(1, 2, new_year)]);
    assert_eq!(substitutes(2025), []);
    assert_eq!(substitutes(2026), [(12, 28, boxing)]);
    expect_dates(HolidaySet::Gb, 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-26 12-28");
}

#[test]
fn the_united_states_2026_on_the_days_themselves() {
    // 4 July 2026 is a Saturday; the Friday before, on which federal offices are closed, is not in it.
    expect_dates(HolidaySet::Us, 2026, "01-01 01-19 02-16 05-25 06-19 07-04 09-07 10-12 11-11 11-26 12-25");
}

#[test]
fn mexico_has_one_more_when_a_president_takes_office() {
    expect_dates(HolidaySet::Mx, 2024, "01-01 02-05 03-18 05-01 09-16 10-01 11-18 12-25");
    expect_dates(HolidaySet::Mx, 2026, "01-01 02-02 03-16 05-01 09-16 11-16 12-25");
}

#[test]
fn uruguay_has_one_more_when_a_president_takes_office() {
    expect_dates(HolidaySet::Uy, 2025, "01-01 03-01 05-01 07-18 08-25 12-25");
    expect_dates(HolidaySet::Uy, 2026, "01-01 05-01 07-18 08-25 12-25");
}

#[test]
fn chile_moves_some_and_bridges_its_national_days() {
    // 2024: 18 September a Wednesday.
    expect_dates(
        HolidaySet::Cl,
        2024,
        "01-01 03-29 03-30 05-01 05-21 06-20 06-29 07-16 08-15 \
         09-18 09-19 09-20 10-12 10-31 11-01 12-08 12-25",
    );
    // 2023: 1 January a Sunday; 29 June and 12 October Thursdays; 31 October a Tuesday; 18 September a Monday.
    expect_dates(
        HolidaySet::Cl,
        2023,
        "01-01 01-02 04-07 04-08 05-01 05-21 06-21 06-26 07-16 \
         08-15 09-18 09-19 10-09 10-27 11-01 12-08 12-25",
    );
    // 2027: 18 September a Saturday.
    assert_eq!(HolidaySet::Cl.on(date(2027, 9, 17)), Some("Fiestas Patrias"));
}

#[test]
fn peru_2026() {
    expect_dates(
        HolidaySet::Pe,
        2026,
        "01-01 04-02 04-03 05-01 06-07 06-29 07-23 07-28 \
         07-29 08-06 08-30 10-08 11-01 12-08 12-09 12-25",
    );
}

#[test]
fn colombia_moves_to_mondays() {
    // On 30 June 2025 two fall together.
    expect_dates(
        HolidaySet::Co,
        2025,
        "01-01 01-06 03-24 04-17 04-18 05-01 06-02 06-23 06-30 \
         06-30 07-20 08-07 08-18 10-13 11-03 11-17 12-08 12-25",
    );
    // The first year with one more.
    expect_dates(
        HolidaySet::Co,
        2026,
        "01-01 01-12 03-23 04-02 04-03 05-01 05-18 06-08 06-15 06-29 \
         07-13 07-20 08-07 08-17 10-12 11-02 11-16 12-08 12-25",
    );
}

#[test]
fn a_day_is_looked_up_as_it_is_listed() {
    for set in HolidaySet::ALL {
        for year in 2020..=2060 {
            let days = set.days(year);
            assert!(
                days.is_sorted_by_key(|(date, _)| *date) && days.iter().all(|(date, _)| date.year() == year)
            );
            let first = date(year, 1, 1);
            for day in first.series(jiff::Span::new().days(1)).take_while(|day| day.year() == year) {
                let listed = days.iter().find(|(date, _)| *date == day).map(|(_, name)| *name);
                assert_eq!(set.on(day), listed, "{set} {day}");
            }
        }
    }
}

#[test]
fn there_is_no_year_that_cannot_be_asked_for() {
    for set in HolidaySet::ALL {
        assert!(set.days(i16::MIN).is_empty() && set.days(i16::MAX).is_empty() && set.days(1582).is_empty());
        assert!(!set.days(1583).is_empty() && !set.days(9999).is_empty());
    }
}
