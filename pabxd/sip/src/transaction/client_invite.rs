//! The INVITE client transaction: RFC 3261 §17.1.1 with the Accepted state of RFC 6026 §7.2.
//!
//! | state | input | step | next |
//! |---|---|---|---|
//! | – | start | (request was sent) | Calling |
//! | Calling | Timer A (unreliable: T1, doubling) | send request | Calling |
//! | Calling | Timer B (64·T1) | timeout | Terminated |
//! | Calling, Proceeding | 1xx | deliver | Proceeding |
//! | Calling, Proceeding | 2xx | deliver | Accepted |
//! | Calling, Proceeding | 300–699 | ACK, deliver | Completed (reliable: Terminated) |
//! | Calling, Proceeding | transport error | failed | Terminated |
//! | Proceeding | Timer C | cancel | Proceeding, 64·T1 left |
//! | Proceeding | cancelled, then 64·T1 (§9.1) | timeout | Terminated |
//! | Completed | 300–699 | ACK | Completed |
//! | Completed | Timer D (≥ 32 s), transport error | – | Terminated |
//! | Accepted | 2xx | deliver | Accepted |
//! | Accepted | Timer M (64·T1), transport error | – | Terminated |
//! | any | anything else | – | same |

use std::time::Instant;

use super::{Backoff, ClientStep, Moment, StatusClass};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Calling { timer_a: Option<Backoff>, timer_b: Instant },
    Proceeding { cancelled: bool, until: Instant },
    Completed { timer_d: Instant },
    Accepted { timer_m: Instant },
    Terminated,
}

/// See the table at the top of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientInvite {
    state: State,
    reliable: bool,
}

impl ClientInvite {
    /// The request has just been handed to a transport.
    pub fn start(at: Moment<'_>, reliable: bool) -> Self {
        // RFC 3261 §17.1.1.2: Timer A only runs where the transport may lose the request.
        let timer_a = (!reliable).then(|| Backoff::start(at.now, at.timing.t1));
        Self { state: State::Calling { timer_a, timer_b: at.after(at.timing.transaction()) }, reliable }
    }

    /// A response with this transaction's branch came.
    pub fn receive(&mut self, at: Moment<'_>, class: StatusClass) -> ClientStep {
        match (self.state, class) {
            (State::Calling { .. }, StatusClass::Trying | StatusClass::Provisional) => {
                self.state = State::Proceeding { cancelled: false, until: at.after(at.timing.timer_c) };
                ClientStep::Deliver
            }
            (State::Proceeding { cancelled, until }, StatusClass::Trying | StatusClass::Provisional) => {
                // RFC 3261 §16.7 step 2: every provisional but 100 starts Timer C anew.
                let restart = !cancelled && class == StatusClass::Provisional;
                let until = if restart { at.after(at.timing.timer_c) } else { until };
                self.state = State::Proceeding { cancelled, until };
                ClientStep::Deliver
            }
            (State::Calling { .. } | State::Proceeding { .. }, StatusClass::Success) => {
                self.state = State::Accepted { timer_m: at.after(at.timing.transaction()) };
                ClientStep::Deliver
            }
            (State::Calling { .. } | State::Proceeding { .. }, StatusClass::Failure) => {
                self.complete(at);
                ClientStep::DeliverAndAck
            }
            (State::Accepted { .. }, StatusClass::Success) => ClientStep::Deliver,
            (State::Completed { .. }, StatusClass::Failure) => ClientStep::Ack,
            _ => ClientStep::Nothing,
        }
    }

    fn complete(&mut self, at: Moment<'_>) {
        // RFC 3261 §17.1.1.2: Timer D is zero on reliable transports, where no failure comes twice.
        self.state = if self.reliable {
            State::Terminated
        } else {
            State::Completed { timer_d: at.after(at.timing.timer_d()) }
        };
    }

    /// CANCEL was sent: without a final response in 64·T1 the INVITE counts as cancelled (RFC 3261 §9.1).
    pub fn cancelled(&mut self, at: Moment<'_>) {
        if let State::Proceeding { cancelled: false, .. } = self.state {
            self.state = State::Proceeding { cancelled: true, until: at.after(at.timing.transaction()) };
        }
    }

    /// A timer may be due. Call again until it answers [`ClientStep::Nothing`].
    pub fn wake(&mut self, at: Moment<'_>) -> ClientStep {
        match &mut self.state {
            State::Calling { timer_b, .. } if at.now >= *timer_b => self.end_with(ClientStep::Timeout),
            State::Calling { timer_a: Some(timer_a), .. } if timer_a.is_due(at.now) => {
                timer_a.advance(at.now, at.timing.transaction());
                ClientStep::SendRequest
            }
            State::Proceeding { cancelled: true, until } if at.now >= *until => {
                self.end_with(ClientStep::Timeout)
            }
            State::Proceeding { cancelled: false, until } if at.now >= *until => {
                self.cancelled(at);
                ClientStep::Cancel
            }
            State::Completed { timer_d: until } | State::Accepted { timer_m: until } if at.now >= *until => {
                self.end_with(ClientStep::Nothing)
            }
            _ => ClientStep::Nothing,
        }
    }

    /// The path is gone.
    pub fn transport_error(&mut self) -> ClientStep {
        match self.state {
            State::Calling { .. } | State::Proceeding { .. } => self.end_with(ClientStep::Failed),
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
            State::Calling { timer_a: Some(timer_a), timer_b } => Some(timer_a.due().min(timer_b)),
            State::Calling { timer_a: None, timer_b: until }
            | State::Proceeding { until, .. }
            | State::Completed { timer_d: until }
            | State::Accepted { timer_m: until } => Some(until),
            State::Terminated => None,
        }
    }

    /// No response of any kind came yet: CANCEL has to wait (RFC 3261 §9.1).
    pub fn is_calling(&self) -> bool {
        matches!(self.state, State::Calling { .. })
    }

    /// A provisional came and no final yet: CANCEL may go out.
    pub fn is_proceeding(&self) -> bool {
        matches!(self.state, State::Proceeding { .. })
    }

    /// Over: forget it.
    pub fn is_terminated(&self) -> bool {
        self.state == State::Terminated
    }
}
