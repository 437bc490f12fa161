//! `/accounts/{account_id}/time-conditions`: when somebody is there, and where calls go then and else.

use super::configure;
use super::destination::{self, DestinationBody};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Problem};
use crate::api::core::route::{Answer, Created, Done, Json, Nothing, Query, Route, Tagged};
use crate::api::core::types::{Listing, NameSort, PageQuery, Time};
use pabx_model::hours::{DayMinute, DaySpan, Weekday, Weekdays};
use pabx_model::{
    ClockState, DisplayName, Holiday, HolidayDate, HolidaySet, Override, Permission, TimeCondition,
    TimeConditionId, TimeRule, Timestamp, WeeklySpan, Zone,
};
use pabx_store::TimeConditionRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Hours of some days of the week.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeeklyBody {
    /// `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`.
    days: Vec<String>,
    /// `HH:MM`.
    from: String,
    /// `HH:MM`, up to `24:00`; before `from`: on the next day.
    to: String,
}

/// Hours of one day.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpanBody {
    /// `HH:MM`.
    from: String,
    /// `HH:MM`, after `from`.
    to: String,
}

/// A day that is not as the week has it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayBody {
    /// What it is called.
    name: String,
    /// `MM-DD`, every year, or `YYYY-MM-DD`.
    date: String,
    /// When it is open all the same; empty: closed all day.
    #[serde(default)]
    open: Vec<SpanBody>,
}

/// What somebody has switched by hand.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideBody {
    /// `automatic`, `open` or `closed`.
    mode: String,
    /// When it is automatic again; `null`: when somebody says so.
    until: Option<Time>,
}

/// What a time condition says. A change gives all of it anew, but for the switch by hand, which stays as it is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeConditionBody {
    /// What people call it, unique among the account's.
    name: String,
    /// The zone of its clocks, such as `America/Sao_Paulo`, which it is when left out.
    zone: Option<String>,
    /// The week, at most 50 spans; none: always closed.
    weekly: Vec<WeeklyBody>,
    /// Its own holidays, at most 200. They count before national ones.
    #[serde(default)]
    holidays: Vec<HolidayBody>,
    /// National holidays, closed all day: `br`, `br_bank`, `pt`, `es`, `us` and others; `null`: none.
    holiday_set: Option<String>,
    /// Where calls go while it is open; `null`: nowhere.
    open: Option<DestinationBody>,
    /// Where calls go while it is closed.
    closed: Option<DestinationBody>,
}

/// Whether somebody is there.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PresenceShown {
    /// At the moment of the answer.
    open: bool,
    /// `override`, `holiday`, `hours`, `outside_hours`, or `no_clock` as long as the box does not know the time.
    why: &'static str,
    /// The holiday's name.
    holiday: Option<String>,
    /// When that changes, within 14 days.
    until: Option<Time>,
}

/// When somebody is there.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TimeConditionShown {
    /// Id.
    time_condition_id: String,
    #[serde(flatten)]
    body: TimeConditionBody,
    /// The switch by hand.
    #[serde(rename = "override")]
    switch: OverrideBody,
    /// How it stands.
    now: PresenceShown,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Account;
    use Permission::{RoutesRead, RoutesWrite};
    const ALL: &str = "/accounts/{account_id}/time-conditions";
    const ONE: &str = "/accounts/{account_id}/time-conditions/{time_condition_id}";
    const SWITCH: &str = "/accounts/{account_id}/time-conditions/{time_condition_id}/override";
    vec![
        Route::new(Method::Get, ALL, Account(RoutesRead), "Time conditions", list),
        Route::new(Method::Post, ALL, Account(RoutesWrite), "Make a time condition", create),
        Route::new(Method::Get, ONE, Account(RoutesRead), "A time condition, and how it stands", read),
        Route::new(Method::Put, ONE, Account(RoutesWrite), "Change a time condition", update).conditional(),
        Route::new(Method::Delete, ONE, Account(RoutesWrite), "Delete a time condition", delete),
        Route::new(
            Method::Put,
            SWITCH,
            Account(RoutesWrite),
            "Open or close by hand, or let the hours decide",
            switch,
        ),
    ]
}

/// The time, where it can be believed. An engine that does not answer says nothing of the clock.
fn known_time(call: &Call<'_>) -> Option<Timestamp> {
    let unset = call.shared.pbx.status().is_ok_and(|status| status.clock != ClockState::Trusted.as_str());
    (!unset).then_some(call.now)
}

