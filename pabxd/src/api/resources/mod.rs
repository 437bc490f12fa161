//! The resources: one file each, with what goes in, what comes out, and its routes.

pub mod account_move;
pub mod accounts;
pub mod alerts;
pub mod api_keys;
pub mod audit;
pub mod call_pins;
pub mod calls;
pub mod destination;
pub mod dialling;
pub mod events;
pub mod extension_call;
pub mod extension_import;
pub mod extensions;
pub mod guard;
pub mod live_calls;
pub mod me;
pub mod members;
pub mod network_check;
pub mod phone_book;
pub mod provisioning;
pub mod push;
pub mod rates;
pub mod registrations;
pub mod routing;
pub mod settings;
pub mod settings_acme;
pub mod simulate;
pub mod stats;
pub mod stats_of_box;
pub mod system;
pub mod system_backup;
pub mod system_box;
pub mod system_certificates;
pub mod system_logs;
pub mod system_update;
pub mod test_call;
pub mod time_conditions;
pub mod trace;
pub mod trunk_call;
pub mod trunk_profile;
pub mod trunk_steps;
pub mod trunk_templates;
pub mod trunks;
pub mod users;

use super::core::call::Call;
use super::core::problem::{Kind, Problem};
use super::core::route::Route;
use pabx_store::{NewAlert, Severity};

/// All routes of the API.
pub fn routes() -> Vec<Route> {
    use super::auth::{login, second_factor, sessions, setup};
    [
        setup::routes(),
        login::routes(),
        sessions::routes(),
        second_factor::routes(),
        me::routes(),
        push::routes(),
        accounts::routes(),
        account_move::routes(),
        users::routes(),
        members::routes(),
        extensions::routes(),
        extension_import::routes(),
        extension_call::routes(),
        provisioning::routes(),
        trunks::routes(),
        trunk_templates::routes(),
        trunk_call::routes(),
        rates::routes(),
        routing::routes(),
        calls::routes(),
        live_calls::routes(),
        stats::routes(),
        stats_of_box::routes(),
        registrations::routes(),
        api_keys::routes(),
        audit::routes(),
        alerts::routes(),
        settings::routes(),
        settings_acme::routes(),
        system::routes(),
        system_box::routes(),
        network_check::routes(),
        system_certificates::routes(),
        system_backup::routes(),
        system_logs::routes(),
        system_update::routes(),
        dialling::routes(),
        phone_book::routes(),
        simulate::routes(),
        time_conditions::routes(),
        call_pins::routes(),
        events::routes(),
        super::document_routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Hands the changed configuration to the engine. It is in the store already, and who asked is answered so: an engine that
/// does not follow now reads it at its next start, which its watchdog brings about. That it did not is an alert.
fn configure(call: &mut Call<'_>) -> Result<(), Problem> {
    let (store, realm) = (&mut *call.store, &call.shared.facts.realm);
    let Err(error) = call.shared.pbx.configure(&mut || crate::state::compile(store, realm)) else {
        return Ok(());
    };
    log::error!("the changed configuration has not reached the engine: {error:#}");
    let alert = NewAlert {
        account_id: None,
        kind: "configuration_not_applied",
        severity: Severity::Critical,
        subject: "engine".into(),
        detail: format!("A change is kept, but the engine does not follow: {error:#}"),
    };
    Ok(alerts::raise(call.shared, call.store, &alert, call.now)?)
}

fn engine_silent(_: super::pbx::NoAnswer) -> Problem {
    Problem::about(Kind::Unavailable, "the engine does not answer").retry_after(2)
}
