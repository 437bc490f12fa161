//! Extensions of an account. Their passwords are made here, sealed, and shown once to who made them.

use pabx_model::{
    AccountSlug, AuthUsername, CallerId, CallingClass, DisplayName, ExtensionId, ExtensionNumber,
    MediaEncryption, Status, Timestamp, UserId,
};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;

use crate::audit::Entry;
use crate::page::{ListQuery, Page, Revision, Sort, Source, page};
use crate::row::{ms, parsed, parsed_or_null, time};
use crate::seal::Place;
use crate::store::{MAX_EXTENSIONS, Writing};
use crate::{AccountScope, Act, PhonePassword, SealingKey, Store, StoreError};

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
    /// How far it may call.
    pub calling_class: CallingClass,
    /// The number that it shows outside; `None`: the trunk's.
    pub caller_id: Option<CallerId>,
    /// Whether its phones' sound is encrypted.
    pub media_encryption: MediaEncryption,
}

/// What is to be changed; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct ExtensionChange {
    /// What people call it.
    pub name: Option<DisplayName>,
    /// Devices that may be registered at once, 1 to 100.
    pub max_devices: Option<u16>,
    /// Seconds it rings, 0 to 600.
    pub ring_seconds: Option<u16>,
    /// How far it may call.
    pub calling_class: Option<CallingClass>,
    /// The number that it shows outside.
    pub caller_id: Option<Option<CallerId>>,
    /// Whether its phones' sound is encrypted.
    pub media_encryption: Option<MediaEncryption>,
    /// In use or not.
    pub status: Option<Status>,
}

/// By what extensions are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExtensionSort {
    /// By number, as text.
    #[default]
    Number,
    /// By name.
    Name,
    /// By the time they were made.
    CreatedAt,
}

impl Sort for ExtensionSort {
    fn expression(self) -> &'static str {
        match self {
            Self::Number => "extension_number",
            Self::Name => "lower(name)",
            Self::CreatedAt => "created_at",
        }
    }
}

impl NewExtension {
    /// With the usual values.
    pub const fn new(number: ExtensionNumber, name: DisplayName) -> Self {
        Self {
            number,
            name,
            max_devices: DEFAULT_MAX_DEVICES,
            ring_seconds: DEFAULT_RING_SECONDS,
            calling_class: CallingClass::International,
            caller_id: None,
            // Phones that know no SRTP pass over the offer, and nothing is offered over SIP in clear.
            media_encryption: MediaEncryption::Offered,
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
    /// How far it may call.
    pub calling_class: CallingClass,
    /// The number that it shows outside.
    pub caller_id: Option<CallerId>,
    /// Whether its phones' sound is encrypted.
    pub media_encryption: MediaEncryption,
    /// In use or not.
    pub status: Status,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts the changes.
    pub revision: Revision,
}

const COLUMNS: &str = "extension_id, extension_number, name, auth_username, max_devices, ring_seconds, status, created_by, created_at, updated_at, revision, calling_class, caller_id, media_encryption";
/// How many they are: what a query reads besides comes after.
const WIDTH: usize = 14;

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
        revision: Revision(row.get(10)?),
        calling_class: parsed(row, 11)?,
        caller_id: parsed_or_null(row, 12)?,
        media_encryption: parsed(row, 13)?,
    })
}

fn shown(row: &ExtensionRow) -> serde_json::Value {
    json!({
        "number": row.number, "name": row.name, "max_devices": row.max_devices, "ring_seconds": row.ring_seconds,
        "calling_class": row.calling_class, "caller_id": row.caller_id, "status": row.status, "password": "***",
        "media_encryption": row.media_encryption,
    })
}

