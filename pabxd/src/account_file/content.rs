//! What lies inside, as JSON. A field that is not known makes the whole unreadable: nothing is dropped unnoticed on the way.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// An account with all that moves with it. Ids are those it had; they point at one another.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// Of these structures: [`super::FORMAT`].
    pub format: u32,
    /// The program that wrote it.
    pub version: String,
    /// When, in milliseconds since 1970.
    pub made_at: u64,
    /// The account itself.
    pub account: Account,
    /// How it dials; files of format 1 do not say it.
    #[serde(default)]
    pub dialling: Dialling,
    /// Its extensions.
    pub extensions: Vec<Extension>,
    /// Its trunks.
    pub trunks: Vec<Trunk>,
    /// Its time conditions; files before format 3 have none.
    #[serde(default)]
    pub time_conditions: Vec<TimeCondition>,
    /// Its PINs for calls; files before format 3 have none.
    #[serde(default)]
    pub call_pins: Vec<CallPin>,
    /// Its inbound routes.
    pub inbound_routes: Vec<InboundRoute>,
    /// Its outbound routes.
    pub outbound_routes: Vec<OutboundRoute>,
    /// Its phone book; files before format 3 do not have it.
    #[serde(default)]
    pub phone_book: Vec<BookEntry>,
    /// The people who belong to it alone.
    pub people: Vec<Person>,
    /// User names of those who belong to it and to something else: they stayed.
    pub staying: Vec<String>,
}

/// The account itself.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as the columns of the same name")]
pub struct Account {
    pub account_id: String,
    pub name: String,
    pub slug: String,
    pub domain: String,
    pub description: String,
    pub status: String,
    pub max_extensions: u32,
    pub max_calls: u32,
    pub max_storage_mib: u32,
}

/// How an account dials.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as the columns of the same name")]
pub struct Dialling {
    pub country: Option<String>,
    pub area_code: Option<String>,
    pub carrier: Option<String>,
    pub international: Vec<String>,
    pub blocked_callers: Vec<String>,
    pub refuses_anonymous: bool,
    #[serde(default)]
    pub numbers: Vec<String>,
    #[serde(default)]
    pub zone: Option<String>,
    #[serde(default)]
    pub guard: pabx_model::Guard,
}

/// An extension.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as the columns of the same name")]
pub struct Extension {
    pub extension_id: String,
    pub number: String,
    pub name: String,
    pub max_devices: u16,
    pub ring_seconds: u16,
    #[serde(default)]
    pub calling_class: Option<String>,
    #[serde(default)]
    pub caller_id: Option<String>,
    /// Left out by boxes that knew no encryption: `off`.
    #[serde(default)]
    pub media_encryption: Option<String>,
    pub status: String,
    /// What its phones sign in with.
    pub password: Zeroizing<String>,
}

/// A trunk.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as the columns of the same name")]
pub struct Trunk {
    pub trunk_id: String,
    pub name: String,
    pub host: String,
    pub port: Option<u16>,
    pub transport: String,
    pub max_calls: u32,
    pub status: String,
    #[serde(default)]
    pub networks: Vec<String>,
    #[serde(default)]
    pub caller_id: Option<String>,
    #[serde(default)]
    pub profile: pabx_model::TrunkProfile,
    /// What calls by it cost: prefix and price a minute; files before format 3 do not say it.
    #[serde(default)]
    pub rates: Vec<(String, String)>,
    /// User name and password; `null` where the provider knows us by address.
    pub digest: Option<Digest>,
}

/// What a trunk signs in with.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "what the names say")]
pub struct Digest {
    pub username: String,
    pub password: Zeroizing<String>,
}

/// A route for calls that come in.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as the columns of the same name")]
pub struct InboundRoute {
    pub route_id: String,
    pub name: String,
    pub position: u32,
    pub trunk_id: Option<String>,
    pub did_pattern: String,
    pub caller_pattern: Option<String>,
    /// Where they go, in files before format 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension_id: Option<String>,
    #[serde(default)]
    pub destination: Option<pabx_model::Destination>,
    pub status: String,
}

/// A PIN for calls.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as the columns of the same name")]
pub struct CallPin {
    pub pin_id: String,
    pub name: String,
    pub pin: Zeroizing<String>,
    pub calling_class: String,
    pub status: String,
}

/// When somebody is there.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as the columns of the same name")]
pub struct TimeCondition {
    pub time_condition_id: String,
    pub hours: pabx_model::TimeCondition,
    pub open: Option<pabx_model::Destination>,
    pub closed: Option<pabx_model::Destination>,
}

/// A route for calls that go out.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as the columns of the same name")]
pub struct OutboundRoute {
    pub route_id: String,
    pub name: String,
    pub position: u32,
    pub pattern: String,
    pub strip: u8,
    pub prefix: String,
    pub trunks: Vec<String>,
    #[serde(default)]
    pub trunk_order: Option<String>,
    #[serde(default)]
    pub failover_after_ringing: bool,
    pub status: String,
}

/// A name for a number.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as the columns of the same name")]
pub struct BookEntry {
    pub name: String,
    pub number: String,
    pub note: Option<String>,
}

/// A person of the account.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as the columns of the same name")]
pub struct Person {
    pub user_id: String,
    pub username: String,
    pub full_name: String,
    pub email: Option<String>,
    pub language: String,
    pub status: String,
    pub must_change_password: bool,
    /// Argon2id.
    pub password_hash: Zeroizing<String>,
    pub second_factor: Option<SecondFactor>,
    /// In the account.
    pub role: String,
    pub extension_id: Option<String>,
    pub allow: Vec<String>,
    pub deny: Vec<String>,
}

/// What one-time codes are checked with.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondFactor {
    /// The secret of the app.
    pub secret: Zeroizing<Vec<u8>>,
    /// The last step whose code was taken.
    pub last_step: u64,
    /// Hashes of the recovery codes that are left.
    pub recovery_codes: Vec<[u8; 32]>,
}
