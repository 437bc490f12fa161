//! `/accounts/{account_id}/extensions/{extension_id}/test-call`: the box rings an extension's phones, speaks a tone, and says how far it
//! came.

use super::engine_silent;
use super::test_call::{CallStep, TRY_AGAIN, TestCall, failed, found, step};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Answer, Nothing, Route};
use crate::api::trials::{Subject, Trial, TrialState};
use crate::self_test::outside::{Outcome, Sound, Stage};
use pabx_call::{BindingView, Tried};
use pabx_model::{DialString, ExtensionId, Permission};
use pabx_store::Entry;

/// The steps, in order.
const STEPS: [&str; 6] = ["registered", "ringing", "answered", "sound_sent", "sound_heard", "ended"];
/// Phones that are named one by one.
const NAMED: usize = 5;

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Account;
    use Permission::ExtensionsWrite;
    const CALL: &str = "/accounts/{account_id}/extensions/{extension_id}/test-call";
    vec![
        Route::new(
            Method::Post,
            CALL,
            Account(ExtensionsWrite),
            "Ring the extension's phones for a minute at most, and speak a tone; ask again for how far it came",
            begin,
        ),
        Route::new(
            Method::Get,
            CALL,
            Account(ExtensionsWrite),
            "How far the last test call of this extension came",
            read,
        ),
    ]
}

fn begin(call: &mut Call<'_>, _: Nothing) -> Result<Answer<TestCall>, Problem> {
    let (scope, extension_id) = (call.scope()?, call.id::<ExtensionId>("extension_id")?);
    let row = call.store.extension(scope, extension_id)?;
    let mut phones = call.shared.pbx.bindings(scope.account_id()).map_err(engine_silent)?;
    phones.retain(|phone| phone.extension_id == extension_id);
    let number = DialString::parse(row.number.as_str()).map_err(|_| Problem::new(Kind::Internal))?;
    let subject = Subject::Extension(extension_id);
    let trials = &call.shared.trials;
    let begun = trials.begin(subject, (&number, Some(named(&phones))), call.now);
    begun.map_err(|why| Problem::about(Kind::Conflict, why))?;
    let entry = Entry::about("extension.test_call", "extension", extension_id).of(scope.account_id());
    if let Err(error) = call.store.record(&call.act(), entry) {
        trials.give_up(subject);
        return Err(error.into());
    }
    if !row.status.is_active() {
        trials.has_nobody(subject, "the extension is suspended");
    } else if phones.is_empty() {
        trials.has_nobody(subject, "no phone is registered");
    } else {
        ring(call, subject, extension_id)?;
    }
    read(call, Nothing)
}

fn ring(call: &mut Call<'_>, subject: Subject, extension_id: ExtensionId) -> Result<(), Problem> {
    let (trials, account_id) = (&call.shared.trials, call.scope()?.account_id());
    let word = trials.word().map_err(|_| Problem::new(Kind::Internal));
    let allowed = word.and_then(|word| {
        let trial =
            pabx_call::Trial { word: word.clone(), account_id, tried: Tried::Extension(extension_id) };
        call.shared.pbx.allow_trial(trial).map_err(engine_silent).map(|()| word)
    });
    match allowed {
        Ok(word) => trials.run(subject, word),
        Err(problem) => {
            trials.give_up(subject);
            return Err(problem);
        }
    }
    Ok(())
}

/// What the phones call themselves, and where they are: anybody's text.
fn named(phones: &[BindingView]) -> String {
    let one = |phone: &BindingView| {
        let silent = if phone.reachable { "" } else { ", which does not answer" };
        format!("{} at {}{silent}", phone.user_agent.as_deref().unwrap_or("a phone"), phone.remote)
    };
    let mut named: Vec<_> = phones.iter().take(NAMED).map(one).collect();
    if let Some(more) = phones.len().checked_sub(NAMED).filter(|more| *more > 0) {
        named.push(format!("{more} more"));
    }
    named.join("; ")
}

fn read(call: &mut Call<'_>, _: Nothing) -> Result<Answer<TestCall>, Problem> {
    let extension_id = call.id::<ExtensionId>("extension_id")?;
    call.store.extension(call.scope()?, extension_id)?;
    let trial = call.shared.trials.of(Subject::Extension(extension_id)).ok_or(Problem::not_found())?;
    Ok(Answer(TestCall::of(&trial, steps(&trial))))
}

/// The steps that were reached, and those that wait.
fn steps(trial: &Trial) -> Vec<CallStep> {
    let mut steps = reached(trial);
    steps.extend(STEPS.iter().skip(steps.len()).map(|name| step(name, "waiting")));
    steps
}

fn reached(trial: &Trial) -> Vec<CallStep> {
    let registered = found("registered", trial.found.clone());
    let rings = step("ringing", "ok");
    let rang = trial.stage >= Stage::Ringing;
    match &trial.state {
        TrialState::Nobody(why) => vec![nobody(why)],
        TrialState::Broken(why) => vec![registered, failed("ringing", why.clone(), TRY_AGAIN)],
        TrialState::Running => match trial.stage {
            Stage::Calling => vec![registered],
            Stage::Ringing => vec![registered, rings],
            Stage::Answered => vec![registered, rings, step("answered", "ok")],
        },
        TrialState::Done(Outcome::Refused(status)) if rang => vec![registered, rings, not_answered(*status)],
        TrialState::Done(Outcome::Refused(status)) => vec![registered, did_not_ring(*status)],
        TrialState::Done(Outcome::NotAnswered) if rang => vec![registered, rings, not_answered(480)],
        TrialState::Done(Outcome::NotAnswered) => vec![registered, did_not_ring(408)],
        TrialState::Done(Outcome::Answered(sound)) => {
            let answered = step("answered", "ok");
            vec![registered, rings, answered, sound_sent(*sound), sound_heard(*sound), ended(*sound)]
        }
    }
}

