//! What is kept of every call attempt (`call_stats`).

use serde::{Deserialize, Serialize};

use crate::text::word_enum;
use crate::{AccountId, CallId, Class, ExtensionId, Timestamp, TraceStep, TrunkId};

word_enum!(
    /// Where a call came from and went to.
    CallDirection {
        /// Between extensions of one account, or to a feature of the box.
        Internal = "internal",
        /// From a trunk.
        Inbound = "inbound",
        /// To a trunk.
        Outbound = "outbound",
    }
);

word_enum!(
    /// How an attempt came out.
    CallStatus {
        /// Somebody spoke.
        Answered = "answered",
        /// It rang until the time was over.
        NoAnswer = "no_answer",
        /// Every device was busy (486, 600).
        Busy = "busy",
        /// Somebody refused it (603 and the like).
        Declined = "declined",
        /// The caller gave up before it was answered (487).
        Cancelled = "cancelled",
        /// Nobody has that number (404).
        Unknown = "unknown",
        /// The number exists, no device is reachable (480).
        Unavailable = "unavailable",
        /// The two sides have no codec in common, or an offer was not understood (488, 415).
        Unacceptable = "unacceptable",
        /// A limit of the account or the box (503, 486).
        Limit = "limit",
        /// The caller may not call this.
        Forbidden = "forbidden",
        /// Anything else that went wrong.
        Failed = "failed",
        /// The box stopped while the call went on; closed at the next start.
        Interrupted = "interrupted",
    }
);

word_enum!(
    /// Who or what ended it.
    EndReason {
        /// The caller sent BYE.
        CallerHungUp = "caller_hung_up",
        /// The callee sent BYE.
        CalleeHungUp = "callee_hung_up",
        /// The caller sent CANCEL.
        CallerCancelled = "caller_cancelled",
        /// A device of the callee answered with a failure.
        CalleeRejected = "callee_rejected",
        /// The ring time was over.
        RingTimeout = "ring_timeout",
        /// No such number.
        UnknownNumber = "unknown_number",
        /// The callee has no registered device.
        NotRegistered = "not_registered",
        /// Account or extension is suspended.
        Suspended = "suspended",
        /// No rule of the account allows such a call.
        NotPermitted = "not_permitted",
        /// What may be used up in a day is used up.
        BudgetSpent = "budget_spent",
        /// Its trunk was needed for an emergency call.
        Preempted = "preempted",
        /// No trunk could carry the call.
        NoTrunk = "no_trunk",
        /// The account's or the box's limit of calls.
        CallLimit = "call_limit",
        /// No RTP port was left.
        NoMediaPort = "no_media_port",
        /// Offer and answer did not meet.
        MediaNegotiation = "media_negotiation",
        /// A leg sent no media for too long.
        MediaTimeout = "media_timeout",
        /// The longest allowed call.
        MaxDuration = "max_duration",
        /// Session timer (RFC 4028) ran out.
        SessionExpired = "session_expired",
        /// The ACK to a 2xx never came.
        AckMissing = "ack_missing",
        /// A PRACK never came.
        PrackMissing = "prack_missing",
        /// No answer at all from the other side (408), or its transport broke.
        Unreachable = "unreachable",
        /// A feature of the box ended it (echo test over).
        FeatureEnded = "feature_ended",
        /// An administrator hung up.
        AdminHungUp = "admin_hung_up",
        /// The daemon was stopped in order.
        Shutdown = "shutdown",
        /// The box lost power or the daemon died.
        Interrupted = "interrupted",
        /// A side broke the protocol.
        ProtocolError = "protocol_error",
        /// A bug of ours; the call was dropped, the box went on.
        InternalError = "internal_error",
    }
);

word_enum!(
    /// Whether the wall clock could be believed.
    ClockState {
        /// Set by the network, by a battery or by a person, as far as can be known.
        Trusted = "trusted",
        /// A box without a battery whose clock nobody has set since it was switched on: times may be far off.
        Untrusted = "untrusted",
    }
);

/// The final SIP status of an attempt, 100 to 699.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SipStatus(pub u16);

/// What one leg heard and sent. Times in microseconds, so that equality is exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegQuality {
    /// RTP packets that came from this leg.
    pub received: u64,
    /// RTP packets relayed to this leg.
    pub sent: u64,
    /// Packets missing in the sequence that came from this leg (RFC 3550 §A.3).
    pub lost: u64,
    /// Packets that came from this leg and were not relayed.
    pub dropped: u64,
    /// Interarrival jitter (RFC 3550 §6.4.1).
    pub jitter_us: u32,
    /// Round trip from the leg's receiver reports; `None` when it sent none.
    pub round_trip_us: Option<u32>,
    /// How often packets were missing, whether one or several in a row.
    #[serde(default)]
    pub loss_runs: u64,
    /// R of the E-model (ITU-T G.107) in tenths, 0 to 932, of what came from this leg; `None` where next to nothing came.
    #[serde(default)]
    pub r_tenths: Option<u16>,
    /// The mean opinion score of that R in hundredths, 100 to 450 (G.107 Annex B).
    #[serde(default)]
    pub mos_hundredths: Option<u16>,
    /// What the leg was encrypted with when it ended; `None`: it was in clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption: Option<SrtpSuite>,
}

