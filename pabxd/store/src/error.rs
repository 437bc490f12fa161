//! What can go wrong, in words that do not tell which database engine is behind.

use std::path::PathBuf;

use pabx_model::TextError;
use thiserror::Error;

/// A failure of the store. Nothing was changed, unless the variant says otherwise.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database file cannot be opened or made.
    #[error("cannot open the database {path}: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: EngineError,
    },
    /// Somebody has the database open.
    #[error("the state is in use: stop pabxd first (systemctl stop pabxd)")]
    InUse,
    /// The database is being replaced.
    #[error("a restore or a change of the key is under way")]
    BeingReplaced,
    /// The file is a database, but of another program.
    #[error("{path} is not a database of pabxd")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The database was written by a newer version. An older one never touches it.
    #[error(
        "the database has schema version {found}, this program knows up to {known}: install the newer version again, or restore a backup"
    )]
    Newer {
        /// `user_version` of the file.
        found: u32,
        /// Newest migration of this program.
        known: u32,
    },
    /// The database was sealed with another key.
    #[error(
        "the sealing key does not open this database: put back the key that belongs to it, or restore a backup with its key"
    )]
    WrongKey,
    /// A sealed value does not open in its place: it was changed, or moved from another row.
    #[error("the sealed {table}.{column} of row {row} was altered")]
    Altered {
        /// Table.
        table: &'static str,
        /// Row id.
        row: String,
        /// Column.
        column: &'static str,
    },
    /// A limit of the account or the box. Answered 409 by the API.
    #[error("limit reached: at most {limit} {what}")]
    Limit {
        /// What is limited.
        what: &'static str,
        /// How many may be.
        limit: u32,
    },
    /// Something unique is there already. Answered 409 by the API.
    #[error("{what} is taken")]
    Taken {
        /// What.
        what: &'static str,
    },
    /// Something else relies on it. Answered 409 by the API.
    #[error("the {what} is still used by {by}")]
    StillUsed {
        /// What was to go.
        what: &'static str,
        /// What relies on it.
        by: &'static str,
    },
    /// Not there, or not in this account: the two are never told apart. Answered 404 by the API.
    #[error("no such {what}")]
    NotFound {
        /// What.
        what: &'static str,
    },
    /// Somebody else changed it meanwhile. Answered 412 by the API.
    #[error("the {what} was changed meanwhile")]
    Stale {
        /// What.
        what: &'static str,
    },
    /// It would leave the box without anybody who runs it. Answered 409 by the API.
    #[error("this is the last active super admin")]
    LastSuperAdmin,
    /// The box has a super admin already. Answered 409 by the API.
    #[error("the box has a super admin already")]
    SetupDone,
    /// Some of many are wrong; nothing was made. Answered 422 by the API.
    #[error("{} of the items cannot be made", .0.len())]
    Items(Vec<(usize, Box<StoreError>)>),
    /// Given text is not valid.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The system gives no randomness.
    #[error("the system gives no randomness")]
    NoRandomness,
    /// The disk is full. The same write may succeed later.
    #[error("the disk is full")]
    DiskFull,
    /// Reading or writing the disk failed. The same write may succeed later.
    #[error("the disk failed: {0}")]
    Disk(EngineError),
    /// Another connection held the database for too long. The same write may succeed later.
    #[error("the database is busy")]
    Busy,
    /// The file is damaged.
    #[error("the database is damaged: {0}")]
    Damaged(EngineError),
    /// Anything else the engine says: a bug of ours.
    #[error("database: {0}")]
    Engine(EngineError),
}

/// What the database engine said; opaque, for the log.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct EngineError(pub(crate) Box<dyn std::error::Error + Send + Sync>);

impl StoreError {
    /// Whether it is the storage that failed, and not what was asked of it: the same may succeed later.
    pub const fn is_storage(&self) -> bool {
        matches!(self, Self::DiskFull | Self::Disk(_) | Self::Busy | Self::Damaged(_))
    }

    pub(crate) fn open(
        path: &std::path::Path,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Open { path: path.to_owned(), source: EngineError(source.into()) }
    }
}
