//! Where alerts go: `settings` of the box, as `/settings/mail` and `/settings/webhooks` show them.

use pabx_store::{Channel, Store, StoreError, Target, WholeBox};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The name of the mail setting.
pub const MAIL: &str = "mail";
/// The name of the setting of webhooks.
pub const WEBHOOKS: &str = "webhooks";

/// How mail leaves the box.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The server; empty: no mail.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// `tls` from the start, `starttls`, or `none` (only for a server on this machine).
    pub security: MailSecurity,
    /// The name to sign in with; empty: none.
    #[serde(default)]
    pub username: String,
    /// The password, when it is to change; never shown.
    #[serde(default, skip_serializing)]
    pub password: Option<String>,
    /// Who mails come from.
    pub from: String,
    /// Who gets alerts.
    pub alerts_to: Vec<String>,
}

/// How a mail server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// TLS from the first octet.
    Tls,
    /// TLS after STARTTLS.
    Starttls,
    /// No TLS.
    None,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 465,
            security: MailSecurity::Tls,
            username: String::new(),
            password: None,
            from: String::new(),
            alerts_to: Vec::new(),
        }
    }
}

/// Machines that are told of alerts.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// Where each alert is posted, at most 10: `https://…`, or `http://` to this machine.
    pub urls: Vec<String>,
    /// What the posts are signed with, when it is to change, 16 to 128 characters; never shown.
    #[serde(default, skip_serializing)]
    pub secret: Option<String>,
}

/// A setting as it is kept; as it is before anybody has changed it where it cannot be read.
pub(super) fn kept<T: Default + DeserializeOwned>(store: &Store, name: &str) -> Result<T, StoreError> {
    let row = store.setting(WholeBox, name)?;
    let Some(row) = row else { return Ok(T::default()) };
    Ok(serde_json::from_str(&row.value).unwrap_or_else(|error| {
        log::error!("the setting {name} cannot be read: {error}");
        T::default()
    }))
}

/// The secret beside a setting.
pub(super) fn secret(store: &Store, name: &str) -> Result<Option<Zeroizing<String>>, StoreError> {
    let octets = store.setting_secret(WholeBox, name)?;
    Ok(octets.and_then(|octets| String::from_utf8(octets.to_vec()).ok()).map(Zeroizing::new))
}

/// Everybody who is to be told of a new alert of the box.
pub fn targets(store: &Store) -> Result<Vec<Target>, StoreError> {
    let mail: Mail = kept(store, MAIL)?;
    let hooks: Webhooks = kept(store, WEBHOOKS)?;
    let people = if mail.host.is_empty() { Vec::new() } else { mail.alerts_to };
    let mails = people.into_iter().map(|target| Target { channel: Channel::Mail, target });
    Ok(mails
        .chain(hooks.urls.into_iter().map(|target| Target { channel: Channel::Webhook, target }))
        .collect())
}
