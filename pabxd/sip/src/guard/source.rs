//! Who a datagram is charged to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One counted source: an IPv4 address, or an IPv6 /64 (one customer owns all of its addresses, RFC 6177 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// One IPv4 address; IPv4-mapped IPv6 addresses count as this too.
    V4(Ipv4Addr),
    /// The upper 64 bits of an IPv6 address.
    V6Prefix(u64),
}

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::V4(v4),
            IpAddr::V6(v6) => Self::V6Prefix(u64::try_from(v6.to_bits() >> 64).unwrap_or_default()),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(v4) => v4.fmt(f),
            Self::V6Prefix(prefix) => write!(f, "{}/64", Ipv6Addr::from_bits(u128::from(*prefix) << 64)),
        }
    }
}

/// A block of addresses, `address/prefix length`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: u128,
    mask: u128,
}

impl Network {
    /// The block that contains `address`; a prefix longer than the address counts as the whole address.
    pub fn new(address: IpAddr, prefix: u8) -> Self {
        let (prefix, whole) = match address {
            IpAddr::V4(_) => (u32::from(prefix.min(32)) + 96, mapped(address)),
            IpAddr::V6(_) => (u32::from(prefix.min(128)), mapped(address)),
        };
        let mask = u128::MAX.checked_shl(128 - prefix).unwrap_or(0);
        Self { base: whole & mask, mask }
    }

    /// Whether `address` lies in the block; IPv4-mapped IPv6 addresses count as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        mapped(address.to_canonical()) & self.mask == self.base
    }
}

/// IPv4 as its IPv4-mapped IPv6 address, so that one comparison serves both families.
fn mapped(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}
