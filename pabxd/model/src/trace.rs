//! Why a call went where it went: what was decided, step by step, as data and in words.

use serde::{Deserialize, Serialize};

use crate::{CallingClass, Class, RouteId, TrunkId};

/// One step of a decision. Texts are numbers and names of the account's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum TraceStep {
    /// The number was understood.
    NumberRead {
        /// As it was dialled.
        dialled: String,
        /// In its normal form.
        normal: String,
        /// What kind of number it is.
        class: Class,
    },
    /// It was not; routes see it as it was dialled.
    NumberNotRead {
        /// As it was dialled.
        dialled: String,
    },
    /// Somebody calls a number of the account's own extensions.
    Extension {
        /// Its number.
        number: String,
    },
    /// A feature of the box.
    Feature {
        /// Its code.
        code: String,
    },
    /// The call came by a trunk.
    CameIn {
        /// Which.
        trunk_id: TrunkId,
        /// Its name.
        name: String,
        /// The number that was called, as the provider gave it.
        called: String,
        /// Who calls, in normal form; empty: withheld.
        caller: String,
    },
    /// The account takes no calls from this number.
    CallerBlocked {
        /// The pattern that fits it.
        pattern: String,
    },
    /// The account takes no calls without a number.
    AnonymousRefused,
    /// A route's pattern fits, and is the closest.
    RouteTaken {
        /// Which.
        route_id: RouteId,
        /// Its name.
        name: String,
        /// Its pattern.
        pattern: String,
        /// The form of the number that fits.
        matched: String,
    },
    /// No route is for this number.
    NoRoute {
        /// How many were looked at.
        routes: usize,
    },
    /// The route's destination is gone.
    DestinationGone,
    /// International calls are not allowed, or not to this country.
    InternationalBlocked {
        /// The country's code, where it is known.
        country_code: Option<String>,
    },
    /// Calls to numbers of a higher price are not allowed.
    PremiumBlocked,
    /// The extension may not call so far.
    ClassBlocked {
        /// How far it may.
        calling_class: CallingClass,
    },
    /// An emergency: no rule stands in its way, and every trunk may carry it.
    Emergency,
    /// A trunk is passed over.
    TrunkSkipped {
        /// Which.
        trunk_id: TrunkId,
        /// Its name.
        name: String,
        /// Why.
        why: SkipReason,
    },
    /// A trunk may carry the call.
    TrunkChosen {
        /// Which.
        trunk_id: TrunkId,
        /// Its name.
        name: String,
        /// The number as the provider gets it.
        number: String,
    },
    /// The provider was asked.
    TrunkTried {
        /// Which.
        trunk_id: TrunkId,
        /// The server.
        server: String,
    },
    /// It did not take the call, and the next was tried.
    TrunkFailed {
        /// Which.
        trunk_id: TrunkId,
        /// What it said; 408: nothing, 503: also a connection that broke.
        status: u16,
    },
}

/// Why a trunk is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// It is suspended, or gone.
    NotActive,
    /// It has as many calls as it may have.
    Full,
    /// It is down; it is tried after all that are not.
    Down,
}

impl std::fmt::Display for TraceStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NumberRead { dialled, normal, class } => {
                write!(f, "{dialled} was dialled: {normal}, {}.", class.as_str().replace('_', " "))
            }
            Self::NumberNotRead { dialled } => {
                write!(f, "{dialled} was dialled; it is no number of the numbering plan.")
            }
            Self::Extension { number } => write!(f, "{number} is an extension of the account."),
            Self::Feature { code } => write!(f, "{code} is a feature of the box."),
            Self::CameIn { name, called, caller, .. } => {
                let caller = if caller.is_empty() { "a withheld number" } else { caller };
                write!(f, "A call from {caller} to {called} came in by trunk {name}.")
            }
            Self::CallerBlocked { pattern } => {
                write!(f, "The account takes no calls from this number ({pattern} is blocked).")
            }
            Self::AnonymousRefused => f.write_str("The account takes no calls from withheld numbers."),
            Self::RouteTaken { name, pattern, matched, .. } => {
                write!(f, "Route {name} is taken: its pattern {pattern} is the closest that fits {matched}.")
            }
            Self::NoRoute { routes } => write!(f, "None of {routes} routes is for this number."),
            Self::DestinationGone => f.write_str("The destination of the route does not exist any more."),
            Self::InternationalBlocked { country_code: Some(code) } => {
                write!(f, "Calls to country +{code} are not allowed.")
            }
            Self::InternationalBlocked { country_code: None } => {
                f.write_str("International calls are not allowed.")
            }
            Self::PremiumBlocked => f.write_str("Calls to numbers of a higher price are not allowed."),
            Self::ClassBlocked { calling_class } => {
                let most = calling_class.as_str().replace('_', " ");
                write!(f, "The extension may call {most} numbers at most.")
            }
            Self::Emergency => f.write_str("This is an emergency number: every trunk may carry the call."),
            Self::TrunkSkipped { name, why, .. } => write!(f, "Trunk {name} is passed over: {why}."),
            Self::TrunkChosen { name, number, .. } => write!(f, "Trunk {name} may carry it, as {number}."),
            Self::TrunkTried { server, .. } => write!(f, "The provider's server {server} was asked."),
            Self::TrunkFailed { status: 408, .. } => f.write_str("It did not answer; the next was tried."),
            Self::TrunkFailed { status, .. } => {
                write!(f, "It did not take the call ({status}); the next was tried.")
            }
        }
    }
}

impl std::fmt::Display for SkipReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotActive => "it is not in use",
            Self::Full => "it has as many calls as it may have",
            Self::Down => "it is down, and is tried after the others",
        })
    }
}
