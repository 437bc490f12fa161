//! Browsers that a person has told to be told of things, and what is on its way to them.

use pabx_model::{AccountId, ExtensionId, Language, PushId, Timestamp, UserId};
use rusqlite::params;
use zeroize::Zeroizing;

use crate::audit::Entry;
use crate::row::{ms, natural, parsed, time};
use crate::seal::Place;
use crate::store::Writing;
use crate::{Act, Store, StoreError, WholeBox};

/// Subscriptions of one person.
pub const MAX_PUSH_OF_PERSON: u32 = 10;
/// Subscriptions in all.
pub const MAX_PUSH: u32 = 2_000;
/// Messages that wait for one browser; the oldest go first.
const MAX_WAITING: u32 = 20;
/// The setting beside which the key lies that messages are signed with.
const KEY: &str = "push";

/// A browser that is to be told of things.
#[derive(Clone, Debug)]
pub struct NewPush {
    /// Whose.
    pub user_id: UserId,
    /// Where its service takes messages for it.
    pub endpoint: String,
    /// Its public key.
    pub p256dh: Vec<u8>,
    /// The secret that it shares with us.
    pub auth: Zeroizing<Vec<u8>>,
    /// What it is told in.
    pub language: Language,
}

/// One as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushRow {
    /// Id.
    pub push_id: PushId,
    /// Where its service takes messages.
    pub endpoint: String,
    /// What it is told in.
    pub language: Language,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A message that is to be sent now.
#[derive(Clone, Debug)]
pub struct DuePush {
    /// Its id.
    pub message_id: String,
    /// To which browser.
    pub push_id: PushId,
    /// By which service.
    pub endpoint: String,
    /// The browser's public key.
    pub p256dh: Vec<u8>,
    /// The secret that it shares with us.
    pub auth: Zeroizing<Vec<u8>>,
    /// What it is told, as JSON.
    pub payload: String,
    /// Whether a phone is to be woken for it.
    pub urgent: bool,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is of no use any more.
    pub ends_at: Timestamp,
}

/// A message for a person.
pub struct NewMessage<'a> {
    /// What is told in each language, as JSON.
    pub payload: &'a dyn Fn(Language) -> String,
    /// Whether a phone is to be woken for it.
    pub urgent: bool,
    /// When it is of no use any more.
    pub ends_at: Timestamp,
}

fn place(id: &str) -> Place<'_> {
    Place { table: "push_subscriptions", row: id, column: "auth" }
}

