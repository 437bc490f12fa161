//! Which fields cross the edge, and what it adds.

use hyper::HeaderMap;
use hyper::header::{CONNECTION, HeaderName, HeaderValue, SERVER};
use std::net::IpAddr;

/// Of one connection only (RFC 9110 §7.6.1), beside those that `Connection` names.
const OF_CONNECTION: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// In which the edge says whom a request is from.
const CLIENT: HeaderName = HeaderName::from_static("x-pabx-client");
/// What every answer carries where it does not say otherwise itself.
const OF_EVERY_ANSWER: [(&str, &str); 7] = [
    // RFC 6797. A browser that sees a certificate it does not trust, or an address, takes no notice of it (§8.1).
    ("strict-transport-security", "max-age=31536000"),
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
         font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(self), payment=(), usb=()"),
];

/// What of a request's fields is passed on; no field comes twice that the API reads once.
pub(super) fn of_request(fields: &HeaderMap, client: IpAddr) -> HeaderMap {
    let named = named_by_connection(fields);
    let passes = |name: &HeaderName| !is_of_connection(name, &named) && !is_ours_to_say(name.as_str());
    let mut passed: HeaderMap = fields
        .iter()
        .filter(|(name, _)| passes(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    passed.remove("content-length");
    if let Ok(client) = HeaderValue::from_str(&client.to_canonical().to_string()) {
        passed.insert(CLIENT, client);
    }
    passed
}

/// What of an answer's fields is passed on.
pub(super) fn of_answer(fields: &mut HeaderMap) {
    let named = named_by_connection(fields);
    let names: Vec<HeaderName> =
        fields.keys().filter(|name| is_of_connection(name, &named)).cloned().collect();
    for name in names {
        fields.remove(name);
    }
    fields.remove(SERVER);
    complete(fields);
}

/// Adds what every answer carries.
pub(super) fn complete(fields: &mut HeaderMap) {
    for (name, value) in OF_EVERY_ANSWER {
        fields.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
}

fn named_by_connection(fields: &HeaderMap) -> Vec<String> {
    let values = fields.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect()
}

fn is_of_connection(name: &HeaderName, named: &[String]) -> bool {
    // A client must not have its own credentials, or ours, dropped on the way by naming them.
    let kept = matches!(name.as_str(), "host" | "authorization" | "cookie" | "content-type" | "x-csrf-token");
    OF_CONNECTION.contains(&name.as_str()) || (!kept && named.iter().any(|named| named == name.as_str()))
}

/// What the edge alone may say, and what others use to say the same.
fn is_ours_to_say(name: &str) -> bool {
    let name = name.replace('_', "-");
    name.starts_with("x-pabx-")
        || name.starts_with("x-forwarded-")
        || matches!(name.as_str(), "forwarded" | "x-real-ip" | "expect" | "x-http-method-override")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(fields: &[(&str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&str, &str)| (name.parse().unwrap(), value.parse().unwrap());
        let pairs: Vec<(HeaderName, HeaderValue)> = fields.iter().map(pair).collect();
        pairs.into_iter().collect()
    }

    #[test]
    fn nobody_outside_says_who_they_are() {
        let sent = map(&[
            ("host", "box"),
            ("x-pabx-client", "10.0.0.1"),
            ("x_pabx_client", "10.0.0.1"),
            ("x-forwarded-for", "10.0.0.1"),
            ("forwarded", "for=10.0.0.1"),
            ("x-pabx-else", "1"),
            ("connection", "x-hop, Authorization"),
            ("x-hop", "1"),
            ("authorization", "Bearer t"),
            ("transfer-encoding", "chunked"),
            ("content-length", "7"),
            ("upgrade", "h2c"),
            ("expect", "100-continue"),
        ]);
        let passed = of_request(&sent, "::ffff:192.0.2.7".parse().unwrap());
        assert_eq!(
            passed,
            map(&[("host", "box"), ("authorization", "Bearer t"), ("x-pabx-client", "192.0.2.7")])
        );
    }

    #[test]
    fn an_answer_says_what_it_wants_and_gets_the_rest() {
        let mut fields =
            map(&[("content-security-policy", "sandbox"), ("server", "tiny"), ("connection", "close")]);
        of_answer(&mut fields);
        assert_eq!(fields["content-security-policy"], "sandbox");
        assert_eq!(fields["x-content-type-options"], "nosniff");
        assert!(!fields.contains_key("server") && !fields.contains_key("connection"));
    }
}
