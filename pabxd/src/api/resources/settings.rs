//! `/settings`: what the super admin sets for the whole box.

use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Kind, Problem};
use crate::api::core::route::{Json, Nothing, Route, Tagged};
use crate::api::resources::users::RoleWord;
use pabx_model::{Permission, Role};
use pabx_store::{Revision, SecretChange, SettingRow, Store, WholeBox};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const SECURITY: &str = "security";
const MAIL: &str = "mail";

/// What is asked of people.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Security {
    /// Whoever has one of these roles, on the box or in an account, must set up the second factor.
    second_factor_for: Vec<RoleWord>,
}

/// How mail leaves the box.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The server; empty: no mail.
    host: String,
    /// Its port.
    port: u16,
    /// `tls` from the start, `starttls`, or `none` (only for a server on this machine).
    security: MailSecurity,
    /// The name to sign in with; empty: none.
    #[serde(default)]
    username: String,
    /// The password, when it is to change; never shown.
    #[serde(default, skip_serializing)]
    password: Option<String>,
    /// Who mails come from.
    from: String,
    /// Who gets alerts.
    alerts_to: Vec<String>,
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

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Box;
    use Permission::{SystemRead, SystemWrite};
    vec![
        Route::new(
            Method::Get,
            "/settings/security",
            Box(SystemRead),
            "What is asked of people",
            read_security,
        ),
        Route::new(Method::Put, "/settings/security", Box(SystemWrite), "Change it", update_security)
            .conditional(),
        Route::new(Method::Get, "/settings/mail", Box(SystemRead), "How mail leaves the box", read_mail),
        Route::new(Method::Put, "/settings/mail", Box(SystemWrite), "Change it", update_mail).conditional(),
    ]
}

/// A setting as it is kept, or as it is before anybody has changed it.
fn kept<T: Default + for<'de> Deserialize<'de>>(row: Option<SettingRow>) -> Result<(T, Revision), Problem> {
    let Some(row) = row else { return Ok((T::default(), Revision(0))) };
    let value = serde_json::from_str(&row.value).map_err(|error| {
        log::error!("a setting cannot be read: {error}");
        Problem::new(Kind::Internal)
    })?;
    Ok((value, row.revision))
}

/// The roles that must have a second factor.
pub fn otp_roles(store: &Store) -> Result<Vec<Role>, Problem> {
    let (security, _): (Security, _) = kept(store.setting(WholeBox, SECURITY)?)?;
    Ok(security.second_factor_for.into_iter().map(Into::into).collect())
}

fn read_security(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<Security>, Problem> {
    let (value, revision) = kept(call.store.setting(call.whole_box()?, SECURITY)?)?;
    Ok(Tagged(value, revision))
}

fn update_security(call: &mut Call<'_>, Json(body): Json<Security>) -> Result<Tagged<Security>, Problem> {
    let (everything, expected, act) = (call.whole_box()?, call.expected()?, call.act());
    let value = serde_json::to_value(&body).map_err(|_| Problem::new(Kind::Internal))?;
    call.store.set_setting(everything, SECURITY, &value, SecretChange::Keep, expected, &act)?;
    call.shared.hub.rights_changed();
    read_security(call, Nothing)
}

fn read_mail(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<Mail>, Problem> {
    let (value, revision) = kept(call.store.setting(call.whole_box()?, MAIL)?)?;
    Ok(Tagged(value, revision))
}

fn update_mail(call: &mut Call<'_>, Json(body): Json<Mail>) -> Result<Tagged<Mail>, Problem> {
    check_mail(&body)?;
    let (everything, expected, act) = (call.whole_box()?, call.expected()?, call.act());
    let secret = match body.password.as_deref() {
        _ if body.username.is_empty() => SecretChange::Remove,
        None => SecretChange::Keep,
        Some(password) => SecretChange::Set(password),
    };
    let value = serde_json::to_value(&body).map_err(|_| Problem::new(Kind::Internal))?;
    call.store.set_setting(everything, MAIL, &value, secret, expected, &act)?;
    read_mail(call, Nothing)
}

fn check_mail(mail: &Mail) -> Result<(), Problem> {
    let mut fields = Fields::new();
    if mail.host.is_empty() {
        return Ok(());
    }
    fields.parse("host", pabx_model::SipDomain::parse(&mail.host));
    fields.within("port", mail.port, 1, u16::MAX);
    fields.parse("from", super::users::check_email(&mail.from));
    if mail.alerts_to.len() > 20 {
        fields.add("alerts_to", "names more than 20");
    }
    for address in &mail.alerts_to {
        fields.parse("alerts_to", super::users::check_email(address));
    }
    let local = matches!(mail.host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
    if mail.security == MailSecurity::None && !local {
        fields.add("security", "is none: only for a server on this machine");
    }
    fields.finish()
}
