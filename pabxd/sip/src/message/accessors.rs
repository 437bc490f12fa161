//! What requests and responses have in common.

use super::{HeaderName, Headers};
use crate::header::name_addr;

macro_rules! accessors {
    ($message:ident) => {
        impl $message {
            /// The header fields.
            pub fn headers(&self) -> &Headers {
                self.0.headers.get_or_init(|| super::scan::scan(self.0.original.clone()).headers)
            }

            /// The body, cut at Content-Length; shares the message's memory.
            pub fn body(&self) -> Bytes {
                if self.0.body.is_empty() {
                    return Bytes::new();
                }
                self.0.original.slice(self.0.body.clone())
            }

            /// The bytes as they came.
            pub fn as_bytes(&self) -> &Bytes {
                &self.0.original
            }

            /// The Call-ID.
            pub fn call_id(&self) -> Option<&str> {
                self.headers().text(&crate::message::HeaderName::CallId)
            }

            /// The CSeq, when it is there and well-formed.
            pub fn cseq(&self) -> Option<crate::header::CSeq> {
                self.headers().get().ok().flatten()
            }

            /// The tag of To, without parsing the rest.
            pub fn to_tag(&self) -> Option<&str> {
                super::accessors::tag(self.headers(), &crate::message::HeaderName::To)
            }

            /// The tag of From, without parsing the rest.
            pub fn from_tag(&self) -> Option<&str> {
                super::accessors::tag(self.headers(), &crate::message::HeaderName::From)
            }

            /// The topmost Via.
            pub fn top_via(&self) -> Result<crate::header::Via, crate::header::HeaderError> {
                self.headers().get()?.ok_or(crate::header::HeaderError::Missing)
            }
        }
    };
}
pub(super) use accessors;

pub(super) fn tag<'a>(headers: &'a Headers, name: &HeaderName) -> Option<&'a str> {
    name_addr::param(headers.text(name)?, "tag").filter(|tag| !tag.is_empty())
}
