//! Times of a day, and from when to when.

use std::fmt;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::{Weekday, Weekdays, digits};
use crate::TextError;
use crate::text::displayed_type;

/// A minute of a day, `HH:MM`, 00:00 to 24:00; 24:00 is the end of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DayMinute(u16);

impl DayMinute {
    /// 00:00.
    pub const START: Self = Self(0);
    /// 24:00.
    pub const END: Self = Self(24 * 60);

    /// Two digits, a colon, two digits.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const BAD: TextError = TextError::Form { what: "time of day", why: "is HH:MM, 00:00 to 24:00" };
        let (hour, minute) = text.split_once(':').ok_or(BAD)?;
        let (hour, minute): (u16, u16) = digits(hour, 2).zip(digits(minute, 2)).ok_or(BAD)?;
        let time = Self(hour * 60 + minute);
        if minute < 60 && time <= Self::END { Ok(time) } else { Err(BAD) }
    }

    /// Minutes since 00:00, 0 to 1440.
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// The minute that a clock shows.
    pub(super) fn of(time: Time) -> Self {
        Self(u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs()))
    }

    /// What a clock shows then; `None` for 24:00, when it shows the next day's 00:00.
    pub(super) fn time(self) -> Option<Time> {
        let (hour, minute) = (i8::try_from(self.0 / 60).ok()?, i8::try_from(self.0 % 60).ok()?);
        Time::new(hour, minute, 0, 0).ok()
    }
}

impl fmt::Display for DayMinute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

displayed_type!(DayMinute);

/// From when to when on one day; `from` is in it, `to` is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WrittenDaySpan")]
pub struct DaySpan {
    from: DayMinute,
    to: DayMinute,
}

impl DaySpan {
    /// `to` is after `from`.
    pub fn new(from: DayMinute, to: DayMinute) -> Result<Self, TextError> {
        if from < to {
            Ok(Self { from, to })
        } else {
            Err(TextError::Form { what: "hours of a holiday", why: "end after they begin, on the same day" })
        }
    }

    /// When it begins.
    pub const fn from(self) -> DayMinute {
        self.from
    }

    /// When it ends.
    pub const fn to(self) -> DayMinute {
        self.to
    }

    /// Whether the minute is in it.
    pub fn contains(self, minute: DayMinute) -> bool {
        self.from <= minute && minute < self.to
    }
}

/// From when to when on some days of the week; `from` is in it, `to` is not. With a `to` before `from` it runs past
/// midnight, and still belongs to the day on which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WrittenWeeklySpan")]
pub struct WeeklySpan {
    days: Weekdays,
    from: DayMinute,
    to: DayMinute,
}

impl WeeklySpan {
    /// `from` and `to` differ: the whole day is 00:00 to 24:00. None begins at 24:00, which is the next day's 00:00.
    pub fn new(days: Weekdays, from: DayMinute, to: DayMinute) -> Result<Self, TextError> {
        let bad = |why| TextError::Form { what: "opening hours", why };
        if from == to {
            Err(bad("end at another time than they begin; the whole day is 00:00 to 24:00"))
        } else if from == DayMinute::END {
            Err(bad("begin before 24:00"))
        } else {
            Ok(Self { days, from, to })
        }
    }

    /// The days on which it begins.
    pub const fn days(self) -> Weekdays {
        self.days
    }

    /// When it begins.
    pub const fn from(self) -> DayMinute {
        self.from
    }

    /// When it ends, on the same day or the next.
    pub const fn to(self) -> DayMinute {
        self.to
    }

    /// Whether it ends on the day after.
    pub fn runs_past_midnight(self) -> bool {
        self.to < self.from
    }

    /// Whether the minute is in the part that lies on the day on which it begins.
    pub(super) fn is_on(self, today: Weekday, minute: DayMinute) -> bool {
        self.days.contains(today) && self.from <= minute && (minute < self.to || self.runs_past_midnight())
    }

    /// Whether the minute is in the part that lies on the day after.
    pub(super) fn is_still_on(self, yesterday: Weekday, minute: DayMinute) -> bool {
        self.days.contains(yesterday) && self.runs_past_midnight() && minute < self.to
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDaySpan {
    from: DayMinute,
    to: DayMinute,
}

impl TryFrom<WrittenDaySpan> for DaySpan {
    type Error = TextError;
    fn try_from(written: WrittenDaySpan) -> Result<Self, TextError> {
        Self::new(written.from, written.to)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWeeklySpan {
    days: Weekdays,
    from: DayMinute,
    to: DayMinute,
}

impl TryFrom<WrittenWeeklySpan> for WeeklySpan {
    type Error = TextError;
    fn try_from(written: WrittenWeeklySpan) -> Result<Self, TextError> {
        Self::new(written.days, written.from, written.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(text: &str) -> DayMinute {
        DayMinute::parse(text).unwrap()
    }

    #[test]
    fn a_time_of_day_is_two_digits_a_colon_and_two_digits() {
        for (text, minutes) in [("00:00", 0), ("08:05", 485), ("23:59", 1439), ("24:00", 1440)] {
            assert_eq!(minute(text).minutes(), minutes);
            assert_eq!(minute(text).to_string(), text);
        }
        for bad in ["", "8:00", "08:60", "24:01", "25:00", "0800", "08:00:00", "+8:00", "08:0٠", " 08:00"] {
            assert!(DayMinute::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn hours_of_a_holiday_end_on_the_day_itself() {
        assert!(DaySpan::new(minute("08:00"), minute("24:00")).is_ok());
        for (from, to) in [("08:00", "08:00"), ("22:00", "02:00"), ("24:00", "24:00")] {
            assert!(DaySpan::new(minute(from), minute(to)).is_err(), "{from} {to}");
        }
    }

    #[test]
    fn weekly_hours_may_run_past_midnight_but_not_end_when_they_begin() {
        let span = |from, to| WeeklySpan::new(Weekdays::ALL, minute(from), minute(to));
        assert!(span("22:00", "02:00").unwrap().runs_past_midnight());
        assert!(!span("00:00", "24:00").unwrap().runs_past_midnight());
        for (from, to) in [("08:00", "08:00"), ("24:00", "08:00"), ("24:00", "24:00"), ("00:00", "00:00")] {
            assert!(span(from, to).is_err(), "{from} {to}");
        }
    }

    #[test]
    fn a_span_that_makes_no_sense_is_not_read() {
        let read = |text| serde_json::from_str::<WeeklySpan>(text);
        assert!(read(r#"{"days":["mon"],"from":"08:00","to":"18:00"}"#).is_ok());
        assert!(read(r#"{"days":["mon"],"from":"08:00","to":"08:00"}"#).is_err());
        assert!(read(r#"{"days":[],"from":"08:00","to":"18:00"}"#).is_err());
        assert!(read(r#"{"days":["mon"],"from":"08:00","to":"18:00","zone":"UTC"}"#).is_err());
        assert!(serde_json::from_str::<DaySpan>(r#"{"from":"18:00","to":"08:00"}"#).is_err());
    }
}
