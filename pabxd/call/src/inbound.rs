//! A new request: whose dialog, who sent it, and what becomes of it (see the table in [`crate::admission`]).

use std::time::Duration;

use pabx_model::{AccountId, CallRecord, Class, EndReason, TraceStep, TrunkId, call_pin};
use pabx_sip::endpoint::Incoming;
use pabx_sip::message::{HeaderName, Request, ResponseBuilder, StatusCode};

use crate::admission::{self, Admission, Service, is_own_flow};
use crate::api::{Alarm, Now, PortSource, Report};
use crate::call::{Call, Invitation};
use crate::calls::{CallKey, Entry};
use crate::core::{Cx, Tag};
use crate::engine::Engine;
use crate::headers;
use crate::ledger::Ledger;
use crate::leg::LegIx;
use crate::limits::Reached;
use crate::options;
use crate::record::{self, Outcome};
use crate::routing::arrival::Arrival;
use crate::routing::outbound::Outward;
use crate::routing::{self, Party, Refusal, Route};
use crate::who::Who;

/// What the phones of a call may show that had to leave its trunk (RFC 4411 §3, Q.850 cause 8).
const PREEMPTED: &str = "Q.850;cause=8;text=\"Needed for an emergency call\"";

/// Calls for help of one extension at one time.
const MAX_HELPS: usize = 4;
/// Calls for help of an account that are told of in [`TELLING_HELPS`]: more would push out what others are told.
const MAX_HELPS_TOLD: usize = 10;
/// See [`MAX_HELPS_TOLD`].
const TELLING_HELPS: Duration = Duration::from_mins(10);

