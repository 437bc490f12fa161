//! A call that goes out is charged while it goes on, and ends with its budget.

use pabx_model::EndReason;

use super::{Call, Phase};
use crate::core::{CallTimer, Cx};
use crate::record::Outcome;

/// What the phone may show (Q.850 cause 21, call rejected).
const SPENT: &str = "Q.850;cause=21;text=\"Budget of the day used up\"";

impl Call {
    /// Sets the time of the next charge, where there is a budget.
    pub(super) fn watch_budget(cx: &mut Cx<'_>) {
        let Some(charge) = cx.ledger.charge else { return };
        let now = cx.now;
        let step = cx
            .core
            .with_dialling(charge.account, |core, dialling| core.spending.step(now, dialling, &charge));
        if let Some(after) = step {
            cx.set(CallTimer::Budget, after);
        }
    }

    /// The next charge is due.
    pub(super) fn budget_due(&mut self, cx: &mut Cx<'_>) {
        if !matches!(self.phase, Phase::Talking(_)) {
            return;
        }
        cx.ledger.charge_now(cx.now, cx.core, false);
        let Some(charge) = cx.ledger.charge else { return };
        let now = cx.now;
        let spent = cx
            .core
            .with_dialling(charge.account, |core, dialling| core.spending.spent(now, dialling, &charge));
        let Some(step) = spent else {
            Self::watch_budget(cx);
            return;
        };
        cx.core.stopped(charge.account, charge.extension, &step);
        cx.ledger.trace(step);
        self.finish_because(cx, Outcome::new(403, EndReason::BudgetSpent), Some(SPENT));
    }
}
