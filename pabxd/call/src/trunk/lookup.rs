//! From a trunk's host to its servers (RFC 3263), asked again when DNS says that the answer is old.
//!
//! | lookup          | what happens                                              | asked again after        |
//! |-----------------|-----------------------------------------------------------|--------------------------|
//! | finds servers   | they are used; connections to those that stay are kept    | the answers' TTL         |
//! | finds none      | those of before stay; without them the line is down       | 5 s, doubled up to 60 s  |
//! | host is an IP   | it is the server                                          | never                    |

use std::time::Duration;

use pabx_model::{TrunkId, TrunkProblem, TrunkTransport};
use pabx_sip::flow::Transport;
use pabx_sip::target::{Answer, Capabilities, Selection, Step, Target};
use pabx_sip::uri::Uri;

use super::line::TrunkTimer;
use super::path::Path;
use crate::api::{Action, Now, Ticket};
use crate::core::Core;
use crate::routing::host_of;

/// Servers of one trunk that are used.
const MAX_SERVERS: usize = 8;
/// Bounds of what DNS may say of how long its answers hold.
const TTL: (Duration, Duration) = (Duration::from_secs(10), Duration::from_hours(1));
/// Bounds of the wait after a lookup that found nothing.
const AGAIN: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(1));

/// A search that is under way.
#[derive(Debug)]
pub(crate) struct Lookup {
    pub(super) selection: Selection,
    pub(super) asked: Option<Ticket>,
    found: Vec<Target>,
    ttl: Duration,
}

impl From<TrunkTransport> for Via {
    fn from(transport: TrunkTransport) -> Self {
        Self(match transport {
            TrunkTransport::Udp => Transport::Udp,
            TrunkTransport::Tcp => Transport::Tcp,
            TrunkTransport::Tls => Transport::Tls,
        })
    }
}

/// A trunk's transport as SIP's.
pub(crate) struct Via(pub(crate) Transport);

/// The URI that a trunk's requests are for: its host, with the port where one is set.
pub(crate) fn registrar_uri(trunk: &pabx_model::Trunk) -> Uri {
    Uri::sip(None, host_of(trunk.host.as_str()), trunk.port)
}

/// The URI that a trunk's servers are found by: that of the outbound proxy, where there is one.
fn server_uri(trunk: &pabx_model::Trunk) -> Uri {
    match &trunk.profile.outbound_proxy {
        Some(proxy) => Uri::sip(None, host_of(proxy.as_str()), trunk.profile.outbound_proxy_port),
        None => registrar_uri(trunk),
    }
}

impl Core {
    /// Begins to look for a line's servers.
    pub(super) fn look_up(&mut self, now: Now, id: TrunkId) {
        let Some(line) = self.trunks.line_mut(id).filter(|line| line.is_active()) else { return };
        let Via(transport) = line.trunk.transport.into();
        let uri = server_uri(&line.trunk).with_param("transport", Some(transport.uri_name()));
        let Ok(selection) = Selection::new(&uri, Capabilities::default()) else {
            self.line_problem(now, id, Some(TrunkProblem::NoAddress), None);
            return;
        };
        line.lookup = Some(Box::new(Lookup { selection, asked: None, found: Vec::new(), ttl: TTL.1 }));
        self.go_on_looking(now, id);
    }

    /// DNS has answered.
    pub(crate) fn resolved(&mut self, now: Now, ticket: Ticket, answer: Answer, ttl: Duration) {
        let Some(id) = self.trunks.lookups.remove(&ticket) else { return };
        let Some(line) = self.trunks.lines.get_mut(&id).filter(|line| line.asks(ticket)) else { return };
        if let Some(lookup) = &mut line.lookup {
            lookup.asked = None;
            lookup.ttl = lookup.ttl.min(ttl);
        }
        if let Some(selection) = line.selection() {
            selection.answer(answer, &mut self.random);
        }
        self.go_on_looking(now, id);
    }

    fn go_on_looking(&mut self, now: Now, id: TrunkId) {
        loop {
            let Some(line) = self.trunks.lines.get_mut(&id) else { return };
            let Some(lookup) = &mut line.lookup else { return };
            match lookup.selection.poll() {
                Step::Ask(query) => {
                    let ticket = self.new_ticket();
                    if let Some(lookup) = self.trunks.line_mut(id).and_then(|line| line.lookup.as_mut()) {
                        lookup.asked = Some(ticket);
                    }
                    self.trunks.lookups.insert(ticket, id);
                    self.actions.push_back(Action::Resolve { ticket, query });
                    return;
                }
                Step::Try(target) if lookup.found.len() < MAX_SERVERS => lookup.found.push(target),
                Step::Try(_) | Step::Exhausted => {
                    self.looked_up(now, id);
                    return;
                }
            }
        }
    }

    fn looked_up(&mut self, now: Now, id: TrunkId) {
        let Some(line) = self.trunks.line_mut(id) else { return };
        let Some(lookup) = line.lookup.take() else { return };
        if lookup.found.is_empty() {
            line.lookups_failed = line.lookups_failed.saturating_add(1);
            let after =
                AGAIN.1.min(AGAIN.0.saturating_mul(1 << line.lookups_failed.min(5).saturating_sub(1)));
            if line.paths.is_empty() {
                self.line_problem(now, id, Some(TrunkProblem::NoAddress), None);
            }
            self.set_trunk_timer(now, id, TrunkTimer::Lookup, after);
            return;
        }
        line.lookups_failed = 0;
        let host = line.trunk.profile.outbound_proxy.as_ref().unwrap_or(&line.trunk.host);
        let by_name = host.as_str().parse::<std::net::IpAddr>().is_err();
        let first = line.paths.is_empty();
        let in_use = line.paths.get(line.current).map(|path| path.target.clone());
        let mut before = std::mem::take(&mut line.paths);
        for target in lookup.found {
            let known = before.iter().position(|path| path.target == target);
            line.paths.push(known.map_or_else(|| Path::to(target), |at| before.swap_remove(at)));
        }
        let stays = in_use.and_then(|target| line.paths.iter().position(|path| path.target == target));
        line.current = stays.unwrap_or(0);
        if by_name {
            let again = lookup.ttl.clamp(TTL.0, TTL.1);
            self.set_trunk_timer(now, id, TrunkTimer::Lookup, again);
        }
        self.trunks.index();
        if first || stays.is_none() {
            self.serve_line(now, id);
        }
    }

    /// The server in use is another: a registration begins there, and it is asked whether it is there.
    pub(super) fn serve_line(&mut self, now: Now, id: TrunkId) {
        let Some(line) = self.trunks.line_mut(id) else { return };
        if line.registers() {
            self.register_line(now, id);
        } else {
            self.watch_line(now, id);
        }
    }
}
