//! The non-INVITE client transaction: RFC 3261 §17.1.2, with RFC 4320.
//!
//! | state | input | step | next |
//! |---|---|---|---|
//! | – | start | (request was sent) | Trying |
//! | Trying | Timer E (unreliable: T1, doubling, at most T2) | send request | Trying |
//! | Proceeding | Timer E (unreliable: T2) | send request | Proceeding |
//! | Trying, Proceeding | Timer F (64·T1) | timeout | Terminated |
//! | Trying, Proceeding | 1xx | deliver | Proceeding |
//! | Trying, Proceeding | 200–699 | deliver | Completed (reliable: Terminated) |
//! | Trying, Proceeding | transport error | failed | Terminated |
//! | Completed | Timer K (T4), transport error | – | Terminated |
//! | any | anything else | – | same |

use std::time::Instant;

use super::{Backoff, ClientStep, Moment, StatusClass};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting { timer_e: Option<Backoff>, timer_f: Instant, proceeding: bool },
    Completed { timer_k: Instant },
    Terminated,
}

/// See the table at the top of the file. Trying and Proceeding share a variant: they differ only in Timer E.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientNonInvite {
    state: State,
    reliable: bool,
}

impl ClientNonInvite {
    /// The request has just been handed to a transport.
    pub fn start(at: Moment<'_>, reliable: bool) -> Self {
        let timer_e = (!reliable).then(|| Backoff::start(at.now, at.timing.t1));
        let timer_f = at.after(at.timing.transaction());
        Self { state: State::Waiting { timer_e, timer_f, proceeding: false }, reliable }
    }

    /// A response with this transaction's branch came.
    pub fn receive(&mut self, at: Moment<'_>, class: StatusClass) -> ClientStep {
        let State::Waiting { timer_e, proceeding, .. } = &mut self.state else { return ClientStep::Nothing };
        if class.is_final() {
            self.complete(at);
        } else {
            *proceeding = true;
            if let Some(timer_e) = timer_e {
                // RFC 3261 §17.1.2.2: the timer that is running goes on; from its firing the interval is T2.
                timer_e.set_interval(at.timing.t2);
            }
        }
        ClientStep::Deliver
    }

    fn complete(&mut self, at: Moment<'_>) {
        // RFC 3261 §17.1.2.2: Timer K takes up what is still in the network; zero on reliable transports.
        self.state = if self.reliable {
            State::Terminated
        } else {
            State::Completed { timer_k: at.after(at.timing.t4) }
        };
    }

    /// A timer may be due. Call again until it answers [`ClientStep::Nothing`].
    pub fn wake(&mut self, at: Moment<'_>) -> ClientStep {
        match &mut self.state {
            State::Waiting { timer_f, .. } if at.now >= *timer_f => self.end_with(ClientStep::Timeout),
            State::Waiting { timer_e: Some(timer_e), .. } if timer_e.is_due(at.now) => {
                timer_e.advance(at.now, at.timing.t2);
                ClientStep::SendRequest
            }
            State::Completed { timer_k } if at.now >= *timer_k => self.end_with(ClientStep::Nothing),
            _ => ClientStep::Nothing,
        }
    }

    /// The path is gone.
    pub fn transport_error(&mut self) -> ClientStep {
        match self.state {
            State::Waiting { .. } => self.end_with(ClientStep::Failed),
            _ => self.end_with(ClientStep::Nothing),
        }
    }

    fn end_with(&mut self, step: ClientStep) -> ClientStep {
        self.state = State::Terminated;
        step
    }

    /// When `wake` has something to do.
    pub fn next_wakeup(&self) -> Option<Instant> {
        match self.state {
            State::Waiting { timer_e: Some(timer_e), timer_f, .. } => Some(timer_e.due().min(timer_f)),
            State::Waiting { timer_e: None, timer_f: until, .. } | State::Completed { timer_k: until } => {
                Some(until)
            }
            State::Terminated => None,
        }
    }

    /// A provisional came and no final yet.
    pub fn is_proceeding(&self) -> bool {
        matches!(self.state, State::Waiting { proceeding: true, .. })
    }

    /// Over: forget it.
    pub fn is_terminated(&self) -> bool {
        self.state == State::Terminated
    }
}
