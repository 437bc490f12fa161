//! What is written of an attempt: how a final status and a reason become a record.

use pabx_media::relay::LegStats;
use pabx_media::srtp::Suite;
use pabx_model::{
    CallDirection, CallId, CallRecord, CallStatus, ClockState, EndReason, LegQuality, QualityMetrics,
    SipStatus, SrtpSuite, Timestamp,
};

use crate::who::Who;

/// How an attempt came out: what the caller was told, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The final status sent to the caller; ignored once the call was answered.
    pub(crate) sip: u16,
    /// Why it ended.
    pub(crate) reason: EndReason,
}

impl Outcome {
    pub(crate) const fn new(sip: u16, reason: EndReason) -> Self {
        Self { sip, reason }
    }

    /// Ends the record. An answered call stays answered whatever ends it.
    pub(crate) fn complete(self, record: &mut CallRecord, at: Timestamp) {
        record.end(at, self.reason);
        if record.answer_time.is_none() {
            record.sip_status = SipStatus(self.sip);
            record.status = self.status();
        }
    }

    /// The word for an attempt that nobody answered.
    fn status(self) -> CallStatus {
        match self.reason {
            EndReason::CallerCancelled => CallStatus::Cancelled,
            EndReason::RingTimeout => CallStatus::NoAnswer,
            EndReason::UnknownNumber => CallStatus::Unknown,
            EndReason::NotRegistered | EndReason::Unreachable | EndReason::NoTrunk => CallStatus::Unavailable,
            EndReason::Suspended | EndReason::NotPermitted | EndReason::BudgetSpent => CallStatus::Forbidden,
            EndReason::CallLimit | EndReason::NoMediaPort => CallStatus::Limit,
            EndReason::MediaNegotiation => CallStatus::Unacceptable,
            EndReason::CalleeRejected => by_status(self.sip),
            _ => CallStatus::Failed,
        }
    }
}

fn by_status(sip: u16) -> CallStatus {
    match sip {
        486 | 600 => CallStatus::Busy,
        603 | 607 | 608 | 403 => CallStatus::Declined,
        404 | 604 => CallStatus::Unknown,
        408 | 480 => CallStatus::Unavailable,
        415 | 488 | 606 => CallStatus::Unacceptable,
        _ => CallStatus::Failed,
    }
}

/// A record of an attempt that has just begun.
pub(crate) fn begin(
    call_id: CallId,
    caller: Who,
    (from, to): (&str, &str),
    at: Timestamp,
    clock: ClockState,
) -> CallRecord {
    CallRecord {
        call_id,
        account_id: caller.account_id(),
        extension_id: caller.extension_id(),
        trunk_id: caller.trunk_id(),
        direction: if caller.trunk_id().is_some() { CallDirection::Inbound } else { CallDirection::Internal },
        caller: CallRecord::party(from),
        callee: CallRecord::party(to),
        start_time: at,
        answer_time: None,
        end_time: None,
        duration: 0,
        status: CallStatus::Failed,
        sip_status: SipStatus(100),
        reason: None,
        quality: None,
        clock,
        class: None,
        cost: None,
        price: None,
        trace: Vec::new(),
    }
}

/// Notes the answer.
pub(crate) fn answer(record: &mut CallRecord, at: Timestamp) {
    record.answer_time = Some(at);
    record.status = CallStatus::Answered;
    record.sip_status = SipStatus(200);
}

/// The quality of both sides; `None` when no side has counters.
pub(crate) fn quality(caller: Option<&LegStats>, callee: Option<&LegStats>) -> Option<Box<QualityMetrics>> {
    if caller.is_none() && callee.is_none() {
        return None;
    }
    let side = |stats: Option<&LegStats>| stats.map(leg_quality).unwrap_or_default();
    Some(Box::new(QualityMetrics { caller: side(caller), callee: side(callee) }))
}

fn leg_quality(stats: &LegStats) -> LegQuality {
    let rated = pabx_media::quality::leg::rate(stats);
    LegQuality {
        received: stats.incoming.packets,
        sent: stats.outgoing.packets,
        lost: stats.incoming.lost,
        dropped: stats.dropped_total(),
        jitter_us: stats.incoming.jitter_us,
        round_trip_us: stats.round_trip_us,
        loss_runs: stats.incoming.loss_runs,
        r_tenths: rated.map(|(r, _)| r.tenths()),
        mos_hundredths: rated.map(|(_, mos)| mos.hundredths()),
        encryption: stats.encrypted.map(suite),
    }
}

fn suite(suite: Suite) -> SrtpSuite {
    match suite {
        Suite::AesCm128HmacSha1_80 => SrtpSuite::AesCm128HmacSha1_80,
        Suite::AesCm128HmacSha1_32 => SrtpSuite::AesCm128HmacSha1_32,
        Suite::AeadAes128Gcm => SrtpSuite::AeadAes128Gcm,
        Suite::AeadAes256Gcm => SrtpSuite::AeadAes256Gcm,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> CallRecord {
        let caller = crate::core::Aor {
            account_id: pabx_model::AccountId::new(1, [1; 10]),
            extension_id: pabx_model::ExtensionId::new(1, [2; 10]),
        };
        begin(
            CallId::new(1, [3; 10]),
            caller.into(),
            ("1001", &"9".repeat(100)),
            Timestamp(1000),
            ClockState::Trusted,
        )
    }

    #[test]
    fn an_answered_call_stays_answered_whatever_ends_it() {
        let mut record = record();
        answer(&mut record, Timestamp(3000));
        Outcome::new(500, EndReason::MediaTimeout).complete(&mut record, Timestamp(10_000));
        assert_eq!(
            (record.status, record.sip_status, record.duration),
            (CallStatus::Answered, SipStatus(200), 7000)
        );
        assert_eq!(record.reason, Some(EndReason::MediaTimeout));
    }

    #[test]
    fn the_status_of_an_unanswered_attempt_follows_from_why_it_ended() {
        for (sip, reason, status) in [
            (487, EndReason::CallerCancelled, CallStatus::Cancelled),
            (480, EndReason::RingTimeout, CallStatus::NoAnswer),
            (404, EndReason::UnknownNumber, CallStatus::Unknown),
            (480, EndReason::NotRegistered, CallStatus::Unavailable),
            (486, EndReason::CalleeRejected, CallStatus::Busy),
            (603, EndReason::CalleeRejected, CallStatus::Declined),
            (488, EndReason::CalleeRejected, CallStatus::Unacceptable),
            (503, EndReason::NoMediaPort, CallStatus::Limit),
        ] {
            let mut record = record();
            Outcome::new(sip, reason).complete(&mut record, Timestamp(2000));
            assert_eq!((record.status, record.sip_status, record.duration), (status, SipStatus(sip), 0));
        }
    }

    #[test]
    fn parties_are_cut_and_carry_no_line_ends() {
        assert_eq!(record().callee.len(), CallRecord::MAX_PARTY_CHARS);
        assert_eq!(CallRecord::party("1002\r\nX"), "1002X");
    }
}
