//! Lines to providers.

use pabx_model::{
    CallerId, DisplayName, PeerNetwork, SipDomain, Status, TextError, Timestamp, TrunkId, TrunkProfile,
    TrunkTransport,
};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;
use zeroize::Zeroizing;

use crate::audit::Entry;
use crate::page::{ListQuery, Page, Revision, Sort, Source, page};
use crate::row::{from_json, ms, parsed, parsed_or_null, time, to_json};
use crate::seal::Place;
use crate::store::{MAX_TRUNKS_OF_ACCOUNT, Writing};
use crate::{AccountScope, Act, SealingKey, Store, StoreError};

/// How a provider knows us (`auth_type`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrunkAuth {
    /// By user name and password.
    Digest {
        /// User name.
        username: String,
        /// Password; sealed when it is kept. `None` in a change: the one that is there stays.
        password: Option<Zeroizing<String>>,
    },
    /// By our address.
    Address,
}

/// What a trunk is made of.
#[derive(Clone, Debug)]
pub struct NewTrunk {
    /// What people call it, unique in the account.
    pub name: DisplayName,
    /// The provider's host.
    pub host: SipDomain,
    /// Its port; `None`: what DNS or the transport says.
    pub port: Option<u16>,
    /// By which way.
    pub transport: TrunkTransport,
    /// Calls at once.
    pub max_calls: u32,
    /// How it knows us.
    pub auth: TrunkAuth,
    /// Where its calls may come from besides its host.
    pub networks: Vec<PeerNetwork>,
    /// The number that is shown to who is called; `None`: the user name.
    pub caller_id: Option<CallerId>,
    /// How the provider differs from the usual.
    pub profile: TrunkProfile,
}

/// What is to be changed; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct TrunkChange {
    /// What people call it.
    pub name: Option<DisplayName>,
    /// The provider's host.
    pub host: Option<SipDomain>,
    /// Its port.
    pub port: Option<Option<u16>>,
    /// By which way.
    pub transport: Option<TrunkTransport>,
    /// Calls at once.
    pub max_calls: Option<u32>,
    /// How it knows us.
    pub auth: Option<TrunkAuth>,
    /// Where its calls may come from besides its host.
    pub networks: Option<Vec<PeerNetwork>>,
    /// The number that is shown to who is called.
    pub caller_id: Option<Option<CallerId>>,
    /// How the provider differs from the usual.
    pub profile: Option<TrunkProfile>,
    /// In use or not.
    pub status: Option<Status>,
}

/// A trunk as it is kept, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkRow {
    /// Id.
    pub trunk_id: TrunkId,
    /// What people call it.
    pub name: DisplayName,
    /// The provider's host.
    pub host: SipDomain,
    /// Its port.
    pub port: Option<u16>,
    /// By which way.
    pub transport: TrunkTransport,
    /// Calls at once.
    pub max_calls: u32,
    /// The user name, for digest; `None`: it knows us by address.
    pub username: Option<String>,
    /// Where its calls may come from besides its host.
    pub networks: Vec<PeerNetwork>,
    /// The number that is shown to who is called.
    pub caller_id: Option<CallerId>,
    /// How the provider differs from the usual.
    pub profile: TrunkProfile,
    /// In use or not.
    pub status: Status,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts the changes.
    pub revision: Revision,
}

/// By what trunks are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrunkSort {
    /// By name.
    #[default]
    Name,
    /// By the time they were made.
    CreatedAt,
}

impl Sort for TrunkSort {
    fn expression(self) -> &'static str {
        match self {
            Self::Name => "lower(name)",
            Self::CreatedAt => "created_at",
        }
    }
}

const COLUMNS: &str = "trunk_id, name, host, port, transport, max_calls, username, status, created_at, updated_at, revision, networks, caller_id, profile";
/// How many they are: what a query reads besides comes after.
const WIDTH: usize = 14;

fn read(row: &Row<'_>) -> rusqlite::Result<TrunkRow> {
    Ok(TrunkRow {
        trunk_id: parsed(row, 0)?,
        name: parsed(row, 1)?,
        host: parsed(row, 2)?,
        port: row.get(3)?,
        transport: parsed(row, 4)?,
        max_calls: row.get(5)?,
        username: row.get(6)?,
        status: parsed(row, 7)?,
        created_at: time(row, 8)?,
        updated_at: time(row, 9)?,
        revision: Revision(row.get(10)?),
        networks: networks(&row.get::<_, String>(11)?),
        caller_id: parsed_or_null(row, 12)?,
        profile: from_json(row, 13)?,
    })
}

