use super::*;

fn account(n: u8, slug: &str, domain: &str) -> Account {
    Account {
        account_id: AccountId::new(u64::from(n), [n; 10]),
        name: DisplayName::parse(slug).unwrap(),
        slug: AccountSlug::parse(slug).unwrap(),
        domain: SipDomain::parse(domain).unwrap(),
        status: Status::Active,
        limits: AccountLimits { max_extensions: 10, max_calls: 10 },
    }
}

fn secrets(n: u8) -> DigestSecrets {
    DigestSecrets { md5: [n; 16], sha256: [n; 32] }
}

fn extension(n: u8, account: &Account, number: &str) -> Extension {
    Extension {
        extension_id: ExtensionId::new(u64::from(n), [n; 10]),
        account_id: account.account_id,
        number: ExtensionNumber::parse(number).unwrap(),
        name: DisplayName::parse("x").unwrap(),
        status: Status::Active,
        max_devices: 5,
        ring_seconds: 25,
        calling_class: crate::CallingClass::International,
        caller_id: None,
        media_encryption: crate::MediaEncryption::Off,
        secrets: ExtensionSecrets { number: secrets(n), number_and_slug: secrets(n + 100) },
    }
}

fn two_accounts() -> (Directory, Account, Account) {
    let a = account(1, "acme", "acme.test");
    let b = account(2, "bolt", "bolt.test");
    let directory = Directory::builder()
        .extension(extension(11, &a, "1001"))
        .extension(extension(21, &b, "1001"))
        .extension(extension(22, &b, "1002"))
        .account(a.clone())
        .account(b.clone())
        .build()
        .unwrap();
    (directory, a, b)
}

#[test]
fn the_same_number_in_two_accounts_is_two_extensions() {
    let (directory, a, b) = two_accounts();
    let number = ExtensionNumber::parse("1001").unwrap();
    let of_a = directory.extension(a.account_id, &number).unwrap();
    let of_b = directory.extension(b.account_id, &number).unwrap();
    assert_ne!(of_a.extension_id, of_b.extension_id);
    let only_b = ExtensionNumber::parse("1002").unwrap();
    assert!(directory.extension(a.account_id, &only_b).is_none(), "1002 is the other account's");
}

#[test]
fn a_number_alone_needs_a_domain_when_there_are_two_accounts() {
    let (directory, a, b) = two_accounts();
    assert!(directory.credentials("1001", None).is_none());
    assert!(directory.credentials("1001", Some("192.0.2.1")).is_none());
    let (found, _, key) = directory.credentials("1001", Some("ACME.test.")).unwrap();
    assert_eq!((found, key), (&a, &secrets(11)));
    let (found, _, key) = directory.credentials("1001", Some("bolt.test")).unwrap();
    assert_eq!((found, key), (&b, &secrets(21)));
}

#[test]
fn the_slug_form_names_its_account_and_has_secrets_of_its_own() {
    let (directory, _, b) = two_accounts();
    let (found, _, key) = directory.credentials("1001-bolt", None).unwrap();
    assert_eq!((found, key), (&b, &secrets(121)));
    assert!(directory.credentials("1001-bolt", Some("192.0.2.1")).is_some());
}

#[test]
fn a_domain_of_another_account_refuses_the_slug_form() {
    let (directory, ..) = two_accounts();
    assert!(directory.credentials("1001-bolt", Some("acme.test")).is_none());
}

#[test]
fn on_a_box_with_one_account_a_number_is_enough() {
    let a = account(1, "acme", "acme.test");
    let directory = Directory::builder().extension(extension(11, &a, "1001")).account(a).build().unwrap();
    assert!(directory.credentials("1001", Some("192.0.2.1")).is_some());
    assert!(directory.credentials("1001", None).is_some());
    for nobody in ["", "1002", "1001-", "-acme", "1001-bolt", "10011001", "1001-acme-x", "١٠٠١"] {
        assert!(directory.credentials(nobody, None).is_none(), "{nobody}");
    }
}

#[test]
fn the_suspended_have_no_credentials() {
    let mut a = account(1, "acme", "acme.test");
    let mut x = extension(11, &a, "1001");
    x.status = Status::Suspended;
    let y = extension(12, &a, "1002");
    let build = |a: &Account| {
        Directory::builder().account(a.clone()).extension(x.clone()).extension(y.clone()).build()
    };
    let directory = build(&a).unwrap();
    assert!(directory.credentials("1001", None).is_none());
    assert!(directory.credentials("1002", None).is_some());
    a.status = Status::Suspended;
    assert!(build(&a).unwrap().credentials("1002", None).is_none());
}

#[test]
fn duplicates_and_orphans_are_refused() {
    let a = account(1, "acme", "acme.test");
    let same_domain = account(2, "bolt", "ACME.test");
    let twice = Directory::builder().account(a.clone()).account(same_domain.clone()).build();
    assert_eq!(twice.unwrap_err(), DirectoryError::DuplicateAccount(same_domain.account_id));
    let orphan = extension(21, &same_domain, "1001");
    let orphaned = Directory::builder().account(a.clone()).extension(orphan.clone()).build();
    assert_eq!(orphaned.unwrap_err(), DirectoryError::OrphanExtension(orphan.extension_id));
    let (x, y) = (extension(11, &a, "1001"), extension(12, &a, "1001"));
    let same_number = Directory::builder().account(a).extension(x).extension(y.clone()).build();
    assert_eq!(same_number.unwrap_err(), DirectoryError::DuplicateExtension(y.extension_id));
}
