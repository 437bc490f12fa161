//! OPTIONS to every registered device (RFC 3261 §11), which also keeps its NAT open.
//!
//! | device  | event                        | next    | what happens                          |
//! |---------|------------------------------|---------|---------------------------------------|
//! | unknown | any answer                   | there   |                                       |
//! | unknown | no answer                    | unknown | it may be a device that never answers |
//! | there   | no answer, the second in row | lost    | not called any more; reported         |
//! | lost    | any answer, or a REGISTER    | there   | called again; reported                |

use std::time::Duration;

use pabx_sip::flow::Flow;
use pabx_sip::message::{HeaderName, Method, Request, RequestBuilder};
use pabx_sip::registrar::Binding;
use pabx_sip::timer::TimerId;
use pabx_sip::uri::Uri;
use smallvec::SmallVec;

use crate::api::{Now, Report};
use crate::core::{Aor, ClientOwner, Core, Tag, TimerKey};
use crate::headers;
use crate::routing::{Party, host_of};

/// Unanswered requests in a row after which a device counts as lost.
const MAX_MISSED: u8 = 2;

/// What is known of the devices of one extension.
#[derive(Debug)]
pub(super) struct Watch {
    timer: Option<TimerId>,
    devices: SmallVec<[Device; 1]>,
}

#[derive(Debug)]
struct Device {
    flow: Flow,
    answered: bool,
    missed: u8,
}

impl Device {
    fn is_lost(&self) -> bool {
        self.answered && self.missed >= MAX_MISSED
    }
}

impl Watch {
    pub(super) fn is_lost(&self, flow: &Flow) -> bool {
        self.devices.iter().any(|device| device.flow == *flow && device.is_lost())
    }

    fn device(&mut self, flow: Flow) -> Option<&mut Device> {
        self.devices.iter_mut().find(|device| device.flow == flow)
    }
}

impl Core {
    /// Begins to ask the devices of an extension, when there is one and they are not asked yet.
    pub(super) fn watch(&mut self, now: Now, aor: Aor) {
        let every = self.config.keep_alive;
        let has_devices = self.registrations.registrar.bindings(now.mono, &aor).next().is_some();
        if every.is_zero() || !has_devices || self.registrations.watched.contains_key(&aor) {
            return;
        }
        // Spread over the interval: phones that came back together after a power cut are not asked together.
        let spread = u32::try_from(every.as_millis() / 2).unwrap_or(u32::MAX);
        let first = every / 2 + Duration::from_millis(self.random.below(spread).into());
        let timer = Some(self.timers.insert(now.mono + first, TimerKey::KeepAlive(aor)));
        self.registrations.watched.insert(aor, Watch { timer, devices: SmallVec::new() });
    }

    /// Ends the asking, when no device is left.
    pub(crate) fn unwatch(&mut self, aor: Aor) {
        if let Some(Watch { timer: Some(timer), .. }) = self.registrations.watched.remove(&aor) {
            self.timers.cancel(timer);
        }
    }

    /// Time to ask the devices of an extension.
    pub(crate) fn keep_alive(&mut self, now: Now, aor: Aor) {
        let bindings: SmallVec<[_; 2]> =
            self.registrations.registrar.bindings(now.mono, &aor).cloned().collect();
        let Some(party) = Party::of(self, aor).filter(|_| !bindings.is_empty()) else {
            self.registrations.watched.remove(&aor);
            return;
        };
        let next = self.timers.insert(now.mono + self.config.keep_alive, TimerKey::KeepAlive(aor));
        if let Some(watch) = self.registrations.watched.get_mut(&aor) {
            watch.timer = Some(next);
            watch.devices.retain(|device| bindings.iter().any(|binding| binding.flow == device.flow));
        }
        for binding in &bindings {
            let request = self.options(&party, binding);
            if let Ok(tx) = self.endpoint.request(now.mono, binding.flow, request) {
                self.clients.insert(tx, ClientOwner::KeepAlive(aor, binding.flow));
            }
        }
    }

    fn options(&mut self, party: &Party, binding: &Binding) -> Request {
        let contact = headers::contact(&self.config, &binding.flow, &self.config.software);
        let from = Uri::sip(Some(&self.config.software), host_of(&party.domain), None);
        let tag = Tag(self.random.u64());
        let call_id = self.random.token(16);
        RequestBuilder::new(Method::Options, &binding.contact)
            .header(HeaderName::From, format_args!("<{from}>;tag={tag}"))
            .header(HeaderName::To, format_args!("<{}>", party.uri()))
            .header(HeaderName::CallId, call_id)
            .header(HeaderName::CSeq, "1 OPTIONS")
            .header(HeaderName::Contact, format_args!("<{contact}>"))
            .header(HeaderName::Accept, headers::SDP)
            .header(HeaderName::UserAgent, &self.config.software)
            .build()
    }

    /// A device answered (with anything), or did not.
    pub(crate) fn kept_alive(&mut self, aor: Aor, flow: Flow, answered: bool) {
        let Some(watch) = self.registrations.watched.get_mut(&aor) else { return };
        if watch.device(flow).is_none() {
            watch.devices.push(Device { flow, answered: false, missed: 0 });
        }
        let Some(device) = watch.device(flow) else { return };
        let was_lost = device.is_lost();
        if answered {
            device.answered = true;
            device.missed = 0;
        } else {
            device.missed = device.missed.saturating_add(1);
        }
        let is_lost = device.is_lost();
        if was_lost != is_lost {
            self.report_reachability(aor, flow, !is_lost);
        }
    }

    /// A device registered again: it is there.
    pub(super) fn device_refreshed(&mut self, _now: Now, aor: Aor, flow: &Flow) {
        let device = self.registrations.watched.get_mut(&aor).and_then(|watch| watch.device(*flow));
        let Some(device) = device else { return };
        let was_lost = device.is_lost();
        device.missed = 0;
        if was_lost {
            self.report_reachability(aor, *flow, true);
        }
    }

    fn report_reachability(&mut self, aor: Aor, flow: Flow, reachable: bool) {
        let Aor { account_id, extension_id } = aor;
        self.report(Report::Reachability { account_id, extension_id, flow, reachable });
    }
}
