//! Brazil's plan.
//!
//! Source: Regulamento de Numeração dos Serviços de Telecomunicações (Anatel, Resolução 749/2022) and the acts under
//! it; Resolução 553/2010 and its acts for the ninth digit; Anatel's list of public utility and emergency codes.
//!
//! | dialled | what it is |
//! |---|---|
//! | `1XX`, `10XX`, `10XXX` | public utilities, support of a carrier |
//! | 8 digits, 2–5 first | fixed, own area |
//! | 8 digits, 6–9 first | mobile from before the ninth digit: a 9 is put in front |
//! | 9 digits, 9 first | mobile, own area |
//! | `0` area number, `0` carrier area number | long distance |
//! | `0800`, `0300`, `0303`, `0304`, `0500`, `0900` and 7 digits, or 6 | non-geographic |
//! | `3003`, `3004`, `400X` and 4 digits | one number for the whole country, at the price of a local call |
//! | `9090` number, `90` carrier area number | collect |
//! | `00` number, `00` carrier number | international |
//!
//! Beyond the plan, as phones and providers write them: area and number without the `0`, and `55` without the `+`.

use super::reading::Reading;
use super::{CarrierCode, Class, NumberError, NumberingPlan, world};

const CALLING_CODE: &str = "55";

/// The 67 area codes (códigos nacionais), a row for each first digit.
#[rustfmt::skip]
const AREAS: &[&str] = &[
    "11", "12", "13", "14", "15", "16", "17", "18", "19",
    "21", "22", "24", "27", "28",
    "31", "32", "33", "34", "35", "37", "38",
    "41", "42", "43", "44", "45", "46", "47", "48", "49",
    "51", "53", "54", "55",
    "61", "62", "63", "64", "65", "66", "67", "68", "69",
    "71", "73", "74", "75", "77", "79",
    "81", "82", "83", "84", "85", "86", "87", "88", "89",
    "91", "92", "93", "94", "95", "96", "97", "98", "99",
];

/// Series of non-geographic codes. A gift (0500) is on the caller's bill as much as a service (0900) is.
const NON_GEOGRAPHIC: &[(&str, Class)] = &[
    ("800", Class::TollFree),
    ("300", Class::SharedCost),
    ("303", Class::SharedCost),
    ("304", Class::SharedCost),
    ("500", Class::Premium),
    ("900", Class::Premium),
];

/// Beginnings of the numbers that are one for the whole country.
const ONE_FOR_ALL: &[&str] = &["3003", "3004", "400"];

/// Whether it is an area code.
pub(super) fn is_area(code: &str) -> bool {
    AREAS.contains(&code)
}

/// Reads digits without a `+` that are no emergency number.
pub(super) fn read<'a>(plan: &'a NumberingPlan, dialled: &'a str) -> Result<Reading<'a>, NumberError> {
    if let Some(number) = dialled.strip_prefix("00") {
        return world::read(plan, after_carrier(number));
    }
    let reading = match dialled.strip_prefix('0') {
        Some(number) => long_distance(plan, number),
        None => without_trunk(plan, dialled),
    };
    Ok(reading.unwrap_or(Reading::short(dialled, Class::Unknown)))
}

/// A national number: what follows the trunk prefix, or the country code.
pub(super) fn national<'a>(plan: &NumberingPlan, number: &'a str) -> Option<Reading<'a>> {
    if let Some(reading) = non_geographic(number) {
        return Some(reading);
    }
    let (area, ninth, subscriber, class) = geographic(number)?;
    let class = if class == Class::Local && plan.area() != Some(area) { Class::LongDistance } else { class };
    Some(Reading::e164(CALLING_CODE, [area, ninth, subscriber], class))
}

/// A national number as dialled from abroad, with its ninth digit.
pub(super) fn from_abroad(number: &str) -> [&str; 3] {
    match geographic(number) {
        Some((area, ninth, subscriber, _)) => [area, ninth, subscriber],
        None => [number, "", ""],
    }
}

