//! Handshakes: TLS 1.2 and 1.3 (RFC 8446, RFC 9325), with the certificate that is current at that moment.

use super::certificates::{Certificates, Served};
use super::challenges::{self, Challenges};
use super::places::Place;
use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// From the connection to the end of the handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// One set-up for each kind of client.
pub(super) struct Tls {
    pub(super) web: TlsAcceptor,
    pub(super) sip: TlsAcceptor,
}

impl Tls {
    pub(super) fn new(certificates: &Certificates) -> Result<Self, rustls::Error> {
        Ok(Self {
            web: config(Arc::new(ForWeb::of(certificates)), &[b"http/1.1", challenges::PROTOCOL])?.into(),
            // Phones name no protocol.
            sip: config(certificates.served(), &[])?.into(),
        })
    }

    /// The inside of a connection; none where the handshake fails, takes too long, or its place was given to another.
    pub(super) async fn accept(
        &self,
        tcp: TcpStream,
        acceptor: &TlsAcceptor,
        place: &Place,
    ) -> Option<TlsStream<TcpStream>> {
        tokio::select! {
            shaken = tokio::time::timeout(HANDSHAKE, acceptor.accept(tcp)) => match shaken {
                Ok(Ok(tls)) => unless_challenge(tls).await,
                Ok(Err(error)) => { log::debug!("no handshake: {error}"); None }
                Err(_) => None,
            },
            () = place.given_up() => None,
        }
    }
}

/// RFC 8737 §3: after the handshake of a challenge nothing follows, whoever asked for it.
async fn unless_challenge(mut tls: TlsStream<TcpStream>) -> Option<TlsStream<TcpStream>> {
    if tls.get_ref().1.alpn_protocol() != Some(challenges::PROTOCOL) {
        return Some(tls);
    }
    let _ = tokio::time::timeout(HANDSHAKE, tls.shutdown()).await;
    None
}

/// The certificate of the box, and that of a challenge for who asks for nothing else.
#[derive(Debug)]
struct ForWeb {
    served: Arc<Served>,
    challenges: Arc<Challenges>,
}

impl ForWeb {
    fn of(certificates: &Certificates) -> Self {
        Self { served: certificates.served(), challenges: Arc::clone(certificates.challenges()) }
    }
}

impl ResolvesServerCert for ForWeb {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if hello.alpn().is_some_and(|mut names| names.all(|name| name == challenges::PROTOCOL)) {
            // None ends the handshake: nobody asked for that name.
            return hello.server_name().and_then(|name| self.challenges.of_name(name));
        }
        self.served.resolve(hello)
    }
}

fn config(
    resolver: Arc<dyn ResolvesServerCert>,
    protocols: &[&[u8]],
) -> Result<Arc<ServerConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    config.ticketer = rustls::crypto::ring::Ticketer::new()?;
    Ok(Arc::new(config))
}
