//! Creations that were asked for with a key, so that the same request makes nothing twice.

use pabx_model::{Timestamp, UserId};
use rusqlite::{OptionalExtension, params};

use crate::row::ms;
use crate::seal::Place;
use crate::{Store, StoreError};

/// How long answers are kept.
pub const KEPT_MS: u64 = 24 * 60 * 60 * 1000;
/// Keys of one person that are kept; the oldest go first.
pub const MAX_KEYS: u32 = 1_000;
/// Longest answer that is kept, in octets.
pub const MAX_BODY: usize = 256 * 1024;

/// A request with a key.
#[derive(Clone, Debug)]
pub struct IdempotentRequest {
    /// Of key and person.
    pub key_hash: Vec<u8>,
    /// Of all that was asked.
    pub request_hash: Vec<u8>,
    /// Who asks.
    pub user_id: UserId,
}

/// The answer it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotentAnswer {
    /// HTTP status.
    pub status: u16,
    /// Those that are kept.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdempotentStart {
    /// Nothing: go on.
    New,
    /// The first request has no answer yet, or the box stopped over it.
    Running,
    /// It was used for another request.
    Other,
    /// It had this answer.
    Done(IdempotentAnswer),
}

fn place(row: &str) -> Place<'_> {
    Place { table: "idempotency_keys", row, column: "body" }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |text, octet| format!("{text}{octet:02x}"))
}

type Kept = (Vec<u8>, Option<u16>, Option<String>, Option<Vec<u8>>);

impl Store {
    /// Begins a request, or says what became of it.
    pub fn begin_idempotent(
        &mut self,
        request: &IdempotentRequest,
        now: Timestamp,
    ) -> Result<IdempotentStart, StoreError> {
        self.write(|writing| {
            writing
                .transaction
                .prepare_cached("DELETE FROM idempotency_keys WHERE created_at <= ?1")?
                .execute([ms(now.minus_millis(KEPT_MS))])?;
            let kept: Option<Kept> = writing
                .transaction
                .prepare_cached("SELECT request_hash, status, headers, body FROM idempotency_keys WHERE key_hash = ?1")?
                .query_row([&request.key_hash], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
                .optional()?;
            if let Some((hash, status, headers, body)) = kept {
                return Ok(match status {
                    _ if hash != request.request_hash => IdempotentStart::Other,
                    None => IdempotentStart::Running,
                    Some(status) => IdempotentStart::Done(IdempotentAnswer {
                        status,
                        headers: headers.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
                        body: match body {
                            Some(sealed) => writing.key.open(place(&hex(&request.key_hash)), &sealed)?.to_vec(),
                            None => Vec::new(),
                        },
                    }),
                });
            }
            let user = request.user_id.to_string();
            writing.transaction.execute(
                "DELETE FROM idempotency_keys WHERE key_hash IN (
                     SELECT key_hash FROM idempotency_keys WHERE user_id = ?1 ORDER BY created_at DESC LIMIT -1 OFFSET ?2)",
                params![user, MAX_KEYS - 1],
            )?;
            writing.insert(
                "the key",
                "INSERT INTO idempotency_keys (key_hash, user_id, request_hash, created_at) VALUES (?1, ?2, ?3, ?4)",
                params![request.key_hash, user, request.request_hash, ms(now)],
            )?;
            Ok(IdempotentStart::New)
        })
    }

    /// Keeps the answer. One that is too long is not kept: the key stays used.
    pub fn finish_idempotent(
        &mut self,
        request: &IdempotentRequest,
        answer: &IdempotentAnswer,
    ) -> Result<(), StoreError> {
        if answer.body.len() > MAX_BODY {
            return Ok(());
        }
        let headers = serde_json::to_string(&answer.headers).unwrap_or_default();
        // Sealed: it may hold the password of a phone that was just made.
        self.write(|writing| {
            let sealed = writing.seal(place(&hex(&request.key_hash)), &answer.body)?;
            writing.change(
                "key",
                "UPDATE idempotency_keys SET status = ?2, headers = ?3, body = ?4 WHERE key_hash = ?1",
                params![request.key_hash, answer.status, headers, sealed],
            )
        })
    }

    /// The request failed and made nothing: it may be tried again with its key.
    pub fn forget_idempotent(&mut self, request: &IdempotentRequest) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("DELETE FROM idempotency_keys WHERE key_hash = ?1")?
            .execute([&request.key_hash])?;
        Ok(())
    }
}
