//! Requests and answers as the API sees them: bounded, whole, and free of any server.

use super::problem::{Kind, Problem};
use std::net::IpAddr;

/// Octets of a body at most; of one that brings a whole list, [`super::body::MAX_LIST`].
pub const MAX_BODY: u64 = 1 << 20;

/// A method that the API knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Read.
    Get,
    /// Make, or do.
    Post,
    /// Put in place.
    Put,
    /// Change in part (RFC 7396: what is left out stays).
    Patch,
    /// Take away.
    Delete,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// HEAD is read as GET: the server leaves the body out.
    pub fn parse(text: &str) -> Option<Self> {
        let text = if text == "HEAD" { "GET" } else { text };
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }

    /// Whether it changes nothing (RFC 9110 §9.2.1).
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Get)
    }
}

/// One request. The edge has bounded and checked its head.
pub struct Request {
    /// Method.
    pub method: Method,
    /// Path, still percent-encoded.
    pub path: String,
    /// What followed `?`, without it.
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body, at most as many octets as [`super::body::most`] says; that of an upload is not here ([`super::call::Call::receive`]).
    pub body: Vec<u8>,
    /// Who asks.
    pub client: IpAddr,
}

impl Request {
    /// The first header of this name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The media type of the body, without parameters (RFC 9110 §8.3.1).
    pub fn is_of(&self, media_type: &str) -> bool {
        let told = self.header("content-type").unwrap_or("").split(';').next().unwrap_or("");
        told.trim().eq_ignore_ascii_case(media_type)
    }

    /// The cookie of this name (RFC 6265 §4.2).
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let pairs = self.header("cookie")?.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

/// What goes back.
pub enum Body {
    /// Nothing.
    Empty,
    /// These octets.
    Bytes(Vec<u8>),
    /// A file from where it stands, and its octets. Only as the answer of a transfer.
    File(std::fs::File, u64),
    /// Events until somebody goes.
    Events(crate::api::events::Subscription),
}

/// An answer.
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Body,
}

impl Reply {
    /// Without body.
    pub const fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Body::Empty }
    }

    /// With a body of this media type.
    pub fn bytes(status: u16, media_type: &str, bytes: Vec<u8>) -> Self {
        Self::empty(status).with("content-type", media_type).with_body(Body::Bytes(bytes))
    }

    /// JSON. What we serialise ourselves cannot fail; if it does, it is a bug.
    pub fn json(status: u16, value: &impl serde::Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => Self::bytes(status, "application/json", bytes),
            Err(error) => {
                log::error!("an answer cannot be written: {error}");
                Problem::new(Kind::Internal).into_reply("")
            }
        }
    }

    /// With this header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn with_body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// With this body in place of its own.
    #[must_use]
    pub fn carrying(self, body: Body) -> Self {
        self.with_body(body)
    }

    /// The header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}
