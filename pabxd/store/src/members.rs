//! The people of an account: role, own extension, and what is given and denied on top.

use pabx_model::{AccountId, AccountUserId, ExtensionId, Overrides, Role, Status, TextError, UserId};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;

use crate::audit::Entry;
use crate::page::{ListQuery, Page, Revision, Sort, Source, page};
use crate::row::{ms, parsed, parsed_or_null};
use crate::store::Writing;
use crate::users::{self, COLUMNS, NewUser, SEARCHED, UserRow, WIDTH};
use crate::{AccountScope, Act, Store, StoreError, WholeBox};

/// A person of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRow {
    /// The person.
    pub user: UserRow,
    /// The role in this account.
    pub role: Role,
    /// The person's own extension.
    pub extension_id: Option<ExtensionId>,
    /// What is given and denied on top of the role.
    pub overrides: Overrides,
    /// Counts the changes.
    pub revision: Revision,
}

/// A new person of an account.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// The person.
    pub user: NewUser,
    /// The role in this account.
    pub role: Role,
    /// The person's own extension.
    pub extension_id: Option<ExtensionId>,
}

/// What is to be changed; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct MemberChange {
    /// The role in this account.
    pub role: Option<Role>,
    /// What is given and denied on top of the role.
    pub overrides: Option<Overrides>,
    /// The person's own extension.
    pub extension_id: Option<Option<ExtensionId>>,
}

/// One of a person's accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipRow {
    /// Which account.
    pub account_id: AccountId,
    /// Whether the account is in use.
    pub account_status: Status,
    /// The role there.
    pub role: Role,
    /// The own extension there.
    pub extension_id: Option<ExtensionId>,
    /// What is given and denied on top of the role.
    pub overrides: Overrides,
}

/// By what members are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemberSort {
    /// By the name to sign in with.
    #[default]
    Username,
    /// By the time they became members.
    CreatedAt,
}

impl Sort for MemberSort {
    fn expression(self) -> &'static str {
        match self {
            Self::Username => "account_users.username",
            Self::CreatedAt => "account_users.created_at",
        }
    }
}

pub(crate) const OF_MEMBER: &str = "account_users.role, account_users.extension_id, account_users.allow, account_users.deny, account_users.revision";

/// How many [`OF_MEMBER`] are.
pub(crate) const OF_MEMBER_WIDTH: usize = 5;

pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<MemberRow> {
    Ok(MemberRow {
        user: users::read(row)?,
        role: parsed(row, WIDTH)?,
        extension_id: parsed_or_null(row, WIDTH + 1)?,
        overrides: Overrides { allow: parsed(row, WIDTH + 2)?, deny: parsed(row, WIDTH + 3)? },
        revision: Revision(row.get(WIDTH + 4)?),
    })
}

fn shown(row: &MemberRow) -> serde_json::Value {
    json!({
        "username": row.user.username, "role": row.role, "extension_id": row.extension_id,
        "allow": row.overrides.allow.to_words(), "deny": row.overrides.deny.to_words(),
    })
}

fn find(connection: &Connection, scope: AccountScope, user: UserId) -> Result<MemberRow, StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS}, {OF_MEMBER} FROM account_users JOIN users ON users.user_id = account_users.user_id
             WHERE account_users.account_id = ?1 AND account_users.user_id = ?2"
        ))?
        .query_row([scope.text(), user.to_string()], read)
        .optional()?
        .ok_or(StoreError::NotFound { what: "user" })
}

impl Store {
    /// Makes a user and a member of the account at once.
    pub fn create_member(
        &mut self,
        scope: AccountScope,
        new: &NewMember,
        act: &Act,
    ) -> Result<UserId, StoreError> {
        self.write(|writing| {
            let user = users::insert(writing, &new.user, act)?;
            insert(writing, scope, (user, new.role, new.extension_id), Overrides::default(), act)?;
            Ok(user)
        })
    }

