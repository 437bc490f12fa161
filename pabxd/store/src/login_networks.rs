//! The networks that people sign in from.

use pabx_model::{Timestamp, UserId};
use rusqlite::params;

use crate::row::ms;
use crate::{Store, StoreError, WholeBox};

/// Networks of one person; the one that was used longest ago is forgotten.
const MAX_LOGIN_NETWORKS: u32 = 50;

impl Store {
    /// Notes a sign-in from a network; true where the person has signed in before, and never from there.
    pub fn note_login_network(
        &mut self,
        _: WholeBox,
        user: UserId,
        network: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let user = user.to_string();
        self.write(|writing| {
            let transaction = &writing.transaction;
            let (known, here): (u32, u32) = transaction
                .prepare_cached("SELECT count(*), count(*) FILTER (WHERE network = ?2) FROM login_networks WHERE user_id = ?1")?
                .query_row(params![user, network], |row| Ok((row.get(0)?, row.get(1)?)))?;
            transaction.execute(
                "INSERT INTO login_networks (user_id, network, last_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (user_id, network) DO UPDATE SET last_at = excluded.last_at",
                params![user, network, ms(at)],
            )?;
            transaction.execute(
                "DELETE FROM login_networks WHERE user_id = ?1 AND network IN (
                     SELECT network FROM login_networks WHERE user_id = ?1
                     ORDER BY last_at DESC, network LIMIT -1 OFFSET ?2)",
                params![user, MAX_LOGIN_NETWORKS],
            )?;
            Ok(known > 0 && here == 0)
        })
    }
}
