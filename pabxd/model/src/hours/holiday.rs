//! An office's own holidays.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{DaySpan, digits, limited};
use crate::text::displayed_type;
use crate::{DisplayName, TextError};

/// One day, `YYYY-MM-DD` (1970 to 9999), or a day of every year, `MM-DD`; `02-29` is only in leap years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HolidayDate {
    year: Option<i16>,
    month: i8,
    day: i8,
}

impl HolidayDate {
    /// Digits and hyphens, and a day that there is.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const BAD: TextError =
            TextError::Form { what: "date", why: "is a day that exists, MM-DD or YYYY-MM-DD" };
        // A year with all the days that there are.
        const LEAP_YEAR: i16 = 2000;
        let (year, rest) = match text.split_once('-') {
            Some((year, rest)) if rest.contains('-') => (Some(digits(year, 4).ok_or(BAD)?), rest),
            _ => (None, text),
        };
        let (month, day) = rest.split_once('-').ok_or(BAD)?;
        let (month, day) = digits(month, 2).zip(digits(day, 2)).ok_or(BAD)?;
        if year.is_some_and(|year| year < 1970) {
            return Err(TextError::Form { what: "date", why: "is not before 1970" });
        }
        Date::new(year.unwrap_or(LEAP_YEAR), month, day).map_err(|_| BAD)?;
        Ok(Self { year, month, day })
    }

    /// Whether it is every year.
    pub const fn is_yearly(self) -> bool {
        self.year.is_none()
    }

    /// Whether this is the day, or in its year is.
    pub fn is(self, date: Date) -> bool {
        (self.month, self.day) == (date.month(), date.day())
            && self.year.is_none_or(|year| year == date.year())
    }
}

impl fmt::Display for HolidayDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(year) = self.year {
            write!(f, "{year:04}-")?;
        }
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

displayed_type!(HolidayDate);

/// A day on which the week's hours do not begin. (Hours that began the day before still run to their end.)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// What people call it.
    pub name: DisplayName,
    /// When.
    pub date: HolidayDate,
    /// When it is open nevertheless, at most [`Holiday::MAX_OPEN`]; none: closed all day.
    #[serde(default, deserialize_with = "limited::list::<_, _, { Holiday::MAX_OPEN }>")]
    pub open: Vec<DaySpan>,
}

impl Holiday {
    /// Most spans in which a holiday is open.
    pub const MAX_OPEN: usize = 10;

    /// The one that counts on a day: one of just this year before one of every year, else the first.
    pub(super) fn on(date: Date, holidays: &[Self]) -> Option<&Self> {
        holidays.iter().filter(|holiday| holiday.date.is(date)).min_by_key(|holiday| holiday.date.is_yearly())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_day_that_exists_with_or_without_a_year() {
        for good in ["12-24", "02-29", "2026-12-24", "2028-02-29", "9999-12-31", "1970-01-01"] {
            assert_eq!(HolidayDate::parse(good).unwrap().to_string(), good);
        }
        for bad in [
            "",
            "12",
            "24-12",
            "12-32",
            "02-30",
            "2026-02-29",
            "1969-12-31",
            "26-12-24",
            "2026-1-1",
            "12-24-",
            "-12-24",
            "2026-12-24-01",
            "12/24",
            "+1-01",
            "0000-01-01",
        ] {
            assert!(HolidayDate::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_29th_of_february_is_only_in_leap_years() {
        let leap_day = HolidayDate::parse("02-29").unwrap();
        assert!(leap_day.is(Date::constant(2028, 2, 29)));
        assert!(!leap_day.is(Date::constant(2027, 2, 28)) && !leap_day.is(Date::constant(2027, 3, 1)));
    }

    #[test]
    fn a_day_of_one_year_counts_before_one_of_every_year() {
        let holiday = |name: &str, date: &str| Holiday {
            name: DisplayName::parse(name).unwrap(),
            date: HolidayDate::parse(date).unwrap(),
            open: Vec::new(),
        };
        let own = [holiday("a", "12-24"), holiday("b", "2026-12-24"), holiday("c", "2026-12-24")];
        let name =
            |year| Holiday::on(Date::constant(year, 12, 24), &own).map(|holiday| holiday.name.as_str());
        assert_eq!((name(2026), name(2027)), (Some("b"), Some("a")));
        assert!(Holiday::on(Date::constant(2026, 12, 25), &own).is_none());
    }
}
