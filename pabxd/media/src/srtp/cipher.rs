//! One packet under the session keys of one master key: counter mode with HMAC-SHA1 (RFC 3711 §4.1.1, §4.2) and AES-GCM
//! (RFC 7714 §8, §9). RTP and RTCP have keys of their own, so there is a [`Cipher`] for each.
//!
//! | packet, suite | readable                        | encrypted   | after it                       |
//! |---------------|---------------------------------|-------------|--------------------------------|
//! | RTP, CM       | header                          | payload     | tag of 10 or 4                 |
//! | RTP, GCM      | header                          | payload     | tag of 16                      |
//! | RTCP, CM      | 8 octets, and E with the index  | the rest    | E with the index, tag of 10    |
//! | RTCP, GCM     | 8 octets, and E with the index  | the rest    | tag of 16, E with the index    |

use std::fmt;

use aes::Aes128;
use aes::cipher::KeyInit;
use hmac::{Hmac, Mac};
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, Tag, UnboundKey};
use sha1::Sha1;
use zeroize::Zeroizing;

use super::header::RTCP_HEADER;
use super::key::{Label, key_stream};
use super::{MasterKey, Suite};

/// Octets of an AES-GCM tag.
const GCM_TAG: usize = 16;
/// Octets of E and the SRTCP index.
const TRAILER: usize = 4;
/// E: the compound is encrypted (RFC 3711 §3.4).
const ENCRYPTED: u32 = 1 << 31;

/// Session keys for RTP, or for RTCP.
pub(super) enum Cipher {
    /// Counter mode and HMAC.
    Cm { aes: Box<Aes128>, salt: Zeroizing<[u8; 14]>, mac: Box<Hmac<Sha1>>, tag: usize },
    /// Galois/counter mode.
    Gcm { key: Box<LessSafeKey>, salt: Zeroizing<[u8; 12]> },
}

/// The number of an RTCP compound under its key, 31 bits (RFC 3711 §3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RtcpIndex(pub(super) u32);

impl RtcpIndex {
    fn trailer(self) -> [u8; TRAILER] {
        (self.0 | ENCRYPTED).to_be_bytes()
    }
}

impl Cipher {
    /// For RTP.
    pub(super) fn rtp(master: &MasterKey) -> Option<Self> {
        let tag = if master.suite() == Suite::AesCm128HmacSha1_32 { 4 } else { 10 };
        Self::new(master, [Label::RtpEncryption, Label::RtpAuthentication, Label::RtpSalt], tag)
    }

    /// For RTCP.
    pub(super) fn rtcp(master: &MasterKey) -> Option<Self> {
        Self::new(master, [Label::RtcpEncryption, Label::RtcpAuthentication, Label::RtcpSalt], 10)
    }

    fn new(master: &MasterKey, [encryption, authentication, salt]: [Label; 3], tag: usize) -> Option<Self> {
        Some(match master.suite() {
            Suite::AesCm128HmacSha1_80 | Suite::AesCm128HmacSha1_32 => Self::Cm {
                aes: Box::new(Aes128::new_from_slice(&*master.derive::<16>(encryption)).ok()?),
                salt: master.derive::<14>(salt),
                mac: Box::new(Hmac::new_from_slice(&*master.derive::<20>(authentication)).ok()?),
                tag,
            },
            Suite::AeadAes128Gcm => {
                let key = UnboundKey::new(&AES_128_GCM, &*master.derive::<16>(encryption)).ok()?;
                Self::Gcm { key: Box::new(LessSafeKey::new(key)), salt: master.derive::<12>(salt) }
            }
            Suite::AeadAes256Gcm => {
                let key = UnboundKey::new(&AES_256_GCM, &*master.derive::<32>(encryption)).ok()?;
                Self::Gcm { key: Box::new(LessSafeKey::new(key)), salt: master.derive::<12>(salt) }
            }
        })
    }

