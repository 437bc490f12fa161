//! The second factor: the secret of the app, the last code that was taken, the recovery codes.

use pabx_model::UserId;
use rusqlite::{OptionalExtension, params};
use zeroize::Zeroizing;

use crate::audit::Entry;
use crate::row::{integer, ms};
use crate::seal::Place;
use crate::store::Writing;
use crate::{Act, Store, StoreError, WholeBox};

pub(crate) fn place(user: &str) -> Place<'_> {
    Place { table: "users", row: user, column: "totp_secret" }
}

impl Store {
    /// From now on codes of this secret are asked for; `step` is that of the first one, which is used up.
    pub fn set_totp(
        &mut self,
        _: WholeBox,
        user: UserId,
        secret: &[u8],
        step: u64,
        recovery: &[[u8; 32]],
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| put(writing, user, (secret, step), recovery, act))
    }

    /// No codes are asked for any more.
    pub fn clear_totp(&mut self, _: WholeBox, user: UserId, act: &Act) -> Result<(), StoreError> {
        self.write(|writing| {
            let id = user.to_string();
            writing.change(
                "user",
                "UPDATE users SET totp_secret = NULL, updated_at = ?2, revision = revision + 1 WHERE user_id = ?1",
                params![id, ms(act.at)],
            )?;
            replace_codes(writing, &id, &[])?;
            writing.audit(act, Entry::about("user.second_factor.removed", "user", user))
        })
    }

    /// The secret.
    pub fn totp_secret(&self, _: WholeBox, user: UserId) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let id = user.to_string();
        let sealed: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT totp_secret FROM users WHERE user_id = ?1")?
            .query_row([&id], |row| row.get(0))
            .optional()?
            .flatten();
        sealed.map(|sealed| self.key.open(place(&id), &sealed)).transpose()
    }

    /// Uses the code of a step up. False: it, or a later one, was used before.
    pub fn use_totp_step(&mut self, _: WholeBox, user: UserId, step: u64) -> Result<bool, StoreError> {
        let changed = self
            .connection
            .prepare_cached(
                "UPDATE users SET totp_last_step = ?2 WHERE user_id = ?1 AND totp_last_step < ?2",
            )?
            .execute(params![user.to_string(), integer(step)])?;
        Ok(changed > 0)
    }

    /// New recovery codes; the old ones are gone.
    pub fn replace_recovery_codes(
        &mut self,
        _: WholeBox,
        user: UserId,
        hashes: &[[u8; 32]],
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            replace_codes(writing, &user.to_string(), hashes)?;
            writing.audit(act, Entry::about("user.recovery_codes.made", "user", user))
        })
    }

    /// Uses a recovery code up. False: there is none such.
    pub fn use_recovery_code(
        &mut self,
        _: WholeBox,
        user: UserId,
        hash: &[u8; 32],
        act: &Act,
    ) -> Result<bool, StoreError> {
        self.write(|writing| {
            let used = writing
                .transaction
                .prepare_cached("DELETE FROM recovery_codes WHERE user_id = ?1 AND code_hash = ?2")?
                .execute(params![user.to_string(), hash])?;
            if used > 0 {
                writing.audit(act, Entry::about("user.recovery_code.used", "user", user))?;
            }
            Ok(used > 0)
        })
    }

    /// Recovery codes that are left.
    pub fn recovery_codes_left(&self, _: WholeBox, user: UserId) -> Result<u32, StoreError> {
        Ok(self
            .connection
            .prepare_cached("SELECT count(*) FROM recovery_codes WHERE user_id = ?1")?
            .query_row([user.to_string()], |row| row.get(0))?)
    }
}

/// Sets the secret, the last step that was used, and the recovery codes.
pub(crate) fn put(
    writing: &mut Writing<'_>,
    user: UserId,
    (secret, step): (&[u8], u64),
    recovery: &[[u8; 32]],
    act: &Act,
) -> Result<(), StoreError> {
    let id = user.to_string();
    let sealed = writing.seal(place(&id), secret)?;
    writing.change(
        "user",
        "UPDATE users SET totp_secret = ?2, totp_last_step = ?3, updated_at = ?4, revision = revision + 1 WHERE user_id = ?1",
        params![id, sealed, integer(step), ms(act.at)],
    )?;
    replace_codes(writing, &id, recovery)?;
    writing.audit(act, Entry::about("user.second_factor.set", "user", user))
}

fn replace_codes(writing: &Writing<'_>, user: &str, hashes: &[[u8; 32]]) -> Result<(), StoreError> {
    writing.transaction.execute("DELETE FROM recovery_codes WHERE user_id = ?1", [user])?;
    for hash in hashes {
        writing.insert(
            "the code",
            "INSERT INTO recovery_codes (user_id, code_hash) VALUES (?1, ?2)",
            params![user, hash],
        )?;
    }
    Ok(())
}
