//! Requests.

use super::Verdict;
use super::singles::repeated;
use crate::header::MaxForwards;
use crate::header::name_addr::NameAddrRef;
use crate::header::via::ViaRef;
use crate::message::{HeaderName, Headers, MAX_SAME, Method, Request, StatusCode};
use crate::uri::UriRef;

/// Longest Call-ID in octets: it is a key of tables.
const MAX_CALL_ID: usize = 256;
/// Longest tag or branch in octets, for the same reason.
const MAX_KEY: usize = 256;

/// Checks a request as RFC 3261 §8.2 and §16.3 want it before anything else, and as RFC 4475 tests it.
///
/// 400 for what is missing, repeated or malformed, 416 for a Request-URI nobody here can reach.
pub fn check_request(request: &Request) -> Result<(), Verdict> {
    if repeated(request.headers()) {
        return Err(Verdict::bad("Repeated Header Field"));
    }
    check_via(request)?;
    check_identity(request)?;
    check_cseq(request)?;
    check_optional(request)?;
    check_request_uri(request)
}

/// RFC 3261 §8.1.1.7: at least one Via, all of them readable; the answer follows them.
fn check_via(request: &Request) -> Result<(), Verdict> {
    const BAD: Verdict = Verdict::bad("Bad Via");
    let mut count = 0;
    for value in request.headers().values(&HeaderName::Via) {
        let via = ViaRef::parse(value).map_err(|_| BAD)?;
        if via.params.get("branch").is_some_and(|branch| branch.len() > MAX_KEY) {
            return Err(BAD);
        }
        count += 1;
    }
    match count {
        0 => Err(Verdict::bad("Missing Via")),
        1..=MAX_SAME => Ok(()),
        _ => Err(BAD),
    }
}

/// RFC 3261 §8.1.1.2 to .4: To, From, Call-ID. A tag of From may be missing: RFC 2543 (RFC 4475 §3.4.1).
fn check_identity(request: &Request) -> Result<(), Verdict> {
    let headers = request.headers();
    party(headers, &HeaderName::From, "Missing From", "Bad From")?;
    let to = party(headers, &HeaderName::To, "Missing To", "Bad To")?;
    // RFC 3261 §10.3: what is registered is a SIP URI (RFC 4475 §3.3.4).
    if *request.method() == Method::Register && !to.uri.is_sip() {
        return Err(Verdict::bad("Bad Address Of Record"));
    }
    let id = headers.first(&HeaderName::CallId).ok_or(Verdict::bad("Missing Call-ID"))?;
    // `word [ "@" word ]`; phones that write base64 also have `=` in it.
    if id.is_empty() || id.len() > MAX_CALL_ID || !id.iter().all(u8::is_ascii_graphic) {
        return Err(Verdict::bad("Bad Call-ID"));
    }
    Ok(())
}

fn party<'a>(
    headers: &'a Headers,
    name: &HeaderName,
    missing: &'static str,
    bad: &'static str,
) -> Result<NameAddrRef<'a>, Verdict> {
    let value = headers.first(name).ok_or(Verdict::bad(missing))?;
    let party = NameAddrRef::parse(value, false).map_err(|_| Verdict::bad(bad))?;
    let tag = party.tag().map_err(|_| Verdict::bad(bad))?;
    if tag.is_some_and(|tag| tag.len() > MAX_KEY) {
        return Err(Verdict::bad("Tag Too Long"));
    }
    Ok(party)
}

/// RFC 3261 §8.1.1.5: the method of CSeq is that of the request.
fn check_cseq(request: &Request) -> Result<(), Verdict> {
    let cseq = request.headers().get::<crate::header::CSeq>().map_err(|_| Verdict::bad("Bad CSeq"))?;
    let cseq = cseq.ok_or(Verdict::bad("Missing CSeq"))?;
    if cseq.method == *request.method() { Ok(()) } else { Err(Verdict::bad("CSeq Method Mismatch")) }
}

/// Fields that may be missing and must be readable when they are there.
fn check_optional(request: &Request) -> Result<(), Verdict> {
    let headers = request.headers();
    headers.get::<MaxForwards>().map_err(|_| Verdict::bad("Bad Max-Forwards"))?;
    let readable = |name: &HeaderName, brackets: bool| {
        let mut values = headers.values(name).enumerate();
        values.all(|(at, v)| {
            at < MAX_SAME && ((v == b"*" && !brackets) || NameAddrRef::parse(v, brackets).is_ok())
        })
    };
    if !readable(&HeaderName::Contact, false) {
        return Err(Verdict::bad("Bad Contact"));
    }
    if !readable(&HeaderName::Route, true) || !readable(&HeaderName::RecordRoute, true) {
        return Err(Verdict::bad("Bad Route"));
    }
    Ok(())
}

/// RFC 3261 §8.2.2.1: a scheme we do not know is 416. `?headers` have no place there (§19.1.1, RFC 4475 §3.1.2.11).
fn check_request_uri(request: &Request) -> Result<(), Verdict> {
    let uri = UriRef::parse(request.uri_text()).map_err(|_| Verdict::bad("Bad Request-URI"))?;
    if uri.is_other() {
        return Err(Verdict { status: StatusCode::UNSUPPORTED_URI_SCHEME, reason: "Unsupported URI Scheme" });
    }
    if uri.has_headers() { Err(Verdict::bad("Bad Request-URI")) } else { Ok(()) }
}
