//! HTTP without TLS: says where HTTPS is, answers the challenges of a certificate's order, and nothing else.

use super::answer::Body;
use super::challenges::Challenges;
use super::doors::{Arrival, Inside};
use super::refusal::Refusal;
use super::{headers, https};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue, LOCATION};
use hyper::{Method, Request, Response, StatusCode};

pub(super) async fn serve(inside: &Inside, arrival: Arrival) {
    let Arrival { tcp, place, .. } = arrival;
    let handler = async |request: Request<Incoming>| {
        let challenge = challenge(&request, &inside.challenges).map(Ok);
        let answered = challenge.unwrap_or_else(|| redirect(&request, inside.https_port));
        let mut answer = answered.unwrap_or_else(Refusal::answer);
        headers::complete(answer.headers_mut());
        answer
    };
    https::speak(inside, tcp, &place, handler).await;
}

/// RFC 8555 §8.3, for tokens that are being asked for.
fn challenge<B>(request: &Request<B>, challenges: &Challenges) -> Option<Response<Body>> {
    let authorization = challenges.at(request.uri().path()).filter(|_| request.method() == Method::GET)?;
    let mut answer = Response::new(Body::whole(authorization));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    Some(answer)
}

/// To the same host and target over HTTPS. Only what changes nothing: whatever else was sent here has been read by others.
fn redirect<B>(request: &Request<B>, port: Option<u16>) -> Result<Response<Body>, Refusal> {
    let port = port.ok_or(Refusal::HttpsOnly)?;
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Refusal::HttpsOnly);
    }
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).and_then(host_name);
    let host = host.ok_or(Refusal::Malformed("Host"))?;
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let colon = if port == 443 { String::new() } else { format!(":{port}") };
    let place = HeaderValue::from_str(&format!("https://{host}{colon}{target}"));
    let mut answer = Response::new(Body::whole(""));
    *answer.status_mut() = StatusCode::PERMANENT_REDIRECT;
    answer.headers_mut().insert(LOCATION, place.map_err(|_| Refusal::Malformed("the target"))?);
    Ok(answer)
}

/// The host without its port, where it is one.
fn host_name(host: &str) -> Option<&str> {
    let name = match host.rfind(']') {
        Some(end) => host.get(..=end)?,
        None => host.split(':').next()?,
    };
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-._[]:".contains(&octet);
    (!name.is_empty() && name.bytes().all(plain)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: Method, host: &str, target: &str, port: Option<u16>) -> Result<String, Refusal> {
        let mut request = Request::new(());
        *request.method_mut() = method;
        *request.uri_mut() = target.parse().unwrap();
        request.headers_mut().insert(HOST, host.parse().unwrap());
        redirect(&request, port).map(|answer| answer.headers()[LOCATION].to_str().unwrap().to_owned())
    }

    #[test]
    fn host_and_target_stay_and_the_port_is_ours() {
        assert_eq!(asked(Method::GET, "box:80", "/a?b=c", Some(443)).unwrap(), "https://box/a?b=c");
        assert_eq!(
            asked(Method::HEAD, "[2001:db8::1]:80", "/", Some(8443)).unwrap(),
            "https://[2001:db8::1]:8443/"
        );
    }

    #[test]
    fn a_token_that_is_asked_for_is_answered_and_only_to_get() {
        let challenges = std::sync::Arc::new(Challenges::default());
        let offers = challenges.offering();
        offers.http("token", "token.thumb").unwrap();
        let asked = |method: Method, target: &str| {
            let request = Request::builder().method(method).uri(target).body(()).unwrap();
            challenge(&request, &challenges).is_some()
        };
        assert!(asked(Method::GET, "/.well-known/acme-challenge/token"));
        assert!(!asked(Method::POST, "/.well-known/acme-challenge/token"));
        assert!(!asked(Method::GET, "/.well-known/acme-challenge/other"));
    }

    #[test]
    fn what_changes_something_or_leads_elsewhere_is_refused() {
        assert_eq!(asked(Method::POST, "box", "/", Some(443)), Err(Refusal::HttpsOnly));
        assert_eq!(asked(Method::GET, "box", "/", None), Err(Refusal::HttpsOnly));
        for host in ["", "a/b", "a b", "user@evil", "a\\b"] {
            assert!(asked(Method::GET, host, "/", Some(443)).is_err(), "{host}");
        }
    }
}
