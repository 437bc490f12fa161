//! From the content of a file to what the store takes: read by the same functions as everything that is made one by one.

use crate::account_file::Content;
use crate::account_file::content::{
    Account, BookEntry, CallPin, Extension, InboundRoute, OutboundRoute, Person, SecondFactor, TimeCondition,
    Trunk,
};
use crate::api::auth::{password, recovery};
use crate::api::core::problem::{Fields, Problem};
use crate::api::resources::accounts::{self, NewAccountBody};
use crate::api::resources::destination;
use crate::api::resources::dialling::{self, DiallingBody};
use crate::api::resources::extensions::{self, NewExtensionBody};
use crate::api::resources::guard;
use crate::api::resources::members;
use crate::api::resources::rates;
use crate::api::resources::routing::{self, InboundBody, OutboundBody};
use crate::api::resources::trunk_profile;
use crate::api::resources::trunks::{self, AuthType, NewTrunkBody, TransportWord};
use crate::api::resources::users::{self, Names};
use pabx_model::{
    BookNote, BookNumber, CallingClass, Destination, DisplayName, MediaEncryption, Overrides, Pin, Role,
    RouteId, Status, TimeConditionId, TimeRule, TrunkTransport,
};
use pabx_store::{
    MovingAccount, MovingExtension, MovingPerson, MovingTrunk, NewUser, PasswordHash, PhonePassword,
};
use zeroize::Zeroizing;

/// Octets of an app's secret at most: ours has 20 (RFC 4226 §4).
const MAX_SECRET: usize = 64;

/// Reads all of it; each field that is wrong is named, such as `extensions[3].name`. Those of the account itself have the
/// names that the request has for them.
pub(super) fn parse(content: Content) -> Result<MovingAccount, Problem> {
    let Content {
        account,
        dialling,
        extensions,
        trunks,
        time_conditions,
        call_pins,
        inbound_routes,
        outbound_routes,
        phone_book,
        people,
        staying,
        ..
    } = content;
    Fields::all(|fields| {
        let (account_id, status) =
            (fields.parse("account_id", account.account_id.parse()), status(fields, &account.status));
        let account = accounts::parse(fields, body(account));
        let asked = DiallingBody {
            country: dialling.country,
            area_code: dialling.area_code,
            carrier: dialling.carrier,
            international: dialling.international,
            blocked_callers: dialling.blocked_callers,
            refuses_anonymous: dialling.refuses_anonymous,
            numbers: dialling.numbers,
            zone: dialling.zone,
            guard: guard::shown(&dialling.guard),
        };
        let dialling = dialling::parse(fields, &asked);
        let extensions = each(fields, "extensions", extensions, extension);
        let trunks = each(fields, "trunks", trunks, trunk);
        let time_conditions = each(fields, "time_conditions", time_conditions, time_condition);
        let call_pins = each(fields, "call_pins", call_pins, call_pin);
        let inbound_routes = each(fields, "inbound_routes", inbound_routes, inbound);
        let outbound_routes = each(fields, "outbound_routes", outbound_routes, outbound);
        let phone_book = each(fields, "phone_book", phone_book, book_entry);
        let people = each(fields, "people", people, person);
        Some(MovingAccount {
            account_id: account_id?,
            account: account?,
            status: status?,
            dialling: dialling?,
            extensions,
            trunks,
            time_conditions,
            call_pins,
            inbound_routes,
            outbound_routes,
            phone_book,
            people,
            staying,
        })
    })
}

fn each<A, B>(
    fields: &mut Fields,
    list: &str,
    items: Vec<A>,
    read: fn(&mut Fields, A) -> Option<B>,
) -> Vec<B> {
    let one = |(place, item)| fields.part(&format!("{list}[{place}]."), |fields| read(fields, item));
    items.into_iter().enumerate().filter_map(one).collect()
}

fn status(fields: &mut Fields, text: &str) -> Option<Status> {
    fields.parse("status", Status::parse(text))
}

fn body(account: Account) -> NewAccountBody {
    let Account { name, slug, domain, description, max_extensions, max_calls, max_storage_mib, .. } = account;
    let (max_calls, max_storage_mib) = (Some(max_calls), Some(max_storage_mib));
    NewAccountBody { name, slug, domain, description, max_extensions, max_calls, max_storage_mib }
}

fn extension(fields: &mut Fields, one: Extension) -> Option<MovingExtension> {
    let id = fields.parse("extension_id", one.extension_id.parse());
    let (status, password) =
        (status(fields, &one.status), fields.parse("password", PhonePassword::parse(&one.password)));
    let body = NewExtensionBody {
        number: one.number,
        name: one.name,
        max_devices: Some(one.max_devices),
        ring_seconds: Some(one.ring_seconds),
        calling_class: one.calling_class,
        caller_id: one.caller_id,
        media_encryption: Some(one.media_encryption.unwrap_or_else(|| MediaEncryption::Off.to_string())),
    };
    let extension = extensions::parse(fields, "", &body);
    Some(MovingExtension { extension_id: id?, extension: extension?, status: status?, password: password? })
}

