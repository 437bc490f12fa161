//! Domestic dialling of every country but Brazil: short codes, trunk prefix, numbers of the own area.

use super::digits::Digits;
use super::facts::Facts;
use super::reading::Reading;
use super::{Class, Country, MAX_DIALLED, NumberError, NumberingPlan, argentina, nanp, world};

/// Reads digits without a `+` that are no emergency number.
pub(super) fn read<'a>(plan: &'a NumberingPlan, dialled: &'a str) -> Result<Reading<'a>, NumberError> {
    let facts = plan.country.facts();
    if let Some((.., class)) =
        facts.short.iter().find(|(prefix, len, _)| dialled.len() == *len && dialled.starts_with(prefix))
    {
        return Ok(Reading::short(dialled, *class));
    }
    if let Some(number) = dialled.strip_prefix(facts.international) {
        return world::read(plan, number);
    }
    let mobile = if plan.country == Country::Ar { argentina::mobile(plan, dialled) } else { None };
    let trunk = dialled.strip_prefix(facts.trunk).filter(|_| !facts.trunk.is_empty());
    let reading = mobile.or_else(|| match trunk {
        Some(number) => national(plan, number),
        None => without_trunk(plan, dialled),
    });
    Ok(reading.unwrap_or(Reading::short(dialled, Class::Unknown)))
}

/// A national number: what follows the trunk prefix, or the country code.
pub(super) fn national<'a>(plan: &NumberingPlan, number: &'a str) -> Option<Reading<'a>> {
    let facts = plan.country.facts();
    fits(facts, number).then(|| Reading::e164(facts.calling_code, [number, "", ""], class(plan, number)))
}

/// A national number where no trunk prefix is needed, or a number of the own area.
fn without_trunk<'a>(plan: &'a NumberingPlan, dialled: &'a str) -> Option<Reading<'a>> {
    let facts = plan.country.facts();
    let local = || {
        let area = plan.area()?;
        let whole =
            Digits::<MAX_DIALLED>::joined(&[area, dialled]).filter(|whole| fits(facts, whole.as_str()))?;
        Some(Reading::e164(facts.calling_code, [area, dialled, ""], class(plan, whole.as_str())))
    };
    // Germany's numbers have any length: what comes without the trunk prefix is of the own area.
    if plan.country == Country::De { local() } else { national(plan, dialled).or_else(local) }
}

/// Whether it has the length and the beginning of a national number.
fn fits(facts: &Facts, number: &str) -> bool {
    let form = match facts.calling_code {
        "1" => nanp::is_number(number),
        _ => !number.starts_with('0'),
    };
    form && facts.lengths.contains(&number.len())
}

fn class(plan: &NumberingPlan, number: &str) -> Class {
    let facts = plan.country.facts();
    let in_range = facts.ranges.iter().find(|(prefix, _)| number.starts_with(prefix));
    match in_range {
        Some((_, class)) => *class,
        None if facts.calling_code == "1" && nanp::is_premium(number) => Class::Premium,
        None if facts.calling_code == "1" && nanp::is_abroad(plan.country, number) => Class::International,
        None if plan.area().is_some_and(|area| number.starts_with(area)) => Class::Local,
        None => Class::LongDistance,
    }
}
