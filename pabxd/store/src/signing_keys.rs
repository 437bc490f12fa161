//! The keys that access tokens are signed with, sealed.

use pabx_model::Timestamp;
use rusqlite::params;
use zeroize::Zeroizing;

use crate::row::{ms, time};
use crate::seal::Place;
use crate::{Store, StoreError, WholeBox};

/// Octets of a key.
const LEN: usize = 32;

/// A key, opened.
pub struct SigningKey {
    /// Which; it stands in the tokens.
    pub key_id: String,
    /// 256 random bits.
    pub secret: Zeroizing<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({}, hidden)", self.key_id)
    }
}

fn place(id: &str) -> Place<'_> {
    Place { table: "signing_keys", row: id, column: "secret" }
}

impl Store {
    /// The newest `limit` keys, the newest first.
    pub fn signing_keys(&self, _: WholeBox, limit: u32) -> Result<Vec<SigningKey>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT key_id, secret, created_at FROM signing_keys ORDER BY created_at DESC, key_id DESC LIMIT ?1",
        )?;
        let mut rows = statement.query([limit])?;
        let mut keys = Vec::new();
        while let Some(row) = rows.next()? {
            let key_id: String = row.get(0)?;
            let secret = self.key.open(place(&key_id), &row.get::<_, Vec<u8>>(1)?)?;
            keys.push(SigningKey { key_id, secret, created_at: time(row, 2)? });
        }
        Ok(keys)
    }

    /// Makes a key; of the old ones only the newest stay, `keep` in all.
    pub fn add_signing_key(&mut self, _: WholeBox, keep: u32, now: Timestamp) -> Result<(), StoreError> {
        self.write(|writing| {
            let id: String =
                writing.id_octets()?.iter().fold(String::new(), |text, octet| format!("{text}{octet:02x}"));
            let mut secret = Zeroizing::new([0; LEN]);
            writing.random().fill(secret.as_mut())?;
            let sealed = writing.seal(place(&id), secret.as_ref())?;
            writing.insert(
                "the signing key",
                "INSERT INTO signing_keys (key_id, secret, created_at) VALUES (?1, ?2, ?3)",
                params![id, sealed, ms(now)],
            )?;
            writing.transaction.execute(
                "DELETE FROM signing_keys WHERE key_id NOT IN (
                     SELECT key_id FROM signing_keys ORDER BY created_at DESC, key_id DESC LIMIT ?1)",
                [keep],
            )?;
            Ok(())
        })
    }
}
