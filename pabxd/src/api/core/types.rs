//! Pieces that many answers have in common.

use super::problem::{Kind, Problem};
use pabx_model::{Status, Timestamp};
use pabx_store::{ByName, ListQuery, Page};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A time, as RFC 3339 in UTC with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time(pub Timestamp);

impl Time {
    /// From text.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let time: jiff::Timestamp = text.parse().map_err(|_| "is not a time (RFC 3339)")?;
        u64::try_from(time.as_millisecond()).map(|ms| Self(Timestamp(ms))).map_err(|_| "is before 1970")
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = i64::try_from(self.0.0).unwrap_or(i64::MAX);
        match jiff::Timestamp::from_millisecond(ms) {
            Ok(time) => write!(f, "{time:.3}"),
            Err(_) => f.write_str("9999-12-30T22:00:00.000Z"),
        }
    }
}

impl Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// In use or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusWord {
    /// In use.
    Active,
    /// Not in use.
    Suspended,
}

impl From<Status> for StatusWord {
    fn from(status: Status) -> Self {
        match status {
            Status::Active => Self::Active,
            Status::Suspended => Self::Suspended,
        }
    }
}

impl From<StatusWord> for Status {
    fn from(status: StatusWord) -> Self {
        match status {
            StatusWord::Active => Self::Active,
            StatusWord::Suspended => Self::Suspended,
        }
    }
}

/// Up or down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The least first.
    #[default]
    Asc,
    /// The greatest first.
    Desc,
}

/// One page of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Listing<T> {
    /// The page.
    pub items: Vec<T>,
    /// For the next page (`?cursor=`); `null` after the last.
    pub next_cursor: Option<String>,
}

impl<T> Listing<T> {
    /// A page of the store, with each row as it is shown.
    pub fn of<R>(page: Page<R>, shown: impl Fn(R) -> T) -> Self {
        let next_cursor = page.next_cursor.map(|cursor| cursor.to_string());
        Self { items: page.items.into_iter().map(shown).collect(), next_cursor }
    }
}

/// What can be asked of a list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageQuery<S> {
    /// Items of the page, 1 to 500; 50 when left out.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Part of what people know it by; case does not matter.
    q: Option<String>,
    /// By what the list is sorted.
    sort: Option<S>,
    /// `asc` or `desc`.
    #[serde(default)]
    order: Order,
}

impl<S> PageQuery<S> {
    /// The same for the store.
    pub fn list<T: From<S> + Default>(self) -> Result<ListQuery<T>, Problem> {
        Ok(ListQuery {
            limit: limit(self.limit)?,
            cursor: cursor(self.cursor.as_deref())?,
            search: self.q,
            descending: self.order == Order::Desc,
            sort: self.sort.map_or_else(T::default, Into::into),
        })
    }
}

/// By what a list is sorted that has names and nothing else to sort by.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NameSort {
    /// By name.
    Name,
}

impl From<NameSort> for ByName {
    fn from(_: NameSort) -> Self {
        Self
    }
}

/// Items of one page, unless said otherwise.
pub const DEFAULT_LIMIT: u32 = 50;
/// Items of one page at most.
pub const MAX_LIMIT: u32 = 500;

/// The page size that was asked for.
pub fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked.unwrap_or(DEFAULT_LIMIT) {
        limit if (1..=MAX_LIMIT).contains(&limit) => Ok(limit),
        _ => Err(Problem::about(Kind::BadRequest, format!("limit is not from 1 to {MAX_LIMIT}"))),
    }
}

/// A cursor that was given out before.
pub fn cursor<T: std::str::FromStr>(asked: Option<&str>) -> Result<Option<T>, Problem> {
    let read = |text: &str| {
        text.parse().map_err(|_| Problem::about(Kind::BadRequest, "this cursor is none of ours"))
    };
    asked.map(read).transpose()
}

/// Text that would be a formula to a spreadsheet gets an apostrophe before it (OWASP ASVS 1.2.10).
pub fn csv_text(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}").into() } else { text.into() }
}

/// A field of a change that may be left out, and may be `null`: `None`, `Some(None)`.
pub fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc_and_read_with_any_offset() {
        assert_eq!(Time(Timestamp(1_800_000_000_123)).to_string(), "2027-01-15T08:00:00.123Z");
        assert_eq!(Time::parse("2027-01-15T05:00:00.123-03:00"), Ok(Time(Timestamp(1_800_000_000_123))));
        for bad in ["", "2027-01-15", "1969-12-31T23:59:59Z", "tomorrow"] {
            assert!(Time::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn formulas_are_made_text() {
        assert_eq!(csv_text("=1+1"), "'=1+1");
        assert_eq!(csv_text("+5511999990000"), "'+5511999990000");
        assert_eq!(csv_text("Ana"), "Ana");
    }
}
