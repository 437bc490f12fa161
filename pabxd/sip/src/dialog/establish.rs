//! How a dialog begins: by a request that we answer, or by an answer to a request of ours.

use super::{Dialog, DialogError, DialogId, DialogState, MAX_ROUTE_SET};
use crate::flow::Flow;
use crate::header::{Contact, HeaderError, RecordRoute, RouteHeader};
use crate::message::{HeaderName, Headers, Request, Response};
use crate::uri::{Scheme, Uri};

impl Dialog {
    /// The dialog that our answer to a request makes (RFC 3261 §12.1.1). It is early until
    /// [`establish`](Self::establish).
    pub fn uas(request: &Request, local_tag: &str, flow: &Flow) -> Result<Self, DialogError> {
        let headers = request.headers();
        let secure =
            flow.transport.is_secure() && request.uri().is_ok_and(|uri| *uri.scheme() == Scheme::Sips);
        Ok(Self {
            id: DialogId {
                call_id: request.call_id().ok_or(HeaderError::Missing)?.into(),
                local_tag: local_tag.into(),
                remote_tag: request.from_tag().unwrap_or_default().into(),
            },
            state: DialogState::Early,
            local_party: format!("{};tag={local_tag}", party(headers, &HeaderName::To)?).into(),
            remote_party: party(headers, &HeaderName::From)?.into(),
            remote_target: contact(headers)?.ok_or(HeaderError::Missing)?,
            route_set: route_set(headers)?,
            local_seq: 0,
            remote_seq: Some(request.cseq().ok_or(HeaderError::Missing)?.number),
            remote_rseq: None,
            secure,
        })
    }

    /// The dialog that a response to our request makes (RFC 3261 §12.1.2): early by a provisional, confirmed by a
    /// 2xx. One per To tag of a forked request.
    pub fn uac(request: &Request, response: &Response, flow: &Flow) -> Result<Self, DialogError> {
        let headers = response.headers();
        // A provisional without Contact is forbidden and common; until the 2xx brings one, our own target will do.
        let remote_target = match contact(headers)? {
            Some(target) => target,
            None => request.uri().map_err(HeaderError::from)?,
        };
        let secure =
            flow.transport.is_secure() && request.uri().is_ok_and(|uri| *uri.scheme() == Scheme::Sips);
        Ok(Self {
            id: DialogId::of_response(response).ok_or(HeaderError::Missing)?,
            state: state_by(response),
            local_party: party(request.headers(), &HeaderName::From)?.into(),
            remote_party: party(headers, &HeaderName::To)?.into(),
            remote_target,
            route_set: reversed(route_set(headers)?),
            local_seq: request.cseq().ok_or(HeaderError::Missing)?.number,
            remote_seq: None,
            remote_rseq: None,
            secure,
        })
    }

    /// Another fork of the INVITE that made this dialog: the same caller, another To tag (RFC 3261 §12.1.2,
    /// §13.2.2.4). For a late 2xx, which is acknowledged and ended by BYE although its INVITE is forgotten.
    pub fn forked(&self, response: &Response, flow: &Flow) -> Result<Self, DialogError> {
        let id = DialogId::of_response(response).ok_or(HeaderError::Missing)?;
        if id.call_id != self.id.call_id || id.local_tag != self.id.local_tag {
            return Err(DialogError::NoDialog);
        }
        let headers = response.headers();
        Ok(Self {
            id,
            state: state_by(response),
            local_party: self.local_party.clone(),
            remote_party: party(headers, &HeaderName::To)?.into(),
            remote_target: contact(headers)?.unwrap_or_else(|| self.remote_target.clone()),
            route_set: reversed(route_set(headers)?),
            local_seq: response.cseq().ok_or(HeaderError::Missing)?.number,
            remote_seq: None,
            remote_rseq: None,
            secure: self.secure && flow.transport.is_secure(),
        })
    }

    /// A 2xx to our INVITE came for this early dialog: the target and the route set are those of the 2xx
    /// (RFC 3261 §13.2.2.4).
    pub fn confirm(&mut self, response: &Response) -> Result<(), DialogError> {
        if DialogId::of_response(response).as_ref() != Some(&self.id) || self.state == DialogState::Terminated
        {
            return Err(DialogError::NoDialog);
        }
        if self.state == DialogState::Early {
            self.route_set = reversed(route_set(response.headers())?);
            self.state = DialogState::Confirmed;
        }
        self.target_refresh(response.headers())
    }

    /// Our own 2xx to the INVITE was sent.
    pub fn establish(&mut self) {
        if self.state == DialogState::Early {
            self.state = DialogState::Confirmed;
        }
    }

    /// Takes the Contact of a target refresh request, or of a 2xx to one of ours, as the new remote target
    /// (RFC 3261 §12.2.1.2, §12.2.2). Without Contact the target stays.
    pub fn target_refresh(&mut self, headers: &Headers) -> Result<(), DialogError> {
        if let Some(target) = contact(headers)? {
            self.remote_target = target;
        }
        Ok(())
    }
}

fn state_by(response: &Response) -> DialogState {
    match response.status() {
        status if status.is_provisional() => DialogState::Early,
        status if status.is_success() => DialogState::Confirmed,
        _ => DialogState::Terminated,
    }
}

fn party<'a>(headers: &'a Headers, name: &HeaderName) -> Result<&'a str, HeaderError> {
    headers.text(name).ok_or(HeaderError::Missing)
}

fn contact(headers: &Headers) -> Result<Option<Uri>, HeaderError> {
    match headers.get::<Contact>()? {
        Some(Contact::Address(entry)) => Ok(Some(entry.0.into_uri())),
        Some(Contact::Star) => Err(HeaderError::Syntax),
        None => Ok(None),
    }
}

/// Record-Route from top to bottom: the order of a UAS (RFC 3261 §12.1.1).
fn route_set(headers: &Headers) -> Result<Vec<RouteHeader>, DialogError> {
    let recorded: Vec<RecordRoute> = headers.get_all()?;
    if recorded.len() > MAX_ROUTE_SET {
        return Err(DialogError::RouteSet);
    }
    Ok(recorded.into_iter().map(|record| RouteHeader(record.0)).collect())
}

/// The order of a UAC (RFC 3261 §12.1.2).
fn reversed(mut routes: Vec<RouteHeader>) -> Vec<RouteHeader> {
    routes.reverse();
    routes
}
