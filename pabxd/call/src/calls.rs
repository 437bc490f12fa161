//! Where calls live: slots with a generation, so that an id of a call that is gone finds nothing.
//!
//! While a call handles an event its value is out of its slot. If that handling panics, the value is dropped by
//! the unwinding and the slot is left with the ledger alone: enough to give everything back and to end the record.

use crate::call::Call;
use crate::ledger::Ledger;

/// Names one call inside an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CallKey {
    pub(crate) slot: u32,
    pub(crate) generation: u32,
}

/// A call, and what is kept of it outside of its value.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) ledger: Ledger,
    pub(crate) call: Option<Box<Call>>,
}

#[derive(Debug)]
struct Slot {
    generation: u32,
    entry: Option<Box<Entry>>,
}

/// All calls of an engine. Bounded by `Limits::max_calls` and `Limits::max_closing`, which its user checks.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

impl Calls {
    /// Puts a new entry in; it is told its key.
    pub(crate) fn insert(&mut self, make: impl FnOnce(CallKey) -> Entry) -> CallKey {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { generation: 0, entry: None });
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        let generation = self.at(slot).map_or(0, |s| s.generation);
        let key = CallKey { slot, generation };
        let entry = Box::new(make(key));
        if let Some(s) = self.at(slot) {
            s.entry = Some(entry);
        }
        key
    }

    pub(crate) fn get_mut(&mut self, key: CallKey) -> Option<&mut Entry> {
        self.at(key.slot).filter(|slot| slot.generation == key.generation)?.entry.as_deref_mut()
    }

    /// Takes an entry out for good; its key finds nothing from now on.
    pub(crate) fn remove(&mut self, key: CallKey) -> Option<Box<Entry>> {
        let slot = self.at(key.slot).filter(|slot| slot.generation == key.generation)?;
        let entry = slot.entry.take()?;
        // 31 bits, because media leg ids carry the generation beside a bit for the side.
        slot.generation = (slot.generation + 1) & 0x7fff_ffff;
        self.free.push(key.slot);
        Some(entry)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.slots.iter().filter_map(|slot| slot.entry.as_deref())
    }

    /// The keys of all entries, live or closing.
    pub(crate) fn keys(&self) -> Vec<CallKey> {
        self.iter().map(|entry| entry.ledger.key).collect()
    }

    fn at(&mut self, slot: u32) -> Option<&mut Slot> {
        self.slots.get_mut(usize::try_from(slot).ok()?)
    }
}
