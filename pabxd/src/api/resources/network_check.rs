//! `/system/network/check`: whether the box can do its work in the network where it stands, step by step: for the first run.

use super::engine_silent;
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Answer, Nothing, Route};
use crate::api::core::types::Time;
use crate::edge::certificates::interface_addresses;
use crate::net::surroundings::{self, DefaultRoute, is_public};
use pabx_call::{ContactSeen, Seen, TrunkView};
use pabx_model::{Permission, Untrusted};
use schemars::JsonSchema;
use serde::Serialize;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::time::Duration;

/// A name that everybody knows and nobody counts on (RFC 2606 §3).
const PUBLIC_NAME: &str = "example.com";
/// How long name servers have to answer; the engine has five seconds.
const PATIENCE: Duration = Duration::from_secs(4);
/// Addresses, or trunks, that are named in one finding.
const NAMED: usize = 5;

/// One thing that was looked at.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NetworkStep {
    /// `address`, `gateway`, `dns`, `time`, `nat`, `sip_alg`.
    step: &'static str,
    /// `passed`, `failed`, or `skipped`, of which `finding` says why.
    state: &'static str,
    /// What was found.
    finding: String,
    /// What to do about it.
    advice: Option<String>,
}

/// All of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NetworkCheck {
    /// When.
    checked_at: Time,
    /// In order.
    steps: Vec<NetworkStep>,
}

/// What was found, before it is judged.
struct Found {
    addresses: Vec<IpAddr>,
    routes: Vec<DefaultRoute>,
    servers: Vec<String>,
    resolved: Result<usize, String>,
    clock_trusted: bool,
    advertised: Option<IpAddr>,
    trunks: Vec<TrunkView>,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Method::Get,
        "/system/network/check",
        Access::Box(Permission::SystemRead),
        "Whether the box can do its work in this network: looked at now, within ten seconds",
        check,
    )]
}

fn check(call: &mut Call<'_>, _: Nothing) -> Result<Answer<NetworkCheck>, Problem> {
    let _turn = turn()?;
    let (pbx, facts) = (&call.shared.pbx, &call.shared.facts);
    let clock_trusted = pbx.status().map_err(engine_silent)?.clock == "trusted";
    let trunks = pbx.trunks(None).map_err(engine_silent)?;
    let resolved = surroundings::look_up(&facts.dns_servers, PUBLIC_NAME, PATIENCE);
    let found = Found {
        addresses: interface_addresses().into_iter().filter(|address| !address.is_loopback()).collect(),
        routes: surroundings::default_routes(),
        servers: surroundings::name_servers(&facts.dns_servers),
        resolved: resolved.map(|addresses| addresses.len()).map_err(|error| error.to_string()),
        clock_trusted,
        advertised: facts.advertised,
        trunks,
    };
    Ok(Answer(NetworkCheck { checked_at: Time(call.now), steps: found.steps() }))
}

/// One at a time: it keeps one of few workers waiting.
fn turn() -> Result<MutexGuard<'static, ()>, Problem> {
    static CHECKING: Mutex<()> = Mutex::new(());
    match CHECKING.try_lock() {
        Ok(turn) => Ok(turn),
        Err(TryLockError::Poisoned(turn)) => Ok(turn.into_inner()),
        Err(TryLockError::WouldBlock) => {
            Err(Problem::about(Kind::Unavailable, "the network is being checked").retry_after(5))
        }
    }
}

fn passed(step: &'static str, finding: String) -> NetworkStep {
    NetworkStep { step, state: "passed", finding, advice: None }
}

fn failed(step: &'static str, finding: &str, advice: impl Into<String>) -> NetworkStep {
    NetworkStep { step, state: "failed", finding: finding.into(), advice: Some(advice.into()) }
}

fn skipped(step: &'static str, finding: &str) -> NetworkStep {
    NetworkStep { step, state: "skipped", finding: finding.into(), advice: None }
}

fn named<T: ToString>(things: impl IntoIterator<Item = T>) -> String {
    things.into_iter().take(NAMED).map(|thing| thing.to_string()).collect::<Vec<_>>().join(", ")
}

impl Found {
    fn steps(&self) -> Vec<NetworkStep> {
        vec![self.address(), self.gateway(), self.dns(), self.time(), self.nat(), self.sip_alg()]
    }

    fn address(&self) -> NetworkStep {
        if self.addresses.is_empty() {
            let advice = "Connect the network cable; without DHCP, set an address under Network.";
            return failed("address", "the box has no address but its own loopback", advice);
        }
        passed("address", named(&self.addresses))
    }

