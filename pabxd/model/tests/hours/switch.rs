//! The switch by hand.

use pabx_model::{Override, Presence, Why};

use crate::{at, expect, expect_changes, instant, working_week};

#[test]
fn a_switch_without_an_end_decides_until_it_is_switched_back() {
    let mut office = working_week("America/Sao_Paulo");
    office.overridden = Override::Closed { until: None };
    let monday = "2026-03-02T09:00";
    assert_eq!(at(&office, monday), Presence { open: false, why: Why::Override });
    assert_eq!(office.next_change(instant(&office.zone, monday)), None);
    office.overridden = Override::Open { until: None };
    assert_eq!(at(&office, "2026-03-01T03:00"), Presence { open: true, why: Why::Override });
}

#[test]
fn a_switch_with_an_end_gives_the_hours_back() {
    let mut office = working_week("America/Sao_Paulo");
    let end = instant(&office.zone, "2026-03-02T10:00:30");
    office.overridden = Override::Closed { until: Some(end) };
    expect(&office, &[("2026-03-02T09:00", false), ("2026-03-02T10:00:30", true)]);
    assert_eq!(at(&office, "2026-03-02T10:00:30").why, Why::Hours);
    expect_changes(
        &office,
        &[("2026-03-02T07:00", "2026-03-02T10:00:30"), ("2026-03-02T10:00:30", "2026-03-02T12:00")],
    );
    // It ends while it is closed anyway: the change is when the hours say.
    office.overridden = Override::Closed { until: Some(instant(&office.zone, "2026-03-02T12:30")) };
    expect_changes(&office, &[("2026-03-02T07:00", "2026-03-02T13:00")]);
}