impl Store {
    /// A person's browsers, the oldest first.
    pub fn pushes(&self, _: WholeBox, user: UserId) -> Result<Vec<PushRow>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT push_id, endpoint, language, created_at FROM push_subscriptions WHERE user_id = ?1 ORDER BY push_id",
        )?;
        let rows = statement.query_map([user.to_string()], |row| {
            Ok(PushRow {
                push_id: parsed(row, 0)?,
                endpoint: row.get(1)?,
                language: parsed(row, 2)?,
                created_at: time(row, 3)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Adds a browser. One with the same endpoint, whosever it was, is this one from now on.
    pub fn add_push(&mut self, _: WholeBox, new: &NewPush, act: &Act) -> Result<PushId, StoreError> {
        const ALL: &str = "SELECT count(*) FROM push_subscriptions";
        const OF_PERSON: &str = "SELECT count(*) FROM push_subscriptions WHERE user_id = ?1";
        let user = new.user_id.to_string();
        self.write(|writing| {
            writing
                .transaction
                .prepare_cached("DELETE FROM push_subscriptions WHERE endpoint = ?1")?
                .execute([&new.endpoint])?;
            writing.check_limit("browsers", MAX_PUSH, ALL, None)?;
            writing.check_limit("browsers of a person", MAX_PUSH_OF_PERSON, OF_PERSON, Some(&user))?;
            let id = PushId::new(act.at.0, writing.id_octets()?);
            let text = id.to_string();
            let auth = writing.seal(place(&text), &new.auth)?;
            writing.insert(
                "the endpoint",
                "INSERT INTO push_subscriptions (push_id, user_id, endpoint, p256dh, auth, language, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![text, user, new.endpoint, new.p256dh, auth, new.language.as_str(), ms(act.at)],
            )?;
            writing.audit(act, Entry::about("push.add", "push", id))?;
            Ok(id)
        })
    }

    /// Removes a browser of a person.
    pub fn remove_push(
        &mut self,
        _: WholeBox,
        user: UserId,
        id: PushId,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            writing.change(
                "browser",
                "DELETE FROM push_subscriptions WHERE push_id = ?1 AND user_id = ?2",
                params![id.to_string(), user.to_string()],
            )?;
            writing.audit(act, Entry::about("push.remove", "push", id))
        })
    }

    /// Its service knows this browser no more.
    pub fn forget_push(&mut self, _: WholeBox, id: PushId) -> Result<(), StoreError> {
        let sql = "DELETE FROM push_subscriptions WHERE push_id = ?1";
        self.connection.prepare_cached(sql)?.execute([id.to_string()])?;
        Ok(())
    }

    /// Everybody who has a browser.
    pub fn people_with_push(&self, _: WholeBox) -> Result<Vec<UserId>, StoreError> {
        let sql = "SELECT DISTINCT user_id FROM push_subscriptions ORDER BY user_id";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| parsed(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Those among them whose own extension this is, as far as they and the account are in use.
    pub fn owners_with_push(
        &self,
        _: WholeBox,
        account: AccountId,
        extension: ExtensionId,
    ) -> Result<Vec<UserId>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT users.user_id FROM account_users
             JOIN users ON users.user_id = account_users.user_id AND users.status = 'active'
             JOIN accounts ON accounts.account_id = account_users.account_id AND accounts.status = 'active'
             WHERE account_users.account_id = ?1 AND account_users.extension_id = ?2
               AND EXISTS (SELECT 1 FROM push_subscriptions WHERE push_subscriptions.user_id = users.user_id)",
        )?;
        let rows = statement.query_map([account.to_string(), extension.to_string()], |row| parsed(row, 0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Puts a message on its way to each browser of a person.
    pub fn push(
        &mut self,
        _: WholeBox,
        user: UserId,
        message: &NewMessage<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let browsers = self.pushes(WholeBox, user)?;
        self.write(|writing| {
            for browser in &browsers {
                enqueue(writing, browser, message, now)?;
            }
            Ok(())
        })
    }

    /// The messages whose time has come, the longest-waiting first; those that are of no use any more are forgotten.
    pub fn due_pushes(
        &mut self,
        _: WholeBox,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<DuePush>, StoreError> {
        self.connection
            .prepare_cached("DELETE FROM push_messages WHERE ends_at <= ?1")?
            .execute([ms(now)])?;
        let mut statement = self.connection.prepare_cached(
            "SELECT message_id, push_subscriptions.push_id, endpoint, p256dh, auth, payload, urgent, attempts, ends_at
             FROM push_messages JOIN push_subscriptions ON push_subscriptions.push_id = push_messages.push_id
             WHERE due_at <= ?1 ORDER BY due_at, message_id LIMIT ?2",
        )?;
        let rows = statement.query_map(params![ms(now), limit], |row| {
            let due = DuePush {
                message_id: row.get(0)?,
                push_id: parsed(row, 1)?,
                endpoint: row.get(2)?,
                p256dh: row.get(3)?,
                auth: Zeroizing::new(Vec::new()),
                payload: row.get(5)?,
                urgent: row.get(6)?,
                attempts: u32::try_from(natural(row, 7)?).unwrap_or(u32::MAX),
                ends_at: time(row, 8)?,
            };
            Ok((due, row.get::<_, Vec<u8>>(4)?))
        })?;
        let opened = rows.map(|row| {
            let (due, sealed) = row?;
            let auth = self.key.open(place(&due.push_id.to_string()), &sealed)?;
            Ok(DuePush { auth, ..due })
        });
        opened.collect()
    }

    /// A message was tried: it is sent again at this time, or not at all.
    pub fn push_tried(
        &mut self,
        _: WholeBox,
        message: &str,
        again: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        match again {
            Some(at) => self
                .connection
                .prepare_cached(
                    "UPDATE push_messages SET attempts = attempts + 1, due_at = ?2 WHERE message_id = ?1",
                )?
                .execute(params![message, ms(at)])?,
            None => self
                .connection
                .prepare_cached("DELETE FROM push_messages WHERE message_id = ?1")?
                .execute([message])?,
        };
        Ok(())
    }

    /// The key that messages are signed with: `made`, if there is none yet.
    pub fn push_key(
        &mut self,
        everything: WholeBox,
        made: impl FnOnce() -> Option<Zeroizing<Vec<u8>>>,
        now: Timestamp,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        if let Some(key) = self.setting_secret(everything, KEY)? {
            return Ok(Some(key));
        }
        let Some(made) = made() else { return Ok(None) };
        self.write(|writing| {
            let sealed = writing.seal(Place { table: "settings", row: KEY, column: "secret" }, &made)?;
            // Two may be here at once: the first one's key is everybody's.
            writing
                .transaction
                .prepare_cached(
                    "INSERT INTO settings (name, value, secret, revision, updated_at) VALUES (?1, '{}', ?2, 1, ?3)
                     ON CONFLICT (name) DO NOTHING",
                )?
                .execute(params![KEY, sealed, ms(now)])?;
            Ok(())
        })?;
        self.setting_secret(everything, KEY)
    }
}

fn enqueue(
    writing: &mut Writing<'_>,
    browser: &PushRow,
    message: &NewMessage<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let push_id = browser.push_id.to_string();
    writing
        .transaction
        .prepare_cached(
            "DELETE FROM push_messages WHERE message_id IN (
                 SELECT message_id FROM push_messages WHERE push_id = ?1 ORDER BY message_id DESC LIMIT -1 OFFSET ?2)",
        )?
        .execute(params![push_id, MAX_WAITING - 1])?;
    let id = PushId::new(now.0, writing.id_octets()?).to_string();
    writing.insert(
        "the message",
        "INSERT INTO push_messages (message_id, push_id, payload, urgent, due_at, ends_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![id, push_id, (message.payload)(browser.language), message.urgent, ms(now), ms(message.ends_at)],
    )
}
