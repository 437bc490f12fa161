//! Customers of the box.

use pabx_model::{AccountId, AccountLimits, AccountSlug, DisplayName, SipDomain, Status, Timestamp, UserId};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;

use crate::audit::Entry;
use crate::page::{ListQuery, Page, Revision, Sort, Source, page};
use crate::row::{ms, parsed, parsed_or_null, time};
use crate::store::{MAX_ACCOUNTS, Writing};
use crate::{AccountScope, Act, Store, StoreError, WholeBox};

/// What [`StoreError::Taken`] calls an account's slug.
pub const SLUG: &str = "the slug";
/// And its domain.
pub const DOMAIN: &str = "the domain";
/// Storage of an account in MiB, unless said otherwise.
pub const DEFAULT_MAX_STORAGE_MIB: u32 = 1_000;

/// What is needed to make an account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What people call it.
    pub name: DisplayName,
    /// Its short name; cannot be changed later, user names are made of it.
    pub slug: AccountSlug,
    /// Its SIP domain.
    pub domain: SipDomain,
    /// For people.
    pub description: String,
    /// What it may use.
    pub limits: AccountLimits,
    /// Storage for recordings and the like, in MiB.
    pub max_storage_mib: u32,
}

/// What is to be changed; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    /// What people call it.
    pub name: Option<DisplayName>,
    /// Its SIP domain.
    pub domain: Option<SipDomain>,
    /// For people.
    pub description: Option<String>,
    /// In use or not.
    pub status: Option<Status>,
    /// Extensions that may exist. What is there above a lowered limit stays; nothing more can be made.
    pub max_extensions: Option<u32>,
    /// Calls that may go on at once.
    pub max_calls: Option<u32>,
    /// Storage in MiB.
    pub max_storage_mib: Option<u32>,
}

/// By what accounts are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccountSort {
    /// By name.
    #[default]
    Name,
    /// By the time they were made.
    CreatedAt,
}

impl Sort for AccountSort {
    fn expression(self) -> &'static str {
        match self {
            Self::Name => "lower(name)",
            Self::CreatedAt => "created_at",
        }
    }
}

/// An account as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Id.
    pub account_id: AccountId,
    /// What people call it.
    pub name: DisplayName,
    /// Its short name.
    pub slug: AccountSlug,
    /// Its SIP domain.
    pub domain: SipDomain,
    /// For people.
    pub description: String,
    /// What it may use.
    pub limits: AccountLimits,
    /// Storage in MiB.
    pub max_storage_mib: u32,
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

const COLUMNS: &str = "account_id, name, slug, domain, description, max_extensions, max_calls, status, created_by, created_at, updated_at, max_storage_mib, revision";

fn read(row: &Row<'_>) -> rusqlite::Result<AccountRow> {
    Ok(AccountRow {
        account_id: parsed(row, 0)?,
        name: parsed(row, 1)?,
        slug: parsed(row, 2)?,
        domain: parsed(row, 3)?,
        description: row.get(4)?,
        limits: AccountLimits { max_extensions: row.get(5)?, max_calls: row.get(6)? },
        status: parsed(row, 7)?,
        created_by: parsed_or_null(row, 8)?,
        created_at: time(row, 9)?,
        updated_at: time(row, 10)?,
        max_storage_mib: row.get(11)?,
        revision: Revision(row.get(12)?),
    })
}

fn shown(row: &AccountRow) -> serde_json::Value {
    json!({
        "name": row.name, "slug": row.slug, "domain": row.domain, "description": row.description, "status": row.status,
        "max_extensions": row.limits.max_extensions, "max_calls": row.limits.max_calls,
        "max_storage_mib": row.max_storage_mib,
    })
}

pub(crate) fn find(connection: &Connection, scope: AccountScope) -> Result<AccountRow, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM accounts WHERE account_id = ?1"))?
        .query_row([scope.text()], read)
        .optional()?
        .ok_or(StoreError::NotFound { what: "account" })
}

impl Store {
    /// Makes an account, within [`MAX_ACCOUNTS`].
    pub fn create_account(
        &mut self,
        _: WholeBox,
        new: &NewAccount,
        act: &Act,
    ) -> Result<AccountId, StoreError> {
        self.write(|writing| insert(writing, new, act))
    }

    /// All accounts, by name.
    pub fn accounts(&self, _: WholeBox) -> Result<Vec<AccountRow>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM accounts ORDER BY name, account_id"))?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A page of all accounts.
    pub fn list_accounts(
        &self,
        _: WholeBox,
        query: &ListQuery<AccountSort>,
    ) -> Result<Page<AccountRow>, StoreError> {
        page(&self.connection, source("accounts WHERE 1 = 1".into(), Vec::new()), query, read)
    }

