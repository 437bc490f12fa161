//! What one leg and the next tell each other about a call's sound.

use std::net::SocketAddr;

use crate::codec::Codec;

/// Which way sound flows, as the describer sees it (RFC 8866 §6.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Both ways; also what an absent attribute means.
    #[default]
    SendRecv,
    /// The describer sends only.
    SendOnly,
    /// The describer receives only.
    RecvOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    /// From its two halves.
    pub fn new(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// Whether the describer sends.
    pub fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the describer receives.
    pub fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// The same stream seen from its other end.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self::new(self.receives(), self.sends())
    }

    /// What both allow, both seen from the same end.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::new(self.sends() && other.sends(), self.receives() && other.receives())
    }

    /// The attribute name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    /// From the attribute name, exactly as written in RFC 8866.
    pub fn from_attribute(name: &str) -> Option<Self> {
        [Self::SendRecv, Self::SendOnly, Self::RecvOnly, Self::Inactive]
            .into_iter()
            .find(|direction| direction.as_str() == name)
    }
}

/// One audio stream as one side described it: what the other leg is offered or answered with.
///
/// Payload type numbers in it are the *canonical* ones of the call: those of whoever offered first.
/// A leg that has to use others on its wire translates at its own edge (see [`super::LegPlan`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AudioStream {
    /// Supported formats in order of preference; telephone-event among them. At most 64.
    pub codecs: Vec<Codec>,
    /// As the describer wrote it: `SendOnly` means that the describer sends.
    pub direction: Direction,
    /// Packet time asked for, in milliseconds.
    pub ptime: Option<u16>,
    /// Longest packet time acceptable, in milliseconds.
    pub maxptime: Option<u16>,
    /// Where the describer wants RTP; `None` for port 0, for 0.0.0.0 (hold) and for host names.
    pub remote: Option<SocketAddr>,
    /// Where the describer wants RTCP (RFC 3605, else the next port).
    pub rtcp: Option<SocketAddr>,
    /// Whether this puts the other side on hold: `sendonly`, `inactive`, 0.0.0.0 or port 0.
    pub held: bool,
}

impl AudioStream {
    /// What this PBX offers when it has to offer first.
    pub fn preferred() -> Self {
        Self { codecs: Codec::preferred(), ..Self::default() }
    }

    /// Whether sound (not only events) can flow.
    pub fn has_audio(&self) -> bool {
        self.codecs.iter().any(|codec| codec.is_supported() && !codec.is_event())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_reverse_and_meet() {
        assert_eq!(Direction::SendOnly.reversed(), Direction::RecvOnly);
        assert_eq!(Direction::Inactive.reversed(), Direction::Inactive);
        assert_eq!(Direction::SendOnly.and(Direction::SendRecv), Direction::SendOnly);
        assert_eq!(Direction::SendOnly.and(Direction::RecvOnly), Direction::Inactive);
        assert_eq!(Direction::from_attribute("recvonly"), Some(Direction::RecvOnly));
        assert_eq!(Direction::from_attribute("rtpmap"), None);
    }
}
