//! Handshakes: TLS 1.2 and 1.3 (RFC 8446, RFC 9325), with the certificate that is current at that moment.

use super::certificates::Certificates;
use super::places::Place;
use rustls::ServerConfig;
use std::sync::Arc;
use std::time::Duration;
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
            web: config(certificates, &[b"http/1.1"])?.into(),
            // Phones name no protocol.
            sip: config(certificates, &[])?.into(),
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
                Ok(Ok(tls)) => Some(tls),
                Ok(Err(error)) => { log::debug!("no handshake: {error}"); None }
                Err(_) => None,
            },
            () = place.given_up() => None,
        }
    }
}

fn config(certificates: &Certificates, protocols: &[&[u8]]) -> Result<Arc<ServerConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(certificates.served());
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    config.ticketer = rustls::crypto::ring::Ticketer::new()?;
    Ok(Arc::new(config))
}
