//! Hosts: names, IPv4 addresses and IPv6 references.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest host name in octets (RFC 1035 §2.3.4).
pub const MAX_HOST_NAME: usize = 255;

/// Where a URI or a Via points.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// A domain name, in the case it came in.
    Name(Box<str>),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address; printed in brackets.
    V6(Ipv6Addr),
}

/// A host as it stands in a text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum HostRef<'a> {
    Name(&'a str),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

impl<'a> HostRef<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        if let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
            return parse_v6(inner).map(Self::V6);
        }
        // A name's last label starts with a letter; anything that ends in digits is an IPv4 address or wrong.
        let mut last = text.bytes().rev().skip(usize::from(text.ends_with('.'))).take_while(|b| *b != b'.');
        if last.all(|b| b.is_ascii_digit()) {
            return text.parse().ok().map(Self::V4);
        }
        (text.len() <= MAX_HOST_NAME && is_name(text)).then_some(Self::Name(text))
    }

    pub(crate) fn to_host(self) -> Host {
        match self {
            Self::Name(name) => Host::Name(name.into()),
            Self::V4(ip) => Host::V4(ip),
            Self::V6(ip) => Host::V6(ip),
        }
    }

    /// The address, when the host is one. An IPv4-mapped IPv6 address counts as IPv4.
    pub(crate) fn ip(self) -> Option<IpAddr> {
        match self {
            Self::Name(_) => None,
            Self::V4(ip) => Some(ip.into()),
            Self::V6(ip) => Some(IpAddr::V6(ip).to_canonical()),
        }
    }
}

impl Host {
    /// Parses a host without port. IPv6 needs its brackets (RFC 3261 §25.1 `IPv6reference`).
    pub fn parse(text: &str) -> Option<Self> {
        HostRef::parse(text).map(HostRef::to_host)
    }

    fn borrowed(&self) -> HostRef<'_> {
        match self {
            Self::Name(name) => HostRef::Name(name),
            Self::V4(ip) => HostRef::V4(*ip),
            Self::V6(ip) => HostRef::V6(*ip),
        }
    }

    /// The address, when the host is one. An IPv4-mapped IPv6 address counts as IPv4.
    pub fn ip(&self) -> Option<IpAddr> {
        self.borrowed().ip()
    }

    /// Names compare without regard to case, addresses as addresses.
    pub fn equivalent(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Name(a), Self::Name(b)) => a.eq_ignore_ascii_case(b),
            (a, b) => a == b,
        }
    }
}

/// Labels of letters, digits, hyphens, and underscores, which are no part of the grammar and of many networks.
fn is_name(text: &str) -> bool {
    let mut before = b'.';
    for octet in text.bytes() {
        let fine = match octet {
            b'.' | b'-' => before != b'.',
            b'_' => true,
            other => other.is_ascii_alphanumeric(),
        };
        if !fine {
            return false;
        }
        before = octet;
    }
    true
}

/// RFC 5118 §4.10: the grammar of RFC 3261 allows three colons before an embedded IPv4 address by mistake.
fn parse_v6(text: &str) -> Option<Ipv6Addr> {
    text.parse().ok().or_else(|| text.replacen(":::", "::", 1).parse().ok())
}

impl From<IpAddr> for Host {
    fn from(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(ip) => Self::V4(ip),
            IpAddr::V6(ip) => Self::V6(ip),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::V4(ip) => write!(f, "{ip}"),
            Self::V6(ip) => write!(f, "[{ip}]"),
        }
    }
}

/// Splits `host[:port]`. The port is digits and at most 65535.
pub(crate) fn host_port(text: &str) -> Option<(HostRef<'_>, Option<u16>)> {
    let name_end = match text.strip_prefix('[') {
        Some(inside) => inside.find(']')? + 2,
        None => memchr::memchr(b':', text.as_bytes()).unwrap_or(text.len()),
    };
    let (host, port) = text.split_at_checked(name_end)?;
    let port = match port.strip_prefix(':') {
        Some(digits) => Some(crate::header::grammar::number(digits)?),
        None if port.is_empty() => None,
        None => return None,
    };
    Some((HostRef::parse(host)?, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host_port(text: &str) -> Option<(Host, Option<u16>)> {
        super::host_port(text).map(|(host, port)| (host.to_host(), port))
    }

    #[test]
    fn hosts_are_names_or_addresses() {
        assert_eq!(Host::parse("192.0.2.1"), Some(Host::V4(Ipv4Addr::new(192, 0, 2, 1))));
        assert_eq!(Host::parse("[::1]"), Some(Host::V6(Ipv6Addr::LOCALHOST)));
        assert_eq!(Host::parse("Example.com."), Some(Host::Name("Example.com.".into())));
        for bad in
            ["", ".", "192.0.2", "192.0.2.256", "2001:db8::1", "[::1", "a b", "a..b", "-a", "é.com", "1"]
        {
            assert_eq!(Host::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn three_colons_before_ipv4_are_understood() {
        assert_eq!(Host::parse("[2001:db8:::192.0.2.1]"), Host::parse("[2001:db8::192.0.2.1]"));
        assert!(Host::parse("[2001:db8:::192.0.2.1]").is_some());
    }

    #[test]
    fn a_port_follows_the_bracket_or_the_name() {
        assert_eq!(host_port("[::1]:5070"), Some((Host::V6(Ipv6Addr::LOCALHOST), Some(5070))));
        assert_eq!(host_port("a.b:1"), Some((Host::Name("a.b".into()), Some(1))));
        for bad in ["a:", "a:65536", "a:+1", "[::1]5070", "2001:db8::10"] {
            assert_eq!(host_port(bad), None, "{bad}");
        }
    }

    #[test]
    fn mapped_addresses_count_as_ipv4() {
        let host = Host::parse("[::ffff:192.0.2.10]").unwrap();
        assert_eq!(host.ip(), Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10))));
    }
}
