//! Errors as the outside sees them: `application/problem+json` (RFC 9457) with a stable `type`.

use super::http::Reply;
use pabx_store::StoreError;
use schemars::JsonSchema;
use serde::Serialize;

macro_rules! kinds {
    ($($(#[$meta:meta])* $name:ident = $status:literal $word:literal $title:literal,)*) => {
        /// What kind of error; its word is the `type` of the document and never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($(#[$meta])* $name,)* }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// The `type`.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The `title`.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

kinds!(
    /// The request cannot be understood.
    BadRequest = 400 "bad-request" "The request cannot be understood",
    /// Nobody has signed in, or the token does not serve (any more).
    Unauthenticated = 401 "unauthenticated" "Sign in first",
    /// Name and password do not fit.
    WrongCredentials = 401 "wrong-credentials" "Name or password is wrong",
    /// The second factor is missing.
    OtpRequired = 401 "otp-required" "The one-time code is needed",
    /// It is not this person's to do.
    Forbidden = 403 "forbidden" "Not allowed",
    /// A browser's request without its token against forgery.
    Csrf = 403 "csrf" "The token against request forgery is missing or wrong",
    /// The password was given by somebody else.
    PasswordChangeRequired = 403 "password-change-required" "Set a password of your own first",
    /// The role demands a second factor.
    OtpEnrolmentRequired = 403 "otp-enrolment-required" "Set up the second factor first",
    /// Not there, or not for this person to know.
    NotFound = 404 "not-found" "Not found",
    /// The path exists, the method does not.
    MethodNotAllowed = 405 "method-not-allowed" "This method does not exist here",
    /// Something unique is there already.
    Taken = 409 "taken" "Already taken",
    /// A limit of the account or of the box.
    Limit = 409 "limit" "A limit is reached",
    /// It cannot be done in this state.
    Conflict = 409 "conflict" "Not possible in this state",
    /// Somebody else changed it meanwhile.
    Stale = 412 "stale" "It was changed by somebody else meanwhile",
    /// The body is too large.
    TooLarge = 413 "too-large" "The body is too large",
    /// The body is of another type than is asked for.
    MediaType = 415 "media-type" "The body is of another type",
    /// Some fields are wrong.
    Invalid = 422 "invalid" "Some fields are wrong",
    /// A change needs `If-Match`.
    PreconditionRequired = 428 "precondition-required" "If-Match is needed",
    /// Too much from this place.
    TooMany = 429 "too-many" "Too many requests",
    /// A bug of ours.
    Internal = 500 "internal" "Something broke",
    /// The box cannot do it now.
    Unavailable = 503 "unavailable" "Not possible at the moment",
    /// The disk is full.
    DiskFull = 507 "disk-full" "The disk is full",
);

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldProblem {
    /// Its name; of a list's element, with its place: `extensions[3].name`.
    pub field: String,
    /// Why it cannot be taken.
    pub reason: String,
}

/// An error on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    kind: Kind,
    detail: Option<String>,
    fields: Vec<FieldProblem>,
    retry_after: Option<u64>,
}

/// The document.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProblemDocument {
    /// A word that never changes.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The word in English.
    title: &'static str,
    /// HTTP status.
    status: u16,
    /// What it is about here.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The path that was asked for.
    instance: String,
    /// Each field that is wrong; left out where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    errors: Vec<FieldProblem>,
}

impl Problem {
    /// What the disk did not take.
    pub fn of_disk(error: &std::io::Error) -> Self {
        log::error!("a file could not be written: {error}");
        let full =
            matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded);
        Self::new(if full { Kind::DiskFull } else { Kind::Unavailable })
    }

    /// Of this kind.
    pub const fn new(kind: Kind) -> Self {
        Self { kind, detail: None, fields: Vec::new(), retry_after: None }
    }

    /// Of this kind, about this.
    pub fn about(kind: Kind, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..Self::new(kind) }
    }

    /// These fields are wrong.
    pub const fn fields(fields: Vec<FieldProblem>) -> Self {
        Self { kind: Kind::Invalid, detail: None, fields, retry_after: None }
    }

    /// This field is wrong.
    pub fn field(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::fields(vec![FieldProblem { field: field.into(), reason: reason.into() }])
    }

    /// Of this kind, about this field.
    pub fn about_field(kind: Kind, field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { kind, ..Self::field(field, reason) }
    }

    /// Not there.
    pub const fn not_found() -> Self {
        Self::new(Kind::NotFound)
    }

    /// May be tried again after so many seconds.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// What kind.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// As an answer for this path.
    pub fn into_reply(self, path: &str) -> Reply {
        let status = self.kind.status();
        let document = ProblemDocument {
            kind: self.kind.word(),
            title: self.kind.title(),
            status,
            detail: self.detail,
            instance: path.to_owned(),
            errors: self.fields,
        };
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let reply = Reply::bytes(status, "application/problem+json", body);
        let reply = match self.kind {
            // RFC 9110 §11.6.1 wants a challenge with each 401.
            Kind::Unauthenticated | Kind::WrongCredentials | Kind::OtpRequired => {
                reply.with("www-authenticate", "Bearer realm=\"pabx\"")
            }
            _ => reply,
        };
        match self.retry_after {
            Some(seconds) => reply.with("retry-after", seconds.to_string()),
            None => reply,
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { .. } => Self::not_found(),
            StoreError::Taken { .. } => Self::about(Kind::Taken, error.to_string()),
            StoreError::Limit { .. } => Self::about(Kind::Limit, error.to_string()),
            StoreError::Stale { .. } => Self::new(Kind::Stale),
            StoreError::LastSuperAdmin | StoreError::SetupDone | StoreError::StillUsed { .. } => {
                Self::about(Kind::Conflict, error.to_string())
            }
            StoreError::Text(error) => Self::about(Kind::Invalid, error.to_string()),
            StoreError::DiskFull => Self::new(Kind::DiskFull),
            StoreError::Busy => Self::new(Kind::Unavailable).retry_after(1),
            other => {
                log::error!("the API met a failure of the store: {other}");
                Self::new(Kind::Internal)
            }
        }
    }
}

