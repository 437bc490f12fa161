//! Days of a week.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use super::limited;
use crate::TextError;
use crate::text::word_enum;

word_enum!(
    /// A day of the week, from Monday on (ISO 8601).
    Weekday {
        /// Monday.
        Mon = "mon",
        /// Tuesday.
        Tue = "tue",
        /// Wednesday.
        Wed = "wed",
        /// Thursday.
        Thu = "thu",
        /// Friday.
        Fri = "fri",
        /// Saturday.
        Sat = "sat",
        /// Sunday.
        Sun = "sun",
    }
);

impl Weekday {
    /// The day's bit in a set.
    const fn bit(self) -> u8 {
        match self {
            Self::Mon => 1,
            Self::Tue => 2,
            Self::Wed => 4,
            Self::Thu => 8,
            Self::Fri => 16,
            Self::Sat => 32,
            Self::Sun => 64,
        }
    }
}

impl From<jiff::civil::Weekday> for Weekday {
    fn from(day: jiff::civil::Weekday) -> Self {
        match day {
            jiff::civil::Weekday::Monday => Self::Mon,
            jiff::civil::Weekday::Tuesday => Self::Tue,
            jiff::civil::Weekday::Wednesday => Self::Wed,
            jiff::civil::Weekday::Thursday => Self::Thu,
            jiff::civil::Weekday::Friday => Self::Fri,
            jiff::civil::Weekday::Saturday => Self::Sat,
            jiff::civil::Weekday::Sunday => Self::Sun,
        }
    }
}

/// At least one day of the week. Stored and sent as a list of words, `["mon","tue"]`, Monday first; a day that is named
/// twice is in it once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Monday to Friday.
    pub const WORKING: Self = Self(31);
    /// Every day.
    pub const ALL: Self = Self(127);

    /// A set of these; none is refused.
    pub fn new(days: impl IntoIterator<Item = Weekday>) -> Result<Self, TextError> {
        match days.into_iter().fold(0, |set, day| set | day.bit()) {
            0 => Err(TextError::Empty { what: "weekdays" }),
            set => Ok(Self(set)),
        }
    }

    /// Whether the day is in it.
    pub const fn contains(self, day: Weekday) -> bool {
        self.0 & day.bit() != 0
    }

    /// The days, Monday first.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        Weekday::ALL.iter().copied().filter(move |day| self.contains(*day))
    }
}

impl std::fmt::Debug for Weekdays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for Weekdays {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Weekdays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let days = limited::list::<D, Weekday, 7>(deserializer)?;
        Self::new(days).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_written_as_words_monday_first() {
        let days: Weekdays = serde_json::from_str(r#"["sun","mon","sun"]"#).unwrap();
        assert_eq!(serde_json::to_string(&days).unwrap(), r#"["mon","sun"]"#);
        assert!(days.contains(Weekday::Sun) && !days.contains(Weekday::Sat));
        for bad in ["[]", r#"["Mon"]"#, r#""mon""#, r#"["mon","mon","mon","mon","mon","mon","mon","mon"]"#] {
            assert!(serde_json::from_str::<Weekdays>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_named_sets_hold_what_they_say() {
        assert_eq!(Weekdays::ALL.iter().collect::<Vec<_>>(), Weekday::ALL);
        assert_eq!(Weekdays::WORKING.iter().collect::<Vec<_>>(), Weekday::ALL[..5]);
    }
}
