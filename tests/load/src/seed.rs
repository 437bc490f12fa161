//! An account large enough to measure with, made by the functions that make the demo account.

use anyhow::{Context, Result};
use pabx_model::{AccountLimits, AccountSlug, DisplayName, ExtensionNumber, SipDomain};
use pabx_store::{Act, NewAccount, WholeBox};
use pabxd::{clock, state};
use serde_json::json;
use std::path::Path;

/// No limit of the account is to be what is measured.
const LIMITS: AccountLimits = AccountLimits { max_extensions: 10_000, max_calls: 100_000 };
/// Where the PBX under load listens.
const ADDRESS: &str = "127.0.0.1:9060";

/// Makes the account in the state of a PBX that does not run, and writes a `demo.json` for it.
pub(crate) fn seed(folder: &Path, extensions: usize, file: &Path) -> Result<()> {
    let mut store = state::open_store(folder)?;
    let account = NewAccount {
        name: DisplayName::parse("Load")?,
        slug: AccountSlug::parse("load")?,
        domain: SipDomain::parse("127.0.0.1")?,
        description: "Made to measure".into(),
        limits: LIMITS,
        max_storage_mib: 1_000,
    };
    let numbers = (1000..).take(extensions).map(|number| ExtensionNumber::parse(&number.to_string()));
    let numbers = numbers.collect::<Result<Vec<_>, _>>()?;
    store.create_demo(WholeBox, &account, &numbers, &Act::daemon(clock::utc()))?;
    let (account, phones) = store.demo(WholeBox)?.context("the box has other accounts")?;
    let extensions: Vec<_> = phones
        .iter()
        .map(|phone| {
            json!({
                "number": phone.number.to_string(),
                "username": phone.username.to_string(),
                "password": phone.password.expose(),
            })
        })
        .collect();
    let content = json!({
        "account": account.name.to_string(),
        "sip": { "domain": account.domain.to_string(), "udp": ADDRESS, "tcp": ADDRESS },
        "extensions": extensions,
    });
    std::fs::write(file, serde_json::to_vec_pretty(&content)?).with_context(|| file.display().to_string())
}
