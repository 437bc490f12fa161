//! The identity as which the box calls itself, to see that it works.
//!
//! It lives in the snapshot of the running daemon alone, with a password made at its start. It is in no list, is found
//! by no number, slug or domain, so nobody can call it; in its account there is nobody else, so it can call nobody.
//! The engine admits it from loopback addresses only, lets it do nothing but the echo test and the test calls that somebody was
//! allowed, keeps no record of the first and counts it against no limit but its own.

use super::{Account, AccountLimits, Directory, Extension};
use crate::{
    AccountId, AccountSlug, DigestSecrets, DisplayName, ExtensionId, ExtensionNumber, ExtensionSecrets,
    SipDomain, Status, TextError,
};

/// Its digest user name. No extension can have it: theirs begin with digits.
pub(super) const USERNAME: &str = "selftest";
/// Its SIP domain (RFC 6761 §6.4: `invalid` never resolves).
const DOMAIN: &str = "selftest.invalid";
/// Calls at once: test calls by a trunk and to phones (`api/trials.rs`), and the self-test.
const MAX_CALLS: u32 = 5;

/// The account and its extension.
#[derive(Debug)]
pub(super) struct SelfTest {
    pub(super) account: Account,
    pub(super) extension: Extension,
}

impl SelfTest {
    /// The username and the domain the secrets are for.
    pub(super) fn credentials(&self, domain: Option<&str>) -> Option<(&Account, &Extension, &DigestSecrets)> {
        domain?.eq_ignore_ascii_case(DOMAIN).then_some((
            &self.account,
            &self.extension,
            &self.extension.secrets.number,
        ))
    }
}

impl Directory {
    /// The digest user name of the box itself, when it calls itself.
    pub const SELF_TEST_USERNAME: &'static str = USERNAME;
    /// The SIP domain of the box itself, when it calls itself.
    pub const SELF_TEST_DOMAIN: &'static str = DOMAIN;

    /// The same directory, in which the box can sign in as itself with these secrets.
    pub fn with_self_test(mut self, secrets: DigestSecrets) -> Result<Self, TextError> {
        let account = Account {
            account_id: AccountId::SELF_TEST,
            name: DisplayName::parse("Self-test")?,
            slug: AccountSlug::parse("selftest")?,
            domain: SipDomain::parse(DOMAIN)?,
            status: Status::Active,
            limits: AccountLimits { max_extensions: 0, max_calls: MAX_CALLS },
        };
        let extension = Extension {
            extension_id: ExtensionId::SELF_TEST,
            account_id: AccountId::SELF_TEST,
            number: ExtensionNumber::parse("00")?,
            name: DisplayName::parse("Self-test")?,
            status: Status::Active,
            max_devices: 0,
            ring_seconds: 0,
            calling_class: crate::CallingClass::Internal,
            caller_id: None,
            media_encryption: crate::MediaEncryption::Off,
            secrets: ExtensionSecrets { number: secrets.clone(), number_and_slug: secrets },
        };
        self.self_test = Some(Box::new(SelfTest { account, extension }));
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory {
        Directory::default().with_self_test(DigestSecrets { md5: [1; 16], sha256: [2; 32] }).unwrap()
    }

    #[test]
    fn it_signs_in_by_its_name_and_its_domain_together_only() {
        let directory = directory();
        assert!(directory.credentials(USERNAME, Some("SelfTest.invalid")).is_some());
        for (username, domain) in [
            (USERNAME, None),
            (USERNAME, Some("acme.test")),
            ("00", Some(DOMAIN)),
            ("00-selftest", Some(DOMAIN)),
            ("00-selftest", None),
        ] {
            assert!(directory.credentials(username, domain).is_none(), "{username} {domain:?}");
        }
        assert!(Directory::default().credentials(USERNAME, Some(DOMAIN)).is_none());
    }

    #[test]
    fn it_is_in_no_list_and_behind_no_name() {
        let directory = directory();
        assert!(directory.accounts().is_empty() && directory.extensions().is_empty());
        assert!(directory.single_account().is_none());
        assert!(directory.account_by_domain(DOMAIN).is_none());
        assert!(directory.account_by_slug("selftest").is_none());
        let number = ExtensionNumber::parse("00").unwrap();
        assert!(directory.extension(AccountId::SELF_TEST, &number).is_none());
    }

    #[test]
    fn the_engine_finds_it_by_its_ids() {
        let directory = directory();
        assert!(directory.account(AccountId::SELF_TEST).is_some());
        assert!(directory.extension_by_id(ExtensionId::SELF_TEST).is_some());
        assert!(Directory::default().account(AccountId::SELF_TEST).is_none());
    }
}
