//! The guard in simulated time: who is let in, who is banned, and that nothing grows.
#![expect(clippy::disallowed_methods, reason = "tests take one instant as their epoch")]

use pabx_sip::guard::{
    Admission, Guard, GuardConfig, MAX_BANS, MAX_FAILING, MAX_PROVEN_SOURCES, MAX_SOURCES, Network, Rate,
    Source,
};
use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

const PHONE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10));
const ATTACKER: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 66));

struct World {
    guard: Guard,
    now: Instant,
}

impl World {
    fn new() -> Self {
        Self::with(GuardConfig::default())
    }

    fn with(config: GuardConfig) -> Self {
        let now = Instant::now();
        Self { guard: Guard::new(config, now), now }
    }

    fn after(&mut self, wait: Duration) -> &mut Self {
        self.now += wait;
        self
    }

    fn admit(&mut self, from: IpAddr) -> Admission {
        self.guard.admit(self.now, from)
    }

    fn fail(&mut self, times: usize, from: IpAddr, identity: &str) -> usize {
        (0..times).filter(|_| self.guard.failure(self.now, from, Some(identity)).is_some()).count()
    }

    fn speaks(&mut self, from: IpAddr, identity: &str) -> bool {
        self.admit(from).is_admitted() && self.guard.admit_identity(self.now, from, identity).is_admitted()
    }
}

fn v4(number: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from_bits(number))
}

#[test]
fn an_unproven_source_has_a_burst_and_then_its_rate() {
    let mut world = World::new();
    let admitted = (0..1_000).filter(|_| world.admit(ATTACKER).is_admitted()).count();
    assert_eq!(admitted, 200);
    assert_eq!(world.admit(ATTACKER), Admission::TooFast);
    assert_eq!(world.admit(PHONE), Admission::Admitted, "another source has its own share");
    world.after(Duration::from_secs(1));
    assert_eq!((0..1_000).filter(|_| world.admit(ATTACKER).is_admitted()).count(), 50);
}

#[test]
fn a_source_that_authenticated_may_send_much_more_until_an_hour_later() {
    let mut world = World::new();
    world.guard.success(world.now, PHONE, "1001");
    assert_eq!((0..10_000).filter(|_| world.admit(PHONE).is_admitted()).count(), 4_000);
    world.after(Duration::from_hours(1));
    assert_eq!((0..10_000).filter(|_| world.admit(PHONE).is_admitted()).count(), 200);
}

#[test]
fn all_unproven_sources_together_are_limited_and_proven_ones_still_served() {
    let mut world = World::new();
    world.guard.success(world.now, PHONE, "1001");
    let admitted = (0..50_000).filter(|n| world.admit(v4(0x0a00_0000 + n)).is_admitted()).count();
    assert_eq!(admitted, 10_000);
    assert_eq!(world.admit(v4(0x0b00_0000)), Admission::Overloaded);
    assert_eq!(world.admit(PHONE), Admission::Admitted);
}

#[test]
fn ten_failures_ban_the_identity_from_that_source_alone() {
    let mut world = World::new();
    assert_eq!(world.fail(9, ATTACKER, "1001"), 0);
    assert!(world.speaks(ATTACKER, "1001"));
    assert_eq!(world.fail(1, ATTACKER, "1001"), 1);
    assert!(!world.speaks(ATTACKER, "1001"));
    assert!(world.speaks(ATTACKER, "1002"), "a neighbour behind the same address is served");
    assert!(world.speaks(PHONE, "1001"), "the user is not locked out from the user's own address");
    let bans: Vec<_> = world.guard.bans(world.now).collect();
    assert_eq!(bans.len(), 1);
    assert_eq!(bans[0].identity.as_deref(), Some("1001"));
    assert_eq!(bans[0].source.to_string(), "203.0.113.66");
}

#[test]
fn a_ban_lasts_thirty_minutes() {
    let mut world = World::new();
    world.fail(10, ATTACKER, "1001");
    world.after(Duration::from_secs(1_799));
    assert!(!world.speaks(ATTACKER, "1001"));
    world.after(Duration::from_secs(1));
    assert!(world.speaks(ATTACKER, "1001"));
    assert_eq!(world.guard.bans(world.now).count(), 0);
    assert_eq!(world.fail(9, ATTACKER, "1001"), 0, "counting starts over");
}

#[test]
fn failures_older_than_ten_minutes_do_not_count() {
    let mut world = World::new();
    for _ in 0..50 {
        assert_eq!(world.fail(1, PHONE, "1001"), 0, "one failure every 61 seconds is under the limit");
        world.after(Duration::from_secs(67));
    }
}

#[test]
fn a_success_forgives_earlier_failures_of_the_identity() {
    let mut world = World::new();
    for _ in 0..5 {
        assert_eq!(world.fail(9, PHONE, "1001"), 0);
        world.guard.success(world.now, PHONE, "1001");
    }
}

#[test]
fn an_unproven_source_that_tries_many_identities_is_banned_as_a_whole() {
    let mut world = World::new();
    for n in 0..29 {
        assert!(world.guard.failure(world.now, ATTACKER, Some(&format!("{n}"))).is_none());
    }
    let ban = world.guard.failure(world.now, ATTACKER, Some("29")).unwrap();
    assert_eq!(ban.identity, None);
    assert_eq!(world.admit(ATTACKER), Admission::Banned);
    assert_eq!(world.admit(PHONE), Admission::Admitted);
}