fn find(connection: &Connection, scope: AccountScope, id: ExtensionId) -> Result<ExtensionRow, StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM extensions WHERE account_id = ?1 AND extension_id = ?2"
        ))?
        .query_row([scope.text(), id.to_string()], read)
        .optional()?
        .ok_or(StoreError::NotFound { what: "extension" })
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
        act: &Act,
    ) -> Result<CreatedExtension, StoreError> {
        self.write(|writing| insert(writing, scope, new, act))
    }

    /// Makes all of them or, where one cannot be made, none: [`StoreError::Items`] names each that is wrong. With
    /// `dry_run` none is made even when all could be.
    pub fn create_extensions(
        &mut self,
        scope: AccountScope,
        wanted: &[NewExtension],
        dry_run: bool,
        act: &Act,
    ) -> Result<Vec<CreatedExtension>, StoreError> {
        let mut made = Vec::with_capacity(wanted.len());
        let done = self.write(|writing| {
            let mut wrong = Vec::new();
            for (place, new) in wanted.iter().enumerate() {
                match insert(writing, scope, new, act) {
                    Ok(created) => made.push(created),
                    Err(error @ StoreError::Taken { .. }) => wrong.push((place, Box::new(error))),
                    Err(error @ StoreError::Limit { .. }) => {
                        wrong.push((place, Box::new(error)));
                        break;
                    }
                    Err(error) => return Err(error),
                }
            }
            // An error takes everything back.
            if dry_run || !wrong.is_empty() { Err(StoreError::Items(wrong)) } else { Ok(()) }
        });
        match done {
            Ok(()) => Ok(made),
            Err(StoreError::Items(wrong)) if wrong.is_empty() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// The account's extensions, by number.
    pub fn extensions(&self, scope: AccountScope) -> Result<Vec<ExtensionRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM extensions WHERE account_id = ?1 ORDER BY extension_number"
        ))?;
        let rows = statement.query_map([scope.text()], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A page of the account's extensions.
    pub fn list_extensions(
        &self,
        scope: AccountScope,
        query: &ListQuery<ExtensionSort>,
    ) -> Result<Page<ExtensionRow>, StoreError> {
        page(&self.connection, source(scope), query, read)
    }

    /// One extension of the account.
    pub fn extension(&self, scope: AccountScope, id: ExtensionId) -> Result<ExtensionRow, StoreError> {
        find(&self.connection, scope, id)
    }

    /// Changes an extension.
    pub fn update_extension(
        &mut self,
        scope: AccountScope,
        id: ExtensionId,
        change: &ExtensionChange,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find(&writing.transaction, scope, id)?;
            let mut after = before.clone();
            after.name = change.name.clone().unwrap_or(after.name);
            after.max_devices = change.max_devices.unwrap_or(after.max_devices);
            after.ring_seconds = change.ring_seconds.unwrap_or(after.ring_seconds);
            after.calling_class = change.calling_class.unwrap_or(after.calling_class);
            after.caller_id = change.caller_id.clone().unwrap_or(after.caller_id);
            after.media_encryption = change.media_encryption.unwrap_or(after.media_encryption);
            after.status = change.status.unwrap_or(after.status);
            writing.change_revision(
                ("extension", "the extension number"),
                "UPDATE extensions SET name = ?3, max_devices = ?4, ring_seconds = ?5, status = ?6, updated_at = ?7,
                     calling_class = ?9, caller_id = ?10, media_encryption = ?11, revision = revision + 1
                 WHERE account_id = ?1 AND extension_id = ?2 AND (?8 IS NULL OR revision = ?8)",
                params![
                    scope.text(),
                    id.to_string(),
                    after.name.as_str(),
                    after.max_devices,
                    after.ring_seconds,
                    after.status.as_str(),
                    ms(act.at),
                    expected.map(|revision| revision.0),
                    after.calling_class.as_str(),
                    after.caller_id.as_ref().map(CallerId::as_str),
                    after.media_encryption.as_str(),
                ],
            )?;
            writing.audit(act, Entry::about("extension.update", "extension", id).of(scope.account_id()).change(Some(shown(&before)), Some(shown(&after))))
        })
    }

    /// Makes a new password for an extension; the old one is gone.
    pub fn reset_extension_password(
        &mut self,
        scope: AccountScope,
        id: ExtensionId,
        act: &Act,
    ) -> Result<PhonePassword, StoreError> {
        self.write(|writing| {
            let row = id.to_string();
            let (password, sealed) = new_password(writing, &row)?;
            writing.change(
                "extension",
                "UPDATE extensions SET password = ?3, updated_at = ?4, revision = revision + 1
                 WHERE account_id = ?1 AND extension_id = ?2",
                params![scope.text(), row, sealed, ms(act.at)],
            )?;
            writing.audit(
                act,
                Entry::about("extension.password.reset", "extension", id).of(scope.account_id()),
            )?;
            Ok(password)
        })
    }

    /// The password of an extension, to be shown to who may see it; that it was is written down first.
    pub fn reveal_extension_password(
        &mut self,
        scope: AccountScope,
        id: ExtensionId,
        act: &Act,
    ) -> Result<PhonePassword, StoreError> {
        let sealed = self.write(|writing| {
            let sealed: Vec<u8> = writing
                .transaction
                .prepare_cached(
                    "SELECT password FROM extensions WHERE account_id = ?1 AND extension_id = ?2",
                )?
                .query_row([scope.text(), id.to_string()], |row| row.get(0))
                .optional()?
                .ok_or(StoreError::NotFound { what: "extension" })?;
            writing.audit(
                act,
                Entry::about("extension.password.shown", "extension", id).of(scope.account_id()),
            )?;
            Ok(sealed)
        })?;
        crate::compile::open_password(&self.key, id, &sealed)
    }

    /// Deletes an extension with its registrations. Its call records stay with the account.
    pub fn delete_extension(
        &mut self,
        scope: AccountScope,
        id: ExtensionId,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find(&writing.transaction, scope, id)?;
            writing.delete("extension", ("extensions", "extension_id"), Some(scope), id, expected)?;
            writing.audit(
                act,
                Entry::about("extension.delete", "extension", id)
                    .of(scope.account_id())
                    .change(Some(shown(&before)), None),
            )
        })
    }
}

