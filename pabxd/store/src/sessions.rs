//! Where people are signed in, and the tokens that keep them so.

use std::net::IpAddr;

use pabx_model::{SessionId, Timestamp, UserId};
use rusqlite::{OptionalExtension, Row, params};

use crate::audit::Entry;
use crate::row::{ms, parsed, parsed_or_null, time};
use crate::store::Writing;
use crate::users::{COLUMNS, UserRow, WIDTH};
use crate::{Act, Store, StoreError, WholeBox, users};

/// Sessions of one person; the one that was used longest ago goes when another begins.
pub const MAX_SESSIONS: u32 = 20;
/// Rows of each kind that one cleaning takes away, so that the writer is not held up.
const CLEANED_AT_ONCE: u32 = 500;

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// A browser with a cookie.
    Browser,
    /// A program with tokens.
    Token,
}

impl SessionKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Token => "token",
        }
    }
}

/// What is needed to begin a session.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Whose.
    pub user_id: UserId,
    /// What for.
    pub kind: SessionKind,
    /// What the other side calls itself, at most 256 characters.
    pub user_agent: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A session as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Id.
    pub session_id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// What for.
    pub kind: SessionKind,
    /// From where it began.
    pub client_address: Option<IpAddr>,
    /// What the other side calls itself.
    pub user_agent: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What came of a refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// It is used up, the new one is good.
    Rotated {
        /// Of which session.
        session_id: SessionId,
        /// Whose.
        user: Box<UserRow>,
    },
    /// It had been used: the session is ended.
    Reused {
        /// Which it was.
        session_id: SessionId,
        /// Whose.
        user: Box<UserRow>,
    },
    /// There is none such, or it has run out.
    Unknown,
}

const SESSION: &str = "sessions.session_id, sessions.user_id, sessions.kind, sessions.client_address, sessions.user_agent, sessions.created_at, sessions.last_used_at, sessions.expires_at";

fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<SessionRow> {
    let kind: String = row.get(first + 2)?;
    Ok(SessionRow {
        session_id: parsed(row, first)?,
        user_id: parsed(row, first + 1)?,
        kind: if kind == "browser" { SessionKind::Browser } else { SessionKind::Token },
        client_address: parsed_or_null(row, first + 3)?,
        user_agent: row.get(first + 4)?,
        created_at: time(row, first + 5)?,
        last_used_at: time(row, first + 6)?,
        expires_at: time(row, first + 7)?,
    })
}

