//! Bounds of calls that go out, as they are written in bodies.

use crate::api::core::problem::Fields;
use pabx_call::MAX_BURST;
use pabx_model::{Budget, Burst, CallingClass, Guard, OffHours};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most minutes and whole units of money of a budget.
const MAX_BUDGET: u32 = 1_000_000;
/// Longest time in which calls are counted, in minutes.
const LONGEST: u16 = 60;

/// What may be used up in one day; what is left out has no bound.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BudgetBody {
    /// Minutes of calls that were answered.
    minutes: Option<u32>,
    /// In the account's currency, with up to six decimals, such as `25.50`; by the trunks' prices.
    money: Option<String>,
}

/// Calls abroad of one extension, and of all of them to one number.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BurstBody {
    /// As many may be begun, up to 500; 0: there is no bound.
    calls: u16,
    /// In as many minutes, 1 to 60.
    minutes: u16,
}

/// While a time condition says closed, nobody calls farther than this.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OffHoursBody {
    /// Whose hours.
    time_condition_id: String,
    /// The farthest class.
    calling_class: String,
}

/// Bounds of calls that go out. Emergencies, free numbers and services are bounded by nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GuardBody {
    /// What all extensions together may use up in a day.
    account_budget: BudgetBody,
    /// What each extension may use up in a day.
    extension_budget: BudgetBody,
    /// 20 calls in 10 minutes when left out.
    burst: Option<BurstBody>,
    /// `null`: as far as by day.
    off_hours: Option<OffHoursBody>,
}

/// Reads it; what is wrong is noted.
pub(super) fn parse(fields: &mut Fields, body: &GuardBody) -> Guard {
    fields.part("guard.", |fields| Guard {
        account_budget: fields.part("account_budget.", |fields| budget(fields, &body.account_budget)),
        extension_budget: fields.part("extension_budget.", |fields| budget(fields, &body.extension_budget)),
        burst: body.burst.as_ref().map_or_else(Burst::default, |burst| Burst {
            calls: fields.within("burst.calls", burst.calls, 0, MAX_BURST),
            minutes: fields.within("burst.minutes", burst.minutes, 1, LONGEST),
        }),
        off_hours: body.off_hours.as_ref().and_then(|bound| {
            let id = fields.parse("off_hours.time_condition_id", bound.time_condition_id.parse());
            let class = fields.parse("off_hours.calling_class", CallingClass::parse(&bound.calling_class));
            let (time_condition_id, calling_class) = id.zip(class)?;
            Some(OffHours { time_condition_id, calling_class })
        }),
    })
}

fn budget(fields: &mut Fields, body: &BudgetBody) -> Budget {
    Budget {
        minutes: body.minutes.map(|minutes| fields.within("minutes", minutes, 0, MAX_BUDGET)),
        money: fields.parse_some("money", body.money.as_deref(), money),
    }
}

/// Millionths, of a decimal number.
fn money(text: &str) -> Result<u64, &'static str> {
    const BAD: &str = "is not an amount with up to six decimals, such as 25.50";
    let (whole, parts) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    if !digits(whole) || !digits(parts) || whole.len() > 7 || parts.len() > 6 {
        return Err(BAD);
    }
    let number = |text: &str| text.parse::<u64>().map_err(|_| BAD);
    let millionths = number(whole)? * 1_000_000 + number(&format!("{parts:0<6}"))?;
    if millionths > u64::from(MAX_BUDGET) * 1_000_000 {
        Err("is more than a million")
    } else {
        Ok(millionths)
    }
}

/// An amount as text.
pub(super) fn amount(millionths: u64) -> String {
    let (whole, parts) = (millionths / 1_000_000, millionths % 1_000_000);
    let parts = format!("{parts:06}");
    // Cents, and what is finer where there is something finer.
    let kept = parts.trim_end_matches('0').len().max(2);
    format!("{whole}.{}", parts.get(..kept).unwrap_or_default())
}

/// As it is shown.
pub(super) fn shown(guard: &Guard) -> GuardBody {
    let budget = |budget: &Budget| BudgetBody { minutes: budget.minutes, money: budget.money.map(amount) };
    GuardBody {
        account_budget: budget(&guard.account_budget),
        extension_budget: budget(&guard.extension_budget),
        burst: Some(BurstBody { calls: guard.burst.calls, minutes: guard.burst.minutes }),
        off_hours: guard.off_hours.as_ref().map(|bound| OffHoursBody {
            time_condition_id: bound.time_condition_id.to_string(),
            calling_class: bound.calling_class.to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written() {
        for (text, millionths, again) in [
            ("25.5", 25_500_000, "25.50"),
            ("0", 0, "0.00"),
            ("7", 7_000_000, "7.00"),
            ("0.000001", 1, "0.000001"),
            ("1000000.00", 1_000_000_000_000, "1000000.00"),
        ] {
            assert_eq!(money(text), Ok(millionths), "{text}");
            assert_eq!(amount(millionths), again);
        }
        for bad in ["", ".5", "1.", "-1", "1,5", "1.0000001", "1000000.01", "99999999"] {
            assert!(money(bad).is_err(), "{bad}");
        }
    }
}