    /// Protects an RTP packet of `length` octets, of which `header` stay readable. Its length then; `None`: no room.
    pub(super) fn seal_rtp(
        &self,
        room: &mut [u8],
        (header, length): (usize, usize),
        ssrc: u32,
        index: u64,
    ) -> Option<usize> {
        match self {
            Self::Cm { aes, salt, mac, tag } => {
                let end = length.checked_add(*tag)?;
                let (packet, rest) = room.get_mut(..end)?.split_at_mut_checked(length)?;
                key_stream(&**aes, &cm_block(salt, ssrc, index), packet.get_mut(header..)?);
                rest.copy_from_slice(authenticate(mac, packet, &rollovers(index)).get(..*tag)?);
                Some(end)
            }
            Self::Gcm { key, salt } => {
                let end = length.checked_add(GCM_TAG)?;
                let (packet, rest) = room.get_mut(..end)?.split_at_mut_checked(length)?;
                let (header, payload) = packet.split_at_mut_checked(header)?;
                let tag = gcm_seal(key, salt, (ssrc, index), header, payload)?;
                rest.copy_from_slice(tag.as_ref());
                Some(end)
            }
        }
    }

    /// Opens an RTP packet, of which `header` octets are readable. Its length then; `None`: the tag is wrong, and what is
    /// in the packet now is no longer of use.
    pub(super) fn open_rtp(&self, packet: &mut [u8], header: usize, ssrc: u32, index: u64) -> Option<usize> {
        match self {
            Self::Cm { aes, salt, mac, tag } => {
                let length = packet.len().checked_sub(*tag)?;
                let (packet, tag) = packet.split_at_mut_checked(length)?;
                let payload = header..length;
                verify(mac, packet, &rollovers(index), tag)?;
                key_stream(&**aes, &cm_block(salt, ssrc, index), packet.get_mut(payload)?);
                Some(length)
            }
            Self::Gcm { key, salt } => {
                let length = packet.len().checked_sub(GCM_TAG)?;
                let (header, rest) = packet.split_at_mut_checked(header)?;
                gcm_open(key, salt, (ssrc, index), header, rest)?;
                Some(length)
            }
        }
    }

    /// Protects an RTCP compound of `length` octets. Its length then; `None`: no room, or it is none.
    pub(super) fn seal_rtcp(
        &self,
        room: &mut [u8],
        length: usize,
        ssrc: u32,
        index: RtcpIndex,
    ) -> Option<usize> {
        let number = u64::from(index.0);
        let trailer = index.trailer();
        match self {
            Self::Cm { aes, salt, mac, tag } => {
                let end = length.checked_add(TRAILER)?.checked_add(*tag)?;
                let (packet, rest) = room.get_mut(..end)?.split_at_mut_checked(length)?;
                let (index, rest) = rest.split_at_mut_checked(TRAILER)?;
                key_stream(&**aes, &cm_block(salt, ssrc, number), packet.get_mut(RTCP_HEADER..)?);
                index.copy_from_slice(&trailer);
                rest.copy_from_slice(authenticate(mac, packet, &trailer).get(..*tag)?);
                Some(end)
            }
            Self::Gcm { key, salt } => {
                let end = length.checked_add(GCM_TAG)?.checked_add(TRAILER)?;
                let (packet, rest) = room.get_mut(..end)?.split_at_mut_checked(length)?;
                let (tag, index) = rest.split_at_mut_checked(GCM_TAG)?;
                let (header, body) = packet.split_at_mut_checked(RTCP_HEADER)?;
                let sealed = gcm_seal(key, salt, (ssrc, number), &rtcp_aad(header, trailer)?, body)?;
                tag.copy_from_slice(sealed.as_ref());
                index.copy_from_slice(&trailer);
                Some(end)
            }
        }
    }

    /// The index of a protected compound, as far as it can be believed before it is opened. `None`: it is too short, or not
    /// encrypted, which was not agreed to.
    pub(super) fn rtcp_index(&self, packet: &[u8]) -> Option<RtcpIndex> {
        let behind = match self {
            Self::Cm { tag, .. } => *tag,
            Self::Gcm { .. } => 0,
        };
        let end = packet.len().checked_sub(behind)?;
        let word = u32::from_be_bytes(*packet.get(..end)?.last_chunk()?);
        (word & ENCRYPTED != 0).then_some(RtcpIndex(word & !ENCRYPTED))
    }

