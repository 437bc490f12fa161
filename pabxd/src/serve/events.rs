//! What the engine reports, as events for those who listen through the API.

use crate::api::core::types::Time;
use crate::api::events::Hub;
use crate::api::resources::calls::{CallShown, shown};
use pabx_call::{Report, UnregisterReason};
use pabx_model::{AccountId, CallRecord, ExtensionId, Permission};
use serde::Serialize;
use serde_json::json;

/// Tells one report on. `extension_of` finds the extension of a number, so that who is called hears of it too.
pub(super) fn publish(
    hub: &Hub,
    report: &Report,
    extension_of: &impl Fn(AccountId, &str) -> Option<ExtensionId>,
) {
    let call =
        |name, record: &CallRecord| call(hub, name, record, extension_of(record.account_id, &record.callee));
    match report {
        Report::Registered { account_id, extension_id, flow, user_agent } => {
            let data = json!({
                "account_id": account_id, "extension_id": extension_id, "remote_address": flow.remote,
                "transport": flow.transport.to_string(), "user_agent": user_agent, "reachable": true,
            });
            device(hub, "registration.added", *account_id, *extension_id, &data);
        }
        Report::Unregistered { account_id, extension_id, flow, why } => {
            let data = json!({
                "account_id": account_id, "extension_id": extension_id, "remote_address": flow.remote,
                "transport": flow.transport.to_string(), "reason": gone(*why),
            });
            device(hub, "registration.removed", *account_id, *extension_id, &data);
        }
        Report::Reachability { account_id, extension_id, flow, reachable } => {
            let data = json!({
                "account_id": account_id, "extension_id": extension_id, "remote_address": flow.remote,
                "transport": flow.transport.to_string(), "reachable": reachable,
            });
            device(hub, "registration.reachability", *account_id, *extension_id, &data);
        }
        Report::CallStarted(record) => call("call.started", record),
        Report::CallRouted(record) => call("call.updated", record),
        Report::CallAnswered(record) => call("call.answered", record),
        Report::CallEnded(record) => call("call.ended", record),
        Report::Banned { source, identity, until } => {
            let data = json!({ "source": source, "identity": identity, "until": Time(*until) });
            hub.publish("ban", (None, Vec::new()), Permission::SystemRead, &data);
        }
        Report::Trunk { account_id, trunk_id, name, state, problem, status } => {
            let data = json!({
                "account_id": account_id, "trunk_id": trunk_id, "name": name, "state": state, "problem": problem,
                "sip_status": status,
            });
            hub.publish("trunk.state", (Some(*account_id), Vec::new()), Permission::TrunksRead, &data);
        }
        // Those that people should hear of come as alerts.
        Report::Dtmf { .. } | Report::Alarm(_) | Report::Stopped { .. } | Report::Emergency { .. } => {}
    }
}

fn device(
    hub: &Hub,
    name: &'static str,
    account: AccountId,
    extension: ExtensionId,
    data: &serde_json::Value,
) {
    if !account.is_self_test() {
        hub.publish(name, (Some(account), vec![extension]), Permission::ExtensionsRead, data);
    }
}

/// Why a device is gone, as a word.
const fn gone(why: UnregisterReason) -> &'static str {
    match why {
        UnregisterReason::Requested => "requested",
        UnregisterReason::Expired => "expired",
        UnregisterReason::Replaced => "replaced",
        UnregisterReason::FlowClosed => "connection_closed",
        UnregisterReason::Suspended => "suspended",
    }
}

/// A call as the list of live calls shows it, and whose it is: who watches can draw it without reading the list again.
#[derive(Serialize)]
struct Told {
    account_id: String,
    #[serde(flatten)]
    call: CallShown,
}

fn call(hub: &Hub, name: &'static str, record: &CallRecord, callee: Option<ExtensionId>) {
    if record.account_id.is_self_test() {
        return;
    }
    let told = Told { account_id: record.account_id.to_string(), call: shown(record.clone()) };
    let extensions = record.extension_id.into_iter().chain(callee).collect();
    hub.publish(name, (Some(record.account_id), extensions), Permission::CallsRead, &told);
}