    fn gateway(&self) -> NetworkStep {
        if self.routes.is_empty() {
            let advice = "Set the router as gateway under Network, or see that DHCP names one; without it only the local network is reached.";
            return failed("gateway", "there is no way out of the local network", advice);
        }
        passed(
            "gateway",
            named(self.routes.iter().map(|DefaultRoute { gateway, interface }| {
                if gateway.is_unspecified() { interface.clone() } else { format!("{gateway} by {interface}") }
            })),
        )
    }

    fn dns(&self) -> NetworkStep {
        let servers = named(&self.servers);
        match &self.resolved {
            Err(error) => {
                failed("dns", &format!("name servers could not be asked: {error}"), "Look into the log.")
            }
            Ok(_) if self.servers.is_empty() => failed(
                "dns",
                "no name server is known",
                "Set one under Network, or see that DHCP names one; providers are found by their names.",
            ),
            Ok(0) => failed(
                "dns",
                &format!("{servers} did not find {PUBLIC_NAME} in {} s", PATIENCE.as_secs()),
                "Set other name servers under Network, or see that the router lets the box ask them (port 53).",
            ),
            Ok(_) => passed("dns", format!("{servers} found {PUBLIC_NAME}")),
        }
    }

    fn time(&self) -> NetworkStep {
        if self.clock_trusted {
            return passed("time", "the clock is set by the network, by a battery or by hand".into());
        }
        let advice = "Let the box reach a time server (NTP, UDP port 123), or set the time by hand: office hours and certificates need it.";
        failed("time", "nobody has set the clock since the box was switched on", advice)
    }

    /// Whether somebody translates addresses between the box and its providers. That alone is no fault.
    fn nat(&self) -> NetworkStep {
        let fours: Vec<_> = self.addresses.iter().filter(|address| address.is_ipv4()).collect();
        let seen = self.seen_as();
        match self.advertised {
            Some(told) if !seen.is_empty() && !seen.contains(&told) => {
                let finding = format!("the box says that it is at {told}, and providers see it at {}", named(&seen));
                let advice = "Correct sip.advertised_address, or leave it empty; a public address may have changed.";
                failed("nat", &finding, advice)
            }
            _ if !seen.is_empty() => {
                passed("nat", format!("the box is behind a router: providers see it at {}", named(&seen)))
            }
            _ if self.addresses.is_empty() => skipped("nat", "the box has no address"),
            _ if fours.iter().any(|address| is_public(address)) => {
                let public = fours.iter().filter(|address| is_public(address));
                passed("nat", format!("the box has a public address: {}", named(public)))
            }
            _ if fours.is_empty() && self.addresses.iter().any(is_public) => {
                passed("nat", format!("the box has public addresses of IPv6: {}", named(&self.addresses)))
            }
            _ => passed(
                "nat",
                "the box is behind a router, for its addresses are private; no provider has told yet which address it sees".into(),
            ),
        }
    }

    /// Addresses that providers see us at and that are none of ours.
    fn seen_as(&self) -> Vec<IpAddr> {
        let mut seen: Vec<IpAddr> = self
            .answered()
            .filter_map(|(_, seen)| Some(seen.received?.ip().to_canonical()))
            .filter(|address| !address.is_loopback() && !self.addresses.contains(address))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        seen
    }

    fn answered(&self) -> impl Iterator<Item = (&TrunkView, &Seen)> {
        self.trunks.iter().filter_map(|view| Some((view, view.seen.as_ref()?)))
    }

