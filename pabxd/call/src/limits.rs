//! How many calls go on, in all, in each account and from each extension, and whether one more may.

use std::collections::HashMap;
use std::hash::Hash;

use pabx_model::{AccountId, ExtensionId, TrunkId};

use crate::config::Limits;

/// Which limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// The engine's.
    Engine,
    /// The account's.
    Account,
    /// The calling extension's.
    Extension,
    /// The channels of a trunk.
    Trunk,
}

/// Calls that go on now. A call counts from its INVITE until its record is ended.
#[derive(Debug, Default)]
pub(crate) struct ActiveCalls {
    total: usize,
    by_account: HashMap<AccountId, usize>,
    by_extension: HashMap<ExtensionId, usize>,
    by_trunk: HashMap<TrunkId, usize>,
}

impl ActiveCalls {
    /// Whether one more call fits; `account_limit` is the account's own.
    pub(crate) fn check(
        &self,
        account: AccountId,
        extension: Option<ExtensionId>,
        account_limit: usize,
        limits: &Limits,
    ) -> Result<(), Reached> {
        let of = |count: Option<&usize>| count.copied().unwrap_or(0);
        // The box calling itself must not be kept from it by busy people, nor take a place of theirs.
        if !account.is_self_test() && self.total >= limits.max_calls {
            return Err(Reached::Engine);
        }
        if of(self.by_account.get(&account)) >= account_limit.min(limits.max_calls_per_account) {
            return Err(Reached::Account);
        }
        if of(extension.and_then(|extension| self.by_extension.get(&extension)))
            >= limits.max_calls_per_extension
        {
            return Err(Reached::Extension);
        }
        Ok(())
    }

    /// Calls that go on in all, the self-test's left out.
    pub(crate) fn total(&self) -> usize {
        self.total
    }

    pub(crate) fn begin(&mut self, account: AccountId, extension: Option<ExtensionId>) {
        self.total += usize::from(!account.is_self_test());
        *self.by_account.entry(account).or_default() += 1;
        if let Some(extension) = extension {
            *self.by_extension.entry(extension).or_default() += 1;
        }
    }

    pub(crate) fn end(&mut self, account: AccountId, extension: Option<ExtensionId>) {
        self.total = self.total.saturating_sub(usize::from(!account.is_self_test()));
        decrement(&mut self.by_account, &account);
        if let Some(extension) = extension {
            decrement(&mut self.by_extension, &extension);
        }
    }

    /// Takes a channel of a trunk; false when all are in use.
    pub(crate) fn take_channel(&mut self, trunk: TrunkId, limit: usize) -> bool {
        let used = self.by_trunk.entry(trunk).or_default();
        let free = *used < limit;
        if free {
            *used += 1;
        } else if *used == 0 {
            self.by_trunk.remove(&trunk);
        }
        free
    }

    /// Takes a channel even where none is free: an emergency.
    pub(crate) fn seize_channel(&mut self, trunk: TrunkId) {
        *self.by_trunk.entry(trunk).or_default() += 1;
    }

    pub(crate) fn free_channel(&mut self, trunk: TrunkId) {
        decrement(&mut self.by_trunk, &trunk);
    }

    /// Calls on a trunk.
    pub(crate) fn on_trunk(&self, trunk: TrunkId) -> usize {
        self.by_trunk.get(&trunk).copied().unwrap_or(0)
    }
}

/// Forgets a key at zero, so that the tables are as small as what goes on.
fn decrement<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(n: u8) -> (AccountId, Option<ExtensionId>) {
        (AccountId::new(1, [n; 10]), Some(ExtensionId::new(1, [n; 10])))
    }

    #[test]
    fn the_self_test_takes_no_place_of_others_and_has_a_limit_of_its_own() {
        let limits = Limits { max_calls: 1, ..Limits::default() };
        let own = (AccountId::SELF_TEST, Some(ExtensionId::SELF_TEST));
        let mut active = ActiveCalls::default();
        active.begin(own.0, own.1);
        assert_eq!((active.total(), active.check(ids(1).0, ids(1).1, 5, &limits)), (0, Ok(())));
        active.begin(ids(1).0, ids(1).1);
        assert_eq!(active.check(own.0, own.1, 2, &limits), Ok(()));
        active.begin(own.0, own.1);
        assert_eq!(active.check(own.0, own.1, 2, &limits), Err(Reached::Account));
        active.end(own.0, own.1);
        active.end(own.0, own.1);
        assert_eq!(active.total(), 1);
    }

    #[test]
    fn each_limit_is_told_apart_and_freed_again() {
        let limits = Limits {
            max_calls: 3,
            max_calls_per_account: 9,
            max_calls_per_extension: 1,
            ..Limits::default()
        };
        let mut active = ActiveCalls::default();
        let ((a, x), (b, y)) = (ids(1), ids(2));
        active.begin(a, x);
        assert_eq!(active.check(a, x, 5, &limits), Err(Reached::Extension));
        assert_eq!(active.check(a, y, 1, &limits), Err(Reached::Account));
        active.begin(b, y);
        active.begin(b, ids(3).1);
        assert_eq!(active.check(ids(4).0, ids(4).1, 5, &limits), Err(Reached::Engine));
        active.end(a, x);
        assert_eq!(active.check(a, x, 1, &limits), Ok(()));
        active.end(b, y);
        active.end(b, ids(3).1);
        assert!(active.by_account.is_empty() && active.by_extension.is_empty());
    }
    #[test]
    fn a_trunk_has_its_channels_and_an_emergency_takes_one_more() {
        let trunk = TrunkId::new(1, [7; 10]);
        let mut active = ActiveCalls::default();
        assert!(active.take_channel(trunk, 1) && !active.take_channel(trunk, 1));
        active.seize_channel(trunk);
        assert_eq!(active.on_trunk(trunk), 2);
        active.free_channel(trunk);
        assert!(!active.take_channel(trunk, 1));
        active.free_channel(trunk);
        assert!(!active.take_channel(trunk, 0) && active.by_trunk.is_empty());
    }
}
