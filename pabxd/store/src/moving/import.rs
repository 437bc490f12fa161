//! Putting an account in: all of it or nothing, by the same rules as everything that is made one by one.

use std::collections::HashMap;
use std::fmt::Display;
use std::hash::Hash;

use pabx_model::{
    AccountId, CallPin, Destination, Dialling, ExtensionId, OffHours, PinId, RouteId, TimeConditionId,
    TimeRule, TrunkId, UserId,
};
use rusqlite::OptionalExtension;
use serde_json::json;

use super::{ImportedAccount, MovingAccount, MovingPerson};
use crate::audit::Entry;
use crate::row::parsed;
use crate::store::Writing;
use crate::{
    AccountScope, Act, InboundRoute, NewPin, OutboundRoute, Store, StoreError, WholeBox, accounts, call_pins,
    dialling, extensions, members, phone_book, rates, routing, second_factor, time_conditions, trunks, users,
};

impl Store {
    /// Makes an account of one that was taken out of a box, in one transaction. Ids stay unless they are in use here. With
    /// `dry_run` nothing is made, even when all could be.
    pub fn import_account(
        &mut self,
        _: WholeBox,
        moving: &MovingAccount,
        dry_run: bool,
        act: &Act,
    ) -> Result<ImportedAccount, StoreError> {
        let work = |writing: &mut Writing<'_>| Import { writing, act, new_ids: 0 }.whole(moving);
        if dry_run { self.rehearse(work) } else { self.write(work) }
    }
}

/// An import on its way.
struct Import<'a, 'b> {
    writing: &'a mut Writing<'b>,
    act: &'a Act,
    new_ids: usize,
}

/// The ids of the file, and those that they have here.
type Ids<T> = HashMap<T, T>;

/// What destinations point at.
struct Places {
    extensions: Ids<ExtensionId>,
    hours: Ids<TimeConditionId>,
}

impl Places {
    /// The destination here; one that was gone there leads nowhere.
    fn destination(&self, to: Option<&Destination>) -> Option<Destination> {
        Some(match to? {
            Destination::Extension { extension_id } => {
                Destination::Extension { extension_id: *self.extensions.get(extension_id)? }
            }
            Destination::TimeCondition { time_condition_id } => {
                Destination::TimeCondition { time_condition_id: *self.hours.get(time_condition_id)? }
            }
            other @ (Destination::Number { .. } | Destination::Reject { .. }) => other.clone(),
        })
    }
}

