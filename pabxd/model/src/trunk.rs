//! A line to a provider, as the engine needs it.

use std::net::IpAddr;

use zeroize::Zeroizing;

use crate::text::{check_characters, check_length, text_type, word_enum};
use crate::{AccountId, DisplayName, SipDomain, Status, TextError, TrunkId, TrunkProfile};

word_enum!(
    /// By which way a provider is reached.
    TrunkTransport {
        /// UDP.
        Udp = "udp",
        /// TCP.
        Tcp = "tcp",
        /// TLS; the provider's certificate has to be good for its host.
        Tls = "tls",
    }
);

word_enum!(
    /// How a line stands.
    TrunkState {
        /// The provider has taken our registration.
        Registered = "registered",
        /// It knows us by address and answers.
        Reachable = "reachable",
        /// It can be used, but something is wrong: a server of it does not answer, or the last question was not answered.
        Degraded = "degraded",
        /// It cannot be used.
        Down = "down",
    }
);

word_enum!(
    /// What is wrong with a line.
    TrunkProblem {
        /// It has just been set up; nothing is known yet.
        Starting = "starting",
        /// The trunk or its account is suspended.
        Suspended = "suspended",
        /// DNS knows no address for the host.
        NoAddress = "no_address",
        /// No connection came about: nobody listens there, or the certificate is not good for the host.
        NoConnection = "no_connection",
        /// No answer came.
        NoAnswer = "no_answer",
        /// The provider does not take user name and password.
        WrongCredentials = "wrong_credentials",
        /// It asks for a password for another realm than it did before, or in a way that would give the password away.
        UnsafeChallenge = "unsafe_challenge",
        /// It refuses the registration, or says that it cannot serve just now.
        Refused = "refused",
    }
);

impl TrunkProblem {
    /// What to do about it.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Starting => "Wait a moment.",
            Self::Suspended => "Set the trunk's status, or the account's, to active.",
            Self::NoAddress => "Check how the host is written, and that the box reaches a DNS server.",
            Self::NoConnection => {
                "Check host, port and transport; with TLS, the host must be the name in the provider's certificate."
            }
            Self::NoAnswer => {
                "Check host, port and transport, and that no firewall keeps SIP from the provider."
            }
            Self::WrongCredentials => "Type user name and password again as the provider gave them.",
            Self::UnsafeChallenge => "Ask the provider; somebody else may be answering in its place.",
            Self::Refused => {
                "Ask the provider whether the line is active and may register from this address."
            }
        }
    }
}

/// How a provider knows us.
#[derive(Clone, PartialEq, Eq)]
pub enum TrunkLogin {
    /// By user name and password: we register.
    Digest {
        /// User name.
        username: Box<str>,
        /// Password.
        password: Zeroizing<String>,
    },
    /// By our address: there is nothing to register.
    Address,
}

impl std::fmt::Debug for TrunkLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Digest { username, .. } => write!(f, "Digest {{ username: {username:?}, .. }}"),
            Self::Address => f.write_str("Address"),
        }
    }
}

/// Addresses that calls of a trunk may come from: `192.0.2.0/24`, `2001:db8::1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PeerNetwork {
    address: IpAddr,
    prefix: u8,
}

impl PeerNetwork {
    /// Shortest prefix that is taken: whole providers have less than a /16 (IPv4) or a /32 (IPv6).
    const SHORTEST: (u8, u8) = (16, 32);

    /// An address, or an address, a slash and how many bits of it count.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let bad = |why| TextError::Form { what: "network", why };
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().map_err(|_| bad("no IP address"))?;
        let (bits, shortest) =
            if address.is_ipv4() { (32, Self::SHORTEST.0) } else { (128, Self::SHORTEST.1) };
        let prefix = match prefix {
            None => bits,
            Some(prefix) => prefix.parse().map_err(|_| bad("no number after the slash"))?,
        };
        if prefix > bits || prefix < shortest {
            return Err(bad("the prefix has 16 to 32 bits (IPv4), 32 to 128 (IPv6)"));
        }
        Ok(Self { address, prefix })
    }

    /// Whether the address is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32 - u32::from(self.prefix.min(32));
                own.to_bits().checked_shr(shift) == other.to_bits().checked_shr(shift)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let shift = 128 - u32::from(self.prefix.min(128));
                own.to_bits().checked_shr(shift) == other.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

impl std::fmt::Display for PeerNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let whole = if self.address.is_ipv4() { 32 } else { 128 };
        if self.prefix == whole {
            write!(f, "{}", self.address)
        } else {
            write!(f, "{}/{}", self.address, self.prefix)
        }
    }
}

impl std::str::FromStr for PeerNetwork {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        Self::parse(text)
    }
}

/// A number that is shown to who is called: 2 to 20 digits, `+` only first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CallerId(Box<str>);

impl CallerId {
    /// Digits, and a plus before them where there is one.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const WHAT: &str = "caller ID";
        check_length(WHAT, text, 2, 20)?;
        check_characters(WHAT, text.strip_prefix('+').unwrap_or(text), |c| c.is_ascii_digit())?;
        Ok(Self(text.into()))
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text_type!(CallerId);

/// A line to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trunk {
    /// Id.
    pub trunk_id: TrunkId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What people call it.
    pub name: DisplayName,
    /// The provider's host.
    pub host: SipDomain,
    /// Its port; `None`: what DNS or the transport says.
    pub port: Option<u16>,
    /// By which way.
    pub transport: TrunkTransport,
    /// Calls at once.
    pub max_calls: u32,
    /// How the provider knows us.
    pub login: TrunkLogin,
    /// Where calls may come from besides the addresses of the host.
    pub networks: Vec<PeerNetwork>,
    /// The number that is shown to who is called; `None`: the user name.
    pub caller_id: Option<CallerId>,
    /// How the provider differs from the usual.
    pub profile: TrunkProfile,
    /// In use or not.
    pub status: Status,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_addresses_with_bits_that_count() {
        let network = PeerNetwork::parse("192.0.2.16/28").unwrap();
        assert_eq!(network.to_string(), "192.0.2.16/28");
        assert!(
            network.contains("192.0.2.31".parse().unwrap())
                && !network.contains("192.0.2.32".parse().unwrap())
        );
        assert!(network.contains("::ffff:192.0.2.17".parse().unwrap()));
        let one = PeerNetwork::parse("2001:db8::1").unwrap();
        assert_eq!(one.to_string(), "2001:db8::1");
        assert!(
            one.contains("2001:db8::1".parse().unwrap()) && !one.contains("2001:db8::2".parse().unwrap())
        );
        for bad in [
            "",
            "0.0.0.0/0",
            "10.0.0.0/8",
            "192.0.2.1/33",
            "::/0",
            "example.com",
            "192.0.2.1/",
            "192.0.2.1/-1",
        ] {
            assert!(PeerNetwork::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_caller_id_is_digits() {
        for good in ["+5511400000000", "1001", "11"] {
            assert_eq!(CallerId::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "+", "1", "55 11", "5+5", "500&600@evil", "123456789012345678901"] {
            assert!(CallerId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_is_not_printed() {
        let login = TrunkLogin::Digest { username: "acme".into(), password: "geheim".to_owned().into() };
        assert!(!format!("{login:?}").contains("geheim"));
    }
}
