//! What the tests of the store share.
#![allow(unreachable_pub, dead_code, reason = "each test file uses a part of it")]

use std::path::{Path, PathBuf};

use pabx_model::{
    AccountId, AccountLimits, CallDirection, CallId, CallRecord, CallStatus, ClockState, DisplayName,
    EndReason, ExtensionId, ExtensionNumber, Language, Role, SavedBinding, SavedTransport, SipStatus,
    Timestamp,
};
use pabx_store::{
    AccountScope, Act, CreatedExtension, NewAccount, NewExtension, NewTrunk, NewUser, PasswordHash,
    SealingKey, Store, StoreError, TrunkAuth, WholeBox,
};

pub const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// By the daemon, now.
pub fn act() -> Act {
    Act::daemon(NOW)
}

/// A database in a folder of its own.
pub struct Bench {
    pub folder: tempfile::TempDir,
    pub store: Store,
}

impl Bench {
    pub fn path(&self) -> PathBuf {
        database(self.folder.path())
    }

    pub fn account(&mut self, slug: &str, max_extensions: u32) -> AccountScope {
        let id = self.store.create_account(WholeBox, &new_account(slug, max_extensions), &act()).unwrap();
        AccountScope::of(id)
    }

    pub fn extension(&mut self, scope: AccountScope, number: &str) -> CreatedExtension {
        self.store.create_extension(scope, &new_extension(number), &act()).unwrap()
    }
}

pub fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    Bench { folder, store }
}

pub fn database(folder: &Path) -> PathBuf {
    folder.join("pabx.db")
}

pub fn open(folder: &Path) -> Result<Store, StoreError> {
    let key = SealingKey::new(&[9; 32]).unwrap();
    Store::open(&database(folder), key, Box::new(ring::rand::SystemRandom::new()))
}

pub fn new_account(slug: &str, max_extensions: u32) -> NewAccount {
    NewAccount {
        name: DisplayName::parse(slug).unwrap(),
        slug: slug.parse().unwrap(),
        domain: format!("{slug}.test").parse().unwrap(),
        description: String::new(),
        limits: AccountLimits { max_extensions, max_calls: 10 },
        max_storage_mib: 1_000,
    }
}

pub fn new_user(username: &str, role: Role) -> NewUser {
    NewUser {
        username: username.into(),
        password_hash: PasswordHash::parse("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA").unwrap(),
        email: None,
        full_name: String::new(),
        language: Language::default(),
        role,
        must_change_password: false,
    }
}

pub fn new_trunk(name: &str, username: &str, password: &str) -> NewTrunk {
    NewTrunk {
        name: name.parse().unwrap(),
        host: "sip.provider.test".parse().unwrap(),
        port: None,
        transport: pabx_model::TrunkTransport::Udp,
        max_calls: 30,
        auth: TrunkAuth::Digest { username: username.into(), password: Some(password.to_owned().into()) },
        networks: Vec::new(),
        caller_id: None,
        profile: pabx_model::TrunkProfile::default(),
    }
}

pub fn new_extension(number: &str) -> NewExtension {
    let number = ExtensionNumber::parse(number).unwrap();
    NewExtension::new(number, DisplayName::parse(&format!("Phone {number}")).unwrap())
}

pub fn binding(scope: AccountScope, extension_id: ExtensionId, contact: &str) -> SavedBinding {
    SavedBinding {
        account_id: scope.account_id(),
        extension_id,
        contact: contact.into(),
        transport: SavedTransport::Udp,
        local: "192.0.2.1:5060".parse().unwrap(),
        remote: "[2001:db8::7]:40001".parse().unwrap(),
        instance: None,
        reg_id: None,
        call_id: "3848276298220188511@phone".into(),
        cseq: 1,
        q: 1_000,
        user_agent: "Phone/1.0".into(),
        expires_at: NOW.plus_millis(300_000),
    }
}

/// A call that goes on: answered two seconds after it came.
pub fn open_call(scope: AccountScope, start_ms: u64, random: u8) -> CallRecord {
    let start_time = Timestamp(start_ms);
    CallRecord {
        call_id: CallId::new(start_ms, [random; 10]),
        account_id: scope.account_id(),
        extension_id: None,
        trunk_id: None,
        direction: CallDirection::Internal,
        caller: "1001".into(),
        callee: "1002".into(),
        start_time,
        answer_time: Some(start_time.plus_millis(2_000)),
        end_time: None,
        duration: 0,
        status: CallStatus::Answered,
        sip_status: SipStatus(200),
        reason: None,
        quality: None,
        clock: ClockState::Trusted,
        class: None,
        cost: None,
        price: None,
        trace: Vec::new(),
    }
}

/// The same call when it is over, ten seconds after it came.
pub fn ended_call(scope: AccountScope, start_ms: u64, random: u8) -> CallRecord {
    let mut call = open_call(scope, start_ms, random);
    call.end(Timestamp(start_ms + 10_000), EndReason::CallerHungUp);
    call
}

#[allow(clippy::needless_pass_by_value, reason = "the result of a call, used up")]
pub fn not_found<T>(result: Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::NotFound { .. }))
}

pub fn scope_of(id: AccountId) -> AccountScope {
    AccountScope::of(id)
}
