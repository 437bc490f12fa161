//! Where calls go, as data: inbound and outbound routes of an account, each list in its own order.

use pabx_model::{Destination, ExtensionId, InboundRoute, OutboundRoute, RouteId, Timestamp, TrunkId};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::json;

use crate::audit::Entry;
use crate::page::{ListQuery, Page, Revision, Sort, Source, page};
use crate::row::{self, ms, parsed, parsed_or_null, time, to_json};
use crate::store::Writing;
use crate::{AccountScope, Act, Store, StoreError, time_conditions};

/// Routes of one kind that an account may have.
pub const MAX_ROUTES_OF_ACCOUNT: u32 = 5_000;

/// A route as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteRow<R> {
    /// Id.
    pub route_id: RouteId,
    /// What it says.
    pub route: R,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Counts the changes.
    pub revision: Revision,
}

/// By position.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByPosition;

impl Sort for ByPosition {
    fn expression(self) -> &'static str {
        "position"
    }
}

/// A kind of route: its table and columns. The two kinds share everything else.
pub trait RouteKind: Sized + Clone {
    #[doc(hidden)]
    const TABLE: &'static str;
    #[doc(hidden)]
    const OBJECT: &'static str;
    #[doc(hidden)]
    const LIST: &'static str;
    #[doc(hidden)]
    const INSERT: &'static str;
    #[doc(hidden)]
    const UPDATE: &'static str;
    #[doc(hidden)]
    fn read(row: &Row<'_>) -> rusqlite::Result<RouteRow<Self>>;
    #[doc(hidden)]
    fn shown(&self) -> serde_json::Value;
    #[doc(hidden)]
    fn values(&self) -> Vec<Value>;
    #[doc(hidden)]
    fn trunks(&self) -> Vec<TrunkId>;
    #[doc(hidden)]
    fn destination(&self) -> Option<&Destination>;
}

fn text_or_null(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::Text)
}

impl RouteKind for InboundRoute {
    const TABLE: &'static str = "inbound_routes";
    const OBJECT: &'static str = "inbound_route";
    const LIST: &'static str = "route_id, created_at, updated_at, revision, name, position, status, trunk_id, did_pattern, caller_pattern, destination";
    const INSERT: &'static str = "INSERT INTO inbound_routes (route_id, account_id, created_at, updated_at, name, position, status, trunk_id, did_pattern, caller_pattern, destination)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const UPDATE: &'static str = "UPDATE inbound_routes SET updated_at = ?, revision = revision + 1, name = ?, position = ?, status = ?, trunk_id = ?, did_pattern = ?, caller_pattern = ?, destination = ?";

    fn read(row: &Row<'_>) -> rusqlite::Result<RouteRow<Self>> {
        let route = Self {
            name: parsed(row, 4)?,
            position: row.get(5)?,
            status: parsed(row, 6)?,
            trunk_id: parsed_or_null(row, 7)?,
            did_pattern: parsed(row, 8)?,
            caller_pattern: parsed_or_null(row, 9)?,
            destination: row::destination(row, 10)?,
        };
        common(row, route)
    }

    fn shown(&self) -> serde_json::Value {
        json!({
            "name": self.name, "position": self.position, "status": self.status, "trunk_id": self.trunk_id,
            "did_pattern": self.did_pattern, "caller_pattern": self.caller_pattern, "destination": self.destination,
        })
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::Text(self.name.to_string()),
            Value::Integer(self.position.into()),
            Value::Text(self.status.as_str().into()),
            text_or_null(self.trunk_id.map(|id| id.to_string())),
            Value::Text(self.did_pattern.to_string()),
            text_or_null(self.caller_pattern.as_ref().map(ToString::to_string)),
            text_or_null(self.destination.as_ref().map(to_json)),
        ]
    }

    fn trunks(&self) -> Vec<TrunkId> {
        self.trunk_id.into_iter().collect()
    }

    fn destination(&self) -> Option<&Destination> {
        self.destination.as_ref()
    }
}