fn nobody(why: &str) -> CallStep {
    let advice = if why.contains("suspended") {
        "Set the extension's status to active."
    } else {
        "Enter the extension's number, its password and the box's address into a phone, and wait until it shows that it is registered."
    };
    failed("registered", why.to_owned(), advice)
}

fn did_not_ring(status: u16) -> CallStep {
    let advice = match status {
        486 | 600 => "Every phone is busy, or set not to be disturbed.",
        488 | 606 => "The phone takes none of G.711 A-law and µ-law: allow one of them in its settings.",
        503 => {
            "The account or the box has as many calls as it may have, or the way to the phone is broken: register it again."
        }
        _ => {
            "The phone is registered and does not answer: see that it is switched on and that nothing between it and the box blocks SIP, and register it again."
        }
    };
    failed("ringing", format!("no phone rang ({status})"), advice)
}

fn not_answered(status: u16) -> CallStep {
    let (finding, advice) = match status {
        486 | 600 | 603 => ("somebody declined the call", "The phone works; take the call to hear the tone."),
        488 | 606 => (
            "the phone's answer could not be understood",
            "The phone takes none of G.711 A-law and µ-law: allow one of them in its settings.",
        ),
        _ => (
            "nobody answered in time",
            "Take the call while it rings; how long it does is set with ring_seconds.",
        ),
    };
    failed("answered", format!("{finding} ({status})"), advice)
}

fn sound_sent(sound: Sound) -> CallStep {
    if sound.echo {
        return found("sound_sent", "the tone came back".to_owned());
    }
    let heard = format!("{} packets of a tone of 1 kHz were sent: whoever answered has heard it", sound.sent);
    CallStep { finding: Some(heard), ..step("sound_sent", "unknown") }
}

fn sound_heard(sound: Sound) -> CallStep {
    let echo = if sound.echo { ", the tone among them" } else { "" };
    let finding = format!("{} packets came{echo}", sound.received);
    match sound.received {
        0 if sound.cut_short => {
            CallStep { finding: Some("it was too short to tell".into()), ..step("sound_heard", "unknown") }
        }
        0 => failed(
            "sound_heard",
            finding,
            "The phone's sound does not reach the box: see that nothing between them blocks UDP to its RTP ports, and that the phone is not muted.",
        ),
        _ => found("sound_heard", finding),
    }
}

fn ended(sound: Sound) -> CallStep {
    let who = if sound.cut_short { "whoever answered hung up" } else { "the box hung up" };
    found("ended", who.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(state: TrialState, stage: Stage) -> Vec<CallStep> {
        let number = DialString::parse("1001").unwrap();
        steps(&Trial { number, found: None, since: pabx_model::Timestamp(1), stage, state })
    }

    fn words(steps: &[CallStep]) -> String {
        steps.iter().map(|step| step.state.chars().next().unwrap()).collect()
    }

    #[test]
    fn each_outcome_says_how_far_it_came_and_what_to_do() {
        use Stage::{Answered, Calling, Ringing};
        let sound = |received, echo, cut_short| {
            TrialState::Done(Outcome::Answered(Sound { sent: 250, received, echo, cut_short }))
        };
        for (state, stage, expected) in [
            (TrialState::Nobody("no phone is registered"), Calling, "fwwwww"),
            (TrialState::Running, Calling, "owwwww"),
            (TrialState::Running, Ringing, "oowwww"),
            (TrialState::Running, Answered, "ooowww"),
            (TrialState::Broken("no socket".into()), Calling, "ofwwww"),
            (TrialState::Done(Outcome::Refused(486)), Calling, "ofwwww"),
            (TrialState::Done(Outcome::Refused(480)), Ringing, "oofwww"),
            (TrialState::Done(Outcome::NotAnswered), Calling, "ofwwww"),
            (TrialState::Done(Outcome::NotAnswered), Ringing, "oofwww"),
            (sound(240, false, false), Answered, "ooouoo"),
            (sound(240, true, false), Answered, "oooooo"),
            (sound(0, false, false), Answered, "oooufo"),
            (sound(0, false, true), Answered, "ooouuo"),
        ] {
            let steps = told(state, stage);
            assert_eq!(words(&steps), expected);
            assert!(steps.iter().map(|step| step.step).eq(STEPS));
            let failed = steps.into_iter().find(|step| step.state == "failed");
            assert!(failed.is_none_or(|step| step.finding.is_some() && step.advice.is_some()));
        }
    }

    #[test]
    fn phones_are_named_and_not_too_many_of_them() {
        let phone = |nth: u8| BindingView {
            extension_id: ExtensionId::new(1, [1; 10]),
            contact: String::new(),
            transport: pabx_sip::flow::Transport::Udp,
            remote: std::net::SocketAddr::from(([192, 0, 2, nth], 5060)),
            user_agent: (nth == 1).then(|| "Phone/1.0".to_owned()),
            expires_at: pabx_model::Timestamp(1),
            reachable: nth != 2,
        };
        let phones: Vec<_> = (1..8).map(phone).collect();
        let text = named(&phones);
        assert!(
            text.starts_with(
                "Phone/1.0 at 192.0.2.1:5060; a phone at 192.0.2.2:5060, which does not answer;"
            )
        );
        assert!(text.ends_with("; 2 more"));
        assert_eq!(named(&[]), "");
    }
}
