//! `/accounts/{account_id}/export` and `/accounts/import`: a customer moves from box to box in one encrypted file.
//!
//! Both are the super admin's, in person: the file holds every password of every phone and trunk, and what people sign in
//! with. An admin of the account may see a phone's password one by one, but neither those of trunks nor anybody's hash.

mod export;
mod import;
mod parse;

use crate::api::core::access::Access;
use crate::api::core::http::Method;
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::Route;
use pabx_model::Permission;
use std::sync::{Mutex, MutexGuard, TryLockError};

/// The routes.
pub fn routes() -> Vec<Route> {
    use Permission::AccountsWrite;
    vec![
        Route::new(
            Method::Post,
            "/accounts/{account_id}/export",
            // A grant in one account cannot hold this permission: only the super admin gets through.
            Access::Account(AccountsWrite),
            "An account as one encrypted file, with the passwords of its phones and trunks and its people (audited)",
            export::export,
        )
        .never_kept(),
        Route::new(
            Method::Post,
            "/accounts/import",
            Access::Box(AccountsWrite),
            "Make an account of such a file, all or nothing",
            import::import,
        ),
    ]
}

/// One at a time makes a key of a passphrase: it takes 64 MiB and a third of a second. Nobody waits for it, for there are few
/// workers.
fn turn() -> Result<MutexGuard<'static, ()>, Problem> {
    static WORKING: Mutex<()> = Mutex::new(());
    match WORKING.try_lock() {
        Ok(turn) => Ok(turn),
        Err(TryLockError::Poisoned(turn)) => Ok(turn.into_inner()),
        Err(TryLockError::WouldBlock) => {
            Err(Problem::about(Kind::Unavailable, "another account is moving").retry_after(2))
        }
    }
}