/// Collects what is wrong with the fields of a body, so that all are named at once.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldProblem>);

impl Fields {
    /// None so far.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Reads all fields of a body: the value, or what is wrong.
    pub fn all<T>(read: impl FnOnce(&mut Self) -> Option<T>) -> Result<T, Problem> {
        let mut fields = Self::new();
        let value = read(&mut fields);
        fields.done(value)
    }

    /// Reads a part; what is wrong in it is named behind this prefix.
    pub fn part<T>(&mut self, prefix: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let mut part = Self::new();
        let value = read(&mut part);
        part.0.iter_mut().for_each(|problem| problem.field.insert_str(0, prefix));
        self.0.append(&mut part.0);
        value
    }

    /// Reads a field; what is wrong is kept for [`Fields::finish`].
    pub fn parse<T, E: std::fmt::Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(field, error.to_string());
                None
            }
        }
    }

    /// Reads a field that may be left out.
    pub fn parse_some<T, E: std::fmt::Display>(
        &mut self,
        field: &str,
        text: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        text.and_then(|text| self.parse(field, parse(text)))
    }

    /// A number between two others.
    pub fn within<T: PartialOrd + std::fmt::Display>(
        &mut self,
        field: &str,
        value: T,
        least: T,
        most: T,
    ) -> T {
        if value < least || value > most {
            self.add(field, format!("is not from {least} to {most}"));
        }
        value
    }

    /// This one is wrong.
    pub fn add(&mut self, field: &str, reason: impl Into<String>) {
        self.0.push(FieldProblem { field: field.to_owned(), reason: reason.into() });
    }

    /// How many are wrong so far.
    pub const fn count(&self) -> usize {
        self.0.len()
    }

    /// The problem with the first of them, at most so many, and what is to be said of the rest.
    pub fn first(mut self, most: usize, detail: &str) -> Problem {
        self.0.truncate(most);
        Problem { detail: Some(detail.to_owned()), ..Problem::fields(self.0) }
    }

    /// The problem, if there is one.
    pub fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::fields(self.0)) }
    }

    /// Of values read by [`Fields::parse`]: all there, or the problem.
    pub fn done<T>(self, value: Option<T>) -> Result<T, Problem> {
        match (self.0.is_empty(), value) {
            (true, Some(value)) => Ok(value),
            _ => Err(Problem::fields(self.0)),
        }
    }
}

/// The document of a problem.
#[cfg(test)]
pub(in crate::api) fn told(problem: Problem) -> String {
    let super::http::Body::Bytes(body) = problem.into_reply("").body else { panic!("a body") };
    String::from_utf8(body).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_there_once() {
        let words: std::collections::HashSet<_> = Kind::ALL.iter().map(|kind| kind.word()).collect();
        assert_eq!(words.len(), Kind::ALL.len());
    }

    #[test]
    fn the_document_names_every_field() {
        let mut fields = Fields::new();
        fields.add("name", "is empty");
        fields.within("ring_seconds", 700, 0, 600);
        let reply = fields.finish().unwrap_err().into_reply("/api/v1/x");
        assert_eq!(reply.status, 422);
        let super::super::http::Body::Bytes(body) = reply.body else { panic!("a body") };
        let document: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(document["type"], "invalid");
        assert_eq!(document["errors"][1]["field"], "ring_seconds");
        assert_eq!(document["errors"][1]["reason"], "is not from 0 to 600");
    }
}
