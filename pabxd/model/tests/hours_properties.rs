//! What holds for every condition and every instant.

use pabx_model::{
    DayMinute, DaySpan, DisplayName, Holiday, HolidayDate, HolidaySet, Override, TimeCondition, Timestamp,
    Weekday, Weekdays, WeeklySpan, Zone,
};
use proptest::prelude::*;

const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;
/// The last millisecond of the year 9999.
const END_OF_9999: u64 = 253_402_300_799_999;

/// Among them clocks that are set by half an hour, at midnight, by two hours, that left out a day or showed half minutes.
const ZONES: &[&str] = &[
    "America/Sao_Paulo",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "Europe/Lisbon",
    "Africa/Casablanca",
    "Africa/Monrovia",
    "Antarctica/Troll",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "UTC",
];

fn minute(minutes: u16) -> DayMinute {
    DayMinute::parse(&format!("{:02}:{:02}", minutes / 60, minutes % 60)).unwrap()
}

/// Any minute, and those around midnight and the usual jumps more often.
fn day_minute() -> impl Strategy<Value = DayMinute> {
    prop_oneof![
        0..=1440_u16,
        prop::sample::select(vec![0, 1, 30, 60, 90, 120, 150, 180, 1380, 1410, 1439, 1440])
    ]
    .prop_map(minute)
}

fn weekly_span() -> impl Strategy<Value = WeeklySpan> {
    let days = prop::collection::vec(prop::sample::select(Weekday::ALL), 1..=7);
    (days, day_minute(), day_minute()).prop_filter_map("from is to", |(days, from, to)| {
        WeeklySpan::new(Weekdays::new(days).unwrap(), from, to).ok()
    })
}

fn day_span() -> impl Strategy<Value = DaySpan> {
    (day_minute(), day_minute())
        .prop_filter_map("ends before it begins", |(from, to)| DaySpan::new(from, to).ok())
}

fn holiday_date() -> impl Strategy<Value = HolidayDate> {
    (prop::option::of(1970..=9999_u16), 1..=12_u8, 1..=31_u8).prop_filter_map(
        "no such day",
        |(year, month, day)| {
            let year = year.map(|year| format!("{year:04}-")).unwrap_or_default();
            HolidayDate::parse(&format!("{year}{month:02}-{day:02}")).ok()
        },
    )
}

fn holiday() -> impl Strategy<Value = Holiday> {
    (holiday_date(), prop::collection::vec(day_span(), 0..3)).prop_map(|(date, open)| Holiday {
        name: DisplayName::parse("Feriado").unwrap(),
        date,
        open,
    })
}

fn instant() -> impl Strategy<Value = Timestamp> {
    // 1970 to 2040, where zones have done what they have done; to the end of 9999; and anything.
    prop_oneof![
        4 => 0..2_208_988_800_000_u64,
        2 => 0..=END_OF_9999,
        1 => END_OF_9999 - 20 * DAY..=END_OF_9999 + DAY,
        1 => any::<u64>(),
    ]
    .prop_map(Timestamp)
}

fn switch(near: Timestamp) -> impl Strategy<Value = Override> {
    let until =
        prop::option::of((0..30 * DAY).prop_map(move |ms| near.minus_millis(10 * DAY).plus_millis(ms)));
    prop_oneof![
        4 => Just(Override::Automatic),
        1 => until.clone().prop_map(|until| Override::Open { until }),
        1 => until.prop_map(|until| Override::Closed { until }),
    ]
}

fn condition_and_instant() -> impl Strategy<Value = (TimeCondition, Timestamp)> {
    let condition = (
        prop::sample::select(ZONES),
        prop::collection::vec(weekly_span(), 0..5),
        prop::collection::vec(holiday(), 0..20),
        prop::option::of(prop::sample::select(HolidaySet::ALL)),
    );
    (condition, instant().prop_flat_map(|when| (Just(when), switch(when)))).prop_map(
        |((zone, weekly, holidays, holiday_sets), (when, overridden))| {
            let name = DisplayName::parse("Escritório").unwrap();
            let zone = Zone::parse(zone).unwrap();
            (TimeCondition { name, zone, weekly, holidays, holiday_sets, overridden }, when)
        },
    )
}

/// The instants from `after` to `until`, less than a minute apart from each other's minutes.
fn samples(after: Timestamp, until: Timestamp) -> impl Iterator<Item = Timestamp> {
    // Not a whole minute, so that the seconds of a minute are all looked at in time.
    let step = MINUTE - 1_000;
    (0..).map(move |n| after.plus_millis(n * step)).take_while(move |sample| *sample < until)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_condition_has_an_answer_at_every_instant((condition, when) in condition_and_instant()) {
        let presence = condition.at(when);
        if let Some(open) = condition.overridden.at(when) {
            prop_assert_eq!(presence.open, open);
        }
    }

    #[test]
    fn nothing_changes_before_the_next_change_and_something_does_at_it(
        (condition, after) in condition_and_instant()
    ) {
        let open = condition.at(after).open;
        let horizon = after.plus_millis(TimeCondition::HORIZON_DAYS * DAY);
        let change = condition.next_change(after);
        if let Some(change) = change {
            prop_assert!(after < change && change <= horizon);
            prop_assert_ne!(condition.at(change).open, open);
            prop_assert_eq!(condition.at(change.minus_millis(1)).open, open);
        }
        for sample in samples(after, change.unwrap_or(horizon)) {
            prop_assert_eq!(condition.at(sample).open, open, "{:?}", sample);
        }
    }

    #[test]
    fn a_condition_reads_back_from_what_it_is_written_as((condition, _) in condition_and_instant()) {
        let text = serde_json::to_string(&condition).unwrap();
        prop_assert_eq!(serde_json::from_str::<TimeCondition>(&text).unwrap(), condition);
    }

    #[test]
    fn what_parses_is_written_as_it_was(text in "[0-9:-]{0,11}") {
        if let Ok(time) = DayMinute::parse(&text) {
            prop_assert_eq!(time.to_string(), text.clone());
        }
        if let Ok(date) = HolidayDate::parse(&text) {
            prop_assert_eq!(date.to_string(), text);
        }
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in any::<String>()) {
        let _ = (DayMinute::parse(&text), HolidayDate::parse(&text), Zone::parse(&text));
    }
}
