//! Extensions of an account. Their passwords are made here, sealed, and shown once to who made them.

use pabx_model::{
    AccountSlug, AuthUsername, DisplayName, ExtensionId, ExtensionNumber, Status, Timestamp, UserId,
};
use rusqlite::{OptionalExtension, Row, params};

use crate::row::{ms, parsed, parsed_or_null, time};
use crate::seal::Place;
use crate::store::{MAX_EXTENSIONS, Writing};
use crate::{AccountScope, PhonePassword, Store, StoreError};

/// Devices an extension may register, unless said otherwise.
pub const DEFAULT_MAX_DEVICES: u16 = 5;
/// Seconds an extension rings, unless said otherwise: 0, as long as the box says.
pub const DEFAULT_RING_SECONDS: u16 = 0;

/// What is needed to make an extension.
#[derive(Clone, Debug)]
pub struct NewExtension {
    /// Its number.
    pub number: ExtensionNumber,
    /// What people call it.
    pub name: DisplayName,
    /// Devices that may be registered at once, 1 to 100.
    pub max_devices: u16,
    /// Seconds it rings, 0 to 600; 0 is as long as the box says.
    pub ring_seconds: u16,
    /// Who makes it; `None` for the daemon itself.
    pub created_by: Option<UserId>,
}

impl NewExtension {
    /// With the usual values.
    pub const fn new(number: ExtensionNumber, name: DisplayName) -> Self {
        Self {
            number,
            name,
            max_devices: DEFAULT_MAX_DEVICES,
            ring_seconds: DEFAULT_RING_SECONDS,
            created_by: None,
        }
    }
}

/// A new extension with what its phone needs; the password is not shown again.
#[derive(Clone, Debug)]
pub struct CreatedExtension {
    /// Id.
    pub extension_id: ExtensionId,
    /// The user name that is unique on the whole box; the number alone serves too where the domain tells the account.
    pub username: AuthUsername,
    /// The generated password.
    pub password: PhonePassword,
}

/// An extension as it is kept, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionRow {
    /// Id.
    pub extension_id: ExtensionId,
    /// Its number.
    pub number: ExtensionNumber,
    /// What people call it.
    pub name: DisplayName,
    /// The user name that is unique on the whole box.
    pub username: AuthUsername,
    /// Devices that may be registered at once.
    pub max_devices: u16,
    /// Seconds it rings.
    pub ring_seconds: u16,
    /// In use or not.
    pub status: Status,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

const SELECT: &str = "SELECT extension_id, extension_number, name, auth_username, max_devices, ring_seconds, status, created_by, created_at, updated_at FROM extensions WHERE account_id = ?1";

fn read(row: &Row<'_>) -> rusqlite::Result<ExtensionRow> {
    Ok(ExtensionRow {
        extension_id: parsed(row, 0)?,
        number: parsed(row, 1)?,
        name: parsed(row, 2)?,
        username: parsed(row, 3)?,
        max_devices: row.get(4)?,
        ring_seconds: row.get(5)?,
        status: parsed(row, 6)?,
        created_by: parsed_or_null(row, 7)?,
        created_at: time(row, 8)?,
        updated_at: time(row, 9)?,
    })
}

/// Where an extension's password is sealed.
pub(crate) fn password_place(extension_id: &str) -> Place<'_> {
    Place { table: "extensions", row: extension_id, column: "password" }
}

impl Store {
    /// Makes an extension, within the account's `max_extensions` and the box's [`MAX_EXTENSIONS`].
    pub fn create_extension(
        &mut self,
        scope: AccountScope,
        new: &NewExtension,
        now: Timestamp,
    ) -> Result<CreatedExtension, StoreError> {
        self.write(|writing| insert(writing, scope, new, now))
    }

