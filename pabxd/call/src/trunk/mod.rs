//! Lines to providers: where their servers are, registrations, and whether they answer. Calls over them are `call`'s.
//!
//! - [`line`]: one trunk while it runs: its servers, its registration, its state;
//! - [`lookup`]: from the host to its servers (RFC 3263), again when DNS says so;
//! - [`path`]: the ways to the servers: a socket, or a connection that is opened when it is needed;
//! - [`register`]: REGISTER, its challenges, and when to come again;
//! - [`presentation`]: how a call by a trunk says who calls;
//! - [`watch`]: OPTIONS, and what follows when no answer comes;
//! - [`seen`]: how providers see us, by their answers;
//! - [`identify`]: whose a request is that comes without credentials.
//!
//! Everything of a trunk hangs on its [`line::Line`], which is dropped and begun anew when its settings change.

mod identify;
mod line;
mod lookup;
mod path;
pub(crate) mod presentation;
mod register;
mod seen;
mod watch;

use std::collections::HashMap;
use std::net::IpAddr;

use pabx_model::{PeerNetwork, Trunk, TrunkId};
use pabx_sip::flow::Flow;
use smallvec::SmallVec;

pub(crate) use self::line::{Line, TrunkTimer};
pub(crate) use self::path::Reached;
pub use self::seen::{ContactSeen, Seen};
use crate::api::{Now, Ticket};
use crate::calls::CallKey;
use crate::core::Core;

/// All lines of an engine.
#[derive(Debug, Default)]
pub(crate) struct Trunks {
    lines: HashMap<TrunkId, Line>,
    /// Questions to DNS that have no answer yet.
    lookups: HashMap<Ticket, TrunkId>,
    /// Connections that are being opened: by whom, and to which of its servers.
    connects: HashMap<Ticket, (TrunkId, std::net::SocketAddr)>,
    /// Whose servers these addresses are.
    by_address: HashMap<IpAddr, SmallVec<[TrunkId; 1]>>,
    /// Whose calls come from these networks.
    networks: Vec<(PeerNetwork, TrunkId)>,
    /// Calls that waited for a connection and can go on.
    ready: Vec<CallKey>,
}

impl Trunks {
    pub(crate) fn line(&self, id: TrunkId) -> Option<&Line> {
        self.lines.get(&id)
    }

    pub(crate) fn line_mut(&mut self, id: TrunkId) -> Option<&mut Line> {
        self.lines.get_mut(&id)
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.values()
    }

    /// Timers that lines have running.
    pub(crate) fn timers(&self) -> usize {
        self.lines.values().map(Line::timers).sum()
    }

    /// Calls whose connection has come about, or will not.
    pub(crate) fn take_ready(&mut self) -> Vec<CallKey> {
        std::mem::take(&mut self.ready)
    }

    /// Knows again whose servers are where.
    fn index(&mut self) {
        self.by_address.clear();
        self.networks.clear();
        for line in self.lines.values().filter(|line| line.is_active()) {
            let id = line.trunk.trunk_id;
            for path in &line.paths {
                let of_address = self.by_address.entry(path.target.address.ip().to_canonical()).or_default();
                if !of_address.contains(&id) {
                    of_address.push(id);
                }
            }
            self.networks.extend(line.trunk.networks.iter().map(|network| (*network, id)));
        }
    }
}

impl Core {
    /// Takes over the trunks of the directory: what is new or changed begins anew, what is gone ends.
    pub(crate) fn sync_trunks(&mut self, now: Now) {
        let directory = std::sync::Arc::clone(&self.directory);
        let gone: Vec<TrunkId> = self
            .trunks
            .lines
            .iter()
            .filter(|(id, line)| {
                directory.trunk(**id).is_none_or(|trunk| {
                    *trunk != line.trunk || directory.is_trunk_active(trunk) != line.is_active()
                })
            })
            .map(|(id, _)| *id)
            .collect();
        for id in gone {
            self.drop_line(now, id);
        }
        let new: Vec<&Trunk> =
            directory.trunks().filter(|trunk| !self.trunks.lines.contains_key(&trunk.trunk_id)).collect();
        let many = new.len();
        for trunk in new {
            let active = directory.is_trunk_active(trunk);
            self.begin_line(now, Line::new(trunk.clone(), active), many);
        }
        self.trunks.index();
    }

    /// Begins a line anew.
    pub(crate) fn try_trunk(&mut self, now: Now, id: TrunkId) {
        let Some(line) = self.trunks.line(id) else { return };
        let (trunk, active) = (line.trunk.clone(), line.is_active());
        self.drop_line(now, id);
        self.begin_line(now, Line::new(trunk, active), 1);
        self.trunks.index();
    }

    fn drop_line(&mut self, now: Now, id: TrunkId) {
        self.unregister_line(now, id);
        let Some(line) = self.trunks.lines.remove(&id) else { return };
        line.cancel_timers(&mut self.timers);
        self.trunks.ready.extend(line.waiting);
        self.trunks.lookups.retain(|_, of| *of != id);
        self.trunks.connects.retain(|_, (of, _)| *of != id);
        self.clients.retain(|_, owner| !matches!(owner, crate::core::ClientOwner::Trunk(of, _) if *of == id));
    }

    /// A timer of a line.
    pub(crate) fn trunk_timer(&mut self, now: Now, id: TrunkId, which: TrunkTimer) {
        let Some(line) = self.trunks.line_mut(id) else { return };
        line.timer_fired(which);
        match which {
            TrunkTimer::Lookup => self.look_up(now, id),
            TrunkTimer::Register => self.register_line(now, id),
            TrunkTimer::Watch => self.watch_line(now, id),
        }
    }

    /// A connection closed, or a send on it failed.
    pub(crate) fn trunk_flow_gone(&mut self, now: Now, flow: Flow) {
        if !flow.is_reliable() {
            return;
        }
        let lost = |line: &Line| line.paths.iter().any(|path| path.flow == Some(flow));
        let lines: SmallVec<[TrunkId; 1]> =
            self.trunks.lines.iter().filter(|(_, line)| lost(line)).map(|(id, _)| *id).collect();
        for id in lines {
            self.path_lost(now, id, flow);
        }
    }
}
