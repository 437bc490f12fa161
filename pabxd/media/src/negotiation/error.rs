//! Why a description is not acceptable, and what that answers on the wire.

/// Why an offer or answer cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NegotiationError {
    /// The description cannot be read. 400.
    #[error("unreadable session description: {0}")]
    Malformed(#[from] crate::sdp::SdpError),
    /// No audio stream, or none that is switched on. 488, Warning 304.
    #[error("no audio stream")]
    NoAudio,
    /// No audio format in common. 488, Warning 305.
    #[error("no audio format in common")]
    NoCommonCodec,
    /// The audio stream wants a transport that is not there, or not wanted: SRTP, DTLS, TCP. 488, Warning 302.
    #[error("transport protocol {0:?} is not supported")]
    Transport(Box<str>),
    /// The stream works only with RTCP on the RTP port. 488, Warning 302.
    #[error("RTP and RTCP on one port are not supported")]
    MuxOnly,
    /// The sound would be in clear, and must not be. 488, Warning 399.
    #[error("the sound would not be encrypted")]
    NotEncrypted,
    /// SRTP with no `a=crypto` line that can be used, or an answer to none of ours. 488, Warning 399.
    #[error("no usable a=crypto line")]
    NoUsableKey,
    /// Encrypted sound over SIP in clear, which would tell everybody the keys. 488, Warning 399.
    #[error("encrypted sound over SIP in clear")]
    KeysInClear,
    /// The address family differs from this leg's. 488, Warning 300.
    #[error("address family differs from the local one")]
    AddressFamily,
    /// A multicast or broadcast address. 488, Warning 330.
    #[error("multicast is not supported")]
    Multicast,
    /// An offer came while ours is unanswered (RFC 3261 §14.2). 491.
    #[error("our own offer is under way")]
    Glare,
    /// An offer came while the peer's earlier one is unanswered (RFC 3261 §14.2). 500 with Retry-After.
    #[error("an earlier offer is unanswered")]
    OfferPending,
    /// An answer without an offer. Not an answer on the wire: a caller's mistake, or a stray body.
    #[error("no offer to answer")]
    NoOffer,
}

impl NegotiationError {
    /// The status that refuses the request which carried the description.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::NoOffer => 400,
            Self::Glare => 491,
            Self::OfferPending => 500,
            _ => 488,
        }
    }

    /// Warning code and text (RFC 3261 §20.43) that goes with a 488.
    pub fn warning(&self) -> Option<(u16, &'static str)> {
        match self {
            Self::NoAudio => Some((304, "Media type not available")),
            Self::NoCommonCodec => Some((305, "Incompatible media format")),
            Self::Transport(_) | Self::MuxOnly => Some((302, "Incompatible transport protocol")),
            Self::NotEncrypted => Some((399, "Encrypted sound (SRTP) is required here")),
            Self::NoUsableKey => Some((399, "No crypto line that can be used")),
            Self::KeysInClear => Some((399, "SRTP needs SIP with TLS")),
            Self::AddressFamily => Some((300, "Incompatible network protocol")),
            Self::Multicast => Some((330, "Multicast not available")),
            Self::Malformed(_) | Self::Glare | Self::OfferPending | Self::NoOffer => None,
        }
    }
}
