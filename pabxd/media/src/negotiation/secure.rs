//! Whether and how the sound of one leg is encrypted (RFC 4568): which profile and keys are offered, and what of the peer's
//! is accepted.
//!
//! What the peer offers:
//!
//! | its stream               | `Off`    | `Offered`, SIP over TLS | `Required`, SIP over TLS | SIP in clear, as wanted        |
//! |--------------------------|----------|-------------------------|--------------------------|--------------------------------|
//! | RTP/AVP                  | in clear | in clear                | refused                  | in clear; `Required`: refused  |
//! | RTP/AVP with a=crypto    | in clear | encrypted ¹             | encrypted                | in clear; `Required`: refused  |
//! | RTP/SAVP                 | refused  | encrypted               | encrypted                | refused ²                      |
//!
//! ¹ In clear where no line of it can be used.
//! ² Everybody on the way has read the keys: a call that looks encrypted and is not would be worse than none.
//!
//! What we offer: RTP/AVP without keys (`Off`, and `Offered` over SIP in clear), RTP/AVP with a=crypto (`Offered`: who does
//! not know SRTP passes over attributes that he does not know, RFC 8866 §5.13, and answers in clear), RTP/SAVP (`Required`).
//! A phone that insists on the other profile may refuse that; it can be offered again, as if it were required.
//! Inside a session that has an agreement what was agreed is offered again, and with our same key.

use super::NegotiationError;
use crate::sdp::MediaDescription;
use crate::srtp::{CryptoLine, KeySource, MAX_CRYPTO_LINES, MasterKey, Security, Suite};

/// The profile of an offer that is encrypted or nothing.
pub(super) const SECURED: &str = "RTP/SAVP";

/// Whether a leg's sound is to be encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encryption {
    /// Never.
    #[default]
    Off,
    /// Where the peer can.
    Offered,
    /// There is no call otherwise.
    Required,
}

/// The terms of one leg.
#[derive(Debug, Default)]
pub(super) struct Terms {
    wanted: Encryption,
    /// The leg's signalling is encrypted, so that nobody else reads its keys.
    confidential: bool,
    source: Option<KeySource>,
}

/// The peer's line that was accepted, and ours in return: tag and suite are the same (RFC 4568 §5.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    theirs: CryptoLine,
    ours: CryptoLine,
}

impl Accepted {
    /// The keys for the relay.
    pub(super) fn security(&self) -> Security {
        Security { receive: self.theirs.key.clone(), send: self.ours.key.clone() }
    }

    /// Our line.
    pub(super) fn ours(&self) -> &CryptoLine {
        &self.ours
    }
}

impl Terms {
    pub(super) fn new(wanted: Encryption, confidential: bool, seed: [u8; 32]) -> Self {
        Self { wanted, confidential, source: Some(KeySource::new(seed)) }
    }

    /// Whether an offer of ours would keep what is wanted.
    pub(super) fn can_offer(&self) -> bool {
        self.wanted != Encryption::Required || self.confidential
    }

    /// The signalling is in clear from here.
    pub(super) fn overheard(&mut self) {
        self.confidential = false;
    }

    fn speaks(&self) -> bool {
        self.wanted != Encryption::Off && self.confidential
    }

    /// The profile and the lines of a first offer.
    pub(super) fn first_offer(&mut self) -> (&'static str, Vec<CryptoLine>) {
        if !self.speaks() {
            return ("RTP/AVP", Vec::new());
        }
        let profile = if self.wanted == Encryption::Required { SECURED } else { "RTP/AVP" };
        let lines = (1u32..).zip(Suite::ALL).filter_map(|(tag, suite)| self.line(tag, suite)).collect();
        (profile, lines)
    }

    fn line(&mut self, tag: u32, suite: Suite) -> Option<CryptoLine> {
        Some(CryptoLine { tag, key: self.source.as_mut()?.choose(suite)? })
    }

    /// Reads what the stream of an offer says of encryption; `None`: it is to be in clear. See the table above.
    pub(super) fn read_offer(
        &self,
        media: &MediaDescription,
        current: Option<&Security>,
    ) -> Result<Option<CryptoLine>, NegotiationError> {
        let secured = is_secured(media)?;
        let required = self.wanted == Encryption::Required;
        if !self.speaks() {
            return match (secured, required) {
                (true, _) if self.wanted == Encryption::Off => {
                    Err(NegotiationError::Transport(media.protocol.as_str().into()))
                }
                (true, _) | (false, true) => Err(NegotiationError::KeysInClear),
                (false, false) => Ok(None),
            };
        }
        match chosen(media, current.map(|current| &current.receive)) {
            Some(line) => Ok(Some(line)),
            None if secured => Err(NegotiationError::NoUsableKey),
            None if required => Err(NegotiationError::NotEncrypted),
            None => Ok(None),
        }
    }

    /// Our line in return. As long as the peer keeps its key we keep ours, and the counts of the stream go on on both
    /// sides. When it changes its own, so do we: phones begin to count anew in both directions then.
    pub(super) fn accept(&mut self, theirs: CryptoLine, current: Option<&Security>) -> Option<Accepted> {
        let kept =
            current.filter(|current| current.receive == theirs.key).map(|current| current.send.clone());
        let ours = match kept {
            Some(key) => CryptoLine { tag: theirs.tag, key },
            None => self.line(theirs.tag, theirs.key.suite())?,
        };
        Some(Accepted { theirs, ours })
    }
}

/// Reads what the stream of an answer says of encryption; `None`: in clear.
pub(super) fn read_answer(
    media: &MediaDescription,
    offered: &[CryptoLine],
    required: bool,
) -> Result<Option<Accepted>, NegotiationError> {
    let secured = is_secured(media)?;
    if offered.is_empty() {
        let transport = || NegotiationError::Transport(media.protocol.as_str().into());
        return if secured { Err(transport()) } else { Ok(None) };
    }
    let mut values = media.values("crypto");
    match (values.next(), values.next()) {
        (None, _) if !secured && !required => Ok(None),
        (None, _) => Err(NegotiationError::NotEncrypted),
        // RFC 4568 §5.1.3: exactly one line, with the tag and the suite of one of ours.
        (Some(value), None) => {
            let theirs = CryptoLine::parse(value).ok_or(NegotiationError::NoUsableKey)?;
            let same = |ours: &&CryptoLine| ours.tag == theirs.tag && ours.key.suite() == theirs.key.suite();
            let ours = offered.iter().find(same).cloned().ok_or(NegotiationError::NoUsableKey)?;
            Ok(Some(Accepted { theirs, ours }))
        }
        (Some(_), Some(_)) => Err(NegotiationError::NoUsableKey),
    }
}

/// Whether the profile is one of SRTP; neither it nor plain RTP is an error.
fn is_secured(media: &MediaDescription) -> Result<bool, NegotiationError> {
    match media.protocol.as_str() {
        "RTP/AVP" | "RTP/AVPF" => Ok(false),
        "RTP/SAVP" | "RTP/SAVPF" => Ok(true),
        other => Err(NegotiationError::Transport(other.into())),
    }
}

/// The line whose key is in use already, else the first that can be used: the offerer has put them in its order.
fn chosen(media: &MediaDescription, in_use: Option<&MasterKey>) -> Option<CryptoLine> {
    let lines = || media.values("crypto").take(MAX_CRYPTO_LINES).filter_map(CryptoLine::parse);
    lines().find(|line| Some(&line.key) == in_use).or_else(|| lines().next())
}
