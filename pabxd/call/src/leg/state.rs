//! The life of one leg. Incoming legs start at `Invited`, outgoing ones at `Inviting`.
//!
//! | state        | signal       | next         | what the leg does                                         |
//! |--------------|--------------|--------------|-----------------------------------------------------------|
//! | `Invited`    | `Accept`     | `Accepted`   | 2xx, retransmitted until its ACK (RFC 3261 §13.3.1.4)     |
//! | `Invited`    | `Refuse`     | `Gone`       | a final failure                                           |
//! | `Accepted`   | `Refuse`     | `Gone`       | a failure: the 2xx was held back for a PRACK (RFC 3262)   |
//! | `Accepted`   | `Ack`        | `Talking`    |                                                           |
//! | `Accepted`   | `AckMissing` | `Leaving`    | BYE                                                       |
//! | `Accepted`   | `HangUp`     | `Departing`  | BYE must wait for the ACK (RFC 3261 §15)                  |
//! | `Departing`  | `Ack`        | `Leaving`    | BYE                                                       |
//! | `Departing`  | `AckMissing` | `Leaving`    | BYE                                                       |
//! | `Inviting`   | `Success`    | `Talking`    | ACK                                                       |
//! | `Inviting`   | `Failure`    | `Gone`       |                                                           |
//! | `Inviting`   | `HangUp`     | `Cancelling` | CANCEL (RFC 3261 §9.1)                                    |
//! | `Cancelling` | `Success`    | `Leaving`    | 200 crossed CANCEL: ACK and BYE                           |
//! | `Cancelling` | `Failure`    | `Gone`       |                                                           |
//! | `Talking`    | `HangUp`     | `Leaving`    | BYE                                                       |
//! | `Leaving`    | `Done`       | `Gone`       | BYE was answered, or was not in 64*T1                     |
//! | `Accepted`, `Departing`, `Talking` | `PeerBye` | `Gone` | 200 to the BYE                              |
//! | `Leaving`    | `PeerBye`    | `Leaving`    | two BYE crossed: 200, and ours is still awaited           |
//!
//! Any other pair changes nothing.

/// Where a leg stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LegState {
    /// The peer's INVITE has no final answer from us.
    Invited,
    /// Our 2xx has no ACK.
    Accepted,
    /// Our 2xx has no ACK, and the leg is to end.
    Departing,
    /// Our INVITE has no final answer.
    Inviting,
    /// Our INVITE has no final answer and is cancelled.
    Cancelling,
    /// The session stands.
    Talking,
    /// Our BYE has no answer.
    Leaving,
    /// Nothing is left.
    Gone,
}

/// What happens to a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// We answer the peer's INVITE with 2xx.
    Accept,
    /// We answer it with a failure.
    Refuse,
    /// The ACK to our 2xx.
    Ack,
    /// It did not come in 64*T1.
    AckMissing,
    /// A 2xx to our INVITE.
    Success,
    /// A failure, a time-out or a broken transport of our INVITE.
    Failure,
    /// We want the leg to end.
    HangUp,
    /// The peer's BYE.
    PeerBye,
    /// Our BYE is over.
    Done,
}

impl LegState {
    /// The state after `signal`; `None` when the signal means nothing here.
    pub(crate) fn after(self, signal: Signal) -> Option<Self> {
        match (self, signal) {
            (Self::Invited, Signal::Accept) => Some(Self::Accepted),
            (Self::Inviting | Self::Cancelling, Signal::Failure)
            | (Self::Invited | Self::Accepted, Signal::Refuse)
            | (Self::Leaving, Signal::Done)
            | (Self::Accepted | Self::Departing | Self::Talking, Signal::PeerBye) => Some(Self::Gone),
            (Self::Accepted, Signal::Ack) | (Self::Inviting, Signal::Success) => Some(Self::Talking),
            (Self::Accepted, Signal::HangUp) => Some(Self::Departing),
            (Self::Inviting, Signal::HangUp) => Some(Self::Cancelling),
            (Self::Accepted, Signal::AckMissing)
            | (Self::Departing, Signal::Ack | Signal::AckMissing)
            | (Self::Cancelling, Signal::Success)
            | (Self::Talking, Signal::HangUp)
            | (Self::Leaving, Signal::PeerBye) => Some(Self::Leaving),
            _ => None,
        }
    }

    /// Whether requests inside a confirmed dialog may go out.
    pub(crate) fn is_confirmed(self) -> bool {
        self == Self::Talking
    }
}

#[cfg(test)]
mod tests {
    use super::{LegState, LegState::*, Signal, Signal::*};

    const STATES: [LegState; 8] =
        [Invited, Accepted, Departing, Inviting, Cancelling, Talking, Leaving, LegState::Gone];
    const SIGNALS: [Signal; 9] = [Accept, Refuse, Ack, AckMissing, Success, Failure, HangUp, PeerBye, Done];

    #[test]
    fn the_table_is_complete_and_nothing_else_changes_a_leg() {
        let table = [
            (Invited, Accept, Accepted),
            (Invited, Refuse, Gone),
            (Accepted, Refuse, Gone),
            (Accepted, Ack, Talking),
            (Accepted, AckMissing, Leaving),
            (Accepted, HangUp, Departing),
            (Accepted, PeerBye, Gone),
            (Departing, Ack, Leaving),
            (Departing, AckMissing, Leaving),
            (Departing, PeerBye, Gone),
            (Inviting, Success, Talking),
            (Inviting, Failure, Gone),
            (Inviting, HangUp, Cancelling),
            (Cancelling, Success, Leaving),
            (Cancelling, Failure, Gone),
            (Talking, HangUp, Leaving),
            (Talking, PeerBye, Gone),
            (Leaving, Done, Gone),
            (Leaving, PeerBye, Leaving),
        ];
        for state in STATES {
            for signal in SIGNALS {
                let row = table.iter().find(|(from, on, _)| (*from, *on) == (state, signal));
                assert_eq!(state.after(signal), row.map(|row| row.2), "{state:?} {signal:?}");
            }
        }
    }

    #[test]
    fn every_state_can_still_end() {
        for start in STATES {
            let mut reached = vec![start];
            let mut at = 0;
            while let Some(state) = reached.get(at).copied() {
                for next in SIGNALS.iter().filter_map(|signal| state.after(*signal)) {
                    if !reached.contains(&next) {
                        reached.push(next);
                    }
                }
                at += 1;
            }
            assert!(reached.contains(&Gone), "{start:?} never ends");
        }
    }
}
