//! What calls cost by a trunk: a price a minute for each prefix of international numbers.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use crate::TextError;
use crate::numbering::MAX_E164;
use crate::text::{check_characters, check_length, text_type};

/// A price a minute, in millionths of the account's currency unit: from nothing to 1,000.
///
/// As text it is a decimal number without an exponent, `0.35` or `0.0525`, with 6 decimals at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Price(u32);

impl Price {
    /// The highest: 1,000 a minute.
    pub const MAX: Self = Self(1_000 * Self::UNIT);
    /// Most decimals of its text.
    pub const MAX_DECIMALS: usize = 6;
    /// Millionths of a unit.
    const UNIT: u32 = 1_000_000;

    /// From millionths; `None` above [`Price::MAX`].
    pub const fn from_millionths(millionths: u32) -> Option<Self> {
        if millionths <= Self::MAX.0 { Some(Self(millionths)) } else { None }
    }

    /// In millionths.
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// Digits, and a point with up to six decimals behind them where there are some.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const WHAT: &str = "price";
        check_length(WHAT, text, 1, 16)?;
        check_characters(WHAT, text, |c| c.is_ascii_digit() || c == '.')?;
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
        if !are_digits(whole) || !are_digits(decimals) {
            return Err(TextError::Form { what: WHAT, why: "not a decimal number such as 0.35" });
        }
        if decimals.len() > Self::MAX_DECIMALS {
            return Err(TextError::Form { what: WHAT, why: "more than 6 decimals" });
        }
        let millionths = format!("{whole}{decimals:0<6}").parse().ok().and_then(Self::from_millionths);
        millionths.ok_or(TextError::Form { what: WHAT, why: "more than 1000 a minute" })
    }
}

impl Display for Price {
    /// Without zeros that say nothing: `0.35`, `12`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (whole, decimals) = (self.0 / Self::UNIT, self.0 % Self::UNIT);
        if decimals == 0 {
            return f.pad(&whole.to_string());
        }
        f.pad(format!("{whole}.{decimals:06}").trim_end_matches('0'))
    }
}

impl FromStr for Price {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        Self::parse(text)
    }
}

/// What international numbers begin with: 1 to 15 digits, without plus.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RatePrefix(Box<str>);

impl RatePrefix {
    /// Takes a plus before the digits off.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const WHAT: &str = "prefix";
        let digits = text.strip_prefix('+').unwrap_or(text);
        check_length(WHAT, digits, 1, MAX_E164)?;
        check_characters(WHAT, digits, |c| c.is_ascii_digit())?;
        Ok(Self(digits.into()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text_type!(RatePrefix);

impl From<RatePrefix> for Box<str> {
    fn from(prefix: RatePrefix) -> Self {
        prefix.0
    }
}

/// What calls to a prefix cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// What the numbers begin with.
    pub prefix: RatePrefix,
    /// A minute.
    pub price: Price,
}

/// The prices of one trunk, found by the longest prefix. It takes 12 octets for a prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateTable {
    /// The prefixes of one length each, the longest first; lengths that no prefix has are left out.
    lengths: Vec<OfLength>,
}

/// The prefixes of one length. A prefix is kept as the number that its digits write, which says it all, for the length is known.
#[derive(Clone, Debug, PartialEq, Eq)]
struct OfLength {
    length: usize,
    /// Ascending. Apart from the prices, so that they lie close together where they are searched.
    prefixes: Box<[u64]>,
    /// In the places of their prefixes.
    prices: Box<[Price]>,
}

impl OfLength {
    fn new(length: usize, mut rates: Vec<(u64, Price)>) -> Self {
        // Stable, and of equals the last stays: who is named again gets the newer price.
        rates.sort_by_key(|(prefix, _)| *prefix);
        rates.reverse();
        rates.dedup_by_key(|(prefix, _)| *prefix);
        rates.reverse();
        let (prefixes, prices): (Vec<u64>, Vec<Price>) = rates.into_iter().unzip();
        Self { length, prefixes: prefixes.into(), prices: prices.into() }
    }

