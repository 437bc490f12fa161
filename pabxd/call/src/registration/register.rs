//! REGISTER. Its 200 goes out when the binding is on disk, so that a phone which was told that it is registered
//! still is after a power cut.

use pabx_model::StoreWrite;
use pabx_sip::endpoint::{Incoming, ServerTx};
use pabx_sip::header::To;
use pabx_sip::message::{HeaderName, Request, Response, ResponseBuilder, StatusCode};
use pabx_sip::registrar::{BindingChange, RegisterError, Registered, RegistrarLimits};

use super::saved;
use crate::api::{Alarm, Now, Report, Ticket, UnregisterReason};
use crate::config::{RETRY_AFTER_SECONDS, STATELESS_ABOVE};
use crate::core::{Aor, Core, Tag};
use crate::routing::{Party, is_local};

/// The way back to who asked.
#[derive(Debug)]
enum Reply {
    /// In a transaction: repetitions are absorbed.
    Transaction(ServerTx),
    /// Without one, above [`STATELESS_ABOVE`]: REGISTER and OPTIONS are idempotent (RFC 3261 §8.2.7).
    Stateless(Box<Incoming>),
}

/// An answer to REGISTER that waits for the store.
#[derive(Debug)]
pub(super) struct Waiting {
    reply: Reply,
    response: Response,
    request: Request,
    /// Writes that are not on disk yet.
    left: usize,
    failed: bool,
}

impl Core {
    /// Does what an authenticated REGISTER asks for.
    pub(crate) fn register(&mut self, now: Now, incoming: Incoming, aor: Aor) {
        let request = incoming.request.clone();
        let outcome = self.try_register(now, &incoming, aor);
        let Some(reply) = self.reply_path(now, incoming) else { return };
        match outcome {
            Ok((response, writes)) if writes.is_empty() => self.answer(now, reply, response),
            Ok((response, writes)) => {
                let left = writes.len();
                self.registrations.next_answer += 1;
                let answer = self.registrations.next_answer;
                self.registrations.tickets.extend(writes.into_iter().map(|ticket| (ticket, answer)));
                let waiting = Waiting { reply, response, request, left, failed: false };
                self.registrations.waiting.insert(answer, waiting);
            }
            Err(response) => self.answer(now, reply, response),
        }
    }

    /// The 200 and the writes it waits for, or the refusal.
    fn try_register(
        &mut self,
        now: Now,
        incoming: &Incoming,
        aor: Aor,
    ) -> Result<(Response, Vec<Ticket>), Response> {
        let request = &incoming.request;
        let refuse = |core: &mut Self, status| core.plain(request, status).build();
        let Some(party) = Party::of(self, aor) else {
            return Err(refuse(self, StatusCode::FORBIDDEN));
        };
        // RFC 3261 §10.3 step 5: nobody registers for somebody else.
        if !self.is_own_address(request, &party, incoming) {
            return Err(refuse(self, StatusCode::FORBIDDEN));
        }
        if self.is_overloaded() {
            return Err(self
                .plain(request, StatusCode::SERVICE_UNAVAILABLE)
                .header(HeaderName::RetryAfter, RETRY_AFTER_SECONDS)
                .build());
        }
        let limits = self.registrar_limits(aor);
        let registered =
            self.registrations.registrar.register(now.mono, &aor, request, incoming.flow, &limits);
        match registered {
            Ok(registered) => {
                let writes = self.note_changes(now, aor, &registered.changes);
                Ok((self.registered(request, &registered), writes))
            }
            Err(error) => Err(self.register_refused(request, error)),
        }
    }

    fn is_own_address(&self, request: &Request, party: &Party, incoming: &Incoming) -> bool {
        let Some(to) = request.headers().get::<To>().ok().flatten() else { return false };
        let uri = to.uri();
        let user = uri.user_decoded().unwrap_or_default();
        // The user may also be written in its box-wide form, NUMBER-SLUG.
        let number = user.split_once('-').map_or(&*user, |(number, _)| number);
        let local = uri.host().is_some_and(|host| is_local(self, host, &party.domain, &incoming.flow));
        number == &*party.number && local
    }

    fn is_overloaded(&mut self) -> bool {
        let limits = &self.config.limits;
        let full = self.registrations.tickets.len() >= limits.max_pending_writes
            || self.registrations.len() >= limits.max_bindings;
        if full {
            self.alarm(Alarm::StoreFailed);
        }
        full
    }

    fn registrar_limits(&self, aor: Aor) -> RegistrarLimits {
        let configured = self.config.registration;
        let devices =
            self.directory.extension_by_id(aor.extension_id).map_or(0, |extension| extension.max_devices);
        RegistrarLimits {
            min: configured.min_seconds,
            max: configured.max_seconds,
            default: configured.default_seconds,
            behind_nat: configured.nat_seconds,
            max_bindings: devices.into(),
        }
    }

