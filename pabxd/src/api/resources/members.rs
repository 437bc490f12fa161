//! `/accounts/{account_id}/users`: the people of one account, with role, own extension and rights on top.

use super::users::{self, GivenPassword, NewUserBody, RoleWord, User};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Kind, Problem};
use crate::api::core::route::{Answer, Created, Done, Json, Nothing, Query, Route, Tagged};
use crate::api::core::types::{Listing, PageQuery, present};
use pabx_model::{ExtensionId, Overrides, Permission, PermissionSet, Role, UserId};
use pabx_store::{MemberChange, MemberRow, NewMember};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A person of the account.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Member {
    /// The person.
    user: User,
    /// `admin` or `user` in this account.
    role: RoleWord,
    /// The person's own extension.
    extension_id: Option<String>,
    /// Permissions given on top of the role.
    allow: Vec<&'static str>,
    /// Permissions taken away; wins over everything.
    deny: Vec<&'static str>,
}

/// A new person of the account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMemberBody {
    /// The person; the role on the box is `user`.
    user: NewMemberUser,
    /// `admin` or `user` in this account.
    role: RoleWord,
    /// The person's own extension.
    extension_id: Option<String>,
}

/// The person.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMemberUser {
    /// 3 to 64 of `a`–`z`, `0`–`9`, `.`, `_`, `-`, `@`.
    username: String,
    /// The first password; it must be changed at the first sign-in.
    password: String,
    /// What people call the person.
    #[serde(default)]
    full_name: String,
    /// Where mail goes.
    email: Option<String>,
    /// `pt-BR`, `en` or `es`.
    language: Option<String>,
}

/// A change; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberPatch {
    role: Option<RoleWord>,
    #[serde(default, deserialize_with = "present")]
    extension_id: Option<Option<String>>,
    /// Replaces the list.
    allow: Option<Vec<String>>,
    /// Replaces the list.
    deny: Option<Vec<String>>,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Account;
    use Permission::{UsersRead, UsersWrite};
    const ALL: &str = "/accounts/{account_id}/users";
    const ONE: &str = "/accounts/{account_id}/users/{user_id}";
    const PASSWORD: &str = "/accounts/{account_id}/users/{user_id}/password";
    vec![
        Route::new(Method::Get, ALL, Account(UsersRead), "The people of the account", list),
        Route::new(Method::Post, ALL, Account(UsersWrite), "Make a user of the account", create),
        Route::new(Method::Get, ONE, Account(UsersRead), "A person of the account", read),
        Route::new(Method::Patch, ONE, Account(UsersWrite), "Change role, extension or rights", update)
            .conditional(),
        Route::new(Method::Delete, ONE, Account(UsersWrite), "Take a person out of the account", remove),
        Route::new(Method::Post, PASSWORD, Account(UsersWrite), "Give a new password", give_password),
    ]
}

fn words(set: PermissionSet) -> Vec<&'static str> {
    Permission::ALL.iter().filter(|p| set.contains(**p)).map(|p| p.as_str()).collect()
}

fn shown(row: MemberRow) -> Member {
    Member {
        user: users::shown(row.user),
        role: row.role.into(),
        extension_id: row.extension_id.map(|id| id.to_string()),
        allow: words(row.overrides.allow),
        deny: words(row.overrides.deny),
    }
}

fn list(
    call: &mut Call<'_>,
    Query(query): Query<PageQuery<users::SortWord>>,
) -> Result<Answer<Listing<Member>>, Problem> {
    let page = call.store.list_members(call.scope()?, &query.list()?)?;
    Ok(Answer(Listing::of(page, shown)))
}

/// Only who may make admins gives that role in an account, or touches one who has it.
fn may_have_role(call: &Call<'_>, role: Role) -> Result<(), Problem> {
    let makes_admins = || {
        let account = call.scope().ok().map(pabx_store::AccountScope::account_id);
        let caller = call.caller().ok()?;
        caller
            .reach_in(account?, Permission::AdminsWrite)
            .map(|grant| grant.reach >= pabx_model::Reach::Account)
    };
    match role {
        Role::User => Ok(()),
        Role::Admin if makes_admins() == Some(true) => Ok(()),
        Role::Admin => {
            Err(Problem::about(Kind::Forbidden, "only the super admin makes or changes admins of an account"))
        }
        Role::SuperAdmin => Err(Problem::field("role", "is none that one can have in an account")),
    }
}

