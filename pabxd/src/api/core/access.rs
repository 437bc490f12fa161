//! Who asks, and what that person may do where. Read anew for each request, so that a right that was taken away is gone at once.

use super::problem::{Kind, Problem};
use pabx_model::{AccountId, ExtensionId, Overrides, Permission, PermissionSet, Reach, Role, UserId};
use pabx_store::{AccountScope, Actor, WholeBox};

/// What a route asks of its caller. There is no route without one: the constructor takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, signed in or not.
    Public,
    /// Whoever is signed in, a machine too; about the caller's own things.
    Person,
    /// The same, but no machine: what speaks for the person.
    InPerson,
    /// This permission for the whole box.
    Box(Permission),
    /// This permission in the account that the path names.
    Account(Permission),
    /// The same, or for the caller's own things in that account: the handler looks at [`Grant::own`].
    AccountOrOwn(Permission),
    /// This permission anywhere: the handler shows what the caller may see.
    Anywhere(Permission),
}

impl Access {
    /// The permission it asks for.
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::Public | Self::Person | Self::InPerson => None,
            Self::Box(p) | Self::Account(p) | Self::AccountOrOwn(p) | Self::Anywhere(p) => Some(p),
        }
    }

    /// For the docs.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Public => "anybody",
            Self::Person => "whoever is signed in",
            Self::InPerson => "whoever is signed in, by no key",
            Self::Box(_) => "for the whole box",
            Self::Account(_) => "in this account",
            Self::AccountOrOwn(_) => "in this account, or for one's own",
            Self::Anywhere(_) => "in any account; what may be seen is shown",
        }
    }
}

/// A place in an account.
#[derive(Clone, Debug)]
pub struct Membership {
    /// Which account.
    pub account_id: AccountId,
    /// As what.
    pub role: Role,
    /// What is given and denied on top.
    pub overrides: Overrides,
    /// The extension that is the person's own.
    pub extension_id: Option<ExtensionId>,
}

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The person.
    pub user_id: UserId,
    /// The name.
    pub username: String,
    /// The role on the box.
    pub role: Role,
    /// The accounts.
    pub memberships: Vec<Membership>,
    /// By which way.
    pub by: By,
}

/// By which way a caller came.
#[derive(Clone, Debug)]
pub enum By {
    /// A session of a browser or a program.
    Session {
        /// Which.
        session_id: pabx_store::SessionId,
        /// A browser's: it must show its token against forgery.
        browser: bool,
    },
    /// A key of a machine. It reaches no further than its owner, its permissions and its account.
    Key {
        /// Which.
        api_key_id: pabx_store::ApiKeyId,
        /// Its name.
        name: String,
        /// What it may do at most.
        permissions: PermissionSet,
        /// Where it may do it; `None`: wherever its owner may.
        account_id: Option<AccountId>,
    },
}

/// What a caller was found to be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The account of the path.
    pub scope: Option<AccountScope>,
    /// How far the permission reaches.
    pub reach: Reach,
    /// The caller's own extension in that account.
    pub extension_id: Option<ExtensionId>,
}

impl Grant {
    /// Whether only the caller's own things are meant.
    pub fn own(self) -> bool {
        self.reach == Reach::Own
    }

    /// The account; the router has filled it in for each route that names one.
    pub fn account(self) -> Result<AccountScope, Problem> {
        self.scope.ok_or(Problem::new(Kind::Internal))
    }
}

impl Caller {
    /// For the audit.
    pub fn actor(&self) -> Actor {
        match &self.by {
            By::Session { .. } => Actor::User { user_id: self.user_id, username: self.username.clone() },
            By::Key { api_key_id, name, .. } => Actor::ApiKey { api_key_id: *api_key_id, name: name.clone() },
        }
    }

    /// How far a permission reaches over the whole box.
    pub fn reach_on_box(&self, permission: Permission) -> Reach {
        let reach = if self.role == Role::SuperAdmin { self.role.reach(permission) } else { Reach::None };
        match &self.by {
            By::Session { .. } => reach,
            By::Key { permissions, account_id: None, .. } if permissions.contains(permission) => reach,
            By::Key { .. } => Reach::None,
        }
    }

    /// How far a permission reaches in an account; `None`: the account is none of the caller's business.
    pub fn reach_in(&self, account: AccountId, permission: Permission) -> Option<Grant> {
        let member = self.memberships.iter().find(|member| member.account_id == account);
        let by_membership = member.map(|member| member.overrides.reach(member.role, permission));
        let on_box = (self.role == Role::SuperAdmin).then(|| self.role.reach(permission));
        let reach = by_membership.max(on_box)?;
        let reach = match &self.by {
            By::Session { .. } => reach,
            By::Key { account_id: Some(only), .. } if *only != account => return None,
            By::Key { permissions, .. } if permissions.contains(permission) => reach,
            By::Key { .. } => Reach::None,
        };
        let extension_id = member.and_then(|member| member.extension_id);
        Some(Grant { scope: Some(AccountScope::of(account)), reach, extension_id })
    }

    /// The right to the whole box, where the caller has it.
    pub fn whole_box(&self, permission: Permission) -> Option<WholeBox> {
        (self.reach_on_box(permission) == Reach::Box).then_some(WholeBox)
    }
}

