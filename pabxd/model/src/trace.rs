//! Why a call went where it went: what was decided, step by step, as data and in words.

use serde::{Deserialize, Serialize};

use crate::{CallingClass, Class, Price, Reject, RouteId, TimeConditionId, TrunkId};

/// One step of a decision. Texts are numbers and names of the account's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum TraceStep {
    /// The box itself calls, to try what is called.
    TestCall,
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
    /// Office hours were asked.
    Hours {
        /// Whose.
        time_condition_id: TimeConditionId,
        /// Their name.
        name: String,
        /// Whether somebody is there.
        open: bool,
        /// Why.
        why: HoursReason,
    },
    /// Hours lead to hours, and these on, without an end.
    Endless,
    /// The call goes out again, to this number.
    Forwarded {
        /// As somebody of the account would dial it.
        number: String,
    },
    /// The call was forwarded too often on its way here.
    ForwardedTooOften,
    /// Nobody is to get the call.
    Rejected {
        /// What the caller is told.
        reject: Reject,
    },
    /// What the provider says of the caller's number (STIR/SHAKEN).
    CallerVerified {
        /// `verstat` (3GPP TS 24.229 §7.2A.20), such as `TN-Validation-Passed`; empty: only that it is signed.
        verstat: String,
        /// The signature (`Identity`, RFC 8224), for who has to trace the call back. It was not verified here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<String>,
    },
    /// Somebody's PIN was dialled.
    PinTaken {
        /// Whose.
        name: String,
        /// How far it reaches.
        calling_class: CallingClass,
    },
    /// A PIN was dialled that nobody has.
    PinWrong,
    /// Wrong PINs were dialled too often: none is looked at for a while.
    PinLocked,
    /// Who calls does not want to be seen.
    CallerWithheld,
    /// The caller ID is none of the account's numbers, and is not shown.
    CallerIdNotOwned {
        /// Which.
        caller_id: String,
    },
    /// While nobody should be there, such numbers may not be called.
    OffHours {
        /// The hours' name.
        name: String,
        /// How far may be called.
        calling_class: CallingClass,
    },
    /// What may be used up in a day is used up.
    BudgetSpent {
        /// Whose budget.
        whose: Whose,
        /// Of what.
        what: Spent,
    },
    /// The extension has begun too many calls abroad in a while.
    Burst {
        /// As many it may.
        calls: u16,
        /// In as many minutes.
        minutes: u16,
    },
    /// The call had to leave its trunk to an emergency.
    Preempted,
    /// An emergency: no rule stands in its way, and every trunk may carry it.
    Emergency,
    /// The sound cannot be encrypted as it has to be, or is encrypted where it must not be: a phone or provider is refused,
    /// or is not called.
    EncryptionRefused {
        /// The extension's number, or the trunk's name.
        party: String,
        /// Why.
        why: EncryptionFault,
    },
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
        /// What a minute costs, in millionths of the account's currency, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        price: Option<u32>,
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
    /// It allows none of the phone's codecs.
    NoCodec,
}

/// Why sound cannot be encrypted as it has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EncryptionFault {
    /// It has to be, and the SIP that would carry the keys is in clear: UDP or TCP in place of TLS.
    ClearSignalling,
    /// It has to be, and the other end does not.
    NotSpoken,
    /// The other end does, with nothing that is spoken here.
    NoSuite,
    /// The other end wants nothing else, and it is switched off.
    SwitchedOff,
}

/// Why somebody is there or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum HoursReason {
    /// Somebody switched it by hand.
    Override,
    /// A holiday.
    Holiday {
        /// Its name.
        name: String,
    },
    /// The hours of the week.
    Hours,
    /// The clock is not set yet: it counts as open.
    NoClock,
}

/// Whose budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// All extensions together.
    Account,
    /// The extension's own.
    Extension,
}

/// What a budget is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spent {
    /// Time.
    Minutes,
    /// Money.
    Money,
}

