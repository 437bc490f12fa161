//! Lists in pages: sorted by a key and the id, each page found by an index from where the last one ended.

use std::fmt::{self, Display, Formatter, Write};
use std::str::FromStr;

use pabx_model::TextError;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use crate::StoreError;

/// Items of one page at most.
pub const MAX_PAGE: u32 = 500;
/// Longest text that is searched for, in characters.
pub const MAX_SEARCH: usize = 64;

/// Which revision of a row is meant. Counts up with each change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(pub u32);

impl Display for Revision {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Revision {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        text.parse().map(Self).map_err(|_| TextError::Form { what: "revision", why: "not a number" })
    }
}

/// The words by which a list can be sorted, and what they are in the database.
pub trait Sort: Copy {
    /// The expression that is sorted by. Fixed text: nothing that comes from outside gets into a statement.
    fn expression(self) -> &'static str;
}

/// By name.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByName;

impl Sort for ByName {
    fn expression(self) -> &'static str {
        "lower(name)"
    }
}

/// What somebody wants to see of a list.
#[derive(Clone, Debug)]
pub struct ListQuery<S> {
    /// Items of the page, at most [`MAX_PAGE`].
    pub limit: u32,
    /// Where the page before ended.
    pub cursor: Option<Cursor>,
    /// Part of one of the searched columns; case does not matter (ASCII).
    pub search: Option<String>,
    /// The greatest first.
    pub descending: bool,
    /// By what.
    pub sort: S,
}

impl<S: Default> Default for ListQuery<S> {
    fn default() -> Self {
        Self { limit: MAX_PAGE, cursor: None, search: None, descending: false, sort: S::default() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Integer(i64),
    Text(String),
}

/// Where a page ended: opaque text to the outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    key: Key,
    id: String,
}

impl Display for Cursor {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.key {
            Key::Integer(key) => write!(f, "1.i.{key}.")?,
            Key::Text(key) => {
                f.write_str("1.t.")?;
                key.bytes().try_for_each(|octet| write!(f, "{octet:02x}"))?;
                f.write_str(".")?;
            }
        }
        f.write_str(&self.id)
    }
}

impl FromStr for Cursor {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let bad = TextError::Form { what: "cursor", why: "not one of ours" };
        let mut parts = text.splitn(4, '.');
        let (version, kind, key, id) = (parts.next(), parts.next(), parts.next(), parts.next());
        let key = match (version, kind, key) {
            (Some("1"), Some("i"), Some(key)) => key.parse().ok().map(Key::Integer),
            (Some("1"), Some("t"), Some(key)) => text_of_hex(key).map(Key::Text),
            _ => None,
        };
        let id = id.filter(|id| !id.is_empty() && id.len() <= 64);
        key.zip(id).map(|(key, id)| Self { key, id: id.to_owned() }).ok_or(bad)
    }
}

fn text_of_hex(text: &str) -> Option<String> {
    let digits = text.bytes().map(|digit| char::from(digit).to_digit(16)).collect::<Option<Vec<_>>>()?;
    let octets = digits.chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    });
    String::from_utf8(octets.collect::<Option<Vec<_>>>()?).ok()
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// In the order that was asked for.
    pub items: Vec<T>,
    /// For the next page; `None` after the last.
    pub next_cursor: Option<Cursor>,
}

/// What a list is of.
pub(crate) struct Source {
    /// Columns, as the reader takes them.
    pub(crate) columns: &'static str,
    /// From where, with its conditions: `extensions WHERE account_id = ?`.
    pub(crate) from: String,
    /// The values of those conditions.
    pub(crate) values: Vec<Value>,
    /// The id, which makes the order complete.
    pub(crate) id: &'static str,
    /// What is searched, in lower case.
    pub(crate) searched: &'static [&'static str],
}

