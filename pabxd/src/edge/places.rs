//! The connections that may be open, in all and for each source.
//!
//! Where there is no place, a connection that waits for a request gives its own up: of the same source where the source
//! has its share, else of the source that has the most. So whoever opens hundreds of silent connections takes places
//! from himself. A connection whose request is being served is never given up.

use super::source::Source;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use tokio::sync::Notify;

/// How many there may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlaceLimits {
    /// In all.
    pub(super) total: usize,
    /// For one source.
    pub(super) per_source: usize,
}

/// All places.
pub(super) struct Places {
    limits: PlaceLimits,
    next: Cell<u64>,
    taken: RefCell<HashMap<u64, Rc<Seat>>>,
    sources: RefCell<HashMap<Source, usize>>,
}

struct Seat {
    source: Source,
    /// Who keeps it busy; it waits where nobody does.
    busy: Cell<usize>,
    given_up: Notify,
}

/// A place that is taken; free again when this is dropped.
pub(super) struct Place {
    places: Rc<Places>,
    number: u64,
    seat: Rc<Seat>,
}

impl Places {
    pub(super) fn new(limits: PlaceLimits) -> Rc<Self> {
        Rc::new(Self { limits, next: Cell::new(0), taken: RefCell::default(), sources: RefCell::default() })
    }

    /// A place for a new connection, at the cost of a waiting one where need be. `None`: all are busy.
    pub(super) fn take(self: &Rc<Self>, source: Source) -> Option<Place> {
        if self.of(source) >= self.limits.per_source {
            self.give_up(Some(source)).then_some(())?;
        } else if self.taken.borrow().len() >= self.limits.total {
            self.give_up(None).then_some(())?;
        }
        let number = self.next.get();
        self.next.set(number.wrapping_add(1));
        let seat = Rc::new(Seat { source, busy: Cell::new(0), given_up: Notify::new() });
        self.taken.borrow_mut().insert(number, Rc::clone(&seat));
        *self.sources.borrow_mut().entry(source).or_default() += 1;
        Some(Place { places: Rc::clone(self), number, seat })
    }

    /// Connections in all.
    pub(super) fn len(&self) -> usize {
        self.taken.borrow().len()
    }

    fn of(&self, source: Source) -> usize {
        self.sources.borrow().get(&source).copied().unwrap_or(0)
    }

    /// Frees the oldest waiting place of that source, or of the one that has the most. False where none waits.
    fn give_up(&self, source: Option<Source>) -> bool {
        let oldest = {
            let taken = self.taken.borrow();
            let waiting = taken.iter().filter(|(_, seat)| seat.busy.get() == 0);
            let of_source = waiting.filter(|(_, seat)| source.is_none_or(|source| seat.source == source));
            let share = |seat: &Seat| if source.is_some() { 0 } else { self.of(seat.source) };
            of_source
                .min_by_key(|(number, seat)| (usize::MAX - share(seat), **number))
                .map(|(number, _)| *number)
        };
        oldest.is_some_and(|number| {
            self.free(number).is_some_and(|seat| {
                seat.given_up.notify_one();
                true
            })
        })
    }

    /// Ends every connection that waits: the edge stops.
    pub(super) fn give_up_waiting(&self) {
        while self.give_up(None) {}
    }

    fn free(&self, number: u64) -> Option<Rc<Seat>> {
        let seat = self.taken.borrow_mut().remove(&number)?;
        let mut sources = self.sources.borrow_mut();
        if let Some(count) = sources.get_mut(&seat.source) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                sources.remove(&seat.source);
            }
        }
        Some(seat)
    }
}

impl Place {
    /// Keeps it, and keeps it busy, until what this gives is dropped: something is being served.
    pub(super) fn busy(self: &Rc<Self>) -> Busy {
        self.seat.busy.set(self.seat.busy.get().saturating_add(1));
        Busy(Rc::clone(self))
    }

    /// Resolves when the place was given to somebody else.
    pub(super) async fn given_up(&self) {
        self.seat.given_up.notified().await;
    }
}

/// A place that is not given up while this lives.
pub(super) struct Busy(Rc<Place>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.seat.busy.set(self.0.seat.busy.get().saturating_sub(1));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.free(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    fn source(last: u8) -> Source {
        IpAddr::from([192, 0, 2, last]).into()
    }

    fn places(total: usize, per_source: usize) -> Rc<Places> {
        Places::new(PlaceLimits { total, per_source })
    }

    fn was_given_up(place: &Place) -> bool {
        !place.places.taken.borrow().contains_key(&place.number)
    }

    #[test]
    fn a_source_with_its_share_takes_from_itself_the_oldest_first() {
        let places = places(10, 2);
        let (one, two, other) = (
            places.take(source(1)).unwrap(),
            places.take(source(1)).unwrap(),
            places.take(source(2)).unwrap(),
        );
        let three = places.take(source(1)).unwrap();
        assert!(was_given_up(&one) && !was_given_up(&two) && !was_given_up(&other) && !was_given_up(&three));
    }

    #[test]
    fn where_all_is_full_the_greediest_gives_way() {
        let places = places(4, 4);
        let modest = places.take(source(2)).unwrap();
        let greedy: Vec<_> = (0..3).map(|_| places.take(source(1)).unwrap()).collect();
        let _new = places.take(source(3)).unwrap();
        assert!(!was_given_up(&modest) && was_given_up(&greedy[0]) && !was_given_up(&greedy[1]));
        assert_eq!(places.len(), 4);
    }

    #[test]
    fn who_is_served_stays_and_the_newcomer_is_refused() {
        let places = places(2, 2);
        let (one, two) = (Rc::new(places.take(source(1)).unwrap()), Rc::new(places.take(source(2)).unwrap()));
        let (_one, request, events) = (one.busy(), two.busy(), two.busy());
        assert!(places.take(source(3)).is_none());
        drop(request);
        assert!(places.take(source(3)).is_none());
        drop(events);
        assert!(places.take(source(3)).is_some() && was_given_up(&two));
    }

    #[test]
    fn a_place_is_free_again_once() {
        let places = places(2, 1);
        let one = places.take(source(1)).unwrap();
        let two = places.take(source(1)).unwrap();
        drop(one);
        assert_eq!(places.of(source(1)), 1);
        drop(two);
        assert_eq!((places.len(), places.of(source(1))), (0, 0));
    }
}
