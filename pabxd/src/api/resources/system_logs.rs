//! `/system/logs`: the last lines of the daemon's log, since its start.

use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::Problem;
use crate::api::core::route::{Answer, Query, Route};
use crate::api::core::types::{Listing, Time, cursor, limit};
use crate::logging::memory::{self, Line};
use log::Level;
use pabx_model::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A line of the log.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LogLine {
    /// When.
    at: Time,
    /// How bad.
    level: LevelWord,
    /// The module that says it.
    module: String,
    /// What it says, in English.
    text: String,
}

/// How bad something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LevelWord {
    /// Something was not done.
    Error,
    /// Somebody should look.
    Warn,
    /// What goes on.
    #[default]
    Info,
    /// For developers; only where the configuration asks for it.
    Debug,
    /// Everything; only where the configuration asks for it.
    Trace,
}

/// Which lines.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogQuery {
    /// Lines of the page, 1 to 500; 50 when left out.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// As bad as this, or worse; `info` when left out.
    level: Option<LevelWord>,
}

/// The route.
pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Method::Get,
        "/system/logs",
        Access::Box(Permission::SystemRead),
        "The last lines of the log, the newest first",
        list,
    )]
}

fn list(_: &mut Call<'_>, Query(query): Query<LogQuery>) -> Result<Answer<Listing<LogLine>>, Problem> {
    let limit = usize::try_from(limit(query.limit)?).unwrap_or(usize::MAX);
    let before: Option<u64> = cursor(query.cursor.as_deref())?;
    let lines = memory::lines(query.level.unwrap_or_default().into(), before, limit);
    // A page that is not full is the last one.
    let last = lines.last().filter(|_| lines.len() == limit).map(|line| line.number.to_string());
    Ok(Answer(Listing { items: lines.into_iter().map(Into::into).collect(), next_cursor: last }))
}

impl From<Line> for LogLine {
    fn from(line: Line) -> Self {
        Self { at: Time(line.at), level: line.level.into(), module: line.target, text: line.text }
    }
}

impl From<Level> for LevelWord {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warn => Self::Warn,
            Level::Info => Self::Info,
            Level::Debug => Self::Debug,
            Level::Trace => Self::Trace,
        }
    }
}

impl From<LevelWord> for Level {
    fn from(level: LevelWord) -> Self {
        match level {
            LevelWord::Error => Self::Error,
            LevelWord::Warn => Self::Warn,
            LevelWord::Info => Self::Info,
            LevelWord::Debug => Self::Debug,
            LevelWord::Trace => Self::Trace,
        }
    }
}
