//! An account as a whole, on its way to another box: taken out with its secrets opened, put in under this box's key.
//!
//! What moves: the account, its extensions, trunks (with their rates) and routes with their secrets, its phone book, and the people who belong to it alone. What
//! does not: call history, audit, sessions, keys of machines, alerts, registrations, and people who also belong elsewhere.

mod export;
mod import;

use pabx_model::{
    AccountId, BookEntry, CallPin, Dialling, ExtensionId, Overrides, Rate, Role, RouteId, Status,
    TimeConditionId, TimeRule, TrunkId, UserId,
};
use zeroize::Zeroizing;

use crate::{
    AccountRow, InboundRoute, NewAccount, NewExtension, NewTrunk, NewUser, OutboundRoute, PhonePassword,
};

/// An account with all that moves with it. Its ids point at one another.
#[derive(Clone, Debug)]
pub struct MovingAccount {
    /// The id it had.
    pub account_id: AccountId,
    /// The account itself.
    pub account: NewAccount,
    /// In use or not.
    pub status: Status,
    /// How it dials.
    pub dialling: Dialling,
    /// Its extensions.
    pub extensions: Vec<MovingExtension>,
    /// Its trunks.
    pub trunks: Vec<MovingTrunk>,
    /// Its time conditions.
    pub time_conditions: Vec<(TimeConditionId, TimeRule)>,
    /// Its PINs for calls.
    pub call_pins: Vec<CallPin>,
    /// Its inbound routes.
    pub inbound_routes: Vec<(RouteId, InboundRoute)>,
    /// Its outbound routes.
    pub outbound_routes: Vec<(RouteId, OutboundRoute)>,
    /// Its phone book.
    pub phone_book: Vec<BookEntry>,
    /// The people who belong to it alone.
    pub people: Vec<MovingPerson>,
    /// The names of those who belong to it and to something else: they stay.
    pub staying: Vec<String>,
}

/// An extension with its phone's password.
#[derive(Clone, Debug)]
pub struct MovingExtension {
    /// The id it had.
    pub extension_id: ExtensionId,
    /// The extension itself.
    pub extension: NewExtension,
    /// In use or not.
    pub status: Status,
    /// What its phones sign in with.
    pub password: PhonePassword,
}

/// A trunk; where it signs in, with its password.
#[derive(Clone, Debug)]
pub struct MovingTrunk {
    /// The id it had.
    pub trunk_id: TrunkId,
    /// The trunk itself.
    pub trunk: NewTrunk,
    /// What calls by it cost.
    pub rates: Vec<Rate>,
    /// In use or not.
    pub status: Status,
}

/// A person who belongs to the account alone. The role on the box is `user`.
#[derive(Clone, Debug)]
pub struct MovingPerson {
    /// The id it had.
    pub user_id: UserId,
    /// The person.
    pub user: NewUser,
    /// May sign in or not.
    pub status: Status,
    /// One-time codes, where they are asked for.
    pub second_factor: Option<SecondFactor>,
    /// The role in the account.
    pub role: Role,
    /// The person's own extension.
    pub extension_id: Option<ExtensionId>,
    /// What is given and denied on top of the role.
    pub overrides: Overrides,
}

/// What one-time codes are checked with. Debug shows nothing of it.
#[derive(Clone)]
pub struct SecondFactor {
    /// The secret of the app.
    pub secret: Zeroizing<Vec<u8>>,
    /// The last step whose code was taken.
    pub last_step: u64,
    /// Hashes of the recovery codes that are left.
    pub recovery_codes: Vec<[u8; 32]>,
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecondFactor(hidden)")
    }
}

/// What came of putting an account in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedAccount {
    /// The account as it is now.
    pub account: AccountRow,
    /// How many ids were in use here, so that others took their place; the account's own is not counted.
    pub new_ids: usize,
    /// Who was made.
    pub made: Vec<String>,
    /// Who was here already without belonging to anything, under the same id: a member again, with the password of this box.
    pub rejoined: Vec<String>,
    /// Whose name somebody here has: not touched, and no member.
    pub left_out: Vec<String>,
}