fn shown(row: TimeConditionRow, now: Option<Timestamp>) -> TimeConditionShown {
    let TimeRule { condition, open, closed } = row.rule;
    TimeConditionShown {
        time_condition_id: row.time_condition_id.to_string(),
        switch: switch_shown(condition.overridden),
        now: presence(&condition, now),
        body: TimeConditionBody {
            name: condition.name.to_string(),
            zone: Some(condition.zone.to_string()),
            weekly: condition.weekly.iter().copied().map(weekly_shown).collect(),
            holidays: condition.holidays.iter().map(holiday_shown).collect(),
            holiday_set: condition.holiday_sets.map(|set| set.to_string()),
            open: open.as_ref().map(destination::shown),
            closed: closed.as_ref().map(destination::shown),
        },
        created_at: Time(row.created_at),
        updated_at: Time(row.updated_at),
    }
}

fn weekly_shown(span: WeeklySpan) -> WeeklyBody {
    WeeklyBody {
        days: span.days().iter().map(|day| day.to_string()).collect(),
        from: span.from().to_string(),
        to: span.to().to_string(),
    }
}

fn holiday_shown(holiday: &Holiday) -> HolidayBody {
    let span = |span: &DaySpan| SpanBody { from: span.from().to_string(), to: span.to().to_string() };
    HolidayBody {
        name: holiday.name.to_string(),
        date: holiday.date.to_string(),
        open: holiday.open.iter().map(span).collect(),
    }
}

fn switch_shown(switch: Override) -> OverrideBody {
    let mode = match switch {
        Override::Automatic => "automatic",
        Override::Open { .. } => "open",
        Override::Closed { .. } => "closed",
    };
    OverrideBody { mode: mode.into(), until: switch.until().map(Time) }
}

/// As the engine takes calls: without a clock as if it were open.
fn presence(condition: &TimeCondition, now: Option<Timestamp>) -> PresenceShown {
    use pabx_model::hours::Why;
    let Some(now) = now else {
        return PresenceShown { open: true, why: "no_clock", holiday: None, until: None };
    };
    let presence = condition.at(now);
    let (why, holiday) = match presence.why {
        Why::Override => ("override", None),
        Why::Holiday(name) => ("holiday", Some(name)),
        Why::Hours => ("hours", None),
        Why::OutsideHours => ("outside_hours", None),
    };
    PresenceShown { open: presence.open, why, holiday, until: condition.next_change(now).map(Time) }
}

/// Reads what is wanted; what is wrong is noted.
pub(super) fn parse(fields: &mut Fields, body: &TimeConditionBody, switch: Override) -> Option<TimeRule> {
    let name = fields.parse("name", DisplayName::parse(&body.name));
    let zone = fields.parse_some("zone", body.zone.as_deref(), Zone::parse).unwrap_or_default();
    bounded(fields, "weekly", body.weekly.len(), TimeCondition::MAX_WEEKLY);
    bounded(fields, "holidays", body.holidays.len(), TimeCondition::MAX_HOLIDAYS);
    let weekly = each(fields, "weekly", &body.weekly, weekly);
    let holidays = each(fields, "holidays", &body.holidays, holiday);
    let holiday_sets = fields.parse_some("holiday_set", body.holiday_set.as_deref(), HolidaySet::parse);
    let mut to = |field: &str, to: &Option<DestinationBody>| {
        to.as_ref().and_then(|to| destination::parse(fields, field, to))
    };
    let (open, closed) = (to("open", &body.open), to("closed", &body.closed));
    let condition = TimeCondition { name: name?, zone, weekly, holidays, holiday_sets, overridden: switch };
    Some(TimeRule { condition, open, closed })
}

fn bounded(fields: &mut Fields, field: &str, len: usize, most: usize) {
    if len > most {
        fields.add(field, format!("has more than {most}"));
    }
}

fn each<A, B>(
    fields: &mut Fields,
    list: &str,
    items: &[A],
    read: fn(&mut Fields, &A) -> Option<B>,
) -> Vec<B> {
    let one = |(place, item)| fields.part(&format!("{list}[{place}]."), |fields| read(fields, item));
    items.iter().enumerate().filter_map(one).collect()
}

