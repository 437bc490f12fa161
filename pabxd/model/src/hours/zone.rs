//! Time zones: from instants to civil time and back.

use jiff::civil::{DateTime, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::text::text_type;
use crate::{TextError, Timestamp};

/// A zone of the IANA database that is in the binary. Cheap to clone.
#[derive(Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of a box that was told none.
    pub const DEFAULT: &'static str = "America/Sao_Paulo";

    /// Looks a zone up by its IANA name, `America/Sao_Paulo`, in any case; the name is kept as the database has it.
    pub fn parse(name: &str) -> Result<Self, TextError> {
        const UNKNOWN: TextError = TextError::Unknown { what: "time zone" };
        // The bundled database only: what the system has under /usr/share/zoneinfo must not decide when an office opens.
        let zone = TimeZoneDatabase::bundled().get(name).map_err(|_| UNKNOWN)?;
        // `Etc/Unknown` is looked up with success, but is what its name says.
        if zone.is_unknown() || zone.iana_name().is_none() { Err(UNKNOWN) } else { Ok(Self(zone)) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        self.0.iana_name().unwrap_or_default()
    }

    /// What the clocks show. An instant after the year 9999 counts as the last one of it.
    pub(super) fn civil(&self, when: Timestamp) -> DateTime {
        self.0.to_datetime(instant(when))
    }

    /// The day, counted from 1970-01-01.
    pub fn day(&self, when: Timestamp) -> i64 {
        let since = self.civil(when).date().duration_since(jiff::civil::date(1970, 1, 1));
        since.as_hours() / 24
    }

    /// When the day of an instant began: with its first midnight, where the clocks show it twice; with the jump, where they leave
    /// it out.
    pub fn day_start(&self, when: Timestamp) -> Timestamp {
        let date = self.civil(when).date();
        let mut midnights = self.instants(date.to_datetime(Time::midnight()));
        midnights.find(|start| self.civil(*start).date() == date).unwrap_or(when)
    }

    /// When the day after that of an instant begins; a day may have 23 hours, or 25.
    pub fn next_day(&self, when: Timestamp) -> Timestamp {
        const BEYOND_ANY_DAY: u64 = 26 * 3_600_000;
        self.day_start(self.day_start(when).plus_millis(BEYOND_ANY_DAY))
    }

    /// The instants at which the clocks show this: one; two, where they are set back over it. Where they are set ahead
    /// over it, two that frame the jump. None outside the years that are known.
    pub(super) fn instants(&self, civil: DateTime) -> impl Iterator<Item = Timestamp> {
        let civil = self.0.to_ambiguous_timestamp(civil);
        [civil.earlier(), civil.later()].into_iter().flatten().filter_map(timestamp)
    }

    /// The instants after `after`, until `until`, at which the clocks are set.
    pub(super) fn jumps(&self, after: Timestamp, until: Timestamp) -> impl Iterator<Item = Timestamp> {
        let jumps = self.0.following(instant(after)).filter_map(|jump| timestamp(jump.timestamp()));
        jumps.take_while(move |jump| *jump <= until)
    }
}

fn instant(when: Timestamp) -> jiff::Timestamp {
    i64::try_from(when.0)
        .ok()
        .and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok())
        .unwrap_or(jiff::Timestamp::MAX)
}

fn timestamp(instant: jiff::Timestamp) -> Option<Timestamp> {
    u64::try_from(instant.as_millisecond()).ok().map(Timestamp)
}

text_type!(Zone);

impl Default for Zone {
    fn default() -> Self {
        // That the database has it is tested.
        Self::parse(Self::DEFAULT).unwrap_or(Self(TimeZone::UTC))
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Zone {}

impl std::fmt::Debug for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Zone({})", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        timestamp(text.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_day_begins_with_its_midnight() {
        for (zone, when, start) in [
            ("America/Sao_Paulo", "2026-03-03T12:00-03:00", "2026-03-03T00:00-03:00"),
            ("America/Sao_Paulo", "2026-03-03T00:00-03:00", "2026-03-03T00:00-03:00"),
            // Set ahead at midnight: the day begins at 01:00.
            ("America/Sao_Paulo", "2018-11-04T12:00-02:00", "2018-11-04T01:00-02:00"),
            // Set back at midnight: the day before has 25 hours.
            ("America/Sao_Paulo", "2018-02-17T23:30-03:00", "2018-02-17T00:00-02:00"),
            ("America/Sao_Paulo", "2018-02-18T12:00-03:00", "2018-02-18T00:00-03:00"),
            // Set back from 01:00 to 00:00: midnight is shown twice, and the day begins with the first.
            ("America/Havana", "2026-11-01T00:30-04:00", "2026-11-01T00:00-04:00"),
            ("America/Havana", "2026-11-01T00:00-05:00", "2026-11-01T00:00-04:00"),
            ("America/Havana", "2026-11-01T12:00-05:00", "2026-11-01T00:00-04:00"),
            ("Atlantic/Azores", "2026-10-25T12:00-01:00", "2026-10-25T00:00+00:00"),
        ] {
            assert_eq!(Zone::parse(zone).unwrap().day_start(at(when)), at(start), "{zone} {when}");
        }
    }

    proptest! {
        #[test]
        fn the_start_of_a_day_is_of_that_day_and_what_is_before_it_is_not(
            zone in prop::sample::select(vec![
                "America/Sao_Paulo", "America/Havana", "Atlantic/Azores", "America/St_Johns", "Europe/Lisbon", "Asia/Tehran",
                "Africa/Cairo", "Asia/Beirut", "Pacific/Apia", "America/Nuuk", "Antarctica/Vostok", "UTC",
            ]),
            day in 365..25_000_u64,
            ms in prop_oneof![0..86_400_000_u64, 0..10_800_000_u64],
        ) {
            let zone = Zone::parse(zone).unwrap();
            let when = Timestamp(day * 86_400_000 + ms);
            let start = zone.day_start(when);
            prop_assert!(start <= when);
            prop_assert_eq!(zone.day(start), zone.day(when));
            prop_assert!(zone.day(start.minus_millis(1)) < zone.day(when));
            let next = zone.next_day(when);
            prop_assert!(zone.day(next) > zone.day(when));
            prop_assert_eq!(zone.day(next.minus_millis(1)), zone.day(when));
        }
    }

    #[test]
    fn a_zone_has_a_name_of_the_database() {
        for name in ["America/Sao_Paulo", "Europe/Lisbon", "UTC", "America/Argentina/Buenos_Aires"] {
            assert_eq!(Zone::parse(name).unwrap().to_string(), name);
        }
        assert_eq!(Zone::parse("america/sao_paulo").unwrap().as_str(), "America/Sao_Paulo");
        for bad in
            ["", "Brazil", "Etc/Unknown", "../etc/passwd", "EST5EDT,M3.2.0,M11.1.0", "America/Sao_Paulo "]
        {
            assert!(Zone::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_default_is_sao_paulo() {
        assert_eq!(Zone::default().as_str(), Zone::DEFAULT);
        assert_eq!(Zone::default(), Zone::parse("America/Sao_Paulo").unwrap());
        assert_ne!(Zone::default(), Zone::parse("America/Recife").unwrap());
    }

    #[test]
    fn every_instant_has_a_civil_time() {
        let zone = Zone::default();
        assert_eq!(zone.civil(Timestamp(0)).to_string(), "1969-12-31T21:00:00");
        assert_eq!(zone.civil(Timestamp(u64::MAX)).year(), 9999);
    }
}
