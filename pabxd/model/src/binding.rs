//! A registration as it is kept across restarts (RFC 3261 §10.3, RFC 5626 §6).

use std::net::SocketAddr;

use crate::text::word_enum;
use crate::{AccountId, ExtensionId, Timestamp};

word_enum!(
    /// The transport a device registered over. Only flows over UDP survive a restart of the box; a connection does not.
    SavedTransport {
        /// Datagrams.
        Udp = "udp",
        /// A TCP connection.
        Tcp = "tcp",
        /// A TLS connection.
        Tls = "tls",
        /// A WebSocket.
        Ws = "ws",
        /// A WebSocket over TLS.
        Wss = "wss",
    }
);

/// One contact of an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedBinding {
    /// The account of the extension.
    pub account_id: AccountId,
    /// The extension that registered.
    pub extension_id: ExtensionId,
    /// The Contact URI, as it came.
    pub contact: String,
    /// How the device reached us.
    pub transport: SavedTransport,
    /// Our end of the flow.
    pub local: SocketAddr,
    /// The device's end of the flow.
    pub remote: SocketAddr,
    /// `+sip.instance`, without the angle brackets.
    pub instance: Option<String>,
    /// `reg-id`.
    pub reg_id: Option<u32>,
    /// Call-ID of the REGISTER.
    pub call_id: String,
    /// CSeq number of the REGISTER.
    pub cseq: u32,
    /// Preference in thousandths (0–1000).
    pub q: u16,
    /// The device's name for itself, capped by the registrar.
    pub user_agent: String,
    /// When it runs out.
    pub expires_at: Timestamp,
}

impl SavedBinding {
    /// What this binding is known by.
    pub fn key(&self) -> BindingKey {
        BindingKey {
            account_id: self.account_id,
            extension_id: self.extension_id,
            contact: self.contact.clone(),
            instance: self.instance.clone(),
            reg_id: self.reg_id,
        }
    }
}

/// What a binding is known by: instance and reg-id when the device gave both (RFC 5626 §6), else its contact, to the octet.
///
/// URI equality is the registrar's matter: when a device's contact comes back spelt otherwise, the registrar removes the
/// old key and saves the new one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BindingKey {
    /// The account of the extension.
    pub account_id: AccountId,
    /// The extension.
    pub extension_id: ExtensionId,
    /// The Contact URI.
    pub contact: String,
    /// `+sip.instance`.
    pub instance: Option<String>,
    /// `reg-id`.
    pub reg_id: Option<u32>,
}

impl BindingKey {
    /// The identity inside the extension, as one text.
    pub fn identity(&self) -> String {
        identity(&self.contact, self.instance.as_deref(), self.reg_id)
    }
}

/// The identity of a binding inside its extension, as one text. A contact never starts with `;`.
pub fn identity(contact: &str, instance: Option<&str>, reg_id: Option<u32>) -> String {
    match (instance, reg_id) {
        (Some(instance), Some(reg_id)) => format!(";{reg_id};{instance}"),
        _ => contact.to_owned(),
    }
}
