//! A new request: whose dialog, who sent it, and what becomes of it (see the table in [`crate::admission`]).

use pabx_model::EndReason;
use pabx_sip::endpoint::Incoming;
use pabx_sip::message::{HeaderName, ResponseBuilder, StatusCode};

use crate::admission::{self, Admission, Service, is_own_flow};
use crate::api::{Alarm, Now, PortSource, Report};
use crate::call::{Call, Invitation};
use crate::calls::{CallKey, Entry};
use crate::core::{Aor, Cx, Tag};
use crate::engine::Engine;
use crate::headers;
use crate::ledger::Ledger;
use crate::leg::LegIx;
use crate::limits::Reached;
use crate::options;
use crate::record;
use crate::routing::{self, Party, Refusal, Route};

/// A leg that a request is for.
#[derive(Clone, Copy)]
struct Target {
    key: CallKey,
    ix: LegIx,
    aor: Aor,
    own_flow: bool,
}

impl Engine {
    /// Takes in one request that nothing is remembered of yet.
    pub(crate) fn request(&mut self, now: Now, incoming: Incoming, ports: &mut dyn PortSource) {
        let target = self.target(&incoming);
        if let Some(target) = target.filter(|target| target.own_flow) {
            self.with_call(now, target.key, ports, |call, cx| call.request(cx, target.ix, incoming));
            return;
        }
        let admission = admission::admit(&mut self.core, &mut self.auth, &mut self.guard, now, &incoming);
        let Admission::Admitted(aor) = admission else { return };
        match target {
            // The leg's own extension, from another address: its NAT or its connection is a new one.
            Some(target) if target.aor == aor => {
                self.with_call(now, target.key, ports, |call, cx| call.request(cx, target.ix, incoming));
            }
            Some(_) => self.refuse(now, incoming, StatusCode::CALL_DOES_NOT_EXIST),
            None => self.serve(now, incoming, aor, ports),
        }
    }

    /// The leg whose dialog the request belongs to.
    fn target(&mut self, incoming: &Incoming) -> Option<Target> {
        let tag = Tag::parse(incoming.request.to_tag()?)?;
        let (key, ix) = self.core.tags.get(&tag.0).copied()?;
        let call = self.calls.get_mut(key)?.call.as_ref()?;
        let leg = call.leg(ix).filter(|leg| leg.is_dialog_of(&incoming.request))?;
        Some(Target { key, ix, aor: leg.aor, own_flow: is_own_flow(&leg.flow, &incoming.flow) })
    }

    fn serve(&mut self, now: Now, incoming: Incoming, aor: Aor, ports: &mut dyn PortSource) {
        let has_to_tag = incoming.request.to_tag().is_some();
        let service = Service::of(incoming.request.method(), has_to_tag).of_account(aor.account_id);
        // For a call it is checked where the record is made.
        if service != Service::Call
            && let Some(unknown) = routing::unsupported(&incoming.request)
        {
            let response = self.core.plain(&incoming.request, StatusCode::BAD_EXTENSION);
            let response = response.header(HeaderName::Unsupported, unknown).build();
            self.core.answer_request(now, incoming, response);
            return;
        }
        match service {
            Service::Register => self.core.register(now, incoming, aor),
            Service::Options => options::answer(&mut self.core, now, incoming),
            Service::Call => self.invite(now, incoming, aor, ports),
            Service::Refused(status) => self.refuse(now, incoming, status),
        }
    }

    fn refuse(&mut self, now: Now, incoming: Incoming, status: StatusCode) {
        let response =
            self.core.plain(&incoming.request, status).header(HeaderName::Allow, headers::ALLOW).build();
        self.core.answer_request(now, incoming, response);
    }

