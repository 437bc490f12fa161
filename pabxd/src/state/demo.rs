//! The account for trying out, with its phones' passwords: only for `pabxd demo`, which prints them.

use pabx_model::{AccountLimits, AccountSlug, DisplayName, ExtensionNumber, SipDomain, Timestamp};
use pabx_store::{Act, NewAccount, Store, StoreError, WholeBox};
use serde::Serialize;

/// The extensions of the demo account.
const NUMBERS: [&str; 4] = ["1001", "1002", "1003", "1004"];
/// What the demo account may use.
const LIMITS: AccountLimits = AccountLimits { max_extensions: 20, max_calls: 20 };

/// The demo account: the `account`, `sip.domain` and `extensions` of `demo.json`. It has no Debug, for it holds passwords.
#[derive(Clone, Serialize)]
pub struct DemoAccount {
    /// Its name.
    pub account: String,
    /// Its SIP domain.
    pub domain: String,
    /// Its phones.
    pub extensions: Vec<DemoPhone>,
}

/// What a softphone is set up with.
#[derive(Clone, Serialize)]
pub struct DemoPhone {
    /// The number; also the user part of its address-of-record.
    pub number: String,
    /// The digest user name.
    pub username: String,
    /// The digest password.
    pub password: String,
}

/// Makes the demo account when the box has no account at all, and tells its credentials, the same at each later start.
/// `None` on a box that has accounts but no demo.
pub fn ensure_demo(
    store: &mut Store,
    domain: &SipDomain,
    now: Timestamp,
) -> Result<Option<DemoAccount>, StoreError> {
    let account = NewAccount {
        name: DisplayName::parse("Demo")?,
        slug: AccountSlug::parse("demo")?,
        domain: domain.clone(),
        description: "Made at the first start, to try the box out".into(),
        limits: LIMITS,
        max_storage_mib: pabx_store::accounts::DEFAULT_MAX_STORAGE_MIB,
    };
    let numbers = NUMBERS.iter().map(|text| ExtensionNumber::parse(text)).collect::<Result<Vec<_>, _>>()?;
    store.create_demo(WholeBox, &account, &numbers, &Act::daemon(now))?;
    let Some((account, phones)) = store.demo(WholeBox)? else {
        return Ok(None);
    };
    let extensions = phones.into_iter().map(|phone| DemoPhone {
        number: phone.number.to_string(),
        username: phone.username.to_string(),
        password: phone.password.expose().to_owned(),
    });
    Ok(Some(DemoAccount {
        account: account.name.to_string(),
        domain: account.domain.to_string(),
        extensions: extensions.collect(),
    }))
}