    /// Opens an RTCP compound. Its length then; `None`: the tag is wrong, and the packet no longer of use.
    pub(super) fn open_rtcp(&self, packet: &mut [u8], ssrc: u32, index: RtcpIndex) -> Option<usize> {
        let number = u64::from(index.0);
        match self {
            Self::Cm { aes, salt, mac, tag } => {
                let signed = packet.len().checked_sub(*tag)?;
                let length = signed.checked_sub(TRAILER)?;
                let (packet, tag) = packet.split_at_mut_checked(signed)?;
                verify(mac, packet, &[], tag)?;
                let body = packet.get_mut(RTCP_HEADER..length)?;
                key_stream(&**aes, &cm_block(salt, ssrc, number), body);
                Some(length)
            }
            Self::Gcm { key, salt } => {
                let sealed = packet.len().checked_sub(TRAILER)?;
                let length = sealed.checked_sub(GCM_TAG)?;
                let (header, body) = packet.get_mut(..sealed)?.split_at_mut_checked(RTCP_HEADER)?;
                gcm_open(key, salt, (ssrc, number), &rtcp_aad(header, index.trailer())?, body)?;
                Some(length)
            }
        }
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self, Self::Cm { .. }) { "Cm(..)" } else { "Gcm(..)" })
    }
}

/// The rollover counter, which is authenticated though not sent (RFC 3711 §4.2).
fn rollovers(index: u64) -> [u8; 4] {
    u32::try_from(index >> 16).unwrap_or(u32::MAX).to_be_bytes()
}

fn authenticate(mac: &Hmac<Sha1>, packet: &[u8], more: &[u8]) -> Zeroizing<[u8; 20]> {
    let mac = mac.clone().chain_update(packet).chain_update(more);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// In a time that says nothing of where a wrong tag differs.
fn verify(mac: &Hmac<Sha1>, packet: &[u8], more: &[u8], tag: &[u8]) -> Option<()> {
    mac.clone().chain_update(packet).chain_update(more).verify_truncated_left(tag).ok()
}

/// SSRC and index as a block: RFC 3711 §4.1.1 puts them at the same place as RFC 7714 §8.1 and §9.1 do, two octets apart.
fn place(ssrc: u32, index: u64) -> [u8; 10] {
    let [s0, s1, s2, s3] = ssrc.to_be_bytes();
    let [_, _, i0, i1, i2, i3, i4, i5] = index.to_be_bytes();
    [s0, s1, s2, s3, i0, i1, i2, i3, i4, i5]
}

fn cm_block(salt: &[u8; 14], ssrc: u32, index: u64) -> [u8; 16] {
    let mut block = [0; 16];
    block.iter_mut().zip(salt).for_each(|(octet, salt)| *octet = *salt);
    block.iter_mut().skip(4).zip(place(ssrc, index)).for_each(|(octet, other)| *octet ^= other);
    block
}

fn gcm_nonce(salt: &[u8; 12], (ssrc, index): (u32, u64)) -> Nonce {
    let mut nonce = *salt;
    nonce.iter_mut().skip(2).zip(place(ssrc, index)).for_each(|(octet, other)| *octet ^= other);
    Nonce::assume_unique_for_key(nonce)
}

fn gcm_seal(
    key: &LessSafeKey,
    salt: &[u8; 12],
    number: (u32, u64),
    readable: &[u8],
    secret: &mut [u8],
) -> Option<Tag> {
    key.seal_in_place_separate_tag(gcm_nonce(salt, number), Aad::from(readable), secret).ok()
}

fn gcm_open(
    key: &LessSafeKey,
    salt: &[u8; 12],
    number: (u32, u64),
    readable: &[u8],
    secret: &mut [u8],
) -> Option<()> {
    key.open_in_place(gcm_nonce(salt, number), Aad::from(readable), secret).ok().map(|_| ())
}

/// What of a compound AES-GCM authenticates without encrypting it (RFC 7714 §9.2).
fn rtcp_aad(header: &[u8], trailer: [u8; TRAILER]) -> Option<[u8; RTCP_HEADER + TRAILER]> {
    let mut aad = [0; RTCP_HEADER + TRAILER];
    aad.first_chunk_mut::<RTCP_HEADER>()?.copy_from_slice(header.first_chunk::<RTCP_HEADER>()?);
    aad.last_chunk_mut::<TRAILER>()?.copy_from_slice(&trailer);
    Some(aad)
}

#[cfg(test)]
mod tests;