#[test]
fn an_office_with_a_working_phone_is_never_banned_as_a_whole() {
    let mut world = World::new();
    world.guard.success(world.now, PHONE, "1001");
    for n in 0..1_000 {
        world.fail(20, PHONE, &format!("guess{n}"));
    }
    assert!(world.speaks(PHONE, "1001"));
    assert!(!world.speaks(PHONE, "guess7"));
}

#[test]
fn trusted_networks_are_neither_limited_nor_banned() {
    let trusted = vec![Network::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8)];
    let mut world = World::with(GuardConfig { trusted, ..GuardConfig::default() });
    let loopback = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 9));
    assert_eq!(world.fail(100, loopback, "1001"), 0);
    assert!((0..20_000).all(|_| world.speaks(loopback, "1001")));
    assert_eq!((0..1_000).filter(|_| world.admit(ATTACKER).is_admitted()).count(), 200);
}

#[test]
fn a_guard_that_is_off_admits_everything() {
    let mut world = World::with(GuardConfig { enabled: false, ..GuardConfig::default() });
    world.fail(100, ATTACKER, "1001");
    assert!((0..20_000).all(|_| world.speaks(ATTACKER, "1001")));
}

#[test]
fn ipv6_is_counted_by_64_and_mapped_ipv4_as_ipv4() {
    let a: IpAddr = "2001:db8:1:2::1".parse::<Ipv6Addr>().unwrap().into();
    let b: IpAddr = "2001:db8:1:2:ffff:ffff:ffff:ffff".parse::<Ipv6Addr>().unwrap().into();
    let c: IpAddr = "2001:db8:1:3::1".parse::<Ipv6Addr>().unwrap().into();
    assert_eq!(Source::from(a), Source::from(b));
    assert_ne!(Source::from(a), Source::from(c));
    assert_eq!(Source::from(a).to_string(), "2001:db8:1:2::/64");
    let mapped: IpAddr = "::ffff:192.0.2.10".parse::<Ipv6Addr>().unwrap().into();
    assert_eq!(Source::from(mapped), Source::from(PHONE));
    assert!(Network::new(PHONE, 24).contains(mapped));
    assert!(!Network::new(PHONE, 24).contains(ATTACKER));
    assert!(Network::new(c, 48).contains(a) && !Network::new(c, 64).contains(a));
    assert!(Network::new(a, 0).contains(PHONE));
}

#[test]
fn a_pardon_ends_a_ban() {
    let mut world = World::new();
    world.fail(10, ATTACKER, "1001");
    world.fail(10, ATTACKER, "1002");
    assert_eq!(world.guard.pardon(ATTACKER.into(), Some("1001")), 1);
    assert!(world.speaks(ATTACKER, "1001") && !world.speaks(ATTACKER, "1002"));
    assert_eq!(world.guard.pardon(ATTACKER.into(), None), 1);
    assert!(world.speaks(ATTACKER, "1002"));
}

#[test]
fn a_million_forged_sources_neither_grow_memory_nor_lift_a_ban_nor_starve_a_phone() {
    let mut world = World::new();
    world.guard.success(world.now, PHONE, "1001");
    world.fail(10, ATTACKER, "1001");
    let mut state = 0x1234_5678_u32;
    for n in 0..1_000_000_u32 {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let forged = v4(state);
        world.guard.admit(world.now, forged);
        if n % 16 == 0 {
            world.guard.failure(world.now, forged, Some("1001"));
        }
        if n % 100 == 0 {
            world.after(Duration::from_millis(1));
        }
    }
    let counts = world.guard.counts();
    assert!(counts.sources <= MAX_SOURCES && counts.failing <= MAX_FAILING, "{counts:?}");
    assert!(counts.bans <= MAX_BANS && counts.proven <= MAX_PROVEN_SOURCES, "{counts:?}");
    assert!(!world.speaks(ATTACKER, "1001"));
    assert!(world.speaks(PHONE, "1001"));
}

#[test]
fn more_bans_than_places_leave_the_earlier_ones_in_force() {
    let mut world = World::new();
    world.fail(10, ATTACKER, "1001");
    for n in 0..12_000 {
        world.fail(10, v4(n), "1001");
    }
    assert_eq!(world.guard.counts().bans, MAX_BANS);
    assert!(!world.speaks(ATTACKER, "1001"));
    world.after(Duration::from_mins(30));
    assert_eq!(world.fail(10, v4(20_000), "1001"), 1, "places of bans that are over are used again");
}

#[test]
fn a_long_identity_is_kept_short_and_whole() {
    let mut world = World::new();
    let identity = "é".repeat(100);
    world.fail(10, ATTACKER, &identity);
    let ban = world.guard.bans(world.now).next().unwrap();
    assert_eq!(ban.identity.as_deref().map(str::len), Some(64));
    assert!(!world.speaks(ATTACKER, &identity));
}

proptest! {
    #[test]
    fn no_source_ever_gets_more_than_burst_plus_rate(
        steps in prop::collection::vec((0_u64..200, 0_usize..4), 1..400),
        per_second in 1_u32..200,
        burst in 1_u32..50,
    ) {
        let unproven = Rate { per_second, burst };
        let mut world = World::with(GuardConfig { unproven, ..GuardConfig::default() });
        let start = world.now;
        let mut admitted = [0_u32; 4];
        for (wait, source) in steps {
            world.after(Duration::from_millis(wait));
            if world.admit(v4(u32::try_from(source).unwrap())).is_admitted() {
                admitted[source] += 1;
            }
        }
        let seconds = (world.now - start).as_secs_f64();
        for count in admitted {
            prop_assert!(f64::from(count) <= f64::from(burst) + seconds * f64::from(per_second) + 1.0);
        }
    }
}
