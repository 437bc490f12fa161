//! A call that goes out is charged while it goes on, and ends with its budget.

use pabx_model::EndReason;

use super::{Call, Phase};
use crate::core::{CallTimer, Cx};
use crate::record::Outcome;
use crate::spending::STEP;

/// What the phone may show (Q.850 cause 21, call rejected).
const SPENT: &str = "Q.850;cause=21;text=\"Budget of the day used up\"";

impl Call {
    /// Asks in a moment whether the call may go on, where its account has a budget.
    pub(super) fn watch_budget(cx: &mut Cx<'_>) {
        let Some(charge) = cx.ledger.charge else { return };
        let bounded = cx.core.with_dialling(charge.account, |_, dialling| {
            dialling.guard.account_budget.is_bounded() || dialling.guard.extension_budget.is_bounded()
        });
        if bounded {
            cx.set(CallTimer::Budget, STEP);
        }
    }

    /// The moment has come.
    pub(super) fn budget_due(&mut self, cx: &mut Cx<'_>) {
        if !matches!(self.phase, Phase::Talking(_)) {
            return;
        }
        let Some(charge) = cx.ledger.charge else { return };
        let now = cx.now;
        let spent = cx.core.with_dialling(charge.account, |core, dialling| {
            core.spending.advance(now, dialling, &charge);
            core.spending.spent(now, dialling, &charge)
        });
        let Some(step) = spent else {
            Self::watch_budget(cx);
            return;
        };
        cx.core.stopped(charge.account, charge.extension, &step);
        cx.ledger.trace(step);
        self.finish_because(cx, Outcome::new(403, EndReason::BudgetSpent), Some(SPENT));
    }
}
