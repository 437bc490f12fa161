//! What a registration may ask for, and how it is refused.

use crate::message::StatusCode;

/// Contact values of one REGISTER; more are answered 400.
pub const MAX_CONTACTS: usize = 10;
/// Octets of a contact's URI; longer ones are answered 400.
pub const MAX_CONTACT: usize = 512;
/// Octets of `+sip.instance`; longer ones are answered 400.
pub const MAX_INSTANCE: usize = 128;
/// Octets of a Call-ID; longer ones are answered 400.
pub const MAX_CALL_ID: usize = 256;
/// Octets of User-Agent that are kept.
pub const MAX_USER_AGENT: usize = 64;

/// What one address-of-record may have. Times in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegistrarLimits {
    /// Shorter wishes are answered 423 with Min-Expires.
    pub min: u32,
    /// Longer wishes get this.
    pub max: u32,
    /// For those who say nothing.
    pub default: u32,
    /// The longest for a phone whose contact is not the address it sends from: keeps the NAT's binding warm.
    pub behind_nat: u32,
    /// Devices at the same time; one more is answered 403.
    pub max_bindings: usize,
}

impl Default for RegistrarLimits {
    fn default() -> Self {
        Self { min: 60, max: 3_600, default: 300, behind_nat: 120, max_bindings: 5 }
    }
}

/// Why nothing of a REGISTER was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// A header it needs is missing, malformed or too large.
    #[error("malformed registration: {0}")]
    Malformed(&'static str),
    /// RFC 3261 §10.3 step 7: a wish shorter than the minimum.
    #[error("registration shorter than {min} s")]
    TooBrief {
        /// For Min-Expires, in seconds.
        min: u32,
    },
    /// RFC 3261 §10.3 step 7: the same Call-ID with a CSeq that is not higher.
    #[error("registration out of order")]
    OutOfOrder,
    /// As many devices as allowed, and this is another one.
    #[error("too many devices")]
    Full,
    /// RFC 5626 §6: asks for a flow to be kept, but came through a hop that cannot keep one.
    #[error("first hop lacks outbound support")]
    NoOutbound,
}

impl RegisterError {
    /// The status to answer with.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::TooBrief { .. } => StatusCode::INTERVAL_TOO_BRIEF,
            Self::OutOfOrder => StatusCode::SERVER_INTERNAL_ERROR,
            Self::Full => StatusCode::FORBIDDEN,
            Self::NoOutbound => StatusCode::FIRST_HOP_LACKS_OUTBOUND_SUPPORT,
        }
    }

    /// The value of Min-Expires, for a 423.
    pub fn min_expires(self) -> Option<u32> {
        match self {
            Self::TooBrief { min } => Some(min),
            _ => None,
        }
    }
}
