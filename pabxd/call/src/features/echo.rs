//! `*43`: the caller hears itself. Answered at once; lasts until the caller hangs up or a limit of every call.

use pabx_media::negotiation::AudioStream;
use pabx_model::EndReason;

use crate::call::Call;
use crate::core::Cx;
use crate::record::Outcome;

/// What is dialled.
pub(crate) const CODE: &str = "*43";

/// Answers the caller with its own sound.
pub(crate) fn start(call: &mut Call, cx: &mut Cx<'_>, offered: &AudioStream) {
    // What comes back is what was sent: the same formats, seen from the other end.
    let mirrored = AudioStream { direction: offered.direction.reversed(), ..offered.clone() };
    match call.answer_caller(cx, &mirrored, None) {
        Ok(()) => Call::echo(cx),
        Err(error) => call.finish(cx, Outcome::new(error.status(), EndReason::MediaNegotiation)),
    }
}