fn weekly(fields: &mut Fields, body: &WeeklyBody) -> Option<WeeklySpan> {
    let days: Vec<Weekday> =
        body.days.iter().filter_map(|day| fields.parse("days", Weekday::parse(day))).collect();
    let days = fields.parse("days", Weekdays::new(days));
    let (from, to) = minutes(fields, &body.from, &body.to);
    fields.parse("to", WeeklySpan::new(days?, from?, to?))
}

fn holiday(fields: &mut Fields, body: &HolidayBody) -> Option<Holiday> {
    let name = fields.parse("name", DisplayName::parse(&body.name));
    let date = fields.parse("date", HolidayDate::parse(&body.date));
    bounded(fields, "open", body.open.len(), Holiday::MAX_OPEN);
    let open = each(fields, "open", &body.open, |fields, span: &SpanBody| {
        let (from, to) = minutes(fields, &span.from, &span.to);
        fields.parse("to", DaySpan::new(from?, to?))
    });
    Some(Holiday { name: name?, date: date?, open })
}

fn minutes(fields: &mut Fields, from: &str, to: &str) -> (Option<DayMinute>, Option<DayMinute>) {
    (fields.parse("from", DayMinute::parse(from)), fields.parse("to", DayMinute::parse(to)))
}

fn list(
    call: &mut Call<'_>,
    Query(query): Query<PageQuery<NameSort>>,
) -> Result<Answer<Listing<TimeConditionShown>>, Problem> {
    let now = known_time(call);
    let page = call.store.list_time_conditions(call.scope()?, &query.list()?)?;
    Ok(Answer(Listing::of(page, |row| shown(row, now))))
}

fn create(
    call: &mut Call<'_>,
    Json(body): Json<TimeConditionBody>,
) -> Result<Created<TimeConditionShown>, Problem> {
    let rule = Fields::all(|fields| parse(fields, &body, Override::Automatic))?;
    let (scope, act) = (call.scope()?, call.act());
    let id = call.store.create_time_condition(scope, &rule, &act)?;
    configure(call)?;
    let row = call.store.time_condition(scope, id)?;
    let (revision, place) = (row.revision, format!("/accounts/{}/time-conditions/{id}", scope.account_id()));
    Ok(Created(shown(row, known_time(call)), revision, place))
}

fn read(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<TimeConditionShown>, Problem> {
    let row = call.store.time_condition(call.scope()?, call.id("time_condition_id")?)?;
    let revision = row.revision;
    Ok(Tagged(shown(row, known_time(call)), revision))
}

fn update(
    call: &mut Call<'_>,
    Json(body): Json<TimeConditionBody>,
) -> Result<Tagged<TimeConditionShown>, Problem> {
    let (scope, id) = (call.scope()?, call.id::<TimeConditionId>("time_condition_id")?);
    let before = call.store.time_condition(scope, id)?;
    let rule = Fields::all(|fields| parse(fields, &body, before.rule.condition.overridden))?;
    let (expected, act) = (call.expected()?, call.act());
    call.store.update_time_condition(scope, id, &rule, expected, &act)?;
    configure(call)?;
    read(call, Nothing)
}

fn switch(
    call: &mut Call<'_>,
    Json(body): Json<OverrideBody>,
) -> Result<Tagged<TimeConditionShown>, Problem> {
    let until = body.until.map(|time| time.0);
    let switch = match (body.mode.as_str(), until) {
        (_, Some(until)) if until <= call.now => return Err(Problem::field("until", "is over")),
        ("automatic", None) => Override::Automatic,
        ("automatic", Some(_)) => return Err(Problem::field("until", "has no meaning with automatic")),
        ("open", until) => Override::Open { until },
        ("closed", until) => Override::Closed { until },
        _ => return Err(Problem::field("mode", "is none of automatic, open, closed")),
    };
    let (scope, id, act) = (call.scope()?, call.id("time_condition_id")?, call.act());
    call.store.override_time_condition(scope, id, switch, &act)?;
    configure(call)?;
    read(call, Nothing)
}

fn delete(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (scope, id, expected, act) =
        (call.scope()?, call.id::<TimeConditionId>("time_condition_id")?, call.expected()?, call.act());
    call.store.delete_time_condition(scope, id, expected, &act)?;
    configure(call)?;
    Ok(Done)
}
