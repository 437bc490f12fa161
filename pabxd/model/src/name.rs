//! Names: of accounts, domains, digest users, and what people call things.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::text::{check_characters, check_length, check_line, text_type};
use crate::{ExtensionNumber, TextError};

/// The short, box-wide unique name of an account: 1 to 32 of `a`–`z`, `0`–`9` and inner hyphens, first a letter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountSlug(Box<str>);

impl AccountSlug {
    /// Most characters.
    pub const MAX_LEN: usize = 32;

    /// Lower case only; upper case is refused, not folded.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const WHAT: &str = "account slug";
        check_length(WHAT, text, 1, Self::MAX_LEN)?;
        check_characters(WHAT, text, |c| matches!(c, 'a'..='z' | '0'..='9' | '-'))?;
        if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Err(TextError::Form { what: WHAT, why: "must start with a letter" });
        }
        if text.ends_with('-') || text.contains("--") {
            return Err(TextError::Form {
                what: WHAT,
                why: "hyphens stand singly between letters or digits",
            });
        }
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text_type!(AccountSlug);

/// The SIP domain of an account: a host name (RFC 1123, at most 253 characters), an IPv4 address, or an IPv6
/// address in brackets; kept in lower case, without a trailing dot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SipDomain(Box<str>);

impl SipDomain {
    /// Most characters (RFC 1035 §2.3.4).
    pub const MAX_LEN: usize = 253;

    /// Folds case; a trailing dot is dropped.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const WHAT: &str = "SIP domain";
        let text = text.strip_suffix('.').unwrap_or(text);
        check_length(WHAT, text, 1, Self::MAX_LEN)?;
        if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let address: Ipv6Addr =
                inner.parse().map_err(|_| TextError::Form { what: WHAT, why: "not an IPv6 address" })?;
            return Ok(Self(format!("[{address}]").into()));
        }
        check_characters(WHAT, text, |c| c.is_ascii_alphanumeric() || c == '-' || c == '.')?;
        if !text.split('.').all(is_label) {
            return Err(TextError::Form {
                what: WHAT,
                why: "labels have 1 to 63 characters, no outer hyphen",
            });
        }
        // RFC 3261 §25.1: the last label of a host name starts with a letter; all digits means an address.
        let last = text.rsplit('.').next().unwrap_or_default();
        if last.starts_with(|c: char| c.is_ascii_digit()) && text.parse::<Ipv4Addr>().is_err() {
            return Err(TextError::Form { what: WHAT, why: "neither a host name nor an IPv4 address" });
        }
        Ok(Self(text.to_ascii_lowercase().into()))
    }

    /// The text, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}

text_type!(SipDomain);

/// A user name of digest authentication: 1 to 64 letters, digits, `.`, `_` and `-`. Case matters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AuthUsername(Box<str>);

impl AuthUsername {
    /// Most characters.
    pub const MAX_LEN: usize = 64;

    /// Letters, digits, `.`, `_`, `-`.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const WHAT: &str = "auth username";
        check_length(WHAT, text, 1, Self::MAX_LEN)?;
        check_characters(WHAT, text, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))?;
        Ok(Self(text.into()))
    }

    /// The form that needs a domain, or a box with a single account: `NUMBER`.
    pub fn of_number(number: ExtensionNumber) -> Self {
        Self(number.as_str().into())
    }

    /// The form that is unique on the whole box: `NUMBER-SLUG`.
    pub fn of_number_and_slug(number: ExtensionNumber, slug: &AccountSlug) -> Self {
        Self(format!("{number}-{slug}").into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text_type!(AuthUsername);

/// What people call an account, an extension or a trunk: 1 to 64 characters without control characters, trimmed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DisplayName(Box<str>);

impl DisplayName {
    /// Most characters.
    pub const MAX_LEN: usize = 64;

    /// Trims; refuses control characters and invisible direction marks, which only serve to deceive a reader.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        check_line("name", text, Self::MAX_LEN).map(|text| Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text_type!(DisplayName);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slugs_are_lower_case_words() {
        for good in ["a", "demo", "acme-2", "x1"] {
            assert!(AccountSlug::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "Demo", "2acme", "-a", "a-", "a--b", "a b", "ação", &"a".repeat(33)] {
            assert!(AccountSlug::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn domains_fold_case_and_accept_addresses() {
        assert_eq!(SipDomain::parse("PBX.Example.COM.").unwrap().as_str(), "pbx.example.com");
        assert_eq!(SipDomain::parse("127.0.0.1").unwrap().as_str(), "127.0.0.1");
        assert_eq!(SipDomain::parse("[0:0::1]").unwrap().as_str(), "[::1]");
        for bad in ["", ".", "a..b", "-a.b", "a-.b", "1.2.3.400", "a_b", "[::1", "a:5060", "a b", "1001"] {
            assert!(SipDomain::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn both_auth_forms_are_valid_usernames() {
        let number = ExtensionNumber::parse("1001").unwrap();
        let slug = AccountSlug::parse("acme").unwrap();
        assert_eq!(AuthUsername::of_number(number).as_str(), "1001");
        let unique = AuthUsername::of_number_and_slug(number, &slug);
        assert_eq!(unique.as_str(), "1001-acme");
        assert_eq!(AuthUsername::parse(unique.as_str()).unwrap(), unique);
    }

    #[test]
    fn names_hold_no_control_or_direction_characters() {
        assert_eq!(DisplayName::parse("  José da Silva ").unwrap().as_str(), "José da Silva");
        for bad in ["", "   ", "a\nb", "a\u{202e}b", "a\0"] {
            assert!(DisplayName::parse(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_parses_parses_again_to_the_same(text in any::<String>()) {
            if let Ok(slug) = AccountSlug::parse(&text) {
                prop_assert_eq!(AccountSlug::parse(slug.as_str()), Ok(slug.clone()));
            }
            if let Ok(name) = DisplayName::parse(&text) {
                prop_assert_eq!(DisplayName::parse(name.as_str()), Ok(name.clone()));
            }
            if let Ok(user) = AuthUsername::parse(&text) {
                prop_assert_eq!(user.as_str(), text.as_str());
            }
        }

        #[test]
        fn domains_are_stable_under_parsing(text in "[A-Za-z0-9.\\-\\[\\]:]{0,40}") {
            if let Ok(domain) = SipDomain::parse(&text) {
                prop_assert_eq!(SipDomain::parse(domain.as_str()), Ok(domain.clone()));
            }
        }
    }
}
