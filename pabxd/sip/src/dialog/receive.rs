//! Requests of the peer inside a dialog (RFC 3261 §12.2.2).

use super::{Dialog, DialogError, DialogId, DialogState};
use crate::message::{Method, Request};

impl Dialog {
    /// Checks that a request belongs here and comes in order, and notes its CSeq. A target refresh request brings
    /// its Contact along; a BYE ends the dialog.
    pub fn receive(&mut self, request: &Request) -> Result<(), DialogError> {
        let belongs = DialogId::of_request(request).as_ref() == Some(&self.id);
        if !belongs || self.state == DialogState::Terminated {
            return Err(DialogError::NoDialog);
        }
        self.check_order(request)?;
        match request.method() {
            Method::Invite | Method::Update | Method::Subscribe | Method::Notify | Method::Refer => {
                self.target_refresh(request.headers())
            }
            Method::Bye => {
                self.terminate();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn check_order(&mut self, request: &Request) -> Result<(), DialogError> {
        // ACK and CANCEL carry the number of their INVITE (RFC 3261 §12.2.1.1).
        if matches!(request.method(), Method::Ack | Method::Cancel) {
            return Ok(());
        }
        let number = request.cseq().ok_or(crate::header::HeaderError::Missing)?.number;
        if self.remote_seq.is_some_and(|last| number <= last) {
            return Err(DialogError::OutOfOrder);
        }
        self.remote_seq = Some(number);
        Ok(())
    }
}
