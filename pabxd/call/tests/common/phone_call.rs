//! What a phone knows of one call.

use std::time::{Duration, Instant};

use pabx_sip::dialog::Dialog;
use pabx_sip::endpoint::{ClientTx, ServerTx};
use pabx_sip::message::{Method, Request};

/// What a phone does when it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Policy {
    /// 180 and nothing more: the test goes on by hand.
    Ring,
    /// Nothing at all, not even 180.
    Silent,
    /// 180, and 200 after a while.
    Answer(Duration),
    /// A failure at once.
    Refuse(u16),
}

/// Where one of a phone's calls stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallState {
    Calling,
    Ringing,
    /// 200 was sent or received.
    Answered,
    /// A final failure, sent or received.
    Failed(u16),
    /// BYE, sent or received.
    Ended,
}

/// A call as this phone sees it.
#[derive(Debug)]
pub struct PhoneCall {
    pub state: CallState,
    /// Statuses received for our INVITE, in order.
    pub statuses: Vec<u16>,
    /// Final statuses received for requests inside the dialog, in order.
    pub in_dialog: Vec<(Method, u16)>,
    /// Requests received inside the dialog, in order, BYE and ACK too.
    pub received: Vec<Request>,
    /// The peer's session descriptions, in order.
    pub heard: Vec<String>,
    /// Whether our 200 was acknowledged.
    pub acknowledged: bool,
    pub dialog: Option<Dialog>,
    /// The INVITE that began the call.
    pub invite: Option<Request>,
    pub(super) client: Option<ClientTx>,
    pub(super) server: Option<ServerTx>,
    pub(super) answer_at: Option<Instant>,
}

impl PhoneCall {
    pub(super) fn new() -> Self {
        Self {
            state: CallState::Calling,
            statuses: Vec::new(),
            in_dialog: Vec::new(),
            received: Vec::new(),
            heard: Vec::new(),
            acknowledged: false,
            dialog: None,
            invite: None,
            client: None,
            server: None,
            answer_at: None,
        }
    }

    /// How many requests of a method came inside the dialog.
    pub fn count(&self, method: &Method) -> usize {
        self.received.iter().filter(|request| request.method() == method).count()
    }
}