    /// The account's extensions, by number.
    pub fn extensions(&self, scope: AccountScope) -> Result<Vec<ExtensionRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!("{SELECT} ORDER BY extension_number"))?;
        let rows = statement.query_map([scope.text()], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One extension of the account.
    pub fn extension(&self, scope: AccountScope, id: ExtensionId) -> Result<ExtensionRow, StoreError> {
        self.connection
            .prepare_cached(&format!("{SELECT} AND extension_id = ?2"))?
            .query_row([scope.text(), id.to_string()], read)
            .optional()?
            .ok_or(StoreError::NotFound { what: "extension" })
    }

    /// Suspends an extension or takes it back into use.
    pub fn set_extension_status(
        &mut self,
        scope: AccountScope,
        id: ExtensionId,
        status: Status,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            writing.change(
                "extension",
                "UPDATE extensions SET status = ?3, updated_at = ?4 WHERE account_id = ?1 AND extension_id = ?2",
                params![scope.text(), id.to_string(), status.as_str(), ms(now)],
            )
        })
    }

    /// Gives an extension a new name.
    pub fn rename_extension(
        &mut self,
        scope: AccountScope,
        id: ExtensionId,
        name: &DisplayName,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            writing.change(
                "extension",
                "UPDATE extensions SET name = ?3, updated_at = ?4 WHERE account_id = ?1 AND extension_id = ?2",
                params![scope.text(), id.to_string(), name.as_str(), ms(now)],
            )
        })
    }

    /// Makes a new password for an extension; the old one is gone.
    pub fn reset_extension_password(
        &mut self,
        scope: AccountScope,
        id: ExtensionId,
        now: Timestamp,
    ) -> Result<PhonePassword, StoreError> {
        self.write(|writing| {
            let row = id.to_string();
            let (password, sealed) = new_password(writing, &row)?;
            writing.change(
                "extension",
                "UPDATE extensions SET password = ?3, updated_at = ?4 WHERE account_id = ?1 AND extension_id = ?2",
                params![scope.text(), row, sealed, ms(now)],
            )?;
            Ok(password)
        })
    }

    /// Deletes an extension with its registrations. Its call records stay with the account.
    pub fn delete_extension(&mut self, scope: AccountScope, id: ExtensionId) -> Result<(), StoreError> {
        self.write(|writing| {
            writing.change(
                "extension",
                "DELETE FROM extensions WHERE account_id = ?1 AND extension_id = ?2",
                params![scope.text(), id.to_string()],
            )
        })
    }
}

pub(crate) fn insert(
    writing: &mut Writing<'_>,
    scope: AccountScope,
    new: &NewExtension,
    now: Timestamp,
) -> Result<CreatedExtension, StoreError> {
    let (slug, limit) = slug_and_limit(writing, scope)?;
    check_limits(writing, scope, limit)?;
    let extension_id = ExtensionId::new(now.0, writing.id_octets()?);
    let row = extension_id.to_string();
    let (password, sealed) = new_password(writing, &row)?;
    let username = AuthUsername::of_number_and_slug(new.number, &slug);
    writing.insert(
        "the extension number",
        "INSERT INTO extensions (extension_id, account_id, extension_number, name, auth_username, password, max_devices, ring_seconds, status, created_by, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)",
        params![
            row,
            scope.text(),
            new.number.as_str(),
            new.name.as_str(),
            username.as_str(),
            sealed,
            new.max_devices,
            new.ring_seconds,
            Status::Active.as_str(),
            new.created_by.map(|user| user.to_string()),
            ms(now),
        ],
    )?;
    Ok(CreatedExtension { extension_id, username, password })
}

fn slug_and_limit(writing: &Writing<'_>, scope: AccountScope) -> Result<(AccountSlug, u32), StoreError> {
    writing
        .transaction
        .prepare_cached("SELECT slug, max_extensions FROM accounts WHERE account_id = ?1")?
        .query_row([scope.text()], |row| Ok((parsed(row, 0)?, row.get(1)?)))
        .optional()?
        .ok_or(StoreError::NotFound { what: "account" })
}

fn check_limits(writing: &Writing<'_>, scope: AccountScope, limit: u32) -> Result<(), StoreError> {
    let of_account = "SELECT count(*) FROM extensions WHERE account_id = ?1";
    writing.check_limit("extensions in this account", limit, of_account, Some(&scope.text()))?;
    writing.check_limit("extensions on this box", MAX_EXTENSIONS, "SELECT count(*) FROM extensions", None)
}

fn new_password(writing: &mut Writing<'_>, row: &str) -> Result<(PhonePassword, Vec<u8>), StoreError> {
    let password = PhonePassword::generate(writing.random())?;
    let sealed = writing.seal(password_place(row), password.expose().as_bytes())?;
    Ok((password, sealed))
}
