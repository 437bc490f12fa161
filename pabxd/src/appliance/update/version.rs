//! Versions: numbers with dots, and what comes before a release (Semantic Versioning §11, for any count of numbers).

use std::cmp::Ordering;

/// Octets of a version, at most.
const MAX_LEN: usize = 64;

/// A version that can be compared.
#[derive(Clone, Debug)]
pub struct Version {
    numbers: Vec<u64>,
    /// After a `-`; a version with it is older than the one without.
    before_release: Option<String>,
}

impl Version {
    /// Reads `1.2.3`, `1.2`, `1.2.3-rc.1`, `1.2.3+build`; a leading `v` is skipped. `None`: it is no version.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().strip_prefix('v').unwrap_or(text.trim());
        if text.is_empty() || text.len() > MAX_LEN {
            return None;
        }
        // §10: what is built from it does not count.
        let text = text.split_once('+').map_or(text, |(version, _)| version);
        let (numbers, before_release) = match text.split_once('-') {
            Some((numbers, before)) if !before.is_empty() => (numbers, Some(before.to_owned())),
            Some(_) => return None,
            None => (text, None),
        };
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let numbers: Option<Vec<u64>> =
            numbers.split('.').map(|part| digits(part).then(|| part.parse().ok())?).collect();
        Some(Self { numbers: numbers?, before_release })
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let longest = self.numbers.len().max(other.numbers.len());
        let number = |version: &Self, place: usize| version.numbers.get(place).copied().unwrap_or(0);
        let numbers = (0..longest).map(|place| number(self, place).cmp(&number(other, place)));
        numbers.fold(Ordering::Equal, Ordering::then).then_with(|| {
            match (&self.before_release, &other.before_release) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(one), Some(two)) => compare_identifiers(one, two),
            }
        })
    }
}

/// §11.4: numbers by value and before words, words by their octets, more identifiers after fewer.
fn compare_identifiers(one: &str, two: &str) -> Ordering {
    let (mut ones, mut twos) = (one.split('.'), two.split('.'));
    loop {
        let order = match (ones.next(), twos.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(one), Some(two)) => match (one.parse::<u64>(), two.parse::<u64>()) {
                (Ok(one), Ok(two)) => one.cmp(&two),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => one.cmp(two),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_stand_in_the_order_people_expect() {
        let rising =
            ["0.1", "0.1.1", "0.2.0-alpha", "0.2.0-alpha.1", "0.2.0-rc.2", "0.2.0-rc.10", "0.2.0", "0.10.0"];
        for pair in rising.windows(2) {
            let [one, two] = pair else { panic!() };
            assert!(Version::parse(one).unwrap() < Version::parse(two).unwrap(), "{one} {two}");
        }
        assert_eq!(Version::parse("1.0"), Version::parse("v1.0.0+20261125"));
    }

    #[test]
    fn what_is_no_version_is_none() {
        for text in ["", "one", "1..2", "1.x", "-1", "1.2-", "99999999999999999999", &"1".repeat(65)] {
            assert!(Version::parse(text).is_none(), "{text}");
        }
    }
}
