//! Days that are not as the week has them.

use pabx_model::{HolidaySet, Weekdays, Why};

use crate::{at, closed_for, expect, expect_changes, holiday, office, weekly, working_week};

#[test]
fn a_holiday_is_closed_and_says_its_name() {
    let mut office = working_week("America/Sao_Paulo");
    office.holidays = vec![holiday("Aniversário da firma", "2026-03-03", &[])];
    assert_eq!(at(&office, "2026-03-03T09:00"), closed_for("Aniversário da firma"));
    assert_eq!(at(&office, "2026-03-03T23:00"), closed_for("Aniversário da firma"));
    expect(&office, &[("2026-03-02T09:00", true), ("2026-03-04T09:00", true), ("2027-03-03T09:00", true)]);
    expect_changes(&office, &[("2026-03-02T18:00", "2026-03-04T08:00")]);
}

#[test]
fn a_yearly_holiday_may_have_hours_of_its_own() {
    let mut office = working_week("America/Sao_Paulo");
    office.holidays = vec![holiday("Véspera de Natal", "12-24", &[("09:00", "12:00"), ("14:00", "24:00")])];
    expect(
        &office,
        &[
            ("2026-12-24T08:30", false),
            ("2026-12-24T09:00", true),
            ("2026-12-24T12:00", false),
            ("2026-12-24T23:59", true),
            ("2026-12-25T00:00", false),
            // A Sunday: the holiday's own hours, not the week's.
            ("2028-12-24T10:00", true),
        ],
    );
    assert_eq!(at(&office, "2026-12-24T10:00").why, Why::Holiday("Véspera de Natal".to_owned()));
    expect_changes(
        &office,
        &[("2026-12-23T18:00", "2026-12-24T09:00"), ("2026-12-24T20:00", "2026-12-25T00:00")],
    );
}

#[test]
fn hours_that_began_before_a_holiday_run_on_and_those_of_a_holiday_leave_nothing() {
    let mut bar = office("UTC", vec![weekly(Weekdays::ALL, "22:00", "02:00")]);
    bar.holidays = vec![holiday("Rest", "2026-03-03", &[])];
    expect(
        &bar,
        &[
            ("2026-03-03T01:59", true),
            ("2026-03-03T02:00", false),
            ("2026-03-03T22:00", false),
            ("2026-03-04T01:00", false),
            ("2026-03-04T22:00", true),
        ],
    );
    assert_eq!(at(&bar, "2026-03-03T01:00").why, Why::Hours);
}

#[test]
fn national_holidays_close_and_an_own_one_of_the_same_day_may_reopen() {
    let mut office = working_week("America/Sao_Paulo");
    assert!(at(&office, "2026-04-03T09:00").open);
    office.holiday_sets = Some(HolidaySet::Br);
    assert_eq!(at(&office, "2026-04-03T09:00"), closed_for("Paixão de Cristo"));
    expect_changes(&office, &[("2026-04-02T18:00", "2026-04-06T08:00")]);
    office.holidays = vec![holiday("Plantão", "2026-04-03", &[("10:00", "11:00")])];
    assert!(at(&office, "2026-04-03T10:30").open);
    assert_eq!(at(&office, "2026-04-03T09:00"), closed_for("Plantão"));
    expect_changes(&office, &[("2026-04-02T18:00", "2026-04-03T10:00")]);
}
