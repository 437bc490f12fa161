//! How far a trunk has come, step by step: what works, what does not, and what to do.

use pabx_call::TrunkView;
use pabx_model::{TrunkProblem, TrunkState};
use schemars::JsonSchema;
use serde::Serialize;

/// One step on the way to a line that works.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TrunkStep {
    /// `address` (DNS), `connection`, `answer`, `credentials`, `registration`.
    step: &'static str,
    /// `ok`, `failed`, or `waiting` for what comes before it or for the provider.
    state: &'static str,
    /// What was found.
    finding: Option<String>,
    /// What to do about it.
    advice: Option<&'static str>,
}

/// The steps of a line by address, and those of one that registers.
const BY_ADDRESS: [&str; 3] = ["address", "connection", "answer"];
const WITH_LOGIN: [&str; 5] = ["address", "connection", "answer", "credentials", "registration"];

/// The step at which a problem shows.
fn place(problem: TrunkProblem) -> Option<&'static str> {
    match problem {
        TrunkProblem::Starting | TrunkProblem::Suspended => None,
        TrunkProblem::NoAddress => Some("address"),
        TrunkProblem::NoConnection => Some("connection"),
        TrunkProblem::NoAnswer => Some("answer"),
        TrunkProblem::WrongCredentials | TrunkProblem::UnsafeChallenge => Some("credentials"),
        TrunkProblem::Refused => Some("registration"),
    }
}

/// How far the line has come.
pub(super) fn steps(view: &TrunkView) -> Vec<TrunkStep> {
    let names: &[&'static str] = if view.registers { &WITH_LOGIN } else { &BY_ADDRESS };
    // One by address that is refused (503) has been answered to, but not as it should.
    let broken = view.problem.and_then(|problem| Some((place(problem)?, problem)));
    let at = broken.map(|(name, _)| names.iter().position(|step| *step == name).unwrap_or(names.len() - 1));
    let works = view.state != TrunkState::Down;
    let reached = match at {
        Some(at) => at,
        None if works => names.len(),
        None if view.connected => 2,
        None => usize::from(view.servers > 0),
    };
    let step = |(place, name): (usize, &&'static str)| {
        let failed = broken.filter(|_| Some(place) == at && !works);
        let state = match failed {
            Some(_) => "failed",
            None if place < reached || works => "ok",
            None => "waiting",
        };
        let finding = match failed {
            Some((_, problem)) => {
                let said = view.status.map(|status| format!(" ({status})")).unwrap_or_default();
                Some(format!("{}{said}", problem.as_str().replace('_', " ")))
            }
            None if state == "ok" => found(name, view),
            None => None,
        };
        TrunkStep { step: name, state, finding, advice: failed.map(|(_, problem)| problem.advice()) }
    };
    names.iter().enumerate().map(step).collect()
}

fn found(step: &str, view: &TrunkView) -> Option<String> {
    match step {
        "address" => Some(format!("{} servers", view.servers)),
        "connection" => view.server.map(|server| server.to_string()),
        "answer" => view.round_trip_ms.map(|ms| format!("{ms} ms")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pabx_model::{AccountId, DisplayName, Timestamp, TrunkId};

    fn view(state: TrunkState, problem: Option<TrunkProblem>, registers: bool) -> TrunkView {
        TrunkView {
            account_id: AccountId::new(1, [1; 10]),
            trunk_id: TrunkId::new(1, [2; 10]),
            name: DisplayName::parse("Line").unwrap(),
            state,
            problem,
            status: None,
            since: Timestamp(0),
            server: Some("192.0.2.1:5060".parse().unwrap()),
            servers: 2,
            connected: false,
            registers,
            registered_until: None,
            round_trip_ms: Some(7),
            seen: None,
            calls: 0,
        }
    }

    fn states(view: &TrunkView) -> Vec<&'static str> {
        steps(view).iter().map(|step| step.state).collect()
    }

    #[test]
    fn what_works_is_ok_up_to_what_does_not() {
        let down = |problem| states(&view(TrunkState::Down, Some(problem), true));
        assert_eq!(down(TrunkProblem::NoAddress), ["failed", "waiting", "waiting", "waiting", "waiting"]);
        assert_eq!(down(TrunkProblem::NoAnswer), ["ok", "ok", "failed", "waiting", "waiting"]);
        assert_eq!(down(TrunkProblem::WrongCredentials), ["ok", "ok", "ok", "failed", "waiting"]);
        assert_eq!(down(TrunkProblem::Starting), ["ok", "waiting", "waiting", "waiting", "waiting"]);
        assert_eq!(states(&view(TrunkState::Registered, None, true)), ["ok"; 5]);
        assert_eq!(states(&view(TrunkState::Reachable, None, false)), ["ok"; 3]);
        assert_eq!(
            states(&view(TrunkState::Down, Some(TrunkProblem::Refused), false)),
            ["ok", "ok", "failed"]
        );
    }

    #[test]
    fn a_failed_step_says_what_to_do() {
        let mut view = view(TrunkState::Down, Some(TrunkProblem::WrongCredentials), true);
        view.status = Some(401);
        let failed = steps(&view).into_iter().find(|step| step.state == "failed").unwrap();
        assert_eq!(failed.finding.as_deref(), Some("wrong credentials (401)"));
        assert!(failed.advice.unwrap().contains("password"));
    }
}
