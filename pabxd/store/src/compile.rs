//! The configuration as the engine needs it. Passwords of phones and trunks leave here, for the engine, and in [`crate::moving`].

use pabx_model::{
    Account, AccountId, AccountLimits, CallerId, CallingClass, DisplayName, ExtensionId, ExtensionNumber,
    InboundRoute, MediaEncryption, OutboundRoute, Routed, Routing, Status, Trunk, TrunkLogin,
};
use rusqlite::{Connection, Row};
use zeroize::Zeroizing;

use crate::extensions::password_place;
use crate::routing::RouteKind;
use crate::row::{parsed, parsed_or_null};
use crate::trunks::WithPassword;
use crate::{
    AccountScope, PhonePassword, SealingKey, Store, StoreError, WholeBox, call_pins, dialling, phone_book,
    rates, routing, time_conditions, trunks,
};

/// Everything the engine's directory is made of, as it was at one moment.
#[derive(Debug)]
pub struct Configuration {
    /// All accounts.
    pub accounts: Vec<Account>,
    /// All extensions of all accounts.
    pub extensions: Vec<CompiledExtension>,
    /// Trunks and routes of each account that has some.
    pub routing: Vec<(AccountId, Routing)>,
}

/// An extension with its password opened.
#[derive(Debug)]
pub struct CompiledExtension {
    /// Id.
    pub extension_id: ExtensionId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Its number.
    pub number: ExtensionNumber,
    /// What people call it.
    pub name: DisplayName,
    /// In use or not.
    pub status: Status,
    /// Devices that may be registered at once.
    pub max_devices: u16,
    /// Seconds it rings.
    pub ring_seconds: u16,
    /// How far it may call.
    pub calling_class: CallingClass,
    /// The number that it shows outside.
    pub caller_id: Option<CallerId>,
    /// Whether its phones' sound is encrypted.
    pub media_encryption: MediaEncryption,
    /// The password, to make the digest secrets from.
    pub password: PhonePassword,
}

fn read_account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        account_id: parsed(row, 0)?,
        name: parsed(row, 1)?,
        slug: parsed(row, 2)?,
        domain: parsed(row, 3)?,
        status: parsed(row, 4)?,
        limits: AccountLimits { max_extensions: row.get(5)?, max_calls: row.get(6)? },
    })
}

impl Store {
    /// Reads it all in one transaction, so that no half of a change is seen.
    ///
    /// An extension whose sealed password was altered fails the whole: it is an attack or a damaged disk.
    pub fn compile(&mut self, _: WholeBox) -> Result<Configuration, StoreError> {
        let transaction = self.connection.transaction()?;
        let accounts: Vec<Account> = transaction
            .prepare_cached(
                "SELECT account_id, name, slug, domain, status, max_extensions, max_calls FROM accounts",
            )?
            .query_map([], read_account)?
            .collect::<rusqlite::Result<_>>()?;
        let mut statement = transaction.prepare_cached(
            "SELECT extension_id, account_id, extension_number, name, status, max_devices, ring_seconds, password, calling_class, caller_id, media_encryption FROM extensions",
        )?;
        let mut rows = statement.query([])?;
        let mut extensions = Vec::new();
        while let Some(row) = rows.next()? {
            let id: ExtensionId = parsed(row, 0)?;
            extensions.push(CompiledExtension {
                extension_id: id,
                account_id: parsed(row, 1)?,
                number: parsed(row, 2)?,
                name: parsed(row, 3)?,
                status: parsed(row, 4)?,
                max_devices: row.get(5)?,
                ring_seconds: row.get(6)?,
                calling_class: parsed(row, 8)?,
                caller_id: parsed_or_null(row, 9)?,
                media_encryption: parsed(row, 10)?,
                password: open_password(
                    &self.key,
                    id,
                    row.get_ref(7)?.as_blob().map_err(rusqlite::Error::from)?,
                )?,
            });
        }
        let mut routing = Vec::new();
        for account in &accounts {
            let scope = AccountScope::of(account.account_id);
            routing.push((account.account_id, read_routing(&transaction, &self.key, scope)?));
        }
        Ok(Configuration { accounts, extensions, routing })
    }
}

fn read_routing(
    connection: &Connection,
    key: &SealingKey,
    scope: AccountScope,
) -> Result<Routing, StoreError> {
    let compiled = |with_password| trunk(scope.account_id(), with_password);
    let trunks: Vec<Trunk> =
        trunks::with_passwords(connection, key, scope)?.into_iter().map(compiled).collect();
    let rates = rates::tables(connection, trunks.iter().map(|trunk| trunk.trunk_id))?;
    let routing = Routing::new(
        dialling::find(connection, scope)?.dialling,
        trunks,
        routes::<InboundRoute>(connection, scope)?,
        routes::<OutboundRoute>(connection, scope)?,
    );
    let routing = routing.with_rates(rates).with_names(phone_book::names(connection, scope)?);
    let routing = routing.with_pins(call_pins::all(connection, key, scope)?);
    Ok(routing.with_time_rules(time_conditions::rules(connection, scope)?))
}

fn trunk(account_id: AccountId, (row, password): WithPassword) -> Trunk {
    let login = match row.username {
        Some(username) => TrunkLogin::Digest {
            username: username.into(),
            password: password.unwrap_or_else(|| Zeroizing::new(String::new())),
        },
        None => TrunkLogin::Address,
    };
    Trunk {
        trunk_id: row.trunk_id,
        account_id,
        name: row.name,
        host: row.host,
        port: row.port,
        transport: row.transport,
        max_calls: row.max_calls,
        login,
        networks: row.networks,
        caller_id: row.caller_id,
        profile: row.profile,
        status: row.status,
    }
}

fn routes<R: RouteKind>(connection: &Connection, scope: AccountScope) -> Result<Vec<Routed<R>>, StoreError> {
    let rows = routing::all::<R>(connection, scope)?;
    Ok(rows.into_iter().map(|row| Routed { route_id: row.route_id, route: row.route }).collect())
}

pub(crate) fn open_password(
    key: &crate::SealingKey,
    id: ExtensionId,
    sealed: &[u8],
) -> Result<PhonePassword, StoreError> {
    let row = id.to_string();
    let place = password_place(&row);
    let opened = key.open(place, sealed)?;
    PhonePassword::from_opened(&opened).ok_or(StoreError::Altered {
        table: place.table,
        row: row.clone(),
        column: place.column,
    })
}
