//! `/accounts`: the customers of the box.

use super::configure;
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Problem};
use crate::api::core::route::{Answer, Created, Done, Json, Nothing, Query, Route, Tagged};
use crate::api::core::types::{Listing, PageQuery, StatusWord, Time};
use pabx_model::{AccountLimits, AccountSlug, DisplayName, Permission, Reach, SipDomain};
use pabx_store::{AccountChange, AccountRow, AccountScope, AccountSort, NewAccount, WholeBox};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest description.
const MAX_DESCRIPTION: usize = 500;
/// Most extensions, calls and storage that an account can be given.
const MAX_LIMITS: (u32, u32, u32) = (100_000, 10_000, 1_000_000);

/// A customer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Account {
    /// Id.
    account_id: String,
    /// What people call it.
    name: String,
    /// Its short name; part of the phones' user names.
    slug: String,
    /// Its SIP domain.
    domain: String,
    /// For people.
    description: String,
    /// In use or not. Phones of a suspended account are refused.
    status: StatusWord,
    /// Extensions that may exist.
    max_extensions: u32,
    /// Calls that may go on at once.
    max_calls: u32,
    /// Storage for recordings and the like, in MiB.
    max_storage_mib: u32,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// A new customer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccountBody {
    /// What people call it, 1 to 64 characters.
    pub(super) name: String,
    /// Its short name: `a`–`z`, `0`–`9`, hyphens; cannot be changed.
    pub(super) slug: String,
    /// Its SIP domain: a host name or an address.
    pub(super) domain: String,
    /// For people, up to 500 characters.
    #[serde(default)]
    pub(super) description: String,
    /// Extensions that may exist.
    pub(super) max_extensions: u32,
    /// Calls that may go on at once; 10 when left out.
    pub(super) max_calls: Option<u32>,
    /// Storage in MiB; 1000 when left out.
    pub(super) max_storage_mib: Option<u32>,
}

/// A change; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountPatch {
    name: Option<String>,
    domain: Option<String>,
    description: Option<String>,
    status: Option<StatusWord>,
    max_extensions: Option<u32>,
    max_calls: Option<u32>,
    max_storage_mib: Option<u32>,
}

/// By what accounts are sorted.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortWord {
    /// By name.
    Name,
    /// By the time they were made.
    CreatedAt,
}

