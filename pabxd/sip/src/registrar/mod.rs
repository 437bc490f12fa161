//! The registrar (RFC 3261 §10.3): which devices an address-of-record has, and where they are.
//!
//! Generic over the key of an address-of-record. The caller has authenticated the request and knows that it may
//! register for the key. Everything that a REGISTER asks for is done, or nothing of it.
//!
//! A wish replaces the binding of the same instance and `reg-id` (RFC 5626 §6), else that of the same contact
//! (RFC 3261 §19.1.4), else that of the same instance: a phone that was restarted, or came back on another port,
//! takes its own place and not one more. One device too many is refused with 403: it must not push out another.

mod binding;
mod limits;
mod wish;

pub use binding::Binding;
pub use limits::{
    MAX_CALL_ID, MAX_CONTACT, MAX_CONTACTS, MAX_INSTANCE, MAX_USER_AGENT, RegisterError, RegistrarLimits,
};

use crate::flow::{ConnId, Flow};
use crate::message::Request;
use crate::timer::{TimerId, TimerQueue};
use smallvec::SmallVec;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wish::{Registration, Wish, Wishes};

/// What happened to one binding: what the store and the monitor want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BindingChange {
    /// A device that was not there.
    Added(Arc<Binding>),
    /// A device that was: perhaps with another contact, flow or time.
    Refreshed {
        /// As it was.
        old: Arc<Binding>,
        /// As it is.
        new: Arc<Binding>,
    },
    /// A device that is gone.
    Removed(Arc<Binding>),
}

/// The outcome of a REGISTER, for its 200.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// In the order in which they happened.
    pub changes: Vec<BindingChange>,
    /// One value of Contact for each binding there is now, with its remaining time.
    pub contacts: Vec<String>,
    /// Whether the 200 says `Require: outbound` (RFC 5626 §6).
    pub outbound: bool,
}

#[derive(Debug)]
struct Entry {
    binding: Arc<Binding>,
    timer: TimerId,
}

type Entries = SmallVec<[Entry; 1]>;

/// What will be done with one wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Add,
    Replace(usize),
    Remove(usize),
    Nothing,
}

/// The bindings of all addresses-of-record.
#[derive(Debug)]
pub struct Registrar<K> {
    entries: HashMap<K, Entries>,
    timers: TimerQueue<K>,
    /// Who has bindings on which connection.
    connections: HashMap<ConnId, HashSet<K>>,
}

impl<K> Default for Registrar<K> {
    fn default() -> Self {
        Self { entries: HashMap::new(), timers: TimerQueue::new(), connections: HashMap::new() }
    }
}

impl<K: Clone + Eq + Hash> Registrar<K> {
    /// Without bindings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Does what an authenticated REGISTER asks for.
    pub fn register(
        &mut self,
        now: Instant,
        key: &K,
        request: &Request,
        flow: Flow,
        limits: &RegistrarLimits,
    ) -> Result<Registered, RegisterError> {
        let registration = Registration::read(request, &flow, limits)?;
        let mut changes = Vec::new();
        match &registration.wishes {
            Wishes::Fetch => {}
            Wishes::RemoveAll => self.remove_all(now, key, &registration, &mut changes)?,
            Wishes::Each(wishes) => {
                let steps = self.plan(now, key, &registration, wishes, limits)?;
                self.carry_out(now, key, &registration, flow, &steps, &mut changes);
            }
        }
        let contacts = self.bindings(now, key).map(|binding| binding.contact_value(now)).collect();
        Ok(Registered { changes, contacts, outbound: registration.outbound })
    }

    /// The bindings of an address-of-record that are in force, oldest first.
    pub fn bindings(&self, now: Instant, key: &K) -> impl Iterator<Item = &Arc<Binding>> {
        let entries = self.entries.get(key).map(SmallVec::as_slice).unwrap_or_default();
        entries.iter().map(|entry| &entry.binding).filter(move |binding| binding.expires_at > now)
    }

