//! What the API asks of the engine: carried to the engine's thread, answered there, waited for a moment.

use super::core::Core;
use super::desk::Desk;
use crate::api::pbx::{NoAnswer, Pbx};
use crate::clock;
use crate::control::protocol::Status;
use crate::control::{Answer, Request};
use pabx_call::routing::explain::{Explanation, Question as WhereTo};
use pabx_call::{BanView, BindingView, Census, Command, Input, Now, Trial, TrunkView};
use pabx_model::{AccountId, CallId, CallRecord, Directory, Timestamp, TrunkId};
use std::collections::HashMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::task::spawn_local;

/// Questions that wait; there are fewer workers than this.
pub(super) const WAITING: usize = 64;
/// How long the engine may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a service of the box may take: RAUC looks at a whole bundle.
const BOX_PATIENCE: Duration = Duration::from_mins(1);

/// A question on its way.
pub(super) enum Question {
    /// Of the engine: asked on its thread.
    Engine(Box<dyn FnOnce(&Core) + Send>),
    /// Of the desk, as through the control socket.
    Desk(Request, SyncSender<Answer>),
}

/// The engine as other threads see it.
pub(super) struct Questions {
    sender: Sender<Question>,
    /// The account of the self-test, which no configuration from the store has.
    complete: Box<dyn Fn(Directory) -> anyhow::Result<Directory> + Send + Sync>,
    /// Changes reach the engine in the order in which they were compiled.
    order: Mutex<()>,
}

impl Questions {
    pub(super) fn new(
        sender: Sender<Question>,
        complete: Box<dyn Fn(Directory) -> anyhow::Result<Directory> + Send + Sync>,
    ) -> Self {
        Self { sender, complete, order: Mutex::new(()) }
    }

    fn engine<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Core) -> T + Send + 'static,
    ) -> Result<T, NoAnswer> {
        let (tell, answer) = sync_channel(1);
        let question = move |core: &Core| drop(tell.send(question(core)));
        self.sender.blocking_send(Question::Engine(Box::new(question))).map_err(|_| NoAnswer)?;
        answer.recv_timeout(PATIENCE).map_err(|_| NoAnswer)
    }
}

impl Pbx for Questions {
    fn live_calls(&self, account: Option<AccountId>) -> Result<Vec<CallRecord>, NoAnswer> {
        self.engine(move |core| core.look(|engine| engine.live_calls(account)))
    }

    fn census(&self) -> Result<HashMap<AccountId, Census>, NoAnswer> {
        self.engine(|core| core.look(|engine| engine.census(clock::now())))
    }

    fn bindings(&self, account: AccountId) -> Result<Vec<BindingView>, NoAnswer> {
        self.engine(move |core| core.look(|engine| engine.bindings(clock::now(), account)))
    }

    fn trunks(&self, account: Option<AccountId>) -> Result<Vec<TrunkView>, NoAnswer> {
        self.engine(move |core| core.look(|engine| engine.trunks(clock::now(), account)))
    }

    fn try_trunk(&self, trunk: TrunkId) -> Result<(), NoAnswer> {
        self.engine(move |core| core.input(Input::Command(Command::TryTrunk(trunk))))
    }

    fn allow_trial(&self, trial: Trial) -> Result<(), NoAnswer> {
        self.engine(move |core| core.input(Input::Trial(trial)))
    }

    fn explain(
        &self,
        account: AccountId,
        question: WhereTo,
        at: Option<Timestamp>,
    ) -> Result<Explanation, NoAnswer> {
        let now = clock::now();
        let then = Now { utc: at.unwrap_or(now.utc), ..now };
        self.engine(move |core| core.look(|engine| engine.explain(then, account, &question)))
    }

    fn hang_up(&self, account: AccountId, call: CallId) -> Result<bool, NoAnswer> {
        self.engine(move |core| {
            let there = core.look(|engine| engine.has_call(account, call));
            if there {
                core.input(Input::Command(Command::HangUp(call)));
            }
            there
        })
    }

    fn configure(&self, compile: &mut dyn FnMut() -> anyhow::Result<Directory>) -> anyhow::Result<()> {
        let _turn = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        let directory = Arc::new((self.complete)(compile()?)?);
        Ok(self.engine(move |core| core.input(Input::Directory(directory)))?)
    }

    fn bans(&self) -> Result<Vec<BanView>, NoAnswer> {
        self.engine(|core| core.look(|engine| engine.bans(clock::now())))
    }

    fn lift_ban(&self, source: IpAddr) -> Result<bool, NoAnswer> {
        self.engine(move |core| core.lift_bans(source) > 0)
    }

    fn status(&self) -> Result<Status, NoAnswer> {
        match self.ask(Request::Status)? {
            Answer::Ok(value) => serde_json::from_value(value).map_err(|_| NoAnswer),
            Answer::Error(_) => Err(NoAnswer),
        }
    }

    fn ask(&self, request: Request) -> Result<Answer, NoAnswer> {
        let (tell, answer) = sync_channel(1);
        self.sender.blocking_send(Question::Desk(request, tell)).map_err(|_| NoAnswer)?;
        answer.recv_timeout(BOX_PATIENCE).map_err(|_| NoAnswer)
    }
}

/// Answers for ever, on the engine's thread.
pub(super) async fn answer(core: Rc<Core>, desk: Rc<Desk>, mut questions: Receiver<Question>) {
    while let Some(question) = questions.recv().await {
        match question {
            Question::Engine(question) => question(&core),
            Question::Desk(request, tell) => {
                let desk = Rc::clone(&desk);
                // It may wait for a service of the box; the next question does not.
                spawn_local(async move { drop(tell.try_send(desk.answer(request).await)) });
            }
        }
    }
}
