//! One request on its way through a handler, with what the handler needs.

use super::access::{Caller, Grant};
use super::http::Request;
use super::problem::{Kind, Problem};
use crate::api::shared::Shared;
use pabx_model::Timestamp;
use pabx_store::{AccountScope, Act, Actor, Revision, Store, WholeBox};
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{self, Read, Write};
use std::str::FromStr;

/// The media type of an upload.
const OCTETS: &str = "application/octet-stream";
/// Octets that are read of it at a time.
const PART: usize = 256 * 1024;

/// One request on its way.
pub struct Call<'a> {
    /// What was asked.
    pub request: Request,
    /// The parts of the path that the route names.
    pub parameters: Vec<(String, String)>,
    /// Who asks; `None` on public routes.
    pub caller: Option<Caller>,
    /// What the caller was found to be allowed.
    pub grant: Grant,
    /// The state, on this worker's own connection.
    pub store: &'a mut Store,
    /// What an upload brings.
    pub upload: &'a mut dyn Read,
    /// What all workers share.
    pub shared: &'a Shared,
    /// When it came.
    pub now: Timestamp,
}

impl Call<'_> {
    /// Who asks. Routes that are not public have one.
    pub fn caller(&self) -> Result<&Caller, Problem> {
        self.caller.as_ref().ok_or(Problem::new(Kind::Unauthenticated))
    }

    /// Who does what follows, for the audit.
    pub fn act(&self) -> Act {
        let who = self.caller.as_ref().map_or(Actor::Nobody, Caller::actor);
        Act { who, from: Some(self.request.client), at: self.now }
    }

    /// The account of the path.
    pub fn scope(&self) -> Result<AccountScope, Problem> {
        self.grant.account()
    }

    /// The whole box: for routes that ask for a permission there.
    pub fn whole_box(&self) -> Result<WholeBox, Problem> {
        match self.grant.reach {
            pabx_model::Reach::Box => Ok(WholeBox),
            _ => Err(Problem::new(Kind::Forbidden)),
        }
    }

    /// An id of the path. What is none is not found either.
    pub fn id<T: FromStr>(&self, name: &str) -> Result<T, Problem> {
        let text = self.parameters.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str());
        text.and_then(|text| text.parse().ok()).ok_or(Problem::not_found())
    }

    /// The query, with nothing in it that is not known.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_urlencoded::from_str(&self.request.query)
            .map_err(|error| Problem::about(Kind::BadRequest, format!("query: {error}")))
    }

    /// The body, which must be JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let mut reader = serde_json::Deserializer::from_slice(self.body_of("application/json")?);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let (path, inner) = (error.path().to_string(), error.inner());
            match inner.classify() {
                serde_json::error::Category::Data if path != "." => Problem::field(path, inner.to_string()),
                serde_json::error::Category::Data => Problem::about(Kind::Invalid, inner.to_string()),
                _ => Problem::about(Kind::BadRequest, format!("the body is not JSON: {inner}")),
            }
        })?;
        reader.end().map_err(|_| Problem::about(Kind::BadRequest, "something follows the JSON"))?;
        Ok(value)
    }

    /// The body, which must be text of this media type.
    pub fn text(&self, media_type: &str) -> Result<&str, Problem> {
        let text = std::str::from_utf8(self.body_of(media_type)?);
        text.map_err(|_| Problem::about(Kind::BadRequest, "the body is not UTF-8"))
    }

    fn body_of(&self, media_type: &str) -> Result<&[u8], Problem> {
        if self.request.is_of(media_type) {
            Ok(&self.request.body)
        } else {
            Err(Problem::about(Kind::MediaType, format!("{media_type} is asked for")))
        }
    }

    /// Writes what an upload brings into a file, as long as the disk does not fill up; it is safe there afterwards.
    pub fn receive(&mut self, into: &mut File, most: u64) -> Result<u64, Problem> {
        if !self.request.is_of(OCTETS) {
            return Err(Problem::about(Kind::MediaType, format!("{OCTETS} is asked for")));
        }
        let (mut part, mut received) = (vec![0; PART], 0_u64);
        loop {
            let length = self.upload.read(&mut part).map_err(|error| {
                Problem::about(
                    Kind::BadRequest,
                    format!("the body broke off after {received} octets: {error}"),
                )
            })?;
            let Some(octets) = part.get(..length).filter(|octets| !octets.is_empty()) else { break };
            received = received.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
            if received > most {
                return Err(Problem::about(Kind::TooLarge, format!("more than {most} octets")));
            }
            let room = self.shared.leave_room(0);
            room.and_then(|()| into.write_all(octets).map_err(|error| Problem::of_disk(&error)))
                .inspect_err(
                    // Whoever still sends would not see the answer.
                    |_| drop(io::copy(&mut (&mut *self.upload).take(most), &mut io::sink())),
                )?;
        }
        into.sync_all().map_err(|error| Problem::of_disk(&error))?;
        Ok(received)
    }

    /// The revision that `If-Match` names (RFC 9110 §13.1.1); `*` is any.
    pub fn expected(&self) -> Result<Option<Revision>, Problem> {
        let Some(text) = self.request.header("if-match") else { return Ok(None) };
        if text.trim() == "*" {
            return Ok(None);
        }
        let revision = text.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let revision = revision.and_then(|text| text.parse().ok());
        // A tag that we never gave fits nothing.
        revision.map(Some).ok_or(Problem::new(Kind::Stale))
    }
}
