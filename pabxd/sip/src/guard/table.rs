//! A hash table with a fixed number of places, which gives up the cheapest of a few entries when it is full.

use std::collections::HashMap;
use std::hash::Hash;

/// How many entries are looked at for a place when the table is full: bounds the work of one insertion.
const PROBES: usize = 16;

/// What losing an entry would cost; the entry of least cost in the probe goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Loss {
    /// The entry says nothing any more.
    Nothing,
    /// It says something worth this much.
    Some(u64),
    /// It must not go.
    Never,
}

/// At most `capacity` entries; memory grows with use and never beyond that.
#[derive(Debug)]
pub(super) struct Table<K, V> {
    index: HashMap<K, usize>,
    slots: Vec<(K, V)>,
    capacity: usize,
    hand: usize,
}

impl<K: Copy + Eq + Hash, V> Table<K, V> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { index: HashMap::new(), slots: Vec::new(), capacity, hand: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.slots.get(*self.index.get(key)?).map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.slots.get_mut(*self.index.get(key)?).map(|(_, value)| value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.slots.iter().map(|(key, value)| (key, value))
    }

    /// Puts `value` at `key`, in place of another entry if the table is full.
    /// False when every entry that was looked at must stay: then nothing has changed.
    pub(super) fn insert(&mut self, key: K, value: V, loss: impl Fn(&V) -> Loss) -> bool {
        if let Some(present) = self.get_mut(&key) {
            *present = value;
            return true;
        }
        if self.slots.len() >= self.capacity && !self.give_up_cheapest(loss) {
            return false;
        }
        self.index.insert(key, self.slots.len());
        self.slots.push((key, value));
        true
    }

    pub(super) fn remove(&mut self, key: &K) -> Option<V> {
        let at = self.index.remove(key)?;
        let (_, value) = self.slots.swap_remove(at);
        if let Some((moved, _)) = self.slots.get(at) {
            self.index.insert(*moved, at);
        }
        Some(value)
    }

    fn give_up_cheapest(&mut self, loss: impl Fn(&V) -> Loss) -> bool {
        let mut cheapest: Option<(Loss, K)> = None;
        for _ in 0..PROBES.min(self.slots.len()) {
            self.hand = (self.hand + 1) % self.slots.len();
            let Some((key, value)) = self.slots.get(self.hand) else { continue };
            let candidate = loss(value);
            if candidate != Loss::Never && cheapest.is_none_or(|(least, _)| candidate < least) {
                cheapest = Some((candidate, *key));
            }
            if candidate == Loss::Nothing {
                break;
            }
        }
        cheapest.is_some_and(|(_, key)| self.remove(&key).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_table_gives_up_the_cheapest_and_never_grows() {
        let mut table = Table::new(8);
        for key in 0..8_u32 {
            assert!(table.insert(key, u64::from(key) + 10, |v| Loss::Some(*v)));
        }
        assert!(table.insert(100, 100, |v| Loss::Some(*v)));
        assert_eq!(table.len(), 8);
        assert_eq!(table.get(&0), None);
        assert_eq!(table.get(&100), Some(&100));
        assert!((1..8).all(|key| table.get(&key) == Some(&(u64::from(key) + 10))));
    }

    #[test]
    fn entries_that_must_stay_are_kept_and_the_newcomer_is_refused() {
        let mut table = Table::new(2);
        assert!(table.insert(1, (), |()| Loss::Never));
        assert!(table.insert(2, (), |()| Loss::Never));
        assert!(!table.insert(3, (), |()| Loss::Never));
        assert!(table.get(&1).is_some() && table.get(&2).is_some() && table.get(&3).is_none());
    }

    #[test]
    fn removing_keeps_every_other_entry_reachable() {
        let mut table = Table::new(100);
        for key in 0..50_u32 {
            table.insert(key, key, |_| Loss::Nothing);
        }
        for key in (0..50).step_by(3) {
            assert_eq!(table.remove(&key), Some(key));
        }
        for key in 0..50 {
            assert_eq!(table.get(&key).copied(), (key % 3 != 0).then_some(key));
        }
    }

    #[test]
    fn a_table_of_no_places_refuses() {
        assert!(!Table::new(0).insert(1, (), |()| Loss::Nothing));
    }
}
