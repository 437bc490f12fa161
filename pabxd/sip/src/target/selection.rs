//! The state machine of RFC 3263 §4.
//!
//! It is a list of candidates, of which the first is worked on; an answer replaces it by better ones.
//!
//! | candidate | asks | becomes |
//! |---|---|---|
//! | domain without port and transport | NAPTR | services by order and preference; without NAPTR: one service per transport of ours |
//! | service | SRV | hosts by priority and weight |
//! | host and port | A and AAAA | targets |
//! | host of last resort | A and AAAA, if no SRV record was found | targets on the default port |
//! | target | – | is given out |

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use super::{Answer, Capabilities, Naptr, Query, Srv, Step, Target, TargetError, srv};
use crate::flow::Transport;
use crate::random::Random;
use crate::uri::{Host, Scheme, Uri};

/// Records of one answer that are looked at.
pub const MAX_RECORDS: usize = 32;

/// Questions that one selection asks at most; then it is exhausted.
pub const MAX_QUERIES: usize = 24;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Candidate {
    Domain(String),
    Service { name: String, transport: Transport },
    Host { name: String, port: u16, transport: Transport },
    LastResort { name: String, transport: Transport },
    Target(Target),
}

/// The search for the targets of one URI. See the table at the top of the file.
#[derive(Debug, Clone)]
pub struct Selection {
    identity: Host,
    secure: bool,
    capabilities: Capabilities,
    candidates: VecDeque<Candidate>,
    found_service: bool,
    asked: usize,
}

impl Selection {
    /// Starts the search for the next hop of a request: the first Route, or the Request-URI.
    pub fn new(uri: &Uri, capabilities: Capabilities) -> Result<Self, TargetError> {
        let host = uri.host().filter(|_| uri.is_sip()).ok_or(TargetError::Scheme)?;
        let secure = *uri.scheme() == Scheme::Sips;
        let mut selection = Self {
            identity: host.clone(),
            secure,
            capabilities,
            candidates: VecDeque::new(),
            found_service: false,
            asked: 0,
        };
        let wanted = selection.wanted_transport(uri)?;
        selection.begin(host, uri.port(), wanted)?;
        Ok(selection)
    }

    /// The transport that the URI names, made secure for `sips:` (RFC 3261 §26.2.2).
    fn wanted_transport(&self, uri: &Uri) -> Result<Option<Transport>, TargetError> {
        let Some(name) = uri.param("transport") else { return Ok(None) };
        let named = Transport::parse(&name).ok_or(TargetError::Transport)?;
        let transport = match named {
            Transport::Tcp if self.secure => Transport::Tls,
            Transport::Ws if self.secure => Transport::Wss,
            Transport::Udp if self.secure => return Err(TargetError::Transport),
            other => other,
        };
        self.usable(transport).then_some(Some(transport)).ok_or(TargetError::Transport)
    }

    fn usable(&self, transport: Transport) -> bool {
        self.capabilities.transports.contains(&transport) && (transport.is_secure() || !self.secure)
    }

    /// RFC 3263 §4.1: without any hint, UDP for `sip:` and TLS for `sips:`.
    fn default_transport(&self) -> Result<Transport, TargetError> {
        let usual = if self.secure { Transport::Tls } else { Transport::Udp };
        let first = self.capabilities.transports.iter().copied().find(|transport| self.usable(*transport));
        if self.usable(usual) { Ok(usual) } else { first.ok_or(TargetError::Transport) }
    }

    fn begin(
        &mut self,
        host: &Host,
        port: Option<u16>,
        wanted: Option<Transport>,
    ) -> Result<(), TargetError> {
        let transport = wanted.map_or_else(|| self.default_transport(), Ok)?;
        let Host::Name(name) = host else {
            let ip = host.ip().ok_or(TargetError::Scheme)?;
            self.push_target(ip, port.unwrap_or_else(|| transport.default_port()), transport);
            return Ok(());
        };
        let name = name.trim_end_matches('.').to_owned();
        match (port, wanted) {
            (Some(port), _) => self.candidates.push_back(Candidate::Host { name, port, transport }),
            (None, Some(transport)) => self.push_services(&name, &[transport]),
            (None, None) => self.candidates.push_back(Candidate::Domain(name)),
        }
        Ok(())
    }

    fn push_services(&mut self, name: &str, transports: &[Transport]) {
        for transport in transports {
            let service = format!("{}.{name}", service_prefix(*transport));
            self.candidates.push_back(Candidate::Service { name: service, transport: *transport });
        }
        let last = self.default_transport().ok().filter(|usual| transports.contains(usual));
        if let Some(transport) = last.or_else(|| transports.first().copied()) {
            self.candidates.push_back(Candidate::LastResort { name: name.to_owned(), transport });
        }
    }

