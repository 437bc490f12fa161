//! What happens, as Server-Sent Events (WHATWG HTML §9.2): a bounded memory of the last events, and those who listen.
//!
//! Each event says whose it is and which permission it takes to see it; each listener's rights are looked at again
//! for every event and at least every few seconds, so that a right that was taken away ends the stream.

use pabx_model::{AccountId, ExtensionId, Permission};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Events that are remembered, for those who come back with `Last-Event-ID`.
pub const REMEMBERED: usize = 2_000;
/// Listeners at once.
pub const MAX_LISTENERS: usize = 200;
/// Listeners of one person at once.
pub const MAX_OF_PERSON: usize = 8;
/// A comment is sent when nothing else was, so that proxies and the other side know that we live.
pub const HEARTBEAT: Duration = Duration::from_secs(15);

/// One event.
#[derive(Debug)]
pub struct Event {
    /// Counts up from the start of the daemon.
    pub number: u64,
    /// Such as `call.started`.
    pub name: &'static str,
    /// Whose it is; `None`: the box's.
    pub account_id: Option<AccountId>,
    /// The extensions it is about.
    pub extensions: Vec<ExtensionId>,
    /// What one must be allowed, to see it.
    pub permission: Permission,
    /// JSON in one line.
    pub data: String,
}

/// The memory.
pub struct Hub {
    /// Tells this run of the daemon from others: numbers start anew with each.
    run: String,
    inner: Mutex<Inner>,
    news: Condvar,
}

#[derive(Default)]
struct Inner {
    events: VecDeque<Arc<Event>>,
    last: u64,
    listeners: Vec<pabx_model::UserId>,
    /// How often rights were changed.
    changes: u64,
    stopped: bool,
}

/// What a listener finds.
pub enum Found {
    /// The next event.
    Event(Arc<Event>),
    /// Nothing in this time.
    Nothing,
    /// Events were missed: there were too many, or it is another run.
    Missed,
    /// Somebody's rights were changed: perhaps the listener's.
    RightsChanged,
    /// The daemon stops.
    Stopped,
}

impl Hub {
    /// Empty; `run` is unlike that of any other start.
    pub fn new(run: String) -> Arc<Self> {
        Arc::new(Self { run, inner: Mutex::default(), news: Condvar::new() })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something has happened.
    pub fn publish(
        &self,
        name: &'static str,
        whose: (Option<AccountId>, Vec<ExtensionId>),
        permission: Permission,
        data: &impl serde::Serialize,
    ) {
        let Ok(data) = serde_json::to_string(data) else { return };
        let (account_id, extensions) = whose;
        let mut inner = self.lock();
        inner.last += 1;
        let number = inner.last;
        inner.events.push_back(Arc::new(Event { number, name, account_id, extensions, permission, data }));
        if inner.events.len() > REMEMBERED {
            inner.events.pop_front();
        }
        drop(inner);
        self.news.notify_all();
    }

    /// Listens from the event after `last_id` on, or from now on.
    ///
    /// `None`: too many listen.
    pub fn listen(self: &Arc<Self>, person: pabx_model::UserId, last_id: Option<&str>) -> Option<Listener> {
        let mut inner = self.lock();
        let of_person = inner.listeners.iter().filter(|listener| **listener == person).count();
        if inner.listeners.len() >= MAX_LISTENERS || of_person >= MAX_OF_PERSON {
            return None;
        }
        inner.listeners.push(person);
        let next = match last_id.map(|id| self.number_of(id)) {
            None => inner.last + 1,
            Some(Some(number)) if number <= inner.last => number + 1,
            // Another run: what is remembered of this one is all new.
            Some(_) => 0,
        };
        let changes = inner.changes;
        drop(inner);
        Some(Listener { hub: Arc::clone(self), person, next, changes })
    }

    fn number_of(&self, id: &str) -> Option<u64> {
        let (run, number) = id.split_once('-')?;
        if run == self.run { number.parse().ok() } else { None }
    }

    /// The `id` of an event.
    pub fn id(&self, number: u64) -> String {
        format!("{}-{number}", self.run)
    }

    /// Ends all streams.
    pub fn stop(&self) {
        self.lock().stopped = true;
        self.news.notify_all();
    }

    /// Wakes all listeners, so that they look at their rights.
    pub fn rights_changed(&self) {
        self.lock().changes += 1;
        self.news.notify_all();
    }
}

/// One who listens.
pub struct Listener {
    hub: Arc<Hub>,
    person: pabx_model::UserId,
    next: u64,
    changes: u64,
}

impl Listener {
    /// The next event, after at most this long.
    pub fn next(&mut self, patience: Duration) -> Found {
        let inner = self.hub.lock();
        let (inner, _) = self
            .hub
            .news
            .wait_timeout_while(inner, patience, |inner| {
                inner.last < self.next && inner.changes == self.changes && !inner.stopped
            })
            .unwrap_or_else(PoisonError::into_inner);
        if inner.stopped {
            return Found::Stopped;
        }
        if inner.changes != self.changes {
            self.changes = inner.changes;
            return Found::RightsChanged;
        }
        let oldest = inner.events.front().map_or(inner.last + 1, |event| event.number);
        if self.next < oldest {
            self.next = oldest;
            return Found::Missed;
        }
        let place = usize::try_from(self.next - oldest).unwrap_or(usize::MAX);
        match inner.events.get(place) {
            Some(event) => {
                self.next += 1;
                Found::Event(Arc::clone(event))
            }
            None => Found::Nothing,
        }
    }

