//! Who may ask what. Default deny: one table, method by source class, and nothing beside it.
//!
//! | request                         | where it comes from                     | what happens               |
//! |---------------------------------|-----------------------------------------|----------------------------|
//! | ACK, CANCEL                     | anywhere                                | the endpoint's: matched to its INVITE or dropped |
//! | any method, in a dialog of ours | the leg's own flow                      | taken in                   |
//! | any method, in a dialog of ours | elsewhere                               | 401; taken in if the leg's own extension authenticates, else 481 |
//! | any method else                 | without or with wrong credentials       | 401, stateless             |
//! | INVITE without To tag           | a trunk's provider, without credentials | call         |
//! | OPTIONS without To tag          | a trunk's provider, without credentials | 200          |
//! | any method else                 | a trunk's provider, without credentials | as for an extension; REGISTER: 401 |
//! | REGISTER                        | an extension                            | registrar                  |
//! | INVITE without To tag           | an extension                            | call                       |
//! | OPTIONS without To tag          | an extension                            | 200                        |
//! | any method with To tag          | an extension                            | 481                        |
//! | SUBSCRIBE, PUBLISH, NOTIFY      | an extension                            | 489                        |
//! | REFER, MESSAGE, BYE, …          | an extension                            | 405, or 481 for what needs a dialog |
//! | any method                      | the self-test's name, not from loopback | 401, as for an unknown name |
//! | REGISTER                        | the self-test                           | 403                        |
//! | unknown methods                 | an extension                            | 501                        |
//!
//! The guard stands before all of this, and before parsing.

use pabx_model::AccountId;
use pabx_sip::flow::{Flow, Transport};
use pabx_sip::message::{Method, StatusCode};

mod authenticate;

pub(crate) use self::authenticate::{Admission, admit};

use crate::who::Who;

/// Who sent a request. There is no third kind and no default: what is not proven is anonymous.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// An extension, proven by digest credentials in this very request, or a trunk, by where the request comes from.
    Known(Who),
    /// Nobody that we know.
    Anonymous,
}

/// What an authenticated extension gets for a request outside of our dialogs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Register,
    Call,
    Options,
    /// Nothing but a status.
    Refused(StatusCode),
}

impl Service {
    /// The lower half of the table.
    pub(crate) fn of(method: &Method, has_to_tag: bool) -> Self {
        match method {
            Method::Register => Self::Register,
            Method::Ack | Method::Cancel => Self::Refused(StatusCode::CALL_DOES_NOT_EXIST),
            Method::Bye | Method::Info | Method::Prack | Method::Update => {
                Self::Refused(StatusCode::CALL_DOES_NOT_EXIST)
            }
            _ if has_to_tag => Self::Refused(StatusCode::CALL_DOES_NOT_EXIST),
            Method::Invite => Self::Call,
            Method::Options => Self::Options,
            Method::Subscribe | Method::Publish | Method::Notify => Self::Refused(StatusCode::BAD_EVENT),
            Method::Refer | Method::Message => Self::Refused(StatusCode::METHOD_NOT_ALLOWED),
            Method::Other(_) => Self::Refused(StatusCode::NOT_IMPLEMENTED),
        }
    }

    /// The box calling itself may call and nothing else: nothing of it is kept, so it has nothing to register.
    pub(crate) fn of_account(self, account: AccountId) -> Self {
        match self {
            Self::Register if account.is_self_test() => Self::Refused(StatusCode::FORBIDDEN),
            other => other,
        }
    }
}

/// Whether a request comes from where a leg's peer is: the very connection, or the same address and port.
pub(crate) fn is_own_flow(leg: &Flow, from: &Flow) -> bool {
    match leg.transport {
        Transport::Udp => from.transport == Transport::Udp && from.remote == leg.remote,
        _ => leg.conn.is_some() && leg.conn == from.conn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_methods_get_a_service_and_only_outside_of_dialogs() {
        let other = Method::Other("FROB".into());
        for method in [
            Method::Invite,
            Method::Ack,
            Method::Bye,
            Method::Cancel,
            Method::Register,
            Method::Options,
            Method::Info,
            Method::Prack,
            Method::Update,
            Method::Refer,
            Method::Subscribe,
            Method::Notify,
            Method::Message,
            Method::Publish,
            other,
        ] {
            let served = !matches!(Service::of(&method, false), Service::Refused(_));
            assert_eq!(
                served,
                matches!(method, Method::Invite | Method::Register | Method::Options),
                "{method:?}"
            );
            let in_dialog = !matches!(Service::of(&method, true), Service::Refused(_));
            assert_eq!(in_dialog, method == Method::Register, "{method:?}");
        }
    }
}