/// What a later version may have written and this one does not know lets nobody in.
fn networks(text: &str) -> Vec<PeerNetwork> {
    text.split_ascii_whitespace().filter_map(|network| PeerNetwork::parse(network).ok()).collect()
}

fn written(networks: &[PeerNetwork]) -> String {
    networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn shown(row: &TrunkRow) -> serde_json::Value {
    json!({
        "name": row.name, "host": row.host, "port": row.port, "transport": row.transport.as_str(),
        "max_calls": row.max_calls, "username": row.username, "status": row.status, "password": "***",
        "networks": written(&row.networks), "caller_id": row.caller_id,
        "profile": row.profile,
    })
}

fn place(row: &str) -> Place<'_> {
    Place { table: "sip_trunks", row, column: "password" }
}

pub(crate) fn find(
    connection: &Connection,
    scope: AccountScope,
    id: TrunkId,
) -> Result<TrunkRow, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM sip_trunks WHERE account_id = ?1 AND trunk_id = ?2"))?
        .query_row([scope.text(), id.to_string()], read)
        .optional()?
        .ok_or(StoreError::NotFound { what: "trunk" })
}

impl Store {
    /// Makes a trunk, within [`MAX_TRUNKS_OF_ACCOUNT`].
    pub fn create_trunk(
        &mut self,
        scope: AccountScope,
        new: &NewTrunk,
        act: &Act,
    ) -> Result<TrunkId, StoreError> {
        self.write(|writing| {
            let id = TrunkId::new(act.at.0, writing.id_octets()?);
            put(writing, scope, id, new, Status::Active, act)?;
            Ok(id)
        })
    }

    /// The account's trunks, by name.
    pub fn trunks(&self, scope: AccountScope) -> Result<Vec<TrunkRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM sip_trunks WHERE account_id = ?1 ORDER BY name"
        ))?;
        let rows = statement.query_map([scope.text()], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A page of the account's trunks.
    pub fn list_trunks(
        &self,
        scope: AccountScope,
        query: &ListQuery<TrunkSort>,
    ) -> Result<Page<TrunkRow>, StoreError> {
        let source = Source {
            columns: COLUMNS,
            from: "sip_trunks WHERE account_id = ?".into(),
            values: vec![Value::Text(scope.text())],
            id: "trunk_id",
            searched: &["lower(name)", "host"],
        };
        page(&self.connection, source, query, read)
    }

    /// One trunk of the account.
    pub fn trunk(&self, scope: AccountScope, id: TrunkId) -> Result<TrunkRow, StoreError> {
        find(&self.connection, scope, id)
    }

    /// Changes a trunk.
    pub fn update_trunk(
        &mut self,
        scope: AccountScope,
        id: TrunkId,
        change: &TrunkChange,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find(&writing.transaction, scope, id)?;
            let mut after = before.clone();
            after.name = change.name.clone().unwrap_or(after.name);
            after.host = change.host.clone().unwrap_or(after.host);
            after.port = change.port.unwrap_or(after.port);
            after.transport = change.transport.unwrap_or(after.transport);
            after.max_calls = change.max_calls.unwrap_or(after.max_calls);
            after.status = change.status.unwrap_or(after.status);
            after.networks = change.networks.clone().unwrap_or(after.networks);
            after.caller_id = change.caller_id.clone().unwrap_or(after.caller_id);
            after.profile = change.profile.clone().unwrap_or(after.profile);
            writing.change_revision(
                ("trunk", "the trunk name"),
                "UPDATE sip_trunks SET name = ?3, host = ?4, port = ?5, transport = ?6, max_calls = ?7, status = ?8,
                     updated_at = ?9, networks = ?11, caller_id = ?12, profile = ?13, revision = revision + 1
                 WHERE account_id = ?1 AND trunk_id = ?2 AND (?10 IS NULL OR revision = ?10)",
                params![
                    scope.text(),
                    id.to_string(),
                    after.name.as_str(),
                    after.host.as_str(),
                    after.port,
                    after.transport.as_str(),
                    after.max_calls,
                    after.status.as_str(),
                    ms(act.at),
                    expected.map(|revision| revision.0),
                    written(&after.networks),
                    after.caller_id.as_ref().map(CallerId::as_str),
                    to_json(&after.profile),
                ],
            )?;
            if let Some(auth) = &change.auth {
                set_auth(writing, id, auth)?;
            }
            let after = shown(&find(&writing.transaction, scope, id)?);
            writing.audit(act, Entry::about("trunk.update", "trunk", id).of(scope.account_id()).change(Some(shown(&before)), Some(after)))
        })
    }

    /// Deletes a trunk. Its call records stay with the account.
    pub fn delete_trunk(
        &mut self,
        scope: AccountScope,
        id: TrunkId,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find(&writing.transaction, scope, id)?;
            writing.delete("trunk", ("sip_trunks", "trunk_id"), Some(scope), id, expected)?;
            writing.audit(
                act,
                Entry::about("trunk.delete", "trunk", id)
                    .of(scope.account_id())
                    .change(Some(shown(&before)), None),
            )
        })
    }
}