    fn push_target(&mut self, ip: IpAddr, port: u16, transport: Transport) {
        let reachable = if ip.is_ipv4() { self.capabilities.ipv4 } else { self.capabilities.ipv6 };
        if reachable && port != 0 && !ip.is_unspecified() && !ip.is_multicast() {
            let (address, identity) = (SocketAddr::new(ip, port), self.identity.clone());
            self.candidates.push_back(Candidate::Target(Target { transport, address, identity }));
        }
    }

    /// What to do next. The same question is given again until [`answer`](Self::answer) was called.
    pub fn poll(&mut self) -> Step {
        loop {
            let query = match self.candidates.front() {
                None => return Step::Exhausted,
                Some(Candidate::LastResort { .. }) if self.found_service => None,
                Some(Candidate::Target(_)) => None,
                Some(_) if self.asked >= MAX_QUERIES => None,
                Some(Candidate::Domain(name)) => Some(Query::Naptr(name.clone())),
                Some(Candidate::Service { name, .. }) => Some(Query::Srv(name.clone())),
                Some(Candidate::Host { name, .. } | Candidate::LastResort { name, .. }) => {
                    Some(Query::Addresses(name.clone()))
                }
            };
            if let Some(query) = query {
                return Step::Ask(query);
            }
            if let Some(Candidate::Target(target)) = self.candidates.pop_front() {
                return Step::Try(target);
            }
        }
    }

    /// The answer to the question that [`poll`](Self::poll) gave. One of another kind counts as no records.
    pub fn answer(&mut self, answer: Answer, random: &mut Random) {
        let Some(candidate) = self.candidates.pop_front() else { return };
        self.asked += 1;
        let later = std::mem::take(&mut self.candidates);
        match (candidate, answer) {
            (Candidate::Domain(name), Answer::Naptr(records)) => self.take_naptr(&name, records),
            (Candidate::Domain(name), _) => self.take_naptr(&name, Vec::new()),
            (Candidate::Service { transport, .. }, Answer::Srv(records)) => {
                self.take_srv(transport, records, random);
            }
            (Candidate::Host { port, transport, .. }, Answer::Addresses(ips)) => {
                self.take_ips(&ips, port, transport);
            }
            (Candidate::LastResort { transport, .. }, Answer::Addresses(ips)) => {
                self.take_ips(&ips, transport.default_port(), transport);
            }
            (Candidate::Target(target), _) => self.candidates.push_front(Candidate::Target(target)),
            _ => {}
        }
        self.candidates.extend(later);
    }

    fn take_naptr(&mut self, domain: &str, mut records: Vec<Naptr>) {
        records.truncate(MAX_RECORDS);
        records.retain(|record| record.flags.eq_ignore_ascii_case("s") && self.service(record).is_some());
        records.sort_by_key(|record| (record.order, record.preference));
        if records.is_empty() {
            let mut ours = self.capabilities.transports.clone();
            ours.retain(|transport| self.usable(*transport));
            self.push_services(domain, &ours);
            return;
        }
        for record in records {
            if let Some(transport) = self.service(&record) {
                let name = record.replacement.trim_end_matches('.').to_owned();
                self.candidates.push_back(Candidate::Service { name, transport });
            }
        }
    }

    /// RFC 3263 §4.1, RFC 7118 §8: the transport of a NAPTR service, if we can use it.
    fn service(&self, record: &Naptr) -> Option<Transport> {
        let transport = match record.service.to_ascii_uppercase().as_str() {
            "SIP+D2U" => Transport::Udp,
            "SIP+D2T" => Transport::Tcp,
            "SIPS+D2T" => Transport::Tls,
            "SIP+D2W" => Transport::Ws,
            "SIPS+D2W" => Transport::Wss,
            _ => return None,
        };
        self.usable(transport).then_some(transport)
    }

    fn take_srv(&mut self, transport: Transport, mut records: Vec<Srv>, random: &mut Random) {
        records.truncate(MAX_RECORDS);
        self.found_service |= !records.is_empty();
        // RFC 2782: a target of "." means that the service is decidedly not there.
        records.retain(|record| record.target != "." && record.port != 0);
        for Srv { target, port, .. } in srv::ordered(records, random) {
            self.candidates.push_back(Candidate::Host { name: target, port, transport });
        }
    }

    fn take_ips(&mut self, ips: &[IpAddr], port: u16, transport: Transport) {
        for ip in ips.iter().take(MAX_RECORDS) {
            self.push_target(*ip, port, transport);
        }
    }
}

/// RFC 3263 §4.1, RFC 7118 §8.
fn service_prefix(transport: Transport) -> &'static str {
    match transport {
        Transport::Udp => "_sip._udp",
        Transport::Tcp => "_sip._tcp",
        Transport::Tls => "_sips._tcp",
        Transport::Ws => "_sip._ws",
        Transport::Wss => "_sips._ws",
    }
}
