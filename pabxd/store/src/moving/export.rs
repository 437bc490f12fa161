//! Taking an account out.

use pabx_model::{Role, Status, UserId};
use rusqlite::Connection;
use serde_json::json;

use super::{MovingAccount, MovingExtension, MovingPerson, MovingTrunk, SecondFactor};
use crate::audit::Entry;
use crate::extensions::{self, ExtensionRow};
use crate::members::{self, MemberRow, OF_MEMBER, OF_MEMBER_WIDTH};
use crate::row::natural;
use crate::trunks::{self, TrunkRow};
use crate::users::{COLUMNS, WIDTH};
use crate::{
    AccountRow, AccountScope, Act, InboundRoute, NewAccount, NewExtension, NewTrunk, NewUser, OutboundRoute,
    PasswordHash, PhonePassword, SealingKey, Store, StoreError, TrunkAuth, accounts, call_pins, dialling,
    phone_book, rates, routing, second_factor, time_conditions,
};

impl Store {
    /// Everything of an account as it is at one moment, with its secrets opened; that it was taken out is written down first.
    pub fn export_account(&mut self, scope: AccountScope, act: &Act) -> Result<MovingAccount, StoreError> {
        self.write(|writing| {
            let moving = read(&writing.transaction, writing.key, scope)?;
            let id = scope.account_id();
            let counts = json!({
                "extensions": moving.extensions.len(), "trunks": moving.trunks.len(), "people": moving.people.len(),
                "inbound_routes": moving.inbound_routes.len(), "outbound_routes": moving.outbound_routes.len(),
                "time_conditions": moving.time_conditions.len(), "call_pins": moving.call_pins.len(),
                "phone_book": moving.phone_book.len(), "secrets": "***",
            });
            let entry = Entry::about("account.export", "account", id).of(id);
            writing.audit(act, entry.change(None, Some(counts)))?;
            Ok(moving)
        })
    }
}

fn read(connection: &Connection, key: &SealingKey, scope: AccountScope) -> Result<MovingAccount, StoreError> {
    let AccountRow { account_id, name, slug, domain, description, limits, max_storage_mib, status, .. } =
        accounts::find(connection, scope)?;
    let account = NewAccount { name, slug, domain, description, limits, max_storage_mib };
    let trunks = trunks::with_passwords(connection, key, scope)?.into_iter();
    let trunks = trunks.map(|one| trunk(connection, one)).collect::<Result<Vec<_>, _>>()?;
    let mut outbound_routes = routes::<OutboundRoute>(connection, scope)?;
    for (_, route) in &mut outbound_routes {
        // A route may still name a trunk that is gone.
        route.trunks.retain(|id| trunks.iter().any(|trunk| trunk.trunk_id == *id));
    }
    let (people, staying) = people(connection, key, scope)?;
    Ok(MovingAccount {
        account_id,
        account,
        status,
        dialling: dialling::find(connection, scope)?.dialling,
        extensions: extensions::with_passwords(connection, key, scope)?.into_iter().map(extension).collect(),
        trunks,
        time_conditions: time_conditions::all(connection, scope)?
            .into_iter()
            .map(|row| (row.time_condition_id, row.rule))
            .collect(),
        call_pins: call_pins::all(connection, key, scope)?,
        inbound_routes: routes::<InboundRoute>(connection, scope)?,
        outbound_routes,
        phone_book: phone_book::all(connection, scope)?,
        people,
        staying,
    })
}

fn extension((row, password): (ExtensionRow, PhonePassword)) -> MovingExtension {
    let ExtensionRow {
        extension_id,
        number,
        name,
        max_devices,
        ring_seconds,
        calling_class,
        caller_id,
        media_encryption,
        status,
        ..
    } = row;
    let extension =
        NewExtension { number, name, max_devices, ring_seconds, calling_class, caller_id, media_encryption };
    MovingExtension { extension_id, extension, status, password }
}

fn trunk(connection: &Connection, (row, password): trunks::WithPassword) -> Result<MovingTrunk, StoreError> {
    let TrunkRow {
        trunk_id,
        name,
        host,
        port,
        transport,
        max_calls,
        username,
        networks,
        caller_id,
        profile,
        status,
        ..
    } = row;
    let auth = match username {
        Some(username) => TrunkAuth::Digest { username, password },
        None => TrunkAuth::Address,
    };
    let trunk = NewTrunk { name, host, port, transport, max_calls, auth, networks, caller_id, profile };
    Ok(MovingTrunk { trunk_id, trunk, rates: rates::all(connection, trunk_id)?, status })
}

fn routes<R: routing::RouteKind>(
    connection: &Connection,
    scope: AccountScope,
) -> Result<Vec<(pabx_model::RouteId, R)>, StoreError> {
    Ok(routing::all(connection, scope)?.into_iter().map(|row| (row.route_id, row.route)).collect())
}

/// A member, and what is only read here.
struct Member {
    row: MemberRow,
    password_hash: String,
    totp_secret: Option<Vec<u8>>,
    totp_last_step: u64,
    accounts: u32,
}

/// Who moves, and the names of those who stay: whoever has a role on the box, or belongs to another account too.
fn people(
    connection: &Connection,
    key: &SealingKey,
    scope: AccountScope,
) -> Result<(Vec<MovingPerson>, Vec<String>), StoreError> {
    let (mut moving, mut staying) = (Vec::new(), Vec::new());
    for member in members(connection, scope)? {
        if member.accounts > 1 || member.row.user.role != Role::User {
            staying.push(member.row.user.username);
        } else {
            moving.push(person(connection, key, member)?);
        }
    }
    Ok((moving, staying))
}

fn members(connection: &Connection, scope: AccountScope) -> Result<Vec<Member>, StoreError> {
    const NEXT: usize = WIDTH + OF_MEMBER_WIDTH;
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}, {OF_MEMBER}, users.password_hash, users.totp_secret, users.totp_last_step,
             (SELECT count(*) FROM account_users AS every WHERE every.user_id = users.user_id)
         FROM account_users JOIN users ON users.user_id = account_users.user_id
         WHERE account_users.account_id = ?1 ORDER BY account_users.username, users.user_id"
    ))?;
    let rows = statement.query_map([scope.text()], |row| {
        Ok(Member {
            row: members::read(row)?,
            password_hash: row.get(NEXT)?,
            totp_secret: row.get(NEXT + 1)?,
            totp_last_step: natural(row, NEXT + 2)?,
            accounts: row.get(NEXT + 3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn person(connection: &Connection, key: &SealingKey, member: Member) -> Result<MovingPerson, StoreError> {
    let MemberRow { user, role, extension_id, overrides, .. } = member.row;
    let second_factor = match member.totp_secret {
        None => None,
        Some(sealed) => Some(SecondFactor {
            secret: key.open(second_factor::place(&user.user_id.to_string()), &sealed)?,
            last_step: member.totp_last_step,
            recovery_codes: recovery_codes(connection, user.user_id)?,
        }),
    };
    let (user_id, status): (UserId, Status) = (user.user_id, user.status);
    let user = NewUser {
        username: user.username,
        password_hash: PasswordHash::parse(&member.password_hash)?,
        email: user.email,
        full_name: user.full_name,
        language: user.language,
        role: Role::User,
        must_change_password: user.must_change_password,
    };
    Ok(MovingPerson { user_id, user, status, second_factor, role, extension_id, overrides })
}

fn recovery_codes(connection: &Connection, user: UserId) -> Result<Vec<[u8; 32]>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT code_hash FROM recovery_codes WHERE user_id = ?1 ORDER BY code_hash")?;
    let rows = statement.query_map([user.to_string()], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
