//! The ways to a trunk's servers. Over UDP a way is there at once; over TCP and TLS a connection is opened when it is
//! first needed, and kept.

use std::net::SocketAddr;
use std::time::Duration;

use pabx_model::{TrunkId, TrunkProblem};
use pabx_sip::flow::{Flow, Transport};
use pabx_sip::target::Target;

use super::line::TrunkTimer;
use crate::api::{Action, Now, Ticket};
use crate::calls::CallKey;
use crate::core::Core;

/// After a connection was lost its line comes back after this at most: all customers of a provider that restarts do so.
const COME_BACK: Duration = Duration::from_secs(3);

/// One server of a trunk.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) target: Target,
    /// The way there, once there is one.
    pub(crate) flow: Option<Flow>,
    pub(super) connecting: bool,
}

impl Path {
    pub(super) fn to(target: Target) -> Self {
        Self { target, flow: None, connecting: false }
    }
}

/// Whether a server can be spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// By this flow.
    By(Flow),
    /// A connection is being opened.
    Later,
    /// There is no such server.
    Never,
}

impl Core {
    /// The way to a server of a line. Over UDP it is asked for anew each time by those who are in no hurry, since our own
    /// address may have changed; a call takes what is there.
    pub(crate) fn reach(&mut self, id: TrunkId, at: usize) -> Reached {
        let Some(line) = self.trunks.line_mut(id) else { return Reached::Never };
        let Some(path) = line.paths.get_mut(at) else { return Reached::Never };
        if let Some(flow) = path.flow {
            return Reached::By(flow);
        }
        self.connect(id, at);
        Reached::Later
    }

    /// Asks for a way to a server.
    pub(super) fn connect(&mut self, id: TrunkId, at: usize) {
        let ticket = self.new_ticket();
        let Some(line) = self.trunks.line_mut(id) else { return };
        let Some(path) = line.paths.get_mut(at).filter(|path| !path.connecting) else { return };
        path.connecting = true;
        let target = path.target.clone();
        self.trunks.connects.insert(ticket, (id, target.address));
        self.actions.push_back(Action::Connect { ticket, target });
    }

    /// The way to the server in use, asked for anew over UDP.
    pub(super) fn reach_current(&mut self, id: TrunkId) -> Option<Flow> {
        let line = self.trunks.line_mut(id)?;
        let at = line.current;
        let path = line.paths.get_mut(at)?;
        if path.target.transport == Transport::Udp && !path.connecting {
            let known = path.flow;
            self.connect(id, at);
            return known;
        }
        match self.reach(id, at) {
            Reached::By(flow) => Some(flow),
            Reached::Later | Reached::Never => None,
        }
    }

    /// A call waits for a way of this line.
    pub(crate) fn await_path(&mut self, id: TrunkId, key: CallKey) {
        if let Some(line) = self.trunks.line_mut(id)
            && !line.waiting.contains(&key)
        {
            line.waiting.push(key);
        }
    }

    /// A connection came about, or did not.
    pub(crate) fn connected(&mut self, now: Now, ticket: Ticket, flow: Option<Flow>) {
        let Some((id, address)) = self.trunks.connects.remove(&ticket) else { return };
        let Some(line) = self.trunks.lines.get_mut(&id) else { return };
        self.trunks.ready.extend(line.waiting.drain(..));
        let Some(at) = place_of(line, address) else { return };
        let Some(path) = line.paths.get_mut(at) else { return };
        path.connecting = false;
        let before = std::mem::replace(&mut path.flow, flow);
        if at != line.current {
            return;
        }
        match flow {
            // Over UDP most often nothing has changed, and what was to be sent has been sent.
            Some(_) if before != flow => self.serve_line(now, id),
            Some(_) => {}
            None if line.registers() => self.register_failed(now, id, TrunkProblem::NoConnection, None),
            None => self.question_missed(now, id, TrunkProblem::NoConnection),
        }
    }

    /// A line's connection closed.
    pub(super) fn path_lost(&mut self, now: Now, id: TrunkId, flow: Flow) {
        let Some(line) = self.trunks.line_mut(id) else { return };
        for path in line.paths.iter_mut().filter(|path| path.flow == Some(flow)) {
            path.flow = None;
        }
        let in_use = line.paths.get(line.current).is_some_and(|path| path.flow.is_none());
        if in_use && line.is_active() {
            let which = if line.registers() { TrunkTimer::Register } else { TrunkTimer::Watch };
            let after = self.random_up_to(COME_BACK);
            self.set_trunk_timer(now, id, which, after);
        }
    }

    /// The next server is the one in use from now on; false when all have been tried.
    pub(super) fn next_server(&mut self, id: TrunkId) -> bool {
        let Some(line) = self.trunks.line_mut(id) else { return false };
        let next = line.current + 1;
        line.missed = 0;
        if next < line.paths.len() {
            line.current = next;
            true
        } else {
            line.current = 0;
            false
        }
    }
}

fn place_of(line: &super::Line, address: SocketAddr) -> Option<usize> {
    line.paths.iter().position(|path| path.target.address == address)
}
