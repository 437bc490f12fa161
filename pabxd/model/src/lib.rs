//! Validated domain types of the PBX: ids, numbers, roles, directory, call records.
//!
//! Every type here is valid by construction: text is parsed once, at the door, and what comes out needs no
//! second look. Nothing in this package knows a socket, a clock, a file or a database.
//!
//! The tour:
//! - [`id`]: one newtype per kind of id (UUID v7), so that two ids cannot be swapped;
//! - [`number`]: extension numbers and dial strings;
//! - [`pattern`]: which numbers a route is for;
//! - [`language`]: what the box speaks;
//! - [`name`]: account slugs, SIP domains, digest user names, display names;
//! - [`role`]: roles, permissions, and the one table that says who may do what;
//! - [`directory`]: the immutable snapshot that the engine reads on every call;
//! - [`numbering`]: what a dialled number means;
//! - [`trunk`], [`trunk_profile`], [`route`], [`destination`]: lines to providers, and where calls go;
//! - [`rates`]: what calls by a trunk cost; [`phone_book`]: names for callers;
//! - [`calling_class`]: how far an extension may call; [`call_pin`]: what lets somebody call farther;
//! - [`media_encryption`]: whether its sound is encrypted;
//! - [`hours`]: when an office is open;
//! - [`guard`]: budgets and the like, against stolen passwords;
//! - [`trace`]: why a call went where it went;
//! - [`secrets`]: digest secrets, wiped on drop and never printed;
//! - [`call_record`]: what is kept of a call attempt, and why it ended;
//! - [`binding`]: a registration as it is kept across restarts;
//! - [`write`](mod@write): what the engine asks to be stored;
//! - [`log_text`]: the only two ways in which text of the network or of people gets into a log.

pub mod binding;
pub mod call_pin;
pub mod call_record;
pub mod calling_class;
pub mod destination;
pub mod directory;
pub mod guard;
pub mod hours;
pub mod id;
pub mod language;
pub mod log_text;
pub mod media_encryption;
pub mod name;
pub mod number;
pub mod numbering;
pub mod pattern;
pub mod phone_book;
pub mod rates;
pub mod role;
pub mod route;
pub mod secrets;
pub mod status;
mod text;
pub mod time;
pub mod trace;
pub mod trunk;
pub mod trunk_profile;
pub mod write;

pub use binding::{BindingKey, SavedBinding, SavedTransport};
pub use call_pin::{CallPin, Pin};
pub use call_record::{
    CallDirection, CallRecord, CallStatus, ClockState, EndReason, LegQuality, QualityMetrics, SipStatus,
    SrtpSuite,
};
pub use calling_class::CallingClass;
pub use destination::{Destination, Reject};
pub use directory::{
    Account, AccountLimits, Dialling, Directory, DirectoryBuilder, DirectoryError, Extension, Routing,
    TimeRule,
};
pub use guard::{Budget, Burst, Guard, OffHours};
pub use hours::{
    DayMinute, DaySpan, Holiday, HolidayDate, HolidaySet, Override, Presence, TimeCondition, Weekday,
    Weekdays, WeeklySpan, Why, Zone,
};
pub use id::{
    AccountId, AccountUserId, AlertId, ApiKeyId, BookEntryId, CallId, ExtensionId, PinId, PushId, RouteId,
    SessionId, TimeConditionId, TrunkId, UserId,
};
pub use language::Language;
pub use log_text::{Masked, Untrusted};
pub use media_encryption::MediaEncryption;
pub use name::{AccountSlug, AuthUsername, DisplayName, SipDomain};
pub use number::{DialString, ExtensionNumber};
pub use numbering::{AreaCode, Called, CarrierCode, Class, Country, NumberError, NumberForm, NumberingPlan};
pub use pattern::{Closeness, NumberPattern};
pub use phone_book::{BookEntry, BookNote, BookNumber};
pub use rates::{Price, Rate, RatePrefix, RateTable};
pub use role::{Overrides, Permission, PermissionSet, Reach, Role};
pub use route::{InboundRoute, OutboundRoute, Routed, TrunkOrder};
pub use secrets::{DigestSecrets, ExtensionSecrets};
pub use status::Status;
pub use text::TextError;
pub use time::Timestamp;
pub use trace::{EncryptionFault, HoursReason, SkipReason, Spent, TraceStep, Whose};
pub use trunk::{CallerId, PeerNetwork, Trunk, TrunkLogin, TrunkProblem, TrunkState, TrunkTransport};
pub use trunk_profile::{CalledHeader, CallerHeader, TrunkCodec, TrunkProfile};
pub use write::StoreWrite;