impl Store {
    /// Begins a session, within [`MAX_SESSIONS`].
    pub fn create_session(
        &mut self,
        _: WholeBox,
        new: &NewSession,
        act: &Act,
    ) -> Result<SessionId, StoreError> {
        self.write(|writing| {
            let user = new.user_id.to_string();
            writing.transaction.execute(
                "DELETE FROM sessions WHERE session_id IN (
                     SELECT session_id FROM sessions WHERE user_id = ?1
                     ORDER BY last_used_at DESC, session_id LIMIT -1 OFFSET ?2)",
                params![user, MAX_SESSIONS - 1],
            )?;
            let id = SessionId::new(act.at.0, writing.id_octets()?);
            writing.insert(
                "the session",
                "INSERT INTO sessions (session_id, user_id, kind, client_address, user_agent, created_at, last_used_at, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)",
                params![
                    id.to_string(),
                    user,
                    new.kind.as_str(),
                    act.from.map(|source| source.to_canonical().to_string()),
                    new.user_agent,
                    ms(act.at),
                    ms(new.expires_at),
                ],
            )?;
            let text = id.to_string();
            writing.audit(act, Entry::about("session.begin", "session", &text))?;
            Ok(id)
        })
    }

    /// A session that has not ended, and its person.
    pub fn session_for_access(
        &self,
        _: WholeBox,
        id: SessionId,
        now: Timestamp,
    ) -> Result<Option<(SessionRow, UserRow)>, StoreError> {
        let found = self
            .connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS}, {SESSION} FROM sessions JOIN users ON users.user_id = sessions.user_id
                 WHERE sessions.session_id = ?1 AND sessions.expires_at > ?2"
            ))?
            .query_row(params![id.to_string(), ms(now)], |row| Ok((read(row, WIDTH)?, users::read(row)?)))
            .optional()?;
        Ok(found)
    }

    /// A person's sessions, the last used first.
    pub fn sessions(&self, _: WholeBox, user: UserId, now: Timestamp) -> Result<Vec<SessionRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {SESSION} FROM sessions WHERE user_id = ?1 AND expires_at > ?2 ORDER BY last_used_at DESC, session_id"
        ))?;
        let rows = statement.query_map(params![user.to_string(), ms(now)], |row| read(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Notes that a session is used.
    pub fn touch_session(&mut self, _: WholeBox, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE sessions SET last_used_at = ?2 WHERE session_id = ?1")?
            .execute(params![id.to_string(), ms(now)])?;
        Ok(())
    }

    /// Ends one session.
    pub fn revoke_session(&mut self, _: WholeBox, id: SessionId, act: &Act) -> Result<(), StoreError> {
        self.write(|writing| {
            let text = id.to_string();
            writing.change("session", "DELETE FROM sessions WHERE session_id = ?1", params![text])?;
            writing.audit(act, Entry::about("session.end", "session", &text))
        })
    }

    /// Ends all sessions of a person, but one.
    pub fn revoke_sessions(
        &mut self,
        _: WholeBox,
        user: UserId,
        but: Option<SessionId>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            end(writing, user, but)?;
            writing.audit(act, Entry::about("session.end_all", "user", user))
        })
    }

    /// Keeps the hash of a session's first refresh token.
    pub fn add_refresh_token(
        &mut self,
        _: WholeBox,
        session: SessionId,
        hash: &[u8; 32],
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|writing| add_token(writing, session, hash, expires_at, now))
    }

    /// Uses a refresh token up and keeps the hash of the next; one that had been used ends its session.
    pub fn rotate_refresh(
        &mut self,
        _: WholeBox,
        old: &[u8; 32],
        new: &[u8; 32],
        expires_at: Timestamp,
        act: &Act,
    ) -> Result<Rotation, StoreError> {
        self.write(|writing| {
            let found = writing
                .transaction
                .prepare_cached(&format!(
                    "SELECT {COLUMNS}, {SESSION}, refresh_tokens.used_at IS NOT NULL FROM refresh_tokens
                     JOIN sessions ON sessions.session_id = refresh_tokens.session_id
                     JOIN users ON users.user_id = sessions.user_id
                     WHERE refresh_tokens.token_hash = ?1 AND refresh_tokens.expires_at > ?2"
                ))?
                .query_row(params![old, ms(act.at)], |row| {
                    Ok((Box::new(users::read(row)?), read(row, WIDTH)?, row.get::<_, bool>(WIDTH + 8)?))
                })
                .optional()?;
            match found {
                None => Ok(Rotation::Unknown),
                Some((user, session, true)) => {
                    let text = session.session_id.to_string();
                    writing.transaction.execute("DELETE FROM sessions WHERE session_id = ?1", [&text])?;
                    writing.audit(act, Entry::about("session.token_reused", "session", &text))?;
                    Ok(Rotation::Reused { session_id: session.session_id, user })
                }
                Some((user, session, false)) => {
                    writing.transaction.execute(
                        "UPDATE refresh_tokens SET used_at = ?2 WHERE token_hash = ?1",
                        params![old, ms(act.at)],
                    )?;
                    add_token(writing, session.session_id, new, expires_at, act.at)?;
                    writing.transaction.execute(
                        "UPDATE sessions SET last_used_at = ?2, expires_at = ?3 WHERE session_id = ?1",
                        params![session.session_id.to_string(), ms(act.at), ms(expires_at)],
                    )?;
                    Ok(Rotation::Rotated { session_id: session.session_id, user })
                }
            }
        })
    }

    /// Takes away what has run out, a part of it: call again while it says that there was something.
    pub fn clean_sessions(&mut self, _: WholeBox, now: Timestamp) -> Result<usize, StoreError> {
        let sessions = self.connection.execute(
            "DELETE FROM sessions WHERE session_id IN (SELECT session_id FROM sessions WHERE expires_at <= ?1 LIMIT ?2)",
            params![ms(now), CLEANED_AT_ONCE],
        )?;
        // Tokens that were used are kept while their session lives, unless it lives very long.
        let tokens = self.connection.execute(
            "DELETE FROM refresh_tokens WHERE token_hash IN (
                 SELECT token_hash FROM refresh_tokens WHERE expires_at <= ?1 LIMIT ?2)",
            params![ms(now), CLEANED_AT_ONCE],
        )?;
        Ok(sessions + tokens)
    }
}

fn add_token(
    writing: &Writing<'_>,
    session: SessionId,
    hash: &[u8; 32],
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    writing.insert(
        "the token",
        "INSERT INTO refresh_tokens (token_hash, session_id, created_at, expires_at) VALUES (?1, ?2, ?3, ?4)",
        params![hash, session.to_string(), ms(now), ms(expires_at)],
    )
}

/// Ends the sessions of a person, but one.
pub(crate) fn end(writing: &Writing<'_>, user: UserId, but: Option<SessionId>) -> Result<(), StoreError> {
    writing
        .transaction
        .prepare_cached("DELETE FROM sessions WHERE user_id = ?1 AND (?2 IS NULL OR session_id <> ?2)")?
        .execute(params![user.to_string(), but.map(|id| id.to_string())])?;
    Ok(())
}
