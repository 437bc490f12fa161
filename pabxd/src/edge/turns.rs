//! Whose request is next with the API: of all that wait, the one whose source has the fewest there; of those, the oldest.
//!
//! So hundreds of requests of an attacker, each a heavy one, delay a good one by no more than those that are being served.

use super::source::Source;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use tokio::sync::oneshot;

/// All turns.
pub(super) struct Turns {
    at_a_time: usize,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    running: HashMap<Source, usize>,
    total: usize,
    waiting: VecDeque<(Source, oneshot::Sender<Turn>)>,
}

/// Somebody's turn, until this is dropped.
pub(super) struct Turn {
    turns: Rc<Turns>,
    source: Source,
}

impl Turns {
    pub(super) fn new(at_a_time: usize) -> Rc<Self> {
        Rc::new(Self { at_a_time, state: RefCell::default() })
    }

    /// Waits for a turn. Whoever stops waiting loses nothing but his place.
    pub(super) async fn take(self: &Rc<Self>, source: Source) -> Option<Turn> {
        let given = {
            let mut state = self.state.borrow_mut();
            if state.total < self.at_a_time {
                drop(state);
                return Some(self.begin(source));
            }
            let (give, given) = oneshot::channel();
            state.waiting.retain(|(_, give)| !give.is_closed());
            state.waiting.push_back((source, give));
            given
        };
        given.await.ok()
    }

    fn begin(self: &Rc<Self>, source: Source) -> Turn {
        let mut state = self.state.borrow_mut();
        state.total = state.total.saturating_add(1);
        let running = state.running.entry(source).or_default();
        *running = running.saturating_add(1);
        Turn { turns: Rc::clone(self), source }
    }

    fn end(self: &Rc<Self>, source: Source) {
        let next = {
            let mut state = self.state.borrow_mut();
            state.total = state.total.saturating_sub(1);
            if let Some(running) = state.running.get_mut(&source) {
                *running = running.saturating_sub(1);
                if *running == 0 {
                    state.running.remove(&source);
                }
            }
            state.next()
        };
        if let Some((source, give)) = next {
            // Who has stopped waiting gives his turn back, which comes here again.
            let turn = self.begin(source);
            drop(give.send(turn));
        }
    }
}

impl State {
    fn next(&mut self) -> Option<(Source, oneshot::Sender<Turn>)> {
        self.waiting.retain(|(_, give)| !give.is_closed());
        let running = |source: &Source| self.running.get(source).copied().unwrap_or(0);
        let fewest = self.waiting.iter().enumerate().min_by_key(|(_, (source, _))| running(source));
        let at = fewest.map(|(at, _)| at)?;
        self.waiting.remove(at)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.end(self.source);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::future::Future;
    use std::net::IpAddr;
    use std::pin::Pin;

    fn source(last: u8) -> Source {
        IpAddr::from([192, 0, 2, last]).into()
    }

    type Wait = Pin<Box<dyn Future<Output = Option<Turn>>>>;

    /// Somebody in the queue.
    fn waits(turns: &Rc<Turns>, last: u8) -> Wait {
        let turns = Rc::clone(turns);
        let mut wait: Wait = Box::pin(async move { turns.take(source(last)).await });
        assert!((&mut wait).now_or_never().is_none());
        wait
    }

    fn now(turns: &Rc<Turns>, last: u8) -> Turn {
        turns.take(source(last)).now_or_never().flatten().unwrap()
    }

    #[test]
    fn who_has_fewest_is_next_and_then_who_came_first() {
        let turns = Turns::new(2);
        let (one, other) = (now(&turns, 1), now(&turns, 1));
        let (mut third, mut good, mut better) = (waits(&turns, 1), waits(&turns, 2), waits(&turns, 3));
        drop(one);
        let good = (&mut good).now_or_never().flatten().unwrap();
        assert!((&mut third).now_or_never().is_none() && (&mut better).now_or_never().is_none());
        drop(good);
        assert!((&mut third).now_or_never().is_none());
        let better = (&mut better).now_or_never().flatten().unwrap();
        drop(other);
        let third = (&mut third).now_or_never().flatten().unwrap();
        drop((better, third));
        assert!(turns.state.borrow().running.is_empty() && turns.state.borrow().total == 0);
    }

    #[test]
    fn a_turn_of_one_who_left_goes_to_the_next() {
        let turns = Turns::new(1);
        let one = now(&turns, 1);
        let (left, mut stays) = (waits(&turns, 2), waits(&turns, 3));
        drop(left);
        drop(one);
        assert!((&mut stays).now_or_never().flatten().is_some());
    }
}