fn trunk(fields: &mut Fields, one: Trunk) -> Option<MovingTrunk> {
    let (id, status) = (fields.parse("trunk_id", one.trunk_id.parse()), status(fields, &one.status));
    let transport = fields.parse("transport", one.transport.parse::<TrunkTransport>());
    let (auth_type, username, password) = match one.digest {
        None => (AuthType::Address, None, None),
        // What is wiped here is taken up by what the trunk's own body is, which wipes it too once it is read.
        Some(mut digest) => {
            (AuthType::Digest, Some(digest.username), Some(std::mem::take(&mut *digest.password)))
        }
    };
    let mut body = NewTrunkBody {
        name: one.name,
        host: one.host,
        port: one.port,
        transport: transport.map(TransportWord::from),
        max_calls: Some(one.max_calls),
        auth_type,
        username,
        password,
        networks: Some(one.networks),
        caller_id: one.caller_id,
        profile: trunk_profile::shown(&one.profile),
    };
    let trunk = trunks::parse(fields, &body);
    drop(body.password.take().map(Zeroizing::new));
    let rates =
        each(fields, "rates", one.rates, |fields, (prefix, price)| rates::parse(fields, &prefix, &price));
    Some(MovingTrunk { trunk_id: id?, trunk: trunk?, rates, status: status? })
}

fn inbound(fields: &mut Fields, one: InboundRoute) -> Option<(RouteId, pabx_store::InboundRoute)> {
    let (id, status) = (fields.parse("route_id", one.route_id.parse()), status(fields, &one.status));
    let extension = fields.parse_some("extension_id", one.extension_id.as_deref(), str::parse);
    let old = extension.map(|extension_id| Destination::Extension { extension_id });
    let body = InboundBody {
        name: one.name,
        position: one.position,
        trunk_id: one.trunk_id,
        did_pattern: one.did_pattern,
        caller_pattern: one.caller_pattern,
        destination: one.destination.as_ref().or(old.as_ref()).map(destination::shown),
        status: status?.into(),
    };
    let route = routing::parse_in(fields, &body);
    Some((id?, route?))
}

fn call_pin(fields: &mut Fields, one: CallPin) -> Option<pabx_model::CallPin> {
    let (id, status) = (fields.parse("pin_id", one.pin_id.parse()), status(fields, &one.status));
    let name = fields.parse("name", DisplayName::parse(&one.name));
    let class = fields.parse("calling_class", CallingClass::parse(&one.calling_class));
    let pin = fields.parse("pin", Pin::parse(&one.pin));
    Some(pabx_model::CallPin { pin_id: id?, name: name?, pin: pin?, calling_class: class?, status: status? })
}

fn time_condition(fields: &mut Fields, one: TimeCondition) -> Option<(TimeConditionId, TimeRule)> {
    let id = fields.parse("time_condition_id", one.time_condition_id.parse())?;
    fields.parse("hours", one.hours.check())?;
    Some((id, TimeRule { condition: one.hours, open: one.open, closed: one.closed }))
}

fn outbound(fields: &mut Fields, one: OutboundRoute) -> Option<(RouteId, pabx_store::OutboundRoute)> {
    let (id, status) = (fields.parse("route_id", one.route_id.parse()), status(fields, &one.status));
    let body = OutboundBody {
        name: one.name,
        position: one.position,
        pattern: one.pattern,
        strip: one.strip,
        prefix: one.prefix,
        trunks: one.trunks,
        trunk_order: one.trunk_order,
        failover_after_ringing: one.failover_after_ringing,
        status: status?.into(),
    };
    let route = routing::parse_out(fields, &body);
    Some((id?, route?))
}

/// The number is in its form already: it was read where it was typed.
fn book_entry(fields: &mut Fields, one: BookEntry) -> Option<pabx_model::BookEntry> {
    let name = fields.parse("name", DisplayName::parse(&one.name));
    let number = fields.parse("number", BookNumber::parse(&one.number));
    let note = fields.parse_some("note", one.note.as_deref(), BookNote::parse);
    Some(pabx_model::BookEntry { name: name?, number: number?, note })
}

fn person(fields: &mut Fields, one: Person) -> Option<MovingPerson> {
    let (id, status) = (fields.parse("user_id", one.user_id.parse()), status(fields, &one.status));
    let (email, language) = (one.email.as_deref(), Some(one.language.as_str()));
    let names = users::parse_names(fields, &one.username, &one.full_name, email, language);
    let hash = fields.parse("password_hash", PasswordHash::parse(&one.password_hash));
    if hash.as_ref().is_some_and(|hash| !password::is_affordable(hash)) {
        fields.add("password_hash", "takes more memory or time than those made here");
    }
    let role = fields.parse("role", Role::parse(&one.role));
    if role == Some(Role::SuperAdmin) {
        fields.add("role", "is none that one can have in an account");
    }
    let extension_id = fields.parse_some("extension_id", one.extension_id.as_deref(), str::parse);
    let overrides = Overrides {
        allow: members::permissions(fields, "allow", &one.allow),
        deny: members::permissions(fields, "deny", &one.deny),
    };
    let second_factor = one.second_factor.map(|factor| second_factor(fields, factor));
    let Names { username, full_name, email, language } = names?;
    let user = NewUser {
        username,
        password_hash: hash?,
        email,
        full_name,
        language,
        role: Role::User,
        must_change_password: one.must_change_password,
    };
    let (user_id, status, role) = (id?, status?, role?);
    Some(MovingPerson { user_id, user, status, second_factor, role, extension_id, overrides })
}

fn second_factor(fields: &mut Fields, factor: SecondFactor) -> pabx_store::SecondFactor {
    let SecondFactor { secret, last_step, recovery_codes } = factor;
    if secret.is_empty() || secret.len() > MAX_SECRET || recovery_codes.len() > recovery::COUNT {
        fields.add("second_factor", "is none that was made by a box");
    }
    pabx_store::SecondFactor { secret, last_step, recovery_codes }
}