impl From<SortWord> for AccountSort {
    fn from(word: SortWord) -> Self {
        match word {
            SortWord::Name => Self::Name,
            SortWord::CreatedAt => Self::CreatedAt,
        }
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::{Account, Anywhere, Box};
    use Permission::{AccountsRead, AccountsWrite};
    vec![
        Route::new(Method::Get, "/accounts", Anywhere(AccountsRead), "Accounts that one may see", list),
        Route::new(Method::Post, "/accounts", Box(AccountsWrite), "Make an account", create),
        Route::new(
            Method::Get,
            "/accounts/{account_id}",
            Access::AccountOrOwn(AccountsRead),
            "An account",
            read,
        ),
        // A grant in one account cannot hold this permission: only the super admin gets through.
        Route::new(
            Method::Patch,
            "/accounts/{account_id}",
            Account(AccountsWrite),
            "Change an account",
            update,
        )
        .conditional(),
        Route::new(
            Method::Delete,
            "/accounts/{account_id}",
            Account(AccountsWrite),
            "Delete an account with all that belongs to it",
            delete,
        ),
    ]
}

pub(super) fn shown(row: AccountRow) -> Account {
    Account {
        account_id: row.account_id.to_string(),
        name: row.name.to_string(),
        slug: row.slug.to_string(),
        domain: row.domain.to_string(),
        description: row.description,
        status: row.status.into(),
        max_extensions: row.limits.max_extensions,
        max_calls: row.limits.max_calls,
        max_storage_mib: row.max_storage_mib,
        created_at: Time(row.created_at),
        updated_at: Time(row.updated_at),
    }
}

fn list(
    call: &mut Call<'_>,
    Query(query): Query<PageQuery<SortWord>>,
) -> Result<Answer<Listing<Account>>, Problem> {
    let list = query.list()?;
    let caller = call.caller()?;
    let page = match caller.whole_box(Permission::AccountsRead) {
        Some(everything) => call.store.list_accounts(everything, &list)?,
        None => {
            let member = caller.memberships.iter().map(|member| member.account_id);
            let seen = member.filter(|account| {
                caller
                    .reach_in(*account, Permission::AccountsRead)
                    .is_some_and(|grant| grant.reach > Reach::None)
            });
            let scopes: Vec<_> = seen.map(AccountScope::of).collect();
            call.store.list_accounts_of(&scopes, &list)?
        }
    };
    Ok(Answer(Listing::of(page, shown)))
}

/// Reads what is wanted; what is wrong is noted.
pub(super) fn parse(fields: &mut Fields, body: NewAccountBody) -> Option<NewAccount> {
    let name = fields.parse("name", DisplayName::parse(&body.name));
    let slug = fields.parse("slug", AccountSlug::parse(&body.slug));
    let domain = fields.parse("domain", SipDomain::parse(&body.domain));
    check_description(fields, &body.description);
    let (most_extensions, most_calls, most_storage) = MAX_LIMITS;
    let limits = AccountLimits {
        max_extensions: fields.within("max_extensions", body.max_extensions, 0, most_extensions),
        max_calls: fields.within("max_calls", body.max_calls.unwrap_or(10), 0, most_calls),
    };
    let max_storage_mib =
        fields.within("max_storage_mib", body.max_storage_mib.unwrap_or(1000), 0, most_storage);
    let (name, (slug, domain)) = name.zip(slug.zip(domain))?;
    Some(NewAccount { name, slug, domain, description: body.description, limits, max_storage_mib })
}

fn create(call: &mut Call<'_>, Json(body): Json<NewAccountBody>) -> Result<Created<Account>, Problem> {
    let new = Fields::all(|fields| parse(fields, body))?;
    let (everything, act) = (call.whole_box()?, call.act());
    let account_id = call.store.create_account(everything, &new, &act)?;
    configure(call)?;
    let row = call.store.account(AccountScope::of(account_id))?;
    let revision = row.revision;
    Ok(Created(shown(row), revision, format!("/accounts/{account_id}")))
}

fn check_description(fields: &mut Fields, text: &str) {
    if text.chars().count() > MAX_DESCRIPTION {
        fields.add("description", format!("has more than {MAX_DESCRIPTION} characters"));
    }
}

fn read(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<Account>, Problem> {
    let row = call.store.account(call.scope()?)?;
    let revision = row.revision;
    Ok(Tagged(shown(row), revision))
}

fn update(call: &mut Call<'_>, Json(body): Json<AccountPatch>) -> Result<Tagged<Account>, Problem> {
    let mut fields = Fields::new();
    let (most_extensions, most_calls, most_storage) = MAX_LIMITS;
    let mut number =
        |field: &str, value: Option<u32>, most| value.map(|value| fields.within(field, value, 0, most));
    let max_extensions = number("max_extensions", body.max_extensions, most_extensions);
    let max_calls = number("max_calls", body.max_calls, most_calls);
    let max_storage_mib = number("max_storage_mib", body.max_storage_mib, most_storage);
    check_description(&mut fields, body.description.as_deref().unwrap_or(""));
    let change = AccountChange {
        name: fields.parse_some("name", body.name.as_deref(), DisplayName::parse),
        domain: fields.parse_some("domain", body.domain.as_deref(), SipDomain::parse),
        description: body.description,
        status: body.status.map(Into::into),
        max_extensions,
        max_calls,
        max_storage_mib,
    };
    fields.finish()?;
    let (scope, expected, act) = (call.scope()?, call.expected()?, call.act());
    call.store.update_account(WholeBox, scope.account_id(), &change, expected, &act)?;
    configure(call)?;
    call.shared.hub.rights_changed();
    read(call, Nothing)
}

fn delete(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (scope, expected, act) = (call.scope()?, call.expected()?, call.act());
    call.store.delete_account(WholeBox, scope.account_id(), expected, &act)?;
    configure(call)?;
    call.shared.hub.rights_changed();
    Ok(Done)
}
