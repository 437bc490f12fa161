//! The INVITE server transaction: RFC 3261 §17.2.1 with the Accepted state of RFC 6026 §7.1, and the core's
//! retransmission of a 2xx until its ACK (RFC 3261 §13.3.1.4), which shares its clock.
//!
//! | state | input | step | next |
//! |---|---|---|---|
//! | – | start | – | Proceeding |
//! | Proceeding | 200 ms without a response from the user | send 100 | Proceeding |
//! | Proceeding | INVITE again, a response was sent | send again | Proceeding |
//! | Proceeding | user: 1xx | send | Proceeding |
//! | Proceeding | user: 2xx | send | Accepted |
//! | Proceeding | user: 300–699 | send | Completed |
//! | Proceeding | transport error | failed | Terminated |
//! | Completed | INVITE again; Timer G (unreliable: T1, doubling, at most T2) | send again | Completed |
//! | Completed | ACK | confirmed | Confirmed (reliable: Terminated) |
//! | Completed | Timer H (64·T1), transport error | failed | Terminated |
//! | Confirmed | Timer I (T4), transport error | – | Terminated |
//! | Accepted | 2xx again from the user (unacknowledged) | send | Accepted |
//! | Accepted | T1, doubling, at most T2, unacknowledged, any transport | send again | Accepted |
//! | Accepted | first ACK | acknowledged | Accepted |
//! | Accepted | Timer L (64·T1), unacknowledged | ACK missing | Terminated |
//! | Accepted | Timer L, acknowledged | – | Terminated |
//! | Accepted | transport error, unacknowledged | failed | Terminated |
//! | any | anything else | – | same |

use std::time::{Duration, Instant};

use super::{Backoff, Moment, ServerStep, StatusClass};

/// RFC 3261 §17.2.1: 100 goes out unless the user answers within this time.
const TRYING_AFTER: Duration = Duration::from_millis(200);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Proceeding { trying: Option<Instant> },
    Completed { timer_g: Option<Backoff>, timer_h: Instant },
    Confirmed { timer_i: Instant },
    Accepted { unacknowledged: Option<Backoff>, timer_l: Instant },
    Terminated,
}

/// See the table at the top of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerInvite {
    state: State,
    reliable: bool,
}

impl ServerInvite {
    /// The INVITE was accepted by the user.
    pub fn start(at: Moment<'_>, reliable: bool) -> Self {
        Self { state: State::Proceeding { trying: Some(at.after(TRYING_AFTER)) }, reliable }
    }

    /// The same INVITE came again.
    pub fn receive_invite(&mut self) -> ServerStep {
        match self.state {
            State::Proceeding { trying: None } | State::Completed { .. } => ServerStep::SendAgain,
            // RFC 6026 §7.1: absorbed in Accepted; the core retransmits its 2xx by itself.
            _ => ServerStep::Nothing,
        }
    }

    /// An ACK came: for a failure by this branch, for a 2xx by its dialog.
    pub fn receive_ack(&mut self, at: Moment<'_>) -> ServerStep {
        match &mut self.state {
            State::Completed { .. } => {
                // RFC 3261 §17.2.1: Timer I takes up further ACKs; zero on reliable transports.
                self.state = if self.reliable {
                    State::Terminated
                } else {
                    State::Confirmed { timer_i: at.after(at.timing.t4) }
                };
                ServerStep::Confirmed
            }
            State::Accepted { unacknowledged, .. } => match unacknowledged.take() {
                Some(_) => ServerStep::Acknowledged,
                None => ServerStep::Nothing,
            },
            _ => ServerStep::Nothing,
        }
    }

    /// The user answers.
    pub fn respond(&mut self, at: Moment<'_>, class: StatusClass) -> ServerStep {
        let until = at.after(at.timing.transaction());
        let retransmit = Backoff::start(at.now, at.timing.t1);
        match (self.state, class) {
            (State::Proceeding { .. }, StatusClass::Trying | StatusClass::Provisional) => {
                self.state = State::Proceeding { trying: None };
            }
            (State::Proceeding { .. }, StatusClass::Success) => {
                // RFC 3261 §13.3.1.4: on reliable transports too, for the next hop may not be.
                self.state = State::Accepted { unacknowledged: Some(retransmit), timer_l: until };
            }
            (State::Proceeding { .. }, StatusClass::Failure) => {
                let timer_g = (!self.reliable).then_some(retransmit);
                self.state = State::Completed { timer_g, timer_h: until };
            }
            (State::Accepted { unacknowledged: Some(_), .. }, StatusClass::Success) => {}
            _ => return ServerStep::Nothing,
        }
        ServerStep::Send
    }

    /// A timer may be due. Call again until it answers [`ServerStep::Nothing`].
    pub fn wake(&mut self, at: Moment<'_>) -> ServerStep {
        match &mut self.state {
            State::Proceeding { trying } if trying.is_some_and(|due| at.now >= due) => {
                *trying = None;
                ServerStep::SendTrying
            }
            State::Completed { timer_h, .. } if at.now >= *timer_h => self.end_with(ServerStep::Failed),
            State::Accepted { unacknowledged, timer_l } if at.now >= *timer_l => {
                let missing = unacknowledged.is_some();
                self.end_with(if missing { ServerStep::AckMissing } else { ServerStep::Nothing })
            }
            State::Completed { timer_g: Some(again), .. }
            | State::Accepted { unacknowledged: Some(again), .. }
                if again.is_due(at.now) =>
            {
                again.advance(at.now, at.timing.t2);
                ServerStep::SendAgain
            }
            State::Confirmed { timer_i } if at.now >= *timer_i => self.end_with(ServerStep::Nothing),
            _ => ServerStep::Nothing,
        }
    }

    /// The path is gone.
    pub fn transport_error(&mut self) -> ServerStep {
        match self.state {
            State::Proceeding { .. }
            | State::Completed { .. }
            | State::Accepted { unacknowledged: Some(_), .. } => self.end_with(ServerStep::Failed),
            _ => self.end_with(ServerStep::Nothing),
        }
    }

    fn end_with(&mut self, step: ServerStep) -> ServerStep {
        self.state = State::Terminated;
        step
    }

    /// When `wake` has something to do. Proceeding has no limit of its own: the user answers in the end.
    pub fn next_wakeup(&self) -> Option<Instant> {
        match self.state {
            State::Proceeding { trying } => trying,
            State::Completed { timer_g: Some(again), timer_h: until }
            | State::Accepted { unacknowledged: Some(again), timer_l: until } => Some(again.due().min(until)),
            State::Completed { timer_g: None, timer_h: until }
            | State::Confirmed { timer_i: until }
            | State::Accepted { unacknowledged: None, timer_l: until } => Some(until),
            State::Terminated => None,
        }
    }

    /// No final response yet.
    pub fn is_proceeding(&self) -> bool {
        matches!(self.state, State::Proceeding { .. })
    }

    /// A 2xx was sent.
    pub fn is_accepted(&self) -> bool {
        matches!(self.state, State::Accepted { .. })
    }

    /// The last response may have to be sent again.
    pub fn may_send_again(&self) -> bool {
        matches!(
            self.state,
            State::Proceeding { .. }
                | State::Completed { .. }
                | State::Accepted { unacknowledged: Some(_), .. }
        )
    }

    /// Over: forget it.
    pub fn is_terminated(&self) -> bool {
        self.state == State::Terminated
    }
}
