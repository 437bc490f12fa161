//! Calls that the box makes itself to a number outside, to see whether a trunk carries calls: dialled with a word that somebody who
//! may do so was given a moment before.

use std::time::{Duration, Instant};

use pabx_model::{AccountId, Called, DialString, EndReason, TraceStep, TrunkId};

use crate::api::Now;
use crate::core::Core;
use crate::routing::is_emergency;
use crate::routing::outbound::choice::{Attempt, MAX_NUMBER};
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

    /// A word was dialled: it is good once.
    pub(crate) fn spend(&mut self, dialled: &str) {
        self.0.retain(|(trial, _)| trial.word.as_str() != dialled);
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
        if is_emergency(&self.directory, trial.account_id, &trial.number) {
            trace.push(TraceStep::Emergency);
            return Some(Err((403, EndReason::NotPermitted)));
        }
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
        let short = outward.attempts.iter().all(|attempt| attempt.number.len() <= MAX_NUMBER);
        Some(if short { Ok(outward) } else { Err((404, EndReason::UnknownNumber)) })
    }

    /// By this trunk, the number in its own form.
    fn outward_by(&self, trial: &Trial) -> Outward {
        let routing = self.directory.routing(trial.account_id);
        let plan = routing.map(|routing| routing.dialling.plan).unwrap_or_default();
        let read = plan.read(trial.number.as_str()).ok();
        let form = self.directory.trunk(trial.trunk_id).and_then(|trunk| trunk.profile.number_form);
        let written = read.as_ref().zip(form).map(|(called, form)| called.written(form, &plan));
        let number = written.unwrap_or_else(|| trial.number.as_str().to_owned());
        let rates = routing.and_then(|routing| routing.rates.get(&trial.trunk_id));
        let price =
            rates.zip(read.as_ref().and_then(Called::e164)).and_then(|(rates, e164)| rates.rate(e164));
        let price = price.map(|(_, price)| price.millionths());
        Outward {
            attempts: vec![Attempt { trunk_id: trial.trunk_id, number: number.into(), price }],
            class: read.as_ref().map_or(pabx_model::Class::Unknown, Called::class),
            normal: read.as_ref().map_or(trial.number.as_str(), Called::as_text).into(),
            caller_id: None,
            withheld: false,
            after_ringing: false,
            on_behalf_of: None,
        }
    }
}
