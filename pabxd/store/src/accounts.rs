//! Customers of the box.

use pabx_model::{AccountId, AccountLimits, AccountSlug, DisplayName, SipDomain, Status, Timestamp, UserId};
use rusqlite::{OptionalExtension, Row, params};

use crate::row::{ms, parsed, parsed_or_null, time};
use crate::store::{MAX_ACCOUNTS, Writing};
use crate::{AccountScope, Store, StoreError, WholeBox};

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
    /// Who makes it; `None` for the daemon itself.
    pub created_by: Option<UserId>,
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
    /// In use or not.
    pub status: Status,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

const COLUMNS: &str = "account_id, name, slug, domain, description, max_extensions, max_calls, status, created_by, created_at, updated_at";

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
    })
}

impl Store {
    /// Makes an account, within [`MAX_ACCOUNTS`].
    pub fn create_account(
        &mut self,
        _: WholeBox,
        new: &NewAccount,
        now: Timestamp,
    ) -> Result<AccountId, StoreError> {
        self.write(|writing| insert(writing, new, now))
    }

    /// All accounts, by name.
    pub fn accounts(&self, _: WholeBox) -> Result<Vec<AccountRow>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM accounts ORDER BY name, account_id"))?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The account itself.
    pub fn account(&self, scope: AccountScope) -> Result<AccountRow, StoreError> {
        self.connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM accounts WHERE account_id = ?1"))?
            .query_row([scope.text()], read)
            .optional()?
            .ok_or(StoreError::NotFound { what: "account" })
    }

    /// Suspends an account or takes it back into use.
    pub fn set_account_status(
        &mut self,
        _: WholeBox,
        account: AccountId,
        status: Status,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            writing.change(
                "account",
                "UPDATE accounts SET status = ?2, updated_at = ?3 WHERE account_id = ?1",
                params![account.to_string(), status.as_str(), ms(now)],
            )
        })
    }

    /// Sets what an account may use. What is there above a lowered limit stays; nothing more can be made.
    pub fn set_account_limits(
        &mut self,
        _: WholeBox,
        account: AccountId,
        limits: AccountLimits,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            writing.change(
                "account",
                "UPDATE accounts SET max_extensions = ?2, max_calls = ?3, updated_at = ?4 WHERE account_id = ?1",
                params![account.to_string(), limits.max_extensions, limits.max_calls, ms(now)],
            )
        })
    }

    /// Deletes an account with everything that belongs to it, its call records too.
    pub fn delete_account(&mut self, _: WholeBox, account: AccountId) -> Result<(), StoreError> {
        self.write(|writing| {
            writing.change(
                "account",
                "DELETE FROM accounts WHERE account_id = ?1",
                params![account.to_string()],
            )
        })
    }
}

pub(crate) fn insert(
    writing: &mut Writing<'_>,
    new: &NewAccount,
    now: Timestamp,
) -> Result<AccountId, StoreError> {
    writing.check_limit("accounts", MAX_ACCOUNTS, "SELECT count(*) FROM accounts", None)?;
    let id = AccountId::new(now.0, writing.id_octets()?);
    writing.insert(
        "the account's slug or domain",
        &format!("INSERT INTO accounts ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)"),
        params![
            id.to_string(),
            new.name.as_str(),
            new.slug.as_str(),
            new.domain.as_str(),
            new.description,
            new.limits.max_extensions,
            new.limits.max_calls,
            Status::Active.as_str(),
            new.created_by.map(|user| user.to_string()),
            ms(now),
        ],
    )?;
    Ok(id)
}