impl Import<'_, '_> {
    fn whole(mut self, moving: &MovingAccount) -> Result<ImportedAccount, StoreError> {
        let id = self.id("accounts", "account_id", moving.account_id, AccountId::new)?;
        self.new_ids = 0;
        accounts::put(self.writing, id, &moving.account, moving.status, self.act)?;
        let scope = AccountScope::of(id);
        let extensions = self.extensions(scope, moving)?;
        let trunks = self.trunks(scope, moving)?;
        let places = Places { hours: self.time_conditions(scope, moving, &extensions)?, extensions };
        self.dialling(scope, &moving.dialling, &places)?;
        self.routes(scope, moving, (&trunks, &places))?;
        self.pins(scope, moving)?;
        let extensions = places.extensions;
        if !moving.phone_book.is_empty() {
            phone_book::import(self.writing, scope, &moving.phone_book, self.act)?;
        }
        let (mut made, mut rejoined, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for person in &moving.people {
            let names = match self.person(scope, person, &extensions)? {
                Came::Made => &mut made,
                Came::Rejoined => &mut rejoined,
                Came::LeftOut => &mut left_out,
            };
            names.push(person.user.username.clone());
        }
        let counts = json!({
            "extensions": extensions.len(), "trunks": trunks.len(), "inbound_routes": moving.inbound_routes.len(),
            "outbound_routes": moving.outbound_routes.len(), "people": made.len() + rejoined.len(),
            "time_conditions": moving.time_conditions.len(), "call_pins": moving.call_pins.len(),
            "phone_book": moving.phone_book.len(), "account_id_before": moving.account_id, "left_out": left_out, "secrets": "***",
        });
        let entry = Entry::about("account.import", "account", id).of(id);
        self.writing.audit(self.act, entry.change(None, Some(counts)))?;
        let account = accounts::find(&self.writing.transaction, scope)?;
        Ok(ImportedAccount { account, new_ids: self.new_ids, made, rejoined, left_out })
    }

    fn extensions(
        &mut self,
        scope: AccountScope,
        moving: &MovingAccount,
    ) -> Result<Ids<ExtensionId>, StoreError> {
        let mut ids = Ids::new();
        for one in &moving.extensions {
            let id = self.id("extensions", "extension_id", one.extension_id, ExtensionId::new)?;
            let new = (id, &one.password);
            extensions::put(self.writing, scope, new, &one.extension, one.status, self.act)?;
            ids.insert(one.extension_id, id);
        }
        Ok(ids)
    }

    fn trunks(&mut self, scope: AccountScope, moving: &MovingAccount) -> Result<Ids<TrunkId>, StoreError> {
        let mut ids = Ids::new();
        for one in &moving.trunks {
            let id = self.id("sip_trunks", "trunk_id", one.trunk_id, TrunkId::new)?;
            trunks::put(self.writing, scope, id, &one.trunk, one.status, self.act)?;
            if !one.rates.is_empty() {
                rates::replace(self.writing, scope, id, &one.rates, self.act)?;
            }
            ids.insert(one.trunk_id, id);
        }
        Ok(ids)
    }

    /// Ids first: they may lead to one another.
    fn time_conditions(
        &mut self,
        scope: AccountScope,
        moving: &MovingAccount,
        extensions: &Ids<ExtensionId>,
    ) -> Result<Ids<TimeConditionId>, StoreError> {
        let mut ids = Ids::new();
        for (was, _) in &moving.time_conditions {
            let id = self.id("time_conditions", "time_condition_id", *was, TimeConditionId::new)?;
            ids.insert(*was, id);
        }
        let places = Places { hours: ids, extensions: extensions.clone() };
        for (was, rule) in &moving.time_conditions {
            let rule = TimeRule {
                condition: rule.condition.clone(),
                open: places.destination(rule.open.as_ref()),
                closed: places.destination(rule.closed.as_ref()),
            };
            let id = here(&places.hours, *was, "time condition")?;
            time_conditions::put(self.writing, scope, id, &rule, self.act)?;
        }
        Ok(places.hours)
    }

    fn pins(&mut self, scope: AccountScope, moving: &MovingAccount) -> Result<(), StoreError> {
        for one in &moving.call_pins {
            let id = self.id("call_pins", "pin_id", one.pin_id, PinId::new)?;
            let CallPin { name, calling_class, status, .. } = one.clone();
            let new = NewPin { name, calling_class, status };
            call_pins::put(self.writing, scope, (id, &one.pin), &new, self.act)?;
        }
        Ok(())
    }

    fn dialling(
        &mut self,
        scope: AccountScope,
        dialling: &Dialling,
        places: &Places,
    ) -> Result<(), StoreError> {
        if *dialling == Dialling::default() {
            return Ok(());
        }
        let mut dialling = dialling.clone();
        let bound = dialling.guard.off_hours;
        dialling.guard.off_hours = bound.and_then(|bound| {
            let time_condition_id = *places.hours.get(&bound.time_condition_id)?;
            Some(OffHours { time_condition_id, ..bound })
        });
        dialling::put(self.writing, scope, &dialling, None, self.act)
    }

    fn routes(
        &mut self,
        scope: AccountScope,
        moving: &MovingAccount,
        (trunks, places): (&Ids<TrunkId>, &Places),
    ) -> Result<(), StoreError> {
        for (id, route) in &moving.inbound_routes {
            let id = self.id("inbound_routes", "route_id", *id, RouteId::new)?;
            let route = InboundRoute {
                trunk_id: route.trunk_id.map(|id| here(trunks, id, "trunk")).transpose()?,
                destination: places.destination(route.destination.as_ref()),
                ..route.clone()
            };
            routing::put(self.writing, scope, id, &route, self.act)?;
        }
        for (id, route) in &moving.outbound_routes {
            let id = self.id("outbound_routes", "route_id", *id, RouteId::new)?;
            let trunks =
                route.trunks.iter().map(|id| here(trunks, *id, "trunk")).collect::<Result<_, _>>()?;
            routing::put(self.writing, scope, id, &OutboundRoute { trunks, ..route.clone() }, self.act)?;
        }
        Ok(())
    }

    /// Makes a person and a member. Whoever has the name here keeps it, and is no member unless it is the same person and
    /// belongs to nothing: what is left when an account is deleted.
    fn person(
        &mut self,
        scope: AccountScope,
        person: &MovingPerson,
        extensions: &Ids<ExtensionId>,
    ) -> Result<Came, StoreError> {
        let (user_id, came) = match self.known(&person.user.username)? {
            None => (self.id("users", "user_id", person.user_id, UserId::new)?, Came::Made),
            Some((id, true)) if id == person.user_id => (id, Came::Rejoined),
            Some(_) => return Ok(Came::LeftOut),
        };
        if came == Came::Made {
            users::put(self.writing, user_id, &person.user, person.status, self.act)?;
            if let Some(factor) = &person.second_factor {
                let secret = (factor.secret.as_slice(), factor.last_step);
                second_factor::put(self.writing, user_id, secret, &factor.recovery_codes, self.act)?;
            }
        }
        let extension = person.extension_id.map(|id| here(extensions, id, "extension")).transpose()?;
        let member = (user_id, person.role, extension);
        members::insert(self.writing, scope, member, person.overrides, self.act)?;
        Ok(came)
    }

    /// Who has this name here, and whether that is somebody without a role on the box and without an account.
    fn known(&self, username: &str) -> Result<Option<(UserId, bool)>, StoreError> {
        let found = self
            .writing
            .transaction
            .prepare_cached(
                "SELECT user_id, role = 'user' AND NOT EXISTS
                     (SELECT 1 FROM account_users WHERE account_users.user_id = users.user_id)
                 FROM users WHERE username = ?1",
            )?
            .query_row([username], |row| Ok((parsed(row, 0)?, row.get(1)?)))
            .optional()?;
        Ok(found)
    }

    /// The id of the file, unless it is in use here or none that a box makes; then a new one.
    fn id<T: Copy + Display>(
        &mut self,
        table: &'static str,
        column: &'static str,
        wanted: T,
        make: fn(u64, [u8; 10]) -> T,
    ) -> Result<T, StoreError> {
        let text = wanted.to_string();
        let ours = text.get(14..15) == Some("7");
        let sql = format!("SELECT 1 FROM {table} WHERE {column} = ?1");
        if ours && !self.writing.transaction.prepare_cached(&sql)?.exists([&text])? {
            return Ok(wanted);
        }
        self.new_ids += 1;
        Ok(make(self.act.at.0, self.writing.id_octets()?))
    }
}

/// What became of a person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    Made,
    Rejoined,
    LeftOut,
}

/// The id that one of the file has here.
fn here<T: Copy + Eq + Hash>(ids: &Ids<T>, id: T, what: &'static str) -> Result<T, StoreError> {
    ids.get(&id).copied().ok_or(StoreError::NotFound { what })
}
