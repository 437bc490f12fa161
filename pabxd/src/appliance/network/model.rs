//! How the box is to be in the network. What is not valid cannot be applied.

use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Interfaces of a configuration, VLANs among them.
pub const MAX_INTERFACES: usize = 16;
/// Name servers of an interface.
pub const MAX_DNS: usize = 4;

/// The whole network. Without any interface, the image's own default holds: DHCP on every Ethernet interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkConfig {
    /// Each once.
    pub interfaces: Vec<Interface>,
}

/// One interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interface {
    /// Of the kernel, such as `eth0`; of a VLAN, what it is to be called.
    pub name: InterfaceName,
    /// It is a VLAN on another interface.
    #[serde(default)]
    pub vlan: Option<Vlan>,
    /// IPv4.
    #[serde(default)]
    pub ipv4: Ipv4,
    /// IPv6.
    #[serde(default)]
    pub ipv6: Ipv6,
    /// Name servers, besides those that DHCP and router advertisements name.
    #[serde(default)]
    pub dns: Vec<IpAddr>,
}

/// IEEE 802.1Q.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vlan {
    /// The interface whose frames are tagged; in the same configuration.
    pub parent: InterfaceName,
    /// 1 to 4094.
    pub id: u16,
}

/// IPv4 of an interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Ipv4 {
    /// No address but a link-local one.
    Off,
    /// DHCPv4.
    #[default]
    Dhcp,
    /// A fixed one.
    Static {
        /// A host's address.
        address: Ipv4Addr,
        /// Bits of the network, 1 to 31.
        prefix: u8,
        /// In the same network.
        #[serde(default)]
        gateway: Option<Ipv4Addr>,
    },
}

/// IPv6 of an interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Ipv6 {
    /// Router advertisements are not heard.
    Off,
    /// Router advertisements, and DHCPv6 where they say so.
    #[default]
    Auto,
    /// A fixed one.
    Static {
        /// A host's address.
        address: Ipv6Addr,
        /// Bits of the network, 1 to 127.
        prefix: u8,
        /// In the same network, or link-local.
        #[serde(default)]
        gateway: Option<Ipv6Addr>,
    },
}

/// A name of an interface: 1 to 15 of `A-Z a-z 0-9 . _ -`, beginning with a letter (IFNAMSIZ; the kernel takes more,
/// files and people do not).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InterfaceName(String);

