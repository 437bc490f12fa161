//! Where an INVITE goes. The account comes from who authenticated, never from the request: what is dialled is
//! looked up inside that account and nowhere else.

pub mod arrival;
pub mod explain;
mod hours;
pub mod inbound;
pub mod moment;
pub mod outbound;
mod pin;

use std::sync::Arc;
use std::time::Duration;

use pabx_model::{
    AccountId, CallingClass, Class, DialString, Directory, EndReason, Extension, TraceStep, Trunk, TrunkId,
    TrunkState, call_pin,
};
use pabx_sip::flow::Flow;
use pabx_sip::message::{HeaderName, Method, Request, StatusCode};
use pabx_sip::registrar::Binding;
use pabx_sip::uri::{Host, Scheme, Uri};
use smallvec::SmallVec;

use self::arrival::Arrival;
use self::inbound::End;
use self::moment::{Moment, Scene};
use self::outbound::{Dialler, Outward};
use crate::api::Now;
use crate::core::{Aor, Core};
use crate::features::{self, Feature};
use crate::headers::{self, Offer};
use crate::leg::Abilities;
use crate::leg::session;
use crate::limits::Reached;
use crate::record::Outcome;
use crate::trunk::Line;
use crate::who::Who;

/// Somebody as the other party gets to see it.
#[derive(Clone, Debug)]
pub(crate) struct Party {
    pub(crate) who: Who,
    pub(crate) number: Box<str>,
    pub(crate) name: Box<str>,
    pub(crate) domain: Box<str>,
}

impl Party {
    /// The directory's view of an extension; `None` when it, or its account, is gone.
    pub(crate) fn of(core: &Core, aor: Aor) -> Option<Self> {
        let account = core.directory.account(aor.account_id)?;
        let extension = core.directory.extension_by_id(aor.extension_id)?;
        Some(Self {
            who: aor.into(),
            number: extension.number.as_str().into(),
            name: extension.name.as_str().into(),
            domain: account.domain.as_str().into(),
        })
    }

    /// Its address-of-record.
    pub(crate) fn uri(&self) -> Uri {
        Uri::sip(Some(&self.number), host_of(&self.domain), None)
    }
}

/// An account's domain as a host: a name or an address.
pub(crate) fn host_of(domain: &str) -> Host {
    let bare = domain.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<std::net::IpAddr>().map_or_else(|_| Host::Name(domain.into()), Host::from)
}

/// Who is called.
#[derive(Debug)]
pub(crate) struct Callee {
    pub(crate) aor: Aor,
    pub(crate) number: Box<str>,
    pub(crate) ring: Duration,
    pub(crate) devices: SmallVec<[Arc<Binding>; 2]>,
}

impl Callee {
    /// Its address-of-record: same account, so same domain as the caller.
    pub(crate) fn uri(&self, caller: &Party) -> Uri {
        Uri::sip(Some(&self.number), host_of(&caller.domain), None)
    }
}

/// Where a call goes.
#[derive(Debug)]
pub(crate) enum Route {
    /// To the devices of an extension.
    Extension(Callee),
    /// To a number outside.
    Outward(Outward),
    /// To the box itself.
    Feature(Feature),
}

/// Why an INVITE makes no call, and what its answer says besides.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) outcome: Outcome,
    pub(crate) header: Option<(HeaderName, String)>,
}

impl Refusal {
    pub(crate) fn new(sip: u16, reason: EndReason) -> Self {
        Self { outcome: Outcome::new(sip, reason), header: None }
    }

    pub(crate) fn with(sip: u16, reason: EndReason, header: HeaderName, value: impl Into<String>) -> Self {
        Self { outcome: Outcome::new(sip, reason), header: Some((header, value.into())) }
    }

    pub(crate) fn status(&self) -> StatusCode {
        headers::status(self.outcome.sip)
    }
}