impl RouteKind for OutboundRoute {
    const TABLE: &'static str = "outbound_routes";
    const OBJECT: &'static str = "outbound_route";
    const LIST: &'static str = "route_id, created_at, updated_at, revision, name, position, status, pattern, strip, prefix, trunks, trunk_order, failover_after_ringing";
    const INSERT: &'static str = "INSERT INTO outbound_routes (route_id, account_id, created_at, updated_at, name, position, status, pattern, strip, prefix, trunks, trunk_order, failover_after_ringing)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const UPDATE: &'static str = "UPDATE outbound_routes SET updated_at = ?, revision = revision + 1, name = ?, position = ?, status = ?, pattern = ?, strip = ?, prefix = ?, trunks = ?, trunk_order = ?, failover_after_ringing = ?";

    fn read(row: &Row<'_>) -> rusqlite::Result<RouteRow<Self>> {
        let trunks: String = row.get(10)?;
        let route = Self {
            name: parsed(row, 4)?,
            position: row.get(5)?,
            status: parsed(row, 6)?,
            pattern: parsed(row, 7)?,
            strip: row.get(8)?,
            prefix: row.get(9)?,
            trunks: trunks.split_ascii_whitespace().filter_map(|id| id.parse().ok()).collect(),
            trunk_order: parsed(row, 11)?,
            failover_after_ringing: row.get(12)?,
        };
        common(row, route)
    }

    fn shown(&self) -> serde_json::Value {
        json!({
            "name": self.name, "position": self.position, "status": self.status, "pattern": self.pattern,
            "strip": self.strip, "prefix": self.prefix, "trunks": self.trunks,
            "trunk_order": self.trunk_order, "failover_after_ringing": self.failover_after_ringing,
        })
    }

    fn values(&self) -> Vec<Value> {
        let trunks: Vec<String> = self.trunks.iter().map(ToString::to_string).collect();
        vec![
            Value::Text(self.name.to_string()),
            Value::Integer(self.position.into()),
            Value::Text(self.status.as_str().into()),
            Value::Text(self.pattern.to_string()),
            Value::Integer(self.strip.into()),
            Value::Text(self.prefix.clone()),
            Value::Text(trunks.join(" ")),
            Value::Text(self.trunk_order.as_str().into()),
            Value::Integer(self.failover_after_ringing.into()),
        ]
    }

    fn trunks(&self) -> Vec<TrunkId> {
        self.trunks.clone()
    }

    fn destination(&self) -> Option<&Destination> {
        None
    }
}

fn common<R>(row: &Row<'_>, route: R) -> rusqlite::Result<RouteRow<R>> {
    Ok(RouteRow {
        route_id: parsed(row, 0)?,
        created_at: time(row, 1)?,
        updated_at: time(row, 2)?,
        revision: Revision(row.get(3)?),
        route,
    })
}

fn find<R: RouteKind>(
    connection: &Connection,
    scope: AccountScope,
    id: RouteId,
) -> Result<RouteRow<R>, StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT {} FROM {} WHERE account_id = ?1 AND route_id = ?2",
            R::LIST,
            R::TABLE
        ))?
        .query_row([scope.text(), id.to_string()], R::read)
        .optional()?
        .ok_or(StoreError::NotFound { what: "route" })
}

/// What a route points at is of the same account.
fn check<R: RouteKind>(writing: &Writing<'_>, scope: AccountScope, route: &R) -> Result<(), StoreError> {
    let mut trunk = writing
        .transaction
        .prepare_cached("SELECT 1 FROM sip_trunks WHERE account_id = ?1 AND trunk_id = ?2")?;
    for id in route.trunks() {
        if !trunk.exists([scope.text(), id.to_string()])? {
            return Err(StoreError::NotFound { what: "trunk" });
        }
    }
    route.destination().map_or(Ok(()), |to| time_conditions::check_destination(writing, scope, to))
}

/// The extension is of the account.
pub(crate) fn check_extension(
    writing: &Writing<'_>,
    scope: AccountScope,
    id: ExtensionId,
) -> Result<(), StoreError> {
    let of_account = "SELECT 1 FROM extensions WHERE account_id = ?1 AND extension_id = ?2";
    let there = writing.transaction.prepare_cached(of_account)?.exists([scope.text(), id.to_string()])?;
    if there { Ok(()) } else { Err(StoreError::NotFound { what: "extension" }) }
}

