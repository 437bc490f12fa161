//! How a call by a trunk says who calls (RFC 3261 §8.1.1.3, RFC 3323, RFC 3325).

use pabx_model::{CallerHeader, Trunk};
use pabx_sip::message::HeaderName;
use pabx_sip::uri::{Host, Uri};
use smallvec::SmallVec;

use crate::headers;
use crate::routing::host_of;

/// Who calls, as far as a provider is told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caller {
    pub(crate) name: Box<str>,
    /// The number that is shown; `None`: the trunk's own name.
    pub(crate) number: Option<Box<str>>,
    /// Who is called is not to see it.
    pub(crate) withheld: bool,
    /// The call came in, and goes out again.
    pub(crate) forwarded: Option<Forwarded>,
}

/// A call that goes out again.
#[derive(Clone, Debug)]
pub(crate) struct Forwarded {
    /// The number that was called.
    pub(crate) by: Box<str>,
    /// Who called it; empty: withheld.
    pub(crate) caller: Box<str>,
    pub(crate) name: Box<str>,
    /// How often it had been forwarded before.
    pub(crate) before: usize,
}

/// Headers of one INVITE.
#[derive(Debug)]
pub(crate) struct Presentation {
    /// From, without its tag.
    pub(crate) from: String,
    pub(crate) headers: SmallVec<[(HeaderName, String); 2]>,
}

/// What an INVITE to `called` by this trunk says of who calls; `username` is what the provider knows us by.
pub(crate) fn presentation(trunk: &Trunk, username: &str, caller: &Caller, called: &str) -> Presentation {
    let caller = &caller.as_shown_by(trunk);
    let at = |user: &str| Uri::sip(Some(user), host_of(trunk.host.as_str()), trunk.port);
    let shown = caller.number.as_deref();
    let from = if caller.withheld {
        // RFC 3323 §4.1.1.3.
        let nobody = Uri::sip(Some("anonymous"), Host::Name("anonymous.invalid".into()), None);
        headers::name_addr("Anonymous", &nobody)
    } else {
        headers::name_addr(&caller.name, &at(shown.unwrap_or(username)))
    };
    let mut headers = SmallVec::new();
    // A number that is withheld is the provider's business all the same.
    let known = shown.or(caller.withheld.then_some(username));
    headers
        .extend(known.and_then(|number| identity(trunk.profile.caller_header, &at(number), caller.withheld)));
    if caller.withheld {
        headers.push((HeaderName::Privacy, "id".to_owned()));
    }
    if let Some(forwarded) = &caller.forwarded {
        headers.extend(history(forwarded, &at(&forwarded.by), &at(called)));
    }
    Presentation { from, headers }
}

impl Caller {
    /// A call that is forwarded shows the account's own number, or who called first where the provider lets that pass.
    fn as_shown_by(&self, trunk: &Trunk) -> Self {
        let Some(forwarded) = &self.forwarded else { return self.clone() };
        if !trunk.profile.passes_callers {
            return Self { name: Box::default(), ..self.clone() };
        }
        let number = Some(forwarded.caller.clone()).filter(|number| !number.is_empty());
        Self { name: forwarded.name.clone(), withheld: number.is_none(), number, ..self.clone() }
    }
}

/// By whom the call was forwarded, in the form that most switches know (Diversion, RFC 5806) and in that which is the standard
/// (History-Info, RFC 7044 §5).
fn history(forwarded: &Forwarded, by: &Uri, to: &Uri) -> [(HeaderName, String); 2] {
    let count = forwarded.before.saturating_add(1);
    [
        (HeaderName::Diversion, format!("<{by}>;reason=unconditional;counter={count}")),
        (HeaderName::HistoryInfo, format!("<{by}>;index=1, <{to}>;index=1.1;mp=1")),
    ]
}

fn identity(header: CallerHeader, uri: &Uri, withheld: bool) -> Option<(HeaderName, String)> {
    let name = match header {
        CallerHeader::From => return None,
        CallerHeader::PAsserted => HeaderName::PAssertedIdentity,
        CallerHeader::PPreferred => HeaderName::PPreferredIdentity,
        CallerHeader::RemotePartyId => {
            let privacy = if withheld { "full" } else { "off" };
            let value = format!("<{uri}>;party=calling;screen=no;privacy={privacy}");
            return Some((HeaderName::RemotePartyId, value));
        }
    };
    Some((name, format!("<{uri}>")))
}
