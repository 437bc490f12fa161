//! Super admins that the box itself makes: with a password for once, told where only the box's owner can read it.

use crate::api::auth::{password, recovery};
use crate::clock;
use anyhow::Context;
use pabx_model::{Language, Role};
use pabx_store::{Act, NewUser, Store, WholeBox};
use serde::{Deserialize, Serialize};

/// The name a super admin gets on a box that has none.
const ADMIN: &str = "admin";

/// Name and password of a super admin. The password must be changed at the first sign-in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// User name.
    pub username: String,
    /// Password for once.
    pub password: String,
}

impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Given").field("username", &self.username).finish_non_exhaustive()
    }
}

/// Makes the first super admin; none where the box has been set up.
pub fn first(store: &mut Store) -> anyhow::Result<Option<Given>> {
    if store.setup_done(WholeBox)? {
        return Ok(None);
    }
    let (password, new) = drawn()?;
    store.create_first_super_admin(WholeBox, &new, &Act::daemon(clock::utc()))?;
    Ok(Some(Given { username: new.username, password }))
}

/// Gives the box back to its owner: the first super admin gets a new password, and no second factor.
pub fn reset(store: &mut Store) -> anyhow::Result<Given> {
    let (password, new) = drawn()?;
    let username = store.reset_admin(WholeBox, &new, &Act::console(clock::utc()))?;
    Ok(Given { username, password })
}

fn drawn() -> anyhow::Result<(String, NewUser)> {
    let codes = recovery::generate().ok();
    let password = codes
        .and_then(|codes| codes.into_iter().next())
        .context("the system gives no randomness")?
        .to_string();
    let new = NewUser {
        username: ADMIN.to_owned(),
        password_hash: password::hash(&password).context("the system gives no randomness")?,
        email: None,
        full_name: String::new(),
        language: Language::default(),
        role: Role::SuperAdmin,
        must_change_password: true,
    };
    Ok((password, new))
}
