//! Which calls somebody is told of that nobody took.

use crate::notify::push::words::Missed;
use pabx_model::{AccountId, CallDirection, CallRecord, CallStatus, ExtensionId, TraceStep};

/// The call, if an extension has missed it: it rang, was busy or could not be reached. Not one that was declined, and none of the box's
/// own tests. `extension_of` finds the extension of a number.
pub(super) fn of(
    record: &CallRecord,
    extension_of: impl Fn(AccountId, &str) -> Option<ExtensionId>,
) -> Option<Missed> {
    use CallStatus::{Busy, Cancelled, NoAnswer, Unavailable};
    let missed = matches!(record.status, NoAnswer | Cancelled | Busy | Unavailable);
    if !missed || record.account_id.is_self_test() || record.trace.contains(&TraceStep::TestCall) {
        return None;
    }
    let extension_id = match record.direction {
        CallDirection::Inbound => record.extension_id,
        CallDirection::Internal => extension_of(record.account_id, &record.callee),
        CallDirection::Outbound => None,
    }?;
    Some(Missed {
        call_id: record.call_id,
        account_id: record.account_id,
        extension_id,
        caller: record.caller.clone(),
    })
}
