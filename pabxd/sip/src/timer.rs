//! A queue of deadlines: insert and cancel in O(log n), no memory held by what was cancelled.
//!
//! An indexed 4-ary heap. Each entry knows its place in the heap, so cancelling removes it at once instead of
//! leaving a tombstone: a proxy that cancels thousands of 32-second timers a second keeps only the live ones.

use std::time::Instant;

const ARITY: usize = 4;

/// Names one inserted timer. A stale id (fired or cancelled before) is recognised and harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimerId {
    slot: u32,
    generation: u32,
}

#[derive(Debug)]
struct Slot<K> {
    generation: u32,
    held: Option<Held<K>>,
}

#[derive(Debug)]
struct Held<K> {
    key: K,
    heap_index: u32,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    at: Instant,
    slot: u32,
}

/// Deadlines with a key of the caller each. Equal deadlines come out in a repeatable order.
#[derive(Debug)]
pub struct TimerQueue<K> {
    heap: Vec<Node>,
    slots: Vec<Slot<K>>,
    free: Vec<u32>,
}

impl<K> Default for TimerQueue<K> {
    fn default() -> Self {
        Self { heap: Vec::new(), slots: Vec::new(), free: Vec::new() }
    }
}

impl<K> TimerQueue<K> {
    /// An empty queue.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many timers wait.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<Instant> {
        self.heap.first().map(|node| node.at)
    }

    /// Adds a deadline. Bounded by whoever inserts: one timer per object is the rule in this crate.
    pub fn insert(&mut self, at: Instant, key: K) -> TimerId {
        let heap_index = as_u32(self.heap.len());
        let slot = self.take_slot(Held { key, heap_index });
        self.heap.push(Node { at, slot });
        self.sift_up(self.heap.len() - 1);
        let generation = self.slots.get(as_usize(slot)).map_or(0, |s| s.generation);
        TimerId { slot, generation }
    }

    /// Removes a timer and gives its key back; `None` when it has fired or was cancelled already.
    pub fn cancel(&mut self, id: TimerId) -> Option<K> {
        let slot = self.slots.get(as_usize(id.slot))?;
        if slot.generation != id.generation {
            return None;
        }
        let index = as_usize(slot.held.as_ref()?.heap_index);
        self.remove_at(index)
    }

    /// Takes the earliest timer whose deadline has come.
    pub fn pop_due(&mut self, now: Instant) -> Option<K> {
        if self.next()? > now {
            return None;
        }
        self.remove_at(0)
    }

    fn take_slot(&mut self, held: Held<K>) -> u32 {
        if let Some(index) = self.free.pop()
            && let Some(slot) = self.slots.get_mut(as_usize(index))
        {
            slot.held = Some(held);
            return index;
        }
        self.slots.push(Slot { generation: 0, held: Some(held) });
        as_u32(self.slots.len() - 1)
    }

    fn remove_at(&mut self, index: usize) -> Option<K> {
        if index >= self.heap.len() {
            return None;
        }
        let node = self.heap.swap_remove(index);
        if index < self.heap.len() {
            self.note_place(index);
            self.sift_down(index);
            self.sift_up(index);
        }
        let slot = self.slots.get_mut(as_usize(node.slot))?;
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(node.slot);
        slot.held.take().map(|held| held.key)
    }

    fn sift_up(&mut self, mut index: usize) {
        while index > 0 {
            let parent = (index - 1) / ARITY;
            if self.at(parent) <= self.at(index) {
                break;
            }
            self.swap(parent, index);
            index = parent;
        }
    }

    fn sift_down(&mut self, mut index: usize) {
        while let Some(child) = self.earliest_child(index) {
            if self.at(index) <= self.at(child) {
                break;
            }
            self.swap(index, child);
            index = child;
        }
    }

    fn earliest_child(&self, index: usize) -> Option<usize> {
        let first = index * ARITY + 1;
        (first..(first + ARITY).min(self.heap.len())).min_by_key(|&child| self.at(child))
    }

    fn at(&self, index: usize) -> Option<Instant> {
        self.heap.get(index).map(|node| node.at)
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.heap.swap(a, b);
        self.note_place(a);
        self.note_place(b);
    }

    fn note_place(&mut self, index: usize) {
        let Some(node) = self.heap.get(index) else { return };
        if let Some(held) = self.slots.get_mut(as_usize(node.slot)).and_then(|s| s.held.as_mut()) {
            held.heap_index = as_u32(index);
        }
    }
}

// A queue of 2³² timers would need 100 GB first.
fn as_u32(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn as_usize(index: u32) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    #[expect(clippy::disallowed_methods, reason = "an epoch for simulated time")]
    fn epoch() -> Instant {
        Instant::now()
    }

    #[test]
    fn fires_in_order_and_only_when_due() {
        let start = epoch();
        let mut queue = TimerQueue::new();
        for ms in [30, 10, 20] {
            queue.insert(start + Duration::from_millis(ms), ms);
        }
        assert_eq!(queue.next(), Some(start + Duration::from_millis(10)));
        assert_eq!(queue.pop_due(start), None);
        let later = start + Duration::from_millis(25);
        assert_eq!(
            (queue.pop_due(later), queue.pop_due(later), queue.pop_due(later)),
            (Some(10), Some(20), None)
        );
        assert_eq!(queue.len(), 1);
    }

    #[test]
    fn stale_ids_touch_nothing() {
        let start = epoch();
        let mut queue = TimerQueue::new();
        let first = queue.insert(start, 'a');
        assert_eq!(queue.pop_due(start), Some('a'));
        let second = queue.insert(start, 'b');
        assert_eq!(queue.cancel(first), None);
        assert_eq!(queue.cancel(second), Some('b'));
        assert_eq!(queue.cancel(second), None);
        assert!(queue.is_empty());
    }

    #[test]
    fn cancelled_timers_hold_no_memory() {
        let start = epoch();
        let mut queue = TimerQueue::new();
        for n in 0..100_000u64 {
            let id = queue.insert(start + Duration::from_secs(32), n);
            queue.cancel(id);
        }
        assert_eq!((queue.heap.len(), queue.slots.len()), (0, 1));
    }

    proptest! {
        #[test]
        fn agrees_with_a_sorted_list(steps in prop::collection::vec((0u64..50, 0usize..20, 0u8..3), 1..300)) {
            let start = epoch();
            let mut queue = TimerQueue::new();
            let mut model: Vec<(Instant, usize, TimerId)> = Vec::new();
            let mut now = start;
            for (n, (ms, pick, what)) in steps.into_iter().enumerate() {
                match what {
                    0 => {
                        let at = now + Duration::from_millis(ms);
                        model.push((at, n, queue.insert(at, n)));
                    }
                    1 if !model.is_empty() => {
                        let (_, key, id) = model.remove(pick % model.len());
                        prop_assert_eq!(queue.cancel(id), Some(key));
                    }
                    _ => {
                        now += Duration::from_millis(ms);
                        while let Some(key) = queue.pop_due(now) {
                            let place = model.iter().position(|entry| entry.1 == key).unwrap();
                            prop_assert!(model[place].0 <= now);
                            prop_assert!(model.iter().all(|entry| entry.0 >= model[place].0));
                            model.remove(place);
                        }
                        prop_assert!(model.iter().all(|entry| entry.0 > now));
                    }
                }
                prop_assert_eq!(queue.len(), model.len());
                prop_assert_eq!(queue.next(), model.iter().map(|entry| entry.0).min());
            }
        }
    }
}
