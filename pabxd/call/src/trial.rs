//! Calls that the box makes itself, to see whether a trunk carries calls or an extension's phones ring: dialled with a word that
//! somebody who may do so was given a moment before.

use std::time::{Duration, Instant};

use pabx_model::{AccountId, Called, DialString, EndReason, Extension, ExtensionId, TraceStep, TrunkId};
use pabx_sip::flow::Flow;

use crate::api::Now;
use crate::core::Core;
use crate::routing::outbound::choice::{Attempt, MAX_NUMBER};
use crate::routing::outbound::{Dialler, Outward};
use crate::routing::{Party, Refusal, Route, explained, extension_route, is_emergency};

/// Words that are good at one time; the oldest goes first.
const MAX_TRIALS: usize = 4;
/// For how long a word is good.
const LIFETIME: Duration = Duration::from_mins(1);

/// A call that may be made.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What the box dials.
    pub word: DialString,
    /// Whose call it is.
    pub account_id: AccountId,
    /// What is tried.
    pub tried: Tried,
}

/// What is tried with a call.
#[derive(Clone, Debug)]
pub enum Tried {
    /// A trunk of the account.
    Trunk {
        /// Which.
        trunk_id: TrunkId,
        /// Whom it is to call.
        number: DialString,
    },
    /// The phones of an extension of the account.
    Extension(ExtensionId),
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
    /// Where a call of the box itself goes that dials such a word.
    pub(crate) fn trial(
        &self,
        now: Now,
        caller: &Party,
        (dialled, flow): (&DialString, &Flow),
        trace: &mut Vec<TraceStep>,
    ) -> Option<Result<Route, Refusal>> {
        let trial = self.trials.of(now.mono, dialled)?;
        trace.push(TraceStep::TestCall);
        Some(match &trial.tried {
            Tried::Trunk { trunk_id, number } => self
                .by_trunk(now, trial.account_id, (*trunk_id, number), trace)
                .map(Route::Outward)
                .map_err(|refused| explained(caller.who, refused, trace)),
            Tried::Extension(id) => {
                let of_account = |extension: &&Extension| extension.account_id == trial.account_id;
                match self.directory.extension_by_id(*id).filter(of_account) {
                    Some(extension) => extension_route(self, now.mono, caller, extension, flow),
                    None => Err(Refusal::new(404, EndReason::UnknownNumber)),
                }
            }
        })
    }

    /// By that trunk alone, with what its account may call.
    fn by_trunk(
        &self,
        now: Now,
        account: AccountId,
        (trunk_id, number): (TrunkId, &DialString),
        trace: &mut Vec<TraceStep>,
    ) -> Result<Outward, (u16, EndReason)> {
        if is_emergency(&self.directory, account, number) {
            trace.push(TraceStep::Emergency);
            return Err((403, EndReason::NotPermitted));
        }
        let decision = self.decide_outward(now, account, &Dialler::account(), number);
        trace.extend(decision.trace);
        let mut outward = match decision.outcome {
            Ok(outward) => outward,
            Err(refused @ (403, _)) => return Err(refused),
            // No route is needed to try a trunk.
            Err(_) => self.outward_by(account, trunk_id, number),
        };
        outward.attempts.retain(|attempt| attempt.trunk_id == trunk_id);
        if outward.attempts.is_empty() {
            outward.attempts = self.outward_by(account, trunk_id, number).attempts;
        }
        outward.on_behalf_of = Some(account);
        let short = outward.attempts.iter().all(|attempt| attempt.number.len() <= MAX_NUMBER);
        if short { Ok(outward) } else { Err((404, EndReason::UnknownNumber)) }
    }

    /// By this trunk, the number in its own form.
    fn outward_by(&self, account: AccountId, trunk_id: TrunkId, number: &DialString) -> Outward {
        let routing = self.directory.routing(account);
        let plan = routing.map(|routing| routing.dialling.plan).unwrap_or_default();
        let read = plan.read(number.as_str()).ok();
        let form = self.directory.trunk(trunk_id).and_then(|trunk| trunk.profile.number_form);
        let written = read.as_ref().zip(form).map(|(called, form)| called.written(form, &plan));
        let written = written.unwrap_or_else(|| number.as_str().to_owned());
        let rates = routing.and_then(|routing| routing.rates.get(&trunk_id));
        let price =
            rates.zip(read.as_ref().and_then(Called::e164)).and_then(|(rates, e164)| rates.rate(e164));
        let price = price.map(|(_, price)| price.millionths());
        Outward {
            attempts: vec![Attempt { trunk_id, number: written.into(), price }],
            class: read.as_ref().map_or(pabx_model::Class::Unknown, Called::class),
            normal: read.as_ref().map_or(number.as_str(), Called::as_text).into(),
            caller_id: None,
            withheld: false,
            after_ringing: false,
            on_behalf_of: None,
        }
    }
}
