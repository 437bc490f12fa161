//! What the API asks of the engine. The engine's own thread does it; the asking thread waits a moment for the answer.

use crate::control::protocol::Status;
use crate::control::{Answer, Request};
use pabx_call::routing::explain::{Explanation, Question};
use pabx_call::{BanView, BindingView, Census, Trial, TrunkView};
use pabx_model::{AccountId, CallId, CallRecord, Directory, Timestamp, TrunkId};
use std::collections::HashMap;
use std::net::IpAddr;

/// The engine did not answer in time, or is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the engine does not answer")]
pub struct NoAnswer;

/// The engine as the API sees it.
pub trait Pbx: Send + Sync {
    /// Calls in progress, of one account or of all.
    fn live_calls(&self, account: Option<AccountId>) -> Result<Vec<CallRecord>, NoAnswer>;
    /// How many devices and calls each account has.
    fn census(&self) -> Result<HashMap<AccountId, Census>, NoAnswer>;
    /// Registered devices of an account.
    fn bindings(&self, account: AccountId) -> Result<Vec<BindingView>, NoAnswer>;
    /// Lines to providers, of one account or of all.
    fn trunks(&self, account: Option<AccountId>) -> Result<Vec<TrunkView>, NoAnswer>;
    /// Begins anew with a line to a provider, to see how it goes.
    fn try_trunk(&self, trunk: TrunkId) -> Result<(), NoAnswer>;
    /// The box is about to make this call.
    fn allow_trial(&self, trial: Trial) -> Result<(), NoAnswer>;
    /// Where a call of this account would go, now or at another time.
    fn explain(
        &self,
        account: AccountId,
        question: Question,
        at: Option<Timestamp>,
    ) -> Result<Explanation, NoAnswer>;
    /// Ends a call of this account. False: there is none such.
    fn hang_up(&self, account: AccountId, call: CallId) -> Result<bool, NoAnswer>;
    /// Takes over a changed configuration, which is compiled meanwhile: of two changes at once the one that sees both is the
    /// last. Calls of suspended accounts end.
    fn configure(&self, compile: &mut dyn FnMut() -> anyhow::Result<Directory>) -> anyhow::Result<()>;
    /// Sources that are banned.
    fn bans(&self) -> Result<Vec<BanView>, NoAnswer>;
    /// Lets a source in again. False: it was not banned.
    fn lift_ban(&self, source: IpAddr) -> Result<bool, NoAnswer>;
    /// The figures of `pabxd status`.
    fn status(&self) -> Result<Status, NoAnswer>;
    /// Whatever can be asked through the control socket.
    fn ask(&self, request: Request) -> Result<Answer, NoAnswer>;
}