/// Reads a page.
pub(crate) fn page<T, S: Sort>(
    connection: &Connection,
    source: Source,
    query: &ListQuery<S>,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Page<T>, StoreError> {
    let (sql, values) = statement(source, query);
    #[cfg(test)]
    tests::STATEMENTS.with_borrow_mut(|statements| statements.push(sql.clone()));
    let wanted = usize::try_from(query.limit.clamp(1, MAX_PAGE)).unwrap_or(1);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let (mut items, mut ends) = (Vec::new(), None);
    while let Some(row) = rows.next()? {
        if items.len() == wanted {
            return Ok(Page { items, next_cursor: ends });
        }
        items.push(read(row)?);
        ends = Some(Cursor { key: key(row)?, id: id(row)? });
    }
    Ok(Page { items, next_cursor: None })
}

fn id(row: &Row<'_>) -> rusqlite::Result<String> {
    Ok(match row.get("page_id")? {
        Value::Text(id) => id,
        Value::Integer(id) => id.to_string(),
        _ => String::new(),
    })
}

fn key(row: &Row<'_>) -> rusqlite::Result<Key> {
    Ok(match row.get("page_key")? {
        Value::Integer(key) => Key::Integer(key),
        Value::Text(key) => Key::Text(key),
        _ => Key::Integer(0),
    })
}

/// The statement of a page: only fixed text and question marks.
pub(crate) fn statement<S: Sort>(source: Source, query: &ListQuery<S>) -> (String, Vec<Value>) {
    let Source { columns, from, mut values, id, searched } = source;
    let sort = query.sort.expression();
    let (direction, beyond) = if query.descending { ("DESC", "<") } else { ("ASC", ">") };
    let mut sql = format!("SELECT {columns}, {sort} AS page_key, {id} AS page_id FROM {from}");
    let by_id = sort == id;
    if let Some(cursor) = &query.cursor {
        let key = match &cursor.key {
            Key::Integer(key) => Value::Integer(*key),
            Key::Text(key) => Value::Text(key.clone()),
        };
        if by_id {
            let _ = write!(sql, " AND {id} {beyond} ?");
            values.push(key);
        } else {
            // The first condition is what the index finds; the second passes over those of the same key.
            let _ = write!(sql, " AND {sort} {beyond}= ? AND ({sort} {beyond} ? OR {id} {beyond} ?)");
            values.extend([key.clone(), key, Value::Text(cursor.id.clone())]);
        }
    }
    if let Some(search) = query.search.as_deref().filter(|search| !search.is_empty()) {
        let pattern = like(search);
        let conditions: Vec<String> =
            searched.iter().map(|column| format!("{column} LIKE ? ESCAPE '\\'")).collect();
        let _ = write!(sql, " AND ({})", conditions.join(" OR "));
        values.extend(searched.iter().map(|_| Value::Text(pattern.clone())));
    }
    let last = if by_id { String::new() } else { format!(", {id} {direction}") };
    let _ = write!(sql, " ORDER BY {sort} {direction}{last} LIMIT ?");
    values.push(Value::Integer(i64::from(query.limit.clamp(1, MAX_PAGE)) + 1));
    (sql, values)
}

/// A pattern for text that holds this one; what is special in patterns is not in it.
fn like(search: &str) -> String {
    let mut pattern = String::from("%");
    for c in search.chars().take(MAX_SEARCH) {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.extend(c.to_lowercase());
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        AccountScope, AccountSort, AuditFilter, ExtensionSort, InboundRoute, MemberSort, OutboundRoute,
        SealingKey, Store, TrunkSort, UserSort, WholeBox,
    };
    use pabx_model::{AccountId, TrunkId};
    use std::cell::RefCell;

    thread_local! {
        /// What was asked of the database.
        pub(super) static STATEMENTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }

    /// Asks for a second page, forwards and backwards, with a search: all that a statement can have.
    fn each<S: Sort>(sorts: &[S], ask: impl Fn(&ListQuery<S>)) {
        for (sort, descending) in sorts.iter().flat_map(|sort| [(*sort, false), (*sort, true)]) {
            for key in [Key::Text("k".into()), Key::Integer(1)] {
                let cursor = Some(Cursor { key, id: "i".into() });
                ask(&ListQuery { limit: 10, cursor, search: Some("x".into()), descending, sort });
            }
        }
    }

    #[test]
    fn every_list_is_found_by_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let key = SealingKey::new(&[9; 32]).unwrap();
        let store =
            Store::open(&folder.path().join("a.db"), key, Box::new(ring::rand::SystemRandom::new())).unwrap();
        let scope = AccountScope::of(AccountId::new(1, [1; 10]));
        let filter = AuditFilter::default();
        each(&[AccountSort::Name, AccountSort::CreatedAt], |q| {
            drop(store.list_accounts(WholeBox, q).unwrap());
        });
        let extensions = [ExtensionSort::Number, ExtensionSort::Name, ExtensionSort::CreatedAt];
        each(&extensions, |q| drop(store.list_extensions(scope, q).unwrap()));
        each(&[TrunkSort::Name, TrunkSort::CreatedAt], |q| drop(store.list_trunks(scope, q).unwrap()));
        each(&[UserSort::Username, UserSort::CreatedAt], |q| drop(store.list_users(WholeBox, q).unwrap()));
        each(&[MemberSort::Username, MemberSort::CreatedAt], |q| drop(store.list_members(scope, q).unwrap()));
        each(&[crate::ByPosition], |q| drop(store.list_routes::<InboundRoute>(scope, q).unwrap()));
        each(&[crate::ByPosition], |q| drop(store.list_routes::<OutboundRoute>(scope, q).unwrap()));
        each(&[crate::BookSort::Name, crate::BookSort::Number], |q| {
            drop(store.list_book_entries(scope, q).unwrap());
        });
        let trunk = TrunkId::new(1, [2; 10]);
        each(&[crate::ByPrefix], |q| drop(crate::rates::list(&store.connection, trunk, q).unwrap()));
        each(&[crate::ByTime], |q| drop(store.audit(scope, &filter, q).unwrap()));
        each(&[crate::ByTime], |q| drop(store.audit_of_box(WholeBox, &filter, q).unwrap()));
        each(&[crate::ByAge], |q| drop(store.alerts(scope, false, q).unwrap()));
        each(&[crate::ByAge], |q| drop(store.alerts_of_box(WholeBox, false, q).unwrap()));
        let statements = STATEMENTS.take();
        assert_eq!(statements.len(), 4 * 20);
        for sql in statements {
            let mut plan = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps: Vec<String> =
                plan.raw_query().mapped(|row| row.get(3)).collect::<rusqlite::Result<_>>().unwrap();
            for step in &steps {
                let by_index = step.contains("USING") && !step.contains("TEMP B-TREE");
                assert!(by_index, "{step}\n{steps:?}\n{sql}");
            }
        }
    }

    #[test]
    fn cursors_are_read_back() {
        for key in [Key::Integer(-5), Key::Text("são.paulo 1".into()), Key::Text(String::new())] {
            let cursor = Cursor { key, id: "id.1".into() };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for bad in [
            "",
            "1",
            "1.i.5",
            "1.i.x.id",
            "1.t.6.id",
            "1.t.zz.id",
            "1.t.ff.id",
            "2.i.5.id",
            "1.i.5.",
            "1.x.5.id",
        ] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
    }

    #[test]
    fn signs_of_patterns_are_taken_as_they_are() {
        assert_eq!(like("50%_A\\"), "%50\\%\\_a\\\\%");
    }
}
