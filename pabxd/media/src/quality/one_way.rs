//! Calls in which one side is not heard, recognised while they run.
//!
//! Looked at a few times a second. Per call, for two sides that should both be heard:
//!
//! | state | seen | then | told |
//! |---|---|---|---|
//! | well | both sides send, or neither does | well | – |
//! | well | one side is missing, the other is not | doubt | – |
//! | doubt | the same side is missing, for [`Limits`]' time | one-way | [`Change::OneWay`] |
//! | doubt | the same side is missing, not yet for so long | doubt | – |
//! | doubt | both send, or neither does | well | – |
//! | doubt | it is the other side, or for another cause | doubt, anew | – |
//! | one-way | the missing side is heard | well | [`Change::Restored`] |
//! | one-way | otherwise | one-way | – |
//! | any | the call is on hold, or has just changed | well | [`Change::Restored`] if it was one-way |
//!
//! A side is missing when it sends no packets, or when it sends digital silence, as a broken or muted microphone does;
//! who merely listens is not silent to the last bit, and silence counts only after much longer.

use std::time::{Duration, Instant};

/// A side of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The one that calls.
    Caller,
    /// The one that is called.
    Callee,
}

/// Why a side is not heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// No packets come from it.
    NoPackets,
    /// Its packets carry nothing to hear.
    Silence,
}

/// What was seen of one side since the last look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Packets of sound that came from it.
    pub packets: u32,
    /// Whether there was anything to hear; `None` where nobody decodes it.
    pub audible: Option<bool>,
}

/// How long a side must be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Without packets.
    pub no_packets: Duration,
    /// With digital silence.
    pub silence: Duration,
}

impl Default for Limits {
    /// 5 s and 30 s.
    fn default() -> Self {
        Self { no_packets: Duration::from_secs(5), silence: Duration::from_secs(30) }
    }
}

/// What is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A side is not heard.
    OneWay {
        /// Which.
        missing: Side,
        /// Why.
        cause: Cause,
    },
    /// It is heard again.
    Restored,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Well,
    Doubt {
        missing: Side,
        cause: Cause,
        since: Instant,
    },
    OneWay {
        missing: Side,
    },
}

/// Watches one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OneWayWatch {
    limits: Limits,
    state: State,
}

impl OneWayWatch {
    /// With other limits than the default ones.
    pub const fn new(limits: Limits) -> Self {
        Self { limits, state: State::Well }
    }

    /// The side that is not heard at present.
    pub const fn missing(&self) -> Option<Side> {
        match self.state {
            State::OneWay { missing } => Some(missing),
            _ => None,
        }
    }

    /// The call is on hold, or its media have just changed: nothing is expected of either side.
    pub fn pause(&mut self) -> Option<Change> {
        let was = std::mem::take(&mut self.state);
        matches!(was, State::OneWay { .. }).then_some(Change::Restored)
    }

    /// Looks at what came from both sides since the last look.
    pub fn look(&mut self, caller: Seen, callee: Seen, now: Instant) -> Option<Change> {
        let found = match (missing(caller), missing(callee)) {
            (Some(cause), None) => Some((Side::Caller, cause)),
            (None, Some(cause)) => Some((Side::Callee, cause)),
            _ => None,
        };
        match self.state {
            State::OneWay { missing: side } => {
                let seen = if side == Side::Caller { caller } else { callee };
                if missing(seen).is_some() {
                    return None;
                }
                self.state = State::Well;
                Some(Change::Restored)
            }
            State::Doubt { missing, cause, since } if found == Some((missing, cause)) => {
                let limit = match cause {
                    Cause::NoPackets => self.limits.no_packets,
                    Cause::Silence => self.limits.silence,
                };
                if now.saturating_duration_since(since) < limit {
                    return None;
                }
                self.state = State::OneWay { missing };
                Some(Change::OneWay { missing, cause })
            }
            State::Well | State::Doubt { .. } => {
                self.state =
                    found.map_or(State::Well, |(missing, cause)| State::Doubt { missing, cause, since: now });
                None
            }
        }
    }
}

fn missing(seen: Seen) -> Option<Cause> {
    if seen.packets == 0 {
        return Some(Cause::NoPackets);
    }
    (seen.audible == Some(false)).then_some(Cause::Silence)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEARD: Seen = Seen { packets: 50, audible: Some(true) };
    const NOTHING: Seen = Seen { packets: 0, audible: None };
    const SILENT: Seen = Seen { packets: 50, audible: Some(false) };

    #[expect(clippy::disallowed_methods, reason = "an epoch")]
    fn epoch() -> Instant {
        Instant::now()
    }

    /// Looks once a second; when what was told.
    fn told(looks: impl IntoIterator<Item = (Seen, Seen)>) -> Vec<(usize, Change)> {
        let start = epoch();
        let mut watch = OneWayWatch::default();
        let mut now = start;
        let mut changes = Vec::new();
        for (second, (caller, callee)) in looks.into_iter().enumerate() {
            changes.extend(watch.look(caller, callee, now).map(|change| (second, change)));
            now += Duration::from_secs(1);
        }
        changes
    }

    fn times(count: usize, caller: Seen, callee: Seen) -> impl Iterator<Item = (Seen, Seen)> {
        std::iter::repeat_n((caller, callee), count)
    }

    #[test]
    fn a_side_without_packets_is_told_after_five_seconds_and_once() {
        let looks = times(3, HEARD, HEARD).chain(times(20, HEARD, NOTHING)).chain(times(3, HEARD, HEARD));
        let one_way = Change::OneWay { missing: Side::Callee, cause: Cause::NoPackets };
        assert_eq!(told(looks), [(8, one_way), (23, Change::Restored)]);
        let one_way = Change::OneWay { missing: Side::Caller, cause: Cause::NoPackets };
        assert_eq!(told(times(10, NOTHING, HEARD)), [(5, one_way)]);
    }

    #[test]
    fn digital_silence_takes_thirty_seconds() {
        let one_way = Change::OneWay { missing: Side::Caller, cause: Cause::Silence };
        assert_eq!(told(times(40, SILENT, HEARD)), [(30, one_way)]);
        assert_eq!(told(times(40, SILENT, SILENT)), [], "nobody talks");
    }

    #[test]
    fn a_call_without_any_packets_is_not_one_way() {
        assert_eq!(told(times(60, NOTHING, NOTHING)), []);
        let unheard = Seen { audible: None, ..HEARD };
        assert_eq!(told(times(60, unheard, unheard)), [], "nobody decodes");
    }

    #[test]
    fn doubt_begins_anew_when_the_side_or_the_cause_changes() {
        let looks = times(4, HEARD, NOTHING)
            .chain(times(4, NOTHING, HEARD))
            .chain(times(4, HEARD, NOTHING))
            .chain(times(25, HEARD, SILENT))
            .chain(times(1, HEARD, HEARD));
        assert_eq!(told(looks), []);
    }

    #[test]
    fn hold_ends_it() {
        let start = epoch();
        let mut watch = OneWayWatch::new(Limits { no_packets: Duration::ZERO, ..Limits::default() });
        assert_eq!(watch.look(HEARD, NOTHING, start), None);
        assert!(watch.look(HEARD, NOTHING, start).is_some());
        assert_eq!(watch.missing(), Some(Side::Callee));
        assert_eq!((watch.pause(), watch.pause(), watch.missing()), (Some(Change::Restored), None, None));
    }
}
