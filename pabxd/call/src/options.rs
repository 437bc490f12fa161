//! OPTIONS of an authenticated extension (RFC 3261 §11.2): what this box can do.

use pabx_sip::endpoint::Incoming;
use pabx_sip::message::{HeaderName, StatusCode};

use crate::api::Now;
use crate::core::Core;
use crate::headers;

/// Answers it.
pub(crate) fn answer(core: &mut Core, now: Now, incoming: Incoming) {
    let contact = headers::contact(&core.config, &incoming.flow, &core.config.software);
    let response = core
        .plain(&incoming.request, StatusCode::OK)
        .header(HeaderName::Contact, format_args!("<{contact}>"))
        .header(HeaderName::Allow, headers::ALLOW)
        .header(HeaderName::Accept, headers::ACCEPT)
        .header(HeaderName::Supported, headers::SUPPORTED)
        .build();
    core.answer_request(now, incoming, response);
}