    /// All bindings, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &Arc<Binding>)> {
        self.entries.iter().flat_map(|(key, entries)| entries.iter().map(move |entry| (key, &entry.binding)))
    }

    /// How many bindings there are.
    pub fn len(&self) -> usize {
        self.timers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts back a binding that was kept over a restart; false if its time is over.
    pub fn restore(&mut self, now: Instant, key: &K, binding: Binding) -> bool {
        let in_force = binding.expires_at > now;
        if in_force {
            self.add(key, Arc::new(binding));
        }
        in_force
    }

    /// A connection is gone, and with it the bindings on it: nothing can be sent there any more.
    /// A datagram flow stays; it has no connection.
    pub fn flow_closed(&mut self, flow: Flow) -> Vec<(K, Arc<Binding>)> {
        let keys = flow.conn.and_then(|connection| self.connections.remove(&connection));
        let mut gone = Vec::new();
        for key in keys.unwrap_or_default() {
            self.remove_where(&key, |binding| binding.flow.conn == flow.conn, &mut gone);
        }
        gone
    }

    /// Removes all bindings of an address-of-record, for example of a deleted extension.
    pub fn forget(&mut self, key: &K) -> Vec<(K, Arc<Binding>)> {
        let mut gone = Vec::new();
        self.remove_where(key, |_| true, &mut gone);
        gone
    }

    /// Removes and tells the bindings whose time is over.
    pub fn expire(&mut self, now: Instant) -> Vec<(K, Arc<Binding>)> {
        let mut gone = Vec::new();
        while let Some(key) = self.timers.pop_due(now) {
            self.remove_where(&key, |binding| binding.expires_at <= now, &mut gone);
        }
        gone
    }

    /// When [`Registrar::expire`] has something to do.
    pub fn next_expiry(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// RFC 3261 §10.3 step 6: all, or none if one was set by a later request of the same Call-ID.
    fn remove_all(
        &mut self,
        now: Instant,
        key: &K,
        registration: &Registration<'_>,
        changes: &mut Vec<BindingChange>,
    ) -> Result<(), RegisterError> {
        self.bindings(now, key).try_for_each(|binding| in_order(binding, registration))?;
        let mut gone = Vec::new();
        self.remove_where(key, |_| true, &mut gone);
        changes.extend(gone.into_iter().map(|(_, binding)| BindingChange::Removed(binding)));
        Ok(())
    }

    /// RFC 3261 §10.3 step 7, without changing anything: one step for each wish.
    fn plan<'w>(
        &self,
        now: Instant,
        key: &K,
        registration: &Registration<'_>,
        wishes: &'w [Wish],
        limits: &RegistrarLimits,
    ) -> Result<Vec<(Step, &'w Wish)>, RegisterError> {
        let entries = self.entries.get(key).map(SmallVec::as_slice).unwrap_or_default();
        let mut steps: Vec<(Step, &Wish)> = Vec::with_capacity(wishes.len());
        // What stays comes before what goes: a phone may name its old contact and its new one in one request.
        for wish in
            wishes.iter().filter(|wish| wish.seconds > 0).chain(wishes.iter().filter(|w| w.seconds == 0))
        {
            let taken = |at: usize| steps.iter().any(|(step, _)| step.touches(at));
            let found = find(entries, wish, taken);
            if let Some(entry) = found.and_then(|at| entries.get(at)).filter(|e| e.binding.expires_at > now) {
                in_order(&entry.binding, registration)?;
            }
            steps.push((Step::of(wish, found), wish));
        }
        let live = |at: usize, entry: &Entry| {
            entry.binding.expires_at > now || steps.iter().any(|(step, _)| *step == Step::Replace(at))
        };
        let had = entries.iter().enumerate().filter(|(at, entry)| live(*at, entry)).count();
        let count = |what: fn(Step) -> bool| steps.iter().filter(|(step, _)| what(*step)).count();
        let added = count(|step| step == Step::Add);
        let removed = count(|step| matches!(step, Step::Remove(_)));
        if added > 0 && (had + added).saturating_sub(removed) > limits.max_bindings {
            return Err(RegisterError::Full);
        }
        Ok(steps)
    }

    fn carry_out(
        &mut self,
        now: Instant,
        key: &K,
        registration: &Registration<'_>,
        flow: Flow,
        steps: &[(Step, &Wish)],
        changes: &mut Vec<BindingChange>,
    ) {
        // Positions were found before anything changed, so replacements come first and removals from the end.
        for (step, wish) in steps {
            if let Step::Replace(at) = step
                && let Some((old, new)) = self.replace(key, *at, registration.binding(now, wish, flow))
            {
                changes.push(BindingChange::Refreshed { old, new });
            }
        }
        let mut leaving: SmallVec<[usize; 4]> = steps
            .iter()
            .filter_map(|(step, _)| if let Step::Remove(at) = step { Some(*at) } else { None })
            .collect();
        leaving.sort_unstable_by(|a, b| b.cmp(a));
        for at in leaving {
            changes.extend(self.remove_at(key, at).map(BindingChange::Removed));
        }
        for (_, wish) in steps.iter().filter(|(step, _)| *step == Step::Add) {
            let binding = Arc::new(registration.binding(now, wish, flow));
            self.add(key, Arc::clone(&binding));
            changes.push(BindingChange::Added(binding));
        }
    }

    fn add(&mut self, key: &K, binding: Arc<Binding>) {
        self.note_connection(key, &binding);
        let timer = self.timers.insert(binding.expires_at, key.clone());
        self.entries.entry(key.clone()).or_default().push(Entry { binding, timer });
    }

    fn replace(&mut self, key: &K, at: usize, new: Binding) -> Option<(Arc<Binding>, Arc<Binding>)> {
        let new = Arc::new(new);
        let entry = self.entries.get_mut(key)?.get_mut(at)?;
        self.timers.cancel(entry.timer);
        entry.timer = self.timers.insert(new.expires_at, key.clone());
        let old = std::mem::replace(&mut entry.binding, Arc::clone(&new));
        self.note_connection(key, &new);
        self.forget_connection(key, &old);
        Some((old, new))
    }

    fn remove_at(&mut self, key: &K, at: usize) -> Option<Arc<Binding>> {
        let entries = self.entries.get_mut(key).filter(|entries| at < entries.len())?;
        let Entry { binding, timer } = entries.remove(at);
        if entries.is_empty() {
            self.entries.remove(key);
        }
        self.timers.cancel(timer);
        self.forget_connection(key, &binding);
        Some(binding)
    }

    fn remove_where(&mut self, key: &K, goes: impl Fn(&Binding) -> bool, gone: &mut Vec<(K, Arc<Binding>)>) {
        while let Some(at) =
            self.entries.get(key).and_then(|entries| entries.iter().position(|entry| goes(&entry.binding)))
        {
            gone.extend(self.remove_at(key, at).map(|binding| (key.clone(), binding)));
        }
    }

    fn note_connection(&mut self, key: &K, binding: &Binding) {
        if let Some(connection) = binding.flow.conn {
            self.connections.entry(connection).or_default().insert(key.clone());
        }
    }

    /// Unless another binding of the key is on the same connection.
    fn forget_connection(&mut self, key: &K, gone: &Binding) {
        let Some(connection) = gone.flow.conn else { return };
        let mut others = self.entries.get(key).into_iter().flatten();
        if others.any(|entry| entry.binding.flow.conn == Some(connection)) {
            return;
        }
        if let Some(keys) = self.connections.get_mut(&connection) {
            keys.remove(key);
            if keys.is_empty() {
                self.connections.remove(&connection);
            }
        }
    }
}

