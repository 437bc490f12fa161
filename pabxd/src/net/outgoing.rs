//! Connections that we open, to providers: TCP, and TLS with the provider's certificate checked (RFC 5922).
//!
//! TLS is spoken here, on the engine's thread: a trunk has one handshake a day, and its messages are few.

use super::Streams;
use super::stream::Socket;
use pabx_sip::flow::{Flow, Transport};
use pabx_sip::target::Target;
use pabx_sip::uri::Host;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::copy_bidirectional_with_sizes;
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// From the first packet to the end of the handshake.
const PATIENCE: Duration = Duration::from_secs(5);
/// Octets copied at a time, each way.
const AT_ONCE: usize = 8 * 1024;

/// Opens connections to providers.
pub struct Outgoing {
    tls: TlsConnector,
}

impl Outgoing {
    /// Certificates are believed that the authorities known to browsers signed, or one in the file `own`.
    pub fn new(own: Option<&Path>) -> anyhow::Result<Self> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(file) = own {
            for certificate in CertificateDer::pem_file_iter(file)? {
                roots.add(certificate?)?;
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: Arc::new(config).into() })
    }

    /// Opens a connection; it is served like one that came in. `None`: none came about, which the log says why.
    pub async fn connect(&self, streams: &Rc<Streams>, target: &Target) -> Option<Flow> {
        match tokio::time::timeout(PATIENCE, self.open(streams, target)).await {
            Ok(Ok(flow)) => Some(flow),
            Ok(Err(error)) => {
                log::warn!("{} {}: no connection: {error}", target.transport, target.address);
                None
            }
            Err(_) => {
                log::warn!("{} {}: no connection in time", target.transport, target.address);
                None
            }
        }
    }

    async fn open(&self, streams: &Rc<Streams>, target: &Target) -> io::Result<Flow> {
        let tcp = TcpStream::connect(target.address).await?;
        let (local, remote) = (tcp.local_addr()?, tcp.peer_addr()?);
        // Requests and answers are whole messages: waiting to fill a segment only delays them.
        tcp.set_nodelay(true)?;
        if target.transport == Transport::Tcp {
            return Ok(streams.add(Socket::Tcp(tcp), Transport::Tcp, local, remote));
        }
        let tls = self.tls.connect(name(&target.identity)?, tcp).await?;
        let (ours, socket) = UnixStream::pair()?;
        tokio::task::spawn_local(copy(tls, ours, remote));
        Ok(streams.add(Socket::Edge(socket), Transport::Tls, local, remote))
    }
}

async fn copy(mut tls: TlsStream<TcpStream>, mut engine: UnixStream, remote: SocketAddr) {
    if let Err(error) = copy_bidirectional_with_sizes(&mut tls, &mut engine, AT_ONCE, AT_ONCE).await {
        log::debug!("{remote}: SIP over TLS ended: {error}");
    }
}

/// Whom the certificate has to be for.
fn name(identity: &Host) -> io::Result<ServerName<'static>> {
    let unusable = |_| io::Error::new(io::ErrorKind::InvalidInput, "no name that a certificate can have");
    match identity.ip() {
        Some(ip) => Ok(ServerName::from(ip)),
        None => ServerName::try_from(identity.to_string()).map_err(unusable),
    }
}
