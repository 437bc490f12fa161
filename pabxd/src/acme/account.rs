//! The box's account with an authority (RFC 8555 §7.3): made once, its key sealed beside the setting `acme_account`.

use super::act;
use super::client::Client;
use super::settings::{self, Acme};
use anyhow::Context;
use instant_acme::{Account, AccountCredentials, ExternalAccountKey, NewAccount};
use pabx_store::{SecretChange, Store, WholeBox};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The setting; its secret holds the credentials.
const ACCOUNT: &str = "acme_account";

/// What is known of the account beside its key.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// With whom.
    directory_url: String,
    /// Which external account it is bound to.
    eab_key_id: Option<String>,
    /// Whom the authority may write to.
    contacts: Vec<String>,
}

impl Known {
    fn of(settings: &Acme) -> Self {
        Self {
            directory_url: settings.directory_url.clone(),
            eab_key_id: settings.eab_key_id.clone(),
            contacts: settings.contacts.iter().map(|mail| format!("mailto:{mail}")).collect(),
        }
    }

    fn contacts(&self) -> Vec<&str> {
        self.contacts.iter().map(String::as_str).collect()
    }
}

/// The account with this authority; a new one where there is none.
pub(super) async fn open(store: &mut Store, settings: &Acme) -> anyhow::Result<Account> {
    let wanted = Known::of(settings);
    let builder = Account::builder_with_http(Box::new(Client::new(settings.ca_certificate.as_deref())?));
    let Some((known, credentials)) = kept(store)?.filter(|(known, _)| {
        (&known.directory_url, &known.eab_key_id) == (&wanted.directory_url, &wanted.eab_key_id)
    }) else {
        let external = external(store, settings)?;
        let new = NewAccount {
            contact: &wanted.contacts(),
            terms_of_service_agreed: settings.terms_agreed,
            only_return_existing: false,
        };
        let made = builder.create(&new, wanted.directory_url.clone(), external.as_ref()).await;
        let (account, credentials) = made.context("the account")?;
        keep(store, &wanted, &credentials)?;
        return Ok(account);
    };
    let account = builder.from_credentials(credentials).await.context("the directory")?;
    if known.contacts != wanted.contacts {
        account.update_contacts(&wanted.contacts()).await.context("the account's contacts")?;
        set(store, &wanted, SecretChange::Keep)?;
    }
    Ok(account)
}

/// Leaves an account that the authority does not know.
pub(super) fn forget(store: &mut Store) -> anyhow::Result<()> {
    set(store, &Known::default(), SecretChange::Remove)
}

fn external(store: &Store, settings: &Acme) -> anyhow::Result<Option<ExternalAccountKey>> {
    let Some(id) = settings.eab_key_id.clone() else { return Ok(None) };
    let key = settings::external_key(store)?.context("there is no key of the external account")?;
    Ok(Some(ExternalAccountKey::new(id, &key)))
}

fn kept(store: &Store) -> anyhow::Result<Option<(Known, AccountCredentials)>> {
    let (Some(row), Some(secret)) =
        (store.setting(WholeBox, ACCOUNT)?, store.setting_secret(WholeBox, ACCOUNT)?)
    else {
        return Ok(None);
    };
    let known = serde_json::from_str(&row.value).context("the account as it was kept")?;
    Ok(Some((known, serde_json::from_slice(&secret).context("the account's key as it was kept")?)))
}

fn keep(store: &mut Store, known: &Known, credentials: &AccountCredentials) -> anyhow::Result<()> {
    let text = Zeroizing::new(serde_json::to_string(credentials)?);
    set(store, known, SecretChange::Set(&text))
}

fn set(store: &mut Store, known: &Known, secret: SecretChange<'_>) -> anyhow::Result<()> {
    Ok(store.set_setting(WholeBox, ACCOUNT, &serde_json::to_value(known)?, secret, None, &act())?)
}
