//! Where a call would go, and why: the same decisions as for a call, without one.

use pabx_model::{AccountId, DialString, EndReason, ExtensionId, TraceStep, TrunkId};

use super::arrival::Arrival;
use super::inbound::{self, End};
use super::outbound::Dialler;
use super::outbound::choice::Attempt;
use crate::api::Now;
use crate::core::Aor;
use crate::engine::Engine;
use crate::features;

/// What is asked.
#[derive(Clone, Debug)]
pub enum Question {
    /// Somebody of the account dials this: an extension, or one that may call everywhere.
    Dials(Option<ExtensionId>, DialString),
    /// A provider brings this call.
    Arrives(TrunkId, Arrival),
}

/// Where it would go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// To an extension, with so many devices that can be called.
    Extension {
        /// Its number.
        number: String,
        /// Devices.
        devices: usize,
    },
    /// To the box itself.
    Feature,
    /// Out, by the first of these trunks that takes it.
    Trunks(Vec<Attempt>),
    /// Nowhere: the SIP status and the reason.
    Refused(u16, EndReason),
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Step by step.
    pub trace: Vec<TraceStep>,
    /// Where it would go.
    pub place: Place,
}

impl Engine {
    /// Says where a call of this account would go at a moment.
    pub fn explain(&self, now: Now, account: AccountId, question: &Question) -> Explanation {
        match question {
            Question::Dials(from, dialled) => self.explain_dialled(now, (account, *from), dialled),
            Question::Arrives(trunk, arrival) => self.explain_arrival(now, account, *trunk, arrival),
        }
    }

    fn explain_dialled(
        &self,
        now: Now,
        (account, from): (AccountId, Option<ExtensionId>),
        dialled: &DialString,
    ) -> Explanation {
        if features::by_code(dialled.as_str()).is_some() {
            let trace = vec![TraceStep::Feature { code: dialled.as_str().to_owned() }];
            return Explanation { trace, place: Place::Feature };
        }
        // A simulation takes no PIN: it would be a way to try them out.
        let (dialled, withheld) = super::withheld(dialled.clone());
        if let Some(extension) = super::inside(&self.core.directory, account, &dialled) {
            let number = extension.number.to_string();
            let place = self.extension_place(now, extension.extension_id);
            return Explanation { trace: vec![TraceStep::Extension { number }], place };
        }
        let trace = if withheld { vec![TraceStep::CallerWithheld] } else { Vec::new() };
        let caller = from.and_then(|id| self.core.directory.extension_by_id(id));
        let dialler = match caller {
            Some(extension) => Dialler::extension(extension, withheld),
            None => Dialler::anybody(withheld),
        };
        self.explain_outward(now, (account, from), &dialler, &dialled, trace)
    }

    fn explain_outward(
        &self,
        now: Now,
        (account_id, from): (AccountId, Option<ExtensionId>),
        dialler: &Dialler,
        dialled: &DialString,
        mut trace: Vec<TraceStep>,
    ) -> Explanation {
        let decision = self.core.decide_outward(now, account_id, dialler, dialled);
        trace.extend(decision.trace);
        let outward = match decision.outcome {
            Ok(outward) => outward,
            Err((sip, reason)) => return Explanation { trace, place: Place::Refused(sip, reason) },
        };
        let place = match self.core.out_of_bounds(now, (account_id, from), &outward) {
            Some(step) => {
                trace.push(step);
                Place::Refused(403, EndReason::NotPermitted)
            }
            None => Place::Trunks(outward.attempts),
        };
        Explanation { trace, place }
    }

    fn explain_arrival(
        &self,
        now: Now,
        account: AccountId,
        trunk: TrunkId,
        arrival: &Arrival,
    ) -> Explanation {
        let trunk = self.core.directory.trunk(trunk).filter(|trunk| trunk.account_id == account);
        let Some(trunk) = trunk else {
            return Explanation { trace: Vec::new(), place: Place::Refused(404, EndReason::UnknownNumber) };
        };
        let decision = inbound::decide(&self.core.directory, trunk, arrival, self.core.moment(now));
        let place = match decision.outcome {
            Ok(End::Extension(extension)) => self.extension_place(now, extension),
            Ok(End::Number(number)) => match super::inside(&self.core.directory, account, &number) {
                Some(extension) => self.extension_place(now, extension.extension_id),
                None => {
                    return self.explain_outward(
                        now,
                        (account, None),
                        &Dialler::account(),
                        &number,
                        decision.trace,
                    );
                }
            },
            Err((sip, reason)) => Place::Refused(sip, reason),
        };
        Explanation { trace: decision.trace, place }
    }

    fn extension_place(&self, now: Now, id: ExtensionId) -> Place {
        let Some(extension) = self.core.directory.extension_by_id(id) else {
            return Place::Refused(404, EndReason::UnknownNumber);
        };
        let aor = Aor { account_id: extension.account_id, extension_id: id };
        let devices = self.core.registrations.devices(now.mono, aor).len();
        if !extension.status.is_active() {
            Place::Refused(480, EndReason::Suspended)
        } else if devices == 0 {
            Place::Refused(480, EndReason::NotRegistered)
        } else {
            Place::Extension { number: extension.number.to_string(), devices }
        }
    }
}
