//! Which ports may be bound next. Knows no socket: the time and the outcome of a bind are told.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

/// A closed port rests this long, so that late packets of the old call do not reach a new one.
pub(super) const REST: Duration = Duration::from_secs(4);
/// Where all ports are short of their rest, the longest-rested goes out again after this time: a call
/// without rest is better than no call, and the source lock keeps strangers out all the same.
pub(super) const SHORTEST_REST: Duration = Duration::from_millis(200);

/// Even ports in the order in which they go out: the longest unused first.
#[derive(Debug)]
pub(super) struct PortPool {
    free: VecDeque<Free>,
}

#[derive(Debug)]
struct Free {
    port: u16,
    closed: Option<Instant>,
}

impl PortPool {
    /// Every even port whose successor is in the range too, in an order that nobody outside can foretell.
    pub(super) fn new(range: &RangeInclusive<u16>) -> Self {
        let (first, last) = (range.start().saturating_add(range.start() % 2), *range.end());
        let order = RandomState::new();
        let mut ports: Vec<u16> = (first..last).step_by(2).collect();
        ports.sort_by_cached_key(|port| order.hash_one(port));
        Self { free: ports.into_iter().map(|port| Free { port, closed: None }).collect() }
    }

    /// The port that has rested longest; `None`: every port is in use or was until a moment ago.
    pub(super) fn take(&mut self, now: Instant) -> Option<u16> {
        let rested =
            |free: &Free| free.closed.is_none_or(|closed| now.duration_since(closed) >= SHORTEST_REST);
        self.free.pop_front_if(|free| rested(free)).map(|free| free.port)
    }

    /// A port came back: its call ended, or another program holds it.
    pub(super) fn give_back(&mut self, port: u16, now: Instant) {
        self.free.push_back(Free { port, closed: Some(now) });
    }

    /// A port was not used after all: it is the next again.
    pub(super) fn put_back(&mut self, port: u16) {
        self.free.push_front(Free { port, closed: None });
    }

    /// Ports that could go out, rested or not.
    pub(super) fn len(&self) -> usize {
        self.free.len()
    }

    /// Whether the next port has not had its full rest.
    pub(super) fn is_short(&self, now: Instant) -> bool {
        let next = self.free.front();
        next.is_none_or(|free| free.closed.is_some_and(|closed| now.duration_since(closed) < REST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORTS: RangeInclusive<u16> = 10001..=10006;

    #[test]
    fn only_even_ports_with_their_successor_go_out() {
        let (mut pool, now) = (PortPool::new(&PORTS), Instant::now());
        let mut ports = [pool.take(now), pool.take(now), pool.take(now)];
        ports.sort_unstable();
        assert_eq!(ports, [None, Some(10002), Some(10004)]);
    }

    #[test]
    fn the_port_that_rested_longest_goes_out_first_and_none_without_rest() {
        let (mut pool, now) = (PortPool::new(&PORTS), Instant::now());
        let (first, second) = (pool.take(now).unwrap(), pool.take(now).unwrap());
        pool.give_back(second, now);
        pool.give_back(first, now + SHORTEST_REST);
        assert_eq!(pool.take(now), None);
        assert!(pool.is_short(now + SHORTEST_REST));
        assert_eq!(pool.take(now + SHORTEST_REST), Some(second));
        assert_eq!(pool.take(now + SHORTEST_REST), None);
        assert!(!pool.is_short(now + SHORTEST_REST + REST));
    }

    #[test]
    fn a_port_that_was_not_used_is_the_next_again() {
        let (mut pool, now) = (PortPool::new(&PORTS), Instant::now());
        let port = pool.take(now).unwrap();
        pool.put_back(port);
        assert_eq!(pool.take(now), Some(port));
    }
}
