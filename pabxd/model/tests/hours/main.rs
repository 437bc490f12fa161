//! Is it open, and when does that change: tables of instants, as an office would read them off its door.

mod clocks;
mod holidays;
mod stored;
mod switch;
mod week;

use jiff::tz::TimeZoneDatabase;
use pabx_model::{
    DayMinute, DaySpan, DisplayName, Holiday, HolidayDate, Override, Presence, TimeCondition, Timestamp,
    Weekday, Weekdays, WeeklySpan, Why, Zone,
};

fn minute(text: &str) -> DayMinute {
    DayMinute::parse(text).unwrap()
}

fn weekly(days: Weekdays, from: &str, to: &str) -> WeeklySpan {
    WeeklySpan::new(days, minute(from), minute(to)).unwrap()
}

fn on(day: Weekday) -> Weekdays {
    Weekdays::new([day]).unwrap()
}

fn holiday(name: &str, date: &str, open: &[(&str, &str)]) -> Holiday {
    Holiday {
        name: DisplayName::parse(name).unwrap(),
        date: HolidayDate::parse(date).unwrap(),
        open: open.iter().map(|(from, to)| DaySpan::new(minute(from), minute(to)).unwrap()).collect(),
    }
}

fn office(zone: &str, weekly: Vec<WeeklySpan>) -> TimeCondition {
    TimeCondition {
        name: DisplayName::parse("Horário de atendimento").unwrap(),
        zone: Zone::parse(zone).unwrap(),
        weekly,
        holidays: Vec::new(),
        holiday_sets: None,
        overridden: Override::Automatic,
    }
}

/// Monday to Friday, with a break at noon.
fn working_week(zone: &str) -> TimeCondition {
    let working = Weekdays::WORKING;
    office(zone, vec![weekly(working, "08:00", "12:00"), weekly(working, "13:00", "18:00")])
}

/// An instant by what the clocks of a zone show (`2026-04-03T08:00`), or with an offset (`2026-11-01T01:30-04:00`).
fn instant(zone: &Zone, text: &str) -> Timestamp {
    let instant = text.parse().unwrap_or_else(|_| {
        let zone = TimeZoneDatabase::bundled().get(zone.as_str()).unwrap();
        zone.to_timestamp(text.parse().unwrap()).unwrap()
    });
    Timestamp(u64::try_from(jiff::Timestamp::as_millisecond(instant)).unwrap())
}

fn at(office: &TimeCondition, text: &str) -> Presence {
    office.at(instant(&office.zone, text))
}

#[track_caller]
fn expect(office: &TimeCondition, table: &[(&str, bool)]) {
    for (text, open) in table {
        assert_eq!(at(office, text).open, *open, "{text}");
    }
}

/// Each row: after this, the next change is then.
#[track_caller]
fn expect_changes(office: &TimeCondition, table: &[(&str, &str)]) {
    for (after, change) in table {
        let change = instant(&office.zone, change);
        assert_eq!(office.next_change(instant(&office.zone, after)), Some(change), "{after}");
    }
}

fn closed_for(name: &str) -> Presence {
    Presence { open: false, why: Why::Holiday(name.to_owned()) }
}
