//! RFC 3263 with a small DNS of the test's own: which targets come out, and in which order.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::HashMap;

use pabx_sip::flow::Transport;
use pabx_sip::random::Random;
use pabx_sip::target::{Answer, Capabilities, MAX_QUERIES, Naptr, Query, Selection, Srv, Step, TargetError};
use pabx_sip::uri::Uri;

#[derive(Default)]
struct Dns {
    naptr: HashMap<&'static str, Vec<Naptr>>,
    srv: HashMap<&'static str, Vec<Srv>>,
    hosts: HashMap<&'static str, Vec<&'static str>>,
}

impl Dns {
    fn answer(&self, query: &Query) -> Answer {
        match query {
            Query::Naptr(name) => Answer::Naptr(self.naptr.get(name.as_str()).cloned().unwrap_or_default()),
            Query::Srv(name) => Answer::Srv(self.srv.get(name.as_str()).cloned().unwrap_or_default()),
            Query::Addresses(name) => {
                let hosts = self.hosts.get(name.as_str()).cloned().unwrap_or_default();
                Answer::Addresses(hosts.iter().map(|ip| ip.parse().unwrap()).collect())
            }
        }
    }

    /// All targets of a URI as `transport address`, and the questions that led to them.
    fn targets(
        &self,
        uri: &str,
        capabilities: Capabilities,
    ) -> Result<(Vec<String>, Vec<Query>), TargetError> {
        let mut selection = Selection::new(&Uri::parse(uri).unwrap(), capabilities)?;
        let (mut targets, mut queries, mut random) = (Vec::new(), Vec::new(), Random::new([1; 32]));
        loop {
            match selection.poll() {
                Step::Ask(query) => {
                    selection.answer(self.answer(&query), &mut random);
                    queries.push(query);
                }
                Step::Try(target) => targets.push(format!("{} {}", target.transport, target.address)),
                Step::Exhausted => return Ok((targets, queries)),
            }
        }
    }

    fn plain(&self, uri: &str) -> Vec<String> {
        self.targets(uri, Capabilities::default()).unwrap().0
    }
}

fn naptr(order: u16, preference: u16, service: &str, replacement: &str) -> Naptr {
    Naptr { order, preference, flags: "s".into(), service: service.into(), replacement: replacement.into() }
}

fn srv(priority: u16, port: u16, target: &str) -> Srv {
    Srv { priority, weight: 1, port, target: target.into() }
}

/// The example of RFC 3263 §4.1, with two servers for TCP.
fn example() -> Dns {
    let mut dns = Dns::default();
    dns.naptr.insert(
        "example.com",
        vec![
            naptr(100, 50, "SIP+D2U", "_sip._udp.example.com."),
            naptr(90, 50, "SIP+D2T", "_sip._tcp.example.com."),
            naptr(50, 50, "SIPS+D2T", "_sips._tcp.example.com."),
            naptr(10, 50, "E2U+sip", "nonsense.example.com."),
        ],
    );
    dns.srv.insert(
        "_sip._tcp.example.com",
        vec![srv(2, 5060, "two.example.com"), srv(1, 5070, "one.example.com")],
    );
    dns.srv.insert("_sip._udp.example.com", vec![srv(1, 5060, "one.example.com")]);
    dns.srv.insert("_sips._tcp.example.com", vec![srv(1, 5061, "one.example.com")]);
    dns.hosts.insert("one.example.com", vec!["192.0.2.1", "2001:db8::1"]);
    dns.hosts.insert("two.example.com", vec!["192.0.2.2"]);
    dns.hosts.insert("example.com", vec!["192.0.2.9"]);
    dns
}

#[test]
fn an_address_needs_no_dns() {
    let dns = Dns::default();
    assert_eq!(dns.plain("sip:a@192.0.2.1"), ["udp 192.0.2.1:5060"]);
    assert_eq!(dns.plain("sip:a@192.0.2.1:5070;transport=tcp"), ["tcp 192.0.2.1:5070"]);
    assert_eq!(dns.plain("sips:a@[2001:db8::1]"), ["tls [2001:db8::1]:5061"]);
}

