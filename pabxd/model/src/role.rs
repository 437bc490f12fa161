//! Who may do what: ONE table, used by the API, the UI and the feature codes, and printed in the docs.

use crate::text::word_enum;

word_enum!(
    /// The role of a person: on the box (`users.role`), or in one account (`account_users.role`).
    Role {
        /// The installer or provider who runs the box.
        SuperAdmin = "super_admin",
        /// The customer's own administrator.
        Admin = "admin",
        /// A person with an extension.
        User = "user",
    }
);

word_enum!(
    /// Something that can be allowed. A `*.write` does not imply the `*.read`.
    Permission {
        /// See accounts and their limits.
        AccountsRead = "accounts.read",
        /// Create accounts, set their limits, suspend them.
        AccountsWrite = "accounts.write",
        /// Create and change the administrators of an account.
        AdminsWrite = "admins.write",
        /// See extensions.
        ExtensionsRead = "extensions.read",
        /// Create and change extensions, within the account's limit.
        ExtensionsWrite = "extensions.write",
        /// See trunks (never their passwords).
        TrunksRead = "trunks.read",
        /// Create and change trunks.
        TrunksWrite = "trunks.write",
        /// See inbound and outbound routes.
        RoutesRead = "routes.read",
        /// Create and change routes.
        RoutesWrite = "routes.write",
        /// See call features: ring groups, queues, schedules.
        FeaturesRead = "features.read",
        /// Create and change call features.
        FeaturesWrite = "features.write",
        /// See users.
        UsersRead = "users.read",
        /// Create and change users; for a `user`, the own profile.
        UsersWrite = "users.write",
        /// Call history and calls in progress.
        CallsRead = "calls.read",
        /// Listen to a call in progress.
        CallsListen = "calls.listen",
        /// Whisper to one side of a call in progress.
        CallsWhisper = "calls.whisper",
        /// Break into a call in progress, or end it.
        CallsBarge = "calls.barge",
        /// Hear recordings.
        RecordingsRead = "recordings.read",
        /// Delete recordings.
        RecordingsDelete = "recordings.delete",
        /// See reports and quality.
        ReportsRead = "reports.read",
        /// Take reports away as files.
        ReportsExport = "reports.export",
        /// The audit trail.
        AuditRead = "audit.read",
        /// State of the box: health, storage, network, logs.
        SystemRead = "system.read",
        /// Change the box: network, time, certificates, backup.
        SystemWrite = "system.write",
        /// Install updates.
        SystemUpdate = "system.update",
    }
);

/// How far a permission reaches. Ordered: each contains the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reach {
    /// Not allowed.
    None,
    /// What belongs to the person: own extension, own calls, own profile.
    Own,
    /// Everything of the accounts the person belongs to.
    Account,
    /// The whole box.
    Box,
}

/// The table: the reach of each permission for `super_admin`, `admin` and `user`.
#[rustfmt::skip]
#[expect(clippy::match_same_arms, reason = "a table has a row for each")]
pub const fn default_reach(permission: Permission) -> [Reach; 3] {
    use Permission as P;
    use Reach::{Account, Box, None, Own};
    match permission {
        //                       super_admin, admin, user
        P::AccountsRead     => [Box, Account, Own],
        P::AccountsWrite    => [Box, None,    None],
        P::AdminsWrite      => [Box, None,    None],
        P::ExtensionsRead   => [Box, Account, Own],
        P::ExtensionsWrite  => [Box, Account, None],
        P::TrunksRead       => [Box, Account, None],
        P::TrunksWrite      => [Box, Account, None],
        P::RoutesRead       => [Box, Account, None],
        P::RoutesWrite      => [Box, Account, None],
        P::FeaturesRead     => [Box, Account, Own],
        P::FeaturesWrite    => [Box, Account, Own],
        P::UsersRead        => [Box, Account, Own],
        P::UsersWrite       => [Box, Account, Own],
        P::CallsRead        => [Box, Account, Own],
        P::CallsListen      => [Box, Account, None],
        P::CallsWhisper     => [Box, Account, None],
        P::CallsBarge       => [Box, Account, None],
        P::RecordingsRead   => [Box, Account, Own],
        P::RecordingsDelete => [Box, Account, None],
        P::ReportsRead      => [Box, Account, Own],
        P::ReportsExport    => [Box, Account, None],
        P::AuditRead        => [Box, Account, Own],
        P::SystemRead       => [Box, None,    None],
        P::SystemWrite      => [Box, None,    None],
        P::SystemUpdate     => [Box, None,    None],
    }
}

impl Role {
    /// How far a permission reaches by this role alone.
    pub const fn reach(self, permission: Permission) -> Reach {
        let [super_admin, admin, user] = default_reach(permission);
        match self {
            Self::SuperAdmin => super_admin,
            Self::Admin => admin,
            Self::User => user,
        }
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet(u64);

impl PermissionSet {
    /// With this one in it.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | Self::bit(permission))
    }

    /// Whether it is in it.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & Self::bit(permission) != 0
    }

