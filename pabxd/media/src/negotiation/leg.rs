//! Offer and answer of one leg.
//!
//! | state      | `remote_offer` | `local_answer`      | `local_offer` | `remote_answer`     | `rollback` |
//! |------------|----------------|---------------------|---------------|---------------------|------------|
//! | `Idle`     | → `Received`   | `NoOffer`           | → `Sent`      | `NoOffer`           | –          |
//! | `Received` | `OfferPending` | → `Answered`        | → `Sent` ¹    | `NoOffer`           | → `Idle`   |
//! | `Answered` | → `Received`   | stays: again ²      | → `Sent`      | `NoOffer`           | –          |
//! | `Sent`     | `Glare`        | `NoOffer`           | → `Sent` ¹    | → `Agreed`          | → `Idle`   |
//! | `Agreed`   | → `Received`   | `NoOffer`           | → `Sent`      | stays: again ²      | –          |
//!
//! ¹ What was pending is forgotten: the caller has refused it, or retries after a 491.
//! ² An answer in 183 comes again in 200; that of another forked phone may differ, and then is a new agreement.
//!
//! An error changes no state. The agreement of the last completed exchange stands until the next completes.

use std::net::IpAddr;
use std::sync::Arc;

use super::read::{Current, Offered, RemoteAudio, read_answer, read_offer};
use super::restrict::restricted;
use super::secure::{Accepted, Encryption, SECURED, Terms};
use super::write::{LocalAudio, StreamLine, describe};
use super::{
    AudioStream, Direction, LegPlan, MAX_FORMATS, NegotiationError, PlannedFormat, numbers::Numbers,
};
use crate::codec::{Codec, CodecName};
use crate::sdp::SessionDescription;
use crate::srtp::{CryptoLine, Suite};

/// Where this PBX receives one leg's media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalMedia {
    /// Address advertised in `c=`.
    pub ip: IpAddr,
    /// Even RTP port; RTCP is on the next one.
    pub rtp_port: u16,
}

/// The negotiation of one leg.
#[derive(Debug)]
pub struct MediaLeg {
    local: LocalMedia,
    session_id: u64,
    signalling: Option<IpAddr>,
    /// The only codecs, the best first.
    only: Option<Arc<[CodecName]>>,
    terms: Box<Terms>,
    exchange: Exchange,
    current: Option<Agreement>,
    numbers: Numbers,
    sent: Option<Sent>,
}

#[derive(Clone, Debug)]
enum Exchange {
    Idle,
    Received(RemoteOffer),
    Answered(RemoteOffer),
    Sent(LocalOffer),
    Agreed(LocalOffer),
}

/// The peer's offer.
#[derive(Clone, Debug)]
struct RemoteOffer {
    fingerprint: u64,
    lines: Vec<StreamLine>,
    audio: RemoteAudio,
}

/// Our offer.
#[derive(Clone, Debug)]
struct LocalOffer {
    lines: Vec<StreamLine>,
    index: usize,
    direction: Direction,
    /// Packet time and the longest one, as offered.
    ptimes: (Option<u16>, Option<u16>),
    /// In this leg's numbers.
    codecs: Vec<Codec>,
    /// The canonical number of each of `codecs`.
    canonical: Vec<u8>,
    /// Our keys, one of which the peer may choose.
    crypto: Vec<CryptoLine>,
    /// It must choose one.
    secured: bool,
}

/// The outcome of a completed exchange.
#[derive(Clone, Debug)]
struct Agreement {
    /// Of the peer's last description.
    fingerprint: u64,
    stream: AudioStream,
    lines: Vec<StreamLine>,
    index: usize,
    secured: Option<Box<Accepted>>,
    plan: LegPlan,
}

/// The last description that went out.
#[derive(Clone, Copy, Debug)]
struct Sent {
    fingerprint: u64,
    version: u64,
}

impl MediaLeg {
    /// A leg with nothing agreed. `session_id` goes to `o=`.
    pub fn new(local: LocalMedia, session_id: u64) -> Self {
        let (exchange, numbers) = (Exchange::Idle, Numbers::default());
        let terms = Box::default();
        Self {
            local,
            session_id,
            signalling: None,
            only: None,
            terms,
            exchange,
            current: None,
            numbers,
            sent: None,
        }
    }

    /// Whether the sound is to be encrypted, before anything is described. `confidential`: the leg's signalling is, so that
    /// keys may be in it. The keys that we choose follow from `seed`, which must be random.
    pub fn encrypt(&mut self, wanted: Encryption, confidential: bool, seed: [u8; 32]) {
        *self.terms = Terms::new(wanted, confidential, seed);
    }

    /// Whether an offer of ours can keep what is wanted of encryption. If not, none must be made.
    pub fn can_offer(&self) -> bool {
        self.terms.can_offer()
    }

