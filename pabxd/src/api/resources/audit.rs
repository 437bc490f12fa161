//! `/accounts/{account_id}/audit` and `/audit`: who did what.

use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Answer, Nothing, Query, Route};
use crate::api::core::types::{Listing, Order, Time, cursor, limit};
use pabx_model::Permission;
use pabx_store::{AuditFilter, AuditRow, ByTime, ListQuery, Page, Verified};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An entry.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditEntry {
    /// Counts up.
    audit_id: String,
    /// When.
    at: Time,
    /// In whose account.
    account_id: Option<String>,
    /// `user`, `api_key`, `console`, `daemon` or `nobody`.
    actor_kind: String,
    /// Which.
    actor_id: Option<String>,
    /// The name at that time.
    actor_name: String,
    /// From where.
    source: Option<String>,
    /// What was done, such as `extension.update`.
    action: String,
    /// To what kind of thing.
    object_kind: String,
    /// Which.
    object_id: Option<String>,
    /// How it was; secrets are masked.
    before: Option<serde_json::Value>,
    /// How it was afterwards.
    after: Option<serde_json::Value>,
}

/// Which entries.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Items of the page, 1 to 500; 50 when left out.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Not before this time.
    from: Option<Time>,
    /// Before this time.
    to: Option<Time>,
    /// By this user or key.
    actor_id: Option<String>,
    /// Actions that begin so, such as `extension.`.
    action: Option<String>,
    /// Part of the actor's name, the action or the kind of thing.
    q: Option<String>,
    /// `desc` for the newest first, which is what is meant when it is left out.
    order: Option<Order>,
}

/// What came of looking at the whole chain.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Chain {
    /// Nothing was changed, left out or cut off.
    whole: bool,
    /// Entries that were looked at.
    entries: Option<u64>,
    /// Where it is broken.
    broken_at: Option<i64>,
    /// Why.
    why: Option<&'static str>,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::{AccountOrOwn, Box};
    const READ: Permission = Permission::AuditRead;
    vec![
        Route::new(
            Method::Get,
            "/accounts/{account_id}/audit",
            AccountOrOwn(READ),
            "The account's audit",
            of_account,
        ),
        Route::new(Method::Get, "/audit", Box(READ), "The audit of the whole box", of_box),
        Route::new(Method::Post, "/audit/verification", Box(READ), "Look at the whole chain", verify),
    ]
}

fn shown(row: AuditRow) -> AuditEntry {
    let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    AuditEntry {
        audit_id: row.audit_id.to_string(),
        at: Time(row.at),
        account_id: row.account_id.map(|id| id.to_string()),
        actor_kind: row.actor_kind,
        actor_id: row.actor_id,
        actor_name: row.actor_name,
        source: row.source,
        action: row.action,
        object_kind: row.object_kind,
        object_id: row.object_id,
        before: json(row.before),
        after: json(row.after),
    }
}

fn wanted(query: AuditQuery) -> Result<(AuditFilter, ListQuery<ByTime>), Problem> {
    let list = ListQuery {
        limit: limit(query.limit)?,
        cursor: cursor(query.cursor.as_deref())?,
        search: query.q,
        descending: query.order != Some(Order::Asc),
        sort: ByTime,
    };
    let (from, to) = (query.from.map(|time| time.0), query.to.map(|time| time.0));
    Ok((AuditFilter { actor_id: query.actor_id, from, to, action: query.action }, list))
}

fn listing(page: Page<AuditRow>) -> Answer<Listing<AuditEntry>> {
    Answer(Listing::of(page, shown))
}

fn of_account(
    call: &mut Call<'_>,
    Query(query): Query<AuditQuery>,
) -> Result<Answer<Listing<AuditEntry>>, Problem> {
    let (mut filter, list) = wanted(query)?;
    if call.grant.own() {
        let own = call.caller()?.user_id.to_string();
        if filter.actor_id.as_ref().is_some_and(|asked| *asked != own) {
            return Err(Problem::about(Kind::Forbidden, "only your own entries"));
        }
        filter.actor_id = Some(own);
    }
    Ok(listing(call.store.audit(call.scope()?, &filter, &list)?))
}

fn of_box(
    call: &mut Call<'_>,
    Query(query): Query<AuditQuery>,
) -> Result<Answer<Listing<AuditEntry>>, Problem> {
    let (filter, list) = wanted(query)?;
    Ok(listing(call.store.audit_of_box(call.whole_box()?, &filter, &list)?))
}

fn verify(call: &mut Call<'_>, _: Nothing) -> Result<Answer<Chain>, Problem> {
    let everything = call.whole_box()?;
    Ok(Answer(match call.store.verify_audit(everything)? {
        Verified::Whole(entries) => Chain { whole: true, entries: Some(entries), broken_at: None, why: None },
        Verified::Broken { at, why } => {
            Chain { whole: false, entries: None, broken_at: Some(at), why: Some(why) }
        }
    }))
}
