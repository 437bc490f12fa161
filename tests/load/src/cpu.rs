//! CPU time and memory of another process, from `/proc`.

use anyhow::{Context, Result};
use std::fs;
use std::time::Duration;

/// CPU time all living threads of `pid` have used, to the nanosecond (`schedstat`; `utime + stime`
/// count in ticks of 10 ms). Threads that ended are not in it: `pabxd` keeps its threads.
pub(crate) fn used(pid: u32) -> Result<Duration> {
    let mut nanos = 0_u64;
    for task in fs::read_dir(format!("/proc/{pid}/task")).context("no such process")? {
        let Ok(text) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
        nanos += text.split(' ').next().unwrap_or("0").parse::<u64>().unwrap_or(0);
    }
    Ok(Duration::from_nanos(nanos))
}

/// Voluntary and involuntary context switches of all threads of `pid`: how often it waited.
pub(crate) fn switches(pid: u32) -> Result<u64> {
    let mut total = 0;
    for task in fs::read_dir(format!("/proc/{pid}/task")).context("no such process")? {
        let Ok(text) = fs::read_to_string(task?.path().join("status")) else { continue };
        total += text
            .lines()
            .filter(|line| line.contains("ctxt_switches"))
            .filter_map(|line| line.split_whitespace().last()?.parse::<u64>().ok())
            .sum::<u64>();
    }
    Ok(total)
}

/// Resident memory of `pid` in KiB.
pub(crate) fn resident_kib(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("no such process")?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok())
        .context("no VmRSS in /proc status")
}
