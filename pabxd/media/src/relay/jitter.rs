//! Interarrival jitter (RFC 3550 §6.4.1, A.8).

use std::time::Instant;

/// The estimate of one source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jitter {
    epoch: Instant,
    clock_rate: u32,
    transit: Option<u32>,
    /// Sixteen times the estimate, as in A.8.
    scaled: u32,
}

impl Jitter {
    /// `epoch` is any instant before the first packet.
    pub(super) fn new(epoch: Instant) -> Self {
        Self { epoch, clock_rate: 0, transit: None, scaled: 0 }
    }

    /// The source began anew: the estimate stays, the next packet is compared with none before it.
    pub(super) fn restart(&mut self) {
        self.transit = None;
    }

    /// Takes a packet of sound. When the clock changes, the estimate is carried over in time, not in units.
    pub(super) fn update(&mut self, timestamp: u32, clock_rate: u32, now: Instant) {
        if clock_rate != self.clock_rate {
            self.change_clock(clock_rate);
        }
        let transit = self.arrival(now).wrapping_sub(timestamp);
        if let Some(before) = self.transit.replace(transit) {
            let distance = transit.wrapping_sub(before).cast_signed().unsigned_abs();
            let smoothed = self.scaled.saturating_sub(self.scaled.saturating_add(8) >> 4);
            self.scaled = smoothed.saturating_add(distance);
        }
    }

    fn change_clock(&mut self, clock_rate: u32) {
        let scaled =
            u64::from(self.scaled).saturating_mul(u64::from(clock_rate)) / u64::from(self.clock_rate.max(1));
        self.scaled = u32::try_from(scaled).unwrap_or(u32::MAX);
        self.clock_rate = clock_rate;
        self.transit = None;
    }

    /// Now in units of the clock, wrapped as the timestamp is.
    fn arrival(&self, now: Instant) -> u32 {
        let since = now.saturating_duration_since(self.epoch);
        let rate = u64::from(self.clock_rate);
        let whole = since.as_secs().wrapping_mul(rate);
        let part = u64::from(since.subsec_nanos()).wrapping_mul(rate) / 1_000_000_000;
        u32::try_from(whole.wrapping_add(part) & u64::from(u32::MAX)).unwrap_or(0)
    }

    /// In timestamp units.
    pub(super) fn units(&self) -> u32 {
        self.scaled >> 4
    }

    /// In microseconds.
    pub(super) fn micros(&self) -> u32 {
        let micros = u64::from(self.scaled).saturating_mul(62_500) / u64::from(self.clock_rate.max(1));
        u32::try_from(micros).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[expect(clippy::disallowed_methods, reason = "an epoch")]
    fn epoch() -> Instant {
        Instant::now()
    }

    #[test]
    fn a_steady_stream_has_none_and_a_swinging_one_settles_at_its_swing() {
        let start = epoch();
        let mut jitter = Jitter::new(start);
        for n in 0..200u32 {
            jitter.update(n * 160, 8000, start + Duration::from_millis(u64::from(n) * 20));
        }
        assert_eq!(jitter.units(), 0);
        // Every other packet 5 ms late: each distance is 40 units.
        for n in 200..400u32 {
            let late = if n % 2 == 0 { 5 } else { 0 };
            jitter.update(n * 160, 8000, start + Duration::from_millis(u64::from(n) * 20 + late));
        }
        assert!((38..=40).contains(&jitter.units()), "{}", jitter.units());
        assert!((4700..=5000).contains(&jitter.micros()), "{}", jitter.micros());
    }

    #[test]
    fn another_clock_keeps_the_time_and_extremes_do_not_overflow() {
        let start = epoch();
        let mut jitter = Jitter::new(start);
        for n in 0..100u32 {
            jitter.update(
                n * 160,
                8000,
                start + Duration::from_millis(u64::from(n) * 20 + u64::from(n % 2) * 5),
            );
        }
        let before = jitter.micros();
        jitter.update(0, 48000, start + Duration::from_secs(3));
        assert!(jitter.micros().abs_diff(before) < 50);
        jitter.update(u32::MAX / 2, 48000, start + Duration::from_secs(1 << 32));
        jitter.update(0, u32::MAX, start);
        jitter.update(u32::MAX, 0, start);
        let _ = (jitter.units(), jitter.micros());
    }
}