impl InterfaceName {
    /// Reads it.
    pub fn parse(text: &str) -> Result<Self, NetworkProblem> {
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        let begins = text.bytes().next().is_some_and(|first| first.is_ascii_alphabetic());
        let reserved = matches!(text, "lo" | "all" | "default");
        if text.len() <= 15 && plain && begins && !reserved {
            Ok(Self(text.to_owned()))
        } else {
            Err(NetworkProblem::Name)
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for InterfaceName {
    type Error = NetworkProblem;

    fn try_from(text: String) -> Result<Self, NetworkProblem> {
        Self::parse(&text)
    }
}

impl From<InterfaceName> for String {
    fn from(name: InterfaceName) -> Self {
        name.0
    }
}

impl std::fmt::Display for InterfaceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkProblem {
    /// See [`InterfaceName`].
    #[error("is no name of an interface")]
    Name,
    /// More than [`MAX_INTERFACES`].
    #[error("more than {MAX_INTERFACES} interfaces")]
    TooMany,
    /// One name twice.
    #[error("{0} is there twice")]
    Twice(InterfaceName),
    /// Not 1 to 4094, or one id twice on an interface.
    #[error("{0}: the VLAN id is not from 1 to 4094, or taken")]
    VlanId(InterfaceName),
    /// The parent of a VLAN is not in the configuration, or is a VLAN.
    #[error("{0}: the VLAN's interface is not in the configuration, or is a VLAN itself")]
    VlanParent(InterfaceName),
    /// Not a host's: unspecified, loopback, multicast, the network's own or its broadcast address.
    #[error("{0}: {1} is no address of a host")]
    Address(InterfaceName, IpAddr),
    /// Too short or too long.
    #[error("{0}: /{1} is no length of a network's prefix")]
    Prefix(InterfaceName, u8),
    /// It cannot be reached from the address.
    #[error("{0}: the gateway {1} is not in the network of the address")]
    Gateway(InterfaceName, IpAddr),
    /// One address on two interfaces.
    #[error("{0}: {1} is the address of another interface too")]
    Taken(InterfaceName, IpAddr),
    /// More than [`MAX_DNS`], or one that is no host.
    #[error("{0}: more than {MAX_DNS} name servers, or one that is no host")]
    Dns(InterfaceName),
    /// Nothing has an address: nobody would reach the box again.
    #[error("no interface has an address")]
    Unreachable,
}

impl NetworkConfig {
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), NetworkProblem> {
        if self.interfaces.len() > MAX_INTERFACES {
            return Err(NetworkProblem::TooMany);
        }
        let (mut names, mut vlans, mut addresses) = (HashSet::new(), HashSet::new(), HashSet::new());
        for interface in &self.interfaces {
            let name = &interface.name;
            if !names.insert(name) {
                return Err(NetworkProblem::Twice(name.clone()));
            }
            if let Some(vlan) = &interface.vlan {
                self.check_vlan(name, vlan)?;
                if !vlans.insert((&vlan.parent, vlan.id)) {
                    return Err(NetworkProblem::VlanId(name.clone()));
                }
            }
            check_ipv4(name, interface.ipv4)?;
            check_ipv6(name, interface.ipv6)?;
            if interface.dns.len() > MAX_DNS || !interface.dns.iter().all(|server| is_host(*server)) {
                return Err(NetworkProblem::Dns(name.clone()));
            }
            for address in interface.addresses() {
                if !addresses.insert(address) {
                    return Err(NetworkProblem::Taken(name.clone(), address));
                }
            }
        }
        let silent = |interface: &Interface| interface.ipv4 == Ipv4::Off && interface.ipv6 == Ipv6::Off;
        if !self.interfaces.is_empty() && self.interfaces.iter().all(silent) {
            return Err(NetworkProblem::Unreachable);
        }
        Ok(())
    }

    fn check_vlan(&self, name: &InterfaceName, vlan: &Vlan) -> Result<(), NetworkProblem> {
        if !(1..=4094).contains(&vlan.id) {
            return Err(NetworkProblem::VlanId(name.clone()));
        }
        let parent = self.interfaces.iter().find(|other| other.name == vlan.parent);
        match parent {
            Some(parent) if parent.vlan.is_none() => Ok(()),
            _ => Err(NetworkProblem::VlanParent(name.clone())),
        }
    }
}

impl Interface {
    fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        let four = match self.ipv4 {
            Ipv4::Static { address, .. } => Some(IpAddr::V4(address)),
            Ipv4::Off | Ipv4::Dhcp => None,
        };
        let six = match self.ipv6 {
            Ipv6::Static { address, .. } => Some(IpAddr::V6(address)),
            Ipv6::Off | Ipv6::Auto => None,
        };
        [four, six].into_iter().flatten()
    }
}

fn check_ipv4(name: &InterfaceName, ipv4: Ipv4) -> Result<(), NetworkProblem> {
    let Ipv4::Static { address, prefix, gateway } = ipv4 else { return Ok(()) };
    if !(1..=31).contains(&prefix) {
        return Err(NetworkProblem::Prefix(name.clone(), prefix));
    }
    let mask = u32::MAX << (32 - u32::from(prefix));
    let host = address.to_bits() & !mask;
    // RFC 3021: a /31 has no network and no broadcast address.
    let edge = prefix < 31 && (host == 0 || host == !mask);
    if !is_host(address.into()) || edge {
        return Err(NetworkProblem::Address(name.clone(), address.into()));
    }
    match gateway {
        Some(gateway)
            if gateway.to_bits() & mask != address.to_bits() & mask
                || gateway == address
                || !is_host(gateway.into()) =>
        {
            Err(NetworkProblem::Gateway(name.clone(), gateway.into()))
        }
        _ => Ok(()),
    }
}

fn check_ipv6(name: &InterfaceName, ipv6: Ipv6) -> Result<(), NetworkProblem> {
    let Ipv6::Static { address, prefix, gateway } = ipv6 else { return Ok(()) };
    if !(1..=127).contains(&prefix) {
        return Err(NetworkProblem::Prefix(name.clone(), prefix));
    }
    if !is_host(address.into()) || address.is_unicast_link_local() {
        return Err(NetworkProblem::Address(name.clone(), address.into()));
    }
    let mask = u128::MAX << (128 - u32::from(prefix));
    match gateway {
        Some(gateway)
            if (gateway.to_bits() & mask != address.to_bits() & mask && !gateway.is_unicast_link_local())
                || gateway == address
                || !is_host(gateway.into()) =>
        {
            Err(NetworkProblem::Gateway(name.clone(), gateway.into()))
        }
        _ => Ok(()),
    }
}

fn is_host(address: IpAddr) -> bool {
    let broadcast = address == IpAddr::V4(Ipv4Addr::BROADCAST);
    !(address.is_unspecified() || address.is_loopback() || address.is_multicast() || broadcast)
}

#[cfg(test)]
mod tests;
