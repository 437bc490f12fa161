//! People who sign in.

use pabx_model::{Language, Role, SessionId, Status, TextError, Timestamp, UserId};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;

use crate::audit::Entry;
use crate::page::{ListQuery, Page, Revision, Sort, Source, page};
use crate::row::{ms, parsed, time};
use crate::store::{MAX_USERS, Writing};
use crate::{Act, Store, StoreError, WholeBox};

/// An Argon2id hash in its text form (`$argon2id$v=19$…`). Made elsewhere; a password never comes here.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Longest text, in octets.
    pub const MAX_LEN: usize = 512;

    /// Takes the text of a hash.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const WHAT: &str = "password hash";
        if text.len() > Self::MAX_LEN {
            return Err(TextError::Length { what: WHAT, min: 1, max: Self::MAX_LEN, len: text.len() });
        }
        let plain = text.bytes().all(|c| c.is_ascii_graphic());
        let parts = text.split('$').count();
        if !text.starts_with("$argon2id$v=19$") || parts != 6 || !plain {
            return Err(TextError::Form { what: WHAT, why: "not an Argon2id hash" });
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(hidden)")
    }
}

/// What is needed to make a user.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The name to sign in with, unique on the box; in lower case.
    pub username: String,
    /// Hash of the password.
    pub password_hash: PasswordHash,
    /// Where mail goes.
    pub email: Option<String>,
    /// What people call the person.
    pub full_name: String,
    /// What the box speaks to the person.
    pub language: Language,
    /// Role on the box.
    pub role: Role,
    /// The password was given by somebody else.
    pub must_change_password: bool,
}

/// What is to be changed; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    /// What people call the person.
    pub full_name: Option<String>,
    /// Where mail goes.
    pub email: Option<Option<String>>,
    /// What the box speaks to the person.
    pub language: Option<Language>,
    /// Role on the box.
    pub role: Option<Role>,
    /// May sign in or not. The sessions of who is suspended are worth nothing.
    pub status: Option<Status>,
}

/// A user as it is kept, without the hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// Id.
    pub user_id: UserId,
    /// The name to sign in with.
    pub username: String,
    /// Where mail goes.
    pub email: Option<String>,
    /// Role on the box.
    pub role: Role,
    /// In use or not.
    pub status: Status,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// What people call the person.
    pub full_name: String,
    /// What the box speaks to the person.
    pub language: Language,
    /// The password was given by somebody else.
    pub must_change_password: bool,
    /// One-time codes are asked for.
    pub has_totp: bool,
    /// Counts the changes.
    pub revision: Revision,
}

/// By what users are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserSort {
    /// By the name to sign in with.
    #[default]
    Username,
    /// By the time they were made.
    CreatedAt,
}

impl Sort for UserSort {
    fn expression(self) -> &'static str {
        match self {
            Self::Username => "users.username",
            Self::CreatedAt => "users.created_at",
        }
    }
}

pub(crate) const COLUMNS: &str = "users.user_id, users.username, users.email, users.role, users.status, users.created_at, users.updated_at, users.full_name, users.language, users.must_change_password, users.totp_secret IS NOT NULL, users.revision";
/// How many [`COLUMNS`] are.
pub(crate) const WIDTH: usize = 12;
pub(crate) const SEARCHED: &[&str] = &["users.username", "lower(users.full_name)", "lower(users.email)"];

pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<UserRow> {
    Ok(UserRow {
        user_id: parsed(row, 0)?,
        username: row.get(1)?,
        email: row.get(2)?,
        role: parsed(row, 3)?,
        status: parsed(row, 4)?,
        created_at: time(row, 5)?,
        updated_at: time(row, 6)?,
        full_name: row.get(7)?,
        language: parsed(row, 8)?,
        must_change_password: row.get(9)?,
        has_totp: row.get(10)?,
        revision: Revision(row.get(11)?),
    })
}

