//! A PIN that is dialled before a number: who dials, and how far that reaches.

use std::time::Duration;

use pabx_model::{CallingClass, DialString, EndReason, TraceStep, call_pin};

use super::{Party, Refusal, explained};
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
    let Some((pin, number)) = call_pin::split(&dialled) else { return Ok((dialled, None)) };
    let Some(extension) = caller.who.extension_id() else { return Ok((dialled, None)) };
    let routing = core.directory.routing(caller.who.account_id());
    let step = if core.wrong_pins.is_full(now.mono, &extension, WRONG, SPAN) {
        TraceStep::PinLocked
    } else if let Some(known) = routing.and_then(|routing| routing.pin(&pin)) {
        let calling_class = known.calling_class;
        trace.push(TraceStep::PinTaken { name: known.name.to_string(), calling_class });
        return Ok((number, Some(calling_class)));
    } else {
        TraceStep::PinWrong
    };
    trace.push(step);
    Err(explained(403, EndReason::NotPermitted, trace))
}

impl Core {
    /// Wrong PINs are counted; that an extension tries them out is told.
    pub(crate) fn note_pin(&mut self, now: Now, who: Who, last: Option<&TraceStep>) {
        let (account, Some(extension)) = who.owner() else { return };
        match last {
            Some(TraceStep::PinWrong) => self.wrong_pins.note(now.mono, extension, WRONG),
            Some(step @ TraceStep::PinLocked) => self.stopped(account, Some(extension), step),
            _ => {}
        }
    }
}
