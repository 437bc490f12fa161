//! Lines to providers.

use pabx_model::{DisplayName, SipDomain, Status, TextError, Timestamp, TrunkId};
use rusqlite::{Row, params};

use crate::row::{ms, parsed, time};
use crate::seal::Place;
use crate::store::MAX_TRUNKS_OF_ACCOUNT;
use crate::{AccountScope, Store, StoreError};

/// How a provider knows us (`auth_type`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrunkAuth {
    /// By user name and password.
    Digest {
        /// User name.
        username: String,
        /// Password; sealed when it is kept, empty when it is read back.
        password: String,
    },
    /// By our address.
    Address,
}

/// What is needed to make a trunk.
#[derive(Clone, Debug)]
pub struct NewTrunk {
    /// What people call it, unique in the account.
    pub name: DisplayName,
    /// The provider's host.
    pub host: SipDomain,
    /// How it knows us.
    pub auth: TrunkAuth,
}

/// A trunk as it is kept, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkRow {
    /// Id.
    pub trunk_id: TrunkId,
    /// What people call it.
    pub name: DisplayName,
    /// The provider's host.
    pub host: SipDomain,
    /// The user name, for digest.
    pub username: Option<String>,
    /// In use or not.
    pub status: Status,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

fn read(row: &Row<'_>) -> rusqlite::Result<TrunkRow> {
    Ok(TrunkRow {
        trunk_id: parsed(row, 0)?,
        name: parsed(row, 1)?,
        host: parsed(row, 2)?,
        username: row.get(3)?,
        status: parsed(row, 4)?,
        created_at: time(row, 5)?,
        updated_at: time(row, 6)?,
    })
}

impl Store {
    /// Makes a trunk, within [`MAX_TRUNKS_OF_ACCOUNT`].
    pub fn create_trunk(
        &mut self,
        scope: AccountScope,
        new: &NewTrunk,
        now: Timestamp,
    ) -> Result<TrunkId, StoreError> {
        self.account(scope)?;
        self.write(|writing| {
            let count = "SELECT count(*) FROM sip_trunks WHERE account_id = ?1";
            writing.check_limit(
                "trunks in this account",
                MAX_TRUNKS_OF_ACCOUNT,
                count,
                Some(&scope.text()),
            )?;
            let id = TrunkId::new(now.0, writing.id_octets()?);
            let row = id.to_string();
            let place = Place { table: "sip_trunks", row: &row, column: "password" };
            let (auth_type, username, sealed) = match &new.auth {
                TrunkAuth::Address => ("address", None, None),
                TrunkAuth::Digest { password, .. } if password.is_empty() => {
                    return Err(TextError::Empty { what: "trunk password" }.into());
                }
                TrunkAuth::Digest { username, password } => {
                    ("digest", Some(username), Some(writing.seal(place, password.as_bytes())?))
                }
            };
            writing.insert(
                "the trunk name",
                "INSERT INTO sip_trunks (trunk_id, account_id, name, host, username, password, auth_type, status, created_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)",
                params![
                    row,
                    scope.text(),
                    new.name.as_str(),
                    new.host.as_str(),
                    username,
                    sealed,
                    auth_type,
                    Status::Active.as_str(),
                    ms(now),
                ],
            )?;
            Ok(id)
        })
    }

    /// The account's trunks, by name.
    pub fn trunks(&self, scope: AccountScope) -> Result<Vec<TrunkRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT trunk_id, name, host, username, status, created_at, updated_at
             FROM sip_trunks WHERE account_id = ?1 ORDER BY name",
        )?;
        let rows = statement.query_map([scope.text()], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
