//! Where a message ends: a stream of SIP says so itself (RFC 3261 §18.3); messages of a WebSocket come from the edge with
//! their length before them, and need no Content-Length (RFC 7118 §5).

use super::stream::End;
use crate::edge::link;
use bytes::{Bytes, BytesMut};
use pabx_sip::flow::Transport;
use pabx_sip::frame::{Frame, Framer};
use tokio_util::codec::{Decoder, Encoder, LengthDelimitedCodec};

/// Finds messages in what comes.
pub(super) enum Framing {
    /// A stream.
    Stream(Framer),
    /// Messages, each after its length.
    Messages(LengthDelimitedCodec, BytesMut),
}

impl Framing {
    /// As this transport does.
    pub(super) fn of(transport: Transport) -> Self {
        if is_of_messages(transport) {
            Self::Messages(link::messages(), BytesMut::new())
        } else {
            Self::Stream(Framer::new())
        }
    }

    /// Takes what was read.
    pub(super) fn push(&mut self, octets: &[u8]) {
        match self {
            Self::Stream(framer) => framer.push(octets),
            Self::Messages(_, buffer) => buffer.extend_from_slice(octets),
        }
    }

    /// Octets of a message that is not whole yet.
    pub(super) fn pending(&self) -> usize {
        match self {
            Self::Stream(framer) => framer.pending(),
            Self::Messages(_, buffer) => buffer.len(),
        }
    }

    /// The next message that is whole.
    pub(super) fn next(&mut self) -> Result<Option<Frame>, End> {
        match self {
            Self::Stream(framer) => framer.next().map_err(|_| End::Framing),
            Self::Messages(codec, buffer) => {
                let message = codec.decode(buffer).map_err(|_| End::Framing)?;
                Ok(message.map(|message| Frame::Message(message.freeze())))
            }
        }
    }
}

/// A message as it is sent.
pub(super) fn packed(transport: Transport, message: Bytes) -> Bytes {
    if !is_of_messages(transport) {
        return message;
    }
    let mut packed = BytesMut::new();
    // Fails above the bound alone, and nothing that we send comes near it.
    match link::messages().encode(message, &mut packed) {
        Ok(()) => packed.freeze(),
        Err(_) => Bytes::new(),
    }
}

fn is_of_messages(transport: Transport) -> bool {
    matches!(transport, Transport::Ws | Transport::Wss)
}