/// Makes a trunk of this id, which is free.
pub(crate) fn put(
    writing: &mut Writing<'_>,
    scope: AccountScope,
    id: TrunkId,
    new: &NewTrunk,
    status: Status,
    act: &Act,
) -> Result<(), StoreError> {
    crate::accounts::find(&writing.transaction, scope)?;
    let count = "SELECT count(*) FROM sip_trunks WHERE account_id = ?1";
    writing.check_limit("trunks in this account", MAX_TRUNKS_OF_ACCOUNT, count, Some(&scope.text()))?;
    let row = id.to_string();
    let (auth_type, username, sealed) = match &new.auth {
        TrunkAuth::Address => ("address", None, None),
        TrunkAuth::Digest { username, password } => {
            ("digest", Some(username), Some(seal(writing, &row, password.as_deref())?))
        }
    };
    writing.insert(
        "the trunk name",
        "INSERT INTO sip_trunks (trunk_id, account_id, name, host, port, transport, max_calls, username, password, auth_type, status, created_at, updated_at, networks, caller_id, profile)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13, ?14, ?15)",
        params![
            row,
            scope.text(),
            new.name.as_str(),
            new.host.as_str(),
            new.port,
            new.transport.as_str(),
            new.max_calls,
            username,
            sealed,
            auth_type,
            status.as_str(),
            ms(act.at),
            written(&new.networks),
            new.caller_id.as_ref().map(CallerId::as_str),
            to_json(&new.profile),
        ],
    )?;
    let after = shown(&find(&writing.transaction, scope, id)?);
    let entry = Entry::about("trunk.create", "trunk", id).of(scope.account_id());
    writing.audit(act, entry.change(None, Some(after)))
}

/// A trunk and its password; `None`: it knows us by address.
pub(crate) type WithPassword = (TrunkRow, Option<Zeroizing<String>>);

/// All of an account with their passwords opened, by name.
pub(crate) fn with_passwords(
    connection: &Connection,
    key: &SealingKey,
    scope: AccountScope,
) -> Result<Vec<WithPassword>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}, password FROM sip_trunks WHERE account_id = ?1 ORDER BY name"
    ))?;
    let sealed = statement
        .query_map([scope.text()], |row| Ok((read(row)?, row.get::<_, Option<Vec<u8>>>(WIDTH)?)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    sealed
        .into_iter()
        .map(|(row, sealed)| {
            let password = sealed.map(|sealed| open(key, row.trunk_id, &sealed)).transpose()?;
            Ok((row, password))
        })
        .collect()
}

fn open(key: &SealingKey, id: TrunkId, sealed: &[u8]) -> Result<Zeroizing<String>, StoreError> {
    let row = id.to_string();
    let opened = key.open(place(&row), sealed)?;
    let text = std::str::from_utf8(&opened).map_err(|_| place(&row).altered())?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn seal(writing: &mut Writing<'_>, row: &str, password: Option<&String>) -> Result<Vec<u8>, StoreError> {
    match password.filter(|password| !password.is_empty()) {
        Some(password) => writing.seal(place(row), password.as_bytes()),
        None => Err(TextError::Empty { what: "trunk password" }.into()),
    }
}

fn set_auth(writing: &mut Writing<'_>, id: TrunkId, auth: &TrunkAuth) -> Result<(), StoreError> {
    let row = id.to_string();
    let (auth_type, username, sealed) = match auth {
        TrunkAuth::Address => ("address", None, None),
        TrunkAuth::Digest { username, password: None } => {
            let kept: Option<Vec<u8>> = writing.transaction.query_row(
                "SELECT password FROM sip_trunks WHERE trunk_id = ?1",
                [&row],
                |row| row.get(0),
            )?;
            // A trunk that had none needs one now.
            if kept.is_none() {
                return Err(TextError::Empty { what: "trunk password" }.into());
            }
            ("digest", Some(username), kept)
        }
        TrunkAuth::Digest { username, password } => {
            ("digest", Some(username), Some(seal(writing, &row, password.as_deref())?))
        }
    };
    writing.change(
        "trunk",
        "UPDATE sip_trunks SET auth_type = ?2, username = ?3, password = ?4 WHERE trunk_id = ?1",
        params![row, auth_type, username, sealed],
    )
}
