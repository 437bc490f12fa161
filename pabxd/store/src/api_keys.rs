//! Keys of machines: each belongs to a person, and reaches no further.

use pabx_model::{AccountId, ApiKeyId, DisplayName, PermissionSet, Timestamp, UserId};
use rusqlite::{OptionalExtension, Row, params};
use serde_json::json;

use crate::audit::Entry;
use crate::row::{ms, parsed, parsed_or_null, time, time_or_null};
use crate::users::{COLUMNS, UserRow, WIDTH};
use crate::{Act, Store, StoreError, WholeBox, users};

/// Keys of one person.
pub const MAX_API_KEYS: u32 = 50;

/// What is needed to make a key.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// Whose.
    pub user_id: UserId,
    /// Where it may be used; `None`: wherever its owner may.
    pub account_id: Option<AccountId>,
    /// What people call it.
    pub name: DisplayName,
    /// SHA-256 of it.
    pub key_hash: [u8; 32],
    /// What it may do at most.
    pub permissions: PermissionSet,
    /// When it runs out.
    pub expires_at: Option<Timestamp>,
}

/// A key as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// Id.
    pub api_key_id: ApiKeyId,
    /// Whose.
    pub user_id: UserId,
    /// Where it may be used.
    pub account_id: Option<AccountId>,
    /// What people call it.
    pub name: DisplayName,
    /// What it may do at most.
    pub permissions: PermissionSet,
    /// When it runs out.
    pub expires_at: Option<Timestamp>,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

const KEY: &str = "api_keys.api_key_id, api_keys.user_id, api_keys.account_id, api_keys.name, api_keys.permissions, api_keys.expires_at, api_keys.last_used_at, api_keys.created_at";

fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<ApiKeyRow> {
    Ok(ApiKeyRow {
        api_key_id: parsed(row, first)?,
        user_id: parsed(row, first + 1)?,
        account_id: parsed_or_null(row, first + 2)?,
        name: parsed(row, first + 3)?,
        permissions: parsed(row, first + 4)?,
        expires_at: time_or_null(row, first + 5)?,
        last_used_at: time_or_null(row, first + 6)?,
        created_at: time(row, first + 7)?,
    })
}

impl Store {
    /// Makes a key, within [`MAX_API_KEYS`] of its owner.
    pub fn create_api_key(
        &mut self,
        _: WholeBox,
        new: &NewApiKey,
        act: &Act,
    ) -> Result<ApiKeyId, StoreError> {
        self.write(|writing| {
            let (user, count) = (new.user_id.to_string(), "SELECT count(*) FROM api_keys WHERE user_id = ?1");
            writing.check_limit("keys of one person", MAX_API_KEYS, count, Some(&user))?;
            let id = ApiKeyId::new(act.at.0, writing.id_octets()?);
            writing.insert(
                "the key",
                "INSERT INTO api_keys (api_key_id, user_id, account_id, name, key_hash, permissions, expires_at, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    id.to_string(),
                    user,
                    new.account_id.map(|id| id.to_string()),
                    new.name.as_str(),
                    new.key_hash,
                    new.permissions.to_words(),
                    new.expires_at.map(ms),
                    ms(act.at),
                ],
            )?;
            let text = id.to_string();
            let after = json!({ "name": new.name, "permissions": new.permissions.to_words(), "account_id": new.account_id });
            let entry = Entry { account: new.account_id, ..Entry::about("api_key.create", "api_key", &text) };
            writing.audit(act, entry.change(None, Some(after)))?;
            Ok(id)
        })
    }

    /// A person's keys, the oldest first.
    pub fn api_keys(&self, _: WholeBox, user: UserId) -> Result<Vec<ApiKeyRow>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {KEY} FROM api_keys WHERE user_id = ?1 ORDER BY api_key_id"))?;
        let rows = statement.query_map([user.to_string()], |row| read(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The key with this hash, if it has not run out, and its owner.
    pub fn api_key_for_access(
        &self,
        _: WholeBox,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<(ApiKeyRow, UserRow)>, StoreError> {
        let found = self
            .connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS}, {KEY} FROM api_keys JOIN users ON users.user_id = api_keys.user_id
                 WHERE api_keys.key_hash = ?1 AND (api_keys.expires_at IS NULL OR api_keys.expires_at > ?2)"
            ))?
            .query_row(params![hash, ms(now)], |row| Ok((read(row, WIDTH)?, users::read(row)?)))
            .optional()?;
        Ok(found)
    }

    /// Notes that a key is used.
    pub fn touch_api_key(&mut self, _: WholeBox, id: ApiKeyId, now: Timestamp) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE api_keys SET last_used_at = ?2 WHERE api_key_id = ?1")?
            .execute(params![id.to_string(), ms(now)])?;
        Ok(())
    }

    /// Takes a person's key away.
    pub fn delete_api_key(
        &mut self,
        _: WholeBox,
        user: UserId,
        id: ApiKeyId,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let text = id.to_string();
            writing.change(
                "key",
                "DELETE FROM api_keys WHERE api_key_id = ?1 AND user_id = ?2",
                params![text, user.to_string()],
            )?;
            writing.audit(act, Entry::about("api_key.delete", "api_key", &text))
        })
    }
}
