//! Payload types of one leg as tables, so that a packet costs one look-up each way.

use crate::negotiation::{LegPlan, MAX_FORMATS, PlannedFormat};

/// No format.
const NONE: u8 = u8::MAX;

/// What the plan says of payload types.
#[derive(Clone, Debug)]
pub(super) struct Formats {
    planned: heapless::Vec<PlannedFormat, MAX_FORMATS>,
    /// From the number on the wire to the place in `planned`.
    receive: [u8; 128],
    /// From the canonical number to the one on the wire.
    send: [u8; 128],
}

impl Default for Formats {
    fn default() -> Self {
        Self { planned: heapless::Vec::new(), receive: [NONE; 128], send: [NONE; 128] }
    }
}

impl Formats {
    /// At most [`MAX_FORMATS`]; the negotiation makes no more.
    pub(super) fn of(plan: &LegPlan) -> Self {
        let mut formats = Self::default();
        for format in plan.formats.iter().take(MAX_FORMATS) {
            let place = u8::try_from(formats.planned.len()).unwrap_or(NONE);
            set(&mut formats.receive, format.receive, place);
            set(&mut formats.send, format.canonical, format.send & 0x7f);
            // The loop takes no more than fit.
            let _ = formats.planned.push(*format);
        }
        formats
    }

    /// The format of a number in packets from the peer; `None`: not negotiated.
    pub(super) fn received(&self, payload_type: u8) -> Option<PlannedFormat> {
        let place = *self.receive.get(usize::from(payload_type))?;
        self.planned.get(usize::from(place)).copied()
    }

    /// The number in packets to the peer; `None`: not negotiated.
    pub(super) fn sent(&self, canonical: u8) -> Option<u8> {
        self.send.get(usize::from(canonical)).copied().filter(|number| *number != NONE)
    }
}

/// The first meaning of a number stays.
fn set(table: &mut [u8; 128], at: u8, value: u8) {
    if let Some(slot) = table.get_mut(usize::from(at)).filter(|slot| **slot == NONE) {
        *slot = value;
    }
}
