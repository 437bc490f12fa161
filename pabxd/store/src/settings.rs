//! Settings of the box: JSON by name, with a secret beside it where there is one.

use pabx_model::Timestamp;
use rusqlite::{OptionalExtension, params};
use zeroize::Zeroizing;

use crate::audit::Entry;
use crate::page::Revision;
use crate::row::{ms, time};
use crate::seal::Place;
use crate::{Act, Store, StoreError, WholeBox};

/// A setting as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingRow {
    /// JSON.
    pub value: String,
    /// Whether there is a secret beside it.
    pub has_secret: bool,
    /// Counts the changes; 0 is none yet.
    pub revision: Revision,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What becomes of the secret.
#[derive(Clone, Copy, Debug)]
pub enum SecretChange<'a> {
    /// It stays.
    Keep,
    /// There is none any more.
    Remove,
    /// It is this one.
    Set(&'a str),
}

fn place(name: &str) -> Place<'_> {
    Place { table: "settings", row: name, column: "secret" }
}

impl Store {
    /// A setting; `None`: it was never changed.
    pub fn setting(&self, _: WholeBox, name: &str) -> Result<Option<SettingRow>, StoreError> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT value, secret IS NOT NULL, revision, updated_at FROM settings WHERE name = ?1",
            )?
            .query_row([name], |row| {
                Ok(SettingRow {
                    value: row.get(0)?,
                    has_secret: row.get(1)?,
                    revision: Revision(row.get(2)?),
                    updated_at: time(row, 3)?,
                })
            })
            .optional()?;
        Ok(found)
    }

    /// The secret of a setting.
    pub fn setting_secret(&self, _: WholeBox, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let sealed: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT secret FROM settings WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?
            .flatten();
        sealed.map(|sealed| self.key.open(place(name), &sealed)).transpose()
    }

    /// Changes a setting; `expected` 0 is one that was never changed. `value` must be JSON.
    pub fn set_setting(
        &mut self,
        _: WholeBox,
        name: &'static str,
        value: &serde_json::Value,
        secret: SecretChange<'_>,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before: Option<(String, u32, Option<Vec<u8>>)> = writing
                .transaction
                .prepare_cached("SELECT value, revision, secret FROM settings WHERE name = ?1")?
                .query_row([name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()?;
            let revision = before.as_ref().map_or(0, |(_, revision, _)| *revision);
            if expected.is_some_and(|expected| expected.0 != revision) {
                return Err(StoreError::Stale { what: "setting" });
            }
            let sealed = match secret {
                SecretChange::Keep => before.as_ref().and_then(|(_, _, sealed)| sealed.clone()),
                SecretChange::Remove => None,
                SecretChange::Set(text) => Some(writing.seal(place(name), text.as_bytes())?),
            };
            writing.insert(
                "the setting",
                "INSERT INTO settings (name, value, secret, revision, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value, secret = excluded.secret,
                     revision = excluded.revision, updated_at = excluded.updated_at",
                params![name, value.to_string(), sealed, revision + 1, ms(act.at)],
            )?;
            let before = before.and_then(|(value, _, _)| serde_json::from_str(&value).ok());
            let entry = Entry::about("setting.update", "setting", name);
            writing.audit(act, entry.change(before, Some(value.clone())))
        })
    }

    /// Notes something beside the settings that the box must know after a restart: nobody has set it, so the audit does not
    /// tell of it, and there is no secret.
    pub fn note(
        &mut self,
        _: WholeBox,
        name: &'static str,
        value: &serde_json::Value,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            writing.insert(
                "the note",
                "INSERT INTO settings (name, value, updated_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
                params![name, value.to_string(), ms(now)],
            )
        })
    }
}