    /// The signalling goes on in clear from here: there will be no keys in it. False: there are keys in use already, and it
    /// must not go on so.
    pub fn overheard(&mut self) -> bool {
        let free = self.suite().is_none();
        if free {
            self.terms.overheard();
        }
        free
    }

    /// What the sound is encrypted with, as agreed; `None`: it is not.
    pub fn suite(&self) -> Option<Suite> {
        Some(self.current.as_ref()?.plan.security.as_ref()?.receive.suite())
    }

    /// Where the peer's signalling comes from: packets from there are trusted sooner by the relay.
    pub fn signalled_from(&mut self, host: IpAddr) {
        self.signalling = Some(host.to_canonical());
    }

    /// Only these codecs are offered and understood, the best first.
    pub fn restrict_to(&mut self, only: Arc<[CodecName]>) {
        self.only = Some(only);
    }

    /// Whether sound is left of a stream that is offered to this leg.
    pub fn allows(&self, stream: &AudioStream) -> bool {
        let Some(only) = &self.only else { return true };
        !stream.has_audio() || restricted(&stream.codecs, only).iter().any(|codec| !codec.is_event())
    }

    /// Reads the peer's offer; the stream goes to the other leg.
    pub fn remote_offer(&mut self, body: &[u8]) -> Result<AudioStream, NegotiationError> {
        match self.exchange {
            Exchange::Sent(_) => return Err(NegotiationError::Glare),
            Exchange::Received(_) => return Err(NegotiationError::OfferPending),
            Exchange::Idle | Exchange::Answered(_) | Exchange::Agreed(_) => {}
        }
        let description = SessionDescription::parse(body)?;
        let current = Current {
            local: self.local.ip,
            index: self.current.as_ref().map(|current| current.index),
            security: self.current.as_ref().and_then(|current| current.plan.security.as_deref()),
        };
        let mut audio = read_offer(&description, current, &mut self.terms)?;
        if let Some(only) = self.only.as_ref().filter(|_| audio.enabled) {
            audio.stream.codecs = restricted(&audio.stream.codecs, only);
            if !audio.stream.has_audio() {
                return Err(NegotiationError::NoCommonCodec);
            }
        }
        let stream = audio.stream.clone();
        let lines = description.media.iter().map(StreamLine::of).collect();
        self.exchange =
            Exchange::Received(RemoteOffer { fingerprint: description.fingerprint(), lines, audio });
        Ok(stream)
    }

    /// Answers the peer's offer with what the other leg agreed to.
    ///
    /// May be called again for the same offer; the text is the same as long as `agreed` is.
    pub fn local_answer(&mut self, agreed: &AudioStream) -> Result<String, NegotiationError> {
        let (Exchange::Received(offer) | Exchange::Answered(offer)) = &self.exchange else {
            return Err(NegotiationError::NoOffer);
        };
        let offer = offer.clone();
        let RemoteAudio { index, enabled, stream, secured } = &offer.audio;
        let (text, stream, plan) = if *enabled {
            let (mut answer, formats) = answer_stream(stream, agreed)?;
            answer.crypto = secured.iter().map(|secured| secured.ours().clone()).collect();
            answer.codecs.iter().for_each(|codec| self.numbers.record(codec));
            let stream = canonical_stream(stream, &answer, &formats);
            let plan = self.make_plan(&stream, secured.as_deref(), formats, answer.direction);
            (self.write(&offer.lines, Some((*index, &answer))), stream, plan)
        } else {
            let secured = self.secured();
            let plan = self.make_plan(stream, secured.as_deref(), Vec::new(), Direction::Inactive);
            (self.write(&offer.lines, None), stream.clone(), plan)
        };
        let (fingerprint, lines, index) = (offer.fingerprint, offer.lines.clone(), *index);
        let secured = if *enabled { secured.clone() } else { self.secured() };
        self.complete(Agreement { fingerprint, stream, lines, index, secured, plan });
        self.exchange = Exchange::Answered(offer);
        Ok(text)
    }

    /// Offers the peer what the other leg described (or [`AudioStream::preferred`], also used when there is no
    /// supported audio in `wanted`).
    pub fn local_offer(&mut self, wanted: &AudioStream) -> String {
        let (codecs, canonical) = self.number(&self.to_offer(wanted));
        let (lines, index, crypto, secured) = if let Some(current) = &self.current {
            // What was agreed is offered again, and nothing else: the stream's counts go on.
            let crypto: Vec<CryptoLine> = current.secured.iter().map(|both| both.ours().clone()).collect();
            let secured = !crypto.is_empty();
            (current.lines.clone(), current.index, crypto, secured)
        } else {
            let (profile, crypto) = self.terms.first_offer();
            (vec![StreamLine::audio(profile)], 0, crypto, profile == SECURED)
        };
        let direction = wanted.direction;
        let audio = LocalAudio { codecs, direction, ptime: wanted.ptime, maxptime: wanted.maxptime, crypto };
        let text = self.write(&lines, Some((index, &audio)));
        let LocalAudio { codecs, crypto, ptime, maxptime, .. } = audio;
        let ptimes = (ptime, maxptime);
        self.exchange = Exchange::Sent(LocalOffer {
            lines,
            index,
            direction,
            ptimes,
            codecs,
            canonical,
            crypto,
            secured,
        });
        text
    }

