//! Whose a request is that comes without credentials: a trunk's, when it comes from where the trunk's provider is.
//!
//! 1. Where it comes from: a connection that we opened to the trunk's server, the very address and port of a server
//!    (UDP), the address of a server (TCP, TLS), or a network that the trunk's settings name; by the trunk's transport.
//! 2. Where several trunks have that provider: the one whose name stands in the Request-URI (`line`, which we gave the
//!    provider in our Contact), else the one whose user name stands there, else the only one whose account has a route
//!    for the number that is called. Where that leaves more than one, or none, nobody's.

use pabx_model::{Trunk, TrunkId};
use pabx_sip::flow::{Flow, Transport};
use pabx_sip::message::{HeaderName, Request};
use smallvec::SmallVec;

use super::lookup::Via;
use super::{Line, Trunks};
use crate::core::Core;
use crate::routing::inbound;
use crate::who::Who;

type Candidates = SmallVec<[TrunkId; 2]>;

impl Trunks {
    /// The trunks whose provider may be at the other end of a flow.
    fn candidates(&self, flow: &Flow) -> Candidates {
        let ip = flow.remote.ip().to_canonical();
        let mut found = Candidates::new();
        let by_address = self.by_address.get(&ip).into_iter().flatten();
        found.extend(
            by_address.copied().filter(|id| self.line(*id).is_some_and(|line| is_server(line, flow))),
        );
        for (network, id) in &self.networks {
            let fits = network.contains(ip) && !found.contains(id);
            if fits && self.line(*id).is_some_and(|line| speaks(&line.trunk, flow)) {
                found.push(*id);
            }
        }
        found
    }

    /// Whether a flow is of this trunk's provider.
    pub(crate) fn is_of(&self, id: TrunkId, flow: &Flow) -> bool {
        self.candidates(flow).contains(&id)
    }
}

fn speaks(trunk: &Trunk, flow: &Flow) -> bool {
    let Via(transport) = trunk.transport.into();
    transport == flow.transport
}

fn is_server(line: &Line, flow: &Flow) -> bool {
    let ip = flow.remote.ip().to_canonical();
    speaks(&line.trunk, flow)
        && line.paths.iter().any(|path| {
            let address = path.target.address;
            match flow.transport {
                Transport::Udp => address.ip().to_canonical() == ip && address.port() == flow.remote.port(),
                _ => address.ip().to_canonical() == ip,
            }
        })
}

impl Core {
    /// The trunk that a request without credentials came by.
    pub(crate) fn trunk_of(&self, flow: &Flow, request: &Request) -> Option<Who> {
        if request.headers().has(&HeaderName::Authorization) {
            return None;
        }
        let candidates = self.trunks.candidates(flow);
        let id = match candidates.as_slice() {
            [] => return None,
            [only] => *only,
            several => self.named(several, request)?,
        };
        let line = self.trunks.line(id)?;
        Some(Who::Trunk { account_id: line.trunk.account_id, trunk_id: id })
    }

    fn named(&self, candidates: &[TrunkId], request: &Request) -> Option<TrunkId> {
        let uri = request.uri().ok()?;
        if let Some(line) = uri.param("line") {
            return candidates.iter().copied().find(|id| id.to_string() == *line);
        }
        let user = uri.user_decoded().unwrap_or_default();
        let only = |fits: &dyn Fn(&Line) -> bool| {
            let mut fitting = candidates.iter().copied().filter(|id| self.trunks.line(*id).is_some_and(fits));
            fitting.next().filter(|_| fitting.next().is_none())
        };
        only(&|line: &Line| line.registers() && line.username() == &*user)
            .or_else(|| only(&|line: &Line| inbound::has_route(&self.directory, &line.trunk, request)))
    }
}
