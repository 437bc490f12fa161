//! `/accounts/{account_id}/trunks`: lines to providers. Their passwords go in and never come out.

use super::dialling::check_owned;
use super::trunk_profile::{self, ProfileBody};
use super::trunk_steps::{TrunkStep, steps};
use super::{configure, engine_silent};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Problem};
use crate::api::core::route::{Answer, Created, Done, Json, Nothing, Query, Route, Tagged};
use crate::api::core::types::{Listing, PageQuery, StatusWord, Time, present};
use pabx_call::TrunkView;
use pabx_model::{CallerId, DisplayName, PeerNetwork, Permission, SipDomain, TrunkId, TrunkTransport};
use pabx_store::{NewTrunk, TrunkAuth, TrunkChange, TrunkRow, TrunkSort};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Calls that one trunk may be given.
const MAX_CALLS: u32 = 10_000;
/// Longest user name and password, in octets.
const MAX_SECRET: usize = 128;
/// Networks that one trunk may name.
const MAX_NETWORKS: usize = 32;

/// By which way a provider is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransportWord {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
    /// TLS.
    Tls,
}

impl From<TransportWord> for TrunkTransport {
    fn from(word: TransportWord) -> Self {
        match word {
            TransportWord::Udp => Self::Udp,
            TransportWord::Tcp => Self::Tcp,
            TransportWord::Tls => Self::Tls,
        }
    }
}

impl From<TrunkTransport> for TransportWord {
    fn from(transport: TrunkTransport) -> Self {
        match transport {
            TrunkTransport::Udp => Self::Udp,
            TrunkTransport::Tcp => Self::Tcp,
            TrunkTransport::Tls => Self::Tls,
        }
    }
}

/// How the provider knows us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthType {
    /// By user name and password.
    Digest,
    /// By our address.
    Address,
}

/// A line to a provider.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Trunk {
    /// Id.
    trunk_id: String,
    /// What people call it, unique in the account.
    name: String,
    /// The provider's host.
    host: String,
    /// Its port; `null`: what DNS or the transport says.
    port: Option<u16>,
    /// By which way.
    transport: TransportWord,
    /// Calls at once.
    max_calls: u32,
    /// How the provider knows us.
    auth_type: AuthType,
    /// The user name, for digest.
    username: Option<String>,
    /// Where calls may come from besides the provider's host.
    networks: Vec<String>,
    /// The number that is shown to who is called; `null`: the user name.
    caller_id: Option<String>,
    /// How the provider differs from the usual.
    profile: ProfileBody,
    /// In use or not.
    status: StatusWord,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// A new line.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrunkBody {
    /// What people call it, unique in the account.
    pub(super) name: String,
    /// The provider's host: a name or an address.
    pub(super) host: String,
    /// Its port.
    pub(super) port: Option<u16>,
    /// By which way; UDP when left out.
    pub(super) transport: Option<TransportWord>,
    /// Calls at once; 30 when left out.
    pub(super) max_calls: Option<u32>,
    /// How the provider knows us.
    pub(super) auth_type: AuthType,
    /// For digest.
    pub(super) username: Option<String>,
    /// For digest; kept sealed, never shown.
    pub(super) password: Option<String>,
    /// Addresses and networks that calls may come from besides the provider's host, such as `192.0.2.0/28`.
    pub(super) networks: Option<Vec<String>>,
    /// The number that is shown to who is called: one of the account's own. The user name when left out.
    pub(super) caller_id: Option<String>,
    /// How the provider differs from the usual.
    #[serde(default)]
    pub(super) profile: ProfileBody,
}

/// A change; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrunkPatch {
    name: Option<String>,
    host: Option<String>,
    #[serde(default, deserialize_with = "present")]
    port: Option<Option<u16>>,
    transport: Option<TransportWord>,
    max_calls: Option<u32>,
    auth_type: Option<AuthType>,
    username: Option<String>,
    password: Option<String>,
    networks: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    caller_id: Option<Option<String>>,
    /// All of it anew.
    profile: Option<ProfileBody>,
    status: Option<StatusWord>,
}

/// How a trunk stands.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TrunkStatus {
    /// `registered`, `reachable`, `degraded` or `down`.
    state: String,
    /// What is wrong; `null`: nothing.
    problem: Option<String>,
    /// What to do about it.
    advice: Option<String>,
    /// What the provider said, where it said something: a SIP status.
    sip_status: Option<u16>,
    /// Since when it stands so.
    since: Time,
    /// The provider's server in use.
    server: Option<String>,
    /// How many servers it has.
    servers: usize,
    /// When the registration ends.
    registered_until: Option<Time>,
    /// How long the provider took for its last answer to OPTIONS.
    round_trip_ms: Option<u64>,
    /// Calls that go on.
    calls: usize,
    /// How far the line has come, step by step.
    steps: Vec<TrunkStep>,
}

/// By what trunks are sorted.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortWord {
    /// By name.
    Name,
    /// By the time they were made.
    CreatedAt,
}

