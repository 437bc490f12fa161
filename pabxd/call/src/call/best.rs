//! Which of the devices' refusals the caller is told (RFC 3261 §16.7 step 6, for a B2BUA).

use pabx_model::EndReason;

/// The best refusal so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct BestRefusal {
    told: Option<u16>,
    /// Some device said something itself.
    refused: bool,
}

impl BestRefusal {
    /// Takes in one device's final failure. 408 stands for no answer at all, 503 for a broken transport.
    pub(crate) fn note(&mut self, status: u16) {
        let told = as_told(status);
        if self.told.is_none_or(|best| rank(told) < rank(best)) {
            self.told = Some(told);
        }
        self.refused |= !matches!(status, 408 | 503);
    }

    /// What the caller is told; 480 when no device said anything.
    pub(crate) fn status(self) -> u16 {
        self.told.unwrap_or(480)
    }

    /// Why nobody answered: somebody refused, or nobody was there.
    pub(crate) fn reason(self) -> EndReason {
        if self.refused { EndReason::CalleeRejected } else { EndReason::Unreachable }
    }
}

/// Whether one such answer ends the ringing of all devices (RFC 3261 §16.7 step 5: 6xx).
pub(crate) fn ends_all(status: u16) -> bool {
    status >= 600
}

/// What a device's failure means to the caller. What concerns only our leg to the device (its challenge, its
/// redirection, its faults) is no business of the caller: the extension is just not available.
fn as_told(status: u16) -> u16 {
    match status {
        403 | 415 | 486 | 488 | 600 | 603 | 606 | 607 | 608 => status,
        604 => 404,
        _ => 480,
    }
}

/// Lower is better: a global refusal, then a person's busy, then what tells the caller to try otherwise.
fn rank(status: u16) -> u8 {
    match status {
        600.. => 0,
        486 => 1,
        415 | 488 => 2,
        403 => 3,
        404 => 4,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best_of(statuses: &[u16]) -> u16 {
        let mut best = BestRefusal::default();
        for status in statuses {
            best.note(*status);
        }
        best.status()
    }

    #[test]
    fn busy_beats_unavailable_and_a_decline_beats_busy() {
        assert_eq!(best_of(&[408, 486, 503]), 486);
        assert_eq!(best_of(&[486, 603, 480]), 603);
        assert_eq!(best_of(&[480, 488]), 488);
        assert_eq!(best_of(&[]), 480);
    }

    #[test]
    fn what_concerns_only_the_device_is_not_told() {
        for status in [401, 407, 301, 302, 404, 408, 481, 500, 503, 505] {
            assert_eq!(best_of(&[status]), 480, "{status}");
        }
    }
}
