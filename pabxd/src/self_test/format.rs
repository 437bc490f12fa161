//! The two ways in which a telephone of ours writes sound: G.711.

use crate::sound;

/// A payload format (RFC 3551 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// µ-law.
    Pcmu,
    /// A-law.
    Pcma,
}

impl Format {
    /// The format of a static payload type.
    pub(super) const fn of(payload_type: u8) -> Option<Self> {
        match payload_type {
            0 => Some(Self::Pcmu),
            8 => Some(Self::Pcma),
            _ => None,
        }
    }

    pub(super) const fn payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
        }
    }

    pub(super) fn encode(self, sample: i16) -> u8 {
        match self {
            Self::Pcmu => sound::to_mu_law(sample),
            Self::Pcma => sound::to_a_law(sample),
        }
    }

    pub(super) fn decode(self, octet: u8) -> i16 {
        match self {
            Self::Pcmu => sound::from_mu_law(octet),
            Self::Pcma => sound::from_a_law(octet),
        }
    }
}
