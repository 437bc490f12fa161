//! Which form of a file a client takes (RFC 9110 §12.5.3).

/// A way to compress, the better one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Coding {
    /// RFC 7932.
    Brotli,
    /// RFC 1952.
    Gzip,
}

impl Coding {
    pub(super) const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// In `Content-Encoding`.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The ending of such a file.
    pub(super) const fn ending(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }
}

/// The best of those that are there and that `Accept-Encoding` names; none is always taken.
pub(super) fn choose(accepted: &str, there: impl Iterator<Item = Coding>) -> Option<Coding> {
    there.filter(|coding| accepts(accepted, coding.word())).min()
}

fn accepts(accepted: &str, wanted: &str) -> bool {
    accepted.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|word| word.eq_ignore_ascii_case(wanted));
        let refused = parts.any(|part| {
            let weight = part.strip_prefix("q=").or(part.strip_prefix("Q="));
            weight.is_some_and(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0))
        });
        named && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_that_is_taken_and_is_there() {
        let of = |accepted: &str| choose(accepted, Coding::ALL.into_iter());
        assert_eq!(of("gzip, deflate, br, zstd"), Some(Coding::Brotli));
        assert_eq!(of("br;q=0, GZIP;q=0.5"), Some(Coding::Gzip));
        assert_eq!(of("identity, gzip;q=0.000"), None);
        assert_eq!(of("brotli, xgzip"), None);
        assert_eq!(of(""), None);
        assert_eq!(choose("br, gzip", [Coding::Gzip].into_iter()), Some(Coding::Gzip));
    }
}
