//! What runs beside the engine for the sake of the box: the control socket, the clock, the trial of a network.

use super::core::Core;
use super::desk::{Desk, Turns};
use super::questions::{self, Question};
use crate::appliance::Appliance;
use crate::appliance::clock::{Facts, LOOK_EVERY, LastTime, NOTE_EVERY, judge};
use crate::clock;
use crate::config::Config;
use crate::control::protocol::Credentials;
use crate::control::server;
use crate::control::socket::Socket;
use crate::edge::Edge;
use pabx_call::Input;
use pabx_model::ClockState;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::Receiver;
use tokio::task::{JoinHandle, spawn_local};

/// Between two looks whether a network's trial is over.
const TICK: Duration = Duration::from_secs(1);

/// The tasks, and what their stop needs.
pub(super) struct BoxTasks {
    clock: Rc<Cell<ClockState>>,
    last_time: LastTime,
    stopping: Rc<Cell<bool>>,
    tasks: Vec<JoinHandle<()>>,
}

impl BoxTasks {
    pub(super) fn start(
        config: &Config,
        core: &Rc<Core>,
        credentials: Credentials,
        control: Option<Socket>,
        asked: Receiver<Question>,
        edge: Arc<Edge>,
    ) -> Self {
        let last_time = LastTime::new(&config.state.directory);
        let state = judge(Facts::of_machine(clock::utc()), last_time.read(), config.appliance.enabled);
        let clock = Rc::new(Cell::new(state));
        let stopping = Rc::new(Cell::new(false));
        if state == ClockState::Untrusted {
            log::warn!("the clock cannot be believed until the network has set it: records of calls say so");
            core.input(Input::Clock(state));
        }
        let appliance = Appliance::of(config, Instant::now()).map(Arc::new);
        let mut tasks = vec![spawn_local(watch_clock(Rc::clone(core), Rc::clone(&clock), last_time.clone()))];
        if let Some(appliance) = &appliance {
            tasks.push(spawn_local(watch_network(Arc::clone(appliance))));
        }
        let desk = Rc::new(Desk {
            core: Rc::clone(core),
            started: Instant::now(),
            credentials,
            database: config.state.directory.join(crate::state::DATABASE),
            sip: config.sip.listen.iter().map(ToString::to_string).collect(),
            clock: Rc::clone(&clock),
            stopping: Rc::clone(&stopping),
            appliance,
            edge,
            turns: Turns::default(),
        });
        tasks.push(spawn_local(questions::answer(Rc::clone(core), Rc::clone(&desk), asked)));
        if let Some(socket) = control {
            tasks.push(spawn_local(server::serve(socket, async move |request| desk.answer(request).await)));
        }
        Self { clock, last_time, stopping, tasks }
    }

    /// The daemon is being stopped: the time is written down a last time. What is asked is still answered.
    pub(super) fn stop(&self) {
        self.stopping.set(true);
        note(self.clock.get(), &self.last_time);
    }
}

impl Drop for BoxTasks {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Waits until an untrusted clock is set; then writes the time down every now and then.
async fn watch_clock(core: Rc<Core>, clock: Rc<Cell<ClockState>>, last_time: LastTime) {
    while clock.get() == ClockState::Untrusted {
        tokio::time::sleep(LOOK_EVERY).await;
        if Facts::of_machine(clock::utc()).synchronised {
            log::info!("the network has set the clock");
            clock.set(ClockState::Trusted);
            core.input(Input::Clock(ClockState::Trusted));
        }
    }
    loop {
        let last_time = last_time.clone();
        // A sync of the disk may take long: not on this thread.
        let noted = tokio::task::spawn_blocking(move || note(ClockState::Trusted, &last_time));
        if let Err(error) = noted.await {
            log::error!("the time was not written down: {error}");
        }
        tokio::time::sleep(NOTE_EVERY).await;
    }
}

fn note(clock: ClockState, last_time: &LastTime) {
    if clock == ClockState::Trusted {
        last_time.write(clock::utc());
    }
}

async fn watch_network(appliance: Arc<Appliance>) {
    loop {
        if appliance.network.is_due(Instant::now()) {
            let appliance = Arc::clone(&appliance);
            let going_back = tokio::task::spawn_blocking(move || appliance.network.tick(Instant::now()));
            if let Err(error) = going_back.await {
                log::error!("the network did not go back: {error}");
            }
        }
        tokio::time::sleep(TICK).await;
    }
}