/// What can be said before anything is looked up: extensions, bodies, hops, session timer.
pub(crate) fn check(core: &Core, request: &Request) -> Result<u8, Refusal> {
    let bad = |sip, header, value: &str| Err(Refusal::with(sip, EndReason::ProtocolError, header, value));
    let hops = hops_left(request)?;
    if let Some(unknown) = unsupported(request) {
        return bad(420, HeaderName::Unsupported, &unknown);
    }
    if matches!(Offer::of(request), Offer::Foreign) {
        return bad(415, HeaderName::Accept, headers::SDP);
    }
    let abilities = Abilities::of(request.headers());
    if let Err(too_small) = session::check(request, abilities, &core.config) {
        return bad(422, HeaderName::MinSe, &too_small.0.to_string());
    }
    Ok(hops)
}

/// RFC 3261 §16.3, RFC 7332 §4: a B2BUA counts Max-Forwards down as a proxy does, so that loops end.
fn hops_left(request: &Request) -> Result<u8, Refusal> {
    let text = request.headers().text(&HeaderName::MaxForwards).unwrap_or("70");
    match text.trim().parse::<u8>() {
        Ok(0) => Err(Refusal::new(483, EndReason::ProtocolError)),
        Ok(hops) => Ok((hops - 1).min(70)),
        Err(_) => Err(Refusal::new(400, EndReason::ProtocolError)),
    }
}

/// RFC 3261 §8.2.2.3: the extensions that a request requires and that are not known here, for Unsupported.
pub(crate) fn unsupported(request: &Request) -> Option<String> {
    // Outbound (RFC 5626) is the registrar's.
    let known: &[&str] =
        if *request.method() == Method::Register { &["outbound"] } else { &["timer", "100rel"] };
    let required = request.headers().values(&HeaderName::Require);
    let unknown: Vec<&str> = required
        .filter_map(|token| std::str::from_utf8(token).ok().map(str::trim))
        .filter(|token| !token.is_empty() && !known.iter().any(|known| known.eq_ignore_ascii_case(token)))
        .collect();
    (!unknown.is_empty()).then(|| unknown.join(", "))
}

/// What was dialled, if it can be dialled at all.
pub(crate) fn dialled(request: &Request) -> Option<DialString> {
    let uri = request.uri().ok()?;
    DialString::parse(&uri.user_decoded()?).ok()
}

/// The number behind `#31#`, and whether that was dialled.
pub(crate) fn withheld(dialled: DialString) -> (DialString, bool) {
    let number =
        dialled.as_str().strip_prefix(call_pin::WITHHOLD).and_then(|number| DialString::parse(number).ok());
    number.map_or((dialled, false), |number| (number, true))
}

/// Finds where a call of this extension goes. A call that leaves the account says in `trace` why it goes where it goes.
pub(crate) fn route(
    core: &Core,
    now: Now,
    caller: &Party,
    (request, flow): (&Request, &Flow),
    trace: &mut Vec<TraceStep>,
) -> Result<Route, Refusal> {
    let unknown = || Refusal::new(404, EndReason::UnknownNumber);
    let uri = request.uri().map_err(|_| Refusal::new(400, EndReason::ProtocolError))?;
    match uri.scheme() {
        Scheme::Sip | Scheme::Tel => {}
        // RFC 3261 §26.2.2: every hop would have to be encrypted.
        Scheme::Sips if flow.transport.is_secure() => {}
        Scheme::Sips | Scheme::Other(_) => return Err(Refusal::new(416, EndReason::UnknownNumber)),
    }
    if !uri.host().is_none_or(|host| is_local(core, host, &caller.domain, flow)) {
        return Err(unknown());
    }
    let dialled = dialled(request).ok_or_else(unknown)?;
    if caller.who.account_id().is_self_test()
        && let Some(route) = core.trial(now, caller, (&dialled, flow), trace)
    {
        return route;
    }
    if let Some(feature) = features::by_code(dialled.as_str()) {
        // The box calling itself hears itself, whatever features people get.
        let allowed = !caller.who.account_id().is_self_test() || feature == Feature::Echo;
        return if allowed { Ok(Route::Feature(feature)) } else { Err(unknown()) };
    }
    let account = caller.who.account_id();
    // In either order.
    let (dialled, first) = withheld(dialled);
    let (dialled, pin) = pin::proven(core, now, caller, dialled, trace)?;
    let (dialled, then) = withheld(dialled);
    let withheld = first || then;
    match inside(&core.directory, account, &dialled) {
        Some(extension) => extension_route(core, now.mono, caller, extension, flow),
        None => outward_route(core, now, caller, (&dialled, withheld, pin), trace),
    }
}

