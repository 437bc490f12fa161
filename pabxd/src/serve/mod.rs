//! `pabxd serve`: start-up order, the tasks, and a clean stop.

mod alerts;
mod box_tasks;
mod core;
mod desk;
mod engine_config;
mod events;
mod missed;
mod probes;
mod questions;
mod reach;
mod report;

use self::box_tasks::BoxTasks;
use self::core::Core;
use self::questions::{Question, Questions};
use self::reach::{Hands, Reach};
use crate::acme::Orders;
use crate::acme::report::Renewal;
use crate::api::auth::keyring::Keyring;
use crate::api::events::Hub;
use crate::api::files::Files;
use crate::api::server::Server;
use crate::api::shared::{Facts, Shared};
use crate::api::trials::Trials;
use crate::api::watch::Watch;
use crate::config::{self, Config};
use crate::control::protocol::Credentials;
use crate::control::socket::Socket;
use crate::edge::certificates::Certificates;
use crate::edge::{self, Edge};
use crate::net::{Dns, LocalAddresses, Outgoing, Streams, UdpPort};
use crate::notify::Notifier;
use crate::rtp::{Media, Ports};
use crate::service::{self, Part};
use crate::state::{OpenState, StateWriter};
use crate::{api, clock, logging, self_test};
use anyhow::Context;
use pabx_call::{Command, Engine, Input, Ticket};
use pabx_media::command::MediaEvent;
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::{LocalSet, spawn_local};

/// News for the engine that waits to be taken; the threads behind it wait where it is full.
const NEWS: usize = 4096;
/// What a stop may take beyond the engine's own bound before it is cut short.
const STOP_DEADLINE: Duration = Duration::from_secs(4);
/// What errands to services of the box may take at a stop.
const ERRANDS_DEADLINE: Duration = Duration::from_millis(500);

/// What other threads have to tell the engine.
enum News {
    Media(Vec<MediaEvent>),
    Stored(Vec<(Ticket, bool)>),
}

/// Everything that is opened before the first packet.
struct Opened {
    config: Config,
    state: OpenState,
    credentials: Credentials,
    control: Option<Socket>,
    udp: Vec<Rc<UdpPort>>,
    listeners: Vec<TcpListener>,
    doors: edge::Opened,
    certificates: Arc<Certificates>,
}

