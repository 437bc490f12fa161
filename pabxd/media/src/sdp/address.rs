//! `o=` and the network addresses in it and in `c=` (RFC 8866 §5.2, §5.7).

use std::fmt;
use std::net::IpAddr;

use super::parse::words;

/// `<nettype> <addrtype> <address>`, the address with its time-to-live and count if it had them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// `IN`
    pub network: String,
    /// `IP4` or `IP6`
    pub family: String,
    /// An address or host name, as written.
    pub host: String,
}

impl Address {
    /// The address of this PBX.
    pub fn from_ip(ip: IpAddr) -> Self {
        let family = if ip.is_ipv4() { "IP4" } else { "IP6" };
        Self { network: "IN".to_owned(), family: family.to_owned(), host: ip.to_string() }
    }

    pub(super) fn parse(value: &str) -> Option<Self> {
        let mut words = words(value);
        let address = Self {
            network: words.next()?.to_owned(),
            family: words.next()?.to_owned(),
            host: words.next()?.to_owned(),
        };
        words.next().is_none().then_some(address)
    }

    /// The numeric address, if it is one of the Internet; `None` for host names and other networks.
    /// The digits decide, not the family word, which some phones get wrong.
    pub fn ip(&self) -> Option<IpAddr> {
        let host = self.host.split('/').next()?;
        let ip: IpAddr = host.parse().ok()?;
        self.network.eq_ignore_ascii_case("IN").then(|| ip.to_canonical())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.network, self.family, self.host)
    }
}

/// `o=`: who made the description, and which version it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// May hold spaces when a phone wrote it so.
    pub username: String,
    /// A number, kept as text: peers use any size.
    pub session_id: String,
    /// Grows by one with each changed description (RFC 3264 §8).
    pub version: String,
    /// The host that made it.
    pub address: Address,
}

impl Origin {
    /// Reads from the right, for some phones put spaces in the user name.
    pub(super) fn parse(value: &str) -> Option<Self> {
        let words: Vec<&str> = words(value).collect();
        let split = words.len().checked_sub(5)?;
        let (username, rest) = words.split_at(split);
        let [session_id, version, network, family, host] = rest else { return None };
        let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if username.is_empty() || !number(session_id) || !number(version) {
            return None;
        }
        let owned = |text: &&str| (*text).to_owned();
        Some(Self {
            username: username.join(" "),
            session_id: owned(session_id),
            version: owned(version),
            address: Address { network: owned(network), family: owned(family), host: owned(host) },
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.username, self.session_id, self.version, self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_a_time_to_live_and_host_names() {
        assert_eq!(Address::parse("IN IP4 224.2.1.1/127/3").unwrap().ip(), "224.2.1.1".parse().ok());
        assert_eq!(Address::parse("IN IP6 2001:db8::1").unwrap().ip(), "2001:db8::1".parse().ok());
        assert_eq!(Address::parse("IN IP4 phone.example.com").unwrap().ip(), None);
        assert_eq!(Address::parse("ATM NSAP 1").unwrap().ip(), None);
        assert!(Address::parse("IN IP4").is_none());
        assert!(Address::parse("IN IP4 1.2.3.4 5").is_none());
    }

    #[test]
    fn a_user_name_with_spaces_is_read_from_the_right() {
        let origin = Origin::parse("My Phone 7 123 4 IN IP4 192.0.2.1").unwrap();
        assert_eq!((origin.username.as_str(), origin.version.as_str()), ("My Phone 7", "4"));
        assert!(Origin::parse("123 4 IN IP4 192.0.2.1").is_none());
        assert!(Origin::parse("- x 4 IN IP4 192.0.2.1").is_none());
    }
}
