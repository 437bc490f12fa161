//! Taking an account out: from the store's rows to the file.

use super::turn;
use crate::account_file::content::{
    Account, BookEntry, CallPin, Dialling, Digest, Extension, InboundRoute, OutboundRoute, Person,
    SecondFactor, TimeCondition, Trunk,
};
use crate::account_file::{self, Content};
use crate::api::auth::sessions::session_of;
use crate::api::core::call::Call;
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Json, Octets};
use crate::backup::passphrase;
use pabx_model::{PermissionSet, RouteId, TimeConditionId, TimeRule, Timestamp};
use pabx_store::{MovingAccount, MovingExtension, MovingPerson, MovingTrunk, TrunkAuth};
use schemars::JsonSchema;
use serde::Deserialize;
use zeroize::Zeroizing;

/// What opens the file.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExportBody {
    /// 12 characters at least. Whoever loses it cannot open the file.
    #[schemars(with = "String")]
    passphrase: Zeroizing<String>,
}

/// Only in person: a key of a machine that leaks must not give every password away.
pub(super) fn export(call: &mut Call<'_>, Json(body): Json<ExportBody>) -> Result<Octets, Problem> {
    session_of(call)?;
    passphrase::check(&body.passphrase).map_err(|error| Problem::field("passphrase", error.to_string()))?;
    let _turn = turn()?;
    let (scope, act) = (call.scope()?, call.act());
    let moving = call.store.export_account(scope, &act)?;
    let file = account_file::seal(&content(&moving, call.now), &body.passphrase).map_err(|error| {
        log::error!("an account could not be sealed: {error:#}");
        Problem::new(Kind::Internal)
    })?;
    if file.len() > account_file::MAX {
        let most = account_file::MAX;
        return Err(Problem::about(Kind::Limit, format!("the file would have more than {most} octets")));
    }
    Ok(Octets(format!("{}.pabx-account", moving.account.slug), file))
}

fn content(moving: &MovingAccount, now: Timestamp) -> Content {
    let account = &moving.account;
    Content {
        format: account_file::FORMAT,
        version: env!("CARGO_PKG_VERSION").into(),
        made_at: now.0,
        account: Account {
            account_id: moving.account_id.to_string(),
            name: account.name.to_string(),
            slug: account.slug.to_string(),
            domain: account.domain.to_string(),
            description: account.description.clone(),
            status: moving.status.to_string(),
            max_extensions: account.limits.max_extensions,
            max_calls: account.limits.max_calls,
            max_storage_mib: account.max_storage_mib,
        },
        dialling: dialling(&moving.dialling),
        extensions: moving.extensions.iter().map(extension).collect(),
        trunks: moving.trunks.iter().map(trunk).collect(),
        time_conditions: moving.time_conditions.iter().map(time_condition).collect(),
        call_pins: moving.call_pins.iter().map(call_pin).collect(),
        inbound_routes: moving.inbound_routes.iter().map(inbound).collect(),
        outbound_routes: moving.outbound_routes.iter().map(outbound).collect(),
        phone_book: moving.phone_book.iter().map(book_entry).collect(),
        people: moving.people.iter().map(person).collect(),
        staying: moving.staying.clone(),
    }
}

fn book_entry(one: &pabx_model::BookEntry) -> BookEntry {
    BookEntry {
        name: one.name.to_string(),
        number: one.number.to_string(),
        note: one.note.as_ref().map(ToString::to_string),
    }
}

fn dialling(one: &pabx_model::Dialling) -> Dialling {
    Dialling {
        country: Some(one.plan.country.to_string()),
        area_code: one.plan.area_code.as_ref().map(ToString::to_string),
        carrier: one.plan.carrier.as_ref().map(ToString::to_string),
        international: one.international.iter().map(ToString::to_string).collect(),
        blocked_callers: one.blocked_callers.iter().map(ToString::to_string).collect(),
        refuses_anonymous: one.refuses_anonymous,
        numbers: one.numbers.iter().map(ToString::to_string).collect(),
        zone: Some(one.zone.to_string()),
        guard: one.guard.clone(),
    }
}

