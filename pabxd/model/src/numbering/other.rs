//! The plans of other countries, as far as they are alike: a trunk prefix or none, national numbers of so many digits, short
//! numbers. Mobile numbers are not told from others: the area does not say it everywhere.

use super::{Called, Class, Country, NumberError, NumberingPlan};

/// Longest short number.
const SHORT: usize = 6;

/// What is dialled, without plus, and no emergency.
pub(super) fn read(plan: &NumberingPlan, country: Country, digits: &str) -> Result<Called, NumberError> {
    if let Some(rest) = digits.strip_prefix(country.international_prefix()) {
        return plan.international(rest);
    }
    let (fewest, most) = country.national_digits();
    let fits = |number: &&str| (fewest..=most).contains(&number.len());
    let prefix = country.trunk_prefix();
    if !prefix.is_empty()
        && let Some(number) = digits.strip_prefix(prefix).filter(fits)
    {
        return national(plan, country, number);
    }
    if let Some(area) = &plan.area_code
        && digits.len() + area.as_str().len() >= fewest
        && digits.len() < fewest
    {
        return national(plan, country, &format!("{}{digits}", area.as_str()));
    }
    if fits(&digits) {
        return national(plan, country, digits);
    }
    // As providers write it: with the country code, and no plus.
    if let Some(number) = digits.strip_prefix(country.code()).filter(fits) {
        return national(plan, country, number);
    }
    if digits.len() <= SHORT {
        return Ok(Called::short(digits, Class::Service));
    }
    Err(NumberError::NoSuchNumber)
}

/// A national number without trunk prefix.
pub(super) fn national(plan: &NumberingPlan, country: Country, number: &str) -> Result<Called, NumberError> {
    let (fewest, most) = country.national_digits();
    if !(fewest..=most).contains(&number.len()) {
        return Err(NumberError::NoSuchNumber);
    }
    let own = plan.area_code.as_ref().is_some_and(|area| number.starts_with(area.as_str()));
    let class = match country {
        Country::UnitedStates => return north_america(plan, number, own),
        _ if own => Class::Local,
        _ => Class::LongDistance,
    };
    Called::national(country.code(), number, class)
}

/// Countries that share the code 1 are other countries all the same.
fn north_america(plan: &NumberingPlan, number: &str, own: bool) -> Result<Called, NumberError> {
    let whole = format!("1{number}");
    let area = number.get(..3).unwrap_or_default();
    let class = match area {
        "800" | "833" | "844" | "855" | "866" | "877" | "888" => Class::TollFree,
        "900" => Class::Premium,
        _ if super::world::country_code(&whole) != Some("1") => Class::International,
        _ if own || plan.area_code.is_none() => Class::Local,
        _ => Class::LongDistance,
    };
    let code = super::world::country_code(&whole).ok_or(NumberError::NoSuchNumber)?;
    Ok(Called { text: format!("+{whole}").into(), class, country_code: Some(code.into()) })
}
