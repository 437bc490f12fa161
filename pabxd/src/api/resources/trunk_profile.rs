//! How a provider differs from the usual, as it is written in bodies.

use super::trunks::visible;
use crate::api::core::problem::Fields;
use pabx_model::{
    CalledHeader, CallerHeader, MediaEncryption, NumberForm, SipDomain, TrunkCodec, TrunkProfile,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a provider differs from the usual; what is left out is as most have it. A change gives all of it anew.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProfileBody {
    /// The user name in digests, where it is not `username`.
    auth_username: Option<String>,
    /// The server that everything is sent to in place of the host's own.
    outbound_proxy: Option<String>,
    /// Its port; `null`: what DNS or the transport says.
    outbound_proxy_port: Option<u16>,
    /// Where the provider looks for the number that calls, besides From: `from` (nowhere), `p_asserted` (when left out),
    /// `p_preferred` or `remote_party_id`.
    caller_header: Option<String>,
    /// Where it writes the number that is called: `auto` (when left out: the Request-URI, else P-Called-Party-ID, else To),
    /// `request_uri`, `to` or `p_called_party_id`.
    called_header: Option<String>,
    /// How it wants called numbers, where a route changes nothing: `as_dialled`, `e164_plus`, `e164`, `national` or `subscriber`;
    /// `null`: in the form that fitted the route.
    number_form: Option<String>,
    /// The only codecs, the best first: `pcma`, `pcmu`, `g722`, `opus`. Empty: those of the phones.
    codecs: Vec<String>,
    /// Whether sessions are refreshed (RFC 4028); yes when left out.
    session_timer: Option<bool>,
    /// Whether calls that are forwarded show who called first, and not the account's own number.
    passes_callers: bool,
    /// Whether its sound is encrypted (SRTP, with `transport` `tls` only): `off` (when left out), `offered` or `required`.
    media_encryption: Option<String>,
}

/// Reads it; what is wrong is noted.
pub(super) fn parse(fields: &mut Fields, body: &ProfileBody) -> TrunkProfile {
    fields.part("profile.", |fields| {
        let username =
            body.auth_username.as_deref().map(|name| visible(fields, "auth_username", name).into());
        let proxy = fields.parse_some("outbound_proxy", body.outbound_proxy.as_deref(), SipDomain::parse);
        if body.outbound_proxy.is_none() && body.outbound_proxy_port.is_some() {
            fields.add("outbound_proxy_port", "is of no use without outbound_proxy");
        }
        let port = body.outbound_proxy_port;
        let port = port.map(|port| fields.within("outbound_proxy_port", port, 1, u16::MAX));
        let caller = fields.parse_some("caller_header", body.caller_header.as_deref(), CallerHeader::parse);
        let called = fields.parse_some("called_header", body.called_header.as_deref(), CalledHeader::parse);
        let number_form = fields.parse_some("number_form", body.number_form.as_deref(), NumberForm::parse);
        let encryption =
            fields.parse_some("media_encryption", body.media_encryption.as_deref(), MediaEncryption::parse);
        let mut codecs: Vec<TrunkCodec> = Vec::new();
        for codec in body.codecs.iter().filter_map(|word| fields.parse("codecs", TrunkCodec::parse(word))) {
            if codecs.contains(&codec) {
                fields.add("codecs", "names one twice");
                break;
            }
            codecs.push(codec);
        }
        TrunkProfile {
            auth_username: username,
            outbound_proxy: proxy,
            outbound_proxy_port: port,
            caller_header: caller.unwrap_or_default(),
            called_header: called.unwrap_or_default(),
            number_form,
            codecs,
            session_timer: body.session_timer.unwrap_or(true),
            passes_callers: body.passes_callers,
            media_encryption: encryption.unwrap_or_default(),
        }
    })
}

/// As it is shown.
pub(super) fn shown(profile: &TrunkProfile) -> ProfileBody {
    ProfileBody {
        auth_username: profile.auth_username.as_ref().map(ToString::to_string),
        outbound_proxy: profile.outbound_proxy.as_ref().map(ToString::to_string),
        outbound_proxy_port: profile.outbound_proxy_port,
        caller_header: Some(profile.caller_header.to_string()),
        called_header: Some(profile.called_header.to_string()),
        number_form: profile.number_form.map(|form| form.to_string()),
        codecs: profile.codecs.iter().map(ToString::to_string).collect(),
        session_timer: Some(profile.session_timer),
        passes_callers: profile.passes_callers,
        media_encryption: Some(profile.media_encryption.to_string()),
    }
}
