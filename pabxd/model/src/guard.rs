//! What calls to the outside an account may make besides what its routes and classes say: bounds that keep a stolen password cheap.

use serde::{Deserialize, Serialize};

use crate::{CallingClass, Class, TimeConditionId};

/// The bounds of an account. Emergencies, free numbers and services count nowhere and are stopped by nothing here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Guard {
    /// What all its extensions together may use up in a day.
    pub account_budget: Budget,
    /// What each extension may use up in a day.
    pub extension_budget: Budget,
    /// How many calls abroad one extension may begin in a while.
    pub burst: Burst,
    /// What may be called while nobody should be there.
    pub off_hours: Option<OffHours>,
}

/// What may be used up in one day of the account's zone. What is left out has no bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budget {
    /// Minutes of calls that were answered.
    pub minutes: Option<u32>,
    /// Millionths of the account's currency; calls by trunks without prices cost nothing.
    pub money: Option<u64>,
}

impl Budget {
    /// Whether anything is bounded.
    pub const fn is_bounded(&self) -> bool {
        self.minutes.is_some() || self.money.is_some()
    }
}

/// Calls abroad of one extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// As many may be begun, 0: there is no bound.
    pub calls: u16,
    /// In as many minutes, 1 to 60.
    pub minutes: u16,
}

impl Default for Burst {
    /// Who dials by hand does not come to it.
    fn default() -> Self {
        Self { calls: 20, minutes: 10 }
    }
}

/// While a time condition says closed, nobody calls farther than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OffHours {
    /// Whose hours.
    pub time_condition_id: TimeConditionId,
    /// The farthest class.
    pub calling_class: CallingClass,
}

/// Whether calls of a class count against budgets.
pub const fn is_counted(class: Class) -> bool {
    !matches!(class, Class::Emergency | Class::TollFree | Class::Service)
}

/// What a call of `ms` milliseconds costs at so many millionths a minute, in millionths; begun parts count whole.
pub fn cost(ms: u64, per_minute: u32) -> u64 {
    let whole = u128::from(ms) * u128::from(per_minute);
    u64::try_from(whole.div_ceil(60_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_costs_its_price_and_a_begun_millionth_counts_whole() {
        assert_eq!(cost(60_000, 350_000), 350_000);
        assert_eq!(cost(1, 350_000), 6);
        assert_eq!(cost(0, 350_000), 0);
    }

    #[test]
    fn what_is_left_out_bounds_nothing_but_bursts() {
        let read: Guard = serde_json::from_str("{}").unwrap();
        assert_eq!(read, Guard::default());
        assert!(!read.account_budget.is_bounded() && read.burst.calls == 20);
    }
}
