//! The packets that wait, each in the place of its sequence number.

use super::{Content, MAX_PACKETS};
use crate::rtp::{MAX_PACKET, Packet};

/// Octets that are allocated for a packet at least: 20 ms of G.711, and nearly everything of Opus.
const SMALLEST: usize = 256;

/// A packet that waits.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) content: Content,
    /// Keeps its memory from packet to packet.
    pub(super) payload: Vec<u8>,
    used: bool,
}

/// The window of [`MAX_PACKETS`] sequence numbers.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    slots: Vec<Slot>,
    used: usize,
}

impl Slots {
    pub(super) fn new() -> Self {
        let slot =
            Slot { sequence: 0, timestamp: 0, content: Content::Event, payload: Vec::new(), used: false };
        Self { slots: vec![slot; MAX_PACKETS], used: 0 }
    }

    fn index(sequence: u16) -> usize {
        usize::from(sequence) % MAX_PACKETS
    }

    pub(super) fn get(&self, sequence: u16) -> Option<&Slot> {
        self.slots.get(Self::index(sequence)).filter(|slot| slot.used && slot.sequence == sequence)
    }

    /// Keeps a packet, in place of what another number left there.
    pub(super) fn insert(&mut self, packet: &Packet<'_>, content: Content) {
        let Some(slot) = self.slots.get_mut(Self::index(packet.sequence)) else { return };
        self.used += usize::from(!slot.used);
        (slot.used, slot.sequence, slot.timestamp, slot.content) =
            (true, packet.sequence, packet.timestamp, content);
        let payload = packet.payload.get(..MAX_PACKET).unwrap_or(packet.payload);
        slot.payload.clear();
        if slot.payload.capacity() < payload.len() {
            // In steps, lest a codec of varying length allocates now and then for minutes.
            slot.payload.reserve_exact(payload.len().max(SMALLEST).next_power_of_two());
        }
        slot.payload.extend_from_slice(payload);
    }

    /// Forgets a packet; whether it was there. Its octets stay readable until another takes its place.
    pub(super) fn remove(&mut self, sequence: u16) -> bool {
        let slot = self.slots.get_mut(Self::index(sequence));
        let Some(slot) = slot.filter(|slot| slot.used && slot.sequence == sequence) else { return false };
        slot.used = false;
        self.used -= 1;
        true
    }

    /// The octets of a packet that was just removed.
    pub(super) fn removed(&self, sequence: u16) -> &[u8] {
        let slot = self.slots.get(Self::index(sequence)).filter(|slot| slot.sequence == sequence);
        slot.map_or(&[], |slot| slot.payload.as_slice())
    }

    /// The first packet from a sequence number on.
    pub(super) fn first_from(&self, sequence: u16) -> Option<&Slot> {
        if self.used == 0 {
            return None;
        }
        (0u16..).take(MAX_PACKETS).find_map(|ahead| self.get(sequence.wrapping_add(ahead)))
    }

    /// Forgets all; how many there were.
    pub(super) fn clear(&mut self) -> usize {
        self.slots.iter_mut().for_each(|slot| slot.used = false);
        std::mem::take(&mut self.used)
    }

    pub(super) const fn len(&self) -> usize {
        self.used
    }
}
