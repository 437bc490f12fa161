//! `/settings/acme`: from whom the box orders its certificate, and for which names.

use crate::acme::settings::{ACME, Acme, MAX_CONTACTS, MAX_NAMES, decode_key, kept, roots};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Kind, Problem};
use crate::api::core::route::{Json, Nothing, Route, Tagged};
use crate::edge::certificates::is_host_name;
use pabx_model::Permission;
use pabx_store::SecretChange;
use std::net::IpAddr;

/// Characters of a directory's URL, of an external account's key id.
const MAX_URL: usize = 500;
const MAX_KEY_ID: usize = 200;

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Box;
    use Permission::{SystemRead, SystemWrite};
    const PATH: &str = "/settings/acme";
    vec![
        Route::new(Method::Get, PATH, Box(SystemRead), "From whom the certificate is ordered", read),
        Route::new(Method::Put, PATH, Box(SystemWrite), "Change it", update).conditional(),
    ]
}

fn read(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<Acme>, Problem> {
    let (value, revision) = kept(call.store)?;
    Ok(Tagged(value, revision))
}

fn update(call: &mut Call<'_>, Json(mut body): Json<Acme>) -> Result<Tagged<Acme>, Problem> {
    let (everything, expected, act) = (call.whole_box()?, call.expected()?, call.act());
    for name in &mut body.names {
        name.make_ascii_lowercase();
    }
    let (before, _) = kept(call.store)?;
    let has_key =
        before.eab_key_id == body.eab_key_id && call.store.setting_secret(everything, ACME)?.is_some();
    check(&body, has_key)?;
    let secret = match body.eab_hmac_key.as_deref() {
        _ if body.eab_key_id.is_none() => SecretChange::Remove,
        None => SecretChange::Keep,
        Some(key) => SecretChange::Set(key),
    };
    let value = serde_json::to_value(&body).map_err(|_| Problem::new(Kind::Internal))?;
    call.store.set_setting(everything, ACME, &value, secret, expected, &act)?;
    read(call, Nothing)
}

fn check(body: &Acme, has_key: bool) -> Result<(), Problem> {
    let mut fields = Fields::new();
    if !is_directory(&body.directory_url) {
        fields.add("directory_url", "is not https://");
    }
    if body.enabled && !body.terms_agreed {
        fields.add("terms_agreed", "is false: the authority takes no order without");
    }
    check_names(body, &mut fields);
    if body.contacts.len() > MAX_CONTACTS {
        fields.add("contacts", format!("names more than {MAX_CONTACTS}"));
    }
    for address in body.contacts.iter().take(MAX_CONTACTS) {
        fields.parse("contacts", super::users::check_email(address));
    }
    fields.parse_some("ca_certificate", body.ca_certificate.as_deref(), roots);
    check_external_account(body, has_key, &mut fields);
    fields.finish()
}

fn check_names(body: &Acme, fields: &mut Fields) {
    if body.enabled && body.names.is_empty() {
        fields.add("names", "is empty");
    }
    if body.names.len() > MAX_NAMES {
        fields.add("names", format!("names more than {MAX_NAMES}"));
    }
    for (place, name) in body.names.iter().take(MAX_NAMES).enumerate() {
        if !is_host_name(name) || name.parse::<IpAddr>().is_ok() {
            fields.add(&format!("names[{place}]"), "is not a host name");
        } else if body.names.iter().take(place).any(|earlier| earlier == name) {
            fields.add(&format!("names[{place}]"), "is there already");
        }
    }
}

fn check_external_account(body: &Acme, has_key: bool, fields: &mut Fields) {
    let key = body.eab_hmac_key.as_deref();
    match body.eab_key_id.as_deref() {
        None if key.is_some() => fields.add("eab_key_id", "is missing"),
        None => {}
        Some(id) => {
            if id.is_empty() || id.len() > MAX_KEY_ID || !id.bytes().all(|octet| octet.is_ascii_graphic()) {
                fields.add("eab_key_id", "is no key id");
            }
            if key.is_none() && !has_key {
                fields.add("eab_hmac_key", "is missing");
            }
        }
    }
    if key.is_some_and(|key| decode_key(key.as_bytes()).is_none()) {
        fields.add("eab_hmac_key", "is not 16 to 128 octets as base64url");
    }
}

/// RFC 8555 §6.1: HTTPS; and nothing that a URL of an authority needs not.
fn is_directory(url: &str) -> bool {
    let Ok(parsed) = url.parse::<hyper::Uri>() else { return false };
    let user = parsed.authority().is_some_and(|authority| authority.as_str().contains('@'));
    url.len() <= MAX_URL
        && !user
        && parsed.scheme_str() == Some("https")
        && parsed.host().is_some_and(|host| !host.is_empty())
}
