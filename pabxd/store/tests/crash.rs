//! `kill -9` at random moments: whatever was acknowledged is there, and the file is whole.
//!
//! The test starts itself as a child that writes batches and prints a line after each one that the store has
//! acknowledged; the parent kills it and looks at the file. (A power cut differs from this only in what the disk has
//! not synced; that each commit is synced is shown by the settings test in `sqlite/tests.rs`.)

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail so")]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::*;
use pabx_model::{CallId, StoreWrite};
use pabx_store::{AccountScope, Store, WholeBox};

const FOLDER: &str = "PABX_STORE_CRASH_FOLDER";
const KILLS: u64 = 20;
/// Calls and bindings in each batch.
const BATCH: u64 = 8;

/// Not a test: what the child does.
#[test]
#[ignore = "run as a child by the test below"]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let mut store = open(&folder).unwrap();
    let (scope, phone) = only_phone(&store);
    let newest = store.calls(scope, None, 1).unwrap().items;
    let first = newest.first().map_or(0, |call| call.start_time.0 - NOW.0 + 1);
    let mut out = std::io::stdout();
    for start in (first..).step_by(BATCH.try_into().unwrap()) {
        let batch: Vec<_> = (start..start + BATCH)
            .flat_map(|n| {
                let contact = binding(scope, phone, &format!("sip:{}@192.0.2.7", n % 50));
                [StoreWrite::EndCall(ended_call(scope, NOW.0 + n, 1)), StoreWrite::SaveBinding(contact)]
            })
            .collect();
        assert!(store.apply(&batch, NOW).unwrap().iter().all(|ok| *ok));
        writeln!(out, "acknowledged {start}").unwrap();
        out.flush().unwrap();
    }
}

fn only_phone(store: &Store) -> (AccountScope, pabx_model::ExtensionId) {
    let scope = scope_of(store.accounts(WholeBox).unwrap()[0].account_id);
    (scope, store.extensions(scope).unwrap()[0].extension_id)
}

#[test]
fn what_was_acknowledged_survives_kill_9_at_random_moments() {
    let mut bench = bench();
    let scope = bench.account("acme", 5);
    bench.extension(scope, "1001");
    let folder = bench.folder.path().to_owned();
    drop(bench.store);
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut batches = 0;
    for round in 0..KILLS {
        // xorshift: which acknowledgement to wait for, and how long after it to kill.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let acknowledged =
            run_and_kill(&folder, random % 40 + 1, Duration::from_micros(random >> 32 & 0xfff));
        batches += acknowledged.len();
        let store = open(&folder).unwrap();
        assert_eq!(store.integrity().unwrap(), None, "round {round}");
        for start in acknowledged {
            for n in start..start + BATCH {
                let id = CallId::new(NOW.0 + n, [1; 10]);
                assert!(
                    store.call(scope, id).is_ok(),
                    "round {round}: call {n} was acknowledged and is gone"
                );
            }
        }
        let kept = store.bindings(WholeBox, NOW).unwrap().len();
        assert!((8..=50).contains(&kept), "{kept}");
    }
    assert!(batches > 20, "the children did write: {batches}");
}

/// Starts the child, waits for so many acknowledgements and a moment more, kills it, and gives all it acknowledged.
fn run_and_kill(folder: &Path, wait_for: u64, moment: Duration) -> Vec<u64> {
    let mut child = start(folder);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut numbers = lines.filter_map(|line| line.split_once("acknowledged ")?.1.parse().ok());
    let mut acknowledged: Vec<u64> = numbers.by_ref().take(wait_for.try_into().unwrap()).collect();
    let since = Instant::now();
    while since.elapsed() < moment {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    // What it wrote into the pipe before it died counts too.
    acknowledged.extend(numbers);
    let status = child.wait().unwrap();
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(9),
        "it was killed, it did not end"
    );
    acknowledged
}

fn start(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--nocapture", "--test-threads", "1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
