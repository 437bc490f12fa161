//! Registrations that come back after a restart, and those that a change of configuration ends.

use pabx_model::{SavedBinding, SavedTransport, StoreWrite};
use pabx_sip::flow::{Flow, Transport};
use pabx_sip::registrar::Binding;
use pabx_sip::uri::Uri;

use crate::api::{Now, UnregisterReason};
use crate::core::{Aor, Core};

impl Core {
    /// Takes back the bindings from before a restart. Those over a connection are gone with it: their phones
    /// notice, connect and register again.
    pub(crate) fn restore(&mut self, now: Now, bindings: Vec<SavedBinding>) {
        for saved in bindings {
            let aor = Aor { account_id: saved.account_id, extension_id: saved.extension_id };
            let usable = saved.transport == SavedTransport::Udp && self.is_active(aor);
            let key = saved.key();
            let restored = usable
                && self.registrations.len() < self.config.limits.max_bindings
                && binding(now, saved)
                    .is_some_and(|binding| self.registrations.registrar.restore(now.mono, &aor, binding));
            if restored {
                self.watch(now, aor);
            } else {
                self.store(StoreWrite::RemoveBinding(key));
            }
        }
    }

    /// The directory changed: extensions that are suspended or gone lose their devices.
    pub(crate) fn drop_inactive(&mut self) {
        let inactive: Vec<Aor> = self
            .registrations
            .registrar
            .iter()
            .map(|(aor, _)| *aor)
            .filter(|aor| !self.is_active(*aor))
            .collect();
        for aor in inactive {
            for (aor, binding) in self.registrations.registrar.forget(&aor) {
                self.binding_gone(aor, &binding, UnregisterReason::Suspended);
            }
            self.unwatch(aor);
        }
    }

    /// Whether an extension may register and call.
    pub(crate) fn is_active(&self, aor: Aor) -> bool {
        let account = self.directory.account(aor.account_id);
        let extension = self.directory.extension_by_id(aor.extension_id);
        account.is_some_and(|account| account.status.is_active())
            && extension.is_some_and(|e| e.status.is_active() && e.account_id == aor.account_id)
    }
}

fn binding(now: Now, saved: SavedBinding) -> Option<Binding> {
    let left = std::time::Duration::from_millis(saved.expires_at.millis_since(now.utc));
    Some(Binding {
        contact: Uri::parse(&saved.contact).ok()?,
        flow: Flow { transport: Transport::Udp, local: saved.local, remote: saved.remote, conn: None },
        call_id: saved.call_id.into(),
        cseq: saved.cseq,
        expires_at: now.mono + left,
        q: saved.q,
        instance: saved.instance.map(Into::into),
        reg_id: saved.reg_id,
        user_agent: Some(saved.user_agent).filter(|name| !name.is_empty()).map(Into::into),
    })
}
