//! Random sequences of everything the store does, beside a model in memory that is too simple to be wrong, with
//! crashes in between: a crash is a copy of the files as they are on disk, opened anew.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use common::*;
use pabx_model::{CallRecord, CallStatus, ExtensionId, SavedBinding, Status, StoreWrite};
use pabx_store::{AccountScope, ExtensionChange, Store, StoreError, WholeBox};
use proptest::prelude::*;

const MAX_EXTENSIONS: u32 = 4;
const ACCOUNTS: [&str; 2] = ["acme", "bolt"];

#[derive(Clone, Debug)]
enum Step {
    Create { account: usize, number: u16 },
    Suspend { account: usize, number: u16, suspended: bool },
    Delete { account: usize, number: u16 },
    Write(Vec<Change>),
    Crash,
}

#[derive(Clone, Debug)]
enum Change {
    Save { account: usize, number: u16, contact: u8, cseq: u32 },
    Remove { account: usize, number: u16, contact: u8 },
    Begin { account: usize, call: u8 },
    End { account: usize, call: u8 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let place = || (0..ACCOUNTS.len(), 1000..1006_u16);
    let change = prop_oneof![
        4 => (place(), 0..4_u8, any::<u32>())
            .prop_map(|((account, number), contact, cseq)| Change::Save { account, number, contact, cseq }),
        1 => (place(), 0..4_u8).prop_map(|((account, number), contact)| Change::Remove { account, number, contact }),
        2 => (0..2_usize, 0..20_u8).prop_map(|(account, call)| Change::Begin { account, call }),
        2 => (0..2_usize, 0..20_u8).prop_map(|(account, call)| Change::End { account, call }),
    ];
    let step = prop_oneof![
        4 => place().prop_map(|(account, number)| Step::Create { account, number }),
        1 => (place(), any::<bool>())
            .prop_map(|((account, number), suspended)| Step::Suspend { account, number, suspended }),
        1 => place().prop_map(|(account, number)| Step::Delete { account, number }),
        6 => prop::collection::vec(change, 1..12).prop_map(Step::Write),
        1 => Just(Step::Crash),
    ];
    prop::collection::vec(step, 1..60)
}

/// Extensions that are gone are known by an id that is in no account.
struct Model {
    scopes: Vec<AccountScope>,
    extensions: BTreeMap<(usize, u16), (ExtensionId, Status)>,
    bindings: BTreeMap<(usize, u16, u8), SavedBinding>,
    calls: BTreeMap<(usize, u8), CallRecord>,
}

impl Model {
    fn id(&self, account: usize, number: u16) -> ExtensionId {
        let nobody = ExtensionId::new(7, [0; 10]);
        self.extensions.get(&(account, number)).map_or(nobody, |(id, _)| *id)
    }

    fn binding(&self, account: usize, number: u16, contact: u8, cseq: u32) -> SavedBinding {
        let contact = format!("sip:{contact}@192.0.2.7");
        SavedBinding { cseq, ..binding(self.scopes[account], self.id(account, number), &contact) }
    }

    /// The write of a change, and whether the store has to take it; the model is changed along.
    fn change(&mut self, change: &Change) -> (StoreWrite, bool) {
        match *change {
            Change::Save { account, number, contact, cseq } => {
                let saved = self.binding(account, number, contact, cseq);
                let there = self.extensions.contains_key(&(account, number));
                if there {
                    self.bindings.insert((account, number, contact), saved.clone());
                }
                (StoreWrite::SaveBinding(saved), there)
            }
            Change::Remove { account, number, contact } => {
                self.bindings.remove(&(account, number, contact));
                (StoreWrite::RemoveBinding(self.binding(account, number, contact, 0).key()), true)
            }
            Change::Begin { account, call } => {
                let record = open_call(self.scopes[account], NOW.0 + u64::from(call), call_octet(account));
                self.calls.entry((account, call)).or_insert_with(|| record.clone());
                (StoreWrite::BeginCall(record), true)
            }
            Change::End { account, call } => {
                let record = ended_call(self.scopes[account], NOW.0 + u64::from(call), call_octet(account));
                self.calls.insert((account, call), record.clone());
                (StoreWrite::EndCall(record), true)
            }
        }
    }

    fn create(&mut self, store: &mut Store, account: usize, number: u16) {
        let result =
            store.create_extension(self.scopes[account], &new_extension(&number.to_string()), &act());
        let of_account = self.extensions.keys().filter(|(other, _)| *other == account).count();
        if u32::try_from(of_account).unwrap() >= MAX_EXTENSIONS {
            assert!(matches!(result, Err(StoreError::Limit { .. })), "{result:?}");
            return;
        }
        match self.extensions.entry((account, number)) {
            Entry::Occupied(_) => assert!(matches!(result, Err(StoreError::Taken { .. })), "{result:?}"),
            Entry::Vacant(free) => _ = free.insert((result.unwrap().extension_id, Status::Active)),
        }
    }

