//! Requests to an authority: instant-acme says what, ureq carries it. HTTPS only (RFC 8555 §6.1), no redirects, bounded.

use super::settings;
use anyhow::anyhow;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use std::pin::Pin;
use std::time::Duration;
use ureq::http::header::CONTENT_TYPE;
use ureq::http::{Request, Response};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// What a request may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Octets of an answer: a chain of certificates is the longest.
const MAX_ANSWER: u64 = 256 * 1024;

/// The way to an authority.
pub(super) struct Client {
    agent: ureq::Agent,
}

impl Client {
    /// With roots of the authority's own, these alone are believed; else those that browsers know.
    pub(super) fn new(own_roots: Option<&str>) -> anyhow::Result<Self> {
        let roots = match own_roots {
            None => RootCerts::WebPki,
            Some(pem) => {
                let all = settings::roots(pem).map_err(|problem| anyhow!("its own certificate {problem}"))?;
                let all: Vec<_> = all.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
                RootCerts::new_with_certs(&all)
            }
        };
        let agent = ureq::Agent::config_builder()
            .https_only(true)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .http_status_as_error(false)
            .build()
            .into();
        Ok(Self { agent })
    }
}

impl HttpClient for Client {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let agent = self.agent.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let Ok(body) = body.collect().await;
            let asked = Request::from_parts(head, body.to_bytes());
            let answered = tokio::task::spawn_blocking(move || ask(&agent, asked)).await;
            let answer = answered.map_err(|error| Error::Other(error.into()))?;
            answer.map(BytesResponse::from).map_err(|error| Error::Other(error.into()))
        })
    }
}

fn ask(agent: &ureq::Agent, request: Request<Bytes>) -> anyhow::Result<Response<Full<Bytes>>> {
    let host = request.uri().host().unwrap_or_default().to_owned();
    let (head, body) = request.into_parts();
    let answer = if body.is_empty() {
        agent.run(Request::from_parts(head, ()))
    } else {
        agent.run(Request::from_parts(head, body.as_ref()))
    };
    let (head, mut body) = answer.map_err(|error| anyhow!("{host} does not answer: {error}"))?.into_parts();
    let json = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if head.status.as_u16() >= 300 && !json.is_some_and(|kind| kind.contains("json")) {
        return Err(anyhow!("{host} answers {}", head.status));
    }
    let octets = body.with_config().limit(MAX_ANSWER).read_to_vec();
    let octets = octets.map_err(|error| anyhow!("the answer of {host}: {error}"))?;
    Ok(Response::from_parts(head, Full::new(octets.into())))
}
