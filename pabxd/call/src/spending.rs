//! What accounts and extensions have used up of their day: minutes and money of calls that go out.
//!
//! A call is charged when its timer says ([`Spending::step`]) and when it ends. In between, what calls that go on have used since
//! counts too: what all of them together use up is known at any moment, and they end within a second of the end of their budget.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

use pabx_model::{
    AccountId, Budget, Dialling, ExtensionId, Spent, TraceStep, Whose,
    guard::{cost, lasts},
};

use crate::api::Now;
use crate::calls::CallKey;

/// Bounds of the time between two charges of one call.
const STEP: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));

/// A day of an account's zone.
type Day = i64;

/// What was used up on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Milliseconds.
    pub ms: u64,
    /// Millionths of the account's currency.
    pub money: u64,
}

impl Used {
    fn plus(self, more: Self) -> Self {
        Self { ms: self.ms.saturating_add(more.ms), money: self.money.saturating_add(more.money) }
    }
}

/// What was used up, kept from before a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedBefore {
    /// By whom.
    pub account_id: AccountId,
    /// By which of its extensions; `None`: by calls of none.
    pub extension_id: Option<ExtensionId>,
    /// How much, on the day that it is now in the account's zone.
    pub used: Used,
}

/// Who pays for a call, and how much.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Charge {
    pub(crate) account: AccountId,
    pub(crate) extension: Option<ExtensionId>,
    /// What a minute costs.
    pub(crate) price: u32,
}

impl Charge {
    fn since(&self, since: Instant, now: Instant) -> Used {
        let ms = u64::try_from(now.saturating_duration_since(since).as_millis()).unwrap_or(u64::MAX);
        Used { ms, money: cost(ms, self.price) }
    }
}

/// All that was used up today.
#[derive(Debug, Default)]
pub(crate) struct Spending {
    accounts: HashMap<AccountId, (Day, Used)>,
    extensions: HashMap<ExtensionId, (Day, Used)>,
    /// Calls that go on, by account, and until when they have been charged.
    running: HashMap<AccountId, HashMap<CallKey, (Charge, Instant)>>,
}

fn day(dialling: &Dialling, now: Now) -> Day {
    dialling.zone.day(now.utc)
}

fn add<K: Eq + Hash>(all: &mut HashMap<K, (Day, Used)>, key: K, day: Day, more: Used) {
    let (of, used) = all.entry(key).or_default();
    if *of != day {
        (*of, *used) = (day, Used::default());
    }
    *used = used.plus(more);
}

fn used<K: Eq + Hash>(all: &HashMap<K, (Day, Used)>, key: &K, day: Day) -> Used {
    all.get(key).filter(|(of, _)| *of == day).map(|(_, used)| *used).unwrap_or_default()
}

/// What is left of a budget; `None`: it has no end.
fn left(budget: Budget, used: Used, price: u32) -> Option<(Duration, Spent)> {
    let minutes =
        budget.minutes.map(|minutes| u64::from(minutes).saturating_mul(60_000).saturating_sub(used.ms));
    let money = budget.money.map(|money| money.saturating_sub(used.money));
    // A call that costs nothing needs no money.
    let by_money = money.and_then(|money| lasts(money, price));
    let by_time = minutes.map(|ms| (Duration::from_millis(ms), Spent::Minutes));
    [by_time, by_money.map(|ms| (Duration::from_millis(ms), Spent::Money))]
        .into_iter()
        .flatten()
        .min_by_key(|(left, _)| *left)
}

impl Spending {
    /// What was used up before a restart.
    pub(crate) fn restore(&mut self, now: Now, dialling: &Dialling, before: UsedBefore) {
        let day = day(dialling, now);
        add(&mut self.accounts, before.account_id, day, before.used);
        if let Some(extension) = before.extension_id {
            add(&mut self.extensions, extension, day, before.used);
        }
    }

    /// For how long a call may go on, and what ends it; `None`: nothing does.
    fn left(&self, now: Now, dialling: &Dialling, charge: &Charge) -> Option<(Duration, Whose, Spent)> {
        let (guard, day) = (&dialling.guard, day(dialling, now));
        let goes_on = |of: &dyn Fn(&Charge) -> bool| {
            let running = self.running.get(&charge.account).into_iter().flat_map(HashMap::values);
            let uncharged =
                running.filter(|(one, _)| of(one)).map(|(one, since)| one.since(*since, now.mono));
            uncharged.fold(Used::default(), Used::plus)
        };
        let of_account = || used(&self.accounts, &charge.account, day).plus(goes_on(&|_| true));
        let of_extension =
            |id| used(&self.extensions, &id, day).plus(goes_on(&|one| one.extension == Some(id)));
        let bounded = |budget: Budget| Some(budget).filter(Budget::is_bounded);
        let of_account =
            bounded(guard.account_budget).and_then(|budget| left(budget, of_account(), charge.price));
        let of_extension = bounded(guard.extension_budget)
            .zip(charge.extension)
            .and_then(|(budget, id)| left(budget, of_extension(id), charge.price));
        let named = |whose| move |(left, what)| (left, whose, what);
        [of_account.map(named(Whose::Account)), of_extension.map(named(Whose::Extension))]
            .into_iter()
            .flatten()
            .min_by_key(|(left, ..)| *left)
    }

    /// Why no further call may begin, or this one not go on.
    pub(crate) fn spent(&self, now: Now, dialling: &Dialling, charge: &Charge) -> Option<TraceStep> {
        let (left, whose, what) = self.left(now, dialling, charge)?;
        left.is_zero().then_some(TraceStep::BudgetSpent { whose, what })
    }

    /// A call was answered: it is charged from now on.
    pub(crate) fn begin(&mut self, now: Now, key: CallKey, charge: Charge) {
        self.running.entry(charge.account).or_default().insert(key, (charge, now.mono));
    }

    /// Charges a call for the time since it was last charged; `ends`: for the last time.
    pub(crate) fn charge(
        &mut self,
        now: Now,
        dialling: &Dialling,
        (key, charge): (CallKey, &Charge),
        ends: bool,
    ) {
        let Some(running) = self.running.get_mut(&charge.account) else { return };
        let Some((_, since)) = running.get_mut(&key) else { return };
        let more = charge.since(std::mem::replace(since, now.mono), now.mono);
        if ends {
            running.remove(&key);
            if running.is_empty() {
                self.running.remove(&charge.account);
            }
        }
        let day = day(dialling, now);
        add(&mut self.accounts, charge.account, day, more);
        if let Some(extension) = charge.extension {
            add(&mut self.extensions, extension, day, more);
        }
    }

    /// When a call is charged next; `None`: its day has no end.
    pub(crate) fn step(&self, now: Now, dialling: &Dialling, charge: &Charge) -> Option<Duration> {
        let (left, ..) = self.left(now, dialling, charge)?;
        let calls = self.running.get(&charge.account).map_or(1, HashMap::len).max(1);
        let calls = u32::try_from(calls).unwrap_or(u32::MAX);
        Some((left / calls).clamp(STEP.0, STEP.1))
    }

    /// Calls that are charged. None when nothing goes on.
    pub(crate) fn running(&self) -> usize {
        self.running.values().map(HashMap::len).sum()
    }
}
