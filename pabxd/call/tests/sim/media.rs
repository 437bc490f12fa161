//! The media side as the engine sees it: ports that come and go, legs, and who has fallen silent.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use pabx_call::PortSource;
use pabx_media::command::{LegId, MediaCommand};

/// RTP ports of the office.
const PORTS: u16 = 2000;

#[derive(Debug)]
pub(crate) struct Media {
    free: Vec<u16>,
    /// Open legs by id: the port, and where their audio comes from.
    legs: BTreeMap<u64, Leg>,
    bridged: BTreeSet<u64>,
}

#[derive(Debug)]
struct Leg {
    port: u16,
    remote: Option<IpAddr>,
}

impl PortSource for Media {
    fn open(&mut self) -> Option<u16> {
        self.free.pop()
    }
}

impl Media {
    pub(crate) fn new() -> Self {
        let free = (0..PORTS).map(|n| 10_000 + 2 * n).collect();
        Self { free, legs: BTreeMap::new(), bridged: BTreeSet::new() }
    }

    /// Takes an order; gives the leg that was closed by it.
    pub(crate) fn order(&mut self, command: &MediaCommand) -> Option<LegId> {
        match command {
            MediaCommand::Open { leg, port, .. } => {
                let new = self.legs.insert(leg.0, Leg { port: *port, remote: None });
                assert!(new.is_none(), "leg {leg:?} is opened twice");
            }
            MediaCommand::Plan { leg, plan } => {
                self.leg(*leg).remote = plan.remote_rtp.map(|remote| remote.ip());
            }
            MediaCommand::Bridge { a, b } => {
                self.leg(*a);
                self.leg(*b);
                self.bridged.extend([a.0, b.0]);
            }
            MediaCommand::Echo { leg } | MediaCommand::Unbridge { leg } => {
                self.leg(*leg);
            }
            MediaCommand::Close { leg } => {
                let closed = self.legs.remove(&leg.0).expect("only open legs are closed, once");
                self.bridged.remove(&leg.0);
                self.free.push(closed.port);
                return Some(*leg);
            }
        }
        None
    }

    fn leg(&mut self, leg: LegId) -> &mut Leg {
        self.legs.get_mut(&leg.0).expect("an order for a leg that is not open")
    }

    /// Legs whose audio would come from one of these addresses.
    pub(crate) fn legs_of(&self, silent: &BTreeSet<IpAddr>) -> Vec<LegId> {
        let legs = self.legs.iter();
        legs.filter(|(_, leg)| leg.remote.is_some_and(|ip| silent.contains(&ip)))
            .map(|(id, _)| LegId(*id))
            .collect()
    }

    pub(crate) fn assert_all_given_back(&self) {
        assert!(self.legs.is_empty(), "media legs are left: {:?}", self.legs);
        assert_eq!(self.free.len(), usize::from(PORTS), "ports are left");
    }
}
