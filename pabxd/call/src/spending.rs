//! What accounts and extensions have used up of their day: minutes and money of calls that go out.
//!
//! Each has a [`Meter`] that runs as fast as its calls are many and dear. What all of them together have used up is known at any moment
//! without a look at any of them, so each call can ask every second ([`STEP`]) whether it may go on.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

use pabx_model::{AccountId, Budget, Dialling, ExtensionId, Spent, TraceStep, Whose};

use crate::api::Now;

/// How often a call asks whether it may go on: it ends at most so long after its budget.
pub(crate) const STEP: Duration = Duration::from_secs(1);

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

/// What was used up on one day, and what goes on.
#[derive(Clone, Copy, Debug)]
struct Meter {
    day: Day,
    ms: u64,
    /// Prices a minute times milliseconds: sixty thousand of them are a millionth.
    price_ms: u128,
    /// Until when the calls that go on are in it.
    since: Instant,
    calls: u64,
    /// What a minute of all of them costs.
    price: u64,
}

impl Meter {
    fn new(day: Day, now: Instant) -> Self {
        Self { day, ms: 0, price_ms: 0, since: now, calls: 0, price: 0 }
    }

    /// Brings it to the present. Less than a millisecond is left for the next time; with another day it begins anew.
    fn advance(&mut self, day: Day, now: Instant) {
        let passed = u64::try_from(now.saturating_duration_since(self.since).as_millis()).unwrap_or(u64::MAX);
        self.since += Duration::from_millis(passed);
        if self.day != day {
            (self.day, self.ms, self.price_ms) = (day, 0, 0);
        }
        self.ms = self.ms.saturating_add(passed.saturating_mul(self.calls));
        let more = u128::from(passed).saturating_mul(u128::from(self.price));
        self.price_ms = self.price_ms.saturating_add(more);
    }

    fn add(&mut self, used: Used) {
        self.ms = self.ms.saturating_add(used.ms);
        self.price_ms = self.price_ms.saturating_add(u128::from(used.money) * 60_000);
    }

    /// What of a budget is used up, for a call of this price. One that costs nothing needs no money.
    fn spent(&self, budget: Budget, price: u32) -> Option<Spent> {
        let minutes = budget.minutes.is_some_and(|minutes| self.ms >= u64::from(minutes) * 60_000);
        let money =
            budget.money.is_some_and(|money| price > 0 && self.price_ms >= u128::from(money) * 60_000);
        if minutes { Some(Spent::Minutes) } else { money.then_some(Spent::Money) }
    }
}

/// All that was used up today.
#[derive(Debug, Default)]
pub(crate) struct Spending {
    accounts: HashMap<AccountId, Meter>,
    extensions: HashMap<ExtensionId, Meter>,
    running: usize,
}

fn meter<'a, K: Eq + Hash>(
    all: &'a mut HashMap<K, Meter>,
    key: K,
    now: Now,
    dialling: &Dialling,
) -> &'a mut Meter {
    let day = dialling.zone.day(now.utc);
    let meter = all.entry(key).or_insert_with(|| Meter::new(day, now.mono));
    meter.advance(day, now.mono);
    meter
}

fn spent<K: Eq + Hash>(
    all: &HashMap<K, Meter>,
    key: &K,
    (now, dialling): (Now, &Dialling),
    (budget, charge): (Budget, &Charge),
) -> Option<Spent> {
    if !budget.is_bounded() {
        return None;
    }
    let day = dialling.zone.day(now.utc);
    let mut meter = all.get(key).copied().unwrap_or_else(|| Meter::new(day, now.mono));
    meter.advance(day, now.mono);
    meter.spent(budget, charge.price)
}

impl Spending {
    /// What was used up before a restart.
    pub(crate) fn restore(&mut self, now: Now, dialling: &Dialling, before: UsedBefore) {
        self.each(now, dialling, (before.account_id, before.extension_id), |meter| meter.add(before.used));
    }

    fn each(
        &mut self,
        now: Now,
        dialling: &Dialling,
        (account, extension): (AccountId, Option<ExtensionId>),
        act: impl Fn(&mut Meter),
    ) {
        act(meter(&mut self.accounts, account, now, dialling));
        if let Some(extension) = extension {
            act(meter(&mut self.extensions, extension, now, dialling));
        }
    }

    /// Brings what is known of somebody to the present, so that no time counts for the day after.
    pub(crate) fn advance(&mut self, now: Now, dialling: &Dialling, charge: &Charge) {
        self.each(now, dialling, (charge.account, charge.extension), |_| {});
    }

    /// Why no further call may begin, or this one not go on.
    pub(crate) fn spent(&self, now: Now, dialling: &Dialling, charge: &Charge) -> Option<TraceStep> {
        let guard = &dialling.guard;
        let of_account =
            spent(&self.accounts, &charge.account, (now, dialling), (guard.account_budget, charge));
        let of_extension = || {
            let id = charge.extension?;
            spent(&self.extensions, &id, (now, dialling), (guard.extension_budget, charge))
        };
        let (whose, what) = match of_account {
            Some(what) => (Whose::Account, what),
            None => (Whose::Extension, of_extension()?),
        };
        Some(TraceStep::BudgetSpent { whose, what })
    }

    /// A call was answered: it is charged from now on.
    pub(crate) fn begin(&mut self, now: Now, dialling: &Dialling, charge: &Charge) {
        self.running += 1;
        self.each(now, dialling, (charge.account, charge.extension), |meter| {
            meter.calls += 1;
            meter.price += u64::from(charge.price);
        });
    }

    /// It is over.
    pub(crate) fn end(&mut self, now: Now, dialling: &Dialling, charge: &Charge) {
        self.running = self.running.saturating_sub(1);
        self.each(now, dialling, (charge.account, charge.extension), |meter| {
            meter.calls = meter.calls.saturating_sub(1);
            meter.price = meter.price.saturating_sub(charge.price.into());
        });
    }

    /// Calls that are charged. None when nothing goes on.
    pub(crate) fn running(&self) -> usize {
        self.running
    }
}
