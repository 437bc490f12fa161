//! Via (RFC 3261 §20.42, RFC 3581): where a request has been, and so where its answer goes.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::grammar::{Scan, number};
use super::{HeaderError, TypedHeader, text};
use crate::message::HeaderName;
use crate::uri::{Host, HostRef, Params, ParamsRef, host_port};

/// What the branch of an RFC 3261 peer starts with (§8.1.1.7).
pub const MAGIC_COOKIE: &str = "z9hG4bK";

/// One hop.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Via {
    /// `UDP`, `TCP`, `TLS`, `WS`, `WSS` or any other token, as written.
    transport: Box<str>,
    host: Host,
    port: Option<u16>,
    params: Params,
}

impl Via {
    /// A Via of ours, asking for `rport` (RFC 3581 §3).
    pub fn new(transport: &str, host: Host, port: Option<u16>, branch: &str) -> Self {
        let mut params = Params::new();
        params.set("branch", Some(branch));
        params.set("rport", None);
        Self { transport: transport.into(), host, port, params }
    }

    /// The transport as written; compare without regard to case.
    pub fn transport(&self) -> &str {
        &self.transport
    }

    /// Host of `sent-by`.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Port of `sent-by`, when it is written.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The parameters.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// The branch.
    pub fn branch(&self) -> Option<&str> {
        self.params.get("branch").filter(|branch| !branch.is_empty())
    }

    /// True when the branch identifies the transaction by itself: the cookie and something after it
    /// (RFC 3261 §17.2.3; a bare cookie is RFC 4475 §3.2.1).
    pub fn has_unique_branch(&self) -> bool {
        self.branch()
            .and_then(|branch| branch.strip_prefix(MAGIC_COOKIE))
            .is_some_and(|rest| !rest.is_empty())
    }

    /// The address that the next hop saw. Brackets around IPv6 are optional (RFC 5118 §4.5).
    pub fn received(&self) -> Option<IpAddr> {
        self.params.get("received")?.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }

    /// `rport`: absent, asked for (`Some(None)`) or filled in.
    pub fn rport(&self) -> Option<Option<u16>> {
        self.params.get("rport").map(number)
    }

    /// Notes where the request really came from: `received` when `sent-by` says otherwise or `rport` was asked
    /// for, and `rport` then too (RFC 3261 §18.2.1, RFC 3581 §4).
    pub fn note_source(&mut self, source: SocketAddr) {
        let asked = self.params.has("rport");
        let ip = source.ip().to_canonical();
        // Only the hop that received the message may say so: what the sender wrote does not count.
        self.params.remove("received");
        if asked || self.host.ip() != Some(ip) {
            self.params.set_raw("received", Some(&ip.to_string()));
        }
        if asked {
            self.params.set_raw("rport", Some(&source.port().to_string()));
        }
    }
}

/// A hop as it stands in a text, checked. Takes no memory of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ViaRef<'a> {
    transport: &'a str,
    /// Host and port as written, white space and all.
    sent_by: &'a str,
    host: HostRef<'a>,
    port: Option<u16>,
    pub(crate) params: ParamsRef<'a>,
}

impl<'a> ViaRef<'a> {
    /// `SIP / 2.0 / transport LWS sent-by *( SEMI via-params )`, white space allowed around each slash.
    pub(crate) fn parse(value: &'a [u8]) -> Result<Self, HeaderError> {
        let mut scan = Scan::new(text(value)?);
        let name = scan.token().ok_or(HeaderError::Syntax)?;
        let slash = scan.eat_spaced(b'/');
        let version = scan.token().ok_or(HeaderError::Syntax)?;
        if !slash || !name.eq_ignore_ascii_case("SIP") || version != "2.0" || !scan.eat_spaced(b'/') {
            return Err(HeaderError::Syntax);
        }
        let transport = scan.token().ok_or(HeaderError::Syntax)?;
        if !matches!(scan.peek(), Some(b' ' | b'\t')) {
            return Err(HeaderError::Syntax);
        }
        scan.skip_ws();
        let start = scan.at();
        let (host, port) = sent_by(&mut scan).ok_or(HeaderError::Syntax)?;
        let sent_by = scan.since(start);
        let params = ParamsRef::scan(&mut scan).ok_or(HeaderError::Syntax)?;
        if !scan.finished() {
            return Err(HeaderError::Syntax);
        }
        Ok(Self { transport, sent_by, host, port, params })
    }