    /// Our first offer again, to a peer that has refused it: with the profile of SRTP, which says that it is encrypted or
    /// nothing. `None`: it had no keys in it, or said so before.
    pub fn insist(&mut self) -> Option<String> {
        let Exchange::Sent(offer) = &self.exchange else { return None };
        if self.current.is_some() || offer.secured || offer.crypto.is_empty() {
            return None;
        }
        let mut offer = offer.clone();
        offer.secured = true;
        offer.lines = offer.lines.iter().map(|line| line.with_protocol(SECURED)).collect();
        let audio = LocalAudio {
            codecs: offer.codecs.clone(),
            direction: offer.direction,
            ptime: offer.ptimes.0,
            maxptime: offer.ptimes.1,
            crypto: offer.crypto.clone(),
        };
        let text = self.write(&offer.lines, Some((offer.index, &audio)));
        self.exchange = Exchange::Sent(offer);
        Some(text)
    }

    fn to_offer(&self, wanted: &AudioStream) -> Vec<Codec> {
        let fits = wanted.has_audio() && self.allows(wanted);
        let codecs = if fits { wanted.codecs.clone() } else { Codec::preferred() };
        match &self.only {
            Some(only) => restricted(&codecs, only),
            None => codecs,
        }
    }

    /// Reads the peer's answer, in canonical numbers. The same answer may come again (183, then 200).
    ///
    /// In a session that has a stream already, the peer may switch it off (port 0); in a new one that is `NoAudio`.
    pub fn remote_answer(&mut self, body: &[u8]) -> Result<AudioStream, NegotiationError> {
        let (Exchange::Sent(offer) | Exchange::Agreed(offer)) = &self.exchange else {
            return Err(NegotiationError::NoOffer);
        };
        let offer = offer.clone();
        let remote = SessionDescription::parse(body)?;
        let offered = Offered {
            index: offer.index,
            codecs: &offer.codecs,
            crypto: &offer.crypto,
            required: offer.secured,
        };
        let audio = read_answer(&remote, self.local.ip, offered)?;
        if !audio.enabled && self.current.is_none() {
            return Err(NegotiationError::NoAudio);
        }
        let (stream, formats) =
            if audio.enabled { accept_answer(&offer, &audio.stream)? } else { (audio.stream, Vec::new()) };
        let secured = if audio.enabled { audio.secured } else { self.secured() };
        let plan = self.make_plan(&stream, secured.as_deref(), formats, stream.direction.reversed());
        let (fingerprint, lines, index) = (remote.fingerprint(), offer.lines.clone(), offer.index);
        self.complete(Agreement { fingerprint, stream: stream.clone(), lines, index, secured, plan });
        self.exchange = Exchange::Agreed(offer);
        Ok(stream)
    }

    /// The exchange under way failed: what was agreed before stands.
    pub fn rollback(&mut self) {
        if self.is_pending() {
            self.exchange = Exchange::Idle;
        }
    }

    /// What the relay should do now; without an agreement an empty plan, which lets nothing through.
    pub fn plan(&self) -> LegPlan {
        self.current.as_ref().map_or_else(LegPlan::default, |current| current.plan.clone())
    }

    /// Whether an offer is unanswered.
    pub fn is_pending(&self) -> bool {
        matches!(self.exchange, Exchange::Received(_) | Exchange::Sent(_))
    }

    /// What the peer described last, narrowed to what was agreed, in canonical numbers: what the other leg is
    /// answered with when it only refreshes its session.
    pub fn agreed(&self) -> Option<&AudioStream> {
        self.current.as_ref().map(|current| &current.stream)
    }

    /// Whether an offer repeats the peer's current description but for `o=` (session refresh, RFC 4028 §7.4).
    pub fn same_as_current(&self, body: &[u8]) -> bool {
        let Some(current) = &self.current else { return false };
        SessionDescription::parse(body).is_ok_and(|offer| offer.fingerprint() == current.fingerprint)
    }

    /// This leg's numbers for the supported formats, and their canonical ones.
    fn number(&mut self, wanted: &[Codec]) -> (Vec<Codec>, Vec<u8>) {
        let supported = wanted.iter().filter(|codec| codec.is_supported()).take(MAX_FORMATS);
        let mut numbered: Vec<(Codec, u8)> = Vec::new();
        for codec in supported {
            let Some(number) = self.numbers.bind(codec) else { continue };
            if !numbered.iter().any(|(other, _)| other.payload_type == number) {
                numbered.push((Codec { payload_type: number, ..codec.clone() }, codec.payload_type));
            }
        }
        numbered.into_iter().unzip()
    }

