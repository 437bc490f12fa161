//! Trunks and routes of one account, in the order in which they are looked at.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::{
    CallPin, Called, Destination, Guard, InboundRoute, NumberPattern, NumberingPlan, OutboundRoute, Pin,
    RateTable, Routed, TimeCondition, TimeConditionId, Trunk, TrunkId, Zone,
};

/// How an account dials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialling {
    /// The numbering plan, and the account's place in it.
    pub plan: NumberingPlan,
    /// Codes of the countries that may be called, as [`Called::destination`] has them.
    pub international: Vec<Box<str>>,
    /// Numbers whose calls from outside are not taken.
    pub blocked_callers: Vec<NumberPattern>,
    /// Whether calls from outside without a number are not taken.
    pub refuses_anonymous: bool,
    /// The numbers that its extensions may show outside; empty: any.
    pub numbers: Vec<NumberPattern>,
    /// Where its days begin.
    pub zone: Zone,
    /// Bounds of calls that go out.
    pub guard: Guard,
}

/// Office hours, and where calls go while somebody is there and while nobody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeRule {
    /// The hours.
    pub condition: TimeCondition,
    /// Where calls go while it is open; `None`: nowhere.
    pub open: Option<Destination>,
    /// Where they go while it is closed.
    pub closed: Option<Destination>,
}

impl Dialling {
    /// Whether a number may be shown outside as the account's own: as it is written, or in its normal form.
    pub fn owns(&self, number: &str) -> bool {
        let read = self.plan.read(number).ok();
        let normal = read.as_ref().map_or(number, Called::as_text);
        self.numbers.is_empty()
            || self.numbers.iter().any(|pattern| pattern.matches(number) || pattern.matches(normal))
    }

    /// Whether numbers of this country may be called.
    pub fn allows(&self, called: &Called) -> bool {
        called
            .destination()
            .is_some_and(|country| self.international.iter().any(|allowed| **allowed == *country))
    }
}

/// Trunks and routes of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routing {
    /// How it dials.
    pub dialling: Dialling,
    /// Its trunks, suspended ones too.
    pub trunks: Vec<Trunk>,
    /// Where calls that come in go. Sorted: the closest pattern first.
    pub inbound: Vec<Routed<InboundRoute>>,
    /// By which trunks calls go out. Sorted: the closest pattern first.
    pub outbound: Vec<Routed<OutboundRoute>>,
    /// What calls cost by trunks whose prices are known.
    pub rates: HashMap<TrunkId, RateTable>,
    /// PINs for calls, suspended ones too.
    pub pins: Vec<CallPin>,
    /// What callers are called, by their numbers in normal form ([`Called::as_text`], or as they came).
    pub names: HashMap<Box<str>, Box<str>>,
    /// The places of outbound routes by what their numbers begin with: a number is not compared with thousands of others' patterns.
    heads: HashMap<Box<str>, Vec<usize>>,
    time_rules: HashMap<TimeConditionId, TimeRule>,
}

impl Routing {
    /// Puts the closest patterns first; among equals one for a trunk, one for a caller, then the lowest position.
    fn sort(&mut self) {
        self.inbound.sort_by_cached_key(|one| {
            let route = &one.route;
            let caller = route.caller_pattern.as_ref().map(crate::NumberPattern::closeness);
            (
                Reverse((route.did_pattern.closeness(), route.trunk_id.is_some(), caller)),
                route.position,
                one.route_id,
            )
        });
        self.outbound.sort_by_cached_key(|one| {
            (Reverse(one.route.pattern.closeness()), one.route.position, one.route_id)
        });
        self.heads.clear();
        for (place, one) in self.outbound.iter().enumerate() {
            self.heads.entry(one.route.pattern.head().into()).or_default().push(place);
        }
    }

    /// Trunks and routes, in any order.
    pub fn new(
        dialling: Dialling,
        trunks: Vec<Trunk>,
        inbound: Vec<Routed<InboundRoute>>,
        outbound: Vec<Routed<OutboundRoute>>,
    ) -> Self {
        let mut routing = Self { dialling, trunks, inbound, outbound, ..Self::default() };
        routing.sort();
        routing
    }

    /// The same, with what calls cost by these trunks.
    #[must_use]
    pub fn with_rates(mut self, rates: HashMap<TrunkId, RateTable>) -> Self {
        self.rates = rates;
        self
    }

    /// The same, with what callers are called.
    #[must_use]
    pub fn with_names(mut self, names: HashMap<Box<str>, Box<str>>) -> Self {
        self.names = names;
        self
    }

    /// The same, with these PINs.
    #[must_use]
    pub fn with_pins(mut self, pins: Vec<CallPin>) -> Self {
        self.pins = pins;
        self
    }

    /// The PIN of somebody, if it is in use.
    pub fn pin(&self, pin: &Pin) -> Option<&CallPin> {
        self.pins.iter().find(|known| known.pin == *pin && known.status.is_active())
    }

    /// The same, with these office hours.
    #[must_use]
    pub fn with_time_rules(mut self, rules: HashMap<TimeConditionId, TimeRule>) -> Self {
        self.time_rules = rules;
        self
    }

    /// Office hours of this account.
    pub fn time_rule(&self, id: TimeConditionId) -> Option<&TimeRule> {
        self.time_rules.get(&id)
    }

    /// The outbound routes that may fit one of these numbers, the closest first.
    pub fn outbound_for<'a>(
        &'a self,
        numbers: &[&str],
    ) -> impl Iterator<Item = &'a Routed<OutboundRoute>> + use<'a> {
        let beginnings = numbers.iter().flat_map(|number| {
            let ends = number.char_indices().map(|(at, _)| at).chain([number.len()]);
            ends.filter_map(|end| number.get(..end))
        });
        let mut places: Vec<usize> =
            beginnings.filter_map(|head| self.heads.get(head)).flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().filter_map(|place| self.outbound.get(place))
    }

    /// The trunk of this account.
    pub fn trunk(&self, id: TrunkId) -> Option<&Trunk> {
        self.trunks.iter().find(|trunk| trunk.trunk_id == id)
    }
}