impl Step {
    fn of(wish: &Wish, found: Option<usize>) -> Self {
        match (found, wish.seconds) {
            (Some(at), 0) => Self::Remove(at),
            (None, 0) => Self::Nothing,
            (Some(at), _) => Self::Replace(at),
            (None, _) => Self::Add,
        }
    }

    fn touches(self, position: usize) -> bool {
        matches!(self, Self::Replace(at) | Self::Remove(at) if at == position)
    }
}

impl Registration<'_> {
    fn binding(&self, now: Instant, wish: &Wish, flow: Flow) -> Binding {
        Binding {
            contact: wish.contact.clone(),
            flow,
            call_id: self.call_id.into(),
            cseq: self.cseq,
            expires_at: now + Duration::from_secs(wish.seconds.into()),
            q: wish.q,
            instance: wish.instance.clone(),
            reg_id: wish.reg_id,
            user_agent: self.user_agent.clone(),
        }
    }
}

/// The binding that a wish is about, if there is one that no earlier wish took.
fn find(entries: &[Entry], wish: &Wish, taken: impl Fn(usize) -> bool) -> Option<usize> {
    let position = |same: &dyn Fn(&Binding) -> bool| {
        let mut entries = entries.iter().enumerate();
        entries.find(|(at, entry)| !taken(*at) && same(&entry.binding)).map(|(at, _)| at)
    };
    let same_device = |binding: &Binding| wish.instance.is_some() && binding.instance == wish.instance;
    if wish.reg_id.is_some() {
        return position(&|binding| same_device(binding) && binding.reg_id == wish.reg_id).or_else(|| {
            position(&|binding| binding.reg_id.is_none() && binding.contact.equivalent(&wish.contact))
        });
    }
    position(&|binding| binding.contact.equivalent(&wish.contact))
        .or_else(|| position(&|binding| same_device(binding) && binding.reg_id.is_none()))
}

fn in_order(binding: &Binding, registration: &Registration<'_>) -> Result<(), RegisterError> {
    if *binding.call_id == *registration.call_id && binding.cseq >= registration.cseq {
        return Err(RegisterError::OutOfOrder);
    }
    Ok(())
}
