//! The whole, and whether it is open.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{DayMinute, Holiday, HolidaySet, Override, WeeklySpan, Zone, limited};
use crate::{DisplayName, TextError, Timestamp};

/// When an office is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeCondition {
    /// What people call it.
    pub name: DisplayName,
    /// The zone of its clocks.
    #[serde(default)]
    pub zone: Zone,
    /// The week's hours, at most [`TimeCondition::MAX_WEEKLY`]; where they overlap they are one. None: always closed.
    #[serde(deserialize_with = "limited::list::<_, _, { TimeCondition::MAX_WEEKLY }>")]
    pub weekly: Vec<WeeklySpan>,
    /// Its own holidays, at most [`TimeCondition::MAX_HOLIDAYS`]. They count before the national ones.
    #[serde(default, deserialize_with = "limited::list::<_, _, { TimeCondition::MAX_HOLIDAYS }>")]
    pub holidays: Vec<Holiday>,
    /// Which national holidays it keeps, closed all day.
    #[serde(default)]
    pub holiday_sets: Option<HolidaySet>,
    /// The switch by hand.
    #[serde(default)]
    pub overridden: Override,
}

/// Whether it is open, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Open or closed.
    pub open: bool,
    /// What decided.
    pub why: Why,
}

/// What decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Somebody has switched it by hand.
    Override,
    /// A holiday, by its name; it is open only in a span that the holiday itself has.
    Holiday(String),
    /// The week's hours: open.
    Hours,
    /// Outside the week's hours: closed.
    OutsideHours,
}

/// A day that is not as the week has it.
enum Special<'a> {
    Own(&'a Holiday),
    National(&'static str),
}

impl TimeCondition {
    /// Most spans of a week.
    pub const MAX_WEEKLY: usize = 50;
    /// Most holidays of its own.
    pub const MAX_HOLIDAYS: usize = 200;

    /// Whether the lists are within their limits. What was read with serde is; this is for one put together from parts.
    pub fn check(&self) -> Result<(), TextError> {
        let within = |what, len: usize, max: usize| {
            if len <= max { Ok(()) } else { Err(TextError::Length { what, min: 0, max, len }) }
        };
        within("weekly hours", self.weekly.len(), Self::MAX_WEEKLY)?;
        within("holidays", self.holidays.len(), Self::MAX_HOLIDAYS)?;
        self.holidays
            .iter()
            .try_for_each(|holiday| within("hours of a holiday", holiday.open.len(), Holiday::MAX_OPEN))
    }

    /// Whether it is open at an instant. Clocks that are set back show an hour twice, and it counts twice.
    pub fn at(&self, when: Timestamp) -> Presence {
        if let Some(open) = self.overridden.at(when) {
            return Presence { open, why: Why::Override };
        }
        let clock = self.zone.civil(when);
        let (today, minute) = (clock.date(), DayMinute::of(clock.time()));
        if self.still_open_from_yesterday(today, minute) {
            return Presence { open: true, why: Why::Hours };
        }
        match self.special(today) {
            Some(Special::Own(holiday)) => Presence {
                open: holiday.open.iter().any(|span| span.contains(minute)),
                why: Why::Holiday(holiday.name.as_str().to_owned()),
            },
            Some(Special::National(name)) => Presence { open: false, why: Why::Holiday(name.to_owned()) },
            None if self.weekly.iter().any(|span| span.is_on(today.weekday().into(), minute)) => {
                Presence { open: true, why: Why::Hours }
            }
            None => Presence { open: false, why: Why::OutsideHours },
        }
    }

    fn still_open_from_yesterday(&self, today: Date, minute: DayMinute) -> bool {
        today.yesterday().is_ok_and(|yesterday| {
            self.weekly.iter().any(|span| span.is_still_on(yesterday.weekday().into(), minute))
                && self.special(yesterday).is_none()
        })
    }

    fn special(&self, date: Date) -> Option<Special<'_>> {
        let own = Holiday::on(date, &self.holidays).map(Special::Own);
        own.or_else(|| self.holiday_sets?.on(date).map(Special::National))
    }

    /// The times of a day at which it may open or close, unsorted.
    pub(super) fn edges(&self, date: Date) -> impl Iterator<Item = DayMinute> {
        let weekly = self.weekly.iter().flat_map(|span| [span.from(), span.to()]);
        let holiday = Holiday::on(date, &self.holidays).into_iter().flat_map(|holiday| &holiday.open);
        // A holiday begins and ends at midnight.
        std::iter::once(DayMinute::START)
            .chain(weekly)
            .chain(holiday.flat_map(|span| [span.from(), span.to()]))
    }
}