/// Makes a route of this id, which is free.
pub(crate) fn put<R: RouteKind>(
    writing: &mut Writing<'_>,
    scope: AccountScope,
    id: RouteId,
    route: &R,
    act: &Act,
) -> Result<(), StoreError> {
    crate::accounts::find(&writing.transaction, scope)?;
    let count = format!("SELECT count(*) FROM {} WHERE account_id = ?1", R::TABLE);
    writing.check_limit("routes in this account", MAX_ROUTES_OF_ACCOUNT, &count, Some(&scope.text()))?;
    check(writing, scope, route)?;
    let at = Value::Integer(ms(act.at));
    let head = vec![Value::Text(id.to_string()), Value::Text(scope.text()), at.clone(), at];
    let values = head.into_iter().chain(route.values());
    writing.insert("the route name", R::INSERT, rusqlite::params_from_iter(values))?;
    let entry = Entry::about("route.create", R::OBJECT, id).of(scope.account_id());
    writing.audit(act, entry.change(None, Some(route.shown())))
}

/// All of an account, in order.
pub(crate) fn all<R: RouteKind>(
    connection: &Connection,
    scope: AccountScope,
) -> Result<Vec<RouteRow<R>>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {} FROM {} WHERE account_id = ?1 ORDER BY position, route_id",
        R::LIST,
        R::TABLE
    ))?;
    let rows = statement.query_map([scope.text()], R::read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

impl Store {
    /// Makes a route, within [`MAX_ROUTES_OF_ACCOUNT`].
    pub fn create_route<R: RouteKind>(
        &mut self,
        scope: AccountScope,
        route: &R,
        act: &Act,
    ) -> Result<RouteId, StoreError> {
        self.write(|writing| {
            let id = RouteId::new(act.at.0, writing.id_octets()?);
            put(writing, scope, id, route, act)?;
            Ok(id)
        })
    }

    /// A page of the account's routes.
    pub fn list_routes<R: RouteKind>(
        &self,
        scope: AccountScope,
        query: &ListQuery<ByPosition>,
    ) -> Result<Page<RouteRow<R>>, StoreError> {
        let source = Source {
            columns: R::LIST,
            from: format!("{} WHERE account_id = ?", R::TABLE),
            values: vec![Value::Text(scope.text())],
            id: "route_id",
            searched: &["lower(name)"],
        };
        page(&self.connection, source, query, R::read)
    }

    /// One route of the account.
    pub fn route<R: RouteKind>(&self, scope: AccountScope, id: RouteId) -> Result<RouteRow<R>, StoreError> {
        find(&self.connection, scope, id)
    }

    /// Puts a changed route in the place of the one that is there.
    pub fn update_route<R: RouteKind>(
        &mut self,
        scope: AccountScope,
        id: RouteId,
        route: &R,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find::<R>(&writing.transaction, scope, id)?;
            check(writing, scope, route)?;
            let mut values = vec![Value::Integer(ms(act.at))];
            values.extend(route.values());
            let revision = expected.map_or(Value::Null, |revision| Value::Integer(revision.0.into()));
            values.extend([
                Value::Text(scope.text()),
                Value::Text(id.to_string()),
                revision.clone(),
                revision,
            ]);
            let sql = format!(
                "{} WHERE account_id = ? AND route_id = ? AND (? IS NULL OR revision = ?)",
                R::UPDATE
            );
            writing.change_revision(("route", "the route name"), &sql, rusqlite::params_from_iter(values))?;
            let entry = Entry::about("route.update", R::OBJECT, id).of(scope.account_id());
            writing.audit(act, entry.change(Some(before.route.shown()), Some(route.shown())))
        })
    }

    /// Deletes a route.
    pub fn delete_route<R: RouteKind>(
        &mut self,
        scope: AccountScope,
        id: RouteId,
        expected: Option<Revision>,
        act: &Act,
    ) -> Result<(), StoreError> {
        self.write(|writing| {
            let before = find::<R>(&writing.transaction, scope, id)?;
            writing.delete("route", (R::TABLE, "route_id"), Some(scope), id, expected)?;
            writing.audit(
                act,
                Entry::about("route.delete", R::OBJECT, id)
                    .of(scope.account_id())
                    .change(Some(before.route.shown()), None),
            )
        })
    }
}
