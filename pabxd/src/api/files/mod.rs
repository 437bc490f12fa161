//! The files of the web UI: read once at the start, served from memory.
//!
//! A file may lie beside its compressed forms (`app.js`, `app.js.br`, `app.js.gz`); each form has an `ETag` of its own. What is
//! asked for and is not there, and looks like a page and not like a file, is the UI's own page: it knows the way from there.
//!
//! - `load`: the folder, within limits;
//! - `accept`: which form a client takes.

mod accept;
mod load;

pub use load::FilesProblem;

use self::accept::Coding;
use super::core::http::{Method, Reply, Request};
use super::core::problem::{Kind, Problem};
use std::collections::HashMap;
use std::path::Path;

/// The page that is shown first.
const PAGE: &str = "/index.html";
/// Below it, names change with the content (the build puts a hash into them).
const HASHED: &str = "/assets/";

/// All files, by the path that they are asked for with.
#[derive(Debug, Default)]
pub struct Files(HashMap<String, File>);

#[derive(Debug)]
struct File {
    media_type: &'static str,
    plain: Form,
    packed: Vec<(Coding, Form)>,
}

#[derive(Debug)]
struct Form {
    octets: Vec<u8>,
    etag: String,
}

impl Files {
    /// Those of this folder.
    pub fn load(folder: &Path) -> Result<Self, FilesProblem> {
        load::folder(folder).map(Self)
    }

    /// Answers a request for what is no part of the API.
    pub fn answer(&self, request: &Request) -> Result<Reply, Problem> {
        let (path, file) = self.find(&request.path).ok_or(Problem::not_found())?;
        if request.method != Method::Get {
            let refused = Problem::new(Kind::MethodNotAllowed).into_reply(&request.path);
            return Ok(refused.with("allow", "GET, HEAD"));
        }
        let (coding, form) = file.form(request.header("accept-encoding"));
        let kept = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
        let headed = |reply: Reply| {
            let reply = reply.with("etag", form.etag.clone()).with("cache-control", kept);
            reply.with("vary", "accept-encoding")
        };
        if request.header("if-none-match").is_some_and(|told| is_among(&form.etag, told)) {
            return Ok(headed(Reply::empty(304)));
        }
        let reply = headed(Reply::bytes(200, file.media_type, form.octets.clone()));
        Ok(match coding {
            Some(coding) => reply.with("content-encoding", coding.word()),
            None => reply,
        })
    }

    fn find(&self, path: &str) -> Option<(&str, &File)> {
        let (own, file) = self.0.get_key_value(path).or_else(|| {
            let name = path.rsplit('/').next().unwrap_or("");
            let is_other = [HASHED, "/api/"].iter().any(|folder| path.starts_with(folder));
            let is_page = path.starts_with('/') && !name.contains('.') && !is_other;
            self.0.get_key_value(PAGE).filter(|_| is_page)
        })?;
        Some((own, file))
    }
}

impl File {
    fn form(&self, accepted: Option<&str>) -> (Option<Coding>, &Form) {
        let codings = self.packed.iter().map(|(coding, _)| *coding);
        let chosen = accept::choose(accepted.unwrap_or(""), codings);
        let packed = self.packed.iter().find(|(coding, _)| Some(*coding) == chosen);
        packed.map_or((None, &self.plain), |(coding, form)| (Some(*coding), form))
    }
}

/// RFC 9110 §13.1.2: compared weakly.
fn is_among(etag: &str, told: &str) -> bool {
    told.split(',').map(str::trim).any(|told| told == "*" || told.trim_start_matches("W/") == etag)
}

#[cfg(test)]
mod tests;