fn create(call: &mut Call<'_>, Json(body): Json<NewMemberBody>) -> Result<Created<Member>, Problem> {
    let role: Role = body.role.into();
    may_have_role(call, role)?;
    let extension_id = extension(body.extension_id.as_deref())?;
    let NewMemberUser { username, password, full_name, email, language } = body.user;
    let user = NewUserBody { username, password, full_name, email, language, role: RoleWord::User };
    let user = users::parse(&user)?;
    let (scope, act) = (call.scope()?, call.act());
    let user_id = call.store.create_member(scope, &NewMember { user, role, extension_id }, &act)?;
    let row = call.store.member(scope, user_id)?;
    let revision = row.revision;
    Ok(Created(shown(row), revision, format!("/accounts/{}/users/{user_id}", scope.account_id())))
}

fn extension(text: Option<&str>) -> Result<Option<ExtensionId>, Problem> {
    let read =
        |text: &str| text.parse().map_err(|_| Problem::field("extension_id", "is none of this account"));
    text.map(read).transpose()
}

fn read(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<Member>, Problem> {
    let row = call.store.member(call.scope()?, call.id("user_id")?)?;
    let revision = row.revision;
    Ok(Tagged(shown(row), revision))
}

pub(super) fn permissions(fields: &mut Fields, name: &str, words: &[String]) -> PermissionSet {
    words.iter().filter_map(|word| fields.parse(name, word.parse::<Permission>())).collect()
}

fn update(call: &mut Call<'_>, Json(body): Json<MemberPatch>) -> Result<Tagged<Member>, Problem> {
    let (scope, user_id) = (call.scope()?, call.id::<UserId>("user_id")?);
    let before = call.store.member(scope, user_id)?;
    may_have_role(call, before.role)?;
    let role: Option<Role> = body.role.map(Into::into);
    may_have_role(call, role.unwrap_or(Role::User))?;
    let mut fields = Fields::new();
    let allow = body.allow.as_deref().map(|words| permissions(&mut fields, "allow", words));
    let deny = body.deny.as_deref().map(|words| permissions(&mut fields, "deny", words));
    fields.finish()?;
    let overrides = Overrides {
        allow: allow.unwrap_or(before.overrides.allow),
        deny: deny.unwrap_or(before.overrides.deny),
    };
    may_give(call, overrides.allow, before.overrides.allow)?;
    let extension_id = match body.extension_id {
        None => None,
        Some(text) => Some(extension(text.as_deref())?),
    };
    let change = MemberChange { role, overrides: Some(overrides), extension_id };
    let (expected, act) = (call.expected()?, call.act());
    call.store.update_member(scope, user_id, &change, expected, &act)?;
    let raised = role == Some(Role::Admin) && before.role != Role::Admin;
    if raised || words(overrides.allow).len() > words(before.overrides.allow).len() {
        super::alerts::permission_raised(call, user_id, "member")?;
    }
    call.shared.hub.rights_changed();
    read(call, Nothing)
}

/// Nobody gives what he has not.
fn may_give(call: &Call<'_>, wanted: PermissionSet, before: PermissionSet) -> Result<(), Problem> {
    let (caller, account) = (call.caller()?, call.scope()?.account_id());
    let new = Permission::ALL.iter().filter(|p| wanted.contains(**p) && !before.contains(**p));
    for permission in new {
        let has = caller
            .reach_in(account, *permission)
            .is_some_and(|grant| grant.reach >= pabx_model::Reach::Account);
        if !has {
            return Err(Problem::about(
                Kind::Forbidden,
                format!("you cannot give {permission}: you do not have it"),
            ));
        }
    }
    Ok(())
}

fn remove(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (scope, user_id) = (call.scope()?, call.id::<UserId>("user_id")?);
    may_have_role(call, call.store.member(scope, user_id)?.role)?;
    let (expected, act) = (call.expected()?, call.act());
    call.store.remove_member(scope, user_id, expected, &act)?;
    call.shared.hub.rights_changed();
    Ok(Done)
}

/// For a person of this account alone: whoever belongs to another too, or to the box, gets a password there.
fn give_password(call: &mut Call<'_>, Json(body): Json<GivenPassword>) -> Result<Done, Problem> {
    let (scope, user_id) = (call.scope()?, call.id::<UserId>("user_id")?);
    let member = call.store.member(scope, user_id)?;
    may_have_role(call, member.role)?;
    let accounts = call.store.memberships(pabx_store::WholeBox, user_id)?;
    let everywhere = call.caller()?.whole_box(Permission::AdminsWrite).is_some();
    if !everywhere && (accounts.len() > 1 || member.user.role != Role::User) {
        return Err(Problem::about(Kind::Forbidden, "this person belongs to more than this account"));
    }
    users::set_given(call, &member.user, &body)
}
