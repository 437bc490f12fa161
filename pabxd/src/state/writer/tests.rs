use super::*;
use pabx_model::{
    AccountId, BindingKey, CallDirection, CallId, CallRecord, CallStatus, ClockState, ExtensionId, SipStatus,
    Timestamp,
};
use std::collections::HashMap;
use std::sync::mpsc;

const PATIENCE: Duration = Duration::from_secs(20);

/// A disk that remembers its transactions and fails on command.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<DiskState>>);

#[derive(Default)]
struct DiskState {
    transactions: Vec<Vec<StoreWrite>>,
    failing: Option<fn() -> StoreError>,
    /// Held while a transaction is to take long.
    gate: Arc<Mutex<()>>,
    closed: bool,
}

impl Disk {
    fn state(&self) -> std::sync::MutexGuard<'_, DiskState> {
        self.0.lock().unwrap()
    }

    fn kept(&self) -> Vec<StoreWrite> {
        self.state().transactions.concat()
    }
}

impl Sink for Disk {
    fn apply(&mut self, writes: &[StoreWrite], _: Timestamp) -> Result<Vec<bool>, StoreError> {
        let gate = Arc::clone(&self.state().gate);
        drop(gate.lock().unwrap());
        let mut state = self.state();
        if let Some(error) = state.failing {
            return Err(error());
        }
        state.transactions.push(writes.to_vec());
        Ok(writes.iter().map(|write| !is_poison(write)).collect())
    }

    fn tidy(&mut self, _: Timestamp) {}

    fn close(&mut self) {
        self.state().closed = true;
    }
}

fn removal(contact: &str) -> StoreWrite {
    StoreWrite::RemoveBinding(BindingKey {
        account_id: AccountId::new(1, [1; 10]),
        extension_id: ExtensionId::new(1, [1; 10]),
        contact: contact.into(),
        instance: None,
        reg_id: None,
    })
}

fn is_poison(write: &StoreWrite) -> bool {
    matches!(write, StoreWrite::RemoveBinding(key) if key.contact == "poison")
}

fn call(n: u8) -> StoreWrite {
    StoreWrite::EndCall(CallRecord {
        call_id: CallId::new(u64::from(n), [n; 10]),
        account_id: AccountId::new(1, [1; 10]),
        extension_id: None,
        trunk_id: None,
        direction: CallDirection::Internal,
        caller: "1001".into(),
        callee: "1002".into(),
        start_time: Timestamp(1),
        answer_time: None,
        end_time: Some(Timestamp(2)),
        duration: 0,
        status: CallStatus::Cancelled,
        sip_status: SipStatus(487),
        reason: None,
        quality: None,
        clock: ClockState::Trusted,
        class: None,
        cost: None,
        price: None,
        trace: Vec::new(),
    })
}

struct Bench {
    disk: Disk,
    writer: StateWriter,
    answers: mpsc::Receiver<Vec<(Ticket, bool)>>,
}

fn bench() -> Bench {
    let disk = Disk::default();
    let (told, answers) = mpsc::channel();
    let writer = StateWriter::start_with(disk.clone(), Box::new(move |done| told.send(done).unwrap()));
    Bench { disk, writer, answers }
}

impl Bench {
    /// Waits for so many answers.
    fn answers(&self, count: usize) -> HashMap<u64, bool> {
        let mut all = HashMap::new();
        while all.len() < count {
            for (Ticket(ticket), ok) in self.answers.recv_timeout(PATIENCE).unwrap() {
                assert!(all.insert(ticket, ok).is_none(), "ticket {ticket} was answered twice");
            }
        }
        all
    }
}

#[test]
fn many_writes_share_a_transaction_and_each_ticket_is_answered_once() {
    let bench = bench();
    for ticket in 0..500 {
        bench.writer.submit(Ticket(ticket), removal("sip:a@b"));
    }
    let answers = bench.answers(500);
    assert!(answers.values().all(|ok| *ok));
    assert!(bench.disk.state().transactions.len() <= 5, "{}", bench.disk.state().transactions.len());
}

#[test]
fn writes_are_kept_in_the_order_they_came() {
    let bench = bench();
    let contacts: Vec<String> = (0..5_000).map(|n| format!("sip:{n}@b")).collect();
    for (ticket, contact) in (0..).zip(&contacts) {
        bench.writer.submit(Ticket(ticket), removal(contact));
    }
    bench.answers(5_000);
    let kept = bench.disk.kept();
    assert!(kept.iter().eq(contacts.iter().map(|contact| removal(contact)).collect::<Vec<_>>().iter()));
    assert!(bench.disk.state().transactions.iter().all(|batch| batch.len() <= queue::MAX_BATCH));
}

