//! State in SQLite: migrations, account-scoped queries, sealed secrets, call records.
//!
//! The tour:
//! - [`store`]: the open database, what is true of every connection, and the facts about the box itself;
//! - [`scope`]: whose rows a query may see, as an argument that cannot be left out;
//! - [`accounts`], [`extensions`], [`users`], [`trunks`]: configuration, changed in single transactions that also check the limits;
//! - [`compile`]: the one way out for phone passwords, into the engine's directory;
//! - [`apply`]: what the running engine writes, many writes in one transaction;
//! - [`registrations`], [`calls`]: what it wrote, read back;
//! - [`probe`]: a number written to be read back, for the self-test;
//! - [`demo`]: the account for trying out;
//! - `seal`, `random`: secrets; `sqlite`: all that is particular to the engine behind.
//!
//! Nothing outside this package knows which database engine it is. Time and randomness are inputs.

pub mod accounts;
pub mod apply;
pub mod calls;
pub mod compile;
pub mod demo;
mod error;
pub mod extensions;
pub mod probe;
mod random;
pub mod registrations;
mod row;
pub mod scope;
mod seal;
mod sqlite;
pub mod store;
pub mod trunks;
pub mod users;

pub use accounts::{AccountRow, NewAccount};
pub use calls::{CallCursor, CallPage};
pub use compile::{CompiledExtension, Configuration};
pub use demo::DemoExtension;
pub use error::{EngineError, StoreError};
pub use extensions::{CreatedExtension, ExtensionRow, NewExtension};
pub use random::{PhonePassword, Random};
pub use scope::{AccountScope, WholeBox};
pub use seal::SealingKey;
pub use store::Store;
pub use trunks::{NewTrunk, TrunkAuth, TrunkRow};
pub use users::{MemberRow, NewUser, PasswordHash, UserRow};
