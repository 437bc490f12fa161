//! Answers what is asked through the control socket.
//!
//! What is in memory is answered on the engine's thread; what needs the disk or a service of the box is done on another.

use super::core::Core;
use crate::administrator;
use crate::appliance::bus::BusError;
use crate::appliance::update::{self, Bundle, UpdateState};
use crate::appliance::{Appliance, failed};
use crate::control::protocol::{Credentials, PartState, Parts, Status};
use crate::control::{Answer, Failure, Kind, Request};
use crate::edge::Edge;
use crate::state::open_store;
use pabx_call::Input;
use pabx_model::ClockState;
use serde::Serialize;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long a part may take to show that it moves. An idle media thread makes a round each second.
const PATIENCE: Duration = Duration::from_secs(3);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// What the running system is, where the image says so.
const OS_RELEASE: &str = "/etc/os-release";

/// Everything that can be asked.
pub(super) struct Desk {
    pub(super) core: Rc<Core>,
    pub(super) started: Instant,
    pub(super) credentials: Credentials,
    pub(super) database: PathBuf,
    pub(super) sip: Vec<String>,
    pub(super) clock: Rc<Cell<ClockState>>,
    pub(super) stopping: Rc<Cell<bool>>,
    pub(super) appliance: Option<Arc<Appliance>>,
    pub(super) edge: Arc<Edge>,
    pub(super) turns: Turns,
}

/// RAUC is asked one thing at a time, and so are the other services of the box: where one is slow, questions wait here, and go
/// away with who asked them. In the service itself they would stay, behind each other.
#[derive(Default)]
pub(super) struct Turns {
    updates: Arc<Mutex<()>>,
    others: Arc<Mutex<()>>,
}

impl Turns {
    fn of(&self, request: &Request) -> Arc<Mutex<()>> {
        let of_rauc = matches!(
            request,
            Request::Update
                | Request::UpdateAllowed { .. }
                | Request::UpdateInspect { .. }
                | Request::UpdateInstall { .. }
        );
        Arc::clone(if of_rauc { &self.updates } else { &self.others })
    }
}

impl Desk {
    pub(super) async fn answer(&self, request: Request) -> Answer {
        match request {
            Request::Status => Answer::of(self.status()),
            Request::Parts => Answer::of(self.parts().await),
            Request::SelfTestCredentials => Answer::of(&self.credentials),
            #[cfg(feature = "test-hooks")]
            Request::StopEngine => loop {
                std::thread::park();
            },
            Request::ResetAdmin => self.reset_admin().await,
            of_the_box => self.box_request(of_the_box).await.unwrap_or_else(Answer::Error),
        }
    }

    fn status(&self) -> Status {
        let (counts, calls) = self.core.counts();
        Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_seconds: self.started.elapsed().as_secs(),
            calls,
            registrations: counts.bindings,
            stopping: self.stopping.get(),
            clock: self.clock.get().as_str().to_owned(),
            sip: self.sip.clone(),
            appliance: self.appliance.is_some(),
        }
    }

    async fn parts(&self) -> Parts {
        // Whoever reads the answer knows that this thread turns; this shows that the engine takes something in.
        self.core.input(Input::Wake);
        let (media, store, edge) = tokio::join!(self.media(), self.store(), self.edge.probe());
        Parts { engine: Ok(()), media, store, edge }
    }

    async fn media(&self) -> PartState {
        let before = self.core.media_rounds();
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            tokio::time::sleep(LOOK_EVERY).await;
            if self.core.media_rounds().iter().zip(&before).all(|(now, then)| now != then) {
                return Ok(());
            }
        }
        let still = self.core.media_rounds().iter().zip(&before).filter(|(now, then)| now == then).count();
        Err(format!("{still} of {} threads do not move", before.len()))
    }

    async fn store(&self) -> PartState {
        let number = u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(0);
        let written = tokio::time::timeout(PATIENCE, self.core.probe_store(number)).await;
        match written {
            Err(_) => return Err("a write is not committed in time".into()),
            Ok(Err(_) | Ok(false)) => return Err("a write was refused".into()),
            Ok(Ok(true)) => {}
        }
        let database = self.database.clone();
        let read = tokio::task::spawn_blocking(move || pabx_store::probe::read(&database)).await;
        match read {
            Ok(Ok(Some(found))) if found == number => Ok(()),
            Ok(Ok(found)) => Err(format!("{number} was written, {found:?} is read")),
            Ok(Err(error)) => Err(error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// On a connection of its own, beside the writer's: it happens once in a year.
    async fn reset_admin(&self) -> Answer {
        let folder = self.database.parent().map(Path::to_path_buf).unwrap_or_default();
        let work = move || administrator::reset(&mut open_store(&folder)?);
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(given)) => Answer::of(given),
            Ok(Err(error)) => Answer::Error(Failure::new(Kind::Failed, format!("{error:#}"))),
            Err(error) => Answer::Error(failed(&error)),
        }
    }

    async fn box_request(&self, request: Request) -> Result<Answer, Failure> {
        let text = "this daemon does not look after the box ([appliance] enabled)";
        let appliance = self.appliance.clone().ok_or_else(|| Failure::new(Kind::NotAnAppliance, text))?;
        let turn = self.turns.of(&request).lock_owned().await;
        let (_, calls) = self.core.counts();
        let work = move || {
            let answer = box_answer(&appliance, request, calls);
            drop(turn);
            answer
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| failed(&error))
    }
}

