//! Alerts on their way out: who is told, how often it was tried, and when next.

use pabx_model::{AlertId, Timestamp};
use rusqlite::{OptionalExtension, params};

use crate::row::{ms, natural, parsed};
use crate::store::Writing;
use crate::{AlertRow, Store, StoreError, WholeBox};

/// Deliveries of one alert.
pub const MAX_TARGETS: usize = 30;
/// Octets of an error that are kept.
const MAX_ERROR: usize = 200;

/// How somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// To an address.
    Mail,
    /// To a URL.
    Webhook,
}

impl Channel {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Mail, Self::Webhook].into_iter().find(|channel| channel.as_str() == text)
    }
}

/// Whom to tell of a new alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// How.
    pub channel: Channel,
    /// An address, or a URL.
    pub target: String,
}

/// One that is to be tried now.
#[derive(Clone, Debug)]
pub struct DueDelivery {
    /// Its id: the same at each attempt.
    pub delivery_id: String,
    /// Where to.
    pub target: Target,
    /// How often it was tried.
    pub attempts: u32,
    /// What is told.
    pub alert: AlertRow,
}

/// How an attempt came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It arrived.
    Done,
    /// It did not; it is tried again at that time, or given up.
    Failed {
        /// In words, without secrets.
        error: String,
        /// `None`: given up.
        again: Option<Timestamp>,
    },
}

pub(crate) fn enqueue(
    writing: &mut Writing<'_>,
    alert: AlertId,
    targets: &[Target],
    now: Timestamp,
) -> Result<(), StoreError> {
    for target in targets.iter().take(MAX_TARGETS) {
        let id = writing.id_octets()?.iter().fold(String::new(), |text, octet| format!("{text}{octet:02x}"));
        writing
            .transaction
            .prepare_cached(
                "INSERT INTO deliveries (delivery_id, alert_id, channel, target, state, due_at, created_at)
                 VALUES (?1, ?2, ?3, ?4, 'due', ?5, ?5) ON CONFLICT DO NOTHING",
            )?
            .execute(params![id, alert.to_string(), target.channel.as_str(), target.target, ms(now)])?;
    }
    Ok(())
}

impl Store {
    /// The deliveries whose time has come, the longest-waiting first.
    pub fn due_deliveries(
        &self,
        _: WholeBox,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        let found: Vec<(String, AlertId, String, String, u64)> = self
            .connection
            .prepare_cached(
                "SELECT delivery_id, alert_id, channel, target, attempts FROM deliveries
                 WHERE state = 'due' AND due_at <= ?1 ORDER BY due_at LIMIT ?2",
            )?
            .query_map(params![ms(now), limit], |row| {
                Ok((row.get(0)?, parsed(row, 1)?, row.get(2)?, row.get(3)?, natural(row, 4)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        let mut due = Vec::new();
        for (delivery_id, alert_id, channel, target, attempts) in found {
            let (Some(channel), Some(alert)) = (Channel::parse(&channel), self.alert_by_id(alert_id)?) else {
                continue;
            };
            let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
            due.push(DueDelivery { delivery_id, target: Target { channel, target }, attempts, alert });
        }
        Ok(due)
    }

    /// When the next one is due.
    pub fn next_delivery(&self, _: WholeBox) -> Result<Option<Timestamp>, StoreError> {
        let found = self
            .connection
            .prepare_cached("SELECT due_at FROM deliveries WHERE state = 'due' ORDER BY due_at LIMIT 1")?
            .query_row([], |row| crate::row::time(row, 0))
            .optional()?;
        Ok(found)
    }

    /// Writes down how an attempt came out.
    pub fn delivery_tried(
        &mut self,
        _: WholeBox,
        delivery_id: &str,
        attempt: &Attempt,
    ) -> Result<(), StoreError> {
        let (state, due, error) = match attempt {
            Attempt::Done => ("done", None, None),
            Attempt::Failed { error, again: Some(again) } => ("due", Some(ms(*again)), Some(error)),
            Attempt::Failed { error, again: None } => ("failed", None, Some(error)),
        };
        let error = error.map(|error| error.chars().take(MAX_ERROR).collect::<String>());
        self.write(|writing| {
            writing
                .transaction
                .prepare_cached(
                    "UPDATE deliveries SET state = ?2, due_at = coalesce(?3, due_at), last_error = ?4, attempts = attempts + 1
                     WHERE delivery_id = ?1",
                )?
                .execute(params![delivery_id, state, due, error])?;
            Ok(())
        })
    }
}
