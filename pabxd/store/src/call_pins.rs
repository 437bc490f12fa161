//! PINs that let somebody call farther than the extension in hand may.

use pabx_model::{CallPin, CallingClass, DisplayName, Pin, PinId, Status, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;

use crate::audit::Entry;
use crate::page::{ByName, ListQuery, Page, Revision, Source, page};
use crate::row::{ms, parsed, time};
use crate::seal::Place;
use crate::store::Writing;
use crate::{AccountScope, Act, SealingKey, Store, StoreError};

/// PINs that an account may have.
pub const MAX_PINS_OF_ACCOUNT: u32 = 200;

/// A PIN as it is kept, without its digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinRow {
    /// Id.
    pub pin_id: PinId,
    /// Whose it is.
    pub name: DisplayName,
    /// How far it reaches.
    pub calling_class: CallingClass,
    /// In use or not.
    pub status: Status,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts the changes.
    pub revision: Revision,
}

/// What a PIN is made of, or becomes.
#[derive(Clone, Debug)]
pub struct NewPin {
    /// Whose it is, unique in the account.
    pub name: DisplayName,
    /// How far it reaches.
    pub calling_class: CallingClass,
    /// In use or not.
    pub status: Status,
}

const COLUMNS: &str = "pin_id, name, calling_class, status, created_at, updated_at, revision";
/// How many they are: what a query reads besides comes after.
const WIDTH: usize = 7;

fn read(row: &Row<'_>) -> rusqlite::Result<PinRow> {
    Ok(PinRow {
        pin_id: parsed(row, 0)?,
        name: parsed(row, 1)?,
        calling_class: parsed(row, 2)?,
        status: parsed(row, 3)?,
        created_at: time(row, 4)?,
        updated_at: time(row, 5)?,
        revision: Revision(row.get(6)?),
    })
}

fn shown(row: &PinRow) -> serde_json::Value {
    json!({ "name": row.name, "calling_class": row.calling_class, "status": row.status, "pin": "***" })
}

fn place(row: &str) -> Place<'_> {
    Place { table: "call_pins", row, column: "pin" }
}

fn find(connection: &Connection, scope: AccountScope, id: PinId) -> Result<PinRow, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM call_pins WHERE account_id = ?1 AND pin_id = ?2"))?
        .query_row([scope.text(), id.to_string()], read)
        .optional()?
        .ok_or(StoreError::NotFound { what: "PIN" })
}

