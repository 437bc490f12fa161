//! `/accounts/{account_id}/stats`: how many calls there were, by hours or days, and over which trunks.

use super::calls::wanted;
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Kind, Problem};
use crate::api::core::route::{Answer, Query, Route};
use crate::api::core::types::Time;
use pabx_model::{Permission, Timestamp, TrunkId, Zone};
use pabx_store::{CallCounts, StatisticsFilter, TrunkCounts};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, MutexGuard, TryLockError};

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
/// Days that may be asked for.
const MAX_DAYS_BY_HOUR: u64 = 31;
const MAX_DAYS_BY_DAY: u64 = 400;
/// Days by day where none are asked for.
const DAYS: u64 = 30;

/// Length of a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// An hour, counted from the beginning of its day.
    Hour,
    /// A day, from midnight to midnight.
    #[default]
    Day,
}

/// What is counted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StatsQuery {
    /// From the hour or day that this is in. When left out: the day of `to` by hours, 30 days by days.
    from: Option<Time>,
    /// Before this time; now, when left out. At most 31 days by hours, 400 days by days.
    to: Option<Time>,
    /// `hour` or `day`.
    #[serde(default)]
    step: Step,
    /// By or to this extension.
    extension_id: Option<String>,
}

/// Calls that were counted, in the stretch of time in which they began.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// From outside.
    inbound: u64,
    /// To the outside.
    outbound: u64,
    /// Within the account.
    internal: u64,
    /// Those of all directions that were answered.
    answered: u64,
    /// Those from outside that were not answered, for whatever reason.
    missed: u64,
    /// Those of all directions that could not be carried or were not allowed; not those that people did not answer, declined or gave up.
    failed: u64,
    /// Whole seconds from answer to end.
    talk_seconds: u64,
}

/// A stretch of time.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Bucket {
    /// When it begins; it lasts until the next one does, the last one until `to`.
    start: Time,
    /// Calls.
    #[serde(flatten)]
    counts: Counts,
}

/// Calls over a trunk.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TrunkCounted {
    /// Which.
    trunk_id: String,
    /// Its name.
    name: String,
    /// In both directions.
    calls: u64,
    /// Those that were answered.
    answered: u64,
    /// Whole seconds from answer to end.
    talk_seconds: u64,
    /// The most at one time.
    peak: usize,
}

/// What was counted.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Stats {
    /// The beginning of the first bucket.
    from: Time,
    /// Before this time.
    to: Time,
    /// Length of a bucket.
    step: Step,
    /// Where days and hours begin: the account's time zone.
    zone: String,
    /// In order, those without calls too.
    buckets: Vec<Bucket>,
    /// All together.
    totals: Counts,
    /// Those that had calls, by name. Calls over trunks that are gone are in the totals alone.
    trunks: Vec<TrunkCounted>,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Method::Get,
        "/accounts/{account_id}/stats",
        Access::AccountOrOwn(Permission::CallsRead),
        "How many calls there were, by hours or days, and over which trunks",
        read,
    )]
}

fn read(call: &mut Call<'_>, Query(query): Query<StatsQuery>) -> Result<Answer<Stats>, Problem> {
    let scope = call.scope()?;
    let extension = wanted(call, query.extension_id.as_deref())?;
    let zone = call.store.dialling(scope)?.dialling.zone;
    let (from, to) = (query.from.map(|time| time.0), query.to.map_or(call.now, |time| time.0));
    let starts = starts(&zone, query.step, from, to)?;
    let _turn = turn()?;
    let filter = StatisticsFilter { starts, to, extension };
    let found = call.store.call_statistics(scope, &filter)?;
    let buckets = filter.starts.iter().zip(found.buckets);
    let names = call.store.trunks(scope)?.into_iter().map(|row| (row.trunk_id, row.name.to_string()));
    let mut trunks: Vec<_> = names
        .filter_map(|(trunk_id, name)| Some(over(trunk_id, name, *found.trunks.get(&trunk_id)?)))
        .collect();
    trunks.sort_by(|a, b| (&a.name, &a.trunk_id).cmp(&(&b.name, &b.trunk_id)));
    Ok(Answer(Stats {
        from: Time(filter.starts.first().copied().unwrap_or(to)),
        to: Time(to),
        step: query.step,
        zone: zone.to_string(),
        buckets: buckets
            .map(|(start, counts)| Bucket { start: Time(*start), counts: shown(counts) })
            .collect(),
        totals: shown(found.totals),
        trunks,
    }))
}