    /// An answer whose Via was altered is none to us, so what can be seen is the contact that a registrar gives back.
    fn sip_alg(&self) -> NetworkStep {
        let readable: Vec<_> = self.answered().filter(|(_, seen)| !seen.encrypted).collect();
        let altered = readable.iter().filter_map(|(view, seen)| match &seen.contact {
            ContactSeen::Altered(text) => {
                Some(format!("{} gave it back as {}", view.name, Untrusted::new(text)))
            }
            ContactSeen::Kept | ContactSeen::NotTold => None,
        });
        let altered: Vec<_> = altered.collect();
        if !altered.is_empty() {
            return failed(
                "sip_alg",
                &format!("what the box writes of its address is altered on the way: {}", named(altered)),
                "Switch off the SIP ALG of the router (also called SIP helper or VoIP passthrough), or have the trunk use TLS; a few providers alter it themselves.",
            );
        }
        let kept = readable.iter().filter(|(_, seen)| seen.contact == ContactSeen::Kept).count();
        if kept > 0 {
            return passed("sip_alg", format!("{kept} trunks gave back what the box wrote, unaltered"));
        }
        skipped(
            "sip_alg",
            match (self.answered().count(), readable.len()) {
                (0, _) => "no trunk has been answered yet: an ALG shows in what a registrar gives back",
                (_, 0) => "all trunks that are answered use TLS, which no ALG can read",
                _ => "no trunk that is answered registers: an ALG shows in what a registrar gives back",
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pabx_model::{AccountId, DisplayName, Timestamp, TrunkId, TrunkState};

    fn trunk(received: Option<&str>, encrypted: bool, contact: ContactSeen) -> TrunkView {
        let received = received.map(|text| text.parse().unwrap());
        let local = "192.168.1.2:5060".parse().unwrap();
        TrunkView {
            account_id: AccountId::new(1, [1; 10]),
            trunk_id: TrunkId::new(1, [2; 10]),
            name: DisplayName::parse("Line").unwrap(),
            state: TrunkState::Registered,
            problem: None,
            status: None,
            since: Timestamp(0),
            server: None,
            servers: 1,
            connected: true,
            registers: true,
            registered_until: None,
            round_trip_ms: None,
            seen: Some(Seen { local, received, encrypted, contact }),
            calls: 0,
        }
    }

    fn found(addresses: &[&str], trunks: Vec<TrunkView>) -> Found {
        Found {
            addresses: addresses.iter().map(|text| text.parse().unwrap()).collect(),
            routes: vec![DefaultRoute { gateway: [192, 168, 1, 1].into(), interface: "eth0".into() }],
            servers: vec!["192.168.1.1".into()],
            resolved: Ok(2),
            clock_trusted: true,
            advertised: None,
            trunks,
        }
    }

    fn states(found: &Found) -> Vec<&'static str> {
        let steps = found.steps();
        let names: Vec<_> = steps.iter().map(|step| step.step).collect();
        assert_eq!(names, ["address", "gateway", "dns", "time", "nat", "sip_alg"]);
        for step in &steps {
            assert!(
                !step.finding.is_empty() && step.advice.is_some() == (step.state == "failed"),
                "{step:?}"
            );
        }
        steps.iter().map(|step| step.state).collect()
    }

    #[test]
    fn a_box_in_an_office_passes_and_one_without_anything_fails() {
        let office = found(&["192.168.1.2"], Vec::new());
        assert_eq!(states(&office), ["passed", "passed", "passed", "passed", "passed", "skipped"]);
        assert!(office.nat().finding.contains("behind a router"));
        let none =
            Found { routes: Vec::new(), resolved: Ok(0), clock_trusted: false, ..found(&[], Vec::new()) };
        assert_eq!(states(&none), ["failed", "failed", "failed", "failed", "skipped", "skipped"]);
    }

    #[test]
    fn where_providers_see_the_box_is_told_and_a_wrong_address_is_a_fault() {
        let told = |received, advertised: Option<&str>| {
            let advertised = advertised.map(|text| text.parse().unwrap());
            let trunks = vec![trunk(received, false, ContactSeen::Kept)];
            Found { advertised, ..found(&["192.168.1.2"], trunks) }.nat()
        };
        let behind = told(Some("203.0.113.7:41000"), None);
        assert_eq!(behind.state, "passed");
        assert!(behind.finding.contains("providers see it at 203.0.113.7"));
        assert_eq!(told(Some("203.0.113.7:41000"), Some("203.0.113.7")).state, "passed");
        assert_eq!(told(Some("203.0.113.7:41000"), Some("203.0.113.8")).state, "failed");
        assert!(told(Some("192.168.1.2:5060"), None).finding.contains("private"), "seen as what it is");
    }

    #[test]
    fn a_public_address_is_none_that_is_private_or_shared() {
        let nat = |addresses: &[&str]| found(addresses, Vec::new()).nat().finding;
        assert!(nat(&["198.51.100.4", "10.0.0.1"]).contains("public address: 198.51.100.4"));
        assert!(nat(&["2001:db8::1"]).contains("IPv6"));
        for private in ["10.1.2.3", "172.16.0.1", "100.64.0.1", "169.254.1.1", "fd00::1"] {
            assert!(nat(&[private]).contains("private"), "{private}");
        }
    }

    #[test]
    fn an_alg_shows_in_a_contact_that_was_altered_and_nowhere_else() {
        use ContactSeen::{Altered, Kept, NotTold};
        let told = |trunks: Vec<TrunkView>| found(&["192.168.1.2"], trunks).sip_alg();
        assert_eq!(told(vec![trunk(None, false, Kept)]).state, "passed");
        assert_eq!(told(vec![trunk(None, true, Altered("x".into()))]).state, "skipped", "TLS");
        assert_eq!(told(vec![trunk(None, false, NotTold)]).state, "skipped", "nothing to see");
        let altered =
            told(vec![trunk(None, false, Kept), trunk(None, false, Altered("203.0.113.7:1\n".into()))]);
        assert!(altered.state == "failed" && altered.finding.contains("Line gave it back as 203.0.113.7:1"));
        assert!(!altered.finding.contains('\n'));
    }
}
