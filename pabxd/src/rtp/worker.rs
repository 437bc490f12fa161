//! A media thread: wait, orders, packets, sweep.

use super::RtpConfig;
use super::counts::Counts;
use super::mailbox::{Mailbox, Order};
use super::media::MediaEvents;
use super::ports::SharedPorts;
use super::table::{Hands, Table};
use super::waiting::{TICK, Waiting};
use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

/// Silence is looked for this often.
const SWEEP: Duration = Duration::from_secs(1);
/// Rest after a wait that failed, which no state of the program explains.
const AFTER_FAILURE: Duration = Duration::from_millis(100);

/// What a media thread is given.
pub(super) struct Tools {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) counts: Arc<Counts>,
    pub(super) ports: Arc<SharedPorts>,
    pub(super) events: Arc<MediaEvents>,
    pub(super) config: Arc<RtpConfig>,
}

/// A media thread.
struct Worker {
    mailbox: Arc<Mailbox>,
    counts: Arc<Counts>,
    config: Arc<RtpConfig>,
    table: Table,
    /// Orders that were taken; after a panic those that are left.
    orders: VecDeque<Order>,
    swept: Instant,
}

/// Serves until the mailbox is ended; `started` hears whether it could begin.
pub(super) fn run(tools: Tools, started: &SyncSender<io::Result<()>>) {
    let waiting = Waiting::new(&tools.mailbox, tools.config.io_uring);
    match waiting {
        Ok(waiting) => {
            let _ = started.send(Ok(()));
            Worker::new(tools, waiting).run();
        }
        Err(error) => drop(started.send(Err(error))),
    }
}

impl Worker {
    fn new(tools: Tools, waiting: Waiting) -> Worker {
        let Tools { mailbox, counts, ports, events, config } = tools;
        let hands = Hands { mailbox: Arc::clone(&mailbox), counts: Arc::clone(&counts), ports, events };
        let (table, orders, swept) = (Table::new(waiting, hands), VecDeque::new(), Instant::now());
        Worker { mailbox, counts, config, table, orders, swept }
    }

    /// A panic is a bug; it costs the legs of this thread and no others.
    fn run(mut self) {
        while catch_unwind(AssertUnwindSafe(|| self.serve())).is_err() {
            log::error!("a media thread panicked: its calls end, and it starts again");
            self.counts.panics.add(1);
            self.table.fail_all();
            self.table.report();
        }
        self.table.close_all();
        self.table.report();
    }

    fn serve(&mut self) {
        while !self.mailbox.is_ended() {
            if let Err(error) = self.round() {
                log::error!("media thread cannot wait: {error}");
                std::thread::sleep(AFTER_FAILURE);
            }
        }
        self.carry_out(Instant::now());
    }

    fn round(&mut self) -> io::Result<()> {
        self.table.wait()?;
        let now = Instant::now();
        self.counts.rounds.add(1);
        // Before the packets: what woke us may be the first packet of a leg that we do not know yet.
        self.carry_out(now);
        self.table.serve(now);
        if now.duration_since(self.swept) + TICK / 2 >= SWEEP {
            self.swept = now;
            self.table.sweep(self.config.silence, now);
        }
        self.table.report();
        Ok(())
    }

    fn carry_out(&mut self, now: Instant) {
        if self.orders.is_empty() {
            self.mailbox.take(&mut self.orders);
        }
        while let Some(order) = self.orders.pop_front() {
            self.table.carry_out(order, now);
        }
        self.table.carried_out();
    }
}
