//! `/accounts/{account_id}/extensions/{extension_id}/provisioning`, and `/provisioning/{token}` that it leads to: an app that reads its
//! settings from a link (Linphone: by QR code).

use super::trunks::TransportWord;
use crate::api::auth::random_text;
use crate::api::auth::sessions::session_of;
use crate::api::core::BASE;
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Problem};
use crate::api::core::route::{Answer, Json, Nothing, Route, Xml};
use crate::api::core::types::Time;
use crate::api::provisioning::links::Target;
use crate::api::provisioning::{Phone, Server, linphone};
use pabx_model::{ExtensionId, Permission, SipDomain};
use pabx_store::Entry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the phone will reach the box.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// A host name or an address.
    server: String,
    /// Port of SIP; 5060, or 5061 for TLS, where it is left out.
    #[schemars(range(min = 1))]
    port: Option<u16>,
    /// `tcp` where it is left out.
    transport: Option<TransportWord>,
}

/// A link.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProvisioningLink {
    /// The path of the file on this box; whoever has it gets the password.
    path: String,
    /// Until then; three fetches end it, too, and so does a newer link of the extension.
    expires_at: Time,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    const LINK: &str = "/accounts/{account_id}/extensions/{extension_id}/provisioning";
    vec![
        Route::new(
            Method::Post,
            LINK,
            Access::Account(Permission::ExtensionsWrite),
            "A link for a phone app to fetch its settings by (audited)",
            make,
        )
        .never_kept(),
        Route::new(
            Method::Get,
            "/provisioning/{token}",
            Access::Public,
            "The settings that a link leads to",
            fetch,
        ),
    ]
}

fn server(wanted: &Wanted) -> Result<Server, Problem> {
    let (transport, usual) = match wanted.transport.unwrap_or(TransportWord::Tcp) {
        TransportWord::Udp => ("udp", 5060),
        TransportWord::Tcp => ("tcp", 5060),
        TransportWord::Tls => ("tls", 5061),
    };
    Fields::all(|fields| {
        let port = fields.within("port", wanted.port.unwrap_or(usual), 1, u16::MAX);
        let host = fields.parse("server", SipDomain::parse(&wanted.server))?;
        Some(Server { host, port, transport })
    })
}

fn make(call: &mut Call<'_>, Json(wanted): Json<Wanted>) -> Result<Answer<ProvisioningLink>, Problem> {
    session_of(call)?;
    let (scope, extension_id) = (call.scope()?, call.id::<ExtensionId>("extension_id")?);
    call.store.extension(scope, extension_id)?;
    let (server, token) = (server(&wanted)?, random_text()?);
    let entry = Entry::about("extension.provisioning", "extension", extension_id).of(scope.account_id());
    call.store.record(&call.act(), entry)?;
    let until = call.shared.links().add(&token, Target { scope, extension_id, server }, call.now);
    Ok(Answer(ProvisioningLink { path: format!("{BASE}/provisioning/{}", *token), expires_at: Time(until) }))
}

/// That the password went out is written down, as of nobody from that address.
fn fetch(call: &mut Call<'_>, _: Nothing) -> Result<Xml, Problem> {
    let token: String = call.id("token")?;
    let Target { scope, extension_id, server } =
        call.shared.links().take(&token, call.now).ok_or(Problem::not_found())?;
    let (account, row) = (call.store.account(scope)?, call.store.extension(scope, extension_id)?);
    if !row.status.is_active() {
        return Err(Problem::not_found());
    }
    let password = call.store.reveal_extension_password(scope, extension_id, &call.act())?;
    let phone = Phone {
        name: &row.name.to_string(),
        number: row.number.as_str(),
        username: &row.username.to_string(),
        password: password.expose(),
        domain: &account.domain.to_string(),
        server: &server,
        media_encryption: row.media_encryption,
    };
    Ok(Xml(linphone::file(&phone)))
}
