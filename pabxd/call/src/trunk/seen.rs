//! How a provider saw us, as its answers tell: from which address (RFC 3581), and whether what we wrote of ourselves came back as it was.
//! What stands between may change both: a router that translates addresses, and one that thinks it understands SIP (an ALG).

use std::net::SocketAddr;

use pabx_model::TrunkId;
use pabx_sip::flow::Flow;
use pabx_sip::header::Contact;
use pabx_sip::message::Response;
use pabx_sip::uri::{Host, Uri};

use super::Line;

/// Octets of an altered contact that are kept.
const MAX_CONTACT: usize = 64;

/// How a provider saw us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Where we send from.
    pub local: SocketAddr,
    /// Where that came from for the provider; `None`: it did not say.
    pub received: Option<SocketAddr>,
    /// Nobody on the way could read it.
    pub encrypted: bool,
    /// What became of our contact.
    pub contact: ContactSeen,
}

/// What became of the contact that we registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactSeen {
    /// No answer named it.
    NotTold,
    /// It came back as it was sent.
    Kept,
    /// Its address came back as this; anybody's text.
    Altered(String),
}

impl Line {
    /// Takes from an answer what it says of us. An answer whose `sent-by` was altered never comes here (RFC 3261 §18.1.2).
    pub(super) fn note_seen(&mut self, response: &Response) {
        let Some(flow) = self.paths.get(self.current).and_then(|path| path.flow) else { return };
        let told =
            self.registration.contact().and_then(|ours| contact_seen(response, ours, self.trunk.trunk_id));
        let before = self.seen.take().filter(|before| before.local == flow.local);
        let contact = told.or(before.map(|before| before.contact)).unwrap_or(ContactSeen::NotTold);
        self.seen = Some(Seen {
            local: flow.local,
            received: received(response, &flow),
            encrypted: flow.transport.is_secure(),
            contact,
        });
    }
}

fn received(response: &Response, flow: &Flow) -> Option<SocketAddr> {
    let via = response.top_via().ok()?;
    let port = via.rport().flatten().or(via.port()).unwrap_or_else(|| flow.transport.default_port());
    Some(SocketAddr::new(via.received()?, port))
}

/// The contact of this line among those that a provider has of us.
fn contact_seen(response: &Response, ours: &Uri, id: TrunkId) -> Option<ContactSeen> {
    let id = id.to_string();
    let contacts = response.headers().get_all::<Contact>().ok()?;
    let uris: Vec<&Uri> = contacts.iter().filter_map(Contact::uri).collect();
    let same = |uri: &&&Uri| uri.host() == ours.host() && uri.port() == ours.port();
    if uris.iter().any(|uri| same(&uri) && uri.user() == ours.user()) {
        return Some(ContactSeen::Kept);
    }
    let of_line = uris.into_iter().find(|uri| uri.param("line").as_deref() == Some(id.as_str()))?;
    let port = of_line.port().map(|port| format!(":{port}")).unwrap_or_default();
    let text = format!("{}{port}", of_line.host().map(Host::to_string).unwrap_or_default());
    Some(ContactSeen::Altered(text.chars().take(MAX_CONTACT).collect()))
}
