//! `/settings`: what the super admin sets for the whole box.

use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Kind, Problem};
use crate::api::core::route::{Json, Nothing, Route, Tagged};
use crate::api::resources::users::RoleWord;
use crate::notify::endpoint;
use crate::notify::settings::{MAIL, Mail, MailSecurity, WEBHOOKS, Webhooks};
use pabx_model::{Permission, Role};
use pabx_store::{Revision, SecretChange, SettingRow, Store, WholeBox};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const SECURITY: &str = "security";
/// Webhooks of the box.
const MAX_WEBHOOKS: usize = 10;

/// What is asked of people.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Security {
    /// Whoever has one of these roles, on the box or in an account, must set up the second factor.
    second_factor_for: Vec<RoleWord>,
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
        Route::new(
            Method::Get,
            "/settings/webhooks",
            Box(SystemRead),
            "Machines that are told of alerts",
            read_webhooks,
        ),
        Route::new(Method::Put, "/settings/webhooks", Box(SystemWrite), "Change it", update_webhooks)
            .conditional(),
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

fn read_webhooks(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<Webhooks>, Problem> {
    let (value, revision) = kept(call.store.setting(call.whole_box()?, WEBHOOKS)?)?;
    Ok(Tagged(value, revision))
}

fn update_webhooks(call: &mut Call<'_>, Json(body): Json<Webhooks>) -> Result<Tagged<Webhooks>, Problem> {
    let (everything, expected, act) = (call.whole_box()?, call.expected()?, call.act());
    let has_secret = call.store.setting_secret(everything, WEBHOOKS)?.is_some();
    check_webhooks(&body, has_secret)?;
    let secret = body.secret.as_deref().map_or(SecretChange::Keep, SecretChange::Set);
    let value = serde_json::to_value(&body).map_err(|_| Problem::new(Kind::Internal))?;
    call.store.set_setting(everything, WEBHOOKS, &value, secret, expected, &act)?;
    read_webhooks(call, Nothing)
}

fn check_webhooks(hooks: &Webhooks, has_secret: bool) -> Result<(), Problem> {
    let mut fields = Fields::new();
    if hooks.urls.len() > MAX_WEBHOOKS {
        fields.add("urls", format!("names more than {MAX_WEBHOOKS}"));
    }
    for url in &hooks.urls {
        if !is_webhook(url) {
            fields.add("urls", "is neither https:// nor http:// to this machine");
        }
    }
    match hooks.secret.as_deref().map(|secret| secret.chars().count()) {
        Some(length) if !(16..=128).contains(&length) => {
            fields.add("secret", "does not have 16 to 128 characters");
        }
        None if !has_secret && !hooks.urls.is_empty() => fields.add("secret", "is missing"),
        _ => {}
    }
    fields.finish()
}

/// Not in the clear, but to this machine.
fn is_webhook(url: &str) -> bool {
    endpoint::plain(url).is_some_and(|parsed| match parsed.scheme_str() {
        Some("https") => true,
        Some("http") => matches!(parsed.host(), Some("localhost" | "127.0.0.1" | "[::1]")),
        _ => false,
    })
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