/// The extension that is dialled. An emergency number is nobody's.
pub(crate) fn inside<'a>(
    directory: &'a Directory,
    account: AccountId,
    dialled: &DialString,
) -> Option<&'a Extension> {
    let extension = directory.extension(account, &dialled.extension_number()?)?;
    (!is_emergency(directory, account, dialled)).then_some(extension)
}

/// Whether an account's plan reads that as a call for help.
pub(crate) fn is_emergency(directory: &Directory, account: AccountId, dialled: &DialString) -> bool {
    let plan = directory.routing(account).map(|routing| &routing.dialling.plan);
    let read = plan.and_then(|plan| plan.read(dialled.as_str()).ok());
    read.is_some_and(|called| called.class() == Class::Emergency)
}

fn outward_route(
    core: &Core,
    now: Now,
    caller: &Party,
    (dialled, withheld, pin): (&DialString, bool, Option<CallingClass>),
    trace: &mut Vec<TraceStep>,
) -> Result<Route, Refusal> {
    let account = caller.who.account_id();
    // An account without trunks has nothing to say of numbers outside.
    if core.directory.routing(account).is_none_or(|routing| routing.trunks.is_empty()) {
        return Err(Refusal::new(404, EndReason::UnknownNumber));
    }
    let extension = caller.who.extension_id().and_then(|id| core.directory.extension_by_id(id));
    // Without an extension the call was forwarded: that the account's people have set up.
    let dialler =
        extension.map_or_else(Dialler::account, |extension| Dialler::extension(extension, withheld));
    let dialler = match pin {
        Some(reaches) => dialler.with_pin(reaches),
        None => dialler,
    };
    if withheld {
        trace.push(TraceStep::CallerWithheld);
    }
    let decision = core.decide_outward(now, account, &dialler, dialled);
    trace.extend(decision.trace);
    match decision.outcome {
        Ok(outward) => Ok(Route::Outward(outward)),
        Err((sip, reason)) => Err(explained(caller.who, (sip, reason), trace)),
    }
}

/// Finds where a call goes that came in by a trunk.
pub(crate) fn route_in(
    core: &Core,
    now: Now,
    caller: &Party,
    (trunk, arrival): (&Trunk, &Arrival),
    flow: &Flow,
    trace: &mut Vec<TraceStep>,
) -> Result<Route, Refusal> {
    let decision = inbound::decide(&core.directory, trunk, arrival, core.moment(now));
    *trace = decision.trace;
    let extension = match decision.outcome.map_err(|(sip, reason)| Refusal::new(sip, reason))? {
        End::Extension(id) => core.directory.extension_by_id(id),
        End::Number(number) => match inside(&core.directory, trunk.account_id, &number) {
            Some(extension) => Some(extension),
            None => return outward_route(core, now, caller, (&number, false, None), trace),
        },
    };
    let extension = extension.ok_or_else(|| Refusal::new(404, EndReason::UnknownNumber))?;
    extension_route(core, now.mono, caller, extension, flow)
}

