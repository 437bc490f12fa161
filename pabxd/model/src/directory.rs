//! The immutable configuration snapshot that the engine reads. All lookups are O(1) and allocate nothing.
//!
//! A change of configuration builds a new directory; nobody ever sees half a change.

use std::collections::HashMap;

use thiserror::Error;

mod routing;
mod self_test;

pub use self::routing::{Dialling, Routing, TimeRule};
use self::self_test::SelfTest;
use crate::{
    AccountId, AccountSlug, CallerId, CallingClass, DigestSecrets, DisplayName, ExtensionId, ExtensionNumber,
    ExtensionSecrets, MediaEncryption, SipDomain, Status, Trunk, TrunkId,
};

/// What an account may use at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountLimits {
    /// Extensions that may exist.
    pub max_extensions: u32,
    /// Calls that may go on at once.
    pub max_calls: u32,
}

/// A customer of the box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Id.
    pub account_id: AccountId,
    /// What people call it.
    pub name: DisplayName,
    /// Its short name, unique on the box.
    pub slug: AccountSlug,
    /// Its SIP domain, unique on the box.
    pub domain: SipDomain,
    /// Suspended accounts neither register nor call.
    pub status: Status,
    /// What it may use.
    pub limits: AccountLimits,
}

/// A number of an account that devices register for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Id.
    pub extension_id: ExtensionId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Its number, unique in the account.
    pub number: ExtensionNumber,
    /// What people call it.
    pub name: DisplayName,
    /// Suspended extensions neither register nor are called.
    pub status: Status,
    /// Devices that may be registered at once.
    pub max_devices: u16,
    /// Seconds it rings; 0 is as long as the box says (`calls.ring_seconds`).
    pub ring_seconds: u16,
    /// How far it may call.
    pub calling_class: CallingClass,
    /// The number that it shows outside; `None`: the trunk's.
    pub caller_id: Option<CallerId>,
    /// Whether its phones' sound is encrypted.
    pub media_encryption: MediaEncryption,
    /// Digest secrets of both user names.
    pub secrets: ExtensionSecrets,
}

/// Why a directory cannot be built. The store's constraints make these impossible; they guard against a bug.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DirectoryError {
    /// Two accounts with one id, slug or domain.
    #[error("account {0} shares its id, slug or domain with another")]
    DuplicateAccount(AccountId),
    /// Two extensions with one id, or one number in one account.
    #[error("extension {0} shares its id or number with another of its account")]
    DuplicateExtension(ExtensionId),
    /// An extension of an account that is not there.
    #[error("extension {0} belongs to no known account")]
    OrphanExtension(ExtensionId),
    /// Routing of an account that is not there, or twice.
    #[error("routing of account {0}, which is not known or has it already")]
    OrphanRouting(AccountId),
    /// Two trunks with one id, or one of another account among an account's.
    #[error("trunk {0} shares its id with another, or is of another account")]
    MisplacedTrunk(TrunkId),
}

/// The snapshot.
#[derive(Debug, Default)]
pub struct Directory {
    accounts: Vec<Account>,
    extensions: Vec<Extension>,
    account_by_id: HashMap<AccountId, usize>,
    account_by_domain: HashMap<Box<str>, usize>,
    account_by_slug: HashMap<Box<str>, usize>,
    extension_by_id: HashMap<ExtensionId, usize>,
    extension_by_number: HashMap<(AccountId, ExtensionNumber), usize>,
    routing: HashMap<AccountId, Routing>,
    trunks: HashMap<TrunkId, (AccountId, usize)>,
    self_test: Option<Box<SelfTest>>,
}

impl Directory {
    /// Starts an empty one.
    pub fn builder() -> DirectoryBuilder {
        DirectoryBuilder::default()
    }

