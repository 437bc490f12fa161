//! Responses: nobody is told, they are dropped.

use super::singles::repeated;
use crate::header::{CSeq, From, To, TypedHeader, Via};
use crate::message::{HeaderName, Response};

/// Why a response is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Discard(pub &'static str);

/// Checks a response that is meant for us as a user agent.
pub fn check_response(response: &Response) -> Result<(), Discard> {
    let headers = response.headers();
    if repeated(headers) {
        return Err(Discard("repeated header field"));
    }
    let mut vias = headers.values(&HeaderName::Via);
    let top = vias.next().ok_or(Discard("no Via"))?;
    Via::parse(top).map_err(|_| Discard("bad Via"))?;
    // RFC 3261 §8.1.3.3: a second Via means that it was meant for somebody else (RFC 4475 §3.3.10).
    if vias.next().is_some() {
        return Err(Discard("more than one Via"));
    }
    if !matches!(headers.get::<CSeq>(), Ok(Some(_))) {
        return Err(Discard("bad CSeq"));
    }
    if !matches!((headers.get::<From>(), headers.get::<To>()), (Ok(Some(_)), Ok(Some(_)))) {
        return Err(Discard("bad From or To"));
    }
    if response.call_id().is_none_or(str::is_empty) { Err(Discard("bad Call-ID")) } else { Ok(()) }
}