    fn suspend(&mut self, store: &mut Store, account: usize, number: u16, suspended: bool) {
        let status = if suspended { Status::Suspended } else { Status::Active };
        let id = self.id(account, number);
        let change = ExtensionChange { status: Some(status), ..ExtensionChange::default() };
        let result = store.update_extension(self.scopes[account], id, &change, None, &act());
        match self.extensions.get_mut(&(account, number)) {
            Some((_, kept)) => *kept = status,
            None => assert!(not_found(result)),
        }
    }

    fn delete(&mut self, store: &mut Store, account: usize, number: u16) {
        let result = store.delete_extension(self.scopes[account], self.id(account, number), None, &act());
        if self.extensions.remove(&(account, number)).is_none() {
            assert!(not_found(result));
        } else {
            result.unwrap();
        }
        self.bindings.retain(|(a, n, _), _| (*a, *n) != (account, number));
    }

    fn write(&mut self, store: &mut Store, changes: &[Change]) {
        let (writes, expected): (Vec<_>, Vec<_>) = changes.iter().map(|change| self.change(change)).unzip();
        assert_eq!(store.apply(&writes, NOW).unwrap(), expected);
    }

    /// What a restart makes of the calls that went on.
    fn interrupt(&mut self) -> usize {
        let open: Vec<_> = self.calls.values_mut().filter(|call| call.end_time.is_none()).collect();
        let count = open.len();
        for call in open {
            call.status = CallStatus::Interrupted;
            call.end(call.answer_time.unwrap(), pabx_model::EndReason::Interrupted);
        }
        count
    }

    fn check(&self, store: &mut Store) {
        for (account, scope) in self.scopes.iter().enumerate() {
            let kept: BTreeMap<_, _> = store
                .extensions(*scope)
                .unwrap()
                .into_iter()
                .map(|row| ((account, row.number.as_str().parse().unwrap()), (row.extension_id, row.status)))
                .collect();
            let expected: BTreeMap<_, _> =
                self.extensions.iter().filter(|((a, _), _)| *a == account).map(|(k, v)| (*k, *v)).collect();
            assert_eq!(kept, expected);
            let calls = store.calls(*scope, None, 100).unwrap().items;
            let expected = self.calls.iter().rev().filter(|((a, _), _)| *a == account).map(|(_, call)| call);
            assert!(calls.iter().eq(expected));
        }
        let texts = |bindings: Vec<SavedBinding>| -> BTreeSet<String> {
            bindings.iter().map(|binding| format!("{binding:?}")).collect()
        };
        let kept = store.bindings(WholeBox, NOW).unwrap();
        assert_eq!(texts(kept), texts(self.bindings.values().cloned().collect()));
        assert_eq!(store.compile(WholeBox).unwrap().extensions.len(), self.extensions.len());
    }
}

fn call_octet(account: usize) -> u8 {
    u8::try_from(account).unwrap() + 1
}

/// The files as they are, while the store has them open, opened in another folder: what a `kill -9` leaves.
fn crash(bench: Bench) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    for name in ["pabx.db", "pabx.db-wal"] {
        std::fs::copy(bench.folder.path().join(name), folder.path().join(name)).unwrap();
    }
    drop(bench);
    let store = open(folder.path()).unwrap();
    Bench { folder, store }
}

fn run(steps: &[Step]) {
    let mut bench = bench();
    let scopes = ACCOUNTS.map(|slug| bench.account(slug, MAX_EXTENSIONS)).to_vec();
    let mut model =
        Model { scopes, extensions: BTreeMap::new(), bindings: BTreeMap::new(), calls: BTreeMap::new() };
    for step in steps {
        match step {
            Step::Create { account, number } => model.create(&mut bench.store, *account, *number),
            Step::Suspend { account, number, suspended } => {
                model.suspend(&mut bench.store, *account, *number, *suspended);
            }
            Step::Delete { account, number } => model.delete(&mut bench.store, *account, *number),
            Step::Write(changes) => model.write(&mut bench.store, changes),
            Step::Crash => {
                bench = crash(bench);
                assert_eq!(bench.store.close_interrupted_calls(WholeBox, NOW).unwrap(), model.interrupt());
            }
        }
    }
    model.check(&mut bench.store);
    let mut reopened = crash(bench);
    model.check(&mut reopened.store);
    assert_eq!(reopened.store.integrity().unwrap(), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_store_does_what_the_model_does(steps in steps()) {
        run(&steps);
    }
}
