//! The listeners, and the thread behind them.

use super::certificates::Certificates;
use super::challenges::Challenges;
use super::link;
use super::places::{Place, PlaceLimits, Places};
use super::spool::Spool;
use super::tls::Tls;
use super::turns::Turns;
use super::upstream::Upstream;
use super::{https, plain, probe, sip_tls};
use crate::config::{Config, Web};
use crate::control::protocol::PartState;
use crate::net;
use anyhow::Context;
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{LocalSet, spawn_local};

/// Connections that the kernel completes before we accept them.
const ACCEPT_QUEUE: i32 = 1024;
/// How long accepting rests after the kernel refused, such as for want of file descriptors.
const ACCEPT_REST: Duration = Duration::from_millis(100);
/// Requests that are with the API at a time: some more than it has workers, so that none of them waits for us.
const AT_A_TIME: usize = 8;
/// Between two signs of life.
const PULSE: Duration = Duration::from_secs(1);
/// What a stop may take.
const STOP: Duration = Duration::from_secs(3);
/// Probes that wait.
const PROBES: usize = 4;

/// Bound sockets, before the first connection.
pub struct Opened {
    doors: Vec<(Kind, std::net::TcpListener)>,
}

/// Who comes in by a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Https,
    Plain,
    SipTls,
}

/// The running edge.
pub struct Edge {
    /// The certificate.
    pub certificates: Arc<Certificates>,
    pulse: Arc<AtomicU64>,
    seen: AtomicU64,
    probes: mpsc::Sender<oneshot::Sender<PartState>>,
    stop: watch::Sender<bool>,
    thread: JoinHandle<()>,
}

/// A connection that has a place.
pub(super) struct Arrival {
    pub(super) tcp: TcpStream,
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    pub(super) place: Place,
}

/// What every connection is served with.
pub(super) struct Inside {
    pub(super) tls: Tls,
    pub(super) sip: link::Sender,
    pub(super) turns: Rc<Turns>,
    pub(super) upstream: Upstream,
    pub(super) spool: Rc<Spool>,
    pub(super) origins: Vec<String>,
    pub(super) challenges: Arc<Challenges>,
    /// Where HTTP is sent on to; none where there is no HTTPS.
    pub(super) https_port: Option<u16>,
    pub(super) stopping: watch::Receiver<bool>,
}

impl Opened {
    /// Binds every listener of the configuration.
    pub fn bind(config: &Config) -> anyhow::Result<Self> {
        let web = &config.web;
        let kinds = [(Kind::Https, &web.https), (Kind::Plain, &web.http), (Kind::SipTls, &config.sip.tls)];
        let mut doors = Vec::new();
        for (kind, addresses) in kinds {
            for address in addresses {
                let bound =
                    net::listen(*address, ACCEPT_QUEUE).with_context(|| format!("{kind:?} on {address}"))?;
                doors.push((kind, bound));
            }
        }
        Ok(Self { doors })
    }

    /// Serves on a thread of its own; SIP goes to the engine by `sip`.
    pub fn serve(
        self,
        config: &Config,
        certificates: Arc<Certificates>,
        sip: link::Sender,
    ) -> anyhow::Result<Edge> {
        let (pulse, (stop, stopping)) = (Arc::new(AtomicU64::new(0)), watch::channel(false));
        let (probes, asked) = mpsc::channel(PROBES);
        let plan = Plan {
            doors: self.doors,
            web: config.web.clone(),
            limits: PlaceLimits {
                total: config.web.max_connections,
                per_source: config.web.max_connections_per_source,
            },
            sip_limits: PlaceLimits {
                total: config.tcp.max_connections,
                per_source: config.tcp.max_connections_per_source,
            },
            upstream: Upstream::in_folder(&config.state.directory)?,
            tls: Tls::new(&certificates).context("TLS")?,
            certificates: Arc::clone(&certificates),
            sip,
            pulse: Arc::clone(&pulse),
            asked,
            stopping,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let run = move || LocalSet::new().block_on(&runtime, plan.run());
        let thread = std::thread::Builder::new().name("edge".into()).spawn(run)?;
        Ok(Edge { certificates, pulse, seen: AtomicU64::new(0), probes, stop, thread })
    }
}

impl Edge {
    /// Whether it moved since this was last asked.
    pub fn alive(&self) -> bool {
        let now = self.pulse.load(Ordering::Relaxed);
        self.seen.swap(now, Ordering::Relaxed) != now
    }

