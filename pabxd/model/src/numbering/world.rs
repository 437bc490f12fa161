//! International numbers.
//!
//! Source: ITU-T E.164, and the ITU's list of assigned country codes and of the national plans notified to it.

use super::reading::Reading;
use super::{Class, Country, MAX_E164, MIN_E164, NumberError, NumberingPlan, brazil, domestic, nanp};

/// Most digits of a national number, and the country codes it is so for. Used to tell a carrier code from a country
/// code, never to refuse.
#[rustfmt::skip]
const COUNTRY_CODES: &[(usize, &str)] = &[
    (5, "290 500 682 690"),
    (6, "247 298 299 672 681 687 689"),
    (7, "220 238 239 246 248 269 291 297 501 592 597 673 674 676 677 678 679 680 683 688 691 692 960"),
    (8, "45 47 65 216 222 223 226 227 228 230 232 235 241 253 257 266 267 268 350 356 370 371 373 374 382 386 387 389 \
         502 503 504 505 506 507 598 599 670 675 686 852 853 961 965 968 973 974 975 976 993"),
    (9, "27 32 33 34 40 41 48 51 56 61 66 93 94 211 212 213 218 221 224 231 233 237 240 242 243 244 245 249 250 251 \
         252 254 255 256 258 260 263 264 265 351 353 354 355 359 375 376 377 380 381 383 385 420 421 423 508 \
         590 591 593 594 595 596 685 855 886 962 963 966 967 970 971 972 992 994 995 996 998"),
    (10, "1 7 20 30 31 36 44 52 57 58 60 63 81 82 84 90 91 92 95 98 225 229 234 236 261 262 358 372 378 509 850 \
          856 880 964 977"),
    (11, "39 49 53 54 55 86 352"),
    (12, "43 46 62 64 870 878 881 882 883"),
    (9, "979"),
    (8, "800 808"),
];

/// The series that belong to no country. Satellites (870, 881), international networks (882, 883) and services at a
/// price (979) cost as much as premium numbers do.
const WORLDWIDE: &[(&str, Class)] = &[
    ("800", Class::TollFree),
    ("808", Class::SharedCost),
    ("870", Class::Premium),
    ("881", Class::Premium),
    ("882", Class::Premium),
    ("883", Class::Premium),
    ("979", Class::Premium),
];

/// Reads what follows the `+` or the international prefix.
pub(super) fn read<'a>(plan: &NumberingPlan, number: &'a str) -> Result<Reading<'a>, NumberError> {
    let home = plan.country.facts();
    let national = number.strip_prefix(home.calling_code);
    // Some phones put the country code before everything, and an emergency call is not the place to insist.
    if let Some(short) = national.filter(|national| home.emergency.contains(national)) {
        return Ok(Reading::short(short, Class::Emergency));
    }
    match (number.len(), national) {
        (..MIN_E164, _) => Err(NumberError::TooShort),
        (..=MAX_E164, Some(national)) => Ok(at_home(plan, national)),
        (..=MAX_E164, None) => Ok(abroad(number)),
        _ => Err(NumberError::TooLong),
    }
}

/// The country code at the start, and the most digits that follow it.
pub(super) fn calling_code(number: &str) -> Option<(&str, usize)> {
    // No code is the beginning of another.
    COUNTRY_CODES.iter().find_map(|(digits, codes)| {
        let code = codes.split_ascii_whitespace().find(|code| number.starts_with(code))?;
        Some((number.get(..code.len())?, *digits))
    })
}

/// Whether it could be an international number: its country code is assigned and its length is one of its plan.
pub(super) fn is_plausible(number: &str) -> bool {
    match calling_code(number) {
        Some(("1", _)) => number.strip_prefix('1').is_some_and(nanp::is_number),
        Some((code, digits)) => number.len() >= MIN_E164 && number.len() <= code.len() + digits,
        None => false,
    }
}

fn at_home<'a>(plan: &NumberingPlan, national: &'a str) -> Reading<'a> {
    let reading = match plan.country {
        Country::Br => brazil::national(plan, national),
        _ => domestic::national(plan, national),
    };
    let unknown = Reading::e164(plan.country.calling_code(), [national, "", ""], Class::Unknown);
    reading.unwrap_or(unknown)
}

fn abroad(number: &str) -> Reading<'_> {
    let Some((code, _)) = calling_code(number) else {
        return Reading::e164("", [number, "", ""], Class::Unknown);
    };
    let national = number.strip_prefix(code).unwrap_or_default();
    let parts =
        if code == Country::Br.calling_code() { brazil::from_abroad(national) } else { [national, "", ""] };
    Reading::e164(code, parts, class(code, national))
}

/// Free and shared numbers of another country are called at the price of any other number there, if at all; what
/// is premium there is premium from anywhere.
fn class(code: &str, national: &str) -> Class {
    if let Some((_, class)) = WORLDWIDE.iter().find(|(series, _)| *series == code) {
        return *class;
    }
    let country = Country::ALL.iter().find(|country| country.calling_code() == code);
    let range = country
        .and_then(|country| country.facts().ranges.iter().find(|(prefix, _)| national.starts_with(prefix)));
    match range {
        Some((_, Class::Premium)) => Class::Premium,
        _ if code == "1" && nanp::is_premium(national) => Class::Premium,
        _ => Class::International,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes() -> Vec<&'static str> {
        COUNTRY_CODES.iter().flat_map(|(_, codes)| codes.split_ascii_whitespace()).collect()
    }

    #[test]
    fn no_country_code_is_the_beginning_of_another() {
        let codes = codes();
        for (at, code) in codes.iter().enumerate() {
            assert!(!codes.iter().enumerate().any(|(other, c)| other != at && c.starts_with(code)), "{code}");
        }
    }

    #[test]
    fn a_country_code_is_one_to_three_digits() {
        assert!(codes().iter().all(|code| (1..=3).contains(&code.len()) && !code.starts_with('0')));
    }
}
