//! One device of an address-of-record: where it wants to be called, and the flow it can be reached on.

use crate::flow::Flow;
use crate::header::grammar::quote;
use crate::uri::Uri;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// A binding of RFC 3261 §10, with the flow of RFC 5626 §6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The Request-URI for requests to this device.
    pub contact: Uri,
    /// The path that its REGISTER came on, and that requests to it take.
    pub flow: Flow,
    /// Call-ID of the REGISTER.
    pub call_id: Box<str>,
    /// CSeq number of the REGISTER.
    pub cseq: u32,
    /// When it ends.
    pub expires_at: Instant,
    /// Preference in thousandths, 0 to 1000; 1000 when the device says nothing.
    pub q: u16,
    /// `+sip.instance` without quotes and angle brackets: which device this is, for ever.
    pub instance: Option<Box<str>>,
    /// Which of the device's flows (RFC 5626 §4.2); only when outbound was agreed on.
    pub reg_id: Option<u32>,
    /// The device's User-Agent: at most 64 octets, without control characters. Anybody's text: escape it.
    pub user_agent: Option<Box<str>>,
}

impl Binding {
    /// Whether the device calls itself by another address than it sends from.
    pub fn is_behind_nat(&self) -> bool {
        behind_nat(&self.contact, &self.flow)
    }

    /// How long it still lasts, rounded up to seconds.
    pub fn remaining(&self, now: Instant) -> u32 {
        let left = self.expires_at.saturating_duration_since(now) + Duration::from_nanos(999_999_999);
        u32::try_from(left.as_secs()).unwrap_or(u32::MAX)
    }

    /// The value of a Contact field in the 200 (RFC 3261 §10.3 step 8).
    pub(super) fn contact_value(&self, now: Instant) -> String {
        let mut value = format!("<{}>;expires={}", self.contact, self.remaining(now));
        if self.q < 1_000 {
            let _ = write!(value, ";q=0.{:03}", self.q);
        }
        if let Some(instance) = &self.instance {
            let _ = write!(value, ";+sip.instance={}", quote(&format!("<{instance}>")));
        }
        if let Some(reg_id) = self.reg_id {
            let _ = write!(value, ";reg-id={reg_id}");
        }
        value
    }
}

/// A host that is a name, or another address than the request came from, is behind a NAT for all we know.
pub(super) fn behind_nat(contact: &Uri, flow: &Flow) -> bool {
    contact.host().and_then(crate::uri::Host::ip) != Some(flow.remote.ip().to_canonical())
}