/// Done on a thread that may wait.
fn box_answer(appliance: &Appliance, request: Request, calls: usize) -> Answer {
    let now = Instant::now();
    let network = &appliance.network;
    let done: Result<Answer, Failure> = match request {
        Request::Network => answered(network.state(now)),
        Request::NetworkApply { config } => answered(network.apply(now, config)),
        Request::NetworkConfirm => answered(network.confirm(now)),
        Request::NetworkRollback => answered(network.roll_back(now)),
        Request::Time => answered(appliance.time.state()),
        Request::TimeSet { change } => answered(appliance.time.change(&change)),
        Request::Update => answered(appliance.updater.state()),
        Request::UpdateAllowed { version, force } => {
            let named = |state: &UpdateState| Ok(Bundle { compatible: state.compatible.clone(), version });
            update_allowed(appliance, named, force, calls).map(|()| Answer::of(true))
        }
        Request::UpdateInspect { bundle } => inspect(appliance, &bundle).map(Answer::of),
        Request::UpdateInstall { bundle, force } => {
            let allowed = update_allowed(appliance, |_| inspect(appliance, &bundle), force, calls);
            allowed.and_then(|()| answered(appliance.updater.install(&bundle)))
        }
        Request::Reboot => answered(appliance.power.reboot()),
        Request::PowerOff => answered(appliance.power.power_off()),
        Request::FactoryReset => {
            answered(appliance.disk.mark_for_reset()).and_then(|_| answered(appliance.power.reboot()))
        }
        other => Err(Failure::new(Kind::Malformed, format!("{other:?} is not of the box"))),
    };
    done.unwrap_or_else(Answer::Error)
}

fn answered<T: Serialize>(result: Result<T, impl std::fmt::Display>) -> Result<Answer, Failure> {
    result.map(Answer::of).map_err(|error| failed(&error))
}

/// What RAUC refuses by itself is no bundle of ours: unsigned, wrongly signed, damaged.
fn inspect(appliance: &Appliance, bundle: &Path) -> Result<Bundle, Failure> {
    appliance.updater.inspect(bundle).map_err(|error| match error {
        BusError::Failed { .. } => Failure::new(Kind::Invalid, error.to_string()),
        _ => failed(&error),
    })
}

fn update_allowed(
    appliance: &Appliance,
    bundle: impl FnOnce(&UpdateState) -> Result<Bundle, Failure>,
    force: bool,
    calls: usize,
) -> Result<(), Failure> {
    let state = appliance.updater.state().map_err(|error| failed(&error))?;
    let os_release = std::fs::read_to_string(OS_RELEASE).unwrap_or_default();
    let bundle = bundle(&state)?;
    let running = update::running_version(&os_release);
    let situation = update::Situation { state: &state, running, bundle: &bundle, calls };
    update::may_install(situation, force).map_err(|refusal| Failure::new(Kind::Refused, refusal.to_string()))
}
