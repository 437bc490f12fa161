//! What the engine asks to be stored.

use crate::{BindingKey, CallRecord, SavedBinding};

/// One write. A batch of them is one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreWrite {
    /// Insert or replace a binding by its key.
    SaveBinding(SavedBinding),
    /// Forget a binding; none there is fine.
    RemoveBinding(BindingKey),
    /// A call was answered. Does nothing to a record that has ended already.
    BeginCall(CallRecord),
    /// A call or an attempt is over: inserts the record or completes the one begun.
    EndCall(CallRecord),
    /// A number that is only written to be read back: shows that the disk keeps what it is given.
    Probe(u64),
}
