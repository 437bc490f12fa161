//! Another sealing key: every sealed value is opened with the old one and sealed anew, in one transaction.

use rusqlite::params;

use crate::seal::{Place, SealingKey};
use crate::{Store, StoreError, WholeBox};

/// Every sealed column: table, column, and the column that names the row. Answers kept for `Idempotency-Key` are not here:
/// they are forgotten.
const SEALED: [(&str, &str, &str); 8] = [
    ("push_subscriptions", "auth", "push_id"),
    ("call_pins", "pin", "pin_id"),
    ("users", "totp_secret", "user_id"),
    ("extensions", "password", "extension_id"),
    ("sip_trunks", "password", "trunk_id"),
    ("settings", "secret", "name"),
    ("signing_keys", "secret", "key_id"),
    ("box_meta", "blob_value", "name"),
];
/// Of `box_meta` only these are sealed.
const SEALED_FACTS: [&str; 2] = ["key_check", "audit_head"];

impl Store {
    /// Seals everything with another key, which is this store's from then on. A value that the old key does not open ends it
    /// with nothing changed.
    pub fn reseal(&mut self, _: WholeBox, new: SealingKey) -> Result<(), StoreError> {
        self.write(|writing| {
            for (table, column, name) in SEALED {
                let found: Vec<(String, Vec<u8>)> = writing
                    .transaction
                    .prepare(&format!("SELECT {name}, {column} FROM {table} WHERE {column} IS NOT NULL"))?
                    .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect::<Result<_, _>>()?;
                let update = format!("UPDATE {table} SET {column} = ?2 WHERE {name} = ?1");
                for (row, sealed) in found {
                    if table == "box_meta" && !SEALED_FACTS.contains(&row.as_str()) {
                        continue;
                    }
                    let place = Place { table, row: &row, column };
                    let value = writing.key.open(place, &sealed)?;
                    let anew = new.seal(writing.random(), place, &value)?;
                    writing.transaction.prepare_cached(&update)?.execute(params![row, anew])?;
                }
            }
            writing.transaction.execute("DELETE FROM idempotency_keys", [])?;
            Ok(())
        })?;
        self.key = new;
        Ok(())
    }

    /// Ends every session: nobody stays signed in. Keys of machines stay.
    pub fn end_all_sessions(&mut self, _: WholeBox) -> Result<(), StoreError> {
        self.write(|writing| {
            writing.transaction.execute("DELETE FROM sessions", [])?;
            writing.transaction.execute("DELETE FROM idempotency_keys", [])?;
            Ok(())
        })
    }
}