    /// An authenticated INVITE outside of dialogs: from here on there will be exactly one record.
    fn invite(&mut self, now: Now, incoming: Incoming, aor: Aor, ports: &mut dyn PortSource) {
        let (request, flow) = (incoming.request.clone(), incoming.flow);
        let refusal = incoming.clone();
        let Ok(tx) = self.core.endpoint.accept(now.mono, incoming) else {
            self.no_transaction(&refusal);
            return;
        };
        self.core.endpoint.respond(now.mono, tx, ResponseBuilder::to(&request, StatusCode::TRYING).build());
        let Some(caller) = Party::of(&self.core, aor) else { return };
        let dialled = routing::dialled(&request).map_or_else(
            || {
                request
                    .uri()
                    .ok()
                    .and_then(|uri| uri.user_decoded().map(std::borrow::Cow::into_owned))
                    .unwrap_or_default()
            },
            |dialled| dialled.as_str().to_owned(),
        );
        let mut invitation = Invitation { tx, request, flow, caller, dialled: dialled.into(), hops: 70 };
        match self.route(now, &mut invitation) {
            Ok(route) => self.begin(now, &invitation, &route, ports),
            Err(refusal) => self.refuse_call(now, &invitation, &refusal),
        }
    }

    /// Where the call goes, if it may go anywhere.
    fn route(&mut self, now: Now, invitation: &mut Invitation) -> Result<Route, Refusal> {
        if self.stopping {
            return Err(Refusal::new(503, EndReason::Shutdown));
        }
        invitation.hops = routing::check(&self.core, &invitation.request)?;
        let caller = &invitation.caller;
        let route = routing::route(&self.core, now.mono, caller, &invitation.request, &invitation.flow)?;
        let account = self.core.directory.account(caller.aor.account_id);
        let account_limit =
            account.map_or(0, |account| usize::try_from(account.limits.max_calls).unwrap_or(0));
        let Aor { account_id, extension_id } = caller.aor;
        let limits = self.core.config.limits;
        match self.core.active.check(account_id, extension_id, account_limit, &limits) {
            Ok(()) => Ok(route),
            Err(reached) => {
                match reached {
                    Reached::Engine => self.core.alarm(Alarm::CallLimit),
                    Reached::Account => self.core.alarm(Alarm::AccountCallLimit(account_id)),
                    Reached::Extension => {}
                }
                Err(routing::limit(reached))
            }
        }
    }

    fn begin(&mut self, now: Now, invitation: &Invitation, route: &Route, ports: &mut dyn PortSource) {
        let record = self.new_record(now, invitation);
        let caller = invitation.caller.aor;
        let core = &mut self.core;
        let key =
            self.calls.insert(|key| Entry { ledger: Ledger::begin(key, caller, record, core), call: None });
        self.set_running(Some(key));
        let Some(entry) = self.calls.get_mut(key) else { return };
        entry.ledger.open_invite = Some((invitation.tx, invitation.request.clone()));
        let mut cx = Cx { now, core: &mut self.core, ledger: &mut entry.ledger, ports };
        let call = Call::begin(&mut cx, invitation, route);
        entry.call = Some(Box::new(call));
        self.set_running(None);
        // Over already, if it was refused: then this clears it away.
        self.with_call(now, key, ports, |_, _| {});
    }

    /// Refuses an INVITE before it is a call: an answer and a record, and nothing else.
    fn refuse_call(&mut self, now: Now, invitation: &Invitation, refusal: &Refusal) {
        let mut response = self.core.plain(&invitation.request, refusal.status());
        if let Some((name, value)) = &refusal.header {
            response = response.header(name.clone(), value);
        }
        self.core.endpoint.respond(now.mono, invitation.tx, response.build());
        let mut record = self.new_record(now, invitation);
        if record.account_id.is_self_test() {
            return;
        }
        self.core.report(Report::CallStarted(Box::new(record.clone())));
        refusal.outcome.complete(&mut record, now.utc);
        self.core.store(pabx_model::StoreWrite::EndCall(record.clone()));
        self.core.report(Report::CallEnded(Box::new(record)));
    }

    fn new_record(&mut self, now: Now, invitation: &Invitation) -> pabx_model::CallRecord {
        let call_id = self.core.new_call_id(now);
        let caller = &invitation.caller;
        let parties = (&*caller.number, &*invitation.dialled);
        record::begin(call_id, caller.aor, parties, now.utc, self.core.wall_clock)
    }

    fn no_transaction(&mut self, incoming: &Incoming) {
        self.core.alarm(Alarm::TransactionLimit);
        let response = self
            .core
            .plain(&incoming.request, StatusCode::SERVICE_UNAVAILABLE)
            .header(HeaderName::RetryAfter, crate::config::RETRY_AFTER_SECONDS)
            .build();
        self.core.endpoint.respond_stateless(incoming, response);
    }
}
