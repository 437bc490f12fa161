//! When it opens or closes next.

use std::collections::BTreeSet;

use super::{DayMinute, TimeCondition};
use crate::Timestamp;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

impl TimeCondition {
    /// How far [`TimeCondition::next_change`] looks, in days of 24 hours.
    pub const HORIZON_DAYS: u64 = 14;

    /// The first instant after `after` at which it opens if it is closed, or closes if it is open; `None` if there is
    /// none within [`TimeCondition::HORIZON_DAYS`]. It is a whole minute, unless it is the end of the switch by hand.
    pub fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        let open = self.at(after).open;
        self.candidates(after).into_iter().find(|candidate| self.at(*candidate).open != open)
    }

    /// Every instant at which the answer may change: edges of spans, midnights, the end of the switch, and the setting
    /// of the clocks, which leaves out or repeats a piece of a day. In between, nothing changes.
    fn candidates(&self, after: Timestamp) -> BTreeSet<Timestamp> {
        let until = after.plus_millis(Self::HORIZON_DAYS * DAY_MS);
        // From the day before to the day after: clocks that are set back at midnight show a day of which some is past.
        let first = self.zone.civil(after.minus_millis(DAY_MS)).date();
        let last = self.zone.civil(until.plus_millis(DAY_MS)).date();
        let days = std::iter::successors(Some(first), |day| day.tomorrow().ok());
        let edges = days.take_while(|day| *day <= last).flat_map(|day| {
            // 24:00 has no time of this day; it is the next one's midnight, which is always among them.
            let times: BTreeSet<_> = self.edges(day).filter_map(DayMinute::time).collect();
            times.into_iter().map(move |time| day.to_datetime(time))
        });
        edges
            .flat_map(|civil| self.zone.instants(civil))
            .chain(self.zone.jumps(after, until))
            .chain(self.overridden.until())
            .filter(|candidate| after < *candidate && *candidate <= until)
            .collect()
    }
}