    /// Makes a user that is there a member of the account. Nobody is super admin of one account.
    pub fn add_member(
        &mut self,
        scope: AccountScope,
        user: UserId,
        role: Role,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            users::find(&writing.transaction, user)?;
            insert(writing, scope, (user, role, None), Overrides::default(), act)
        })
    }

    /// A page of the account's people.
    pub fn list_members(
        &self,
        scope: AccountScope,
        query: &ListQuery<MemberSort>,
    ) -> Result<Page<MemberRow>, StoreError> {
        let source = Source {
            columns: "users.user_id, users.username, users.email, users.role, users.status, users.created_at, users.updated_at, users.full_name, users.language, users.must_change_password, users.totp_secret IS NOT NULL, users.revision, account_users.role, account_users.extension_id, account_users.allow, account_users.deny, account_users.revision",
            from: "account_users JOIN users ON users.user_id = account_users.user_id WHERE account_users.account_id = ?".into(),
            values: vec![Value::Text(scope.text())],
            id: "account_users.user_id",
            searched: SEARCHED,
        };
        page(&self.connection, source, query, read)
    }

    /// One person of the account.
    pub fn member(&self, scope: AccountScope, user: UserId) -> Result<MemberRow, StoreError> {
        find(&self.connection, scope, user)
    }

    /// Changes a membership.
    pub fn update_member(
        &mut self,
        scope: AccountScope,
        user: UserId,
        change: &MemberChange,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find(&writing.transaction, scope, user)?;
            let mut after = before.clone();
            after.role = change.role.unwrap_or(after.role);
            after.overrides = change.overrides.unwrap_or(after.overrides);
            after.extension_id = change.extension_id.unwrap_or(after.extension_id);
            check(writing, scope, after.role, after.extension_id)?;
            writing.change_revision(
                ("user", "the membership"),
                "UPDATE account_users SET role = ?3, extension_id = ?4, allow = ?5, deny = ?6, updated_at = ?7,
                     revision = revision + 1
                 WHERE account_id = ?1 AND user_id = ?2 AND (?8 IS NULL OR revision = ?8)",
                params![
                    scope.text(),
                    user.to_string(),
                    after.role.as_str(),
                    after.extension_id.map(|id| id.to_string()),
                    after.overrides.allow.to_words(),
                    after.overrides.deny.to_words(),
                    ms(act.at),
                    expected.map(|revision| revision.0),
                ],
            )?;
            writing.audit(act, Entry::about("member.update", "member", user).of(scope.account_id()).change(Some(shown(&before)), Some(shown(&after))))
        })
    }

    /// Takes a person out of the account; whoever then belongs to none and has no role on the box is deleted.
    pub fn remove_member(
        &mut self,
        scope: AccountScope,
        user: UserId,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find(&writing.transaction, scope, user)?;
            let id = user.to_string();
            writing.delete("user", ("account_users", "user_id"), Some(scope), &id, expected)?;
            writing.transaction.execute(
                "DELETE FROM users WHERE user_id = ?1 AND role = 'user'
                 AND NOT EXISTS (SELECT 1 FROM account_users WHERE user_id = ?1)",
                [&id],
            )?;
            writing.audit(
                act,
                Entry::about("member.remove", "member", user)
                    .of(scope.account_id())
                    .change(Some(shown(&before)), None),
            )
        })
    }

    /// A person's accounts.
    pub fn memberships(&self, _: WholeBox, user: UserId) -> Result<Vec<MembershipRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT account_users.account_id, accounts.status, account_users.role, account_users.extension_id,
                 account_users.allow, account_users.deny
             FROM account_users JOIN accounts ON accounts.account_id = account_users.account_id
             WHERE account_users.user_id = ?1 ORDER BY account_users.account_id",
        )?;
        let rows = statement.query_map([user.to_string()], |row| {
            Ok(MembershipRow {
                account_id: parsed(row, 0)?,
                account_status: parsed(row, 1)?,
                role: parsed(row, 2)?,
                extension_id: parsed_or_null(row, 3)?,
                overrides: Overrides { allow: parsed(row, 4)?, deny: parsed(row, 5)? },
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// Nobody is super admin of one account, and the own extension is one of the account.
fn check(
    writing: &Writing<'_>,
    scope: AccountScope,
    role: Role,
    extension: Option<ExtensionId>,
) -> Result<(), StoreError> {
    if role == Role::SuperAdmin {
        return Err(TextError::Unknown { what: "role in an account" }.into());
    }
    let Some(extension) = extension else { return Ok(()) };
    let of_account = "SELECT 1 FROM extensions WHERE account_id = ?1 AND extension_id = ?2";
    let there =
        writing.transaction.prepare_cached(of_account)?.exists([scope.text(), extension.to_string()])?;
    if there { Ok(()) } else { Err(StoreError::NotFound { what: "extension" }) }
}

pub(crate) fn insert(
    writing: &mut Writing<'_>,
    scope: AccountScope,
    (user, role, extension): (UserId, Role, Option<ExtensionId>),
    overrides: Overrides,
    act: &Act,
) -> Result<(), StoreError> {
    crate::accounts::find(&writing.transaction, scope)?;
    check(writing, scope, role, extension)?;
    let id = AccountUserId::new(act.at.0, writing.id_octets()?);
    writing.insert(
        "the membership",
        "INSERT INTO account_users (account_user_id, account_id, user_id, role, extension_id, created_at, updated_at, allow, deny, username)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, (SELECT username FROM users WHERE user_id = ?3))",
        params![
            id.to_string(),
            scope.text(),
            user.to_string(),
            role.as_str(),
            extension.map(|id| id.to_string()),
            ms(act.at),
            overrides.allow.to_words(),
            overrides.deny.to_words(),
        ],
    )?;
    let after = shown(&find(&writing.transaction, scope, user)?);
    writing.audit(
        act,
        Entry::about("member.add", "member", user).of(scope.account_id()).change(None, Some(after)),
    )
}
