//! State in SQLite: migrations, account-scoped queries, sealed secrets, call records.
//!
//! The tour:
//! - [`store`]: the open database, what is true of every connection, and the facts about the box itself;
//! - [`scope`]: whose rows a query may see, as an argument that cannot be left out;
//! - [`act`], [`audit`]: who changes something, and the chain in which every change is written down;
//! - [`page`]: lists in pages, and the revision of a row that somebody read;
//! - [`accounts`], [`extensions`], [`trunks`], [`rates`], [`routing`], [`dialling`], [`phone_book`]: configuration, changed in single transactions that
//!   also check the limits;
//! - [`users`], [`members`], [`second_factor`], [`sessions`], [`api_keys`], [`signing_keys`]: people and how they sign in;
//! - [`alerts`], [`deliveries`], [`settings`], [`idempotency`]: what is left of running a box;
//! - [`compile`]: the way out for passwords of phones and trunks, into the engine's directory;
//! - [`moving`]: an account as a whole, taken out with its secrets and put into another box;
//! - [`apply`]: what the running engine writes, many writes in one transaction;
//! - [`registrations`], [`calls`]: what it wrote, read back; [`outbound_rise`]: what stands out in it;
//! - [`probe`]: a number written to be read back, for the self-test;
//! - [`demo`]: the account for trying out;
//! - [`lock`]: who has the file open; `reseal`: another key;
//! - `seal`, `random`: secrets; `sqlite`: all that is particular to the engine behind.
//!
//! Nothing outside this package knows which database engine it is. Time and randomness are inputs.

pub mod accounts;
pub mod act;
pub mod alerts;
pub mod api_keys;
pub mod apply;
pub mod audit;
pub mod call_pins;
pub mod calls;
pub mod compile;
pub mod deliveries;
pub mod demo;
pub mod dialling;
mod error;
pub mod extensions;
pub mod idempotency;
pub mod lock;
mod login_networks;
pub mod members;
pub mod moving;
pub mod outbound_rise;
pub mod page;
pub mod phone_book;
pub mod probe;
mod random;
pub mod rates;
pub mod registrations;
mod reseal;
pub mod routing;
mod row;
pub mod scope;
mod seal;
pub mod second_factor;
pub mod sessions;
pub mod settings;
pub mod signing_keys;
mod sqlite;
pub mod store;
pub mod time_conditions;
pub mod trunks;
pub mod used;
pub mod users;

pub use accounts::{AccountChange, AccountRow, AccountSort, NewAccount};
pub use act::{Act, Actor};
pub use alerts::{AlertRow, ByAge, NewAlert, Severity};
pub use api_keys::{ApiKeyRow, NewApiKey};
pub use audit::{AuditFilter, AuditRow, ByTime, Entry, Verified};
pub use call_pins::{NewPin, PinRow};
pub use calls::{CallCursor, CallFilter, CallPage};
pub use compile::{CompiledExtension, Configuration};
pub use deliveries::{Attempt, Channel, DueDelivery, Target};
pub use demo::DemoExtension;
pub use dialling::DiallingRow;
pub use error::{EngineError, StoreError};
pub use extensions::{CreatedExtension, ExtensionChange, ExtensionRow, ExtensionSort, NewExtension};
pub use idempotency::{IdempotentAnswer, IdempotentRequest, IdempotentStart};
pub use lock::Exclusive;
pub use members::{MemberChange, MemberRow, MemberSort, MembershipRow, NewMember};
pub use moving::{ImportedAccount, MovingAccount, MovingExtension, MovingPerson, MovingTrunk, SecondFactor};
pub use outbound_rise::Rise;
pub use pabx_model::{ApiKeyId, SessionId};
pub use pabx_model::{InboundRoute, OutboundRoute};
pub use page::{ByName, Cursor, ListQuery, Page, Revision};
pub use phone_book::{BookEntryRow, BookImport, BookSort};
pub use random::{PhonePassword, Random};
pub use rates::ByPrefix;
pub use routing::{ByPosition, RouteKind, RouteRow};
pub use scope::{AccountScope, WholeBox};
pub use seal::SealingKey;
pub use sessions::{NewSession, Rotation, SessionKind, SessionRow};
pub use settings::{SecretChange, SettingRow};
pub use signing_keys::SigningKey;
pub use store::Store;
pub use time_conditions::TimeConditionRow;
pub use trunks::{NewTrunk, TrunkAuth, TrunkChange, TrunkRow, TrunkSort};
pub use users::{NewUser, PasswordHash, UserChange, UserRow, UserSort};
