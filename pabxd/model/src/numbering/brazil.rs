//! Brazil's plan. Source: Anatel, Resolução 749/2022 (Regulamento de Numeração) and the list of national codes (CN).
//!
//! | dialled                                  | is                                                   |
//! |------------------------------------------|------------------------------------------------------|
//! | 1 and 2 to 4 more digits                 | a short number of a service                          |
//! | 0800, 0300, 0303, 0500, 0900 and 6 or 7  | not geographic                                       |
//! | 300x or 400x and 4                       | one number for the whole country, at a local rate    |
//! | subscriber                               | in the own area                                      |
//! | area, subscriber; 0 before it            | anywhere                                             |
//! | 0, carrier, area, subscriber             | anywhere                                             |
//! | 90 90, subscriber; 90, carrier, area, subscriber | the same, the called party pays              |
//! | 00, carrier where the account names one, country code, … | another country                      |
//!
//! A subscriber has eight digits and a first one of 2 to 5, or is mobile: nine digits with a 9 before them. Eight digits that
//! begin with 6 to 9 are a mobile number from before 2016, and get the 9.

use super::{Called, Class, NumberError, NumberingPlan};

const CODE: &str = "55";
/// Digits of a carrier's code (CSP).
const CARRIER: usize = 2;

/// The areas (CN): those that exist by tens.
fn is_area(area: &str) -> bool {
    let &[tens, ones] = area.as_bytes() else { return false };
    match tens {
        b'1' | b'4' | b'6' | b'8' | b'9' => matches!(ones, b'1'..=b'9'),
        b'2' => matches!(ones, b'1' | b'2' | b'4' | b'7' | b'8'),
        b'3' => matches!(ones, b'1'..=b'5' | b'7' | b'8'),
        b'5' => matches!(ones, b'1' | b'3'..=b'5'),
        b'7' => matches!(ones, b'1' | b'3'..=b'5' | b'7' | b'9'),
        _ => false,
    }
}

/// What is dialled, without plus, and no emergency.
pub(super) fn read(plan: &NumberingPlan, digits: &str) -> Result<Called, NumberError> {
    if let Some(kind) = unique(digits) {
        return Ok(kind);
    }
    if let Some(rest) = digits.strip_prefix("00") {
        return abroad(plan, rest);
    }
    if let Some(rest) = digits.strip_prefix('0') {
        return long_distance(plan, rest);
    }
    // Collect calls. An area 90 does not exist, and no subscriber has ten digits or more.
    if let Some(rest) = digits.strip_prefix("9090").filter(|_| digits.len() >= 12) {
        return local(plan, rest);
    }
    if let Some(rest) = digits.strip_prefix("90").filter(|_| digits.len() >= 14) {
        return long_distance(plan, rest);
    }
    match digits.len() {
        8 | 9 => local(plan, digits),
        10 | 11 => national(plan, digits),
        // As providers write it: with the country code, and no plus.
        12 | 13 => national(plan, digits.strip_prefix(CODE).ok_or(NumberError::NoSuchNumber)?),
        _ => Err(NumberError::NoSuchNumber),
    }
}

/// Numbers that are the same in the whole country.
fn unique(digits: &str) -> Option<Called> {
    let class = match (digits.get(..4), digits.len()) {
        (_, 3..=5) if digits.starts_with('1') => Class::Service,
        (Some("0800"), 10 | 11) => Class::TollFree,
        (Some("0300" | "0303" | "0500"), 10 | 11) => Class::SharedCost,
        (Some("0900"), 10 | 11) => Class::Premium,
        (Some(head), 8) if head.starts_with("300") || head.starts_with("400") => Class::SharedCost,
        _ => return None,
    };
    Some(Called::short(digits, class))
}

fn abroad(plan: &NumberingPlan, rest: &str) -> Result<Called, NumberError> {
    let behind_carrier = plan.carrier.as_ref().and_then(|_| rest.get(CARRIER..));
    match behind_carrier.map(|number| plan.international(number)) {
        Some(Ok(called)) => Ok(called),
        _ => plan.international(rest),
    }
}

/// Behind the trunk prefix: with a carrier or without.
fn long_distance(plan: &NumberingPlan, rest: &str) -> Result<Called, NumberError> {
    match rest.len() {
        10 | 11 => national(plan, rest),
        12 | 13 => national(plan, rest.get(CARRIER..).unwrap_or_default()),
        _ => Err(NumberError::NoSuchNumber),
    }
}

/// Area and subscriber.
pub(super) fn national(plan: &NumberingPlan, number: &str) -> Result<Called, NumberError> {
    let (area, subscriber) = number.split_at_checked(2).ok_or(NumberError::NoSuchNumber)?;
    if !is_area(area) {
        // With the country code before them, too.
        return unique(number).or_else(|| unique(&format!("0{number}"))).ok_or(NumberError::NoSuchNumber);
    }
    let (subscriber, mobile) = complete(subscriber)?;
    let class = match (mobile, plan.is_own_area(area)) {
        (true, _) => Class::Mobile,
        (false, true) => Class::Local,
        (false, false) => Class::LongDistance,
    };
    Called::national(CODE, &format!("{area}{subscriber}"), class)
}

fn local(plan: &NumberingPlan, subscriber: &str) -> Result<Called, NumberError> {
    let (subscriber, mobile) = complete(subscriber)?;
    let class = if mobile { Class::Mobile } else { Class::Local };
    match &plan.area_code {
        Some(area) => Called::national(CODE, &format!("{}{subscriber}", area.as_str()), class),
        None => Ok(Called::short(&subscriber, class)),
    }
}

/// A subscriber with all digits, and whether it is mobile.
fn complete(subscriber: &str) -> Result<(String, bool), NumberError> {
    match (subscriber.len(), subscriber.as_bytes().first()) {
        (8, Some(b'2'..=b'5')) => Ok((subscriber.to_owned(), false)),
        (8, Some(b'6'..=b'9')) => Ok((format!("9{subscriber}"), true)),
        (9, Some(b'9')) => Ok((subscriber.to_owned(), true)),
        _ => Err(NumberError::NoSuchNumber),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_67_areas() {
        let all = (0..100).filter(|n| is_area(&format!("{n:02}"))).count();
        assert_eq!(all, 67);
        assert!(!is_area("1") && !is_area("111") && !is_area(""));
    }
}
