//! Whether a leg's sound is encrypted, and what is told where it cannot be as it has to.

use pabx_media::negotiation::{Encryption, MediaLeg, NegotiationError};
use pabx_model::{Class, EncryptionFault, MediaEncryption, TraceStep};
use pabx_sip::flow::Flow;

use super::Call;
use crate::core::Cx;
use crate::leg::state::LegState;
use crate::leg::{LegIx, Pending, Purpose};
use crate::who::Who;

/// What is wanted of somebody.
fn wanted(cx: &Cx<'_>, who: Who) -> MediaEncryption {
    match who {
        Who::Extension(aor) => cx
            .core
            .directory
            .extension_by_id(aor.extension_id)
            .map_or(MediaEncryption::Off, |extension| extension.media_encryption),
        Who::Trunk { trunk_id, .. } => cx
            .core
            .trunks
            .line(trunk_id)
            .map_or(MediaEncryption::Off, |line| line.trunk.profile.media_encryption),
    }
}

/// Tells a new leg's negotiation. Keys may only be in messages that nobody else reads (RFC 4568 §7). A call for help is not
/// refused because somebody might listen.
pub(super) fn encrypt(cx: &mut Cx<'_>, media: &mut MediaLeg, who: Who, flow: &Flow) {
    let wanted = match wanted(cx, who) {
        MediaEncryption::Off => return,
        MediaEncryption::Offered => Encryption::Offered,
        MediaEncryption::Required if cx.ledger.record.class == Some(Class::Emergency) => Encryption::Offered,
        MediaEncryption::Required => Encryption::Required,
    };
    media.encrypt(wanted, flow.transport.is_secure(), cx.core.random.bytes());
}

impl Call {
    /// A phone that takes nothing but SRTP may refuse the profile of RTP although keys were offered with it: it is asked
    /// once more, with the other profile. A provider is not: what it takes is known when its trunk is set up. False: it was
    /// not asked again.
    pub(super) fn insists(&mut self, cx: &mut Cx<'_>, ix: LegIx, status: u16) -> bool {
        let Some(leg) = self.leg_mut(ix).filter(|leg| leg.state == LegState::Inviting) else { return false };
        if !matches!(status, 415 | 488 | 606) || leg.who.trunk_id().is_some() {
            return false;
        }
        let Some(Pending::Client { request, .. }) = &leg.pending else { return false };
        let request = request.clone();
        let Some(again) = leg.media.insist().and_then(|sdp| request.again_with(&sdp)) else { return false };
        let Some(tx) = cx.request(ix, leg.flow, again.clone(), Purpose::Invite) else { return false };
        leg.pending = Some(Pending::Client { tx, request: again });
        // The refusal made no dialog, whatever tag it had.
        leg.dialog = None;
        true
    }
}

/// Notes in the call's trace that somebody's sound cannot be encrypted as it has to be.
pub(super) fn trace(cx: &mut Cx<'_>, who: Who, why: EncryptionFault) {
    let party = match who {
        Who::Extension(aor) => {
            let extension = cx.core.directory.extension_by_id(aor.extension_id);
            extension.map(|extension| extension.number.to_string())
        }
        Who::Trunk { trunk_id, .. } => cx.core.trunks.line(trunk_id).map(|line| line.trunk.name.to_string()),
    };
    cx.ledger.trace(TraceStep::EncryptionRefused { party: party.unwrap_or_default(), why });
}

/// The same of a description that is not acceptable, where encryption is the reason.
pub(super) fn trace_error(cx: &mut Cx<'_>, who: Who, error: &NegotiationError) {
    let why = match error {
        NegotiationError::KeysInClear => EncryptionFault::ClearSignalling,
        NegotiationError::NotEncrypted => EncryptionFault::NotSpoken,
        NegotiationError::NoUsableKey => EncryptionFault::NoSuite,
        NegotiationError::Transport(protocol) if matches!(&**protocol, "RTP/SAVP" | "RTP/SAVPF") => {
            EncryptionFault::SwitchedOff
        }
        _ => return,
    };
    trace(cx, who, why);
}

/// The same of a phone or provider that refused our offer, which had nothing but encrypted sound in it.
pub(super) fn trace_refusal(cx: &mut Cx<'_>, who: Who, status: u16) {
    if matches!(status, 415 | 488 | 606) && wanted(cx, who) == MediaEncryption::Required {
        trace(cx, who, EncryptionFault::NotSpoken);
    }
}
