//! The account for trying out: made once on an empty box, through the same functions as every other account.

use pabx_model::{AuthUsername, DisplayName, ExtensionId, ExtensionNumber};
use rusqlite::{OptionalExtension, params};

use crate::row::parsed;
use crate::{
    AccountScope, Act, NewAccount, NewExtension, PhonePassword, Store, StoreError, WholeBox, accounts,
    compile, extensions,
};

/// A demo extension with what a softphone needs.
#[derive(Clone, Debug)]
pub struct DemoExtension {
    /// Its number.
    pub number: ExtensionNumber,
    /// The user name to register with: the number.
    pub username: AuthUsername,
    /// The password.
    pub password: PhonePassword,
}

impl Store {
    /// Makes the demo account with these numbers in one transaction, when the box has no account at all.
    /// Says whether it did.
    pub fn create_demo(
        &mut self,
        _: WholeBox,
        account: &NewAccount,
        numbers: &[ExtensionNumber],
        act: &Act,
    ) -> Result<bool, StoreError> {
        self.write(|writing| {
            let accounts: i64 =
                writing.transaction.query_row("SELECT count(*) FROM accounts", [], |row| row.get(0))?;
            if accounts > 0 {
                return Ok(false);
            }
            let id = accounts::insert(writing, account, act)?;
            for number in numbers {
                let name = DisplayName::parse(&format!("Demo {number}"))?;
                extensions::insert(writing, AccountScope::of(id), &NewExtension::new(*number, name), act)?;
            }
            writing.insert(
                "the demo",
                "INSERT INTO box_meta (name, text_value) VALUES ('demo_account', ?1)
                 ON CONFLICT (name) DO UPDATE SET text_value = excluded.text_value",
                params![id.to_string()],
            )?;
            Ok(true)
        })
    }

    /// The demo account and its phones with their passwords; `None` when there is none, or it was deleted.
    ///
    /// **The one function that shows a kept password**, beside [`Store::compile`]: only of the account that
    /// [`Store::create_demo`] made, and used only by `pabxd demo`, which prints it for who tries the box out.
    pub fn demo(
        &self,
        _: WholeBox,
    ) -> Result<Option<(accounts::AccountRow, Vec<DemoExtension>)>, StoreError> {
        let Some(account_id) = self.text_fact("demo_account")? else {
            return Ok(None);
        };
        let scope = AccountScope::of(account_id.parse()?);
        let account = match self.account(scope) {
            Err(StoreError::NotFound { .. }) => return Ok(None),
            other => other?,
        };
        let mut phones = Vec::new();
        for extension in self.extensions(scope)? {
            phones.push(DemoExtension {
                number: extension.number,
                username: AuthUsername::of_number(extension.number),
                password: self.demo_password(scope, extension.extension_id)?,
            });
        }
        Ok(Some((account, phones)))
    }

    fn demo_password(&self, scope: AccountScope, id: ExtensionId) -> Result<PhonePassword, StoreError> {
        let (id, sealed): (ExtensionId, Vec<u8>) = self
            .connection
            .prepare_cached(
                "SELECT extension_id, password FROM extensions WHERE account_id = ?1 AND extension_id = ?2",
            )?
            .query_row(params![scope.text(), id.to_string()], |row| Ok((parsed(row, 0)?, row.get(1)?)))
            .optional()?
            .ok_or(StoreError::NotFound { what: "extension" })?;
        compile::open_password(&self.key, id, &sealed)
    }
}
