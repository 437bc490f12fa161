//! Dialogs (RFC 3261 §12): the peer relation that the requests of one call share.
//!
//! | state | input | next |
//! |---|---|---|
//! | – | 101–199 with To tag sent or received | Early |
//! | – | 2xx sent or received | Confirmed |
//! | Early | 2xx sent or received | Confirmed |
//! | Early | 300–699, or the user gives up | Terminated |
//! | Early, Confirmed | BYE sent or received; 481 or 408 to a request of ours | Terminated |
//!
//! A forked INVITE makes one dialog per To tag (§12.1.2): [`Dialog::uac`] is called for each.

mod establish;
mod receive;
mod request;

use crate::header::{HeaderError, NameAddr, RouteHeader};
use crate::message::{Request, Response, StatusCode};
use crate::uri::Uri;

/// Hops that a route set may have; a longer one makes no dialog.
pub const MAX_ROUTE_SET: usize = 16;

/// What names a dialog (RFC 3261 §12). A tag of an RFC 2543 peer may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DialogId {
    /// The Call-ID.
    pub call_id: Box<str>,
    /// Our tag.
    pub local_tag: Box<str>,
    /// The peer's tag.
    pub remote_tag: Box<str>,
}

impl DialogId {
    /// The dialog that a request from the peer belongs to; `None` without To tag: it opens a dialog or needs none.
    pub fn of_request(request: &Request) -> Option<Self> {
        let (local_tag, remote_tag) = (request.to_tag()?, request.from_tag().unwrap_or_default());
        Some(Self {
            call_id: request.call_id()?.into(),
            local_tag: local_tag.into(),
            remote_tag: remote_tag.into(),
        })
    }

    /// The dialog that a response from the peer belongs to or makes; `None` without tags (a 100).
    pub fn of_response(response: &Response) -> Option<Self> {
        let (local_tag, remote_tag) = (response.from_tag()?, response.to_tag()?);
        Some(Self {
            call_id: response.call_id()?.into(),
            local_tag: local_tag.into(),
            remote_tag: remote_tag.into(),
        })
    }
}

/// See the table at the top of the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialogState {
    /// A provisional response made it.
    Early,
    /// A 2xx made or confirmed it.
    Confirmed,
    /// Over: every request in it is answered 481.
    Terminated,
}

/// Why a message makes no dialog, or has no place in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DialogError {
    /// Contact, From, To, Call-ID or CSeq is missing or unreadable.
    #[error("header that a dialog needs: {0}")]
    Header(#[from] HeaderError),
    /// More than [`MAX_ROUTE_SET`] Record-Route values.
    #[error("route set too long")]
    RouteSet,
    /// The tags or the Call-ID are others, or the dialog is over.
    #[error("not of this dialog")]
    NoDialog,
    /// A CSeq number that is not above the last one (RFC 3261 §12.2.2).
    #[error("CSeq out of order")]
    OutOfOrder,
}

impl DialogError {
    /// What the request is answered with.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Header(_) | Self::RouteSet => StatusCode::BAD_REQUEST,
            Self::NoDialog => StatusCode::CALL_DOES_NOT_EXIST,
            Self::OutOfOrder => StatusCode::SERVER_INTERNAL_ERROR,
        }
    }
}

/// One dialog, seen from our side.
#[derive(Debug, Clone)]
pub struct Dialog {
    id: DialogId,
    state: DialogState,
    /// The value of From in our requests, tag included.
    local_party: Box<str>,
    /// The value of To in our requests, tag included.
    remote_party: Box<str>,
    remote_target: Uri,
    route_set: Vec<RouteHeader>,
    local_seq: u32,
    remote_seq: Option<u32>,
    /// RSeq of the last reliable provisional we took (RFC 3262 §4).
    remote_rseq: Option<u32>,
    secure: bool,
}

impl Dialog {
    /// Call-ID and tags.
    pub fn id(&self) -> &DialogId {
        &self.id
    }

    /// Where it is in its life.
    pub fn state(&self) -> DialogState {
        self.state
    }

    /// Our own address, as From of our requests says it; `None` only if the peer changed it beyond reading.
    pub fn local_uri(&self) -> Option<Uri> {
        uri_of(&self.local_party)
    }

    /// The peer's address, as To of our requests says it.
    pub fn remote_uri(&self) -> Option<Uri> {
        uri_of(&self.remote_party)
    }

    /// Where the peer itself wants requests to go: its Contact.
    pub fn remote_target(&self) -> &Uri {
        &self.remote_target
    }

    /// The proxies that every request passes, nearest first.
    pub fn route_set(&self) -> &[RouteHeader] {
        &self.route_set
    }

    /// Where a request has to be sent first: the nearest proxy, or the peer itself (RFC 3261 §12.2.1.1).
    pub fn next_hop(&self) -> &Uri {
        self.route_set.first().map_or(&self.remote_target, RouteHeader::uri)
    }

    /// CSeq number of our last request; 0 before the first.
    pub fn local_seq(&self) -> u32 {
        self.local_seq
    }

    /// CSeq number of the peer's last request.
    pub fn remote_seq(&self) -> Option<u32> {
        self.remote_seq
    }

    /// Whether it was made by a `sips:` URI over an encrypted transport.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// It is over: BYE went out, the INVITE was refused, or the peer answered 481.
    pub fn terminate(&mut self) {
        self.state = DialogState::Terminated;
    }
}

fn uri_of(party: &str) -> Option<Uri> {
    NameAddr::parse(party.as_bytes(), false).ok().map(NameAddr::into_uri)
}