impl From<SortWord> for TrunkSort {
    fn from(word: SortWord) -> Self {
        match word {
            SortWord::Name => Self::Name,
            SortWord::CreatedAt => Self::CreatedAt,
        }
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Account;
    use Permission::{TrunksRead, TrunksWrite};
    const ALL: &str = "/accounts/{account_id}/trunks";
    const ONE: &str = "/accounts/{account_id}/trunks/{trunk_id}";
    const TEST: &str = "/accounts/{account_id}/trunks/{trunk_id}/test";
    const STATUS: &str = "/accounts/{account_id}/trunks/{trunk_id}/status";
    vec![
        Route::new(Method::Get, ALL, Account(TrunksRead), "Trunks", list),
        Route::new(Method::Post, ALL, Account(TrunksWrite), "Make a trunk", create),
        Route::new(Method::Get, ONE, Account(TrunksRead), "A trunk", read),
        Route::new(Method::Patch, ONE, Account(TrunksWrite), "Change a trunk", update).conditional(),
        Route::new(Method::Delete, ONE, Account(TrunksWrite), "Delete a trunk", delete),
        Route::new(
            Method::Post,
            TEST,
            Account(TrunksWrite),
            "Begin with a trunk as if it had just been made; its status shows the steps. Calls over it go on",
            test,
        ),
        Route::new(Method::Get, STATUS, Account(TrunksRead), "How a trunk stands", status),
    ]
}

fn shown(row: TrunkRow) -> Trunk {
    Trunk {
        trunk_id: row.trunk_id.to_string(),
        name: row.name.to_string(),
        host: row.host.to_string(),
        port: row.port,
        transport: row.transport.into(),
        max_calls: row.max_calls,
        auth_type: if row.username.is_some() { AuthType::Digest } else { AuthType::Address },
        username: row.username,
        networks: row.networks.iter().map(ToString::to_string).collect(),
        caller_id: row.caller_id.map(|id| id.to_string()),
        profile: trunk_profile::shown(&row.profile),
        status: row.status.into(),
        created_at: Time(row.created_at),
        updated_at: Time(row.updated_at),
    }
}

fn list(
    call: &mut Call<'_>,
    Query(query): Query<PageQuery<SortWord>>,
) -> Result<Answer<Listing<Trunk>>, Problem> {
    let list = query.list()?;
    let page = call.store.list_trunks(call.scope()?, &list)?;
    Ok(Answer(Listing::of(page, shown)))
}

/// A user name or password goes into a SIP header: nothing in it may end the header.
pub(super) fn visible(fields: &mut Fields, field: &str, text: &str) -> String {
    if text.is_empty() || text.len() > MAX_SECRET || text.chars().any(char::is_control) {
        fields.add(field, format!("does not have 1 to {MAX_SECRET} characters that can be seen"));
    }
    text.to_owned()
}

fn auth(
    fields: &mut Fields,
    auth_type: AuthType,
    username: Option<&str>,
    password: Option<&str>,
) -> TrunkAuth {
    match auth_type {
        AuthType::Address => {
            if username.is_some() || password.is_some() {
                fields.add("auth_type", "by address there is neither user name nor password");
            }
            TrunkAuth::Address
        }
        AuthType::Digest => {
            let username = visible(fields, "username", username.unwrap_or(""));
            let password = password.map(|text| Zeroizing::new(visible(fields, "password", text)));
            TrunkAuth::Digest { username, password }
        }
    }
}

fn networks(fields: &mut Fields, texts: &[String]) -> Vec<PeerNetwork> {
    if texts.len() > MAX_NETWORKS {
        fields.add("networks", format!("names more than {MAX_NETWORKS}"));
    }
    texts.iter().filter_map(|text| fields.parse("networks", PeerNetwork::parse(text))).collect()
}

fn port(fields: &mut Fields, port: Option<u16>) -> Option<u16> {
    port.map(|port| fields.within("port", port, 1, u16::MAX))
}

/// Reads what is wanted; what is wrong is noted.
pub(super) fn parse(fields: &mut Fields, body: &NewTrunkBody) -> Option<NewTrunk> {
    let name = fields.parse("name", DisplayName::parse(&body.name));
    let host = fields.parse("host", SipDomain::parse(&body.host));
    let port = port(fields, body.port);
    let max_calls = fields.within("max_calls", body.max_calls.unwrap_or(30), 0, MAX_CALLS);
    if body.auth_type == AuthType::Digest && body.password.is_none() {
        fields.add("password", "is needed for digest");
    }
    let auth = auth(fields, body.auth_type, body.username.as_deref(), body.password.as_deref());
    let networks = networks(fields, body.networks.as_deref().unwrap_or_default());
    let caller_id = fields.parse_some("caller_id", body.caller_id.as_deref(), CallerId::parse);
    let profile = trunk_profile::parse(fields, &body.profile);
    let (name, host) = name.zip(host)?;
    let transport = body.transport.map_or(TrunkTransport::Udp, Into::into);
    Some(NewTrunk { name, host, port, transport, max_calls, auth, networks, caller_id, profile })
}

/// Whether a body would make a trunk, or what is wrong with it.
#[cfg(test)]
pub fn parses(body: serde_json::Value) -> Result<(), String> {
    let body: NewTrunkBody = serde_json::from_value(body).map_err(|error| error.to_string())?;
    let mut fields = Fields::new();
    let parsed = parse(&mut fields, &body);
    fields.done(parsed).map(drop).map_err(|problem| format!("{problem:?}"))
}

fn create(call: &mut Call<'_>, Json(body): Json<NewTrunkBody>) -> Result<Created<Trunk>, Problem> {
    let new = Fields::all(|fields| parse(fields, &body))?;
    check_owned(call, [("caller_id".into(), new.caller_id.as_ref())])?;
    let (scope, act) = (call.scope()?, call.act());
    let id = call.store.create_trunk(scope, &new, &act)?;
    configure(call)?;
    let row = call.store.trunk(scope, id)?;
    let revision = row.revision;
    Ok(Created(shown(row), revision, format!("/accounts/{}/trunks/{id}", scope.account_id())))
}

fn read(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<Trunk>, Problem> {
    let row = call.store.trunk(call.scope()?, call.id("trunk_id")?)?;
    let revision = row.revision;
    Ok(Tagged(shown(row), revision))
}

fn update(call: &mut Call<'_>, Json(body): Json<TrunkPatch>) -> Result<Tagged<Trunk>, Problem> {
    let (scope, id) = (call.scope()?, call.id::<TrunkId>("trunk_id")?);
    let before = call.store.trunk(scope, id)?;
    let mut fields = Fields::new();
    let touched = body.auth_type.is_some() || body.username.is_some() || body.password.is_some();
    let was = if before.username.is_some() { AuthType::Digest } else { AuthType::Address };
    let auth = touched.then(|| {
        let auth_type = body.auth_type.unwrap_or(was);
        let kept = before.username.as_deref().filter(|_| auth_type == AuthType::Digest);
        auth(&mut fields, auth_type, body.username.as_deref().or(kept), body.password.as_deref())
    });
    let change = TrunkChange {
        name: fields.parse_some("name", body.name.as_deref(), DisplayName::parse),
        host: fields.parse_some("host", body.host.as_deref(), SipDomain::parse),
        port: body.port.map(|asked| port(&mut fields, asked)),
        transport: body.transport.map(Into::into),
        max_calls: body.max_calls.map(|calls| fields.within("max_calls", calls, 0, MAX_CALLS)),
        auth,
        networks: body.networks.as_deref().map(|texts| networks(&mut fields, texts)),
        caller_id: body
            .caller_id
            .map(|asked| fields.parse_some("caller_id", asked.as_deref(), CallerId::parse)),
        profile: body.profile.as_ref().map(|profile| trunk_profile::parse(&mut fields, profile)),
        status: body.status.map(Into::into),
    };
    fields.finish()?;
    check_owned(call, [("caller_id".into(), change.caller_id.as_ref().and_then(Option::as_ref))])?;
    let (expected, act) = (call.expected()?, call.act());
    call.store.update_trunk(scope, id, &change, expected, &act)?;
    configure(call)?;
    read(call, Nothing)
}

fn delete(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (scope, id, expected, act) =
        (call.scope()?, call.id::<TrunkId>("trunk_id")?, call.expected()?, call.act());
    call.store.delete_trunk(scope, id, expected, &act)?;
    configure(call)?;
    Ok(Done)
}

fn status(call: &mut Call<'_>, _: Nothing) -> Result<Answer<TrunkStatus>, Problem> {
    let (scope, id) = (call.scope()?, call.id::<TrunkId>("trunk_id")?);
    call.store.trunk(scope, id)?;
    let all = call.shared.pbx.trunks(Some(scope.account_id())).map_err(engine_silent)?;
    let view = all.into_iter().find(|view| view.trunk_id == id);
    // One that the engine has not heard of has just been deleted.
    Ok(Answer(stands(view.ok_or(Problem::not_found())?)))
}

fn test(call: &mut Call<'_>, _: Nothing) -> Result<Answer<TrunkStatus>, Problem> {
    let (scope, id) = (call.scope()?, call.id::<TrunkId>("trunk_id")?);
    call.store.trunk(scope, id)?;
    call.shared.pbx.try_trunk(id).map_err(engine_silent)?;
    status(call, Nothing)
}

fn stands(view: TrunkView) -> TrunkStatus {
    TrunkStatus {
        steps: steps(&view),
        state: view.state.to_string(),
        problem: view.problem.map(|problem| problem.to_string()),
        advice: view.problem.map(|problem| problem.advice().to_owned()),
        sip_status: view.status,
        since: Time(view.since),
        server: view.server.map(|server| server.to_string()),
        servers: view.servers,
        registered_until: view.registered_until.map(Time),
        round_trip_ms: view.round_trip_ms,
        calls: view.calls,
    }
}