/// A refusal that tells the phone why (RFC 3326), in the words of the last step. Providers are told nothing of an account's rules.
pub(crate) fn explained(who: Who, (sip, reason): (u16, EndReason), trace: &[TraceStep]) -> Refusal {
    match trace.last().filter(|_| sip == 403 && who.trunk_id().is_none()) {
        Some(step) => {
            let text: String = step.to_string().chars().filter(|c| !matches!(c, '"' | '\\')).collect();
            Refusal::with(sip, reason, HeaderName::Reason, format!("Q.850;cause=21;text=\"{text}\""))
        }
        None => Refusal::new(sip, reason),
    }
}

impl Core {
    /// The moment of a decision.
    pub(crate) fn moment(&self, now: Now) -> Moment {
        Moment { at: now.utc, clock: self.wall_clock }
    }

    /// Whether a trunk is known not to work.
    pub(crate) fn is_trunk_down(&self, trunk: TrunkId) -> bool {
        self.trunks.line(trunk).map(Line::state).is_none_or(|state| state == TrunkState::Down)
    }

    /// Where a call out of an account goes now.
    pub(crate) fn decide_outward(
        &self,
        now: Now,
        account: AccountId,
        dialler: &Dialler,
        dialled: &DialString,
    ) -> outbound::Decision<Outward> {
        let scene = Scene {
            moment: self.moment(now),
            calls_on: &|trunk| self.active.on_trunk(trunk),
            is_down: &|trunk| self.is_trunk_down(trunk),
        };
        outbound::decide(&self.directory, account, dialler, dialled, &scene)
    }
}

pub(crate) fn extension_route(
    core: &Core,
    now: std::time::Instant,
    caller: &Party,
    extension: &Extension,
    flow: &Flow,
) -> Result<Route, Refusal> {
    if !extension.status.is_active() {
        return Err(Refusal::new(480, EndReason::Suspended));
    }
    let aor = Aor { account_id: extension.account_id, extension_id: extension.extension_id };
    let mut devices = core.registrations.devices(now, aor);
    if caller.who == aor.into() {
        // Who calls itself rings its other devices, not the one in its hand.
        devices.retain(|device| device.flow != *flow);
    }
    if devices.is_empty() {
        return Err(Refusal::new(480, EndReason::NotRegistered));
    }
    let ring = match extension.ring_seconds {
        0 => core.config.ring,
        seconds => Duration::from_secs(seconds.into()),
    };
    Ok(Route::Extension(Callee { aor, number: extension.number.as_str().into(), ring, devices }))
}

/// Whether a host means this box, as far as this account is concerned: its own domain, an address of ours, or an
/// alias. Another account's domain is as unknown as any other.
pub(crate) fn is_local(core: &Core, host: &Host, domain: &str, flow: &Flow) -> bool {
    let text = host.to_string();
    let text = text.strip_suffix('.').unwrap_or(&text);
    if text.eq_ignore_ascii_case(domain) {
        return true;
    }
    if core.directory.account_by_domain(text).is_some() {
        return false;
    }
    match host.ip() {
        Some(ip) => ip == flow.local.ip().to_canonical() || ip == core.config.sip_address(flow).ip(),
        None => core.config.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(text)),
    }
}

/// A limit that is reached, as an answer.
pub(crate) fn limit(reached: Reached, who: Who) -> Refusal {
    match reached {
        // A provider takes 503 for a fault of ours and goes elsewhere with all calls (RFC 3261 §21.5.4).
        _ if who.trunk_id().is_some() => {
            let why = "Q.850;cause=34;text=\"No circuit available\"";
            Refusal::with(486, EndReason::CallLimit, HeaderName::Reason, why)
        }
        Reached::Engine | Reached::Account => Refusal::with(
            503,
            EndReason::CallLimit,
            HeaderName::RetryAfter,
            crate::config::RETRY_AFTER_SECONDS.to_string(),
        ),
        Reached::Extension | Reached::Trunk => Refusal::new(486, EndReason::CallLimit),
    }
}
