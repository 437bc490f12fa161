//! What the box finds around itself: a way out of its network, and name servers that answer.

use super::dns::Dns;
use pabx_sip::target::{Answer, Query};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// The kernel's routing tables (proc_pid_net(5)).
const ROUTES: &str = "/proc/net/route";
const ROUTES_6: &str = "/proc/net/ipv6_route";
/// Where the system's name servers are written (resolv.conf(5)).
const SERVERS: &str = "/etc/resolv.conf";
/// The flag of a route that is up, and of one whose target is refused (linux/route.h).
const UP: u32 = 0x1;
const REJECT: u32 = 0x200;

/// Whether the whole Internet could reach it: neither private (RFC 1918, RFC 4193), nor shared behind a provider's own translation
/// (RFC 6598), nor good on one link or machine alone, nor no machine's at all.
pub fn is_public(address: &IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(four) => {
            let [first, second, ..] = four.octets();
            let shared = first == 100 && (64..128).contains(&second);
            let here = four.is_private() || shared || four.is_link_local() || four.is_loopback();
            !(here || first == 0 || four.is_multicast() || four.is_broadcast())
        }
        IpAddr::V6(six) => {
            let here = six.is_unique_local() || six.is_unicast_link_local() || six.is_loopback();
            !(here || six.is_unspecified() || six.is_multicast())
        }
    }
}

/// A way to everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultRoute {
    /// The router; unspecified: the interface leads there by itself.
    pub gateway: IpAddr,
    /// By which interface.
    pub interface: String,
}

/// The ways out, of both families.
pub fn default_routes() -> Vec<DefaultRoute> {
    let text = |path| std::fs::read_to_string(path).unwrap_or_default();
    let mut routes = routes_in(&text(ROUTES));
    routes.extend(routes_6_in(&text(ROUTES_6)));
    routes
}

/// `Iface Destination Gateway Flags RefCnt Use Metric Mask …`, addresses as the machine's integers in hex.
fn routes_in(text: &str) -> Vec<DefaultRoute> {
    let route = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let (interface, destination) = (words.next()?, words.next()?);
        let gateway = u32::from_str_radix(words.next()?, 16).ok()?;
        let flags = u32::from_str_radix(words.next()?, 16).ok()?;
        let is_default = destination == "00000000" && words.nth(3)? == "00000000";
        let gateway = IpAddr::V4(Ipv4Addr::from(gateway.to_ne_bytes()));
        (is_default && is_open(flags)).then(|| DefaultRoute { gateway, interface: interface.into() })
    };
    text.lines().filter_map(route).collect()
}

/// `destination length source length gateway metric refcnt use flags interface`, in hex.
fn routes_6_in(text: &str) -> Vec<DefaultRoute> {
    let route = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let (destination, length) = (words.next()?, words.next()?);
        let gateway = u128::from_str_radix(words.nth(2)?, 16).ok()?;
        let flags = u32::from_str_radix(words.nth(3)?, 16).ok()?;
        let interface = words.next()?;
        let is_default = length == "00" && destination.bytes().all(|digit| digit == b'0');
        let gateway = IpAddr::V6(Ipv6Addr::from(gateway.to_be_bytes()));
        (is_default && is_open(flags) && interface != "lo")
            .then(|| DefaultRoute { gateway, interface: interface.into() })
    };
    text.lines().filter_map(route).collect()
}

const fn is_open(flags: u32) -> bool {
    flags & UP != 0 && flags & REJECT == 0
}

/// The name servers that are asked: those of the configuration, or those of the system.
pub fn name_servers(configured: &[SocketAddr]) -> Vec<String> {
    if !configured.is_empty() {
        return configured.iter().map(SocketAddr::to_string).collect();
    }
    servers_in(&std::fs::read_to_string(SERVERS).unwrap_or_default())
}

fn servers_in(text: &str) -> Vec<String> {
    let server = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        (words.next()? == "nameserver").then_some(words.next()?).map(str::to_owned)
    };
    text.lines().filter_map(server).collect()
}

/// The addresses of a name, asked for anew; none: nobody knows it, or nobody answers in this time. Blocks.
pub fn look_up(configured: &[SocketAddr], name: &str, patience: Duration) -> std::io::Result<Vec<IpAddr>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let dns = Dns::new(configured.to_vec());
    let asked = async { tokio::time::timeout(patience, dns.ask(Query::Addresses(name.into()))).await };
    let answer = runtime.block_on(asked);
    // What is still asked is given up with it.
    runtime.shutdown_background();
    Ok(match answer {
        Ok((Answer::Addresses(addresses), _)) => addresses,
        _ => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_out_is_read_from_the_kernels_table() {
        let gateway = u32::from_ne_bytes([192, 0, 2, 1]);
        let text = format!(
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
             eth0\t00000000\t{gateway:08X}\t0003\t0\t0\t100\t00000000\t0\t0\t0\n\
             eth0\t000200C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n\
             eth1\t00000000\t{gateway:08X}\t0200\t0\t0\t100\t00000000\t0\t0\t0\nnonsense\n"
        );
        let found = routes_in(&text);
        assert_eq!(found, [DefaultRoute { gateway: [192, 0, 2, 1].into(), interface: "eth0".into() }]);
    }

    #[test]
    fn the_way_out_by_ipv6_is_no_refusal_of_the_loopback() {
        let zero = "0".repeat(32);
        let text = format!(
            "{zero} 00 {zero} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0\n\
             {zero} 00 {zero} 00 {zero} ffffffff 00000001 00000000 00200200       lo\n"
        );
        let found = routes_6_in(&text);
        assert_eq!(found, [DefaultRoute { gateway: "fe80::1".parse().unwrap(), interface: "eth0".into() }]);
    }

    #[test]
    fn name_servers_are_those_of_the_configuration_or_of_the_system() {
        assert_eq!(name_servers(&["192.0.2.53:53".parse().unwrap()]), ["192.0.2.53:53"]);
        let text = "# nameserver 192.0.2.1\nnameserver 192.0.2.2\nsearch x.test\nnameserver fe80::1%eth0\nnameserver\n";
        assert_eq!(servers_in(text), ["192.0.2.2", "fe80::1%eth0"]);
    }
}
