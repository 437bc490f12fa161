//! Two accounts with the same numbers and different passwords.

use std::sync::Arc;

use pabx_model::{
    Account, AccountId, AccountLimits, AccountSlug, DigestSecrets, Directory, DisplayName, Extension,
    ExtensionId, ExtensionNumber, ExtensionSecrets, SipDomain, Status,
};
use pabx_sip::digest::ha1;

/// An account of the bench: slug, domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestAccount {
    pub slug: &'static str,
    pub domain: &'static str,
    id: u8,
}

pub const ACME: TestAccount = TestAccount { slug: "acme", domain: "acme.test", id: 1 };
pub const BOLT: TestAccount = TestAccount { slug: "bolt", domain: "bolt.test", id: 2 };
/// The box itself.
pub const SELF_TEST: TestAccount = TestAccount { slug: "itself", domain: Directory::SELF_TEST_DOMAIN, id: 3 };

impl TestAccount {
    pub fn account_id(self) -> AccountId {
        AccountId::new(1, [self.id; 10])
    }

    pub fn password(self, number: &str) -> String {
        format!("secret-of-{number}-at-{}", self.slug)
    }

    fn account(self, max_calls: u32, status: Status) -> Account {
        Account {
            account_id: self.account_id(),
            name: DisplayName::parse(self.slug).unwrap(),
            slug: AccountSlug::parse(self.slug).unwrap(),
            domain: SipDomain::parse(self.domain).unwrap(),
            status,
            limits: AccountLimits { max_extensions: 100, max_calls },
        }
    }

    fn extension(self, n: u8, status: Status) -> Extension {
        let number = format!("{}", 1000 + u16::from(n));
        let password = self.password(&number);
        let secrets = |user: &str| {
            let secret = ha1(user, "pabx", &password);
            DigestSecrets { md5: secret.md5, sha256: secret.sha256 }
        };
        Extension {
            extension_id: ExtensionId::new(1, [self.id, n, 0, 0, 0, 0, 0, 0, 0, 0]),
            account_id: self.account_id(),
            number: ExtensionNumber::parse(&number).unwrap(),
            name: DisplayName::parse(&format!("Phone {number}")).unwrap(),
            status,
            max_devices: 5,
            ring_seconds: 25,
            calling_class: pabx_model::CallingClass::International,
            media_encryption: pabx_model::MediaEncryption::Off,
            caller_id: (n == 3).then(|| pabx_model::CallerId::parse("+551133330003").unwrap()),
            secrets: ExtensionSecrets {
                number: secrets(&number),
                number_and_slug: secrets(&format!("{number}-{}", self.slug)),
            },
        }
    }
}

/// Extensions 1001–1009 of both accounts; 1009 is nobody's in BOLT.
pub fn directory() -> Arc<Directory> {
    with(1000, |_| Status::Active)
}

/// The same, and the box can sign in as itself.
pub fn directory_with_self_test() -> Arc<Directory> {
    let username = Directory::SELF_TEST_USERNAME;
    let secret = ha1(username, "pabx", &SELF_TEST.password(username));
    let secrets = DigestSecrets { md5: secret.md5, sha256: secret.sha256 };
    let directory = Arc::into_inner(directory()).unwrap();
    Arc::new(directory.with_self_test(secrets).unwrap())
}

/// The same with one extension of ACME suspended.
pub fn suspended(number: u8) -> Arc<Directory> {
    with(1000, move |n| if n == number { Status::Suspended } else { Status::Active })
}

/// The first account is suspended, or gone.
pub fn without_acme(gone: bool) -> Arc<Directory> {
    let mut builder = Directory::builder().account(BOLT.account(1000, Status::Active));
    if !gone {
        builder = builder.account(ACME.account(1000, Status::Suspended));
        builder = (1..=9).fold(builder, |builder, n| builder.extension(ACME.extension(n, Status::Active)));
    }
    builder = (1..9).fold(builder, |builder, n| builder.extension(BOLT.extension(n, Status::Active)));
    Arc::new(builder.build().unwrap())
}

/// The same with a limit of calls.
pub fn limited(max_calls: u32) -> Arc<Directory> {
    with(max_calls, |_| Status::Active)
}

/// Whether the sound of the first account's extensions is encrypted: by the last digit of their numbers.
pub fn encrypting(wanted: impl Fn(u8) -> pabx_model::MediaEncryption) -> Arc<Directory> {
    let mut builder = Directory::builder().account(ACME.account(1000, Status::Active));
    for n in 1..=9 {
        let extension = ACME.extension(n, Status::Active);
        builder = builder.extension(Extension { media_encryption: wanted(n), ..extension });
    }
    Arc::new(builder.build().unwrap())
}

/// ACME has these trunks and routes.
pub fn with_routing(routing: pabx_model::Routing) -> Arc<Directory> {
    let mut builder = Directory::builder()
        .account(ACME.account(1000, Status::Active))
        .account(BOLT.account(1000, Status::Active))
        .routing(ACME.account_id(), routing);
    for n in 1..=9 {
        builder = builder.extension(ACME.extension(n, Status::Active));
    }
    Arc::new(builder.build().unwrap())
}

fn with(max_calls: u32, status: impl Fn(u8) -> Status) -> Arc<Directory> {
    let mut builder = Directory::builder()
        .account(ACME.account(max_calls, Status::Active))
        .account(BOLT.account(max_calls, Status::Active));
    for n in 1..=9 {
        builder = builder.extension(ACME.extension(n, status(n)));
        if n < 9 {
            builder = builder.extension(BOLT.extension(n, Status::Active));
        }
    }
    Arc::new(builder.build().unwrap())
}
