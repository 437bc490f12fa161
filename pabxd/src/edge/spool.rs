//! Memory for bodies that are held until they are whole: bounded in all, and for each source.

use super::source::Source;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Octets of all bodies that are held at a time.
const MAX_TOTAL: usize = 48 * 1024 * 1024;
/// Octets of those of one source.
const MAX_OF_SOURCE: usize = 12 * 1024 * 1024;

/// All memory for bodies.
#[derive(Debug, Default)]
pub(super) struct Spool {
    used: Cell<usize>,
    sources: RefCell<HashMap<Source, usize>>,
}

/// One body's part; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    spool: Rc<Spool>,
    source: Source,
    octets: usize,
}

impl Spool {
    pub(super) fn share(self: &Rc<Self>, source: Source) -> Held {
        Held { spool: Rc::clone(self), source, octets: 0 }
    }
}

impl Held {
    /// Room for more octets; false where there is none.
    pub(super) fn grow(&mut self, octets: usize) -> bool {
        let used = self.spool.used.get().saturating_add(octets);
        let mut sources = self.spool.sources.borrow_mut();
        let own = sources.get(&self.source).copied().unwrap_or(0).saturating_add(octets);
        let fits = used <= MAX_TOTAL && own <= MAX_OF_SOURCE;
        if fits {
            self.spool.used.set(used);
            sources.insert(self.source, own);
            self.octets += octets;
        }
        fits
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.spool.used.set(self.spool.used.get().saturating_sub(self.octets));
        let mut sources = self.spool.sources.borrow_mut();
        if let Some(own) = sources.get_mut(&self.source) {
            *own = own.saturating_sub(self.octets);
            if *own == 0 {
                sources.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    #[test]
    fn one_source_cannot_use_it_up_and_what_is_dropped_comes_back() {
        let spool = Rc::new(Spool::default());
        let source = |last| IpAddr::from([192, 0, 2, last]).into();
        let mut greedy = spool.share(source(1));
        assert!(greedy.grow(MAX_OF_SOURCE) && !greedy.grow(1));
        let mut others: Vec<_> = (2..5).map(|last| spool.share(source(last))).collect();
        assert!(others.iter_mut().all(|held| held.grow(MAX_OF_SOURCE)));
        assert!(!spool.share(source(9)).grow(1));
        drop(greedy);
        assert!(spool.share(source(9)).grow(1) && spool.sources.borrow().len() == 3);
    }
}
