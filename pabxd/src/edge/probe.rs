//! Shows that the edge serves: asks it for the API's health, as a stranger would, and looks at the certificate.

use super::certificates::Certificates;
use crate::control::protocol::PartState;
use http_body_util::Empty;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_local;
use tokio_rustls::TlsConnector;

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// Within this a thread that moves has said how it went.
pub(super) const BOUND: Duration = Duration::from_secs(4);
const HEALTH: &str = "/api/v1/system/health";

/// Answers every question, for ever.
pub(super) async fn answer_questions(
    mut asked: mpsc::Receiver<oneshot::Sender<PartState>>,
    https: Vec<SocketAddr>,
    certificates: Arc<Certificates>,
) {
    while let Some(question) = asked.recv().await {
        let probed = match https.first() {
            // Nothing is promised, so nothing fails.
            None => Ok(()),
            Some(address) => tokio::time::timeout(PATIENCE, probe(reachable(*address), &certificates))
                .await
                .unwrap_or_else(|_| Err("no answer in time".into())),
        };
        let _ = question.send(probed);
    }
}

/// Where a listener is reached from the same machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip: IpAddr = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

async fn probe(address: SocketAddr, certificates: &Certificates) -> PartState {
    let wrong = |error: &dyn std::fmt::Display| error.to_string();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let ours = Arc::new(Ours { certificate: certificates.certificate(), provider: Arc::clone(&provider) });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&error))?
        .dangerous()
        .with_custom_certificate_verifier(ours)
        .with_no_client_auth();
    let tcp = TcpStream::connect(address).await.map_err(|error| wrong(&error))?;
    let name = ServerName::from(address.ip());
    let tls = TlsConnector::from(Arc::new(config)).connect(name, tcp).await.map_err(|error| wrong(&error))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(tls)).await.map_err(|error| wrong(&error))?;
    spawn_local(connection);
    let request = Request::get(HEALTH).header("host", "localhost").body(Empty::<bytes::Bytes>::new());
    let answer =
        sender.send_request(request.map_err(|error| wrong(&error))?).await.map_err(|error| wrong(&error))?;
    match answer.status() {
        StatusCode::OK => Ok(()),
        other => Err(format!("the API's health answers {other}")),
    }
}

/// Believes our own certificate, octet by octet, and no other.
#[derive(Debug)]
struct Ours {
    certificate: Option<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Ours {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.certificate.as_ref() == Some(shown) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
