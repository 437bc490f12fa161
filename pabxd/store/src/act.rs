//! Who changes something, from where, and when. What changes configuration or people takes it, and writes it down in the
//! same transaction.

use std::net::IpAddr;

use pabx_model::{ApiKeyId, Timestamp, UserId};

/// Who.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The daemon itself.
    Daemon,
    /// Who sits at the box.
    Console,
    /// Somebody who has not signed in.
    Nobody,
    /// A person.
    User {
        /// Which.
        user_id: UserId,
        /// The name at that time.
        username: String,
    },
    /// A machine.
    ApiKey {
        /// Which key.
        api_key_id: ApiKeyId,
        /// Its name at that time.
        name: String,
    },
}

impl Actor {
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Daemon => "daemon",
            Self::Console => "console",
            Self::Nobody => "nobody",
            Self::User { .. } => "user",
            Self::ApiKey { .. } => "api_key",
        }
    }

    pub(crate) fn id(&self) -> Option<String> {
        match self {
            Self::Daemon | Self::Console | Self::Nobody => None,
            Self::User { user_id, .. } => Some(user_id.to_string()),
            Self::ApiKey { api_key_id, .. } => Some(api_key_id.to_string()),
        }
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Daemon | Self::Console | Self::Nobody => "",
            Self::User { username, .. } => username,
            Self::ApiKey { name, .. } => name,
        }
    }

    /// The person, for `created_by`.
    pub(crate) const fn user_id(&self) -> Option<UserId> {
        match self {
            Self::User { user_id, .. } => Some(*user_id),
            _ => None,
        }
    }
}

/// Who does something, from where, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub who: Actor,
    /// From where; `None`: from the box itself.
    pub from: Option<IpAddr>,
    /// When.
    pub at: Timestamp,
}

impl Act {
    /// By the daemon itself.
    pub const fn daemon(at: Timestamp) -> Self {
        Self { who: Actor::Daemon, from: None, at }
    }

    /// By who sits at the box.
    pub const fn console(at: Timestamp) -> Self {
        Self { who: Actor::Console, from: None, at }
    }
}
