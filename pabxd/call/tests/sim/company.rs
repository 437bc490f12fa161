//! The two accounts with the same numbers, larger than those of the other benches.

use std::sync::Arc;

use pabx_model::{
    Account, AccountLimits, AccountSlug, DigestSecrets, Directory, DisplayName, Extension, ExtensionId,
    ExtensionNumber, ExtensionSecrets, SipDomain, Status,
};
use pabx_sip::digest::ha1;

use crate::common::TestAccount;

pub(crate) fn number(n: u16) -> String {
    (1000 + n).to_string()
}

pub(crate) fn directory(accounts: &[TestAccount], extensions: u16) -> Arc<Directory> {
    let mut builder = Directory::builder();
    for account in accounts {
        builder = builder.account(Account {
            account_id: account.account_id(),
            name: DisplayName::parse(account.slug).unwrap(),
            slug: AccountSlug::parse(account.slug).unwrap(),
            domain: SipDomain::parse(account.domain).unwrap(),
            status: Status::Active,
            limits: AccountLimits { max_extensions: 1000, max_calls: 1000 },
        });
    }
    for (place, account) in accounts.iter().enumerate() {
        for n in 1..=extensions {
            builder = builder.extension(extension(*account, u8::try_from(place).unwrap(), n));
        }
    }
    Arc::new(builder.build().unwrap())
}

fn extension(account: TestAccount, place: u8, n: u16) -> Extension {
    let number = number(n);
    let password = account.password(&number);
    let secrets = |user: &str| {
        let secret = ha1(user, "pabx", &password);
        DigestSecrets { md5: secret.md5, sha256: secret.sha256 }
    };
    let [high, low] = n.to_be_bytes();
    Extension {
        extension_id: ExtensionId::new(1, [place, high, low, 0, 0, 0, 0, 0, 0, 0]),
        account_id: account.account_id(),
        number: ExtensionNumber::parse(&number).unwrap(),
        name: DisplayName::parse(&format!("Phone {number}")).unwrap(),
        status: Status::Active,
        max_devices: 5,
        ring_seconds: 25,
        calling_class: pabx_model::CallingClass::International,
        caller_id: None,
        media_encryption: pabx_model::MediaEncryption::Off,
        secrets: ExtensionSecrets {
            number: secrets(&number),
            number_and_slug: secrets(&format!("{number}-{}", account.slug)),
        },
    }
}
