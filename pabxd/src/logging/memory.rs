//! The last lines of the log, for who looks at the box from a browser.

use log::{Level, Record};
use pabx_model::Timestamp;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Lines that are kept.
const LINES: usize = 2_000;
/// Octets of a line's text at most; the rest is cut off.
const MAX_TEXT: usize = 2_000;

static MEMORY: Mutex<Memory> = Mutex::new(Memory { lines: VecDeque::new(), last: 0 });

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counts up from the daemon's start.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// How bad.
    pub level: Level,
    /// The module that says it.
    pub target: String,
    /// What it says.
    pub text: String,
}

struct Memory {
    lines: VecDeque<Line>,
    last: u64,
}

fn memory() -> MutexGuard<'static, Memory> {
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a line.
pub(super) fn keep(record: &Record<'_>, at: Timestamp) {
    let mut text = record.args().to_string();
    text.truncate(text.floor_char_boundary(MAX_TEXT));
    memory().keep(at, record.level(), record.target(), text);
}

/// At most `limit` lines as bad as `least` or worse, the newest first, from before line `before`.
pub fn lines(least: Level, before: Option<u64>, limit: usize) -> Vec<Line> {
    memory().lines(least, before.unwrap_or(u64::MAX), limit)
}

impl Memory {
    fn keep(&mut self, at: Timestamp, level: Level, target: &str, text: String) {
        self.last = self.last.saturating_add(1);
        self.lines.push_back(Line { number: self.last, at, level, target: target.to_owned(), text });
        if self.lines.len() > LINES {
            self.lines.pop_front();
        }
    }

    fn lines(&self, least: Level, before: u64, limit: usize) -> Vec<Line> {
        let wanted = |line: &&Line| line.number < before && line.level <= least;
        self.lines.iter().rev().filter(wanted).take(limit).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_come_first_page_by_page_and_the_oldest_are_forgotten() {
        let mut memory = Memory { lines: VecDeque::new(), last: 0 };
        for number in 0..2_010_u64 {
            let level = if number % 2 == 0 { Level::Warn } else { Level::Debug };
            memory.keep(Timestamp(number), level, "pabxd", number.to_string());
        }
        let numbers = |lines: Vec<Line>| lines.iter().map(|line| line.number).collect::<Vec<_>>();
        assert_eq!(numbers(memory.lines(Level::Debug, u64::MAX, 2)), [2010, 2009]);
        assert_eq!(numbers(memory.lines(Level::Warn, 2009, 2)), [2007, 2005]);
        assert_eq!(memory.lines(Level::Trace, u64::MAX, 9_999).len(), 2_000);
        assert!(memory.lines(Level::Trace, 11, 10).is_empty());
    }
}