/// The suites of SRTP, by their names in SDP (RFC 4568 §6.2, RFC 7714 §14.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SrtpSuite {
    /// AES-128 in counter mode, tags of 80 bits.
    #[serde(rename = "AES_CM_128_HMAC_SHA1_80")]
    AesCm128HmacSha1_80,
    /// The same, tags of 32 bits.
    #[serde(rename = "AES_CM_128_HMAC_SHA1_32")]
    AesCm128HmacSha1_32,
    /// AES-128 in Galois/counter mode.
    #[serde(rename = "AEAD_AES_128_GCM")]
    AeadAes128Gcm,
    /// AES-256 in Galois/counter mode.
    #[serde(rename = "AEAD_AES_256_GCM")]
    AeadAes256Gcm,
}

/// Quality of both ways (`quality_metrics`, kept as JSON).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualityMetrics {
    /// The side that called.
    pub caller: LegQuality,
    /// The side that was called.
    pub callee: LegQuality,
}

/// One call attempt. Begun at answer, ended at hang-up; attempts that nobody answered are written once, at their end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecord {
    /// Key.
    pub call_id: CallId,
    /// Whose call it is.
    pub account_id: AccountId,
    /// The extension that called, or was called on an inbound call.
    pub extension_id: Option<ExtensionId>,
    /// The trunk, for inbound and outbound calls.
    pub trunk_id: Option<TrunkId>,
    /// From where to where.
    pub direction: CallDirection,
    /// Who called; at most [`CallRecord::MAX_PARTY_CHARS`] characters are kept, see [`CallRecord::party`].
    pub caller: String,
    /// What was dialled; at most [`CallRecord::MAX_PARTY_CHARS`] characters are kept.
    pub callee: String,
    /// When the INVITE came.
    pub start_time: Timestamp,
    /// When it was answered.
    pub answer_time: Option<Timestamp>,
    /// When it was over; `None` while it goes on.
    pub end_time: Option<Timestamp>,
    /// Milliseconds from answer to end; 0 when never answered or not over.
    pub duration: u64,
    /// How it came out.
    pub status: CallStatus,
    /// The final status the caller was given.
    pub sip_status: SipStatus,
    /// Why it ended; `None` while it goes on.
    pub reason: Option<EndReason>,
    /// What the media was like, when there was any.
    pub quality: Option<Box<QualityMetrics>>,
    /// What the clock was worth when the call began: where it was not to be believed, `start_time` and `answer_time`
    /// say nothing. `duration` is right all the same.
    pub clock: ClockState,
    /// What kind of number was called, of calls that go out.
    pub class: Option<Class>,
    /// What it cost, in millionths of the account's currency; `None`: the trunk has no price for it.
    pub cost: Option<u64>,
    /// What a minute costs, in the same, from the answer on: the store knows by it what a call that was cut off has cost.
    pub price: Option<u32>,
    /// Why it went where it went, of calls that came in or went out by a trunk; at most [`CallRecord::MAX_TRACE`] steps.
    pub trace: Vec<TraceStep>,
}

impl CallRecord {
    /// Most steps of a trace.
    pub const MAX_TRACE: usize = 40;
    /// Longest caller or callee kept; longer text is cut by the store.
    pub const MAX_PARTY_CHARS: usize = 64;

    /// What is kept of a caller's or callee's text: no control characters and no invisible direction marks, which
    /// only serve to deceive whoever reads the record, and at most [`CallRecord::MAX_PARTY_CHARS`] characters.
    pub fn party(text: &str) -> String {
        let visible = text.chars().filter(|c| !c.is_control() && !crate::log_text::is_deceptive(*c));
        visible.take(Self::MAX_PARTY_CHARS).collect()
    }

    /// Sets the end and the duration that follows from it.
    pub fn end(&mut self, at: Timestamp, reason: EndReason) {
        self.end_time = Some(at);
        self.reason = Some(reason);
        self.duration = self.answer_time.map_or(0, |answered| at.millis_since(answered));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_is_visible_text_of_limited_length() {
        assert_eq!(CallRecord::party("1002\r\nX: y\0\u{202e}"), "1002X: y");
        assert_eq!(CallRecord::party(&"é".repeat(100)), "é".repeat(CallRecord::MAX_PARTY_CHARS));
        assert_eq!(CallRecord::party("José <+5511>"), "José <+5511>");
    }
}
