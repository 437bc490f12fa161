//! Whether a user, an account, an extension or a trunk is in use.

crate::text::word_enum!(
    /// The `status` column of users, accounts, extensions and trunks.
    Status {
        /// In use.
        Active = "active",
        /// Kept with all its data, but may neither log in, register nor call.
        Suspended = "suspended",
    }
);

impl Status {
    /// Whether it may be used.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Active)
    }
}
