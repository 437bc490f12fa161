//! What the engine shows of itself, to be looked at by people: copies, so that nobody holds the engine up.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use pabx_model::{
    AccountId, CallId, CallRecord, DisplayName, EndReason, ExtensionId, ExtensionNumber, Timestamp, TrunkId,
    TrunkProblem, TrunkState,
};
use pabx_sip::flow::Transport;
use pabx_sip::guard::Source;

use crate::api::{Now, PortSource};
use crate::engine::Engine;
use crate::record::Outcome;
use crate::trunk::{Line, Seen};

/// A registered device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindingView {
    /// Whose device.
    pub extension_id: ExtensionId,
    /// Where requests to it go; anybody's text.
    pub contact: String,
    /// By which way.
    pub transport: Transport,
    /// Where it sends from.
    pub remote: std::net::SocketAddr,
    /// What it calls itself, at most 64 characters; anybody's text.
    pub user_agent: Option<String>,
    /// When the registration ends.
    pub expires_at: Timestamp,
    /// Whether it answers OPTIONS.
    pub reachable: bool,
}

/// A ban.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BanView {
    /// The source: an IPv4 address, or the /64 of an IPv6 one.
    pub source: Source,
    /// The name that failed; `None`: the whole source is banned. Anybody's text.
    pub identity: Option<String>,
    /// When it ends.
    pub until: Timestamp,
}

/// A line to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkView {
    /// Whose it is.
    pub account_id: AccountId,
    /// Which.
    pub trunk_id: TrunkId,
    /// Its name.
    pub name: DisplayName,
    /// How it stands.
    pub state: TrunkState,
    /// What is wrong.
    pub problem: Option<TrunkProblem>,
    /// What the provider said, where it said something.
    pub status: Option<u16>,
    /// Since when it stands so.
    pub since: Timestamp,
    /// The server in use.
    pub server: Option<std::net::SocketAddr>,
    /// Servers known.
    pub servers: usize,
    /// Whether there is a way to the server in use.
    pub connected: bool,
    /// Whether we register there.
    pub registers: bool,
    /// When the registration ends.
    pub registered_until: Option<Timestamp>,
    /// How long the last answer to OPTIONS took, in milliseconds.
    pub round_trip_ms: Option<u64>,
    /// How the provider saw us when it last answered.
    pub seen: Option<Seen>,
    /// Calls that go on.
    pub calls: usize,
}

/// What an account has of the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Registered devices.
    pub registrations: usize,
    /// Calls that go on.
    pub calls: usize,
}

impl Engine {
    /// How many devices and calls each account has; those that have none are left out.
    pub fn census(&self, now: Now) -> HashMap<AccountId, Census> {
        let mut census: HashMap<AccountId, Census> = HashMap::new();
        for account in self.core.registrations.accounts(now).filter(|account| !account.is_self_test()) {
            census.entry(account).or_default().registrations += 1;
        }
        for record in self.calls.iter().map(|entry| &entry.ledger.record) {
            if record.end_time.is_none() && !record.account_id.is_self_test() {
                census.entry(record.account_id).or_default().calls += 1;
            }
        }
        census
    }

    /// The lines of an account, or of all.
    pub fn trunks(&self, now: Now, account: Option<AccountId>) -> Vec<TrunkView> {
        let lines = self.core.trunks.lines();
        let wanted = lines.filter(|line| account.is_none_or(|account| account == line.trunk.account_id));
        wanted.map(|line| self.trunk_view(now, line)).collect()
    }

    fn trunk_view(&self, now: Now, line: &Line) -> TrunkView {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        TrunkView {
            account_id: line.trunk.account_id,
            trunk_id: line.trunk.trunk_id,
            name: line.trunk.name.clone(),
            state: line.state(),
            problem: line.problem,
            status: line.status,
            since: line.since,
            server: line.paths.get(line.current).map(|path| path.target.address),
            servers: line.paths.len(),
            connected: line.paths.get(line.current).is_some_and(|path| path.flow.is_some()),
            registers: line.registers(),
            registered_until: line
                .registered_until()
                .map(|until| now.utc.plus_millis(millis(until.saturating_duration_since(now.mono)))),
            round_trip_ms: line.round_trip.map(millis),
            seen: line.seen.clone(),
            calls: self.core.active.on_trunk(line.trunk.trunk_id),
        }
    }

    /// The calls of people that go on, of one account or of all: their records so far.
    pub fn live_calls(&self, account: Option<AccountId>) -> Vec<CallRecord> {
        let live = self.calls.iter().map(|entry| &entry.ledger.record).filter(|record| {
            record.end_time.is_none()
                && !record.account_id.is_self_test()
                && account.is_none_or(|account| account == record.account_id)
        });
        live.cloned().collect()
    }

    /// The extension with this number.
    pub fn extension_of(&self, account: AccountId, number: &str) -> Option<ExtensionId> {
        let number = ExtensionNumber::parse(number).ok()?;
        self.core.directory.extension(account, &number).map(|extension| extension.extension_id)
    }

    /// The devices of an account.
    pub fn bindings(&self, now: Now, account: AccountId) -> Vec<BindingView> {
        self.core.registrations.all(now, account)
    }

    /// The bans in force.
    pub fn bans(&self, now: Now) -> Vec<BanView> {
        let view = |ban: &pabx_sip::guard::Ban| BanView {
            source: ban.source,
            identity: ban.identity.as_deref().map(str::to_owned),
            until: now.utc.plus_millis(
                u64::try_from(ban.until.saturating_duration_since(now.mono).as_millis()).unwrap_or(u64::MAX),
            ),
        };
        self.guard.bans(now.mono).map(view).collect()
    }

    /// Lets a source in again; says how many bans there were.
    pub fn lift_bans(&mut self, source: IpAddr) -> usize {
        self.guard.pardon(Source::from(source), None)
    }

    /// Ends the calls of accounts that are suspended or gone: both sides get BYE, or the caller a refusal.
    pub(crate) fn end_inactive(&mut self, now: Now, ports: &mut dyn PortSource) {
        let inactive = |account: AccountId| {
            !account.is_self_test()
                && self.core.directory.account(account).is_none_or(|a| !a.status.is_active())
        };
        let keys: Vec<_> = self
            .calls
            .iter()
            .filter(|entry| inactive(entry.ledger.record.account_id))
            .map(|entry| entry.ledger.key)
            .collect();
        for key in keys {
            self.with_call(now, key, ports, |call, cx| {
                call.finish(cx, Outcome::new(503, EndReason::Suspended));
            });
        }
    }

    /// Whether a call of this account goes on.
    pub fn has_call(&self, account: AccountId, call: CallId) -> bool {
        self.calls.iter().any(|entry| {
            let record = &entry.ledger.record;
            record.call_id == call && record.account_id == account && record.end_time.is_none()
        })
    }
}
