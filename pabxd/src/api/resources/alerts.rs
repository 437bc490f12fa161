//! `/accounts/{account_id}/alerts` and `/alerts`: what somebody should look at; and where the API itself raises some.

use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::Problem;
use crate::api::core::route::{Answer, Done, Nothing, Query, Route};
use crate::api::core::types::{Listing, Order, Time, cursor, limit};
use crate::api::shared::Shared;
use crate::notify::settings::targets;
use pabx_model::{AlertId, Permission, Timestamp, UserId};
use pabx_store::{
    AlertRow, ByAge, ListQuery, NewAlert, Page, Severity, Store, StoreError, UserRow, WholeBox,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An alert.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Alert {
    /// Id.
    alert_id: String,
    /// Whose; `null`: the box's.
    account_id: Option<String>,
    /// Such as `login_failures`.
    kind: String,
    /// `info`, `warning` or `critical`.
    severity: String,
    /// What it is about.
    subject: String,
    /// In words.
    detail: String,
    /// How often it happened.
    times: u64,
    /// When first.
    raised_at: Time,
    /// When last.
    last_at: Time,
    /// When somebody took it up.
    acknowledged_at: Option<Time>,
    /// Who.
    acknowledged_by: Option<String>,
}

/// Which alerts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertsQuery {
    /// Items of the page, 1 to 500; 50 when left out.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only those that nobody took up.
    #[serde(default)]
    open: bool,
    /// Part of kind, subject or detail.
    q: Option<String>,
    /// `desc` for the newest first, which is what is meant when it is left out.
    order: Option<Order>,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::{Account, Box};
    const READ: Permission = Permission::AuditRead;
    const ONE: &str = "/accounts/{account_id}/alerts/{alert_id}/acknowledgement";
    vec![
        Route::new(
            Method::Get,
            "/accounts/{account_id}/alerts",
            Account(READ),
            "The account's alerts",
            of_account,
        ),
        Route::new(Method::Post, ONE, Account(READ), "Take an alert up", acknowledge),
        Route::new(Method::Get, "/alerts", Box(READ), "All alerts of the box", of_box),
        Route::new(
            Method::Post,
            "/alerts/{alert_id}/acknowledgement",
            Box(READ),
            "Take an alert up",
            acknowledge_of_box,
        ),
    ]
}

fn shown(row: AlertRow) -> Alert {
    Alert {
        alert_id: row.alert_id.to_string(),
        account_id: row.account_id.map(|id| id.to_string()),
        kind: row.kind,
        severity: row.severity,
        subject: row.subject,
        detail: row.detail,
        times: row.times,
        raised_at: Time(row.raised_at),
        last_at: Time(row.last_at),
        acknowledged_at: row.acknowledged_at.map(Time),
        acknowledged_by: row.acknowledged_by,
    }
}

fn wanted(query: AlertsQuery) -> Result<ListQuery<ByAge>, Problem> {
    Ok(ListQuery {
        limit: limit(query.limit)?,
        cursor: cursor(query.cursor.as_deref())?,
        search: query.q,
        descending: query.order != Some(Order::Asc),
        sort: ByAge,
    })
}

fn listing(page: Page<AlertRow>) -> Answer<Listing<Alert>> {
    Answer(Listing::of(page, shown))
}

fn of_account(
    call: &mut Call<'_>,
    Query(query): Query<AlertsQuery>,
) -> Result<Answer<Listing<Alert>>, Problem> {
    let open = query.open;
    Ok(listing(call.store.alerts(call.scope()?, open, &wanted(query)?)?))
}

fn of_box(call: &mut Call<'_>, Query(query): Query<AlertsQuery>) -> Result<Answer<Listing<Alert>>, Problem> {
    let open = query.open;
    Ok(listing(call.store.alerts_of_box(call.whole_box()?, open, &wanted(query)?)?))
}

fn acknowledge(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (scope, id, act) = (call.scope()?, call.id::<AlertId>("alert_id")?, call.act());
    call.store.acknowledge_alert(scope, id, &act)?;
    Ok(Done)
}

fn acknowledge_of_box(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (everything, id, act) = (call.whole_box()?, call.id::<AlertId>("alert_id")?, call.act());
    call.store.acknowledge_alert_of_box(everything, id, &act)?;
    Ok(Done)
}

/// Raises an alert and tells who listens.
pub fn raise(shared: &Shared, store: &mut Store, new: &NewAlert, now: Timestamp) -> Result<(), StoreError> {
    let targets = targets(store)?;
    let (id, fresh) = store.raise_alert(WholeBox, new, &targets, now)?;
    if fresh {
        crate::notify::push::tell_alert(store, new, &id.to_string(), now)?;
    }
    let event = serde_json::json!({
        "alert_id": id, "account_id": new.account_id, "kind": new.kind, "severity": new.severity.as_str(), "subject": new.subject,
        "detail": new.detail, "new": fresh,
    });
    shared.hub.publish("alert", (new.account_id, Vec::new()), Permission::AuditRead, &event);
    Ok(())
}

/// Somebody fails to sign in again and again.
pub fn login_failures(call: &mut Call<'_>, name: &str) -> Result<(), Problem> {
    let source = call.request.client;
    let known = call.store.user_for_login(WholeBox, name)?.is_some();
    let who = if known { name } else { "a name that nobody has" };
    let new = NewAlert {
        account_id: None,
        kind: "login_failures",
        severity: Severity::Warning,
        subject: source.to_string(),
        detail: format!("Sign-in as {who} failed too often from {source}; that source waits now"),
    };
    Ok(raise(call.shared, call.store, &new, call.now)?)
}

/// A refresh token came twice.
pub fn token_reuse(call: &mut Call<'_>, user: &UserRow) -> Result<(), Problem> {
    let source = call.request.client;
    let new = NewAlert {
        account_id: None,
        kind: "token_reuse",
        severity: Severity::Critical,
        subject: user.username.clone(),
        detail: format!(
            "A refresh token of {} was used twice, now from {source}: the session was ended",
            user.username
        ),
    };
    Ok(raise(call.shared, call.store, &new, call.now)?)
}

/// Somebody has signed in from where he never did.
pub fn new_network(call: &mut Call<'_>, user: &UserRow, network: &str) -> Result<(), Problem> {
    let source = call.request.client;
    let new = NewAlert {
        account_id: None,
        kind: "new_network",
        severity: Severity::Warning,
        subject: user.username.clone(),
        detail: format!("{} signed in from {source}: never before from {network}", user.username),
    };
    Ok(raise(call.shared, call.store, &new, call.now)?)
}

/// Somebody may do more than before.
pub fn permission_raised(call: &mut Call<'_>, user: UserId, what: &str) -> Result<(), Problem> {
    let by = call.caller()?.username.clone();
    let row = call.store.user(WholeBox, user)?;
    let new = NewAlert {
        account_id: call.grant.scope.map(pabx_store::AccountScope::account_id),
        kind: "permission_raised",
        severity: Severity::Info,
        subject: row.username.clone(),
        detail: format!("{by} gave {} more rights ({what})", row.username),
    };
    Ok(raise(call.shared, call.store, &new, call.now)?)
}