    /// All accounts, suspended ones too.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// All extensions of all accounts, suspended ones too.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The account, by id.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        if id.is_self_test() {
            return self.self_test.as_ref().map(|own| &own.account);
        }
        self.accounts.get(*self.account_by_id.get(&id)?)
    }

    /// The account whose SIP domain this is; case does not matter, nor a trailing dot. Suspended ones are found too.
    pub fn account_by_domain(&self, domain: &str) -> Option<&Account> {
        let mut room = [0; SipDomain::MAX_LEN];
        let domain = lower_case(domain.strip_suffix('.').unwrap_or(domain), &mut room)?;
        self.accounts.get(*self.account_by_domain.get(domain)?)
    }

    /// The account with this slug.
    pub fn account_by_slug(&self, slug: &str) -> Option<&Account> {
        self.accounts.get(*self.account_by_slug.get(slug)?)
    }

    /// The only account, on a box that has just one.
    pub fn single_account(&self) -> Option<&Account> {
        match self.accounts.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The extension with this number in this account, and in no other. Suspended ones are found too.
    pub fn extension(&self, account: AccountId, number: &ExtensionNumber) -> Option<&Extension> {
        self.extensions.get(*self.extension_by_number.get(&(account, *number))?)
    }

    /// The extension, by id.
    pub fn extension_by_id(&self, id: ExtensionId) -> Option<&Extension> {
        if id == ExtensionId::SELF_TEST {
            return self.self_test.as_ref().map(|own| &own.extension);
        }
        self.extensions.get(*self.extension_by_id.get(&id)?)
    }

    /// Trunks and routes of an account; `None`: it has none, or is not there.
    pub fn routing(&self, account: AccountId) -> Option<&Routing> {
        self.routing.get(&account)
    }

    /// All trunks of all accounts, suspended ones too.
    pub fn trunks(&self) -> impl Iterator<Item = &Trunk> {
        self.routing.values().flat_map(|routing| routing.trunks.iter())
    }

    /// The trunk, by id.
    pub fn trunk(&self, id: TrunkId) -> Option<&Trunk> {
        let (account, place) = self.trunks.get(&id)?;
        self.routing.get(account)?.trunks.get(*place)
    }

    /// Whether the trunk and its account are in use.
    pub fn is_trunk_active(&self, trunk: &Trunk) -> bool {
        trunk.status.is_active()
            && self.account(trunk.account_id).is_some_and(|account| account.status.is_active())
    }

    /// Whose digest user name this is, and the secrets for exactly this form of it.
    ///
    /// `NUMBER-SLUG` names its account; `NUMBER` belongs to the account of `domain`, or to the only account of the box.
    /// A `domain` that names another account than the user name does finds nothing, nor does anything suspended.
    pub fn credentials(
        &self,
        username: &str,
        domain: Option<&str>,
    ) -> Option<(&Account, &Extension, &DigestSecrets)> {
        if username == self_test::USERNAME {
            return self.self_test.as_ref()?.credentials(domain);
        }
        let by_domain = domain.and_then(|domain| self.account_by_domain(domain));
        let (number, account, with_slug) = match username.split_once('-') {
            Some((number, slug)) => {
                let account = self.account_by_slug(slug)?;
                if by_domain.is_some_and(|other| other.account_id != account.account_id) {
                    return None;
                }
                (number, account, true)
            }
            None => (username, by_domain.or_else(|| self.single_account())?, false),
        };
        let extension = self.extension(account.account_id, &ExtensionNumber::parse(number).ok()?)?;
        if !account.status.is_active() || !extension.status.is_active() {
            return None;
        }
        let secrets = if with_slug { &extension.secrets.number_and_slug } else { &extension.secrets.number };
        Some((account, extension, secrets))
    }
}

fn lower_case<'a>(text: &str, room: &'a mut [u8]) -> Option<&'a str> {
    let room = room.get_mut(..text.len())?;
    room.copy_from_slice(text.as_bytes());
    room.make_ascii_lowercase();
    std::str::from_utf8(room).ok()
}

/// Collects accounts and extensions in any order.
#[derive(Debug, Default)]
pub struct DirectoryBuilder {
    accounts: Vec<Account>,
    extensions: Vec<Extension>,
    routing: Vec<(AccountId, Routing)>,
}

impl DirectoryBuilder {
    /// Adds an account.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// Adds an extension.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Adds the trunks and routes of an account.
    #[must_use]
    pub fn routing(mut self, account: AccountId, routing: Routing) -> Self {
        self.routing.push((account, routing));
        self
    }

    /// Indexes it all.
    pub fn build(self) -> Result<Directory, DirectoryError> {
        let mut directory = Directory::default();
        for (place, account) in self.accounts.iter().enumerate() {
            directory.index_account(place, account)?;
        }
        for (place, extension) in self.extensions.iter().enumerate() {
            directory.index_extension(place, extension)?;
        }
        for (account, routing) in self.routing {
            directory.take_routing(account, routing)?;
        }
        Ok(Directory { accounts: self.accounts, extensions: self.extensions, ..directory })
    }
}

impl Directory {
    fn index_account(&mut self, place: usize, account: &Account) -> Result<(), DirectoryError> {
        let taken = self.account_by_id.insert(account.account_id, place).is_some()
            | self.account_by_domain.insert(account.domain.as_str().into(), place).is_some()
            | self.account_by_slug.insert(account.slug.as_str().into(), place).is_some();
        if taken { Err(DirectoryError::DuplicateAccount(account.account_id)) } else { Ok(()) }
    }

    fn index_extension(&mut self, place: usize, extension: &Extension) -> Result<(), DirectoryError> {
        if !self.account_by_id.contains_key(&extension.account_id) {
            return Err(DirectoryError::OrphanExtension(extension.extension_id));
        }
        let number = (extension.account_id, extension.number);
        let taken = self.extension_by_id.insert(extension.extension_id, place).is_some()
            | self.extension_by_number.insert(number, place).is_some();
        if taken { Err(DirectoryError::DuplicateExtension(extension.extension_id)) } else { Ok(()) }
    }

    fn take_routing(&mut self, account: AccountId, routing: Routing) -> Result<(), DirectoryError> {
        if !self.account_by_id.contains_key(&account) || self.routing.contains_key(&account) {
            return Err(DirectoryError::OrphanRouting(account));
        }
        for (place, trunk) in routing.trunks.iter().enumerate() {
            let taken = self.trunks.insert(trunk.trunk_id, (account, place)).is_some();
            if taken || trunk.account_id != account {
                return Err(DirectoryError::MisplacedTrunk(trunk.trunk_id));
            }
        }
        self.routing.insert(account, routing);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
