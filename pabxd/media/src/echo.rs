//! The echo test (`*43`): a leg's own packets go back to it.
//!
//! A receiver that finds its own SSRC in what it receives takes it for a loop and may drop it (RFC 3550 §8.2), so
//! the echo carries another one: the sender's, inverted. RTCP is not echoed, for it would report about itself.

/// Turns a packet that [`crate::relay::RelayLeg::receive_rtp`] let through into its echo, in place; then
/// [`crate::relay::RelayLeg::send_rtp`] of the same leg sends it.
pub fn turn_around(packet: &mut [u8]) {
    if let Some(ssrc) = packet.get_mut(8..12) {
        for octet in ssrc {
            *octet = !*octet;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_echo_has_another_ssrc_and_nothing_else_changes() {
        let mut packet = [0x80, 0, 0, 1, 0, 0, 0, 160, 0x12, 0x34, 0x56, 0x78, 0xd5];
        turn_around(&mut packet);
        assert_eq!(packet, [0x80, 0, 0, 1, 0, 0, 0, 160, 0xed, 0xcb, 0xa9, 0x87, 0xd5]);
        turn_around(&mut packet[..5]); // too short for RTP: untouched
        assert_eq!(packet[..5], [0x80, 0, 0, 1, 0]);
    }
}