    fn price(&self, prefix: u64) -> Option<Price> {
        let place = self.prefixes.binary_search(&prefix).ok()?;
        self.prices.get(place).copied()
    }
}

impl RateTable {
    /// Of prefixes of 1 to 15 digits in any order. What is none is left out, for no number begins with it; of a prefix that is
    /// there twice the last counts.
    pub fn new(rates: Vec<(Box<str>, Price)>) -> Self {
        let mut by_length: [Vec<(u64, Price)>; MAX_E164] = Default::default();
        for (prefix, price) in rates {
            let place = by_length.get_mut(prefix.len().wrapping_sub(1));
            if let Some((place, number)) = place.zip(number(prefix.as_bytes())) {
                place.push((number, price));
            }
        }
        let lengths = by_length.into_iter().enumerate().rev().filter(|(_, rates)| !rates.is_empty());
        Self { lengths: lengths.map(|(place, rates)| OfLength::new(place + 1, rates)).collect() }
    }

    /// The longest prefix that an international number (digits without plus) begins with: its length and its price. `None` where
    /// there is none, and for what is no number.
    pub fn rate(&self, e164_digits: &str) -> Option<(usize, Price)> {
        let digits = e164_digits.as_bytes();
        let read = digits.len().min(MAX_E164);
        let (mut rest, mut left) = (number(digits.get(..read)?)?, read);
        for of_length in &self.lengths {
            while left > of_length.length {
                (rest, left) = (rest / 10, left - 1);
            }
            if left == of_length.length
                && let Some(price) = of_length.price(rest)
            {
                return Some((of_length.length, price));
            }
        }
        None
    }

    /// How many prefixes it has.
    pub fn len(&self) -> usize {
        self.lengths.iter().map(|of_length| of_length.prefixes.len()).sum()
    }

    /// Whether it has none.
    pub const fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }
}

