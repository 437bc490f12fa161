//! What the edge refuses by itself, and how it says so: `application/problem+json` (RFC 9457), as the API does.

use super::answer::Body;
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};

/// Why a request goes no further than the edge. What hyper cannot read (400, 414, 431) it refuses itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A request that could be read in two ways, or a target for a proxy.
    Malformed(&'static str),
    /// The body did not come in time.
    TooSlow,
    /// More octets of body than anything here takes.
    BodyTooLarge,
    /// Not over HTTP without TLS.
    HttpsOnly,
    /// A WebSocket from a page of somebody else.
    ForeignOrigin,
    /// What serves behind the edge gave no proper answer.
    BadUpstream,
    /// Everything that may run at a time runs.
    Busy,
    /// What serves behind the edge gave no answer in time.
    UpstreamTooSlow,
}

impl Refusal {
    /// Status, the word in `type` (it never changes), and a title.
    fn facts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "bad-request", "The request is malformed"),
            Self::TooSlow => {
                (StatusCode::REQUEST_TIMEOUT, "request-too-slow", "The body did not come in time")
            }
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large"),
            Self::HttpsOnly => (StatusCode::FORBIDDEN, "https-only", "This is served over HTTPS only"),
            Self::ForeignOrigin => (StatusCode::FORBIDDEN, "foreign-origin", "The page is not of this box"),
            Self::BadUpstream => {
                (StatusCode::BAD_GATEWAY, "no-proper-answer", "The service behind gave no answer")
            }
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Too many requests are being served"),
            Self::UpstreamTooSlow => (
                StatusCode::GATEWAY_TIMEOUT,
                "no-answer-in-time",
                "The service behind gave no answer in time",
            ),
        }
    }

    /// Whether something of the request may still be on its way: then nothing else can be read on the connection.
    fn ends_connection(self) -> bool {
        matches!(self, Self::Malformed(_) | Self::TooSlow | Self::BodyTooLarge)
    }

    /// The answer.
    pub(super) fn answer(self) -> Response<Body> {
        let (status, word, title) = self.facts();
        let mut problem = serde_json::json!({ "type": word, "title": title, "status": status.as_u16() });
        if let (Self::Malformed(what), Some(fields)) = (self, problem.as_object_mut()) {
            fields.insert("detail".into(), what.into());
        }
        let mut answer = Response::new(Body::whole(problem.to_string()));
        *answer.status_mut() = status;
        let fields = answer.headers_mut();
        fields.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self == Self::Busy {
            fields.insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
        if self.ends_connection() {
            fields.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        answer
    }
}