/// Serves until SIGTERM or SIGINT.
pub fn run(file: &Path) -> anyhow::Result<()> {
    let config = config::load(file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    logging::start(config.log.level.into());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tasks = LocalSet::new();
    let (core, edge) = tasks.block_on(&runtime, async {
        // Before all else: a stop that is asked for during the start is not lost.
        let stop = StopSignals::listen()?;
        serve(open(config)?, stop).await
    })?;
    // Sockets and tasks go first: nothing reaches the engine any more, and nothing else holds it.
    drop(tasks);
    if let Some(core) = Rc::into_inner(core) {
        core.close();
    }
    if let Some(edge) = Arc::into_inner(edge) {
        edge.stop();
    }
    // An errand to a service of the box that hangs must not hold up the stop.
    runtime.shutdown_timeout(ERRANDS_DEADLINE);
    log::info!("stopped");
    Ok(())
}

/// Opens state and sockets: whatever cannot be had stops the start with a clear word.
fn open(config: Config) -> anyhow::Result<Opened> {
    crate::rtp::raise_descriptor_limit();
    let mut state = OpenState::open(&config.state.directory, &config.sip.realm, clock::utc())
        .with_context(|| format!("state in {}", config.state.directory.display()))?;
    let credentials = self_test::identity::make()?;
    state.directory = self_test::identity::admit(state.directory, &credentials, &config.sip.realm)?;
    let certificates = edge::open_certificates(&config.state.directory, &config.web)?;
    let doors = edge::Opened::bind(&config)?;
    let addresses = Rc::new(RefCell::new(LocalAddresses::default()));
    let (mut udp, mut listeners) = (Vec::new(), Vec::new());
    for address in &config.sip.listen {
        let port = UdpPort::bind(*address, Rc::clone(&addresses))
            .with_context(|| format!("SIP on UDP {address}"))?;
        udp.push(Rc::new(port));
        listeners.push(Streams::bind(*address).with_context(|| format!("SIP on TCP {address}"))?);
    }
    let control = config
        .control
        .socket()
        .map(|path| Socket::bind(path).with_context(|| format!("control socket {}", path.display())));
    let control = control.transpose()?;
    Ok(Opened { config, state, credentials, control, udp, listeners, doors, certificates })
}

async fn serve(opened: Opened, mut stop: StopSignals) -> anyhow::Result<(Rc<Core>, Arc<Edge>)> {
    let Opened { config, state, credentials, control, udp, listeners, doors, certificates } = opened;
    let (news, heard) = mpsc::channel(NEWS);
    let (media, ports) = start_media(&config, news.clone())?;
    let bindings = state.bindings;
    let writer =
        StateWriter::start(state.store, Box::new(move |done| drop(news.blocking_send(News::Stored(done)))));
    let engine =
        Engine::new(engine_config::from(&config), Arc::new(state.directory), random_seed()?, clock::now());
    let hub = Hub::new(hub_run()?);
    let core = Rc::new(Core::new(engine, ports, media, writer, udp.clone(), Arc::clone(&hub)));
    let streams = Streams::new((&config.tcp).into(), core.clone());
    let (reach, orders) = Reach::new();
    core.attach(&streams, reach);
    let hands = hands(&config, &core, &streams)?;
    spawn_local(reach::carry_out(Rc::new(hands), orders));
    core.input(Input::Spent(state.used));
    core.input(Input::Restore(bindings));

    for port in udp {
        let core = Rc::clone(&core);
        spawn_local(async move { port.serve(core.as_ref()).await });
    }
    for listener in listeners {
        spawn_local(Rc::clone(&streams).accept(listener));
    }
    spawn_local(keep_time(Rc::clone(&core)));
    spawn_local(pass_news(Rc::clone(&core), heard));
    let (ask, asked) = mpsc::channel(questions::WAITING);
    let (api, beside) = start_api(&config, &credentials, hub, ask, Arc::clone(&certificates))?;
    let (sip, from_edge) = edge::link::channel();
    let edge = Arc::new(doors.serve(&config, certificates, sip)?);
    core.ring(beside.watch.bell());
    spawn_local(Rc::clone(&streams).take_from_edge(from_edge));
    spawn_local(service::watchdog(parts(&core, &edge)));
    let tasks = BoxTasks::start(&config, &core, credentials, control, asked, Arc::clone(&edge));

    let at = config.sip.listen.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    log::info!("serving SIP on {at}");
    service::ready(&format!("serving SIP on {at}"));
    stop.wait().await;
    tasks.stop();
    // On a thread of its own: a worker may still wait for an answer of this one.
    let ended = tokio::task::spawn_blocking(move || {
        beside.stop();
        api.stop();
    });
    end_calls(&core).await;
    if tokio::time::timeout(STOP_DEADLINE, ended).await.is_err() {
        log::warn!("some requests to the API did not end in time");
    }
    Ok((core, edge))
}

/// What reaches providers for the engine.
fn hands(config: &Config, core: &Rc<Core>, streams: &Rc<Streams>) -> anyhow::Result<Hands> {
    let authorities = &config.trunks.authorities;
    let own = Some(authorities.as_path()).filter(|file| !file.as_os_str().is_empty());
    let outgoing = Outgoing::new(own).with_context(|| format!("authorities in {}", authorities.display()))?;
    let dns = Dns::new(config.trunks.dns_servers.clone());
    Ok(Hands { core: Rc::downgrade(core), streams: Rc::clone(streams), dns, outgoing })
}

/// What tells the numbers of this run's events from those of others.
fn hub_run() -> anyhow::Result<String> {
    let seed = random_seed()?;
    Ok(seed.iter().take(6).fold(String::new(), |text, octet| format!("{text}{octet:02x}")))
}

/// The threads beside the API.
struct Beside {
    watch: Watch,
    notifier: Notifier,
    orders: Orders,
}

impl Beside {
    fn stop(self) {
        self.orders.stop();
        self.watch.stop();
        self.notifier.stop();
    }
}

fn start_api(
    config: &Config,
    credentials: &Credentials,
    hub: Arc<Hub>,
    ask: mpsc::Sender<Question>,
    certificates: Arc<Certificates>,
) -> anyhow::Result<(Server, Beside)> {
    let mut store = crate::state::open_store(&config.state.directory)?;
    let keyring = Keyring::open(&mut store, clock::utc()).context("keys of the API")?;
    let (own, realm) = (credentials.clone(), config.sip.realm.clone());
    let complete = move |directory| self_test::identity::admit(directory, &own, &realm);
    let facts = Facts {
        state: config.state.directory.clone(),
        realm: config.sip.realm.clone(),
        dns_servers: config.trunks.dns_servers.clone(),
        advertised: config.sip.advertised_address.0,
        private_endpoints: config.push.private_endpoints,
    };
    api::uploads::clear(&config.state.directory).context("what was sent to an earlier run")?;
    let files = web_files(&config.web.files);
    let router = api::router().map_err(|error| anyhow::anyhow!("routes of the API: {error}"))?;
    let pbx = Arc::new(Questions::new(ask, Box::new(complete)));
    let (renewal, asked) = Renewal::new();
    let renewal = Arc::new(renewal);
    let certified = (Arc::clone(&certificates), Arc::clone(&renewal));
    let trials = Trials::new(self_test::own_address(&config.sip.listen), credentials.clone());
    let shared = Arc::new(Shared::new((router, files), keyring, hub, (pbx, trials), certified, facts, store));
    let open_store = || crate::state::open_store(&config.state.directory);
    let beside = Beside {
        watch: Watch::start(Arc::clone(&shared), open_store()?)?,
        notifier: Notifier::start(open_store()?, &config.push)?,
        orders: Orders::start(open_store()?, certificates, renewal, asked)?,
    };
    Ok((Server::start(&config.state.directory, shared).context("API")?, beside))
}

/// Without its pages the box still serves phones and programs.
fn web_files(folder: &Path) -> Files {
    if folder.as_os_str().is_empty() {
        return Files::default();
    }
    Files::load(folder).unwrap_or_else(|error| {
        log::error!("the web UI is not served: {error}");
        Files::default()
    })
}

fn start_media(config: &Config, news: mpsc::Sender<News>) -> anyhow::Result<(Media, Ports)> {
    let events = Box::new(move |events| drop(news.blocking_send(News::Media(events))));
    Media::start((&config.rtp).into(), events).context("media threads")
}

fn random_seed() -> anyhow::Result<[u8; 32]> {
    use ring::rand::SecureRandom;
    let mut seed = [0; 32];
    ring::rand::SystemRandom::new()
        .fill(&mut seed)
        .map_err(|_| anyhow::anyhow!("the kernel gives no randomness"))?;
    Ok(seed)
}

async fn keep_time(core: Rc<Core>) {
    core.keep_time().await;
}

async fn pass_news(core: Rc<Core>, mut heard: mpsc::Receiver<News>) {
    while let Some(news) = heard.recv().await {
        match news {
            News::Media(events) => events.into_iter().for_each(|event| core.input(Input::Media(event))),
            News::Stored(done) => {
                for (ticket, ok) in done {
                    core.stored(ticket, ok);
                }
            }
        }
    }
}

fn parts(core: &Rc<Core>, edge: &Arc<Edge>) -> Vec<Part> {
    let (media, store, edge) = (Rc::clone(core), Rc::clone(core), Arc::clone(edge));
    // Not the API: requests that take long are no reason to end calls.
    vec![
        Part { name: "media threads", alive: Box::new(move || media.media_alive()) },
        Part { name: "store writer", alive: Box::new(move || store.store_alive()) },
        Part { name: "edge", alive: Box::new(move || edge.alive()) },
    ]
}

/// SIGTERM and SIGINT; each is kept from the moment they are listened for.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Calls get BYE; registrations stay.
async fn end_calls(core: &Core) {
    log::info!("stopping");
    service::stopping();
    core.input(Input::Command(Command::Shutdown));
    if tokio::time::timeout(STOP_DEADLINE, core.stopped()).await.is_err() {
        log::warn!("some calls did not end in time");
    }
}