/// When each bucket begins. Hours are counted from the beginning of their day, so that those of a day on which the clocks are set
/// are whole ones too.
fn starts(
    zone: &Zone,
    step: Step,
    from: Option<Timestamp>,
    to: Timestamp,
) -> Result<Vec<Timestamp>, Problem> {
    let mut fields = Fields::new();
    let last = to.minus_millis(1);
    let from = from.unwrap_or_else(|| match step {
        Step::Hour => zone.day_start(last),
        Step::Day => zone.day_start(last.minus_millis((DAYS - 1) * DAY_MS)),
    });
    let most = match step {
        Step::Hour => MAX_DAYS_BY_HOUR,
        Step::Day => MAX_DAYS_BY_DAY,
    };
    if from >= to {
        fields.add("to", "is not after from");
    } else if to.millis_since(from) > most * DAY_MS {
        fields.add("from", format!("is more than {most} days before to"));
    }
    fields.finish()?;
    let mut starts = Vec::new();
    let mut day = zone.day_start(from);
    while day < to {
        let next = zone.next_day(day);
        match step {
            Step::Day => starts.push(day),
            Step::Hour => {
                let hours = (0..).map(|nth| day.plus_millis(nth * HOUR_MS));
                let wanted = hours.take_while(|hour| *hour < next.min(to));
                starts.extend(wanted.filter(|hour| hour.plus_millis(HOUR_MS) > from));
            }
        }
        // A time zone whose days stand still would be a bug of its table; it ends nothing here.
        if next <= day {
            break;
        }
        day = next;
    }
    Ok(starts)
}

/// Two count at one time, for it may take a second; nobody waits for a turn, for there are few workers.
fn turn() -> Result<MutexGuard<'static, ()>, Problem> {
    static COUNTING: [Mutex<()>; 2] = [Mutex::new(()), Mutex::new(())];
    let free = COUNTING.iter().find_map(|turn| match turn.try_lock() {
        Ok(turn) => Some(turn),
        Err(TryLockError::Poisoned(turn)) => Some(turn.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    });
    free.ok_or_else(|| Problem::about(Kind::Unavailable, "others are counting").retry_after(1))
}

const fn shown(counts: CallCounts) -> Counts {
    let CallCounts { inbound, outbound, internal, answered, missed, failed, talk_ms } = counts;
    Counts { inbound, outbound, internal, answered, missed, failed, talk_seconds: talk_ms / 1_000 }
}

fn over(trunk_id: TrunkId, name: String, counts: TrunkCounts) -> TrunkCounted {
    let TrunkCounts { calls, answered, talk_ms, peak } = counts;
    TrunkCounted {
        trunk_id: trunk_id.to_string(),
        name,
        calls,
        answered,
        talk_seconds: talk_ms / 1_000,
        peak,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Time::parse(text).unwrap().0
    }

    fn told(zone: &str, step: Step, from: &str, to: &str) -> Vec<String> {
        let zone = Zone::parse(zone).unwrap();
        let starts = starts(&zone, step, Some(at(from)), at(to)).unwrap();
        starts.into_iter().map(|start| Time(start).to_string()).collect()
    }

    #[test]
    fn a_bucket_begins_where_the_day_or_the_hour_does() {
        let days = told("America/Sao_Paulo", Step::Day, "2026-03-03T12:00:00Z", "2026-03-05T02:59:59Z");
        assert_eq!(days, ["2026-03-03T03:00:00.000Z", "2026-03-04T03:00:00.000Z"]);
        let hours = told("Asia/Kolkata", Step::Hour, "2026-03-03T12:40:00Z", "2026-03-03T14:31:00Z");
        assert_eq!(
            hours,
            ["2026-03-03T12:30:00.000Z", "2026-03-03T13:30:00.000Z", "2026-03-03T14:30:00.000Z"]
        );
    }

    #[test]
    fn a_day_on_which_the_clocks_are_set_has_as_many_hours_as_it_lasts() {
        for (day, count) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-05-01", 24)] {
            let zone = Zone::parse("Europe/Lisbon").unwrap();
            let start = zone.day_start(at(&format!("{day}T12:00:00Z")));
            let starts = starts(&zone, Step::Hour, Some(start), zone.next_day(start)).unwrap();
            assert_eq!(starts.len(), count, "{day}");
        }
    }

    #[test]
    fn what_is_left_out_is_today_or_a_month() {
        let zone = Zone::default();
        let now = at("2026-03-03T12:10:00Z");
        let hours = starts(&zone, Step::Hour, None, now).unwrap();
        assert_eq!((hours.len(), hours.first()), (10, Some(&at("2026-03-03T03:00:00Z"))));
        assert_eq!(starts(&zone, Step::Day, None, now).unwrap().len(), 30);
    }

    #[test]
    fn too_long_a_time_and_one_that_ends_before_it_begins_are_refused() {
        let zone = Zone::default();
        let to = at("2026-03-03T12:00:00Z");
        let asked =
            |step, days| starts(&zone, step, Some(to.minus_millis(days * DAY_MS)), to).map(|all| all.len());
        assert!(asked(Step::Hour, 31).is_ok_and(|count| count <= 31 * 24 + 1));
        assert!(asked(Step::Day, 400).is_ok_and(|count| count <= 401));
        for (step, days) in [(Step::Hour, 32), (Step::Day, 401), (Step::Day, 0)] {
            assert_eq!(asked(step, days).unwrap_err().kind(), Kind::Invalid);
        }
        assert!(starts(&zone, Step::Day, Some(to.plus_millis(1)), to).is_err());
    }
}
