//! Clocks that are set ahead and back.

use pabx_model::Weekday;

use crate::{expect, expect_changes, office, on, weekly, working_week};

#[test]
fn new_york_sets_its_clocks() {
    // Ahead on 8 March 2026 at 02:00 (-05:00 to -04:00), back on 1 November at 02:00.
    let office = working_week("America/New_York");
    expect(
        &office,
        &[
            ("2026-03-06T08:00-05:00", true),
            ("2026-03-06T07:59-05:00", false),
            ("2026-03-09T08:00-04:00", true),
            ("2026-03-09T07:59-04:00", false),
            ("2026-11-02T08:00-05:00", true),
            ("2026-11-02T08:00-04:00", false),
        ],
    );
    expect_changes(
        &office,
        &[
            ("2026-03-06T18:00-05:00", "2026-03-09T08:00-04:00"),
            ("2026-10-30T18:00-04:00", "2026-11-02T08:00-05:00"),
        ],
    );
}

#[test]
fn hours_that_begin_in_a_gap_begin_with_the_jump() {
    let bar = office("America/New_York", vec![weekly(on(Weekday::Sun), "02:30", "05:00")]);
    expect(&bar, &[("2026-03-08T01:59:59-05:00", false), ("2026-03-08T03:00-04:00", true)]);
    expect_changes(
        &bar,
        &[
            ("2026-03-08T00:00-05:00", "2026-03-08T03:00-04:00"),
            ("2026-03-08T03:00-04:00", "2026-03-08T05:00-04:00"),
        ],
    );
    let gone = office("America/New_York", vec![weekly(on(Weekday::Sun), "02:15", "02:45")]);
    expect_changes(&gone, &[("2026-03-08T00:00-05:00", "2026-03-15T02:15-04:00")]);
}

#[test]
fn an_hour_that_the_clocks_show_twice_counts_twice() {
    let bar = office("Europe/Lisbon", vec![weekly(on(Weekday::Sun), "01:15", "01:45")]);
    // Back on 25 October 2026 at 02:00 (+01:00 to +00:00).
    expect_changes(
        &bar,
        &[
            ("2026-10-25T00:00+01:00", "2026-10-25T01:15+01:00"),
            ("2026-10-25T01:15+01:00", "2026-10-25T01:45+01:00"),
            ("2026-10-25T01:45+01:00", "2026-10-25T01:15+00:00"),
            ("2026-10-25T01:15+00:00", "2026-10-25T01:45+00:00"),
            ("2026-10-25T01:45+00:00", "2026-11-01T01:15+00:00"),
        ],
    );
}

#[test]
fn lisbon_keeps_its_hours_in_summer_and_winter() {
    let office = working_week("Europe/Lisbon");
    expect(
        &office,
        &[
            ("2026-03-27T08:00Z", true),
            ("2026-03-27T07:30Z", false),
            ("2026-03-30T07:00Z", true),
            ("2026-10-23T07:00Z", true),
            ("2026-10-26T07:30Z", false),
            ("2026-10-26T08:00Z", true),
        ],
    );
}

#[test]
fn sao_paulo_has_set_no_clock_since_2019() {
    let office = working_week("America/Sao_Paulo");
    expect(
        &office,
        &[
            ("2018-12-03T10:00Z", true),
            ("2018-12-03T09:59Z", false),
            ("2019-12-03T10:59Z", false),
            ("2019-12-03T11:00Z", true),
            ("2026-01-05T10:59Z", false),
            ("2026-01-05T11:00Z", true),
            ("2026-07-06T10:59Z", false),
            ("2026-07-06T11:00Z", true),
        ],
    );
}

#[test]
fn a_day_whose_midnight_does_not_exist_begins_with_the_jump() {
    // In São Paulo the clocks were set from 00:00 to 01:00 on 4 November 2018, a Sunday.
    let office = office("America/Sao_Paulo", vec![weekly(on(Weekday::Sun), "00:00", "24:00")]);
    expect_changes(&office, &[("2018-11-03T12:00", "2018-11-04T01:00-02:00")]);
}
