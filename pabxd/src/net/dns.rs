//! DNS for the engine: NAPTR, SRV and addresses, with how long the answers hold.

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};
use hickory_resolver::{Resolver, ResolverBuilder, TokioResolver};
use pabx_sip::target::{Answer, Naptr, Query, Srv};
use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};

/// How long one question may take in all.
const PATIENCE: Duration = Duration::from_secs(6);
/// How long one server may take for one try.
const TRY: Duration = Duration::from_secs(2);
const TRIES: usize = 2;
/// Answers remembered; every trunk has a few.
const REMEMBERED: u64 = 512;
/// What an answer without records is worth.
const NOTHING: Duration = Duration::from_secs(5);
/// Where the system's servers are written.
const SYSTEM: &str = "/etc/resolv.conf";

/// Asks DNS servers: those of the configuration, or those of the system.
pub struct Dns {
    servers: Vec<SocketAddr>,
    resolver: RefCell<Option<(Rc<TokioResolver>, Option<SystemTime>)>>,
}

impl Dns {
    /// Without servers: those that the system names, as it names them at the time of each question.
    pub fn new(servers: Vec<SocketAddr>) -> Self {
        Self { servers, resolver: RefCell::default() }
    }

    /// Answers in any case; no records, no such name and no answer in time are the same.
    pub async fn ask(&self, query: Query) -> (Answer, Duration) {
        let found = tokio::time::timeout(PATIENCE, self.look_up(&query)).await;
        let (records, ttl) = found.unwrap_or_default();
        let ttl = if records.is_empty() { NOTHING } else { ttl };
        (answer(&query, &records), ttl)
    }

    async fn look_up(&self, query: &Query) -> (Vec<RData>, Duration) {
        let Some(resolver) = self.resolver() else { return Default::default() };
        match query {
            Query::Naptr(name) => one(&resolver, name, RecordType::NAPTR).await,
            Query::Srv(name) => one(&resolver, name, RecordType::SRV).await,
            Query::Addresses(name) => {
                let (four, six) =
                    tokio::join!(one(&resolver, name, RecordType::A), one(&resolver, name, RecordType::AAAA));
                let ttl = [&four, &six].iter().filter(|part| !part.0.is_empty()).map(|part| part.1).min();
                let records = four.0.into_iter().chain(six.0).collect();
                (records, ttl.unwrap_or_default())
            }
        }
    }

    /// The system's file changes with its network (DHCP): then it is read anew.
    fn resolver(&self) -> Option<Rc<TokioResolver>> {
        let written = if self.servers.is_empty() { modified(Path::new(SYSTEM)) } else { None };
        let mut kept = self.resolver.borrow_mut();
        if let Some((resolver, of)) = kept.as_ref()
            && *of == written
        {
            return Some(Rc::clone(resolver));
        }
        match self.build() {
            Ok(resolver) => {
                let resolver = Rc::new(resolver);
                *kept = Some((Rc::clone(&resolver), written));
                Some(resolver)
            }
            Err(error) => {
                log::warn!("DNS cannot be asked: {error:#}");
                None
            }
        }
    }

    fn build(&self) -> anyhow::Result<TokioResolver> {
        let mut builder: ResolverBuilder<TokioRuntimeProvider> = if self.servers.is_empty() {
            TokioResolver::builder_tokio()?
        } else {
            let servers = self.servers.iter().map(server).collect();
            let config = ResolverConfig::from_parts(None, Vec::new(), servers);
            Resolver::builder_with_config(config, TokioRuntimeProvider::default())
        };
        let options = builder.options_mut();
        options.timeout = TRY;
        options.attempts = TRIES;
        options.cache_size = REMEMBERED;
        options.negative_max_ttl = Some(NOTHING);
        Ok(builder.build()?)
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|meta| meta.modified()).ok()
}

fn server(address: &SocketAddr) -> NameServerConfig {
    let mut server = NameServerConfig::udp_and_tcp(address.ip());
    let ports = |mut connection: ConnectionConfig| {
        connection.port = address.port();
        connection
    };
    server.connections = server.connections.into_iter().map(ports).collect();
    server
}

/// A name is asked for as it is: no search list stands between a provider's name and its servers.
async fn one(resolver: &TokioResolver, name: &str, kind: RecordType) -> (Vec<RData>, Duration) {
    let name = format!("{}.", name.trim_end_matches('.'));
    match resolver.lookup(name.as_str(), kind).await {
        Ok(lookup) => {
            let records = lookup.answers().iter().map(|record| record.data.clone());
            let ttl = lookup.valid_until().saturating_duration_since(Instant::now());
            (records.filter(|data| data.record_type() == kind).collect(), ttl)
        }
        Err(error) => {
            log::debug!("DNS: {name} {kind}: {error}");
            Default::default()
        }
    }
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

fn answer(query: &Query, records: &[RData]) -> Answer {
    match query {
        Query::Naptr(_) => Answer::Naptr(records.iter().filter_map(naptr).collect()),
        Query::Srv(_) => Answer::Srv(records.iter().filter_map(srv).collect()),
        Query::Addresses(_) => Answer::Addresses(records.iter().filter_map(address).collect()),
    }
}

fn naptr(data: &RData) -> Option<Naptr> {
    let RData::NAPTR(naptr) = data else { return None };
    Some(Naptr {
        order: naptr.order,
        preference: naptr.preference,
        flags: text(&naptr.flags),
        service: text(&naptr.services),
        replacement: naptr.replacement.to_string(),
    })
}

fn srv(data: &RData) -> Option<Srv> {
    let RData::SRV(srv) = data else { return None };
    let target = srv.target.to_string();
    Some(Srv { priority: srv.priority, weight: srv.weight, port: srv.port, target })
}

fn address(data: &RData) -> Option<IpAddr> {
    match data {
        RData::A(four) => Some(IpAddr::V4(four.0)),
        RData::AAAA(six) => Some(IpAddr::V6(six.0)),
        _ => None,
    }
}