#[test]
fn one_refused_write_does_not_fail_its_neighbours() {
    let bench = bench();
    for (ticket, contact) in [(1, "sip:a"), (2, "poison"), (3, "sip:b")] {
        bench.writer.submit(Ticket(ticket), removal(contact));
    }
    assert_eq!(bench.answers(3), HashMap::from([(1, true), (2, false), (3, true)]));
}

#[test]
fn a_failing_disk_refuses_registrations_and_keeps_call_records_for_later() {
    let bench = bench();
    bench.disk.state().failing = Some(|| StoreError::DiskFull);
    bench.writer.submit(Ticket(1), removal("sip:a"));
    bench.writer.submit(Ticket(2), call(1));
    assert_eq!(bench.answers(2), HashMap::from([(1, false), (2, false)]));
    bench.disk.state().failing = None;
    bench.writer.submit(Ticket(3), removal("sip:b"));
    assert_eq!(bench.answers(1), HashMap::from([(3, true)]));
    assert_eq!(
        bench.disk.kept(),
        [call(1), removal("sip:b")],
        "the old record first, the refused removal never"
    );
}

#[test]
fn kept_records_are_tried_again_without_anything_new() {
    let bench = bench();
    bench.disk.state().failing = Some(|| StoreError::Busy);
    bench.writer.submit(Ticket(1), call(1));
    bench.answers(1);
    bench.disk.state().failing = None;
    let since = Instant::now();
    while bench.disk.kept().is_empty() {
        assert!(since.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
    assert_eq!(bench.disk.kept(), [call(1)]);
}

#[test]
fn a_full_queue_refuses_at_once_and_says_so() {
    let bench = bench();
    let gate = Arc::clone(&bench.disk.state().gate);
    let held = gate.lock().unwrap();
    // The first batch is taken out and held up at the disk; then the queue fills.
    let more = queue::MAX_WAITING + queue::MAX_BATCH + 10;
    let tickets = u64::try_from(more).unwrap();
    (0..tickets).for_each(|ticket| bench.writer.submit(Ticket(ticket), removal("sip:a")));
    drop(held);
    let answers = bench.answers(more);
    let refused = answers.values().filter(|ok| !**ok).count();
    assert!((10..=10 + queue::MAX_BATCH).contains(&refused), "{refused}");
    assert_eq!(bench.disk.kept().len(), more - refused);
}

#[test]
fn stopping_writes_what_waits_and_closes() {
    let bench = bench();
    for ticket in 0..100 {
        bench.writer.submit(Ticket(ticket), call(1));
    }
    bench.writer.stop();
    assert_eq!(bench.disk.kept().len(), 100);
    assert!(bench.disk.state().closed);
    assert_eq!(bench.answers(100).len(), 100);
    bench.writer.stop();
}

#[test]
fn an_idle_writer_is_alive_and_a_stuck_one_is_not() {
    let bench = bench();
    assert!(bench.writer.alive());
    let since = Instant::now();
    while !bench.writer.alive() {
        assert!(since.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
    let gate = Arc::clone(&bench.disk.state().gate);
    let held = gate.lock().unwrap();
    bench.writer.submit(Ticket(1), removal("sip:a"));
    let since = Instant::now();
    while bench.writer.alive() {
        assert!(since.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(held);
    assert_eq!(bench.answers(1), HashMap::from([(1, true)]));
}

#[test]
fn twenty_calls_a_second_cost_few_transactions() {
    // Two writes a call, 40 a second for a minute, in the queue's own time.
    let queue = Queue::default();
    let epoch = Instant::now();
    let mut transactions = 0;
    let mut written = 0;
    for n in 0..2_400_u64 {
        let now = epoch + Duration::from_millis(n * 25);
        queue.submit(Ticket(n), call(1), now);
        if let Turn::Write(batch) = queue.next(Some(now), || now) {
            transactions += 1;
            written += batch.writes.len();
        }
    }
    assert!(written >= 2_390, "{written}");
    assert!(transactions <= 60 * 5, "{transactions} transactions for {written} writes");
}

#[test]
fn a_registration_shortens_the_wait_of_the_calls_before_it() {
    let queue = Queue::default();
    let epoch = Instant::now();
    let at = |ms| epoch + Duration::from_millis(ms);
    queue.submit(Ticket(1), call(1), at(0));
    queue.submit(Ticket(2), removal("sip:a"), at(10));
    assert!(matches!(queue.next(Some(at(59)), || at(59)), Turn::Idle));
    let Turn::Write(batch) = queue.next(Some(at(60)), || at(60)) else { panic!("due at 60 ms") };
    assert_eq!(batch.tickets, [Ticket(1), Ticket(2)]);
}
