//! How a provider differs from the usual. Everything has a default that most providers take.

use serde::{Deserialize, Serialize};

use crate::text::word_enum;
use crate::{MediaEncryption, NumberForm, SipDomain};

word_enum!(
    /// Where a provider looks for the number that calls. It always stands in From too.
    #[derive(Default)]
    CallerHeader {
        /// Nowhere else.
        From = "from",
        /// P-Asserted-Identity (RFC 3325 §9.1).
        #[default]
        PAsserted = "p_asserted",
        /// P-Preferred-Identity (RFC 3325 §9.2).
        PPreferred = "p_preferred",
        /// Remote-Party-ID, of a draft that never became an RFC and that old switches want.
        RemotePartyId = "remote_party_id",
    }
);

word_enum!(
    /// Where a provider writes the number that is called.
    #[derive(Default)]
    CalledHeader {
        /// In the Request-URI; where our own user name stands there, in P-Called-Party-ID, else in To.
        #[default]
        Auto = "auto",
        /// In the Request-URI.
        RequestUri = "request_uri",
        /// In To.
        To = "to",
        /// In P-Called-Party-ID (RFC 7315 §4.2).
        PCalledPartyId = "p_called_party_id",
    }
);

word_enum!(
    /// An audio codec of a trunk.
    TrunkCodec {
        /// G.711 A-law.
        Pcma = "pcma",
        /// G.711 µ-law.
        Pcmu = "pcmu",
        /// G.722.
        G722 = "g722",
        /// Opus.
        Opus = "opus",
    }
);

/// How a provider differs from the usual.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrunkProfile {
    /// The user name in digests, where it is not the one that the provider knows us by; 1 to 128 visible characters.
    pub auth_username: Option<Box<str>>,
    /// The server that everything is sent to in place of the host's own.
    pub outbound_proxy: Option<SipDomain>,
    /// Its port; `None`: what DNS or the transport says.
    pub outbound_proxy_port: Option<u16>,
    /// Where the provider looks for the number that calls.
    pub caller_header: CallerHeader,
    /// Where it writes the number that is called.
    pub called_header: CalledHeader,
    /// How it wants called numbers written; `None`: as the route does.
    pub number_form: Option<NumberForm>,
    /// The only codecs, the best first; empty: those of the phones, in their order.
    pub codecs: Vec<TrunkCodec>,
    /// Whether sessions are refreshed (RFC 4028).
    pub session_timer: bool,
    /// Whether calls that are forwarded show who called first; else the account's number, as of its own calls.
    pub passes_callers: bool,
    /// Whether its sound is encrypted.
    pub media_encryption: MediaEncryption,
}

impl Default for TrunkProfile {
    fn default() -> Self {
        Self {
            auth_username: None,
            outbound_proxy: None,
            outbound_proxy_port: None,
            caller_header: CallerHeader::default(),
            called_header: CalledHeader::default(),
            number_form: None,
            codecs: Vec::new(),
            session_timer: true,
            passes_callers: false,
            media_encryption: MediaEncryption::Off,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_the_default() {
        let read: TrunkProfile = serde_json::from_str("{}").unwrap();
        assert_eq!(read, TrunkProfile::default());
        let read: TrunkProfile =
            serde_json::from_str(r#"{"codecs":["g722","pcma"],"session_timer":false}"#).unwrap();
        assert_eq!((read.codecs, read.session_timer), (vec![TrunkCodec::G722, TrunkCodec::Pcma], false));
        assert!(serde_json::from_str::<TrunkProfile>(r#"{"codec":[]}"#).is_err());
    }
}
