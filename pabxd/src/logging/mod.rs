//! The log: to the journal under systemd, else to standard error; the last lines stay in [`memory`].

pub mod memory;

use log::{LevelFilter, Log, Metadata, Record};
use std::io::Write;

/// Starts the log. A second call changes only the level.
pub fn start(level: LevelFilter) {
    log::set_max_level(level);
    // systemd sets JOURNAL_STREAM where standard error goes to the journal (systemd.exec(5)).
    let journal = std::env::var_os("JOURNAL_STREAM").is_some();
    // Fails only where a log is there already, which then stays.
    let _ = log::set_logger(if journal { &JOURNAL } else { &STANDARD_ERROR });
}

static JOURNAL: Remembering<systemd::journal::JournalLog> = Remembering(systemd::journal::JournalLog);
static STANDARD_ERROR: Remembering<StandardError> = Remembering(StandardError);

/// A log whose last lines are kept.
struct Remembering<L>(L);

impl<L: Log> Log for Remembering<L> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.0.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        self.0.log(record);
        if record.level() <= log::max_level() {
            memory::keep(record, crate::clock::utc());
        }
    }

    fn flush(&self) {
        self.0.flush();
    }
}

/// One line a record: time, level, module, text.
struct StandardError;

impl Log for StandardError {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let utc = crate::clock::utc().0;
            let (day_seconds, millis) = ((utc / 1000) % 86_400, utc % 1000);
            let (hours, minutes, seconds) = (day_seconds / 3600, day_seconds / 60 % 60, day_seconds % 60);
            // A log that cannot be written must not stop calls.
            let _ = writeln!(
                std::io::stderr().lock(),
                "{hours:02}:{minutes:02}:{seconds:02}.{millis:03} {:<5} {}: {}",
                record.level(),
                record.target(),
                record.args()
            );
        }
    }

    fn flush(&self) {}
}