/// Whether this caller may use a route, for the account that its path names.
///
/// A foreign account is not found, exactly as one that does not exist; a right that is missing in one's own is forbidden.
pub fn allow(caller: &Caller, access: Access, account: Option<AccountId>) -> Result<Grant, Problem> {
    let no_account = Grant { scope: None, reach: Reach::Own, extension_id: None };
    match (access, account) {
        (Access::Public | Access::Person, _) => Ok(no_account),
        (Access::InPerson, _) => match caller.by {
            By::Session { .. } => Ok(no_account),
            By::Key { .. } => Err(Problem::about(Kind::Forbidden, "a key of a machine may not do this")),
        },
        (Access::Box(permission), _) => match caller.reach_on_box(permission) {
            Reach::Box => Ok(Grant { reach: Reach::Box, ..no_account }),
            _ => Err(Problem::new(Kind::Forbidden)),
        },
        (Access::Anywhere(permission), _) => {
            let anywhere =
                caller.memberships.iter().filter_map(|m| caller.reach_in(m.account_id, permission));
            let reach = anywhere.map(|grant| grant.reach).max().max(Some(caller.reach_on_box(permission)));
            match reach {
                Some(reach) if reach > Reach::None => Ok(Grant { reach, ..no_account }),
                _ => Err(Problem::new(Kind::Forbidden)),
            }
        }
        (Access::Account(_) | Access::AccountOrOwn(_), None) => Err(Problem::new(Kind::Internal)),
        (Access::Account(permission) | Access::AccountOrOwn(permission), Some(account)) => {
            let grant = caller.reach_in(account, permission).ok_or(Problem::not_found())?;
            let least = if matches!(access, Access::Account(_)) { Reach::Account } else { Reach::Own };
            if grant.reach >= least { Ok(grant) } else { Err(Problem::new(Kind::Forbidden)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(nth: u8) -> AccountId {
        AccountId::new(1, [nth; 10])
    }

    fn caller(role: Role, memberships: &[(u8, Role)], by: By) -> Caller {
        let member = |(nth, role): &(u8, Role)| Membership {
            account_id: account(*nth),
            role: *role,
            overrides: Overrides::default(),
            extension_id: None,
        };
        Caller {
            user_id: UserId::new(1, [1; 10]),
            username: "ana".into(),
            role,
            memberships: memberships.iter().map(member).collect(),
            by,
        }
    }

    fn session() -> By {
        By::Session { session_id: pabx_store::SessionId::new(1, [1; 10]), browser: false }
    }

    fn key(permissions: &[Permission], account_id: Option<AccountId>) -> By {
        By::Key {
            api_key_id: pabx_store::ApiKeyId::new(1, [1; 10]),
            name: "k".into(),
            permissions: permissions.iter().copied().collect(),
            account_id,
        }
    }

    fn kind(result: Result<Grant, Problem>) -> Option<Kind> {
        result.err().map(|problem| problem.kind())
    }

    #[test]
    fn a_foreign_account_is_not_found_and_a_missing_right_is_forbidden() {
        let user = caller(Role::User, &[(1, Role::User)], session());
        let write = Access::Account(Permission::ExtensionsWrite);
        assert_eq!(kind(allow(&user, write, Some(account(2)))), Some(Kind::NotFound));
        assert_eq!(kind(allow(&user, write, Some(account(1)))), Some(Kind::Forbidden));
        assert_eq!(kind(allow(&user, Access::Box(Permission::SystemRead), None)), Some(Kind::Forbidden));
    }

    #[test]
    fn own_things_are_reached_only_where_the_route_says_so() {
        let user = caller(Role::User, &[(1, Role::User)], session());
        let read = Permission::CallsRead;
        assert_eq!(kind(allow(&user, Access::Account(read), Some(account(1)))), Some(Kind::Forbidden));
        assert!(allow(&user, Access::AccountOrOwn(read), Some(account(1))).unwrap().own());
    }

    #[test]
    fn the_role_of_another_account_does_not_count() {
        let both = caller(Role::User, &[(1, Role::Admin), (2, Role::User)], session());
        let write = Access::Account(Permission::TrunksWrite);
        assert!(allow(&both, write, Some(account(1))).is_ok());
        assert_eq!(kind(allow(&both, write, Some(account(2)))), Some(Kind::Forbidden));
    }

    #[test]
    fn an_admin_by_the_box_role_alone_reaches_no_account() {
        let admin = caller(Role::Admin, &[], session());
        let read = Access::Account(Permission::ExtensionsRead);
        assert_eq!(kind(allow(&admin, read, Some(account(1)))), Some(Kind::NotFound));
    }

    #[test]
    fn a_key_reaches_no_further_than_it_says() {
        let super_admin = |by| caller(Role::SuperAdmin, &[], by);
        let read = Access::Account(Permission::ExtensionsRead);
        let tied = super_admin(key(&[Permission::ExtensionsRead], Some(account(1))));
        assert!(allow(&tied, read, Some(account(1))).is_ok());
        assert_eq!(kind(allow(&tied, read, Some(account(2)))), Some(Kind::NotFound));
        assert_eq!(
            kind(allow(&tied, Access::Account(Permission::TrunksRead), Some(account(1)))),
            Some(Kind::Forbidden)
        );
        assert_eq!(kind(allow(&tied, Access::Box(Permission::ExtensionsRead), None)), Some(Kind::Forbidden));
        let loose = super_admin(key(&[Permission::SystemRead], None));
        assert!(allow(&loose, Access::Box(Permission::SystemRead), None).is_ok());
        assert_eq!(kind(allow(&loose, Access::Box(Permission::SystemWrite), None)), Some(Kind::Forbidden));
    }
}
