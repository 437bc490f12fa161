//! SIP over TLS (RFC 3261 §26.3.1): the inside of a TLS connection is copied to the engine and back.

use super::doors::{Arrival, Inside};
use super::link;
use pabx_sip::flow::Transport;
use std::rc::Rc;
use tokio::io::copy_bidirectional_with_sizes;

/// Octets copied at a time, each way.
const AT_ONCE: usize = 8 * 1024;

pub(super) async fn serve(inside: &Inside, arrival: Arrival) {
    let Arrival { tcp, local, remote, place } = arrival;
    let Some(mut tls) = inside.tls.accept(tcp, &inside.tls.sip, &place).await else { return };
    // From here on the engine decides which connections give way to others.
    let _busy = Rc::new(place).busy();
    let mut engine = match link::open(&inside.sip, Transport::Tls, local, remote).await {
        Ok(engine) => engine,
        Err(error) => return log::warn!("{remote}: SIP over TLS found no way to the engine: {error}"),
    };
    if let Err(error) = copy_bidirectional_with_sizes(&mut tls, &mut engine, AT_ONCE, AT_ONCE).await {
        log::debug!("{remote}: SIP over TLS ended: {error}");
    }
}
