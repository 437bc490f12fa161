//! `Idempotency-Key` on creations: a request that is sent again, because its answer was lost, makes nothing twice.
//!
//! The key belongs to its caller. The same key with another request is refused; while the first one is still worked on,
//! too. Answers are kept for a day.

use super::call::Call;
use super::http::{Body, Method, Reply};
use super::problem::{Kind, Problem};
use super::route::Route;
use pabx_store::{IdempotentAnswer, IdempotentRequest, IdempotentStart};
use ring::digest::{SHA256, digest};

/// Longest key, in octets.
const MAX_KEY: usize = 255;
/// Headers that are kept with an answer.
const KEPT: [&str; 3] = ["content-type", "etag", "location"];

/// Carries a request out, or gives the answer that it had before.
pub fn once(call: &mut Call<'_>, route: &Route) -> Result<Reply, Problem> {
    let key = match call.request.header("idempotency-key") {
        Some(key) if route.method == Method::Post && call.caller.is_some() && !route.never_kept => key,
        _ => return route.run(call),
    };
    if key.is_empty() || key.len() > MAX_KEY {
        return Err(Problem::about(Kind::BadRequest, format!("Idempotency-Key has 1 to {MAX_KEY} octets")));
    }
    let user_id = call.caller()?.user_id;
    let request = IdempotentRequest {
        key_hash: hash(&[key.as_bytes(), user_id.as_bytes()]),
        // With the key, which is kept nowhere: a passphrase in the body is not guessed from its hash.
        request_hash: hash(&[
            key.as_bytes(),
            call.request.path.as_bytes(),
            call.request.query.as_bytes(),
            &call.request.body,
        ]),
        user_id,
    };
    match call.store.begin_idempotent(&request, call.now)? {
        IdempotentStart::New => {}
        IdempotentStart::Running => {
            return Err(Problem::about(Kind::Conflict, "the first request is still worked on"));
        }
        IdempotentStart::Other => {
            return Err(Problem::about(Kind::Conflict, "this Idempotency-Key was used for another request"));
        }
        IdempotentStart::Done(answer) => return Ok(again(answer)),
    }
    match route.run(call) {
        Ok(reply) => {
            match kept(&reply) {
                Some(answer) => call.store.finish_idempotent(&request, &answer)?,
                None => call.store.forget_idempotent(&request)?,
            }
            Ok(reply)
        }
        Err(problem) => {
            call.store.forget_idempotent(&request)?;
            Err(problem)
        }
    }
}

fn hash(parts: &[&[u8]]) -> Vec<u8> {
    let mut whole = Vec::new();
    for part in parts {
        whole.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        whole.extend(*part);
    }
    digest(&SHA256, &whole).as_ref().to_vec()
}

fn kept(reply: &Reply) -> Option<IdempotentAnswer> {
    let body = match &reply.body {
        Body::Empty => Vec::new(),
        Body::Bytes(bytes) => bytes.clone(),
        // Nothing that could be kept: asked again, it is done again.
        Body::File(..) | Body::Events(_) => return None,
    };
    let headers = KEPT.iter().filter_map(|name| Some(((*name).to_owned(), reply.header(name)?.to_owned())));
    Some(IdempotentAnswer { status: reply.status, headers: headers.collect(), body })
}

fn again(answer: IdempotentAnswer) -> Reply {
    let reply =
        Reply::empty(answer.status).carrying(Body::Bytes(answer.body)).with("idempotency-replayed", "true");
    KEPT.into_iter().fold(reply, |reply, name| match answer.headers.iter().find(|(known, _)| known == name) {
        Some((_, value)) => reply.with(name, value.clone()),
        None => reply,
    })
}
