//! `/accounts/{account_id}/trunks/{trunk_id}/test-call`: the box calls a number by a trunk, speaks a tone, and says how far it came.

use super::engine_silent;
use super::test_call::{CallStep, TRY_AGAIN, TestCall, failed, step};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Kind, Problem};
use crate::api::core::route::{Answer, Json, Nothing, Route};
use crate::api::trials::{Subject, Trial, TrialState};
use crate::self_test::outside::{Outcome, Sound, Stage};
use pabx_call::Tried;
use pabx_model::{Class, DialString, NumberingPlan, Permission, TrunkId};
use pabx_store::Entry;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

/// Whom to call.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestCallBody {
    /// As somebody of the account would dial it, without a PIN and other codes before it, and no emergency number. Calls that the
    /// account may not make are refused; this one costs what any costs.
    number: String,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Account;
    use Permission::{TrunksRead, TrunksWrite};
    const CALL: &str = "/accounts/{account_id}/trunks/{trunk_id}/test-call";
    vec![
        Route::new(
            Method::Post,
            CALL,
            Account(TrunksWrite),
            "Call a number by this trunk, for a minute at most; ask again for how far it came",
            begin,
        ),
        Route::new(
            Method::Get,
            CALL,
            Account(TrunksRead),
            "How far the last test call of this trunk came",
            read,
        ),
    ]
}

fn begin(call: &mut Call<'_>, Json(body): Json<TestCallBody>) -> Result<Answer<TestCall>, Problem> {
    let (scope, trunk_id) = (call.scope()?, call.id::<TrunkId>("trunk_id")?);
    call.store.trunk(scope, trunk_id)?;
    let plan = call.store.dialling(scope)?.dialling.plan;
    let number = Fields::all(|fields| harmless(fields, &plan, &body.number))?;
    let word = call.shared.trials.word().map_err(|_| Problem::new(Kind::Internal))?;
    let trial = pabx_call::Trial {
        word: word.clone(),
        account_id: scope.account_id(),
        tried: Tried::Trunk { trunk_id, number: number.clone() },
    };
    let subject = Subject::Trunk(trunk_id);
    call.shared
        .trials
        .begin(subject, (&number, None), call.now)
        .map_err(|why| Problem::about(Kind::Conflict, why))?;
    let entry = Entry::about("trunk.test_call", "trunk", trunk_id).of(scope.account_id());
    let recorded = call.store.record(&call.act(), entry.change(None, Some(json!({ "number": number }))));
    let allowed = recorded
        .map_err(Problem::from)
        .and_then(|()| call.shared.pbx.allow_trial(trial).map_err(engine_silent));
    if let Err(problem) = allowed {
        call.shared.trials.give_up(subject);
        return Err(problem);
    }
    call.shared.trials.run(subject, word);
    read(call, Nothing)
}

/// A number that may be called to see whether that works. A PIN would be kept and shown; who answers an emergency call is not tried.
fn harmless(fields: &mut Fields, plan: &NumberingPlan, text: &str) -> Option<DialString> {
    let number = fields.parse("number", DialString::parse(text))?;
    if number.as_str().starts_with(['*', '#']) {
        fields.add("number", "begins with a code");
        return None;
    }
    if plan.read(number.as_str()).is_ok_and(|called| called.class() == Class::Emergency) {
        fields.add("number", "is an emergency number");
        return None;
    }
    Some(number)
}

fn read(call: &mut Call<'_>, _: Nothing) -> Result<Answer<TestCall>, Problem> {
    let trunk_id = call.id::<TrunkId>("trunk_id")?;
    call.store.trunk(call.scope()?, trunk_id)?;
    let trial = call.shared.trials.of(Subject::Trunk(trunk_id)).ok_or(Problem::not_found())?;
    Ok(Answer(TestCall::of(&trial, steps(&trial))))
}