    /// RFC 3264 §8: the version grows by one when the description differs from the last one sent.
    fn write(&mut self, lines: &[StreamLine], audio: Option<(usize, &LocalAudio)>) -> String {
        let mut description = describe(self.local, self.session_id, lines, audio);
        let fingerprint = description.fingerprint();
        let version = match self.sent {
            None => 1,
            Some(sent) if sent.fingerprint == fingerprint => sent.version,
            Some(sent) => sent.version.saturating_add(1),
        };
        self.sent = Some(Sent { fingerprint, version });
        description.origin.version = version.to_string();
        description.to_string()
    }

    /// The keys in use: a stream that is switched off keeps them.
    fn secured(&self) -> Option<Box<Accepted>> {
        self.current.as_ref()?.secured.clone()
    }

    fn make_plan(
        &self,
        stream: &AudioStream,
        secured: Option<&Accepted>,
        formats: Vec<PlannedFormat>,
        direction: Direction,
    ) -> LegPlan {
        LegPlan {
            security: secured.map(|secured| Box::new(secured.security())),
            remote_rtp: stream.remote,
            remote_rtcp: stream.rtcp,
            signalling: self.signalling,
            formats,
            direction,
            generation: self.current.as_ref().map_or(0, |current| current.plan.generation),
        }
    }

    /// A completed exchange starts a new generation; the repetition of an answer does not.
    fn complete(&mut self, mut agreement: Agreement) {
        let repeated =
            !self.is_pending() && self.current.as_ref().is_some_and(|old| old.plan == agreement.plan);
        if !repeated {
            agreement.plan.generation = agreement.plan.generation.wrapping_add(1);
        }
        self.current = Some(agreement);
    }
}

/// Our answer to `offered`: its formats that `agreed` has too, in the order of `agreed`, in the offer's numbers.
fn answer_stream(
    offered: &AudioStream,
    agreed: &AudioStream,
) -> Result<(LocalAudio, Vec<PlannedFormat>), NegotiationError> {
    let mut codecs = Vec::new();
    let mut formats = Vec::new();
    for codec in &agreed.codecs {
        let Some(own) = offered.codecs.iter().find(|own| own.same_format(codec)) else { continue };
        codecs.push(Codec { payload_type: own.payload_type, ..codec.clone() });
        formats.push(planned(own, own.payload_type, codec.payload_type));
    }
    if codecs.iter().all(Codec::is_event) {
        return Err(NegotiationError::NoCommonCodec);
    }
    // RFC 3264 §6.1: the answer allows no more than the offer.
    let direction = offered.direction.reversed().and(agreed.direction);
    let (ptime, maxptime) = (agreed.ptime, agreed.maxptime);
    Ok((LocalAudio { codecs, direction, ptime, maxptime, crypto: Vec::new() }, formats))
}

/// The peer's offer narrowed to the answer, in canonical numbers.
fn canonical_stream(offered: &AudioStream, answer: &LocalAudio, formats: &[PlannedFormat]) -> AudioStream {
    let renumber = |format: &PlannedFormat| {
        let codec = offered.codecs.iter().find(|codec| codec.payload_type == format.receive)?;
        Some(Codec { payload_type: format.canonical, ..codec.clone() })
    };
    let direction = answer.direction.reversed();
    AudioStream { codecs: formats.iter().filter_map(renumber).collect(), direction, ..offered.clone() }
}

/// The peer's answer in canonical numbers, narrowed to our offer.
fn accept_answer(
    offer: &LocalOffer,
    answer: &AudioStream,
) -> Result<(AudioStream, Vec<PlannedFormat>), NegotiationError> {
    let mut codecs = Vec::new();
    let mut formats = Vec::new();
    for codec in &answer.codecs {
        let mut ours = offer.codecs.iter().zip(&offer.canonical);
        let Some((own, canonical)) = ours.find(|(own, _)| own.same_format(codec)) else { continue };
        codecs.push(Codec { payload_type: *canonical, ..codec.clone() });
        formats.push(planned(own, codec.payload_type, *canonical));
    }
    if codecs.iter().all(Codec::is_event) {
        return Err(NegotiationError::NoCommonCodec);
    }
    let direction = answer.direction.and(offer.direction.reversed());
    Ok((AudioStream { codecs, direction, held: !direction.receives(), ..answer.clone() }, formats))
}

fn planned(own: &Codec, send: u8, canonical: u8) -> PlannedFormat {
    let (receive, clock_rate, event) = (own.payload_type, own.clock_rate, own.is_event());
    PlannedFormat { receive, send, canonical, clock_rate, event }
}
