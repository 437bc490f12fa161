//! The week, and how far ahead it is looked.

use pabx_model::{Presence, Timestamp, Weekday, Weekdays, Why};

use crate::{at, expect, expect_changes, holiday, instant, office, on, weekly, working_week};

#[test]
fn the_working_week_is_open_from_the_first_minute_to_before_the_last() {
    let office = working_week("America/Sao_Paulo");
    expect(
        &office,
        &[
            ("2026-03-02T07:59:59.999", false),
            ("2026-03-02T08:00", true),
            ("2026-03-02T11:59:59.999", true),
            ("2026-03-02T12:00", false),
            ("2026-03-02T13:00", true),
            ("2026-03-02T18:00", false),
            ("2026-03-06T17:59", true),
            ("2026-03-07T10:00", false),
            ("2026-03-08T10:00", false),
        ],
    );
    assert_eq!(at(&office, "2026-03-02T09:00").why, Why::Hours);
    assert_eq!(at(&office, "2026-03-02T12:30").why, Why::OutsideHours);
    expect_changes(
        &office,
        &[
            ("2026-03-02T09:00", "2026-03-02T12:00"),
            ("2026-03-02T12:00", "2026-03-02T13:00"),
            ("2026-03-02T17:59:59.999", "2026-03-02T18:00"),
            ("2026-03-06T18:00", "2026-03-09T08:00"),
        ],
    );
}

#[test]
fn hours_past_midnight_belong_to_the_day_they_begin_on() {
    let bar = office("America/Sao_Paulo", vec![weekly(on(Weekday::Fri), "22:00", "02:30")]);
    expect(
        &bar,
        &[
            ("2026-03-06T01:00", false),
            ("2026-03-06T22:00", true),
            ("2026-03-07T00:00", true),
            ("2026-03-07T02:29", true),
            ("2026-03-07T02:30", false),
            ("2026-03-07T22:00", false),
        ],
    );
    expect_changes(
        &bar,
        &[("2026-03-06T23:00", "2026-03-07T02:30"), ("2026-03-07T02:30", "2026-03-13T22:00")],
    );
}

#[test]
fn sundays_hours_run_into_monday() {
    let bar = office("UTC", vec![weekly(on(Weekday::Sun), "20:00", "01:00")]);
    expect(&bar, &[("2026-03-09T00:59", true), ("2026-03-09T01:00", false), ("2026-03-08T00:30", false)]);
}

#[test]
fn to_midnight_can_be_written_as_the_end_or_the_beginning_of_a_day() {
    for to in ["24:00", "00:00"] {
        let shop = office("UTC", vec![weekly(on(Weekday::Mon), "18:00", to)]);
        expect(&shop, &[("2026-03-02T23:59:59.999", true), ("2026-03-03T00:00", false)]);
        expect_changes(&shop, &[("2026-03-02T18:00", "2026-03-03T00:00")]);
    }
}

#[test]
fn who_never_closes_never_changes() {
    let always = office("America/Sao_Paulo", vec![weekly(Weekdays::ALL, "00:00", "24:00")]);
    expect(&always, &[("2026-03-02T23:59:59.999", true), ("2026-03-03T00:00", true)]);
    assert_eq!(always.next_change(Timestamp(1_795_000_000_000)), None);
    let never = office("America/Sao_Paulo", Vec::new());
    assert_eq!(never.at(Timestamp(0)), Presence { open: false, why: Why::OutsideHours });
    assert_eq!(never.next_change(Timestamp(0)), None);
}

#[test]
fn a_change_is_looked_for_fourteen_days_ahead() {
    let mut office = office("UTC", Vec::new());
    office.holidays = vec![holiday("Fair", "2026-03-15", &[("00:00", "10:00")])];
    expect_changes(&office, &[("2026-03-01T00:00", "2026-03-15T00:00")]);
    assert_eq!(office.next_change(instant(&office.zone, "2026-02-28T23:59")), None);
}
