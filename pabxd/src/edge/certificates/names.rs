//! The names and addresses under which the box is reached, as far as it can know them.

use nix::ifaddrs::getifaddrs;
use nix::sys::socket::SockaddrIn6;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What the kernel calls the box.
const HOSTNAME: &str = "/proc/sys/kernel/hostname";
/// The name by which it is found without a DNS server (RFC 6762).
const LOCAL_NAME: &str = "pabx.local";
/// Names and addresses in a certificate.
const MAX: usize = 32;

/// For whom a self-signed certificate is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// DNS names.
    pub dns: Vec<String>,
    /// Addresses.
    pub addresses: Vec<IpAddr>,
}

impl Names {
    /// The host's name, `pabx.local`, `localhost`, every address of its interfaces, and those that are given: names or
    /// addresses. At most 32 of either kind.
    pub fn of_this_box(given: &[String]) -> Self {
        let mut names = Self::default();
        for name in given {
            names.add(name);
        }
        if let Ok(hostname) = std::fs::read_to_string(HOSTNAME) {
            names.add(hostname.trim());
        }
        names.add(LOCAL_NAME);
        names.add("localhost");
        for address in interface_addresses() {
            names.add_address(address);
        }
        names
    }

    /// Whether a certificate for `known` is good for these. Addresses of IPv6 do not count: some change every day.
    pub(super) fn are_in(&self, known: &[String]) -> bool {
        let fours = self.addresses.iter().filter(|address| address.is_ipv4()).map(IpAddr::to_string);
        self.dns.iter().cloned().chain(fours).all(|name| known.contains(&name))
    }

    fn add(&mut self, name: &str) {
        if let Ok(address) = name.parse() {
            self.add_address(address);
        } else if is_host_name(name) && self.dns.len() < MAX {
            let name = name.to_ascii_lowercase();
            if !self.dns.contains(&name) {
                self.dns.push(name);
            }
        }
    }

    fn add_address(&mut self, address: IpAddr) {
        if self.addresses.len() < MAX && !address.is_unspecified() && !self.addresses.contains(&address) {
            self.addresses.push(address);
        }
    }
}

/// RFC 1123 §2.1: labels of letters, digits and hyphens.
pub(crate) fn is_host_name(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

/// Those by which others can reach it: link-local ones of IPv6 need an interface beside them, which no URL has.
pub fn interface_addresses() -> Vec<IpAddr> {
    let mut found: Vec<IpAddr> = vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    for interface in getifaddrs().into_iter().flatten() {
        let Some(address) = interface.address else { continue };
        let four = address.as_sockaddr_in().map(|address| IpAddr::V4(address.ip()));
        let six = address.as_sockaddr_in6().map(SockaddrIn6::ip);
        let six = six.filter(|ip| !ip.is_unicast_link_local()).map(IpAddr::V6);
        found.extend(four.or(six));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_has_names_and_addresses() {
        let names = Names::of_this_box(&["pbx.Example.com".into(), "192.0.2.9".into(), "not a name".into()]);
        assert_eq!(names.dns.first().map(String::as_str), Some("pbx.example.com"));
        assert!(names.dns.contains(&"pabx.local".to_owned()) && names.dns.contains(&"localhost".to_owned()));
        assert!(names.addresses.contains(&"192.0.2.9".parse().unwrap()));
        assert!(names.addresses.contains(&"127.0.0.1".parse().unwrap()));
        assert!(!names.dns.iter().any(|name| name.contains(' ')));
    }
}