fn steps(trial: &Trial) -> Vec<CallStep> {
    let waiting = |names: &[&'static str]| names.iter().map(|name| step(name, "waiting")).collect::<Vec<_>>();
    let before = |first: CallStep, rest: &[&'static str]| [first].into_iter().chain(waiting(rest)).collect();
    match &trial.state {
        TrialState::Running => running(trial.stage),
        TrialState::Broken(why) => {
            before(failed("call", why.clone(), TRY_AGAIN), &["answer", "sound_out", "sound_in"])
        }
        // A trunk is somebody to call.
        TrialState::Nobody(why) => {
            before(failed("call", (*why).into(), TRY_AGAIN), &["answer", "sound_out", "sound_in"])
        }
        TrialState::Done(Outcome::Refused(status)) => before(
            failed("call", format!("refused ({status})"), advice(*status)),
            &["answer", "sound_out", "sound_in"],
        ),
        TrialState::Done(Outcome::NotAnswered) => {
            let advice = "Call a number that somebody answers; if its phone did not ring, ask the provider.";
            let rest = before(
                failed("answer", "nobody answered in 45 s".into(), advice),
                &["sound_out", "sound_in"],
            );
            [step("call", "ok")].into_iter().chain(rest).collect()
        }
        TrialState::Done(Outcome::Answered(sound)) => {
            vec![step("call", "ok"), step("answer", "ok"), sound_out(*sound), sound_in(*sound)]
        }
    }
}

fn running(stage: Stage) -> Vec<CallStep> {
    let state = |reached| if stage >= reached { "ok" } else { "waiting" };
    vec![
        step("call", state(Stage::Ringing)),
        step("answer", state(Stage::Answered)),
        step("sound_out", "waiting"),
        step("sound_in", "waiting"),
    ]
}

fn advice(status: u16) -> &'static str {
    match status {
        403 => "Neither the account's rules nor the provider's may forbid this number.",
        404 | 484 => {
            "The provider does not know the number: check how the trunk writes numbers (profile.number_form)."
        }
        480 | 486 | 600 | 603 => {
            "The trunk works: whoever was called is busy, away, or does not want the call."
        }
        488 => "The provider wants other codecs: see profile.codecs.",
        _ => "Look at the trunk's status, and at the trace of the call in the history.",
    }
}

fn sound_out(sound: Sound) -> CallStep {
    let state = if sound.echo { "ok" } else { "unknown" };
    let finding = if sound.echo {
        "the tone came back".to_owned()
    } else {
        format!("{} packets of a tone of 1 kHz were sent: whoever answered has heard it", sound.sent)
    };
    CallStep { finding: Some(finding), ..step("sound_out", state) }
}

fn sound_in(sound: Sound) -> CallStep {
    let found = format!("{} packets came in five seconds", sound.received);
    if sound.received == 0 {
        let advice = "The provider's sound does not reach the box: open the RTP ports, and check the box's public address.";
        return failed("sound_in", found, advice);
    }
    CallStep { finding: Some(found), ..step("sound_in", "ok") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps_at(state: &TrialState, stage: Stage) -> Vec<CallStep> {
        let number = DialString::parse("551140000000").unwrap();
        steps(&Trial { number, found: None, since: pabx_model::Timestamp(1), stage, state: state.clone() })
    }

    fn states(state: &TrialState) -> Vec<&'static str> {
        steps_at(state, Stage::Calling).iter().map(|step| step.state).collect()
    }

    #[test]
    fn neither_a_code_nor_an_emergency_is_called_as_a_test() {
        let taken = |text| Fields::all(|fields| harmless(fields, &NumberingPlan::default(), text)).is_ok();
        for text in ["*59123456*551140000000", "#31#551140000000", "*43", "190", "192", "+55190", "", "x"] {
            assert!(!taken(text), "{text}");
        }
        for text in ["1001", "551140000000", "+551140000000", "1900"] {
            assert!(taken(text), "{text}");
        }
    }

    #[test]
    fn each_outcome_says_how_far_it_came_and_what_to_do() {
        let answered = |received, echo| {
            TrialState::Done(Outcome::Answered(Sound { sent: 250, received, echo, cut_short: false }))
        };
        for (state, told) in [
            (TrialState::Running, ["waiting"; 4]),
            (TrialState::Done(Outcome::Refused(403)), ["failed", "waiting", "waiting", "waiting"]),
            (TrialState::Done(Outcome::NotAnswered), ["ok", "failed", "waiting", "waiting"]),
            (answered(240, false), ["ok", "ok", "unknown", "ok"]),
            (answered(240, true), ["ok"; 4]),
            (answered(0, false), ["ok", "ok", "unknown", "failed"]),
        ] {
            assert_eq!(states(&state), told, "{state:?}");
            let failed = steps_at(&state, Stage::Ringing).into_iter().find(|step| step.state == "failed");
            assert!(failed.is_none_or(|step| step.finding.is_some() && step.advice.is_some()));
        }
        let rings = steps_at(&TrialState::Running, Stage::Ringing);
        assert_eq!(
            rings.iter().map(|step| step.state).collect::<Vec<_>>(),
            ["ok", "waiting", "waiting", "waiting"]
        );
    }
}
