//! `/accounts/{account_id}/calls`: the history, as pages and as CSV.

use super::guard::amount;
use super::trace::{Step, steps};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Kind, Problem};
use crate::api::core::route::{Answer, Csv, Nothing, Query, Route};
use crate::api::core::types::{Listing, Time, csv_text, cursor, limit};
use pabx_model::{CallDirection, CallId, CallRecord, CallStatus, ExtensionId, Permission};
use pabx_store::{CallFilter, Entry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Calls in one CSV at most; a longer time is asked for in parts.
const MAX_CSV: usize = 50_000;
const CSV_PAGE: u32 = 500;

/// A call that was.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CallShown {
    /// Id.
    call_id: String,
    /// `ringing`, `answered` or `ended`.
    state: &'static str,
    /// `internal`, `inbound` or `outbound`.
    direction: &'static str,
    /// Who called.
    caller: String,
    /// Who was called.
    callee: String,
    /// The extension it is about.
    extension_id: Option<String>,
    /// The trunk it went over.
    trunk_id: Option<String>,
    /// When it began.
    start_time: Time,
    /// When it was answered.
    answer_time: Option<Time>,
    /// When it ended; `null`: it goes on.
    end_time: Option<Time>,
    /// Milliseconds from answer to end.
    duration_ms: u64,
    /// How it came out; while it rings, `failed`: see `state`.
    status: &'static str,
    /// The final SIP status.
    sip_status: u16,
    /// Who or what ended it.
    reason: Option<&'static str>,
    /// Whether the clock could be believed: `trusted` or `untrusted`.
    clock: &'static str,
    /// What kind of number was called, of calls that go out.
    class: Option<&'static str>,
    /// What it cost, in the account's currency, where the trunk has a price for it.
    cost: Option<String>,
    /// What came from each side (`caller`, `callee`) and went to it: packets, `lost` in so many `loss_runs`, `jitter_us`, `round_trip_us`, and R and MOS
    /// of the E-model (ITU-T G.107; `r_tenths`, `mos_hundredths`), as far as the box.
    quality: Option<serde_json::Value>,
    /// Why it went where it went, of calls by a trunk; only where one call is read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    trace: Vec<Step>,
}

/// Which calls.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallsQuery {
    /// Items of the page, 1 to 500; 50 when left out.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Not before this time.
    from: Option<Time>,
    /// Before this time.
    to: Option<Time>,
    /// `internal`, `inbound` or `outbound`.
    direction: Option<String>,
    /// How it came out, such as `answered`.
    status: Option<String>,
    /// By or to this extension.
    extension_id: Option<String>,
    /// Part of the caller's or the callee's number.
    q: Option<String>,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::{Account, AccountOrOwn};
    const ALL: &str = "/accounts/{account_id}/calls";
    const CSV: &str = "/accounts/{account_id}/calls.csv";
    const ONE: &str = "/accounts/{account_id}/calls/{call_id}";
    vec![
        Route::new(
            Method::Get,
            ALL,
            AccountOrOwn(Permission::CallsRead),
            "Call history, the newest first; with a filter a page may have fewer items, or none, and still a `next_cursor`",
            list,
        ),
        Route::new(
            Method::Get,
            CSV,
            Account(Permission::ReportsExport),
            "The same as a file (audited)",
            export,
        ),
        Route::new(Method::Get, ONE, AccountOrOwn(Permission::CallsRead), "A call", read),
    ]
}

/// A call as it is shown: in the history, while it goes on, and as an event.
pub fn shown(record: CallRecord) -> CallShown {
    CallShown {
        call_id: record.call_id.to_string(),
        state: match (record.answer_time, record.end_time) {
            (_, Some(_)) => "ended",
            (Some(_), None) => "answered",
            (None, None) => "ringing",
        },
        direction: record.direction.as_str(),
        caller: record.caller,
        callee: record.callee,
        extension_id: record.extension_id.map(|id| id.to_string()),
        trunk_id: record.trunk_id.map(|id| id.to_string()),
        start_time: Time(record.start_time),
        answer_time: record.answer_time.map(Time),
        end_time: record.end_time.map(Time),
        duration_ms: record.duration,
        status: record.status.as_str(),
        sip_status: record.sip_status.0,
        reason: record.reason.map(pabx_model::EndReason::as_str),
        clock: record.clock.as_str(),
        class: record.class.map(pabx_model::Class::as_str),
        cost: record.cost.map(amount),
        quality: record.quality.and_then(|quality| serde_json::to_value(quality).ok()),
        trace: Vec::new(),
    }
}