fn shown(row: &UserRow) -> serde_json::Value {
    json!({
        "username": row.username, "full_name": row.full_name, "email": row.email, "language": row.language,
        "role": row.role, "status": row.status,
    })
}

pub(crate) fn find(connection: &Connection, id: UserId) -> Result<UserRow, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM users WHERE user_id = ?1"))?
        .query_row([id.to_string()], read)
        .optional()?
        .ok_or(StoreError::NotFound { what: "user" })
}

impl Store {
    /// Makes a user, within [`MAX_USERS`].
    pub fn create_user(&mut self, _: WholeBox, new: &NewUser, act: &Act) -> Result<UserId, StoreError> {
        self.write(|writing| insert(writing, new, act))
    }

    /// Whether somebody runs the box.
    pub fn setup_done(&self, _: WholeBox) -> Result<bool, StoreError> {
        has_super_admin(&self.connection)
    }

    /// Makes the first super admin. Of two at once, one is refused with [`StoreError::SetupDone`].
    pub fn create_first_super_admin(
        &mut self,
        _: WholeBox,
        new: &NewUser,
        act: &Act,
    ) -> Result<UserId, StoreError> {
        self.write(|writing| {
            if has_super_admin(&writing.transaction)? {
                return Err(StoreError::SetupDone);
            }
            insert(writing, new, act)
        })
    }

    /// A page of all users.
    pub fn list_users(&self, _: WholeBox, query: &ListQuery<UserSort>) -> Result<Page<UserRow>, StoreError> {
        let source = Source {
            columns: COLUMNS,
            from: "users WHERE 1 = 1".into(),
            values: Vec::new(),
            id: "users.user_id",
            searched: SEARCHED,
        };
        page(&self.connection, source, query, read)
    }

    /// One user.
    pub fn user(&self, _: WholeBox, id: UserId) -> Result<UserRow, StoreError> {
        find(&self.connection, id)
    }

    /// The user with this name (in lower case), and the hash to check a password against.
    pub fn user_for_login(
        &self,
        _: WholeBox,
        username: &str,
    ) -> Result<Option<(UserRow, PasswordHash)>, StoreError> {
        let found = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS}, password_hash FROM users WHERE username = ?1"))?
            .query_row([username], |row| Ok((read(row)?, PasswordHash(row.get(WIDTH)?))))
            .optional()?;
        Ok(found)
    }

    /// Changes a user. The last active super admin stays one.
    pub fn update_user(
        &mut self,
        _: WholeBox,
        id: UserId,
        change: &UserChange,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find(&writing.transaction, id)?;
            let mut after = before.clone();
            after.full_name = change.full_name.clone().unwrap_or(after.full_name);
            after.email = change.email.clone().unwrap_or(after.email);
            after.language = change.language.unwrap_or(after.language);
            after.role = change.role.unwrap_or(after.role);
            after.status = change.status.unwrap_or(after.status);
            writing.change_revision(
                ("user", "the user name"),
                "UPDATE users SET full_name = ?2, email = ?3, language = ?4, role = ?5, status = ?6, updated_at = ?7,
                     revision = revision + 1
                 WHERE user_id = ?1 AND (?8 IS NULL OR revision = ?8)",
                params![
                    id.to_string(),
                    after.full_name,
                    after.email,
                    after.language.as_str(),
                    after.role.as_str(),
                    after.status.as_str(),
                    ms(act.at),
                    expected.map(|revision| revision.0),
                ],
            )?;
            still_has_super_admin(writing, &before)?;
            writing.audit(act, Entry::about("user.update", "user", id).change(Some(shown(&before)), Some(shown(&after))))
        })
    }

    /// Deletes a user with sessions, keys and memberships. The last active super admin stays.
    pub fn delete_user(
        &mut self,
        _: WholeBox,
        id: UserId,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find(&writing.transaction, id)?;
            writing.delete("user", ("users", "user_id"), None, id, expected)?;
            still_has_super_admin(writing, &before)?;
            writing.audit(act, Entry::about("user.delete", "user", id).change(Some(shown(&before)), None))
        })
    }

    /// Sets a password; all sessions but one end.
    pub fn set_password(
        &mut self,
        _: WholeBox,
        id: UserId,
        hash: &PasswordHash,
        must_change: bool,
        but: Option<SessionId>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            writing.change(
                "user",
                "UPDATE users SET password_hash = ?2, must_change_password = ?3, password_changed_at = ?4,
                     updated_at = ?4, revision = revision + 1
                 WHERE user_id = ?1",
                params![id.to_string(), hash.as_str(), must_change, ms(act.at)],
            )?;
            crate::sessions::end(writing, id, but)?;
            writing.audit(act, Entry::about("user.password.set", "user", id))
        })
    }

    /// Gives the box back to who sits at it: this super admin, or a new one of this name, gets a password that must be
    /// changed; the second factor and all sessions are taken off. Says the name.
    pub fn reset_admin(&mut self, _: WholeBox, new: &NewUser, act: &Act) -> Result<String, StoreError> {
        self.write(|writing| {
            let known = writing
                .transaction
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM users WHERE role = 'super_admin' ORDER BY status, created_at, user_id LIMIT 1"
                ))?
                .query_row([], read)
                .optional()?;
            let Some(user) = known else {
                insert(writing, new, act)?;
                return Ok(new.username.clone());
            };
            writing.change(
                "user",
                "UPDATE users SET password_hash = ?2, must_change_password = 1, password_changed_at = ?3, totp_secret = NULL,
                     status = 'active', updated_at = ?3, revision = revision + 1
                 WHERE user_id = ?1",
                params![user.user_id.to_string(), new.password_hash.as_str(), ms(act.at)],
            )?;
            let id = user.user_id.to_string();
            writing.transaction.execute("DELETE FROM recovery_codes WHERE user_id = ?1", [&id])?;
            writing.transaction.execute("DELETE FROM api_keys WHERE user_id = ?1", [&id])?;
            crate::sessions::end(writing, user.user_id, None)?;
            writing.audit(act, Entry::about("user.reset", "user", user.user_id))?;
            Ok(user.username)
        })
    }
}