    /// A page of these accounts, of which there are at most [`MAX_ACCOUNTS`].
    pub fn list_accounts_of(
        &self,
        scopes: &[AccountScope],
        query: &ListQuery<AccountSort>,
    ) -> Result<Page<AccountRow>, StoreError> {
        let marks = vec!["?"; scopes.len()].join(", ");
        let values = scopes.iter().map(|scope| Value::Text(scope.text())).collect();
        page(&self.connection, source(format!("accounts WHERE account_id IN ({marks})"), values), query, read)
    }

    /// The account itself.
    pub fn account(&self, scope: AccountScope) -> Result<AccountRow, StoreError> {
        find(&self.connection, scope)
    }

    /// Changes an account.
    pub fn update_account(
        &mut self,
        _: WholeBox,
        account: AccountId,
        change: &AccountChange,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find(&writing.transaction, AccountScope::of(account))?;
            let mut after = before.clone();
            apply(&mut after, change);
            writing.change_revision(
                ("account", "the domain"),
                "UPDATE accounts SET name = ?2, domain = ?3, description = ?4, status = ?5, max_extensions = ?6,
                     max_calls = ?7, max_storage_mib = ?8, updated_at = ?9, revision = revision + 1
                 WHERE account_id = ?1 AND (?10 IS NULL OR revision = ?10)",
                params![
                    account.to_string(),
                    after.name.as_str(),
                    after.domain.as_str(),
                    after.description,
                    after.status.as_str(),
                    after.limits.max_extensions,
                    after.limits.max_calls,
                    after.max_storage_mib,
                    ms(act.at),
                    expected.map(|revision| revision.0),
                ],
            )?;
            let id = account.to_string();
            let entry = Entry::about("account.update", "account", &id).of(account);
            writing.audit(act, entry.change(Some(shown(&before)), Some(shown(&after))))
        })
    }

    /// Deletes an account with everything that belongs to it, its call records too. Its audit stays.
    pub fn delete_account(
        &mut self,
        _: WholeBox,
        account: AccountId,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find(&writing.transaction, AccountScope::of(account))?;
            let id = account.to_string();
            writing.delete("account", ("accounts", "account_id"), None, &id, expected)?;
            let entry = Entry::about("account.delete", "account", &id).of(account);
            writing.audit(act, entry.change(Some(shown(&before)), None))
        })
    }
}

fn source(from: String, values: Vec<Value>) -> Source {
    let searched = &["lower(name)", "slug", "domain"];
    Source { columns: COLUMNS, from, values, id: "account_id", searched }
}

fn apply(row: &mut AccountRow, change: &AccountChange) {
    let AccountChange { name, domain, description, status, max_extensions, max_calls, max_storage_mib } =
        change;
    row.name = name.clone().unwrap_or_else(|| row.name.clone());
    row.domain = domain.clone().unwrap_or_else(|| row.domain.clone());
    row.description = description.clone().unwrap_or_else(|| row.description.clone());
    row.status = status.unwrap_or(row.status);
    row.limits.max_extensions = max_extensions.unwrap_or(row.limits.max_extensions);
    row.limits.max_calls = max_calls.unwrap_or(row.limits.max_calls);
    row.max_storage_mib = max_storage_mib.unwrap_or(row.max_storage_mib);
}

pub(crate) fn insert(
    writing: &mut Writing<'_>,
    new: &NewAccount,
    act: &Act,
) -> Result<AccountId, StoreError> {
    let id = AccountId::new(act.at.0, writing.id_octets()?);
    put(writing, id, new, Status::Active, act)?;
    Ok(id)
}

/// Makes an account of this id, which is free.
pub(crate) fn put(
    writing: &mut Writing<'_>,
    id: AccountId,
    new: &NewAccount,
    status: Status,
    act: &Act,
) -> Result<(), StoreError> {
    writing.check_limit("accounts", MAX_ACCOUNTS, "SELECT count(*) FROM accounts", None)?;
    for (what, known, text) in [
        (SLUG, "SELECT 1 FROM accounts WHERE slug = ?1", new.slug.as_str()),
        (DOMAIN, "SELECT 1 FROM accounts WHERE domain = ?1", new.domain.as_str()),
    ] {
        if writing.transaction.prepare_cached(known)?.exists([text])? {
            return Err(StoreError::Taken { what });
        }
    }
    writing.insert(
        "the account",
        &format!(
            "INSERT INTO accounts ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11, 1)"
        ),
        params![
            id.to_string(),
            new.name.as_str(),
            new.slug.as_str(),
            new.domain.as_str(),
            new.description,
            new.limits.max_extensions,
            new.limits.max_calls,
            status.as_str(),
            act.who.user_id().map(|user| user.to_string()),
            ms(act.at),
            new.max_storage_mib,
        ],
    )?;
    let after = shown(&find(&writing.transaction, AccountScope::of(id))?);
    writing.audit(act, Entry::about("account.create", "account", id).of(id).change(None, Some(after)))
}