fn without_trunk<'a>(plan: &'a NumberingPlan, dialled: &'a str) -> Option<Reading<'a>> {
    match dialled.len() {
        3 if dialled.starts_with('1') => Some(Reading::short(dialled, Class::Service)),
        4 | 5 if dialled.starts_with("10") => Some(Reading::short(dialled, Class::Service)),
        8 | 9 => local(plan, dialled),
        10 | 11 => national(plan, dialled),
        12..=15 => match dialled.strip_prefix("90") {
            Some(number) => collect(plan, number),
            None => national(plan, dialled.strip_prefix(CALLING_CODE)?),
        },
        _ => None,
    }
}

/// A number of the own area; without E.164 form where that is not known.
fn local<'a>(plan: &'a NumberingPlan, number: &'a str) -> Option<Reading<'a>> {
    let (ninth, class) = subscriber(number)?;
    match plan.area() {
        _ if class == Class::SharedCost => Some(Reading::short(number, class)),
        Some(area) => Some(Reading::e164(CALLING_CODE, [area, ninth, number], class)),
        None => Some(Reading { number: [ninth, number, ""], ..Reading::short(number, class) }),
    }
}

/// What follows the `0`: a national number, or a carrier and one of an area.
fn long_distance<'a>(plan: &NumberingPlan, number: &'a str) -> Option<Reading<'a>> {
    match number.len() {
        9..=11 => national(plan, number),
        12 | 13 => carried(plan, number),
        _ => None,
    }
}

/// A carrier, an area and a number.
fn carried<'a>(plan: &NumberingPlan, number: &'a str) -> Option<Reading<'a>> {
    let (carrier, number) = number.split_at_checked(CarrierCode::LEN)?;
    geographic(number).filter(|_| CarrierCode::parse(carrier).is_ok())?;
    national(plan, number)
}

/// What follows the `90`: `90` and a number of the own area, or a carrier, an area and a number.
fn collect<'a>(plan: &'a NumberingPlan, number: &'a str) -> Option<Reading<'a>> {
    let reading = match number.strip_prefix("90") {
        Some(number) if number.len() <= 9 => local(plan, number)?,
        _ => carried(plan, number)?,
    };
    Some(Reading { collect: true, ..reading })
}

/// Written without the trunk prefix only behind the country code, and always with it in the normal form.
fn non_geographic(number: &str) -> Option<Reading<'_>> {
    let (_, class) = NON_GEOGRAPHIC.iter().find(|(series, _)| number.starts_with(series))?;
    let reading = Reading { number: ["0", number, ""], ..Reading::short(number, *class) };
    matches!(number.len(), 9 | 10).then_some(reading)
}

/// Area, ninth digit where it is to be added, the number, and its class as if in the own area.
fn geographic(number: &str) -> Option<(&str, &'static str, &str, Class)> {
    let (area, number) = number.split_at_checked(2).filter(|(area, _)| is_area(area))?;
    let (ninth, class) = subscriber(number)?;
    Some((area, ninth, number, class))
}

/// The ninth digit where it is to be added, and the class.
fn subscriber(number: &str) -> Option<(&'static str, Class)> {
    match (number.len(), number.bytes().next()?) {
        (8, b'2'..=b'5') if ONE_FOR_ALL.iter().any(|start| number.starts_with(start)) => {
            Some(("", Class::SharedCost))
        }
        (8, b'2'..=b'5') => Some(("", Class::Local)),
        (8, b'6'..=b'9') => Some(("9", Class::Mobile)),
        (9, b'9') => Some(("", Class::Mobile)),
        _ => None,
    }
}

/// An international number without the carrier before it. `00` and a country code are read before `00` and a carrier:
/// a carrier is taken off only where the whole cannot be a number and the rest can.
fn after_carrier(number: &str) -> &str {
    match number.split_at_checked(CarrierCode::LEN) {
        Some((carrier, rest))
            if !world::is_plausible(number)
                && CarrierCode::parse(carrier).is_ok()
                && world::is_plausible(rest) =>
        {
            rest
        }
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_67_area_codes() {
        assert_eq!(AREAS.len(), 67);
        assert!(AREAS.is_sorted());
    }
}
