//! What the engine reports that somebody should hear of at once: an emergency, and a bound that stopped calls.

use pabx_call::Report;
use pabx_model::{CallRecord, TraceStep, Whose};
use pabx_store::{NewAlert, Severity};

/// The alert of a report, where it is one.
pub(super) fn of(report: &Report) -> Option<NewAlert> {
    match report {
        Report::Emergency { record, caller } => Some(emergency(record, caller)),
        Report::Stopped { account_id, extension_id, step } => {
            let of_account = matches!(step, TraceStep::BudgetSpent { whose: Whose::Account, .. });
            let extension = extension_id.filter(|_| !of_account).map(|id| id.to_string());
            Some(NewAlert {
                account_id: Some(*account_id),
                kind: "calls_stopped",
                severity: Severity::Critical,
                subject: extension.unwrap_or_else(|| account_id.to_string()),
                detail: format!(
                    "Calls out were stopped: {step} If nobody knows why, a password may be stolen"
                ),
            })
        }
        _ => None,
    }
}

fn emergency(record: &CallRecord, caller: &str) -> NewAlert {
    let who =
        if caller.is_empty() { "A call from outside".to_owned() } else { format!("Extension {caller}") };
    NewAlert {
        account_id: Some(record.account_id),
        kind: "emergency_call",
        severity: Severity::Critical,
        // Each call for help is one of its own.
        subject: record.call_id.to_string(),
        detail: format!("{who} calls the emergency number {}", record.callee),
    }
}
