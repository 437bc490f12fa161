//! A few digits, held in place.

/// Up to `N` ASCII characters, without an allocation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Digits<const N: usize> {
    // Zeros after the end, so that the derived order is that of the text.
    octets: [u8; N],
    len: u8,
}

impl<const N: usize> Digits<N> {
    /// The parts one after the other; nothing where they do not fit.
    pub(super) fn joined(parts: &[&str]) -> Option<Self> {
        let mut joined = Self { octets: [0; N], len: 0 };
        let mut places = joined.octets.iter_mut();
        for octet in parts.iter().flat_map(|part| part.bytes()) {
            *places.next()? = octet;
            joined.len = joined.len.checked_add(1)?;
        }
        Some(joined)
    }

    /// The characters.
    pub(super) fn as_str(&self) -> &str {
        let octets = self.octets.get(..usize::from(self.len)).unwrap_or_default();
        std::str::from_utf8(octets).unwrap_or_default()
    }
}

impl<const N: usize> std::fmt::Debug for Digits<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_joined_while_they_fit() {
        assert_eq!(Digits::<4>::joined(&["1", "", "23"]).unwrap().as_str(), "123");
        assert_eq!(Digits::<4>::joined(&["12", "345"]), None);
    }

    #[test]
    fn the_order_is_that_of_the_text() {
        let of = |text| Digits::<4>::joined(&[text]).unwrap();
        assert!(of("1") < of("10") && of("10") < of("2"));
    }
}
