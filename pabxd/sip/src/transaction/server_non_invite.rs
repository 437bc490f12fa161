//! The non-INVITE server transaction: RFC 3261 §17.2.2 as corrected by RFC 4320.
//!
//! | state | input | step | next |
//! |---|---|---|---|
//! | – | start | – | Trying |
//! | Trying | request again | – | Trying |
//! | Trying | 3.5 s (Timer E of the client is at T2) without an answer | send 100 | Proceeding |
//! | Trying, Proceeding | user: 100 after those 3.5 s, or at any time where reliable | send | Proceeding |
//! | Trying, Proceeding | user: any other 1xx, or 100 before | – (RFC 4320 §4.1) | same |
//! | Trying, Proceeding | user: 200–699 | send | Completed (reliable: Terminated) |
//! | Trying, Proceeding | 64·T1 without an answer, transport error | failed (no 408: RFC 4320 §4.2) | Terminated |
//! | Proceeding, Completed | request again | send again | same |
//! | Completed | Timer J (64·T1), transport error | – | Terminated |
//! | any | anything else | – | same |

use std::time::Instant;

use super::{Moment, ServerStep, StatusClass};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Trying { trying: Instant, late: Instant },
    Proceeding { late: Instant },
    Completed { timer_j: Instant },
    Terminated,
}

/// See the table at the top of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerNonInvite {
    state: State,
    reliable: bool,
}

impl ServerNonInvite {
    /// The request was accepted by the user.
    pub fn start(at: Moment<'_>, reliable: bool) -> Self {
        let trying = at.after(at.timing.non_invite_trying());
        // RFC 4320 §4.2: after the client's Timer F an answer would only confuse it.
        let late = at.after(at.timing.transaction());
        Self { state: State::Trying { trying, late }, reliable }
    }

    /// The same request came again.
    pub fn receive_request(&mut self) -> ServerStep {
        match self.state {
            State::Proceeding { .. } | State::Completed { .. } => ServerStep::SendAgain,
            State::Trying { .. } | State::Terminated => ServerStep::Nothing,
        }
    }

    /// The user answers.
    pub fn respond(&mut self, at: Moment<'_>, class: StatusClass) -> ServerStep {
        match (self.state, class) {
            (State::Trying { late, .. } | State::Proceeding { late }, _) if at.now >= late => {
                ServerStep::Nothing
            }
            (State::Trying { trying, late }, StatusClass::Trying) if self.reliable || at.now >= trying => {
                self.state = State::Proceeding { late };
                ServerStep::Send
            }
            (State::Proceeding { .. }, StatusClass::Trying) => ServerStep::Send,
            (
                State::Trying { .. } | State::Proceeding { .. },
                StatusClass::Success | StatusClass::Failure,
            ) => {
                self.complete(at);
                ServerStep::Send
            }
            _ => ServerStep::Nothing,
        }
    }

    fn complete(&mut self, at: Moment<'_>) {
        // RFC 3261 §17.2.2: Timer J is zero on reliable transports.
        self.state = if self.reliable {
            State::Terminated
        } else {
            State::Completed { timer_j: at.after(at.timing.transaction()) }
        };
    }

    /// A timer may be due. Call again until it answers [`ServerStep::Nothing`].
    pub fn wake(&mut self, at: Moment<'_>) -> ServerStep {
        match self.state {
            State::Trying { late, .. } | State::Proceeding { late } if at.now >= late => {
                self.end_with(ServerStep::Failed)
            }
            State::Trying { trying, late } if at.now >= trying => {
                self.state = State::Proceeding { late };
                ServerStep::SendTrying
            }
            State::Completed { timer_j } if at.now >= timer_j => self.end_with(ServerStep::Nothing),
            _ => ServerStep::Nothing,
        }
    }

    /// The path is gone.
    pub fn transport_error(&mut self) -> ServerStep {
        match self.state {
            State::Trying { .. } | State::Proceeding { .. } => self.end_with(ServerStep::Failed),
            _ => self.end_with(ServerStep::Nothing),
        }
    }

    fn end_with(&mut self, step: ServerStep) -> ServerStep {
        self.state = State::Terminated;
        step
    }

    /// When `wake` has something to do.
    pub fn next_wakeup(&self) -> Option<Instant> {
        match self.state {
            State::Trying { trying, late } => Some(trying.min(late)),
            State::Proceeding { late: until } | State::Completed { timer_j: until } => Some(until),
            State::Terminated => None,
        }
    }

    /// Over: forget it.
    pub fn is_terminated(&self) -> bool {
        self.state == State::Terminated
    }
}
