//! A PIN that is dialled before a number: who dials, and how far that reaches.

use std::time::Duration;

use pabx_model::{CallingClass, DialString, EndReason, TraceStep, call_pin};

use super::{Party, Refusal, explained, is_emergency, withheld};
use crate::api::Now;
use crate::core::Core;
use crate::who::Who;

/// Wrong PINs of an extension in [`SPAN`], after which none is looked at.
const WRONG: usize = 3;
/// For how long.
const SPAN: Duration = Duration::from_mins(10);

/// The number behind a PIN, and how far that reaches; what was dialled without one is left as it is.
pub(super) fn proven(
    core: &Core,
    now: Now,
    caller: &Party,
    dialled: DialString,
    trace: &mut Vec<TraceStep>,
) -> Result<(DialString, Option<CallingClass>), Refusal> {
    let Some(extension) = caller.who.extension_id().filter(|_| call_pin::is_dialled(&dialled)) else {
        return Ok((dialled, None));
    };
    let account = caller.who.account_id();
    let split = call_pin::split(&dialled);
    if let Some((_, number)) = &split
        && is_emergency(&core.directory, account, &withheld(number.clone()).0)
    {
        // Who calls for help is asked for nothing.
        return Ok((number.clone(), None));
    }
    let routing = core.directory.routing(account);
    let known = split.and_then(|(pin, number)| Some((routing?.pin(&pin)?, number)));
    let step = match known {
        _ if core.wrong_pins.is_full(now.mono, &extension, WRONG, SPAN) => TraceStep::PinLocked,
        Some((known, number)) => {
            let calling_class = known.calling_class;
            trace.push(TraceStep::PinTaken { name: known.name.to_string(), calling_class });
            return Ok((number, Some(calling_class)));
        }
        // Too few digits, too many, no star: what was dialled goes nowhere, for it may hold a PIN.
        None => TraceStep::PinWrong,
    };
    trace.push(step);
    Err(explained(caller.who, (403, EndReason::NotPermitted), trace))
}

impl Core {
    /// Wrong PINs are counted; that an extension tries them out is told.
    pub(crate) fn note_wrong_pin(&mut self, now: Now, who: Who) {
        let (account, Some(extension)) = who.owner() else { return };
        self.wrong_pins.note(now.mono, extension, WRONG);
        if self.wrong_pins.is_full(now.mono, &extension, WRONG, SPAN) {
            self.stopped(account, Some(extension), &TraceStep::PinLocked);
        }
    }
}
