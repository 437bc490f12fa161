//! How a holiday finds its day in a year.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan as _};

/// One holiday.
pub(super) struct Rule {
    /// In the country's language.
    pub(super) name: &'static str,
    day: Day,
    since: i16,
    until: i16,
    every: i16,
}

/// Which day of a year.
enum Day {
    /// Month, day.
    Fixed(i8, i8),
    /// Days after Easter Sunday.
    Easter(i8),
    /// Which of a month's days of this name, from 1; from -1 back from its end.
    Nth(i8, Weekday, i8),
    /// Month, day; moved by so many days if that is a Monday, a Tuesday, and so on.
    Moved(i8, i8, [i8; 7]),
    /// Month, day; only when that is one of these.
    Only(i8, i8, &'static [Weekday]),
}

impl Rule {
    const fn new(name: &'static str, day: Day) -> Self {
        Self { name, day, since: 0, until: i16::MAX, every: 1 }
    }

    /// The same day every year.
    pub(super) const fn fixed(month: i8, day: i8, name: &'static str) -> Self {
        Self::new(name, Day::Fixed(month, day))
    }

    /// So many days after Easter Sunday.
    pub(super) const fn easter(days: i8, name: &'static str) -> Self {
        Self::new(name, Day::Easter(days))
    }

    /// The first (1), second, … or last (-1) such weekday of a month.
    pub(super) const fn nth(nth: i8, weekday: Weekday, month: i8, name: &'static str) -> Self {
        Self::new(name, Day::Nth(nth, weekday, month))
    }

    /// A day that moves by the weekday on which it falls, Monday's first.
    pub(super) const fn moved(month: i8, day: i8, by: [i8; 7], name: &'static str) -> Self {
        Self::new(name, Day::Moved(month, day, by))
    }

    /// A day that is a holiday only when it falls on one of these weekdays.
    pub(super) const fn only(month: i8, day: i8, on: &'static [Weekday], name: &'static str) -> Self {
        Self::new(name, Day::Only(month, day, on))
    }

    /// The first year.
    pub(super) const fn since(self, year: i16) -> Self {
        Self { since: year, ..self }
    }

    /// The last year.
    pub(super) const fn until(self, year: i16) -> Self {
        Self { until: year, ..self }
    }

    /// Only every so many years, counted from the first.
    pub(super) const fn every(self, years: i16) -> Self {
        Self { every: years, ..self }
    }

    /// The day in the year of this Easter Sunday; `None` if it is no holiday in that year.
    pub(super) fn date(&self, easter: Date) -> Option<Date> {
        let year = easter.year();
        let in_force = (self.since..=self.until).contains(&year);
        if !in_force || (year - self.since) % self.every != 0 {
            return None;
        }
        match self.day {
            Day::Fixed(month, day) => Date::new(year, month, day).ok(),
            Day::Easter(days) => easter.checked_add(span(days)).ok(),
            Day::Nth(nth, weekday, month) => {
                Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()
            }
            Day::Moved(month, day, by) => {
                let date = Date::new(year, month, day).ok()?;
                let index = usize::try_from(date.weekday().to_monday_zero_offset()).ok()?;
                date.checked_add(span(*by.get(index)?)).ok()
            }
            Day::Only(month, day, on) => {
                Date::new(year, month, day).ok().filter(|date| on.contains(&date.weekday()))
            }
        }
    }
}

fn span(days: i8) -> Span {
    days.days()
}

/// Easter Sunday by the anonymous Gregorian algorithm (Nature, 20 April 1876; Meeus, Astronomical Algorithms, ch. 8).
/// `None` before 1583.
#[expect(clippy::many_single_char_names, reason = "the letters are those of the source")]
pub(super) fn easter(year: i16) -> Option<Date> {
    if year < 1583 {
        return None;
    }
    let a = year % 19;
    let (b, c) = (year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(n / 31).ok()?, i8::try_from(n % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_is_where_the_tables_have_it() {
        for (year, month, day) in [
            (1583, 4, 10),
            (1818, 3, 22),
            (1886, 4, 25),
            (1943, 4, 25),
            (1954, 4, 18),
            (1961, 4, 2),
            (1981, 4, 19),
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2016, 3, 27),
            (2023, 4, 9),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2029, 4, 1),
            (2030, 4, 21),
            (2038, 4, 25),
            (2049, 4, 18),
            (2076, 4, 19),
            (2285, 3, 22),
        ] {
            assert_eq!(easter(year), Some(Date::constant(year, month, day)));
        }
        assert_eq!(easter(1582), None);
    }

    #[test]
    fn easter_is_a_sunday_between_march_22_and_april_25_in_every_year() {
        for year in 1583..=9999 {
            let date = easter(year).unwrap();
            assert_eq!(date.weekday(), Weekday::Sunday);
            assert!(Date::constant(year, 3, 22) <= date && date <= Date::constant(year, 4, 25), "{date}");
        }
    }

    #[test]
    fn a_rule_counts_its_years_from_the_first_to_the_last() {
        let rule = Rule::fixed(10, 1, "x").since(2024).every(6).until(2036);
        let years: Vec<i16> =
            (2000..2100).filter(|year| rule.date(easter(*year).unwrap()).is_some()).collect();
        assert_eq!(years, [2024, 2030, 2036]);
    }
}
