//! What a routing decision costs: 5,000 outbound routes of one account, each with three trunks by price, and 100,000 prices.

use std::hint::black_box;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::time::{ClockId, clock_gettime};
use pabx_call::routing::moment::{Moment, Scene};
use pabx_call::routing::outbound::{Dialler, decide};
use pabx_model::{
    Account, AccountId, AccountLimits, ClockState, DialString, Dialling, Directory, NumberPattern,
    OutboundRoute, Price, RateTable, RouteId, Routed, Routing, Status, Timestamp, Trunk, TrunkId, TrunkLogin,
    TrunkOrder, TrunkProfile, TrunkTransport,
};

const ROUTES: u32 = 5_000;
const TRUNKS: u8 = 3;
const PRICES: u32 = 100_000;

/// Prints nanoseconds of processor time for each of `count` decisions.
pub(crate) fn run(count: usize) -> Result<()> {
    let account = AccountId::new(1, [1; 10]);
    let directory = directory(account)?;
    let scene = Scene {
        moment: Moment { at: Timestamp(1_795_000_000_000), clock: ClockState::Trusted },
        calls_on: &|_| 0,
        is_down: &|_| false,
    };
    for (what, number) in
        [("a route's number", "09149993333"), ("another's", "01100003333"), ("nobody's", "02133334444")]
    {
        let dialled = DialString::parse(number)?;
        let began = used()?;
        for _ in 0..count {
            black_box(decide(&directory, account, &Dialler::account(), &dialled, &scene));
        }
        let each = used()?.saturating_sub(began).as_nanos() / u128::try_from(count.max(1))?;
        println!("routing: {each} ns a decision, {what} ({ROUTES} routes, {PRICES} prices)");
    }
    Ok(())
}

fn used() -> Result<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).context("processor time")?.into())
}

fn directory(account_id: AccountId) -> Result<Directory> {
    let account = Account {
        account_id,
        name: "Bench".parse()?,
        slug: "bench".parse()?,
        domain: "bench.test".parse()?,
        status: Status::Active,
        limits: AccountLimits { max_extensions: 1, max_calls: 1 },
    };
    let trunks = (0..TRUNKS).map(|n| trunk(account_id, n)).collect::<Result<Vec<_>>>()?;
    let routes = (0..ROUTES).map(route).collect::<Result<Vec<_>>>()?;
    let rates = (0..TRUNKS).map(|n| Ok((trunk_id(n), prices(n)?))).collect::<Result<_>>()?;
    let routing = Routing::new(Dialling::default(), trunks, Vec::new(), routes).with_rates(rates);
    Ok(Directory::builder().account(account).routing(account_id, routing).build()?)
}

fn trunk_id(n: u8) -> TrunkId {
    TrunkId::new(1, [n; 10])
}

fn trunk(account_id: AccountId, n: u8) -> Result<Trunk> {
    Ok(Trunk {
        trunk_id: trunk_id(n),
        account_id,
        name: format!("Line {n}").parse()?,
        host: "provider.test".parse()?,
        port: None,
        transport: TrunkTransport::Udp,
        max_calls: 30,
        login: TrunkLogin::Address,
        networks: Vec::new(),
        caller_id: None,
        profile: TrunkProfile::default(),
        status: Status::Active,
    })
}

fn route(n: u32) -> Result<Routed<OutboundRoute>> {
    let route = OutboundRoute {
        name: format!("Out {n}").parse()?,
        position: n,
        pattern: NumberPattern::parse(&format!("+55{:02}{n:04}!", 11 + n % 80))?,
        strip: 3,
        prefix: "0".to_owned(),
        trunks: (0..TRUNKS).map(trunk_id).collect(),
        trunk_order: TrunkOrder::LeastCost,
        failover_after_ringing: false,
        status: Status::Active,
    };
    Ok(Routed { route_id: RouteId::new(n.into(), [1; 10]), route })
}

fn prices(of: u8) -> Result<RateTable> {
    let price = |n: u32| Price::from_millionths(n + u32::from(of)).context("a price");
    let rates = (0..PRICES / u32::from(TRUNKS))
        .map(|n| Ok((format!("55{:02}{:04}", 11 + n % 80, n % 10_000).into(), price(n)?)))
        .collect::<Result<_>>()?;
    Ok(RateTable::new(rates))
}
