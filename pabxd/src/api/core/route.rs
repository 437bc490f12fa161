//! A route: method, path, what it asks of the caller, what it takes and gives. The router and the OpenAPI document are made of these.

use super::access::Access;
use super::call::Call;
use super::http::{Body, Method, Reply};
use super::problem::Problem;
use crate::api::events::Subscription;
use pabx_store::Revision;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;

type Handler = Box<dyn Fn(&mut Call<'_>) -> Result<Reply, Problem> + Send + Sync>;
/// Makes the schema of a type.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// What a route gives when it succeeds.
pub struct Given {
    /// HTTP status.
    pub status: u16,
    /// Media type and schema; `None`: no body.
    pub content: Option<(&'static str, SchemaOf)>,
    /// With `ETag`.
    pub tagged: bool,
}

/// One route.
pub struct Route {
    /// Method.
    pub method: Method,
    /// Below `/api/v1`, with `{names}`.
    pub path: &'static str,
    /// What it asks of the caller.
    pub access: Access,
    /// What it does, in one line.
    pub summary: &'static str,
    /// Query parameters, as the properties of an object.
    pub query: Option<SchemaOf>,
    /// Body: media type and schema.
    pub body: Option<(&'static str, SchemaOf)>,
    /// What comes back.
    pub given: Given,
    /// `If-Match` is asked for.
    pub conditional: bool,
    /// It may be called while the own password must be changed first, or the second factor set up.
    pub while_restricted: bool,
    /// Its answer is not kept for `Idempotency-Key`: it makes nothing, and holds what should lie nowhere.
    pub never_kept: bool,
    handler: Handler,
}

/// What a handler takes from query or body.
pub trait Input: Sized {
    /// Its schema, unless there is nothing to take.
    const SCHEMA: Option<SchemaOf>;
    /// Whether it stands in the query, not in the body.
    const IN_QUERY: bool;
    /// Reads it.
    fn read(call: &Call<'_>) -> Result<Self, Problem>;
}

/// Nothing is taken.
pub struct Nothing;

/// The query of a request.
pub struct Query<T>(pub T);

/// A JSON body.
pub struct Json<T>(pub T);

impl Input for Nothing {
    const SCHEMA: Option<SchemaOf> = None;
    const IN_QUERY: bool = true;
    fn read(call: &Call<'_>) -> Result<Self, Problem> {
        call.query::<NoQuery>().map(|_| Self)
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NoQuery {}

impl<T: DeserializeOwned + JsonSchema> Input for Query<T> {
    const SCHEMA: Option<SchemaOf> = Some(|generator| T::json_schema(generator));
    const IN_QUERY: bool = true;
    fn read(call: &Call<'_>) -> Result<Self, Problem> {
        call.query().map(Self)
    }
}

impl<T: DeserializeOwned + JsonSchema> Input for Json<T> {
    const SCHEMA: Option<SchemaOf> = Some(schemars::SchemaGenerator::subschema_for::<T>);
    const IN_QUERY: bool = false;
    fn read(call: &Call<'_>) -> Result<Self, Problem> {
        call.json().map(Self)
    }
}

/// What a handler gives.
pub trait Output {
    /// For the document.
    const GIVEN: Given;
    /// As an answer.
    fn into_reply(self) -> Reply;
}

/// 200 with JSON.
pub struct Answer<T>(pub T);
/// 200 with JSON and the `ETag` of its revision.
pub struct Tagged<T>(pub T, pub Revision);
/// 201 with JSON, `ETag` and `Location` (below `/api/v1`).
pub struct Created<T>(pub T, pub Revision, pub String);
/// 202 with JSON: it is being done.
pub struct Accepted<T>(pub T);
/// 204.
pub struct Done;
/// 200 with `text/csv`.
pub struct Csv(pub String, pub Vec<u8>);
/// 200 with a file of this name, from where it stands, and its octets. Only for a [`super::transfer::Transfer`].
pub struct Download(pub String, pub std::fs::File, pub u64);
/// 200 with XML.
pub struct Xml(pub String);
/// 200 with octets, to be kept as a file of this name.
pub struct Octets(pub String, pub Vec<u8>);
/// 200 with JSON, and headers that were set by hand: cookies.
pub struct Raw<T>(pub Reply, pub std::marker::PhantomData<T>);
/// 204, with headers that were set by hand.
pub struct RawDone(pub Reply);
/// 200 with events until somebody goes.
pub struct Stream(pub Subscription);

/// An `ETag` (RFC 9110 §8.8.3).
pub fn etag(revision: Revision) -> String {
    format!("\"{revision}\"")
}

const fn json<T: JsonSchema>() -> Option<(&'static str, SchemaOf)> {
    Some(("application/json", |generator| generator.subschema_for::<T>()))
}

fn octets(_: &mut SchemaGenerator) -> Schema {
    schemars::json_schema!({ "type": "string" })
}

impl<T: Serialize + JsonSchema> Output for Answer<T> {
    const GIVEN: Given = Given { status: 200, content: json::<T>(), tagged: false };
    fn into_reply(self) -> Reply {
        Reply::json(200, &self.0)
    }
}

impl<T: Serialize + JsonSchema> Output for Tagged<T> {
    const GIVEN: Given = Given { status: 200, content: json::<T>(), tagged: true };
    fn into_reply(self) -> Reply {
        Reply::json(200, &self.0).with("etag", etag(self.1))
    }
}

impl<T: Serialize + JsonSchema> Output for Created<T> {
    const GIVEN: Given = Given { status: 201, content: json::<T>(), tagged: true };
    fn into_reply(self) -> Reply {
        let location = format!("{}{}", super::BASE, self.2);
        Reply::json(201, &self.0).with("etag", etag(self.1)).with("location", location)
    }
}

impl<T: Serialize + JsonSchema> Output for Accepted<T> {
    const GIVEN: Given = Given { status: 202, content: json::<T>(), tagged: false };
    fn into_reply(self) -> Reply {
        Reply::json(202, &self.0)
    }
}

impl Output for Done {
    const GIVEN: Given = Given { status: 204, content: None, tagged: false };
    fn into_reply(self) -> Reply {
        Reply::empty(204)
    }
}

impl Output for Csv {
    const GIVEN: Given = Given { status: 200, content: Some(("text/csv", octets)), tagged: false };
    fn into_reply(self) -> Reply {
        let name = format!("attachment; filename=\"{}\"", self.0);
        Reply::bytes(200, "text/csv; charset=utf-8", self.1).with("content-disposition", name)
    }
}

impl Output for Xml {
    const GIVEN: Given = Given { status: 200, content: Some(("application/xml", octets)), tagged: false };
    fn into_reply(self) -> Reply {
        Reply::bytes(200, "application/xml; charset=utf-8", self.0.into_bytes())
    }
}

impl Output for Download {
    const GIVEN: Given =
        Given { status: 200, content: Some(("application/octet-stream", octets)), tagged: false };
    fn into_reply(self) -> Reply {
        let Self(name, file, octets) = self;
        let name = format!("attachment; filename=\"{name}\"");
        let reply = Reply::empty(200).with("content-type", "application/octet-stream");
        reply.with("content-disposition", name).carrying(Body::File(file, octets))
    }
}

impl Output for Octets {
    const GIVEN: Given =
        Given { status: 200, content: Some(("application/octet-stream", octets)), tagged: false };
    fn into_reply(self) -> Reply {
        let name = format!("attachment; filename=\"{}\"", self.0);
        Reply::bytes(200, "application/octet-stream", self.1).with("content-disposition", name)
    }
}

impl Output for RawDone {
    const GIVEN: Given = Given { status: 204, content: None, tagged: false };
    fn into_reply(self) -> Reply {
        self.0
    }
}

impl Output for Stream {
    const GIVEN: Given = Given { status: 200, content: Some(("text/event-stream", octets)), tagged: false };
    fn into_reply(self) -> Reply {
        Reply::empty(200).with("content-type", "text/event-stream").carrying(Body::Events(self.0))
    }
}

impl<T: JsonSchema> Output for Raw<T> {
    const GIVEN: Given = Given { status: 200, content: json::<T>(), tagged: false };
    fn into_reply(self) -> Reply {
        self.0
    }
}

impl Route {
    /// A route whose handler takes its input from query or body.
    pub fn new<I: Input + 'static, O: Output + 'static>(
        method: Method,
        path: &'static str,
        access: Access,
        summary: &'static str,
        handler: fn(&mut Call<'_>, I) -> Result<O, Problem>,
    ) -> Self {
        Self {
            method,
            path,
            access,
            summary,
            query: I::SCHEMA.filter(|_| I::IN_QUERY),
            body: I::SCHEMA.filter(|_| !I::IN_QUERY).map(|schema| ("application/json", schema)),
            given: O::GIVEN,
            conditional: false,
            while_restricted: false,
            never_kept: false,
            handler: Box::new(move |call| {
                let input = I::read(call)?;
                handler(call, input).map(O::into_reply)
            }),
        }
    }

    /// A route that changes what was read before: `If-Match` is asked for.
    #[must_use]
    pub const fn conditional(mut self) -> Self {
        self.conditional = true;
        self
    }

    /// A body of this media type, which the handler reads with [`Call::text`].
    #[must_use]
    pub fn takes(mut self, media_type: &'static str) -> Self {
        self.body = Some((media_type, octets));
        self
    }

    /// May be called while the own password must be changed, or the second factor set up.
    #[must_use]
    pub const fn while_restricted(mut self) -> Self {
        self.while_restricted = true;
        self
    }

    /// Answered anew each time: its answer is not kept for `Idempotency-Key`.
    #[must_use]
    pub const fn never_kept(mut self) -> Self {
        self.never_kept = true;
        self
    }

    /// Carries it out.
    pub fn run(&self, call: &mut Call<'_>) -> Result<Reply, Problem> {
        (self.handler)(call)
    }
}