    /// The `id` of an event.
    pub fn id(&self, number: u64) -> String {
        self.hub.id(number)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut inner = self.hub.lock();
        if let Some(place) = inner.listeners.iter().position(|listener| *listener == self.person) {
            inner.listeners.swap_remove(place);
        }
    }
}

/// Whose stream it is, and what that person may see at the moment.
pub trait Viewer: Send {
    /// Whether the right to listen is still there; `true`: look anew, however lately that was done.
    fn still_allowed(&mut self, anew: bool) -> bool;
    /// Whether this event may be seen.
    fn may_see(&self, event: &Event) -> bool;
}

/// A stream that was granted: what is to be written, for as long as the other side listens.
pub struct Subscription {
    /// Where events come from.
    pub listener: Listener,
    /// Whose it is.
    pub viewer: Box<dyn Viewer>,
}

impl Subscription {
    /// Writes until somebody goes.
    pub fn write_to(mut self, out: &mut dyn std::io::Write) -> std::io::Result<()> {
        out.write_all(b"retry: 2000\n\n")?;
        out.flush()?;
        loop {
            let found = self.listener.next(HEARTBEAT);
            if !self.viewer.still_allowed(matches!(found, Found::RightsChanged)) {
                return Ok(());
            }
            match found {
                Found::Stopped => return Ok(()),
                Found::Missed => out.write_all(b"event: missed\ndata: {}\n\n")?,
                Found::Nothing => out.write_all(b": still here\n\n")?,
                Found::Event(event) if self.viewer.may_see(&event) => {
                    let id = self.listener.id(event.number);
                    write!(out, "id: {id}\nevent: {}\ndata: {}\n\n", event.name, event.data)?;
                }
                Found::Event(_) | Found::RightsChanged => {}
            }
            out.flush()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pabx_model::UserId;

    fn person(nth: u8) -> UserId {
        UserId::new(1, [nth; 10])
    }

    fn say(hub: &Hub, text: &str) {
        hub.publish("call.started", (None, Vec::new()), Permission::CallsRead, &text);
    }

    fn heard(listener: &mut Listener) -> Option<String> {
        match listener.next(Duration::ZERO) {
            Found::Event(event) => Some(event.data.clone()),
            _ => None,
        }
    }

    #[test]
    fn a_listener_hears_what_comes_after_it() {
        let hub = Hub::new("r".into());
        say(&hub, "before");
        let mut listener = hub.listen(person(1), None).unwrap();
        assert_eq!(heard(&mut listener), None);
        say(&hub, "after");
        assert_eq!(heard(&mut listener).as_deref(), Some("\"after\""));
        assert_eq!(heard(&mut listener), None);
    }

    #[test]
    fn who_comes_back_hears_what_was_missed() {
        let hub = Hub::new("r".into());
        for text in ["1", "2", "3"] {
            say(&hub, text);
        }
        let mut listener = hub.listen(person(1), Some("r-1")).unwrap();
        assert_eq!(heard(&mut listener).as_deref(), Some("\"2\""));
        assert_eq!(heard(&mut listener).as_deref(), Some("\"3\""));
    }

    #[test]
    fn another_run_or_too_long_an_absence_is_said() {
        let hub = Hub::new("r".into());
        for nth in 0..REMEMBERED + 10 {
            say(&hub, &nth.to_string());
        }
        for id in ["r-3", "other-3", "nonsense"] {
            let mut listener = hub.listen(person(1), Some(id)).unwrap();
            assert!(matches!(listener.next(Duration::ZERO), Found::Missed), "{id}");
            assert_eq!(heard(&mut listener).as_deref(), Some("\"10\""));
        }
    }

    #[test]
    fn listeners_are_limited_and_their_places_come_back() {
        let hub = Hub::new("r".into());
        let mut listeners: Vec<_> =
            (0..MAX_OF_PERSON).map(|_| hub.listen(person(1), None).unwrap()).collect();
        assert!(hub.listen(person(1), None).is_none());
        assert!(hub.listen(person(2), None).is_some());
        listeners.pop();
        assert!(hub.listen(person(1), None).is_some());
    }
}
