//! People who log in, and the accounts they belong to.

use pabx_model::{AccountUserId, Role, Status, TextError, Timestamp, UserId};
use rusqlite::{OptionalExtension, Row, params};

use crate::row::{ms, parsed, time};
use crate::store::MAX_USERS;
use crate::{AccountScope, Store, StoreError, WholeBox};

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
    /// The name to log in with, unique on the box.
    pub username: String,
    /// Hash of the password.
    pub password_hash: PasswordHash,
    /// Where mail goes.
    pub email: Option<String>,
    /// Role on the box.
    pub role: Role,
}

/// A user as it is kept, without the hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// Id.
    pub user_id: UserId,
    /// The name to log in with.
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
}

/// A member of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRow {
    /// The user.
    pub user: UserRow,
    /// The role in this account.
    pub role: Role,
}

const COLUMNS: &str = "users.user_id, users.username, users.email, users.role, users.status, users.created_at, users.updated_at";

fn read(row: &Row<'_>) -> rusqlite::Result<UserRow> {
    Ok(UserRow {
        user_id: parsed(row, 0)?,
        username: row.get(1)?,
        email: row.get(2)?,
        role: parsed(row, 3)?,
        status: parsed(row, 4)?,
        created_at: time(row, 5)?,
        updated_at: time(row, 6)?,
    })
}

impl Store {
    /// Makes a user, within [`MAX_USERS`].
    pub fn create_user(&mut self, _: WholeBox, new: &NewUser, now: Timestamp) -> Result<UserId, StoreError> {
        self.write(|writing| {
            writing.check_limit("users", MAX_USERS, "SELECT count(*) FROM users", None)?;
            let id = UserId::new(now.0, writing.id_octets()?);
            writing.insert(
                "the user name",
                "INSERT INTO users (user_id, username, password_hash, email, role, status, created_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
                params![
                    id.to_string(),
                    new.username,
                    new.password_hash.as_str(),
                    new.email,
                    new.role.as_str(),
                    Status::Active.as_str(),
                    ms(now),
                ],
            )?;
            Ok(id)
        })
    }

    /// Makes a user a member of the account, or changes the member's role. Nobody is super admin of one account.
    pub fn set_member(
        &mut self,
        scope: AccountScope,
        user: UserId,
        role: Role,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if role == Role::SuperAdmin {
            return Err(TextError::Unknown { what: "role in an account" }.into());
        }
        self.write(|writing| {
            let there = writing
                .transaction
                .prepare_cached("SELECT 1 FROM users, accounts WHERE user_id = ?1 AND account_id = ?2")?
                .exists(params![user.to_string(), scope.text()])?;
            if !there {
                return Err(StoreError::NotFound { what: "user" });
            }
            let id = AccountUserId::new(now.0, writing.id_octets()?);
            writing.insert(
                "the membership",
                "INSERT INTO account_users (account_user_id, account_id, user_id, role, created_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?5)
                 ON CONFLICT (account_id, user_id) DO UPDATE SET role = excluded.role, updated_at = excluded.updated_at",
                params![id.to_string(), scope.text(), user.to_string(), role.as_str(), ms(now)],
            )
        })
    }

    /// The account's members, by name.
    pub fn members(&self, scope: AccountScope) -> Result<Vec<MemberRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS}, account_users.role FROM account_users
             JOIN users ON users.user_id = account_users.user_id
             WHERE account_users.account_id = ?1 ORDER BY users.username"
        ))?;
        let rows = statement
            .query_map([scope.text()], |row| Ok(MemberRow { user: read(row)?, role: parsed(row, 7)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The user with this name, and the hash to check a password against.
    pub fn user_for_login(
        &self,
        _: WholeBox,
        username: &str,
    ) -> Result<Option<(UserRow, PasswordHash)>, StoreError> {
        let found = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS}, password_hash FROM users WHERE username = ?1"))?
            .query_row([username], |row| Ok((read(row)?, PasswordHash(row.get(7)?))))
            .optional()?;
        Ok(found)
    }
}
