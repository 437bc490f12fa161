//! What the engine reports, as lines of the log. Names and numbers of people are masked; text from the network is escaped.

use crate::clock;
use pabx_call::{Alarm, Report};
use pabx_model::{CallRecord, Masked, Untrusted};

/// Writes one report to the log.
pub(super) fn write(report: &Report) {
    match report {
        Report::Registered { extension_id, flow, user_agent, .. } => {
            let agent = Untrusted::new(user_agent.as_deref().unwrap_or("-"));
            log::info!("extension {extension_id}: registered, {flow}, {agent}");
        }
        Report::Unregistered { extension_id, flow, why, .. } => {
            log::info!("extension {extension_id}: registration gone ({why:?}), {flow}");
        }
        Report::Reachability { extension_id, flow, reachable, .. } => {
            let state = if *reachable { "answers again" } else { "does not answer" };
            log::info!("extension {extension_id}: {state}, {flow}");
        }
        Report::CallStarted(record) => {
            log::info!(
                "call {}: {} calls {}",
                record.call_id,
                Masked(&record.caller),
                Masked(&record.callee)
            );
        }
        Report::CallRouted(record) => {
            let trunk = record.trunk_id.map(|id| id.to_string()).unwrap_or_default();
            log::debug!("call {}: goes out by trunk {trunk}", record.call_id);
        }
        Report::CallAnswered(record) => log::info!("call {}: answered", record.call_id),
        Report::Dtmf { call_id, .. } => log::debug!("call {call_id}: a key was pressed"),
        Report::CallEnded(record) => ended(record),
        Report::Banned { source, identity, until } => {
            let name = Untrusted::new(identity.as_deref().unwrap_or("-"));
            let minutes = until.0.saturating_sub(clock::utc().0) / 60_000;
            log::warn!("{source}: banned for {minutes} minutes after failed sign-ins, last as {name}");
        }
        Report::Trunk { trunk_id, name, state, problem: None, .. } => {
            log::info!("trunk {trunk_id} ({}): {state}", Untrusted::new(name.as_str()));
        }
        Report::Trunk { trunk_id, name, state, problem: Some(problem), status, .. } => {
            let said = status.map(|status| format!(" ({status})")).unwrap_or_default();
            log::warn!("trunk {trunk_id} ({}): {state}, {problem}{said}", Untrusted::new(name.as_str()));
        }
        Report::Stopped { account_id, step, .. } => {
            log::warn!("account {account_id}: calls out stopped: {step}");
        }
        Report::Emergency { record, caller } => {
            log::warn!("call {}: {} calls an emergency number", record.call_id, Masked(caller));
        }
        Report::Alarm(alarm) => alarmed(alarm),
    }
}

fn ended(record: &CallRecord) {
    let (id, status, sip) = (record.call_id, record.status, record.sip_status.0);
    match record.reason {
        Some(reason) => log::info!("call {id}: ended, {status} ({sip}), {reason}, {} ms", record.duration),
        None => log::info!("call {id}: ended, {status} ({sip}), {} ms", record.duration),
    }
}

fn alarmed(alarm: &Alarm) {
    match alarm {
        Alarm::NoMediaPorts => {
            log::error!("a call was refused: all RTP ports are in use (rtp.first_port, rtp.last_port)");
        }
        Alarm::CallLimit => {
            log::error!("a call was refused: the box has as many calls as it may (calls.max_calls)");
        }
        Alarm::AccountCallLimit(account) => {
            log::warn!("a call was refused: account {account} has as many as it may");
        }
        Alarm::TransactionLimit => log::error!("a request was refused: sip.max_transactions are in use"),
        Alarm::StoreFailed => {
            log::error!("a registration or a record was not written: see the messages of the store");
        }
        Alarm::MediaFailed(call) => log::error!("call {call}: its sound sockets broke"),
        Alarm::CallPanicked(call) => {
            log::error!("call {call}: ended by a bug; please report the lines above");
        }
    }
}
