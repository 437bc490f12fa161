//! Office hours in a decision.

use pabx_model::{ClockState, HoursReason, TimeConditionId, TimeRule, TraceStep, hours::Why};

use super::moment::Moment;

/// Whether somebody is there. A box whose clock is not set yet takes calls as if it were: nobody is turned away by a wrong clock.
pub(super) fn ask(id: TimeConditionId, rule: &TimeRule, moment: Moment, trace: &mut Vec<TraceStep>) -> bool {
    let (open, why) = if moment.clock == ClockState::Trusted {
        let presence = rule.condition.at(moment.at);
        let why = match presence.why {
            Why::Override => HoursReason::Override,
            Why::Holiday(name) => HoursReason::Holiday { name },
            Why::Hours | Why::OutsideHours => HoursReason::Hours,
        };
        (presence.open, why)
    } else {
        (true, HoursReason::NoClock)
    };
    trace.push(TraceStep::Hours { time_condition_id: id, name: rule.condition.name.to_string(), open, why });
    open
}
