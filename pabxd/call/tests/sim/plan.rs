//! What kind of day it is.

use std::time::Duration;

use pabx_call::EngineConfig;

/// How many calls there are, and how bad the network is. Percentages are out of a hundred.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) extensions: u16,
    /// Calls that are begun.
    pub(crate) calls: u32,
    /// Over how long.
    pub(crate) over: Duration,
    pub(crate) loss: u32,
    pub(crate) duplicates: u32,
    /// Delay beyond the shortest, in milliseconds: packets overtake each other.
    pub(crate) jitter: u32,
    /// Phones that are unplugged during the day.
    pub(crate) deaths: u32,
    /// TCP connections that break and are made anew.
    pub(crate) reconnects: u32,
    /// Datagrams of strangers.
    pub(crate) noise: u32,
    /// Calls that the administrator ends.
    pub(crate) admin: u32,
    /// The day ends with a stop of the daemon instead of everybody hanging up.
    pub(crate) stops_in_order: bool,
    pub(crate) config: EngineConfig,
}

impl Plan {
    /// Good weather, bad weather and storms take turns; so do short session timers.
    pub(crate) fn of(seed: u64) -> Self {
        let (loss, duplicates, jitter) = match seed % 3 {
            0 => (0, 0, 5),
            1 => (5, 2, 60),
            _ => (25, 8, 300),
        };
        let session_interval = Duration::from_secs(if seed.is_multiple_of(2) { 1800 } else { 120 });
        let keep_alive = Duration::from_secs(if seed % 4 == 1 { 60 } else { 0 });
        let config = EngineConfig { session_interval, keep_alive, ..EngineConfig::default() };
        let deaths = if seed % 4 == 3 { 5 } else { 0 };
        Self {
            extensions: 30,
            calls: 400,
            over: Duration::from_mins(10),
            loss,
            duplicates,
            jitter,
            deaths,
            reconnects: if seed % 4 == 2 { 20 } else { 0 },
            noise: 300,
            admin: 10,
            stops_in_order: seed % 5 == 4,
            config,
        }
    }
}