fn filter(call: &Call<'_>, query: &CallsQuery) -> Result<CallFilter, Problem> {
    let mut fields = Fields::new();
    let direction = fields.parse_some("direction", query.direction.as_deref(), CallDirection::parse);
    let status = fields.parse_some("status", query.status.as_deref(), CallStatus::parse);
    fields.finish()?;
    let extension = wanted(call, query.extension_id.as_deref())?;
    let (from, to) = (query.from.map(|time| time.0), query.to.map(|time| time.0));
    Ok(CallFilter { from, to, direction, status, extension, number: query.q.clone() })
}

/// The extension whose calls are meant. Who may see only the own calls sees those of the own extension, whatever is asked for.
pub(super) fn wanted(call: &Call<'_>, asked: Option<&str>) -> Result<Option<(ExtensionId, String)>, Problem> {
    let wanted = match (call.grant.own(), call.grant.extension_id) {
        (true, own) => Some(own.ok_or(Problem::about(Kind::Forbidden, "you have no extension here"))?),
        (false, _) => {
            let none_such = |_| Problem::field("extension_id", "is none of this account");
            asked.map(|id| id.parse().map_err(none_such)).transpose()?
        }
    };
    match wanted {
        Some(id) => Ok(Some((id, call.store.extension(call.scope()?, id)?.number.to_string()))),
        None => Ok(None),
    }
}

fn list(call: &mut Call<'_>, Query(query): Query<CallsQuery>) -> Result<Answer<Listing<CallShown>>, Problem> {
    let filter = filter(call, &query)?;
    let cursor = cursor(query.cursor.as_deref())?;
    let page = call.store.find_calls(call.scope()?, &filter, cursor, limit(query.limit)?)?;
    Ok(Answer(Listing {
        items: page.items.into_iter().map(shown).collect(),
        next_cursor: page.next_cursor.map(|cursor| cursor.to_string()),
    }))
}

fn read(call: &mut Call<'_>, _: Nothing) -> Result<Answer<CallShown>, Problem> {
    let scope = call.scope()?;
    let record = call.store.call(scope, call.id::<CallId>("call_id")?)?;
    if call.grant.own() {
        let own = call.grant.extension_id.ok_or(Problem::not_found())?;
        let number = call.store.extension(scope, own)?.number.to_string();
        let is_own = record.extension_id == Some(own) || record.caller == number || record.callee == number;
        if !is_own {
            return Err(Problem::not_found());
        }
    }
    let trace = steps(&record.trace);
    Ok(Answer(CallShown { trace, ..shown(record) }))
}

fn export(call: &mut Call<'_>, Query(query): Query<CallsQuery>) -> Result<Csv, Problem> {
    let (filter, scope, act) = (filter(call, &query)?, call.scope()?, call.act());
    call.store.record(&act, Entry::new("calls.export", "calls").of(scope.account_id()))?;
    let mut out = csv::Writer::from_writer(Vec::new());
    let broken = |_| Problem::new(Kind::Internal);
    let head = [
        "call_id",
        "direction",
        "caller",
        "callee",
        "start_time",
        "answer_time",
        "end_time",
        "duration_ms",
        "status",
        "sip_status",
        "reason",
        "class",
        "cost",
    ];
    out.write_record(head).map_err(broken)?;
    let (mut cursor, mut rows) = (None, 0);
    loop {
        let page = call.store.find_calls(scope, &filter, cursor, CSV_PAGE)?;
        for record in page.items {
            rows += 1;
            out.write_record(line(&record)).map_err(broken)?;
        }
        cursor = page.next_cursor;
        if cursor.is_none() || rows >= MAX_CSV {
            break;
        }
    }
    let bytes = out.into_inner().map_err(|_| Problem::new(Kind::Internal))?;
    Ok(Csv("calls.csv".into(), bytes))
}

fn line(record: &CallRecord) -> [String; 13] {
    let time =
        |time: Option<pabx_model::Timestamp>| time.map(|time| Time(time).to_string()).unwrap_or_default();
    [
        record.call_id.to_string(),
        record.direction.as_str().into(),
        csv_text(&record.caller).into_owned(),
        csv_text(&record.callee).into_owned(),
        time(Some(record.start_time)),
        time(record.answer_time),
        time(record.end_time),
        record.duration.to_string(),
        record.status.as_str().into(),
        record.sip_status.0.to_string(),
        record.reason.map(|reason| reason.as_str().to_owned()).unwrap_or_default(),
        record.class.map(|class| class.as_str().to_owned()).unwrap_or_default(),
        record.cost.map(amount).unwrap_or_default(),
    ]
}
