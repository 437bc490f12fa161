//! What the calls ask of the media threads, and what they hear back. Plain data, no behaviour.

use crate::negotiation::LegPlan;
use crate::relay::LegStats;

/// Names one leg's media for its whole life; unique in a run of the daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LegId(pub u64);

/// One order to the media threads. Orders about legs that are not (or no longer) open are ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaCommand {
    /// Starts a leg on sockets that the port source has bound.
    Open {
        /// The leg.
        leg: LegId,
        /// Even RTP port; RTCP is on the next one.
        port: u16,
        /// Legs of one call share a group and stay on one thread.
        group: u64,
    },
    /// The outcome of an offer and answer.
    Plan {
        /// The leg.
        leg: LegId,
        /// What was agreed.
        plan: LegPlan,
    },
    /// Each leg hears the other. Replaces what either was joined to before.
    Bridge {
        /// One leg.
        a: LegId,
        /// The other.
        b: LegId,
    },
    /// The leg hears itself (`*43`).
    Echo {
        /// The leg.
        leg: LegId,
    },
    /// The leg hears nothing and nobody hears it; its counters and lock stay.
    Unbridge {
        /// The leg.
        leg: LegId,
    },
    /// Ends the leg and gives its ports back; answered by [`MediaEvent::Closed`].
    Close {
        /// The leg.
        leg: LegId,
    },
}

/// What a media thread has to say.
#[expect(clippy::large_enum_variant, reason = "the large one comes once in a leg's life")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaEvent {
    /// Nothing acceptable came for the limit; repeated no sooner than after the limit again.
    Silent {
        /// The leg.
        leg: LegId,
        /// Whole seconds since the last accepted packet, or since the plan.
        seconds: u32,
    },
    /// The leg is gone; its last counters.
    Closed {
        /// The leg.
        leg: LegId,
        /// Everything counted.
        stats: LegStats,
    },
    /// A digit was pressed (RFC 4733), told once.
    Dtmf {
        /// The leg it came from.
        leg: LegId,
        /// `0`–`9`, `*`, `#`, `A`–`D`.
        digit: char,
        /// Length in milliseconds.
        ms: u16,
    },
    /// The leg's sockets broke; the call should end.
    Failed {
        /// The leg.
        leg: LegId,
    },
}
