//! Whose rows a query may see. Every function that touches rows of accounts takes one of these two.
//!
//! Neither comes from an id by itself: who writes `AccountScope::of` says that the right to this account was checked.
//!
//! ```
//! # fn f(store: &pabx_store::Store, id: pabx_model::AccountId) -> Result<(), pabx_store::StoreError> {
//! let scope = pabx_store::AccountScope::of(id);
//! store.extensions(scope)?;
//! # Ok(()) }
//! ```
//! Leaving it out does not compile:
//! ```compile_fail,E0061
//! # fn f(store: &pabx_store::Store) -> Result<(), pabx_store::StoreError> {
//! store.extensions()?;
//! # Ok(()) }
//! ```
//! nor does a bare id in its place:
//! ```compile_fail,E0308
//! # fn f(store: &pabx_store::Store, id: pabx_model::AccountId) -> Result<(), pabx_store::StoreError> {
//! store.extensions(id)?;
//! # Ok(()) }
//! ```
//! nor one account's scope where the whole box is asked for:
//! ```compile_fail,E0308
//! # fn f(store: &pabx_store::Store, id: pabx_model::AccountId) -> Result<(), pabx_store::StoreError> {
//! store.accounts(pabx_store::AccountScope::of(id))?;
//! # Ok(()) }
//! ```

use pabx_model::AccountId;

/// The rows of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountScope(AccountId);

impl AccountScope {
    /// The rows of this account. The caller has checked that whoever asks may see them.
    pub const fn of(account: AccountId) -> Self {
        Self(account)
    }

    /// Which account.
    pub const fn account_id(self) -> AccountId {
        self.0
    }

    pub(crate) fn text(self) -> String {
        self.0.to_string()
    }
}

/// The rows of every account: for the daemon itself and for the super admin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeBox;
