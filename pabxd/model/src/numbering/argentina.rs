//! What only Argentina has: the mobile 15 of domestic and 9 of international dialling.
//!
//! Source: Plan Fundamental de Numeración Nacional (Resolución SC 46/1997 and its changes, ENACOM); ITU-T E.164
//! national numbering plan of country code 54.

use super::reading::Reading;
use super::{Class, NumberingPlan};

/// Area code and subscriber number together.
const NATIONAL_LEN: usize = 10;

/// Area codes of three digits. 11 has two, all others have four.
#[rustfmt::skip]
const AREAS_OF_THREE: &[&str] = &[
    "220", "221", "223", "230", "236", "237", "249", "260", "261", "263", "264", "266", "280", "291", "294", "297",
    "298", "299", "336", "341", "342", "343", "345", "348", "351", "353", "358", "362", "364", "370", "376", "379",
    "380", "381", "383", "385", "387", "388",
];

/// A mobile number as dialled in the country: `0 11 15 61234567`, or `15 61234567` in the own area.
pub(super) fn mobile<'a>(plan: &'a NumberingPlan, dialled: &'a str) -> Option<Reading<'a>> {
    let (area, number) = match dialled.strip_prefix('0') {
        Some(national) => {
            let (area, rest) = split_area(national)?;
            (area, rest.strip_prefix("15")?)
        }
        None => (plan.area()?, dialled.strip_prefix("15")?),
    };
    let whole = area.len() + number.len() == NATIONAL_LEN;
    whole.then(|| Reading::e164("54", ["9", area, number], Class::Mobile))
}

/// A national number as dialled in the country, `9 11 61234567` as `0 11 15 61234567`.
pub(super) fn national(number: &str) -> String {
    match number.strip_prefix('9').and_then(split_area) {
        Some((area, number)) => ["0", area, "15", number].concat(),
        None => ["0", number].concat(),
    }
}

/// A mobile number of the own area, `9 11 61234567` as `15 61234567`.
pub(super) fn subscriber(number: &str, plan: &NumberingPlan) -> Option<String> {
    let number = number.strip_prefix('9')?.strip_prefix(plan.area()?)?;
    Some(["15", number].concat())
}

fn split_area(number: &str) -> Option<(&str, &str)> {
    let three = number.get(..3).is_some_and(|area| AREAS_OF_THREE.contains(&area));
    let len = match three {
        _ if number.starts_with("11") => 2,
        true => 3,
        false => 4,
    };
    number.split_at_checked(len)
}