impl std::fmt::Display for TraceStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TestCall => f.write_str("The box itself makes this call, as a test."),
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
            Self::Hours { name, open, why, .. } => {
                write!(f, "{name} is {}{why}.", if *open { "open" } else { "closed" })
            }
            Self::Endless => f.write_str("The time conditions lead to one another without an end."),
            Self::Forwarded { number } => write!(f, "The call is forwarded to {number}."),
            Self::ForwardedTooOften => f.write_str("The call was forwarded too often on its way here."),
            Self::Rejected { reject } => write!(f, "Nobody is to get the call: the caller is told {reject}."),
            Self::CallerVerified { verstat, .. } if verstat.is_empty() => {
                f.write_str("The caller's number is signed.")
            }
            Self::CallerVerified { verstat, .. } => {
                write!(f, "The provider says of the caller's number: {verstat}.")
            }
            Self::CallerWithheld => f.write_str("The caller's number is withheld."),
            Self::CallerIdNotOwned { caller_id } => {
                write!(f, "{caller_id} is none of the account's numbers, and is not shown.")
            }
            Self::InternationalBlocked { .. }
            | Self::PremiumBlocked
            | Self::ClassBlocked { .. }
            | Self::PinTaken { .. }
            | Self::PinWrong
            | Self::PinLocked
            | Self::OffHours { .. }
            | Self::BudgetSpent { .. }
            | Self::Burst { .. }
            | Self::EncryptionRefused { .. }
            | Self::Preempted => self.fmt_bound(f),
            Self::Emergency
            | Self::TrunkSkipped { .. }
            | Self::TrunkChosen { .. }
            | Self::TrunkTried { .. }
            | Self::TrunkFailed { .. } => self.fmt_trunk(f),
        }
    }
}

impl TraceStep {
    /// What stops a call, or lets it go further.
    fn fmt_bound(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
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
            Self::PinTaken { name, calling_class } => {
                write!(f, "The PIN of {name} allows {} numbers.", calling_class.as_str().replace('_', " "))
            }
            Self::PinWrong => f.write_str("Nobody has this PIN."),
            Self::PinLocked => {
                f.write_str("Wrong PINs were dialled too often from this extension: wait ten minutes.")
            }
            Self::OffHours { name, calling_class } => {
                let most = calling_class.as_str().replace('_', " ");
                write!(f, "While {name} is closed, {most} numbers may be called at most.")
            }
            Self::BudgetSpent { whose, what } => write!(f, "{whose} {what} of this day are used up."),
            Self::Burst { calls, minutes } => {
                write!(f, "The extension may begin {calls} calls abroad in {minutes} minutes.")
            }
            Self::EncryptionRefused { party, why } => write!(f, "The sound of {party} {why}."),
            Self::Preempted => f.write_str("The trunk was needed for an emergency call."),
            _ => Ok(()),
        }
    }

    /// What became of it at the trunks.
    fn fmt_trunk(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Emergency => f.write_str("This is an emergency number: every trunk may carry the call."),
            Self::TrunkSkipped { name, why, .. } => write!(f, "Trunk {name} is passed over: {why}."),
            Self::TrunkChosen { name, number, price, .. } => {
                write!(f, "Trunk {name} may carry it, as {number}")?;
                match price.and_then(Price::from_millionths) {
                    Some(price) => write!(f, ", at {price} a minute."),
                    None => f.write_str("."),
                }
            }
            Self::TrunkTried { server, .. } => write!(f, "The provider's server {server} was asked."),
            Self::TrunkFailed { status: 408, .. } => f.write_str("It did not answer; the next was tried."),
            Self::TrunkFailed { status, .. } => {
                write!(f, "It did not take the call ({status}); the next was tried.")
            }
            _ => Ok(()),
        }
    }
}

impl std::fmt::Display for SkipReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotActive => "it is not in use",
            Self::Full => "it has as many calls as it may have",
            Self::Down => "it is down, and is tried after the others",
            Self::NoCodec => "it allows none of the phone's codecs",
        })
    }
}

impl std::fmt::Display for EncryptionFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ClearSignalling => "has to be encrypted, and its SIP is in clear: it must use TLS",
            Self::NotSpoken => "has to be encrypted, and the other end does not encrypt (SRTP)",
            Self::NoSuite => "has to be encrypted, and the other end offers no suite that is spoken here",
            Self::SwitchedOff => "is not to be encrypted, and the other end wants nothing else",
        })
    }
}

impl std::fmt::Display for HoursReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Override => f.write_str(" by hand"),
            Self::Holiday { name } => write!(f, " ({name})"),
            Self::Hours => Ok(()),
            Self::NoClock => f.write_str(": the clock is not set yet"),
        }
    }
}

impl std::fmt::Display for Whose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Account => "The account's",
            Self::Extension => "The extension's",
        })
    }
}

impl std::fmt::Display for Spent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Minutes => "minutes",
            Self::Money => "means",
        })
    }
}
