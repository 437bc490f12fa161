//! Date (RFC 3261 §20.17): `Sat, 13 Nov 2010 23:29:00 GMT`, and nothing but GMT.

use std::fmt;

use super::grammar::number;
use super::{HeaderError, TypedHeader, text};
use crate::message::HeaderName;

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// The end of the year 9999: the year has four digits.
const MAX_SECONDS: u64 = 253_402_300_799;

/// A moment in whole seconds since the beginning of 1970, GMT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(u64);

impl Date {
    /// A moment; later ones than the year 9999 are its end.
    pub fn from_unix(seconds: u64) -> Self {
        Self(seconds.min(MAX_SECONDS))
    }

    /// Seconds since the beginning of 1970.
    pub fn unix(self) -> u64 {
        self.0
    }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar, counting years from March.
fn days_from_civil(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468
}

/// The reverse.
fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let in_era = days % 146_097;
    let year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146_096) / 365;
    let in_year = in_era - (365 * year + year / 4 - year / 100);
    let month = (5 * in_year + 2) / 153;
    let day = in_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + carry, month, day)
}

/// `wkday "," SP 2DIGIT SP month SP 4DIGIT SP 2DIGIT ":" 2DIGIT ":" 2DIGIT SP "GMT"`
fn parse(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once(", ").filter(|(day, _)| DAYS.contains(day))?;
    let words: Vec<&str> = rest.split(' ').collect();
    let [day, month, year, time, "GMT"] = *words else { return None };
    let digits = |text: &str, length| number::<u64>(text).filter(|_| text.len() == length);
    let month = MONTHS.iter().position(|m| *m == month).and_then(|m| u64::try_from(m + 1).ok())?;
    let (day, year) = (digits(day, 2)?, digits(year, 4).filter(|y| *y >= 1970)?);
    let times: Vec<u64> = time.split(':').map(|part| digits(part, 2)).collect::<Option<_>>()?;
    let [hour, minute, second] = *times else { return None };
    let days = days_from_civil(year, month, day);
    let real = day >= 1 && civil_from_days(days) == (year, month, day);
    (real && hour < 24 && minute < 60 && second < 61)
        .then_some(days * 86400 + hour * 3600 + minute * 60 + second)
}

impl TypedHeader for Date {
    const NAME: HeaderName = HeaderName::Date;

    fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        parse(text(value)?).map(Self::from_unix).ok_or(HeaderError::Syntax)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (self.0 / 86400, self.0 % 86400);
        let (year, month, day) = civil_from_days(days);
        let name =
            |names: &[&'static str], at: u64| usize::try_from(at).ok().and_then(|at| names.get(at).copied());
        let weekday = name(&DAYS, days % 7).unwrap_or_default();
        let month = name(&MONTHS, month - 1).unwrap_or_default();
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_print_and_parse() {
        for (seconds, text) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (1_289_690_940, "Sat, 13 Nov 2010 23:29:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (MAX_SECONDS, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            assert_eq!(Date::from_unix(seconds).to_string(), text);
            assert_eq!(Date::parse(text.as_bytes()), Ok(Date::from_unix(seconds)));
        }
    }

    #[test]
    fn other_zones_and_impossible_days_are_refused() {
        for bad in [
            "Fri, 01 Jan 2010 16:00:00 EST",
            "Fri, 30 Feb 2010 16:00:00 GMT",
            "Fri, 00 Jan 2010 16:00:00 GMT",
            "Fri, 01 Jan 2010 24:00:00 GMT",
            "Fri, 1 Jan 2010 16:00:00 GMT",
            "01 Jan 2010 16:00:00 GMT",
            "Fri, 01 Jan 1969 16:00:00 GMT",
            "",
        ] {
            assert_eq!(Date::parse(bad.as_bytes()), Err(HeaderError::Syntax), "{bad}");
        }
    }
}
