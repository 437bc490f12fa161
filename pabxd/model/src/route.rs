//! Where calls go: inbound and outbound routes of an account.

use crate::{DisplayName, ExtensionId, NumberPattern, RouteId, Status, TrunkId};

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
    /// Where they go; `None`: the extension is gone.
    pub extension_id: Option<ExtensionId>,
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
    /// The trunks that are tried, in order.
    pub trunks: Vec<TrunkId>,
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
