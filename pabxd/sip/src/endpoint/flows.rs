//! Which transactions use which flow: a flow is kept once, and when it fails its transactions are found at once.

use std::collections::HashMap;

use super::event::{ClientTx, ServerTx};
use super::slab::{Id, Slab};
use crate::flow::Flow;

/// A transaction of either kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    Client(ClientTx),
    Server(ServerTx),
}

/// A transaction's place in its flow: the flow and the index among its members.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seat {
    flow: Id,
    pub(super) index: u32,
}

#[derive(Debug)]
struct Entry {
    flow: Flow,
    members: Vec<Member>,
}

/// Flows in use, each with its transactions.
#[derive(Debug, Default)]
pub(super) struct FlowTable {
    entries: Slab<Entry>,
    ids: HashMap<Flow, Id>,
}

impl FlowTable {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn join(&mut self, flow: Flow, member: Member) -> Seat {
        let id =
            *self.ids.entry(flow).or_insert_with(|| self.entries.insert(Entry { flow, members: Vec::new() }));
        let mut index = 0;
        if let Some(entry) = self.entries.get_mut(id) {
            index = u32::try_from(entry.members.len()).unwrap_or(u32::MAX);
            entry.members.push(member);
        }
        Seat { flow: id, index }
    }

    /// Gives the seat up. The member that now sits there, if any, has to be told its new index.
    pub(super) fn leave(&mut self, seat: Seat) -> Option<Member> {
        let entry = self.entries.get_mut(seat.flow)?;
        let index = usize::try_from(seat.index).ok().filter(|index| *index < entry.members.len())?;
        entry.members.swap_remove(index);
        let moved = entry.members.get(index).copied();
        if entry.members.is_empty()
            && let Some(entry) = self.entries.remove(seat.flow)
        {
            self.ids.remove(&entry.flow);
        }
        moved
    }

    pub(super) fn flow(&self, seat: Seat) -> Option<Flow> {
        self.entries.get(seat.flow).map(|entry| entry.flow)
    }

    pub(super) fn members(&self, flow: &Flow) -> Vec<Member> {
        let entry = self.ids.get(flow).and_then(|id| self.entries.get(*id));
        entry.map(|entry| entry.members.clone()).unwrap_or_default()
    }
}
