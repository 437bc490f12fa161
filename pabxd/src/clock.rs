//! The one place that reads the clocks; everything inside is told the time.

use pabx_call::Now;
use pabx_model::Timestamp;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Both clocks at this moment.
pub fn now() -> Now {
    Now { mono: Instant::now(), utc: utc() }
}

/// Milliseconds since 1970; 0 where the wall clock stands before it.
pub fn utc() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