    /// Writes the hop with its source noted, as [`Via::note_source`] does, straight into a message.
    pub(crate) fn write_noted(&self, source: SocketAddr, out: &mut Vec<u8>) {
        use std::io::Write;
        let ip = source.ip().to_canonical();
        let asked = self.params.get("rport").is_some();
        let _ = write!(out, "SIP/2.0/{} {}", self.transport, self.sent_by); // a Vec takes all
        for (name, value) in self.params.iter() {
            if name.eq_ignore_ascii_case("rport") {
                let _ = write!(out, ";rport={}", source.port());
            } else if !name.eq_ignore_ascii_case("received") {
                out.push(b';');
                out.extend_from_slice(name.as_bytes());
                if let Some(value) = value {
                    out.push(b'=');
                    out.extend_from_slice(value.as_bytes());
                }
            }
        }
        if asked || self.host.ip() != Some(ip) {
            let _ = write!(out, ";received={ip}");
        }
    }
}

impl TypedHeader for Via {
    const NAME: HeaderName = HeaderName::Via;
    const LIST: bool = true;

    fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        let ViaRef { transport, host, port, params, .. } = ViaRef::parse(value)?;
        Ok(Self { transport: transport.into(), host: host.to_host(), port, params: params.to_params() })
    }
}

/// `host [ COLON port ]`; COLON may have white space around it.
fn sent_by<'a>(scan: &mut Scan<'a>) -> Option<(HostRef<'a>, Option<u16>)> {
    let written = scan.take_while(|b| !matches!(b, b';' | b' ' | b'\t'));
    if scan.peek_after_ws() != Some(b':') && !written.ends_with(':') {
        return host_port(written);
    }
    scan.eat_spaced(b':');
    scan.skip_ws();
    let port = scan.take_while(|b| b.is_ascii_digit());
    let host = written.strip_suffix(':').unwrap_or(written);
    Some((HostRef::parse(host)?, Some(number(port)?)))
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} {}", self.transport, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(self.params.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn via(text: &str) -> Via {
        Via::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn white_space_is_allowed_in_odd_places() {
        let spaced = via("SIP  / 2.0  / TCP     spindle.example.com : 5061  ;  branch  =   z9hG4bK9ikj8");
        assert_eq!(spaced, via("SIP/2.0/TCP spindle.example.com:5061;branch=z9hG4bK9ikj8"));
        assert_eq!(spaced.to_string(), "SIP/2.0/TCP spindle.example.com:5061;branch=z9hG4bK9ikj8");
    }

    #[test]
    fn ipv6_is_read_with_and_without_brackets_in_received() {
        for text in ["[2001:db8::9:255]", "2001:db8::9:255"] {
            let via = via(&format!("SIP/2.0/UDP [2001:db8::9:1];received={text};branch=z9hG4bKas3-111"));
            assert_eq!(via.received(), Some("2001:db8::9:255".parse().unwrap()));
        }
    }

    #[test]
    fn the_source_is_noted_for_the_answer() {
        let source: SocketAddr = "192.0.2.7:4444".parse().unwrap();
        let mut asked = via("SIP/2.0/UDP 10.0.0.1;rport;branch=z9hG4bK1;received=203.0.113.9");
        asked.note_source(source);
        assert_eq!(asked.to_string(), "SIP/2.0/UDP 10.0.0.1;rport=4444;branch=z9hG4bK1;received=192.0.2.7");
        let mut same = via("SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1");
        same.note_source(source);
        assert_eq!(same.to_string(), "SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1");
    }

    #[test]
    fn a_bare_cookie_identifies_nothing() {
        assert!(!via("SIP/2.0/UDP a;branch=z9hG4bK").has_unique_branch());
        assert!(!via("SIP/2.0/UDP a;branch=390skdjuw").has_unique_branch());
        assert!(!via("SIP/2.0/UDP a").has_unique_branch());
        assert!(via("SIP/2.0/UDP a;branch=z9hG4bKx").has_unique_branch());
    }

    #[test]
    fn malformed_vias_are_refused() {
        for bad in [
            "",
            "SIP/2.0/UDP",
            "SIP/2.0 UDP a",
            "SIP/7.0/UDP a",
            "HTTP/2.0/UDP a",
            "SIP/2.0/UDP 192.0.2.15;;,;,,",
            "SIP/2.0/UDP 192.0.2.15;;",
            "SIP/2.0/UDP a:",
            "SIP/2.0/UDP a:99999",
            "SIP/2.0/UDP a b",
            "SIP/2.0/UDP ::1",
        ] {
            assert!(Via::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