    fn note_changes(&mut self, now: Now, aor: Aor, changes: &[BindingChange]) -> Vec<Ticket> {
        let mut writes = Vec::with_capacity(changes.len());
        for change in changes {
            match change {
                BindingChange::Added(binding) => {
                    self.device_came(aor, binding);
                    writes.push(self.store(StoreWrite::SaveBinding(saved(now, aor, binding))));
                }
                BindingChange::Refreshed { old, new } => {
                    let keep = saved(now, aor, new);
                    let before = super::key_of(aor, old);
                    if keep.key().identity() != before.identity() {
                        writes.push(self.store(StoreWrite::RemoveBinding(before)));
                    }
                    if old.flow != new.flow {
                        self.device_came(aor, new);
                    }
                    self.device_refreshed(now, aor, &new.flow);
                    writes.push(self.store(StoreWrite::SaveBinding(keep)));
                }
                BindingChange::Removed(binding) => {
                    writes.push(self.binding_gone(aor, binding, UnregisterReason::Requested));
                }
            }
        }
        self.watch(now, aor);
        writes
    }

    fn device_came(&mut self, aor: Aor, binding: &pabx_sip::registrar::Binding) {
        self.report(Report::Registered {
            account_id: aor.account_id,
            extension_id: aor.extension_id,
            flow: binding.flow,
            user_agent: binding.user_agent.as_deref().map(str::to_owned),
        });
    }

    fn registered(&mut self, request: &Request, registered: &Registered) -> Response {
        let mut response = self.plain(request, StatusCode::OK);
        for contact in &registered.contacts {
            response = response.header(HeaderName::Contact, contact);
        }
        if registered.outbound {
            response = response.header(HeaderName::Require, "outbound");
        }
        response.header(HeaderName::Supported, "outbound").build()
    }

    fn register_refused(&mut self, request: &Request, error: RegisterError) -> Response {
        let response = self.plain(request, error.status());
        match error.min_expires() {
            Some(min) => response.header(HeaderName::MinExpires, min).build(),
            None => response.build(),
        }
    }

    /// A response of ours outside of any dialog, to somebody who has authenticated.
    pub(crate) fn plain(&mut self, request: &Request, status: StatusCode) -> ResponseBuilder {
        let tag = Tag(self.random.u64()).to_string();
        ResponseBuilder::to(request, status).to_tag(&tag).header(HeaderName::Server, &self.config.software)
    }

    /// Answers an authenticated request outside of dialogs.
    pub(crate) fn answer_request(&mut self, now: Now, incoming: Incoming, response: Response) {
        if let Some(reply) = self.reply_path(now, incoming) {
            self.answer(now, reply, response);
        }
    }

    fn reply_path(&mut self, now: Now, incoming: Incoming) -> Option<Reply> {
        if self.endpoint.counts().server >= STATELESS_ABOVE {
            return Some(Reply::Stateless(Box::new(incoming)));
        }
        let Ok(tx) = self.endpoint.accept(now.mono, incoming) else {
            self.alarm(Alarm::TransactionLimit);
            return None;
        };
        Some(Reply::Transaction(tx))
    }

    fn answer(&mut self, now: Now, reply: Reply, response: Response) {
        match reply {
            Reply::Transaction(tx) => self.endpoint.respond(now.mono, tx, response),
            Reply::Stateless(incoming) => {
                self.endpoint.respond_stateless(&incoming, response);
            }
        }
    }

    /// The store has answered a write: the last one of a REGISTER lets its answer go.
    pub(crate) fn stored(&mut self, now: Now, ticket: Ticket, ok: bool) {
        if !ok {
            self.alarm(Alarm::StoreFailed);
        }
        let Some(answer) = self.registrations.tickets.remove(&ticket) else { return };
        let Some(waiting) = self.registrations.waiting.get_mut(&answer) else { return };
        waiting.failed |= !ok;
        waiting.left -= 1;
        if waiting.left > 0 {
            return;
        }
        let Some(Waiting { reply, response, request, failed, .. }) =
            self.registrations.waiting.remove(&answer)
        else {
            return;
        };
        let response = if failed { self.not_stored(&request) } else { response };
        self.answer(now, reply, response);
    }

    fn not_stored(&mut self, request: &Request) -> Response {
        self.plain(request, StatusCode::SERVER_INTERNAL_ERROR)
            .header(HeaderName::RetryAfter, RETRY_AFTER_SECONDS)
            .build()
    }
}