fn extension(one: &MovingExtension) -> Extension {
    Extension {
        extension_id: one.extension_id.to_string(),
        number: one.extension.number.to_string(),
        name: one.extension.name.to_string(),
        max_devices: one.extension.max_devices,
        ring_seconds: one.extension.ring_seconds,
        calling_class: Some(one.extension.calling_class.to_string()),
        caller_id: one.extension.caller_id.as_ref().map(ToString::to_string),
        media_encryption: Some(one.extension.media_encryption.to_string()),
        status: one.status.to_string(),
        password: Zeroizing::new(one.password.expose().to_owned()),
    }
}

fn trunk(one: &MovingTrunk) -> Trunk {
    let digest = match &one.trunk.auth {
        TrunkAuth::Address => None,
        TrunkAuth::Digest { username, password } => {
            Some(Digest { username: username.clone(), password: password.clone().unwrap_or_default() })
        }
    };
    Trunk {
        trunk_id: one.trunk_id.to_string(),
        name: one.trunk.name.to_string(),
        host: one.trunk.host.to_string(),
        port: one.trunk.port,
        transport: one.trunk.transport.as_str().into(),
        max_calls: one.trunk.max_calls,
        status: one.status.to_string(),
        networks: one.trunk.networks.iter().map(ToString::to_string).collect(),
        caller_id: one.trunk.caller_id.as_ref().map(ToString::to_string),
        profile: one.trunk.profile.clone(),
        rates: one.rates.iter().map(|rate| (rate.prefix.to_string(), rate.price.to_string())).collect(),
        digest,
    }
}

fn call_pin(one: &pabx_model::CallPin) -> CallPin {
    CallPin {
        pin_id: one.pin_id.to_string(),
        name: one.name.to_string(),
        pin: Zeroizing::new(one.pin.expose().to_owned()),
        calling_class: one.calling_class.to_string(),
        status: one.status.to_string(),
    }
}

fn time_condition((id, rule): &(TimeConditionId, TimeRule)) -> TimeCondition {
    TimeCondition {
        time_condition_id: id.to_string(),
        hours: rule.condition.clone(),
        open: rule.open.clone(),
        closed: rule.closed.clone(),
    }
}

fn inbound((id, route): &(RouteId, pabx_store::InboundRoute)) -> InboundRoute {
    InboundRoute {
        route_id: id.to_string(),
        name: route.name.to_string(),
        position: route.position,
        trunk_id: route.trunk_id.map(|id| id.to_string()),
        did_pattern: route.did_pattern.to_string(),
        caller_pattern: route.caller_pattern.as_ref().map(ToString::to_string),
        extension_id: None,
        destination: route.destination.clone(),
        status: route.status.to_string(),
    }
}

fn outbound((id, route): &(RouteId, pabx_store::OutboundRoute)) -> OutboundRoute {
    OutboundRoute {
        route_id: id.to_string(),
        name: route.name.to_string(),
        position: route.position,
        pattern: route.pattern.to_string(),
        strip: route.strip,
        prefix: route.prefix.clone(),
        trunks: route.trunks.iter().map(ToString::to_string).collect(),
        trunk_order: Some(route.trunk_order.to_string()),
        failover_after_ringing: route.failover_after_ringing,
        status: route.status.to_string(),
    }
}

fn words(set: PermissionSet) -> Vec<String> {
    set.iter().map(|permission| permission.to_string()).collect()
}

fn person(one: &MovingPerson) -> Person {
    let second_factor = one.second_factor.as_ref().map(|factor| SecondFactor {
        secret: factor.secret.clone(),
        last_step: factor.last_step,
        recovery_codes: factor.recovery_codes.clone(),
    });
    Person {
        user_id: one.user_id.to_string(),
        username: one.user.username.clone(),
        full_name: one.user.full_name.clone(),
        email: one.user.email.clone(),
        language: one.user.language.to_string(),
        status: one.status.to_string(),
        must_change_password: one.user.must_change_password,
        password_hash: Zeroizing::new(one.user.password_hash.as_str().to_owned()),
        second_factor,
        role: one.role.to_string(),
        extension_id: one.extension_id.map(|id| id.to_string()),
        allow: words(one.overrides.allow),
        deny: words(one.overrides.deny),
    }
}