/// The number that up to 15 digits write; `None` for anything else.
fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        Some(number * 10 + u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn table(rates: &[(&str, &str)]) -> RateTable {
        let rates = rates.iter().map(|(prefix, price)| ((*prefix).into(), Price::parse(price).unwrap()));
        RateTable::new(rates.collect())
    }

    /// The price of a prefix that a number has, as text.
    fn found(table: &RateTable, number: &str) -> Option<(usize, String)> {
        table.rate(number).map(|(length, price)| (length, price.to_string()))
    }

    #[test]
    fn a_price_is_read_and_written_exactly() {
        for (text, millionths, written) in [
            ("0", 0, "0"),
            ("0.35", 350_000, "0.35"),
            ("0.0525", 52_500, "0.0525"),
            ("0.000001", 1, "0.000001"),
            ("12.50", 12_500_000, "12.5"),
            ("007", 7_000_000, "7"),
            ("1000.00", 1_000_000_000, "1000"),
        ] {
            let price = Price::parse(text).unwrap();
            assert_eq!((price.millionths(), price.to_string().as_str()), (millionths, written), "{text}");
        }
        for bad in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1,5",
            "1.2.3",
            "0.0000001",
            "1000.000001",
            "1e3",
            "9999999999999",
            "٣",
        ] {
            assert!(Price::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Price::from_millionths(1_000_000_001), None);
    }

    #[test]
    fn a_prefix_loses_its_plus_and_has_nothing_but_digits() {
        assert_eq!(RatePrefix::parse("+5511").unwrap().as_str(), "5511");
        assert_eq!(RatePrefix::parse("123456789012345").unwrap().as_str().len(), 15);
        for bad in ["", "+", "++55", "55 11", "55X", "1234567890123456", "٥٥"] {
            assert!(RatePrefix::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_longest_prefix_is_taken() {
        let table = table(&[("55", "0.3"), ("5511", "0.2"), ("55119", "0.5"), ("1", "1"), ("0", "9")]);
        assert_eq!(table.len(), 5);
        assert_eq!(found(&table, "5511987654321"), Some((5, "0.5".into())));
        assert_eq!(found(&table, "551133334444"), Some((4, "0.2".into())));
        assert_eq!(found(&table, "5521"), Some((2, "0.3".into())));
        assert_eq!(found(&table, "55"), Some((2, "0.3".into())));
        assert_eq!(found(&table, "0055"), Some((1, "9".into())));
        for without in ["5", "351211234567", "", "+5511", "55a"] {
            assert_eq!(found(&table, without), None, "{without}");
        }
    }

    #[test]
    fn leading_zeros_count_and_of_twice_the_same_the_last_stays() {
        let table = table(&[("01", "1"), ("1", "2"), ("001", "3"), ("1", "4")]);
        assert_eq!(table.len(), 3);
        assert_eq!(found(&table, "0123"), Some((2, "1".into())));
        assert_eq!(found(&table, "123"), Some((1, "4".into())));
        assert_eq!(found(&table, "00123"), Some((3, "3".into())));
        assert_eq!(found(&table, "0001"), None);
    }

    #[test]
    fn what_is_no_prefix_is_left_out() {
        let table = table(&[("", "1"), ("+55", "1"), ("1234567890123456", "1"), ("x", "1")]);
        assert!(table.is_empty() && table.rate("5511").is_none() && RateTable::default().is_empty());
    }

    #[test]
    fn numbers_longer_than_any_prefix_are_found_by_their_beginning() {
        let table = table(&[("123456789012345", "1")]);
        assert_eq!(found(&table, "12345678901234599999999"), Some((15, "1".into())));
        assert_eq!(found(&table, "12345678901234"), None);
    }

    /// `cargo test --release -p pabx-model --lib -- --ignored --nocapture cost_of_a_rate`.
    #[test]
    #[ignore = "a measurement"]
    #[expect(clippy::disallowed_methods, reason = "a measurement")]
    fn cost_of_a_rate_among_a_hundred_thousand() {
        let spread = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 14;
        let rates = (0..100_000_u64).map(|n| {
            let length = 3 + usize::try_from(n % 10).unwrap();
            (format!("{:015}", spread(n))[..length].into(), Price(1))
        });
        let began = std::time::Instant::now();
        let table = RateTable::new(rates.collect());
        println!(
            "{} prefixes in {} lengths made in {:?}, {} octets",
            table.len(),
            table.lengths.len(),
            began.elapsed(),
            table.len() * 12
        );
        let numbers: Vec<String> = (0..10_000).map(|n| format!("{:015}", spread(n * 7919))).collect();
        let began = std::time::Instant::now();
        for number in &numbers {
            std::hint::black_box(table.rate(std::hint::black_box(number)));
        }
        println!("{:?} a lookup", began.elapsed() / 10_000);
    }

    proptest! {
        #[test]
        fn a_price_that_was_written_reads_back(millionths in 0..=1_000_000_000_u32) {
            let price = Price::from_millionths(millionths).unwrap();
            prop_assert_eq!(Price::parse(&price.to_string()), Ok(price));
        }

        #[test]
        fn whatever_text_comes_is_refused_or_holds_the_rules(text in any::<String>()) {
            if let Ok(price) = Price::parse(&text) {
                prop_assert!(price <= Price::MAX);
            }
            if let Ok(prefix) = RatePrefix::parse(&text) {
                prop_assert!((1..=15).contains(&prefix.as_str().len()));
            }
        }

        /// The same as looking every beginning up, the longest first.
        #[test]
        fn the_table_finds_what_a_naive_search_finds(
            rates in prop::collection::vec(("[0-2]{1,16}", 0..1000_u32), 0..60),
            numbers in prop::collection::vec("[0-2]{0,18}", 1..20),
        ) {
            let naive: HashMap<&str, Price> =
                rates.iter().filter(|(prefix, _)| prefix.len() <= 15).map(|(prefix, price)| (prefix.as_str(), Price(*price))).collect();
            let table = RateTable::new(rates.iter().map(|(prefix, price)| (prefix.as_str().into(), Price(*price))).collect());
            prop_assert_eq!(table.len(), naive.len());
            for number in &numbers {
                let expected = (1..=number.len()).rev().find_map(|length| Some((length, *naive.get(&number[..length])?)));
                prop_assert_eq!(table.rate(number), expected, "{}", number);
            }
        }
    }
}
