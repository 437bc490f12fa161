//! Whether the sound of an extension or a trunk is encrypted.

use crate::text::word_enum;

word_enum!(
    /// SRTP with the keys in the session description (RFC 4568); only where the SIP that carries them is encrypted too.
    #[derive(Default)]
    MediaEncryption {
        /// Never: a phone that wants nothing else gets no call.
        #[default]
        Off = "off",
        /// With whoever can; others speak in clear.
        Offered = "offered",
        /// Nobody is heard in clear: there is no call otherwise.
        Required = "required",
    }
);