pub(crate) fn insert(writing: &mut Writing<'_>, new: &NewUser, act: &Act) -> Result<UserId, StoreError> {
    let id = UserId::new(act.at.0, writing.id_octets()?);
    put(writing, id, new, Status::Active, act)?;
    Ok(id)
}

/// Makes a user of this id, which is free.
pub(crate) fn put(
    writing: &mut Writing<'_>,
    id: UserId,
    new: &NewUser,
    status: Status,
    act: &Act,
) -> Result<(), StoreError> {
    writing.check_limit("users", MAX_USERS, "SELECT count(*) FROM users", None)?;
    writing.insert(
        "the user name",
        "INSERT INTO users (user_id, username, password_hash, email, role, status, created_at, updated_at, full_name, language, must_change_password)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9, ?10)",
        params![
            id.to_string(),
            new.username,
            new.password_hash.as_str(),
            new.email,
            new.role.as_str(),
            status.as_str(),
            ms(act.at),
            new.full_name,
            new.language.as_str(),
            new.must_change_password,
        ],
    )?;
    let after = shown(&find(&writing.transaction, id)?);
    writing.audit(act, Entry::about("user.create", "user", id).change(None, Some(after)))
}

fn has_super_admin(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT 1 FROM users WHERE role = 'super_admin'")?.exists([])?)
}

/// After a change of this user: somebody must still run the box.
fn still_has_super_admin(writing: &Writing<'_>, before: &UserRow) -> Result<(), StoreError> {
    if before.role != Role::SuperAdmin || !before.status.is_active() {
        return Ok(());
    }
    let active = "SELECT 1 FROM users WHERE role = 'super_admin' AND status = 'active'";
    if writing.transaction.prepare_cached(active)?.exists([])? {
        Ok(())
    } else {
        Err(StoreError::LastSuperAdmin)
    }
}
