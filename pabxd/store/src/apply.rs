//! What the running engine writes: many writes, one transaction, one sync of the disk.

use pabx_model::{BindingKey, CallRecord, Class, EndReason, SavedBinding, StoreWrite, Timestamp};
use rusqlite::{Connection, TransactionBehavior, params};

use crate::row::{integer, ms};
use crate::{Store, StoreError, sqlite};

/// How often a batch also notes that the daemon lives, in milliseconds.
const ALIVE_EVERY_MS: u64 = 10_000;

impl Store {
    /// Writes all of it or, when the storage fails, nothing. On `Ok` it survives a power cut.
    ///
    /// The answer has an element for each write: false where the write itself was refused (its extension or account is
    /// gone, or a value breaks a rule of its table); the others are written all the same.
    pub fn apply(&mut self, batch: &[StoreWrite], now: Timestamp) -> Result<Vec<bool>, StoreError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut accepted = Vec::with_capacity(batch.len());
        for write in batch {
            accepted.push(match apply_one(&transaction, write, now) {
                Ok(()) => true,
                Err(error) if sqlite::is_refused_row(&error) => false,
                Err(error) => return Err(error.into()),
            });
        }
        let note_alive = now.millis_since(self.alive_noted) >= ALIVE_EVERY_MS || now < self.alive_noted;
        if note_alive {
            transaction
                .prepare_cached(
                    "INSERT INTO box_meta (name, integer_value) VALUES ('alive_at', ?1)
                     ON CONFLICT (name) DO UPDATE SET integer_value = excluded.integer_value",
                )?
                .execute([ms(now)])?;
        }
        transaction.commit()?;
        if note_alive {
            self.alive_noted = now;
        }
        Ok(accepted)
    }
}

fn apply_one(connection: &Connection, write: &StoreWrite, now: Timestamp) -> rusqlite::Result<()> {
    match write {
        StoreWrite::SaveBinding(binding) => save_binding(connection, binding, now),
        StoreWrite::RemoveBinding(key) => remove_binding(connection, key),
        StoreWrite::BeginCall(record) => keep_call(connection, BEGIN_CALL, record, now),
        StoreWrite::EndCall(record) => keep_call(connection, END_CALL, record, now),
        StoreWrite::Probe(number) => crate::probe::write(connection, *number),
    }
}

fn save_binding(connection: &Connection, binding: &SavedBinding, now: Timestamp) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO registrations (extension_id, binding, account_id, contact, transport, local_address, remote_address, instance, reg_id, call_id, cseq, q, user_agent, expires_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
         ON CONFLICT (extension_id, binding) DO UPDATE SET
             contact = excluded.contact, transport = excluded.transport, local_address = excluded.local_address,
             remote_address = excluded.remote_address, instance = excluded.instance, reg_id = excluded.reg_id,
             call_id = excluded.call_id, cseq = excluded.cseq, q = excluded.q, user_agent = excluded.user_agent,
             expires_at = excluded.expires_at, updated_at = excluded.updated_at
         WHERE registrations.account_id = excluded.account_id",
    )?;
    let identity =
        pabx_model::binding::identity(&binding.contact, binding.instance.as_deref(), binding.reg_id);
    statement.execute(params![
        binding.extension_id.to_string(),
        identity,
        binding.account_id.to_string(),
        binding.contact,
        binding.transport.as_str(),
        binding.local.to_string(),
        binding.remote.to_string(),
        binding.instance,
        binding.reg_id,
        binding.call_id,
        binding.cseq,
        binding.q,
        binding.user_agent,
        ms(binding.expires_at),
        ms(now),
    ])?;
    Ok(())
}

fn remove_binding(connection: &Connection, key: &BindingKey) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM registrations WHERE extension_id = ?1 AND binding = ?2 AND account_id = ?3",
        )?
        .execute([key.extension_id.to_string(), key.identity(), key.account_id.to_string()])?;
    Ok(())
}

macro_rules! insert_call {
    ($conflict:literal) => {
        concat!(
            "INSERT INTO call_stats (call_id, account_id, extension_id, trunk_id, call_direction, caller, callee, start_time, answer_time, end_time, duration, status, sip_status, reason, quality_metrics, created_at, clock, trace, class, cost, price)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)
             ON CONFLICT (call_id) DO ",
            $conflict
        )
    };
}

const BEGIN_CALL: &str = insert_call!("NOTHING");
const END_CALL: &str = insert_call!(
    "UPDATE SET caller = excluded.caller, callee = excluded.callee, answer_time = excluded.answer_time,
         end_time = excluded.end_time, duration = excluded.duration, status = excluded.status,
         sip_status = excluded.sip_status, reason = excluded.reason, quality_metrics = excluded.quality_metrics,
         trunk_id = excluded.trunk_id, trace = excluded.trace, cost = excluded.cost, price = excluded.price
     WHERE call_stats.account_id = excluded.account_id"
);

/// A call outlives its extension and its trunk in the records: what is gone is left out.
fn keep_call(
    connection: &Connection,
    sql: &str,
    record: &CallRecord,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let extension = record.extension_id.map(|id| id.to_string());
    let trunk = record.trunk_id.map(|id| id.to_string());
    match insert_call(connection, sql, record, (extension.as_deref(), trunk.as_deref()), now) {
        Err(error) if sqlite::is_missing_parent(&error) => {
            let extension = of_account(connection, EXTENSION_OF_ACCOUNT, record, extension)?;
            let trunk = of_account(connection, TRUNK_OF_ACCOUNT, record, trunk)?;
            insert_call(connection, sql, record, (extension.as_deref(), trunk.as_deref()), now)
        }
        other => other,
    }
}

const EXTENSION_OF_ACCOUNT: &str = "SELECT 1 FROM extensions WHERE extension_id = ?1 AND account_id = ?2";
const TRUNK_OF_ACCOUNT: &str = "SELECT 1 FROM sip_trunks WHERE trunk_id = ?1 AND account_id = ?2";

/// The id, when it is still there.
fn of_account(
    connection: &Connection,
    sql: &str,
    record: &CallRecord,
    id: Option<String>,
) -> rusqlite::Result<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    let there = connection.prepare_cached(sql)?.exists([id.as_str(), &record.account_id.to_string()])?;
    Ok(there.then_some(id))
}

fn insert_call(
    connection: &Connection,
    sql: &str,
    record: &CallRecord,
    (extension, trunk): (Option<&str>, Option<&str>),
    now: Timestamp,
) -> rusqlite::Result<()> {
    // A struct of integers: turning it into JSON cannot fail.
    let quality = record.quality.as_ref().and_then(|quality| serde_json::to_string(quality).ok());
    let trace = (!record.trace.is_empty()).then(|| serde_json::to_string(&record.trace).ok()).flatten();
    connection.prepare_cached(sql)?.execute(params![
        record.call_id.to_string(),
        record.account_id.to_string(),
        extension,
        trunk,
        record.direction.as_str(),
        CallRecord::party(&record.caller),
        CallRecord::party(&record.callee),
        ms(record.start_time),
        record.answer_time.map(ms),
        record.end_time.map(ms),
        integer(record.duration),
        record.status.as_str(),
        record.sip_status.0,
        record.reason.map(EndReason::as_str),
        quality,
        ms(now),
        record.clock.as_str(),
        trace,
        record.class.map(Class::as_str),
        record.cost.map(integer),
        record.price,
    ])?;
    Ok(())
}
