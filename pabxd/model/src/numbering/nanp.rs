//! What only the North American Numbering Plan has: many countries behind one country code.
//!
//! Source: NANPA, area codes by country.

use super::Country;

/// Canada.
#[rustfmt::skip]
const CANADA: &[&str] = &[
    "204", "226", "236", "249", "250", "257", "263", "289", "306", "343", "354", "365", "367", "368", "382", "403",
    "416", "418", "428", "431", "437", "438", "450", "460", "468", "474", "506", "514", "519", "537", "548", "568",
    "579", "581", "584", "587", "604", "613", "639", "647", "672", "683", "705", "709", "742", "753", "778", "780",
    "782", "807", "819", "825", "867", "873", "879", "902", "905", "942",
];

/// The Caribbean and Bermuda, without the territories of the United States (which are 340, 670, 671, 684, 787, 939).
#[rustfmt::skip]
const CARIBBEAN: &[&str] = &[
    "242", "246", "264", "268", "284", "345", "441", "473", "649", "658", "664", "721", "758", "767", "784", "809",
    "829", "849", "868", "869", "876",
];

/// Whether ten digits have the form of a number: neither area nor exchange starts with 0 or 1.
pub(super) fn is_number(national: &str) -> bool {
    let mut digits = national.bytes();
    national.len() == 10
        && digits.next().is_some_and(|area| area >= b'2')
        && digits.nth(2).is_some_and(|exchange| exchange >= b'2')
}

/// Whether a number is of another country of the plan.
pub(super) fn is_abroad(home: Country, national: &str) -> bool {
    let among = |areas: &[&str]| national.get(..3).is_some_and(|area| areas.contains(&area));
    among(CARIBBEAN) || among(CANADA) != (home == Country::Ca)
}

/// Whether a number is of a Caribbean country.
pub(super) fn is_caribbean(national: &str) -> bool {
    national.get(..3).is_some_and(|area| CARIBBEAN.contains(&area))
}

/// Whether it is on an exchange of information at a price (976 in any area).
pub(super) fn is_premium(national: &str) -> bool {
    national.get(3..6) == Some("976")
}
