//! When an office is open. The API calls it a time condition.
//!
//! What is asked is always the same: is it open at this instant, why, and when does that change. The answer depends on
//! nothing but the condition and the instant; the zones come from the database in the binary, never from the system.
//!
//! What decides, first to last:
//! 1. the switch by hand ([`Override`]);
//! 2. a holiday of its own ([`Holiday`]), one with a year before one of every year;
//! 3. a national holiday ([`HolidaySet`]);
//! 4. the week ([`WeeklySpan`]).
//!
//! A weekly span belongs to the day on which it begins. So one that runs past midnight runs on into a holiday, and one
//! that would have begun on a holiday leaves nothing for the morning after.
//!
//! The tour:
//! - [`condition`]: the whole, and the answer; `next_change`: when the answer changes;
//! - [`span`]: times of a day; [`weekdays`]: days of a week;
//! - [`holiday`]: an office's own holidays; [`holiday_set`]: national ones, by rule;
//! - [`switch`]: the switch by hand;
//! - [`zone`]: from instants to civil time and back.

pub mod condition;
pub mod holiday;
pub mod holiday_set;
mod limited;
mod next_change;
pub mod span;
pub mod switch;
pub mod weekdays;
pub mod zone;

pub use condition::{Presence, TimeCondition, Why};
pub use holiday::{Holiday, HolidayDate};
pub use holiday_set::HolidaySet;
pub use span::{DayMinute, DaySpan, WeeklySpan};
pub use switch::Override;
pub use weekdays::{Weekday, Weekdays};
pub use zone::Zone;

/// A number that is written with exactly this many digits, leading zeros and all.
fn digits<N: std::str::FromStr>(text: &str, count: usize) -> Option<N> {
    let plain = text.len() == count && text.bytes().all(|octet| octet.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}
