//! SRTP on one leg of the relay.

use crate::srtp::{Receiver, Refused, Security, Sender};

/// The keys of a leg and what is counted under each of them.
#[derive(Debug)]
pub(super) struct Protection {
    keys: Security,
    // `None` cannot be, for keys have the length of their suite. If it were, nothing would pass.
    receiver: Option<Receiver>,
    sender: Option<Sender>,
}

impl Protection {
    /// Takes over the keys of a plan. Under a key that stays the counts go on: to begin anew would use its key stream again.
    pub(super) fn follow(before: Option<Box<Self>>, keys: Option<&Security>) -> Option<Box<Self>> {
        let keys = keys?;
        let (mut receiver, mut sender) = (None, None);
        if let Some(before) = before {
            receiver = before.receiver.filter(|_| before.keys.receive == keys.receive);
            sender = before.sender.filter(|_| before.keys.send == keys.send);
        }
        Some(Box::new(Self {
            receiver: receiver.or_else(|| Receiver::new(&keys.receive)),
            sender: sender.or_else(|| Sender::new(&keys.send)),
            keys: keys.clone(),
        }))
    }

    /// The suite of both directions.
    pub(super) fn suite(&self) -> crate::srtp::Suite {
        self.keys.send.suite()
    }

    pub(super) fn open_rtp(&mut self, packet: &mut [u8]) -> Result<usize, Refused> {
        self.receiver.as_mut().ok_or(Refused::Tag)?.open_rtp(packet)
    }

    pub(super) fn open_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, Refused> {
        self.receiver.as_mut().ok_or(Refused::Tag)?.open_rtcp(packet)
    }

    pub(super) fn seal_rtp(&mut self, room: &mut [u8], length: usize) -> Option<usize> {
        self.sender.as_mut()?.seal_rtp(room, length)
    }

    pub(super) fn seal_rtcp(&mut self, room: &mut [u8], length: usize) -> Option<usize> {
        self.sender.as_mut()?.seal_rtcp(room, length)
    }
}
