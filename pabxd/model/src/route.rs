//! Where calls go: inbound and outbound routes of an account.

use crate::text::word_enum;
use crate::{Destination, DisplayName, NumberPattern, RouteId, Status, TrunkId};

word_enum!(
    /// In which order the trunks of a route are tried.
    #[derive(Default)]
    TrunkOrder {
        /// As they stand.
        #[default]
        Listed = "listed",
        /// What costs least first; what has no price last.
        LeastCost = "least_cost",
        /// The least used first, by the part of its channels that is in use.
        LeastUsed = "least_used",
    }
);

/// What an inbound route says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundRoute {
    /// What people call it, unique among the account's.
    pub name: DisplayName,
    /// Among routes whose patterns fit equally well the lowest is taken.
    pub position: u32,
    /// Calls from this trunk; `None`: from any.
    pub trunk_id: Option<TrunkId>,
    /// Calls to these numbers.
    pub did_pattern: NumberPattern,
    /// Calls from these numbers; `None`: from any.
    pub caller_pattern: Option<NumberPattern>,
    /// Where they go; `None`: nowhere, as the extension was deleted.
    pub destination: Option<Destination>,
    /// In use or not.
    pub status: Status,
}

/// What an outbound route says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboundRoute {
    /// What people call it, unique among the account's.
    pub name: DisplayName,
    /// Among routes whose patterns fit equally well the lowest is taken.
    pub position: u32,
    /// Calls to these numbers.
    pub pattern: NumberPattern,
    /// Digits taken off the front.
    pub strip: u8,
    /// Digits put before the rest.
    pub prefix: String,
    /// The trunks that are tried.
    pub trunks: Vec<TrunkId>,
    /// In which order.
    pub trunk_order: TrunkOrder,
    /// Whether the next trunk is tried even where a provider had begun to ring.
    pub failover_after_ringing: bool,
    /// In use or not.
    pub status: Status,
}

/// A route and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routed<R> {
    /// Id.
    pub route_id: RouteId,
    /// What it says.
    pub route: R,
}