/// A leg that a request is for.
#[derive(Clone, Copy)]
struct Target {
    key: CallKey,
    ix: LegIx,
    who: Who,
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
        let Admission::Admitted(who) = admission else { return };
        match target {
            // The leg's own extension or provider, from another address: its NAT or its connection is a new one.
            Some(target) if target.who == who => {
                self.with_call(now, target.key, ports, |call, cx| call.request(cx, target.ix, incoming));
            }
            Some(_) => self.refuse(now, incoming, StatusCode::CALL_DOES_NOT_EXIST),
            None => self.serve(now, incoming, who, ports),
        }
    }

    /// The leg whose dialog the request belongs to.
    fn target(&mut self, incoming: &Incoming) -> Option<Target> {
        let tag = Tag::parse(incoming.request.to_tag()?)?;
        let (key, ix) = self.core.tags.get(&tag.0).copied()?;
        let call = self.calls.get_mut(key)?.call.as_ref()?;
        let leg = call.leg(ix).filter(|leg| leg.is_dialog_of(&incoming.request))?;
        let own = is_own_flow(&leg.flow, &incoming.flow)
            || leg.who.trunk_id().is_some_and(|id| self.core.trunks.is_of(id, &incoming.flow));
        Some(Target { key, ix, who: leg.who, own_flow: own })
    }

    fn serve(&mut self, now: Now, incoming: Incoming, who: Who, ports: &mut dyn PortSource) {
        let has_to_tag = incoming.request.to_tag().is_some();
        let service = Service::of(incoming.request.method(), has_to_tag).of_account(who.account_id());
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
            Service::Register => match who.extension() {
                Some(aor) => self.core.register(now, incoming, aor),
                None => self.refuse(now, incoming, StatusCode::FORBIDDEN),
            },
            Service::Options => options::answer(&mut self.core, now, incoming),
            Service::Call => self.invite(now, incoming, who, ports),
            Service::Refused(status) => self.refuse(now, incoming, status),
        }
    }

    fn refuse(&mut self, now: Now, incoming: Incoming, status: StatusCode) {
        let response =
            self.core.plain(&incoming.request, status).header(HeaderName::Allow, headers::ALLOW).build();
        self.core.answer_request(now, incoming, response);
    }

    /// An authenticated INVITE outside of dialogs: from here on there will be exactly one record.
    fn invite(&mut self, now: Now, incoming: Incoming, who: Who, ports: &mut dyn PortSource) {
        let (request, flow) = (incoming.request.clone(), incoming.flow);
        let refusal = incoming.clone();
        let Ok(tx) = self.core.endpoint.accept(now.mono, incoming) else {
            self.no_transaction(&refusal);
            return;
        };
        self.core.endpoint.respond(now.mono, tx, ResponseBuilder::to(&request, StatusCode::TRYING).build());
        let Some((caller, dialled, arrival)) = self.parties(who, &request) else { return };
        let mut invitation =
            Invitation { tx, request, flow, caller, dialled, arrival, hops: 70, trace: Vec::new() };
        match self.route(now, &mut invitation) {
            Ok(route) => self.begin(now, &invitation, &route, ports),
            Err(refusal) => self.refuse_call(now, &invitation, &refusal),
        }
    }

    /// Who calls, and what is called; of a call that comes in, also what the provider says of it.
    fn parties(&self, who: Who, request: &Request) -> Option<(Party, Box<str>, Option<Arrival>)> {
        match who {
            Who::Extension(aor) => {
                let asked = || request.uri().ok()?.user_decoded().map(|user| (*user).into());
                let dialled = routing::dialled(request).map(|dialled| dialled.as_str().into()).or_else(asked);
                // A PIN is no part of what is kept and shown.
                let kept = dialled.map(|text: Box<str>| call_pin::without_pin(&text).into());
                Some((Party::of(&self.core, aor)?, kept.unwrap_or_default(), None))
            }
            Who::Trunk { account_id, trunk_id } => {
                let account = self.core.directory.account(account_id)?;
                let trunk = self.core.directory.trunk(trunk_id)?;
                let arrival = routing::arrival::arrival(&self.core.directory, account, trunk, request);
                let caller = Party {
                    who,
                    number: arrival.caller.clone(),
                    name: arrival.name.clone(),
                    domain: account.domain.as_str().into(),
                };
                Some((caller, arrival.called.clone(), Some(arrival)))
            }
        }
    }

    /// Where the call goes, if it may go anywhere.
    fn route(&mut self, now: Now, invitation: &mut Invitation) -> Result<Route, Refusal> {
        if self.stopping {
            return Err(Refusal::new(503, EndReason::Shutdown));
        }
        invitation.hops = routing::check(&self.core, &invitation.request)?;
        let mut trace = Vec::new();
        let route = self.destination(now, invitation, &mut trace);
        let who = invitation.caller.who;
        if who.account_id().is_self_test() {
            self.core.trials.spend(&invitation.dialled);
        }
        match trace.last() {
            Some(TraceStep::PinWrong) => self.core.note_wrong_pin(now, who),
            Some(step @ (TraceStep::PinLocked | TraceStep::OffHours { .. })) => {
                let (account, extension) = who.owner();
                self.core.stopped(account, extension, step);
            }
            _ => {}
        }
        invitation.trace = trace;
        let route = route?;
        if let Route::Outward(outward) = &route
            && let Some(step) = self.core.out_of_bounds(now, outward.owner(who), outward)
        {
            let (account, extension) = outward.owner(who);
            self.core.stopped(account, extension, &step);
            let spent = matches!(step, TraceStep::BudgetSpent { .. });
            let reason = if spent { EndReason::BudgetSpent } else { EndReason::NotPermitted };
            invitation.trace.push(step);
            return Err(routing::explained(who, (403, reason), &invitation.trace));
        }
        let (account_id, _) = match &route {
            Route::Outward(outward) if self.is_one_help_too_many(who, outward) => {
                return Err(routing::limit(Reached::Extension, who));
            }
            Route::Outward(outward) => outward.owner(who),
            Route::Extension(callee) => {
                self.introduce_itself(invitation, callee.aor.account_id);
                (callee.aor.account_id, None)
            }
            Route::Feature(_) => (who.account_id(), None),
        };
        let account = self.core.directory.account(account_id);
        let account_limit =
            account.map_or(0, |account| usize::try_from(account.limits.max_calls).unwrap_or(0));
        let limits = self.core.config.limits;
        match self.core.active.check(account_id, who.extension_id(), account_limit, &limits) {
            Ok(()) => Ok(route),
            // A call for help waits for nobody.
            Err(_) if matches!(&route, Route::Outward(outward) if outward.is_emergency()) => Ok(route),
            Err(reached) => {
                match reached {
                    Reached::Engine => self.core.alarm(Alarm::CallLimit),
                    Reached::Account => self.core.alarm(Alarm::AccountCallLimit(account_id)),
                    Reached::Extension | Reached::Trunk => {}
                }
                Err(routing::limit(reached, who))
            }
        }
    }

    /// Where the box itself calls a phone, it does as one of its account's domain, for phones may know no other.
    fn introduce_itself(&self, invitation: &mut Invitation, callee: AccountId) {
        let itself = invitation.caller.who.account_id().is_self_test();
        if let Some(account) = self.core.directory.account(callee).filter(|_| itself) {
            invitation.caller.domain = account.domain.as_str().into();
        }
    }

    /// Whether it is one of too many calls for help: no limit stops them, so a stolen password must not be enough to block the box.
    fn is_one_help_too_many(&self, who: Who, outward: &Outward) -> bool {
        let owner = outward.owner(who);
        let same = |entry: &&Entry| {
            let record = &entry.ledger.record;
            record.class == Some(Class::Emergency) && (record.account_id, record.extension_id) == owner
        };
        outward.is_emergency() && self.calls.iter().filter(same).count() >= MAX_HELPS
    }

    fn destination(
        &self,
        now: Now,
        invitation: &Invitation,
        trace: &mut Vec<TraceStep>,
    ) -> Result<Route, Refusal> {
        let Invitation { caller, request, flow, arrival, .. } = invitation;
        let trunk = caller.who.trunk_id().and_then(|id| self.core.directory.trunk(id));
        let Some((trunk, arrival)) = trunk.zip(arrival.as_ref()) else {
            return routing::route(&self.core, now, caller, (request, flow), trace);
        };
        let limit = usize::try_from(trunk.max_calls).unwrap_or(usize::MAX);
        if self.core.active.on_trunk(trunk.trunk_id) >= limit {
            return Err(routing::limit(Reached::Trunk, caller.who));
        }
        routing::route_in(&self.core, now, caller, (trunk, arrival), flow, trace)
    }

    fn begin(&mut self, now: Now, invitation: &Invitation, route: &Route, ports: &mut dyn PortSource) {
        let record = self.new_record(now, invitation, Some(route));
        let caller = invitation.caller.who;
        if let Route::Outward(outward) = route {
            self.goes_out(now, invitation, outward, &record, ports);
        }
        let core = &mut self.core;
        let key =
            self.calls.insert(|key| Entry { ledger: Ledger::begin(key, caller, record, core), call: None });
        self.set_running(Some(key));
        let Some(entry) = self.calls.get_mut(key) else { return };
        if let Some(trunk) = caller.trunk_id() {
            self.core.active.seize_channel(trunk);
            entry.ledger.came_by = Some(trunk);
        }
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
        let mut record = self.new_record(now, invitation, None);
        if record.account_id.is_self_test() {
            return;
        }
        self.core.report(Report::CallStarted(Box::new(record.clone())));
        refusal.outcome.complete(&mut record, now.utc);
        self.core.store(pabx_model::StoreWrite::EndCall(record.clone()));
        self.core.report(Report::CallEnded(Box::new(record)));
    }

    fn new_record(
        &mut self,
        now: Now,
        invitation: &Invitation,
        route: Option<&Route>,
    ) -> pabx_model::CallRecord {
        let call_id = self.core.new_call_id(now);
        let caller = &invitation.caller;
        let parties = (&*caller.number, &*invitation.dialled);
        let mut record = record::begin(call_id, caller.who, parties, now.utc, self.core.wall_clock);
        if let Some(Route::Extension(callee)) = route {
            if record.account_id.is_self_test() {
                // The box tries the phones: it is their call, and what it dialled is a word of its own.
                (record.account_id, record.extension_id) = (callee.aor.account_id, None);
                record.callee = CallRecord::party(&callee.number);
            }
            record.extension_id = record.extension_id.or(Some(callee.aor.extension_id));
        }
        record.trace.clone_from(&invitation.trace);
        if let Some(Route::Outward(outward)) = route {
            record.class = Some(outward.class);
            (record.account_id, record.extension_id) = outward.owner(caller.who);
            if outward.on_behalf_of.is_some() {
                // What the box dialled is a word of its own.
                record.callee = CallRecord::party(&outward.normal);
            }
        }
        // Only calls by a trunk, those that wanted out, and those behind a PIN have a trace.
        let inside = matches!(route, Some(Route::Extension(_) | Route::Feature(_)));
        if caller.who.extension().is_some() && !record.trace.is_empty() && !inside {
            record.direction = pabx_model::CallDirection::Outbound;
        }
        record
    }

    /// A call is about to go out: it is counted, and one for life and limb gets a channel and is told of.
    fn goes_out(
        &mut self,
        now: Now,
        invitation: &Invitation,
        outward: &Outward,
        record: &CallRecord,
        ports: &mut dyn PortSource,
    ) {
        self.core.note_outward(now, outward.owner(invitation.caller.who), outward);
        if !outward.is_emergency() {
            return;
        }
        if !self.core.helps.is_full(now.mono, &record.account_id, MAX_HELPS_TOLD, TELLING_HELPS) {
            self.core.helps.note(now.mono, record.account_id, MAX_HELPS_TOLD);
            let caller = invitation.caller.number.clone();
            self.core.report(Report::Emergency { record: Box::new(record.clone()), caller });
        }
        // The trunks stand so that only where all that work are full the first is.
        if let Some(first) = outward.attempts.first().filter(|one| !self.core.is_trunk_down(one.trunk_id)) {
            self.preempt(now, first.trunk_id, ports);
        }
    }

    /// Ends the youngest call of a trunk that has no channel left, unless all of them are emergencies.
    fn preempt(&mut self, now: Now, trunk: TrunkId, ports: &mut dyn PortSource) {
        let Some(line) = self.core.trunks.line(trunk) else { return };
        let limit = usize::try_from(line.trunk.max_calls).unwrap_or(usize::MAX);
        if self.core.active.on_trunk(trunk) < limit {
            return;
        }
        let less_urgent = self.calls.iter().filter(|entry| entry.ledger.may_yield(trunk));
        let Some(youngest) = less_urgent.max_by_key(|entry| entry.ledger.record.start_time) else { return };
        let key = youngest.ledger.key;
        self.with_call(now, key, ports, |call, cx| {
            cx.ledger.trace(TraceStep::Preempted);
            call.finish_because(cx, Outcome::new(503, EndReason::Preempted), Some(PREEMPTED));
        });
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
