//! Bounds of calls that go out beside the rules of `routing`: budgets of the day, and bursts of calls abroad.

use std::sync::Arc;
use std::time::Duration;

use pabx_model::{AccountId, Class, Dialling, Directory, ExtensionId, TraceStep, guard::is_counted};

use crate::api::Now;
use crate::core::Core;
use crate::routing::outbound::Outward;
use crate::spending::{Charge, UsedBefore};

/// Most of one key that are remembered of a burst, whatever an account sets.
pub const MAX_BURST: u16 = 500;

/// Whose calls are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Burster {
    /// An extension's calls abroad.
    Extension(ExtensionId),
    /// An account's calls to one number abroad.
    Number(AccountId, Box<str>),
}

/// Whose call it is: an account's, and mostly one of its extensions'.
type Caller = (AccountId, Option<ExtensionId>);

fn bursters((account, extension): Caller, outward: &Outward) -> impl Iterator<Item = Burster> {
    let number = Burster::Number(account, outward.normal.clone());
    extension.map(Burster::Extension).into_iter().chain([number])
}

impl Core {
    /// Does something with how an account dials.
    pub(crate) fn with_dialling<T>(
        &mut self,
        account: AccountId,
        act: impl FnOnce(&mut Self, &Dialling) -> T,
    ) -> T {
        let directory: Arc<Directory> = Arc::clone(&self.directory);
        match directory.routing(account) {
            Some(routing) => act(self, &routing.dialling),
            None => act(self, &Dialling::default()),
        }
    }

    /// What was used up before a restart.
    pub(crate) fn restore_spending(&mut self, now: Now, all: Vec<UsedBefore>) {
        for before in all {
            self.with_dialling(before.account_id, |core, dialling| {
                core.spending.restore(now, dialling, before);
            });
        }
    }

    /// Why a call may not go out although its routes let it.
    pub(crate) fn out_of_bounds(&self, now: Now, caller: Caller, outward: &Outward) -> Option<TraceStep> {
        let (account, extension) = caller;
        let dialling = &self.directory.routing(account)?.dialling;
        if !is_counted(outward.class) {
            return None;
        }
        let price = outward.attempts.first().and_then(|attempt| attempt.price).unwrap_or(0);
        let charge = Charge { account, extension, price };
        if let Some(spent) = self.spending.spent(now, dialling, &charge) {
            return Some(spent);
        }
        let burst = dialling.guard.burst;
        let (bound, span) = (usize::from(burst.calls.min(MAX_BURST)), minutes(burst.minutes));
        let counts = outward.class == Class::International && bound > 0;
        let full =
            counts && bursters(caller, outward).any(|key| self.bursts.is_full(now.mono, &key, bound, span));
        full.then_some(TraceStep::Burst { calls: burst.calls, minutes: burst.minutes })
    }

    /// A call goes out.
    pub(crate) fn note_outward(&mut self, now: Now, caller: Caller, outward: &Outward) {
        if outward.class != Class::International {
            return;
        }
        let burst = self.with_dialling(caller.0, |_, dialling| dialling.guard.burst);
        let bound = usize::from(burst.calls.min(MAX_BURST));
        if bound == 0 {
            return;
        }
        for key in bursters(caller, outward) {
            self.bursts.note(now.mono, key, bound);
        }
    }
}

fn minutes(minutes: u16) -> Duration {
    Duration::from_mins(minutes.into())
}