fn source(scope: AccountScope) -> Source {
    Source {
        columns: COLUMNS,
        from: "extensions WHERE account_id = ?".into(),
        values: vec![Value::Text(scope.text())],
        id: "extension_id",
        searched: &["extension_number", "lower(name)"],
    }
}

pub(crate) fn insert(
    writing: &mut Writing<'_>,
    scope: AccountScope,
    new: &NewExtension,
    act: &Act,
) -> Result<CreatedExtension, StoreError> {
    let extension_id = ExtensionId::new(act.at.0, writing.id_octets()?);
    let password = PhonePassword::generate(writing.random())?;
    let username = put(writing, scope, (extension_id, &password), new, Status::Active, act)?;
    Ok(CreatedExtension { extension_id, username, password })
}

/// Makes an extension of this id, which is free, with this password.
pub(crate) fn put(
    writing: &mut Writing<'_>,
    scope: AccountScope,
    (extension_id, password): (ExtensionId, &PhonePassword),
    new: &NewExtension,
    status: Status,
    act: &Act,
) -> Result<AuthUsername, StoreError> {
    let (slug, limit) = slug_and_limit(writing, scope)?;
    check_limits(writing, scope, limit)?;
    let row = extension_id.to_string();
    let sealed = writing.seal(password_place(&row), password.expose().as_bytes())?;
    let username = AuthUsername::of_number_and_slug(new.number, &slug);
    writing.insert(
        "the extension number",
        "INSERT INTO extensions (extension_id, account_id, extension_number, name, auth_username, password, max_devices, ring_seconds, status, created_by, created_at, updated_at, calling_class, caller_id, media_encryption)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12, ?13, ?14)",
        params![
            row,
            scope.text(),
            new.number.as_str(),
            new.name.as_str(),
            username.as_str(),
            sealed,
            new.max_devices,
            new.ring_seconds,
            status.as_str(),
            act.who.user_id().map(|user| user.to_string()),
            ms(act.at),
            new.calling_class.as_str(),
            new.caller_id.as_ref().map(CallerId::as_str),
            new.media_encryption.as_str(),
        ],
    )?;
    let after = shown(&find(&writing.transaction, scope, extension_id)?);
    writing.audit(
        act,
        Entry::about("extension.create", "extension", extension_id)
            .of(scope.account_id())
            .change(None, Some(after)),
    )?;
    Ok(username)
}

/// All of an account with their passwords opened, by number.
pub(crate) fn with_passwords(
    connection: &Connection,
    key: &SealingKey,
    scope: AccountScope,
) -> Result<Vec<(ExtensionRow, PhonePassword)>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}, password FROM extensions WHERE account_id = ?1 ORDER BY extension_number"
    ))?;
    let sealed = statement
        .query_map([scope.text()], |row| Ok((read(row)?, row.get::<_, Vec<u8>>(WIDTH)?)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    sealed
        .into_iter()
        .map(|(row, sealed)| {
            let password = crate::compile::open_password(key, row.extension_id, &sealed)?;
            Ok((row, password))
        })
        .collect()
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
