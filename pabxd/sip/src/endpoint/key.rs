//! How messages find their transaction: keyed hashes of what identifies them, so that no text is kept.
//!
//! The key is secret and random, so nobody outside can make two requests collide; by chance one of 400,000
//! transactions is hit once in 10¹³ requests.

use std::hash::{DefaultHasher, Hasher};

use crate::flow::Flow;
use crate::header::{CSeq, Via};
use crate::message::{Method, Request};

/// What a request is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Keys {
    /// The server transaction (RFC 3261 §17.2.3). ACK and CANCEL have that of their INVITE.
    pub(super) transaction: u64,
    /// Call-ID, From tag and CSeq: the same request by whatever path (RFC 3261 §8.2.2.2).
    pub(super) origin: u64,
    /// The request is outside a dialog: only then can it have been merged.
    pub(super) opens: bool,
}

/// A hasher (SipHash) that has absorbed a secret.
#[derive(Debug, Clone)]
pub(super) struct KeyHasher(DefaultHasher);

impl KeyHasher {
    pub(super) fn new(secret: [u8; 32]) -> Self {
        let mut seeded = DefaultHasher::new();
        seeded.write(&secret);
        Self(seeded)
    }

    /// The keys of a request whose top Via and CSeq were parsed.
    pub(super) fn request(&self, flow: &Flow, request: &Request, via: &Via, cseq: &CSeq) -> Keys {
        let method = match request.method() {
            // RFC 3261 §17.2.3, §9.2: both are matched to the INVITE.
            Method::Ack | Method::Cancel => &Method::Invite,
            other => other,
        };
        let call_id = request.call_id().unwrap_or_default();
        let from_tag = request.from_tag().unwrap_or_default();
        Keys {
            transaction: self.transaction(flow, request, via, cseq, method),
            origin: self.origin(call_id, from_tag, cseq.number, method),
            opens: request.to_tag().is_none(),
        }
    }

    fn transaction(&self, flow: &Flow, request: &Request, via: &Via, cseq: &CSeq, method: &Method) -> u64 {
        let mut hash = self.0.clone();
        // The source address too: a stranger who guessed the branch still cancels nothing (RFC 3261 §22.1).
        match flow.remote.ip().to_canonical() {
            std::net::IpAddr::V4(ip) => hash.write(&ip.octets()),
            std::net::IpAddr::V6(ip) => hash.write(&ip.octets()),
        }
        part(&mut hash, method.as_str());
        match via.branch().filter(|_| via.has_unique_branch()) {
            Some(branch) => part(&mut hash, branch),
            None => old_style(&mut hash, request, via, cseq),
        }
        hash_sent_by(&mut hash, via);
        hash.finish()
    }

    /// The key of requests with this Call-ID, From tag and CSeq.
    pub(super) fn origin(&self, call_id: &str, from_tag: &str, number: u32, method: &Method) -> u64 {
        let mut hash = self.0.clone();
        part(&mut hash, call_id);
        part(&mut hash, from_tag);
        hash.write_u32(number);
        part(&mut hash, method.as_str());
        hash.finish()
    }

    /// The hash of a To tag.
    pub(super) fn tag(&self, tag: &str) -> u64 {
        let mut hash = self.0.clone();
        part(&mut hash, tag);
        hash.finish()
    }
}

/// RFC 3261 §17.2.3: a branch without the magic cookie, from an RFC 2543 peer, identifies nothing alone.
fn old_style(hash: &mut DefaultHasher, request: &Request, via: &Via, cseq: &CSeq) {
    part(hash, request.uri_text());
    part(hash, request.call_id().unwrap_or_default());
    part(hash, request.from_tag().unwrap_or_default());
    hash.write_u32(cseq.number);
    part(hash, via.branch().unwrap_or_default());
}

/// Absorbs one part and its end, so that `ab|c` and `a|bc` differ.
fn part(hash: &mut DefaultHasher, text: &str) {
    hash.write(text.as_bytes());
    hash.write_u8(0);
}

fn hash_sent_by(hash: &mut DefaultHasher, via: &Via) {
    match via.host() {
        crate::uri::Host::Name(name) => {
            for octet in name.bytes() {
                hash.write_u8(octet.to_ascii_lowercase());
            }
        }
        crate::uri::Host::V4(ip) => hash.write(&ip.octets()),
        crate::uri::Host::V6(ip) => hash.write(&ip.octets()),
    }
    hash.write_u16(via.port().unwrap_or(0));
}

/// Hashes of ours are random already: a map takes them as they are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for octet in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*octet);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// A map whose keys are keyed hashes.
pub(super) type HashedMap<V> = std::collections::HashMap<u64, V, std::hash::BuildHasherDefault<AsIs>>;