#[test]
fn a_port_skips_naptr_and_srv() {
    let (targets, queries) =
        example().targets("sip:a@one.example.com:5090", Capabilities::default()).unwrap();
    assert_eq!(targets, ["udp 192.0.2.1:5090", "udp [2001:db8::1]:5090"]);
    assert_eq!(queries, [Query::Addresses("one.example.com".into())]);
}

#[test]
fn naptr_orders_the_transports_and_srv_the_servers() {
    let only_tcp_udp = Capabilities {
        transports: vec![Transport::Udp, Transport::Tcp],
        ipv6: false,
        ..Capabilities::default()
    };
    let (targets, _) = example().targets("sip:a@example.com", only_tcp_udp).unwrap();
    assert_eq!(targets, ["tcp 192.0.2.1:5070", "tcp 192.0.2.2:5060", "udp 192.0.2.1:5060"]);
}

#[test]
fn a_sips_uri_stays_on_tls_whatever_dns_prefers() {
    let targets = example().plain("sips:a@example.com");
    assert_eq!(targets, ["tls 192.0.2.1:5061", "tls [2001:db8::1]:5061"]);
    assert_eq!(
        Dns::default().targets("sips:a@192.0.2.1;transport=udp", Capabilities::default()).unwrap_err(),
        TargetError::Transport
    );
}

#[test]
fn a_transport_parameter_goes_straight_to_its_service() {
    let (targets, queries) =
        example().targets("sip:a@example.com;transport=tcp", Capabilities::default()).unwrap();
    assert_eq!(queries[0], Query::Srv("_sip._tcp.example.com".into()));
    assert_eq!(targets, ["tcp 192.0.2.1:5070", "tcp [2001:db8::1]:5070", "tcp 192.0.2.2:5060"]);
}

#[test]
fn without_naptr_each_service_of_ours_is_asked_and_without_srv_the_host_itself() {
    let mut dns = example();
    dns.naptr.clear();
    let targets = dns.plain("sip:a@example.com");
    assert_eq!(targets.first().map(String::as_str), Some("udp 192.0.2.1:5060"));
    assert!(!targets.contains(&"udp 192.0.2.9:5060".to_owned()), "SRV records speak for the domain");
    dns.srv.clear();
    assert_eq!(dns.plain("sip:a@example.com"), ["udp 192.0.2.9:5060"]);
    assert_eq!(dns.plain("sips:a@example.com"), ["tls 192.0.2.9:5061"]);
}

#[test]
fn a_service_that_is_decidedly_not_there_is_not_replaced_by_the_host() {
    let mut dns = Dns::default();
    dns.srv.insert("_sip._tcp.example.com", vec![srv(0, 5060, ".")]);
    dns.hosts.insert("example.com", vec!["192.0.2.9"]);
    assert_eq!(dns.plain("sip:a@example.com;transport=tcp"), Vec::<String>::new());
}

#[test]
fn endless_dns_ends() {
    let mut dns = Dns::default();
    let many = |n: u16| (0..n).map(|i| srv(i, 5060, "nowhere.example.com")).collect::<Vec<_>>();
    dns.srv.insert("_sip._udp.example.com", many(1000));
    let (targets, queries) = dns.targets("sip:a@example.com", Capabilities::default()).unwrap();
    assert!(targets.is_empty() && queries.len() <= MAX_QUERIES, "{}", queries.len());
}

#[test]
fn other_schemes_lead_nowhere() {
    assert_eq!(
        Dns::default().targets("tel:+551133334444", Capabilities::default()).unwrap_err(),
        TargetError::Scheme
    );
    let no_tcp = Capabilities { transports: vec![Transport::Udp], ..Capabilities::default() };
    let refused = Dns::default().targets("sip:a@b.example;transport=tcp", no_tcp).unwrap_err();
    assert_eq!(refused, TargetError::Transport);
}
