//! Files that set up a phone, and the links that they are fetched by.
//!
//! A phone that fetches its file has signed in nowhere. So a link is a secret of 256 bits that somebody with the right made on
//! purpose; it is kept as a hash, in memory only, and works for a few minutes and a few times.
//! - [`links`]: which links there are;
//! - [`linphone`]: the file that Linphone reads.

pub mod links;
pub mod linphone;

use pabx_model::{MediaEncryption, SipDomain};

/// Where a phone sends its requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Name or address of the box, as the phone reaches it.
    pub host: SipDomain,
    /// Port of SIP.
    pub port: u16,
    /// `udp`, `tcp` or `tls`, as in a SIP URI (RFC 3261 §25.1).
    pub transport: &'static str,
}

/// What a phone is told.
#[derive(Debug)]
pub struct Phone<'a> {
    /// What people call the extension.
    pub name: &'a str,
    /// Its number.
    pub number: &'a str,
    /// The name that it signs in with.
    pub username: &'a str,
    /// The password.
    pub password: &'a str,
    /// The account's SIP domain.
    pub domain: &'a str,
    /// Where the box is.
    pub server: &'a Server,
    /// Whether its sound is to be encrypted; over SIP in clear it is not.
    pub media_encryption: MediaEncryption,
}