/// All of an account with their digits opened, by name.
pub(crate) fn all(
    connection: &Connection,
    key: &SealingKey,
    scope: AccountScope,
) -> Result<Vec<CallPin>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}, pin FROM call_pins WHERE account_id = ?1 ORDER BY name"
    ))?;
    let rows = statement
        .query_map([scope.text()], |row| Ok((read(row)?, row.get::<_, Vec<u8>>(WIDTH)?)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    rows.into_iter()
        .map(|(row, sealed)| {
            let id = row.pin_id.to_string();
            let opened = key.open(place(&id), &sealed)?;
            let pin = std::str::from_utf8(&opened).ok().and_then(|text| Pin::parse(text).ok());
            let pin = pin.ok_or_else(|| place(&id).altered())?;
            let PinRow { pin_id, name, calling_class, status, .. } = row;
            Ok(CallPin { pin_id, name, pin, calling_class, status })
        })
        .collect()
}

/// Nobody else of the account has these digits: they say who calls.
fn check_unique(writing: &Writing<'_>, scope: AccountScope, id: PinId, pin: &Pin) -> Result<(), StoreError> {
    let known = all(&writing.transaction, writing.key, scope)?;
    if known.iter().any(|one| one.pin == *pin && one.pin_id != id) {
        return Err(StoreError::Taken { what: "the PIN" });
    }
    Ok(())
}

/// Makes a PIN of this id, which is free.
pub(crate) fn put(
    writing: &mut Writing<'_>,
    scope: AccountScope,
    (id, pin): (PinId, &Pin),
    new: &NewPin,
    act: &Act,
) -> Result<(), StoreError> {
    crate::accounts::find(&writing.transaction, scope)?;
    let count = "SELECT count(*) FROM call_pins WHERE account_id = ?1";
    writing.check_limit("PINs in this account", MAX_PINS_OF_ACCOUNT, count, Some(&scope.text()))?;
    check_unique(writing, scope, id, pin)?;
    let row = id.to_string();
    let sealed = writing.seal(place(&row), pin.expose().as_bytes())?;
    writing.insert(
        "the PIN's name",
        "INSERT INTO call_pins (pin_id, account_id, name, pin, calling_class, status, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
        params![
            row,
            scope.text(),
            new.name.as_str(),
            sealed,
            new.calling_class.as_str(),
            new.status.as_str(),
            ms(act.at),
        ],
    )?;
    let after = shown(&find(&writing.transaction, scope, id)?);
    writing.audit(
        act,
        Entry::about("call_pin.create", "call_pin", id).of(scope.account_id()).change(None, Some(after)),
    )
}

impl Store {
    /// Makes a PIN, within [`MAX_PINS_OF_ACCOUNT`].
    pub fn create_pin(
        &mut self,
        scope: AccountScope,
        new: &NewPin,
        pin: &Pin,
        act: &Act,
    ) -> Result<PinId, StoreError> {
        self.write(|writing| {
            let id = PinId::new(act.at.0, writing.id_octets()?);
            put(writing, scope, (id, pin), new, act)?;
            Ok(id)
        })
    }

    /// A page of the account's PINs.
    pub fn list_pins(
        &self,
        scope: AccountScope,
        query: &ListQuery<ByName>,
    ) -> Result<Page<PinRow>, StoreError> {
        let source = Source {
            columns: COLUMNS,
            from: "call_pins WHERE account_id = ?".into(),
            values: vec![Value::Text(scope.text())],
            id: "pin_id",
            searched: &["lower(name)"],
        };
        page(&self.connection, source, query, read)
    }

    /// One PIN of the account.
    pub fn pin(&self, scope: AccountScope, id: PinId) -> Result<PinRow, StoreError> {
        find(&self.connection, scope, id)
    }

    /// Changes whose a PIN is and how far it reaches, and its digits where others are given.
    pub fn update_pin(
        &mut self,
        scope: AccountScope,
        id: PinId,
        (new, pin): (&NewPin, Option<&Pin>),
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find(&writing.transaction, scope, id)?;
            let row = id.to_string();
            let sealed = match pin {
                Some(pin) => {
                    check_unique(writing, scope, id, pin)?;
                    Some(writing.seal(place(&row), pin.expose().as_bytes())?)
                }
                None => None,
            };
            writing.change_revision(
                ("PIN", "the PIN's name"),
                "UPDATE call_pins SET name = ?3, calling_class = ?4, status = ?5, updated_at = ?6, revision = revision + 1,
                     pin = coalesce(?8, pin)
                 WHERE account_id = ?1 AND pin_id = ?2 AND (?7 IS NULL OR revision = ?7)",
                params![
                    scope.text(),
                    row,
                    new.name.as_str(),
                    new.calling_class.as_str(),
                    new.status.as_str(),
                    ms(act.at),
                    expected.map(|revision| revision.0),
                    sealed,
                ],
            )?;
            let after = shown(&find(&writing.transaction, scope, id)?);
            let entry = Entry::about("call_pin.update", "call_pin", id).of(scope.account_id());
            writing.audit(act, entry.change(Some(shown(&before)), Some(after)))
        })
    }

    /// Deletes a PIN.
    pub fn delete_pin(
        &mut self,
        scope: AccountScope,
        id: PinId,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find(&writing.transaction, scope, id)?;
            writing.delete("PIN", ("call_pins", "pin_id"), Some(scope), id, expected)?;
            let entry = Entry::about("call_pin.delete", "call_pin", id).of(scope.account_id());
            writing.audit(act, entry.change(Some(shown(&before)), None))
        })
    }
}
