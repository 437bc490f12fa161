//! Writes of the self-test, told apart from the engine's by their tickets.

use pabx_call::Ticket;
use std::cell::{Cell, RefCell};
use tokio::sync::oneshot;

/// The engine counts its tickets from 1 and never comes here.
const FIRST: u64 = 1 << 63;
/// Probes that wait at a time; the oldest gives way.
const MAX_WAITING: usize = 16;

/// Probes that wait for the store's answer.
#[derive(Debug, Default)]
pub(super) struct Probes {
    begun: Cell<u64>,
    waiting: RefCell<Vec<(Ticket, oneshot::Sender<bool>)>>,
}

impl Probes {
    pub(super) fn begin(&self) -> (Ticket, oneshot::Receiver<bool>) {
        let number = self.begun.get();
        self.begun.set(number.wrapping_add(1));
        let ticket = Ticket(FIRST | number);
        let (tell, answer) = oneshot::channel();
        let mut waiting = self.waiting.borrow_mut();
        if waiting.len() >= MAX_WAITING {
            waiting.remove(0);
        }
        waiting.push((ticket, tell));
        (ticket, answer)
    }

    /// False: the ticket is the engine's.
    pub(super) fn answered(&self, ticket: Ticket, ok: bool) -> bool {
        let mut waiting = self.waiting.borrow_mut();
        if let Some(place) = waiting.iter().position(|(waits, _)| *waits == ticket) {
            let (_, tell) = waiting.swap_remove(place);
            // Who asked may have gone.
            let _ = tell.send(ok);
        }
        ticket.0 & FIRST != 0
    }
}
