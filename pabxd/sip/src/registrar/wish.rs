//! Reads what a REGISTER asks for (RFC 3261 §10.3 steps 5 to 7), before anything is changed.

use super::binding::behind_nat;
use super::limits::{
    MAX_CALL_ID, MAX_CONTACT, MAX_CONTACTS, MAX_INSTANCE, MAX_USER_AGENT, RegisterError, RegistrarLimits,
};
use crate::flow::Flow;
use crate::header::grammar::number;
use crate::header::{Contact, ContactEntry};
use crate::message::{HeaderName, Request};
use crate::uri::Uri;
use smallvec::SmallVec;

/// The whole of one REGISTER.
#[derive(Debug)]
pub(super) struct Registration<'r> {
    pub(super) call_id: &'r str,
    pub(super) cseq: u32,
    pub(super) user_agent: Option<Box<str>>,
    /// RFC 5626: a flow is to be kept and this box can keep it.
    pub(super) outbound: bool,
    pub(super) wishes: Wishes,
}

/// What is to be done with the bindings.
#[derive(Debug)]
pub(super) enum Wishes {
    /// No Contact: only tell them.
    Fetch,
    /// `Contact: *` with `Expires: 0`.
    RemoveAll,
    /// Each of these.
    Each(SmallVec<[Wish; 1]>),
}

/// One Contact value.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) contact: Uri,
    /// Seconds, within the limits; 0 removes.
    pub(super) seconds: u32,
    pub(super) q: u16,
    pub(super) instance: Option<Box<str>>,
    pub(super) reg_id: Option<u32>,
}

impl<'r> Registration<'r> {
    pub(super) fn read(
        request: &'r Request,
        flow: &Flow,
        limits: &RegistrarLimits,
    ) -> Result<Self, RegisterError> {
        let call_id = request.call_id().filter(|id| !id.is_empty() && id.len() <= MAX_CALL_ID);
        let mut registration = Self {
            call_id: call_id.ok_or(RegisterError::Malformed("Call-ID"))?,
            cseq: request.cseq().ok_or(RegisterError::Malformed("CSeq"))?.number,
            user_agent: user_agent(request),
            outbound: false,
            wishes: Wishes::Fetch,
        };
        let contacts = contacts(request)?;
        registration.wishes = match contacts.as_slice() {
            [] => Wishes::Fetch,
            [Contact::Star] if expires(request) == Some(0) => Wishes::RemoveAll,
            _ => Wishes::Each(registration.each(request, &contacts, flow, limits)?),
        };
        Ok(registration)
    }

    fn each(
        &mut self,
        request: &Request,
        contacts: &[Contact],
        flow: &Flow,
        limits: &RegistrarLimits,
    ) -> Result<SmallVec<[Wish; 1]>, RegisterError> {
        let usual = expires(request).unwrap_or(limits.default);
        let mut wishes: SmallVec<[Wish; 1]> = SmallVec::new();
        for contact in contacts {
            let entry = contact.address().ok_or(RegisterError::Malformed("* beside other contacts"))?;
            let wish = Wish::read(entry, usual, flow, limits)?;
            wishes.retain(|earlier| !earlier.contact.equivalent(&wish.contact)); // the last word counts
            wishes.push(wish);
        }
        self.agree_on_outbound(request, &mut wishes)?;
        Ok(wishes)
    }

    /// RFC 5626 §6: `reg-id` counts only together with an instance, from a client that supports outbound, and
    /// when no hop lies between (Path is not supported).
    fn agree_on_outbound(&mut self, request: &Request, wishes: &mut [Wish]) -> Result<(), RegisterError> {
        let supported = request
            .headers()
            .values(&HeaderName::Supported)
            .any(|option| option.trim_ascii().eq_ignore_ascii_case(b"outbound"));
        for wish in &mut *wishes {
            wish.reg_id = wish.reg_id.filter(|_| supported && wish.instance.is_some());
        }
        let kept = wishes.iter().filter(|wish| wish.reg_id.is_some()).count();
        if kept == 0 {
            return Ok(());
        }
        if wishes.iter().filter(|wish| wish.seconds > 0).count() > 1 {
            return Err(RegisterError::Malformed("reg-id beside other contacts"));
        }
        if request.headers().values(&HeaderName::Via).count() > 1 {
            return Err(RegisterError::NoOutbound);
        }
        self.outbound = true;
        Ok(())
    }
}

impl Wish {
    fn read(
        entry: &ContactEntry,
        usual: u32,
        flow: &Flow,
        limits: &RegistrarLimits,
    ) -> Result<Self, RegisterError> {
        let contact = checked(entry.uri())?;
        let wanted = entry.expires().unwrap_or(usual);
        if wanted > 0 && wanted < limits.min {
            return Err(RegisterError::TooBrief { min: limits.min });
        }
        let longest = if behind_nat(contact, flow) { limits.max.min(limits.behind_nat) } else { limits.max };
        let instance = entry.instance().map(String::into_boxed_str);
        if instance.as_ref().is_some_and(|instance| instance.len() > MAX_INSTANCE) {
            return Err(RegisterError::Malformed("+sip.instance too long"));
        }
        Ok(Self {
            contact: contact.clone(),
            seconds: wanted.min(longest),
            q: entry.q().unwrap_or(1_000),
            instance,
            reg_id: entry.reg_id(),
        })
    }
}

/// A contact becomes a Request-URI later: nothing may hide in it.
fn checked(contact: &Uri) -> Result<&Uri, RegisterError> {
    let hides = |text: &str| text.chars().any(char::is_control);
    let malformed = if !contact.is_sip() || contact.host().is_none() {
        Some("contact is no SIP URI")
    } else if contact.has_headers() {
        Some("contact has headers")
    } else if contact.port() == Some(0) {
        Some("contact has port 0")
    } else if contact.user_decoded().is_some_and(|user| hides(&user)) {
        Some("contact has control characters")
    } else if contact.to_string().len() > MAX_CONTACT {
        Some("contact too long")
    } else {
        None
    };
    malformed.map_or(Ok(contact), |reason| Err(RegisterError::Malformed(reason)))
}

fn contacts(request: &Request) -> Result<Vec<Contact>, RegisterError> {
    if request.headers().values(&HeaderName::Contact).take(MAX_CONTACTS + 1).count() > MAX_CONTACTS {
        return Err(RegisterError::Malformed("too many contacts"));
    }
    request.headers().get_all().map_err(|_| RegisterError::Malformed("Contact"))
}

/// RFC 3261 §10.2.1.1, §20.19: a malformed or too large value counts as 3600.
fn expires(request: &Request) -> Option<u32> {
    let text = request.headers().text(&HeaderName::Expires)?;
    Some(number(text.trim_ascii()).unwrap_or(3_600))
}

fn user_agent(request: &Request) -> Option<Box<str>> {
    let text = request.headers().text(&HeaderName::UserAgent)?.trim_ascii();
    let mut kept = String::with_capacity(text.len().min(MAX_USER_AGENT));
    for character in text.chars().filter(|c| !c.is_control()) {
        if kept.len() + character.len_utf8() > MAX_USER_AGENT {
            break;
        }
        kept.push(character);
    }
    (!kept.is_empty()).then(|| kept.into())
}
