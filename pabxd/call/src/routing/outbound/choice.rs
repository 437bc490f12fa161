//! The trunks that may carry a call, in the order in which they are tried, and the number as each provider gets it.
//!
//! | order        | first                                            | trunks that cannot be compared |
//! |--------------|--------------------------------------------------|--------------------------------|
//! | `listed`     | as the route lists them                          | –                              |
//! | `least_cost` | the lowest price of the longest prefix that fits | without a price: last          |
//! | `least_used` | the smallest part of its channels in use         | without channels: last         |

use pabx_model::{
    Called, Directory, NumberForm, OutboundRoute, Routed, Routing, SkipReason, TraceStep, Trunk, TrunkId,
    TrunkOrder,
};

use super::super::moment::Scene;

/// Longest number that is sent to a provider.
pub(crate) const MAX_NUMBER: usize = 32;

/// One trunk that may carry the call, and the number as its provider gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which.
    pub trunk_id: TrunkId,
    /// The number.
    pub number: Box<str>,
    /// What a minute costs, in millionths of the account's currency, where that is known.
    pub price: Option<u32>,
}

/// The number that is called.
#[derive(Clone, Copy)]
pub(super) struct Number<'a> {
    pub(super) dialled: &'a str,
    pub(super) read: Option<&'a Called>,
}

/// A choice that is being made.
pub(super) struct Choice<'a, 't> {
    pub(super) directory: &'a Directory,
    pub(super) routing: &'a Routing,
    pub(super) scene: &'a Scene<'a>,
    pub(super) number: Number<'a>,
    pub(super) trace: &'t mut Vec<TraceStep>,
    pub(super) attempts: Vec<Attempt>,
}

impl Choice<'_, '_> {
    /// The trunks of a route that fits this form of the number.
    pub(super) fn route(&mut self, route: &Routed<OutboundRoute>, form: &str) {
        self.trace.push(TraceStep::RouteTaken {
            route_id: route.route_id,
            name: route.route.name.to_string(),
            pattern: route.route.pattern.to_string(),
            matched: form.to_owned(),
        });
        let route = &route.route;
        let mut trunks: Vec<&Trunk> = route.trunks.iter().filter_map(|id| self.routing.trunk(*id)).collect();
        match route.trunk_order {
            TrunkOrder::Listed => {}
            TrunkOrder::LeastCost => {
                trunks.sort_by_key(|trunk| self.price(trunk.trunk_id).unwrap_or(u32::MAX));
            }
            TrunkOrder::LeastUsed => trunks.sort_by_key(|trunk| self.used(trunk)),
        }
        for trunk in trunks {
            let number = self.written(route, form, trunk.profile.number_form);
            self.add(trunk, &number);
        }
    }

    /// Every trunk of the account, with the number as it was dialled. First those that work and have a channel left.
    pub(super) fn every_trunk(&mut self) {
        let (routing, dialled) = (self.routing, self.number.dialled);
        for trunk in &routing.trunks {
            self.add(trunk, dialled);
        }
        let Scene { calls_on, is_down, .. } = *self.scene;
        let is_full = |id: TrunkId| {
            let channels = routing.trunk(id).map_or(0, |trunk| trunk.max_calls);
            calls_on(id) >= usize::try_from(channels).unwrap_or(usize::MAX)
        };
        self.attempts.sort_by_key(|attempt| (is_down(attempt.trunk_id), is_full(attempt.trunk_id)));
    }

    fn price(&self, trunk: TrunkId) -> Option<u32> {
        let e164 = self.number.read?.e164()?;
        let (_, price) = self.routing.rates.get(&trunk)?.rate(e164)?;
        Some(price.millionths())
    }

    /// Millionths of its channels that are in use.
    fn used(&self, trunk: &Trunk) -> u64 {
        let calls = u64::try_from((self.scene.calls_on)(trunk.trunk_id)).unwrap_or(u64::MAX);
        calls.saturating_mul(1_000_000).checked_div(trunk.max_calls.into()).unwrap_or(u64::MAX)
    }

    /// Digits off the front, digits before the rest; a plus is one of those that are taken off. A route that does neither leaves
    /// it to the trunk.
    fn written(&self, route: &OutboundRoute, form: &str, wanted: Option<NumberForm>) -> String {
        let plain = route.strip == 0 && route.prefix.is_empty();
        match self.number.read.zip(wanted).filter(|_| plain) {
            Some((called, wanted)) => called.written(wanted, &self.routing.dialling.plan),
            None => format!("{}{}", route.prefix, form.get(usize::from(route.strip)..).unwrap_or_default()),
        }
    }

    fn add(&mut self, trunk: &Trunk, number: &str) {
        let trunk_id = trunk.trunk_id;
        if self.attempts.iter().any(|known| known.trunk_id == trunk_id) {
            return;
        }
        let name = trunk.name.to_string();
        if !self.directory.is_trunk_active(trunk) {
            self.trace.push(TraceStep::TrunkSkipped { trunk_id, name, why: SkipReason::NotActive });
        } else if !number.is_empty() && number.len() <= MAX_NUMBER {
            let price = self.price(trunk_id);
            self.trace.push(TraceStep::TrunkChosen { trunk_id, name, number: number.to_owned(), price });
            self.attempts.push(Attempt { trunk_id, number: number.into(), price });
        }
    }
}
