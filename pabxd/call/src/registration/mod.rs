//! Registrations: from an authenticated REGISTER to a binding that is on disk, and the devices' liveness.
//!
//! - [`register`]: REGISTER, its writes, and the 200 that waits for them;
//! - [`keep_alive`]: OPTIONS to every device, and which of them stopped answering;
//! - [`restore`]: bindings from before a restart, suspended extensions, closed connections.

mod keep_alive;
mod register;
mod restore;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use pabx_model::{AccountId, BindingKey, SavedBinding, SavedTransport, StoreWrite};
use pabx_sip::flow::{Flow, Transport};
use pabx_sip::registrar::{Binding, Registrar};
use smallvec::SmallVec;

use self::keep_alive::Watch;
use self::register::Waiting;
use crate::api::{Now, Report, Ticket, UnregisterReason};
use crate::core::{Aor, Core};
use crate::views::BindingView;

/// All registrations of an engine.
#[derive(Debug, Default)]
pub(crate) struct Registrations {
    registrar: Registrar<Aor>,
    /// One per extension with devices.
    watched: HashMap<Aor, Watch>,
    /// Answers to REGISTER that wait for the store.
    waiting: HashMap<u64, Waiting>,
    /// Which answer a write belongs to.
    tickets: HashMap<Ticket, u64>,
    next_answer: u64,
}

impl Registrations {
    /// The devices of an extension that can be called now, oldest first.
    pub(crate) fn devices(&self, now: Instant, aor: Aor) -> SmallVec<[Arc<Binding>; 2]> {
        let watch = self.watched.get(&aor);
        self.registrar
            .bindings(now, &aor)
            .filter(|binding| !watch.is_some_and(|watch| watch.is_lost(&binding.flow)))
            .cloned()
            .collect()
    }

    /// The devices of an account, reachable or not, as they are shown to people.
    pub(crate) fn all(&self, now: Now, account: AccountId) -> Vec<BindingView> {
        let of_account = self
            .registrar
            .iter()
            .filter(|(aor, binding)| aor.account_id == account && binding.expires_at > now.mono);
        let view = |(aor, binding): (&Aor, &Arc<Binding>)| {
            let saved = saved(now, *aor, binding);
            let lost = self.watched.get(aor).is_some_and(|watch| watch.is_lost(&binding.flow));
            BindingView {
                extension_id: aor.extension_id,
                contact: saved.contact,
                transport: binding.flow.transport,
                remote: binding.flow.remote,
                user_agent: binding.user_agent.as_deref().map(str::to_owned),
                expires_at: saved.expires_at,
                reachable: !lost,
            }
        };
        of_account.map(view).collect()
    }

    /// Whose each registered device is.
    pub(crate) fn accounts(&self, now: Now) -> impl Iterator<Item = AccountId> {
        let there = self.registrar.iter().filter(move |(_, binding)| binding.expires_at > now.mono);
        there.map(|(aor, _)| aor.account_id)
    }

    /// Registered devices.
    pub(crate) fn len(&self) -> usize {
        self.registrar.len()
    }

    /// Writes that the store has not answered.
    pub(crate) fn pending_writes(&self) -> usize {
        self.tickets.len()
    }

    /// Extensions that are asked by OPTIONS; each has one timer.
    pub(crate) fn watched(&self) -> usize {
        self.watched.len()
    }

    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.registrar.next_expiry()
    }
}

/// What is kept of a binding over a restart.
fn saved(now: Now, aor: Aor, binding: &Binding) -> SavedBinding {
    let left = binding.expires_at.saturating_duration_since(now.mono);
    SavedBinding {
        account_id: aor.account_id,
        extension_id: aor.extension_id,
        contact: binding.contact.to_string(),
        transport: match binding.flow.transport {
            Transport::Udp => SavedTransport::Udp,
            Transport::Tcp => SavedTransport::Tcp,
            Transport::Tls => SavedTransport::Tls,
            Transport::Ws => SavedTransport::Ws,
            Transport::Wss => SavedTransport::Wss,
        },
        local: binding.flow.local,
        remote: binding.flow.remote,
        instance: binding.instance.as_deref().map(str::to_owned),
        reg_id: binding.reg_id,
        call_id: binding.call_id.to_string(),
        cseq: binding.cseq,
        q: binding.q,
        user_agent: binding.user_agent.as_deref().unwrap_or_default().to_owned(),
        expires_at: now.utc.plus_millis(u64::try_from(left.as_millis()).unwrap_or(u64::MAX)),
    }
}

fn key_of(aor: Aor, binding: &Binding) -> BindingKey {
    BindingKey {
        account_id: aor.account_id,
        extension_id: aor.extension_id,
        contact: binding.contact.to_string(),
        instance: binding.instance.as_deref().map(str::to_owned),
        reg_id: binding.reg_id,
    }
}

impl Core {
    /// A binding is gone: the store forgets it, the monitor is told.
    fn binding_gone(&mut self, aor: Aor, binding: &Binding, why: UnregisterReason) -> Ticket {
        self.report(Report::Unregistered {
            account_id: aor.account_id,
            extension_id: aor.extension_id,
            flow: binding.flow,
            why,
        });
        self.store(StoreWrite::RemoveBinding(key_of(aor, binding)))
    }

    /// Bindings whose time is over.
    pub(crate) fn expire_bindings(&mut self, now: Now) {
        for (aor, binding) in self.registrations.registrar.expire(now.mono) {
            self.binding_gone(aor, &binding, UnregisterReason::Expired);
        }
    }

    /// A flow is gone: what was registered over its connection is not reachable any more.
    pub(crate) fn flow_gone(&mut self, flow: Flow) {
        for (aor, binding) in self.registrations.registrar.flow_closed(flow) {
            self.binding_gone(aor, &binding, UnregisterReason::FlowClosed);
        }
    }
}