    #[expect(clippy::as_conversions, reason = "a discriminant of a unit enum, below 64")]
    const fn bit(permission: Permission) -> u64 {
        1 << (permission as u8)
    }
}

impl PermissionSet {
    /// Those in it, in the order of declaration.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contains(*permission))
    }

    /// The words with blanks between them, as they are kept.
    pub fn to_words(self) -> String {
        self.iter().map(Permission::as_str).collect::<Vec<_>>().join(" ")
    }

    /// Of words with blanks between them. One that this version does not know is an error: a denial that is not understood
    /// must not be taken for none.
    pub fn parse(words: &str) -> Result<Self, crate::TextError> {
        words.split_ascii_whitespace().map(Permission::parse).collect()
    }
}

impl std::str::FromStr for PermissionSet {
    type Err = crate::TextError;

    fn from_str(words: &str) -> Result<Self, crate::TextError> {
        Self::parse(words)
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions.into_iter().fold(Self::default(), Self::with)
    }
}

/// What one membership is given or denied on top of its role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Given, for the membership's account.
    pub allow: PermissionSet,
    /// Denied; wins over everything.
    pub deny: PermissionSet,
}

impl Overrides {
    /// The reach of a permission for a member with this role.
    ///
    /// A grant reaches the account and no further, and what only the super admin may do (accounts, the box) cannot
    /// be granted to a member at all.
    pub fn reach(self, role: Role, permission: Permission) -> Reach {
        let by_role = role.reach(permission);
        let grantable = Role::Admin.reach(permission) >= Reach::Account;
        if self.deny.contains(permission) {
            Reach::None
        } else if self.allow.contains(permission) && grantable {
            by_role.max(Reach::Account)
        } else {
            by_role
        }
    }
}

/// The table as Markdown, for the docs.
pub fn permission_table_markdown() -> String {
    let mut table = String::from("| permission | super_admin | admin | user |\n|---|---|---|---|\n");
    for &permission in Permission::ALL {
        let [super_admin, admin, user] = default_reach(permission).map(reach_word);
        for cell in [permission.as_str(), super_admin, admin, user] {
            table.push_str("| ");
            table.push_str(cell);
            table.push(' ');
        }
        table.push_str("|\n");
    }
    table
}

const fn reach_word(reach: Reach) -> &'static str {
    match reach {
        Reach::None => "–",
        Reach::Own => "own",
        Reach::Account => "own account",
        Reach::Box => "all",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_super_admin_reaches_the_box() {
        for &permission in Permission::ALL {
            assert_eq!(Role::SuperAdmin.reach(permission), Reach::Box);
            assert!(Role::Admin.reach(permission) <= Reach::Account);
            assert!(Role::User.reach(permission) <= Reach::Own);
        }
    }

    #[test]
    fn no_role_reaches_further_than_the_one_above() {
        for &permission in Permission::ALL {
            let [super_admin, admin, user] = default_reach(permission);
            assert!(super_admin >= admin && admin >= user, "{permission}");
        }
    }

    #[test]
    fn a_denial_wins_over_a_grant_and_the_role() {
        let both = Overrides {
            allow: PermissionSet::default().with(Permission::CallsRead),
            deny: PermissionSet::default().with(Permission::CallsRead),
        };
        assert_eq!(both.reach(Role::Admin, Permission::CallsRead), Reach::None);
    }

    #[test]
    fn a_grant_never_leaves_the_account_nor_touches_the_box() {
        let everything =
            Overrides { allow: Permission::ALL.iter().copied().collect(), ..Overrides::default() };
        for &permission in Permission::ALL {
            assert!(everything.reach(Role::User, permission) <= Reach::Account, "{permission}");
        }
        assert_eq!(everything.reach(Role::User, Permission::SystemUpdate), Reach::None);
        assert_eq!(everything.reach(Role::User, Permission::AccountsWrite), Reach::None);
        assert_eq!(everything.reach(Role::User, Permission::CallsListen), Reach::Account);
    }

    #[test]
    fn every_permission_has_a_bit_of_its_own() {
        for &one in Permission::ALL {
            let set = PermissionSet::default().with(one);
            assert_eq!(Permission::ALL.iter().filter(|p| set.contains(**p)).count(), 1);
        }
    }

    #[test]
    fn the_docs_show_this_table() {
        let docs = include_str!("../../../docs/security.md");
        assert!(
            docs.contains(&permission_table_markdown()),
            "put this into docs/security.md:\n{}",
            permission_table_markdown()
        );
    }

    #[test]
    fn the_printed_table_names_every_permission() {
        let table = permission_table_markdown();
        assert!(Permission::ALL.iter().all(|p| table.contains(&format!("| {p} |"))));
    }
}