    /// Whether a request from outside is answered, with our certificate.
    pub async fn probe(&self) -> PartState {
        let (answer, answered) = oneshot::channel();
        self.probes.try_send(answer).map_err(|_| "it does not take a question".to_owned())?;
        match tokio::time::timeout(probe::BOUND, answered).await {
            Ok(answer) => answer.map_err(|_| "it has ended".to_owned())?,
            Err(_) => Err("it does not move".to_owned()),
        }
    }

    /// Takes no more connections, and lets those that are served end.
    pub fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.thread.join();
    }
}

/// What the thread is to do.
struct Plan {
    doors: Vec<(Kind, std::net::TcpListener)>,
    web: Web,
    limits: PlaceLimits,
    sip_limits: PlaceLimits,
    upstream: Upstream,
    tls: Tls,
    certificates: Arc<Certificates>,
    sip: link::Sender,
    pulse: Arc<AtomicU64>,
    asked: mpsc::Receiver<oneshot::Sender<PartState>>,
    stopping: watch::Receiver<bool>,
}

impl Plan {
    async fn run(self) {
        let mut stopping = self.stopping.clone();
        let https: Vec<SocketAddr> = self.web.https.clone();
        let inside = Rc::new(Inside {
            tls: self.tls,
            sip: self.sip,
            turns: Turns::new(AT_A_TIME),
            upstream: self.upstream,
            spool: Rc::default(),
            origins: self.web.websocket_origins.clone(),
            challenges: Arc::clone(self.certificates.challenges()),
            https_port: https.first().map(SocketAddr::port),
            stopping: self.stopping,
        });
        let (web, sip) = (Places::new(self.limits), Places::new(self.sip_limits));
        let mut accepting = Vec::new();
        for (kind, listener) in self.doors {
            let places = if kind == Kind::SipTls { &sip } else { &web };
            match TcpListener::from_std(listener) {
                Ok(listener) => {
                    accepting.push(spawn_local(accept(
                        kind,
                        listener,
                        Rc::clone(places),
                        Rc::clone(&inside),
                    )));
                }
                Err(error) => log::error!("a listener cannot be served: {error}"),
            }
        }
        spawn_local(beat(self.pulse));
        spawn_local(probe::answer_questions(self.asked, https, self.certificates));
        let _ = stopping.wait_for(|stopping| *stopping).await;
        for task in accepting {
            task.abort();
        }
        web.give_up_waiting();
        let empty = async {
            while web.len() > 0 {
                tokio::time::sleep(ACCEPT_REST).await;
            }
        };
        // SIP inside TLS goes with its engine, a moment later.
        let _ = tokio::time::timeout(STOP, empty).await;
    }
}

async fn beat(pulse: Arc<AtomicU64>) {
    loop {
        pulse.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(PULSE).await;
    }
}

/// Accepts for ever; an error rests a moment and never ends it.
async fn accept(kind: Kind, listener: TcpListener, places: Rc<Places>, inside: Rc<Inside>) {
    loop {
        let (tcp, remote) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                log::warn!("cannot accept a connection: {error}");
                tokio::time::sleep(ACCEPT_REST).await;
                continue;
            }
        };
        let Some(place) = places.take(remote.ip().into()) else {
            log::debug!("{remote}: refused, all places are in use");
            continue;
        };
        let Ok(local) = tcp.local_addr() else { continue };
        let _ = tcp.set_nodelay(true);
        let (arrival, inside) = (Arrival { tcp, local, remote, place }, Rc::clone(&inside));
        spawn_local(async move {
            match kind {
                Kind::Https => https::serve(&inside, arrival).await,
                Kind::Plain => plain::serve(&inside, arrival).await,
                Kind::SipTls => sip_tls::serve(&inside, arrival).await,
            }
        });
    }
}

/// The certificate, in its folder beside the state.
pub fn open_certificates(folder: &Path, web: &Web) -> anyhow::Result<Arc<Certificates>> {
    let given = web.names.clone();
    let names = Box::new(move || super::certificates::Names::of_this_box(&given));
    let folder = folder.join("tls");
    Certificates::open(&folder, names, crate::clock::utc())
        .with_context(|| format!("certificate in {}", folder.display()))
}
