//! Calls that the box makes itself to a number outside, to see whether a trunk carries calls: dialled with a word that somebody who
//! may do so was given a moment before.

use std::time::{Duration, Instant};

use pabx_model::{AccountId, DialString, EndReason, TraceStep, TrunkId};

use crate::api::Now;
use crate::core::Core;
use crate::routing::outbound::choice::Attempt;
use crate::routing::outbound::{Dialler, Outward};

/// Words that are good at one time; the oldest goes first.
const MAX_TRIALS: usize = 4;
/// For how long a word is good.
const LIFETIME: Duration = Duration::from_mins(1);

/// A call that may be made.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What the box dials.
    pub word: DialString,
    /// Whose trunk it is, and whose call.
    pub account_id: AccountId,
    /// By which trunk.
    pub trunk_id: TrunkId,
    /// To whom.
    pub number: DialString,
}

/// Words that are good now.
#[derive(Debug, Default)]
pub(crate) struct Trials(Vec<(Trial, Instant)>);

impl Trials {
    pub(crate) fn allow(&mut self, now: Instant, trial: Trial) {
        self.0.retain(|(_, since)| now.saturating_duration_since(*since) < LIFETIME);
        if self.0.len() >= MAX_TRIALS {
            self.0.remove(0);
        }
        self.0.push((trial, now));
    }

    fn of(&self, now: Instant, dialled: &DialString) -> Option<&Trial> {
        let good = |since: Instant| now.saturating_duration_since(since) < LIFETIME;
        self.0.iter().find(|(trial, since)| trial.word == *dialled && good(*since)).map(|(trial, _)| trial)
    }
}

impl Core {
    /// Where a call of the box itself goes that dials such a word: by that trunk alone, with what its account may call.
    pub(crate) fn trial(
        &self,
        now: Now,
        dialled: &DialString,
        trace: &mut Vec<TraceStep>,
    ) -> Option<Result<Outward, (u16, EndReason)>> {
        let trial = self.trials.of(now.mono, dialled)?;
        let decision = self.decide_outward(now, trial.account_id, &Dialler::account(), &trial.number);
        trace.extend(decision.trace);
        let mut outward = match decision.outcome {
            Ok(outward) => outward,
            Err(refused @ (403, _)) => return Some(Err(refused)),
            // No route is needed to try a trunk.
            Err(_) => self.outward_by(trial),
        };
        outward.attempts.retain(|attempt| attempt.trunk_id == trial.trunk_id);
        if outward.attempts.is_empty() {
            outward.attempts = self.outward_by(trial).attempts;
        }
        outward.on_behalf_of = Some(trial.account_id);
        Some(Ok(outward))
    }

    /// By this trunk, the number in its own form.
    fn outward_by(&self, trial: &Trial) -> Outward {
        let plan =
            self.directory.routing(trial.account_id).map(|routing| routing.dialling.plan).unwrap_or_default();
        let read = plan.read(trial.number.as_str()).ok();
        let form = self.directory.trunk(trial.trunk_id).and_then(|trunk| trunk.profile.number_form);
        let written = read.as_ref().zip(form).map(|(called, form)| called.written(form, &plan));
        let number = written.unwrap_or_else(|| trial.number.as_str().to_owned());
        Outward {
            attempts: vec![Attempt { trunk_id: trial.trunk_id, number: number.into(), price: None }],
            class: read.as_ref().map_or(pabx_model::Class::Unknown, pabx_model::Called::class),
            normal: read.as_ref().map_or(trial.number.as_str(), pabx_model::Called::as_text).into(),
            caller_id: None,
            withheld: false,
            after_ringing: false,
            on_behalf_of: None,
        }
    }
}
