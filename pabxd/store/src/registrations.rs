//! Registrations, as they were before the restart.

use pabx_model::{SavedBinding, Timestamp};
use rusqlite::{Row, params};

use crate::row::{ms, parsed, time};
use crate::{Store, StoreError, WholeBox};

/// Bindings that are restored at most; the ones that last longest.
pub const MAX_RESTORED: u32 = 200_000;

fn read(row: &Row<'_>) -> rusqlite::Result<SavedBinding> {
    Ok(SavedBinding {
        account_id: parsed(row, 0)?,
        extension_id: parsed(row, 1)?,
        contact: row.get(2)?,
        transport: parsed(row, 3)?,
        local: parsed(row, 4)?,
        remote: parsed(row, 5)?,
        instance: row.get(6)?,
        reg_id: row.get(7)?,
        call_id: row.get(8)?,
        cseq: row.get(9)?,
        q: row.get(10)?,
        user_agent: row.get(11)?,
        expires_at: time(row, 12)?,
    })
}

impl Store {
    /// What has not run out, of all accounts. A row that cannot be read is left out and logged: a phone that
    /// registers again is better than a box that does not start.
    pub fn bindings(&self, _: WholeBox, now: Timestamp) -> Result<Vec<SavedBinding>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT account_id, extension_id, contact, transport, local_address, remote_address, instance, reg_id, call_id, cseq, q, user_agent, expires_at
             FROM registrations WHERE expires_at > ?1 ORDER BY expires_at DESC LIMIT ?2",
        )?;
        let mut rows = statement.query(params![ms(now), MAX_RESTORED])?;
        let mut bindings = Vec::new();
        while let Some(row) = rows.next()? {
            match read(row) {
                Ok(binding) => bindings.push(binding),
                Err(error) => log::warn!("a saved registration cannot be read: {error}"),
            }
        }
        Ok(bindings)
    }

    /// Forgets what has run out. Says how many there were.
    pub fn purge_bindings(&mut self, _: WholeBox, now: Timestamp) -> Result<usize, StoreError> {
        Ok(self.connection.execute("DELETE FROM registrations WHERE expires_at <= ?1", [ms(now)])?)
    }
}
