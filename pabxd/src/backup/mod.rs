//! Copies of the whole state in one encrypted file, and another sealing key.
//!
//! - `cipher`: the encryption: a passphrase, a stream of sealed chunks; also of [`crate::account_file`];
//! - `archive`: what lies inside;
//! - `create`, `restore`, `rekey`: the commands;
//! - `passphrase`: asking for it.
//!
//! `restore` and `rekey` make the new state beside the old one, look at it, and put it in place as a whole
//! ([`crate::state::replace`]): whenever the power goes, the old state is there or the new one.

mod archive;
pub(crate) mod cipher;
mod create;
pub mod passphrase;
mod rekey;
mod restore;

pub use create::create;
pub use rekey::rekey;
pub use restore::{Restored, restore, restore_beside, undo, undo_beside};
