//! `/users`: everybody who can sign in on this box; for the super admin.

use crate::api::auth::password;
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Kind, Problem};
use crate::api::core::route::{Answer, Created, Done, Json, Nothing, Query, Route, Tagged};
use crate::api::core::types::{Listing, PageQuery, StatusWord, Time, present};
use pabx_model::{Language, Permission, Role, UserId};
use pabx_store::{MemberSort, NewUser, Revision, UserChange, UserRow, UserSort, WholeBox};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest name to sign in with, in characters.
pub const MAX_USERNAME: usize = 64;
/// Longest full name, in characters.
const MAX_FULL_NAME: usize = 100;

/// A role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleWord {
    /// Runs the box.
    SuperAdmin,
    /// Runs an account.
    Admin,
    /// Has an extension.
    User,
}

impl From<Role> for RoleWord {
    fn from(role: Role) -> Self {
        match role {
            Role::SuperAdmin => Self::SuperAdmin,
            Role::Admin => Self::Admin,
            Role::User => Self::User,
        }
    }
}

impl From<RoleWord> for Role {
    fn from(role: RoleWord) -> Self {
        match role {
            RoleWord::SuperAdmin => Self::SuperAdmin,
            RoleWord::Admin => Self::Admin,
            RoleWord::User => Self::User,
        }
    }
}

/// A person who can sign in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct User {
    /// Id.
    pub(super) user_id: String,
    /// The name to sign in with, in lower case.
    pub(super) username: String,
    /// What people call the person.
    pub(super) full_name: String,
    /// Where mail goes.
    pub(super) email: Option<String>,
    /// `pt-BR`, `en` or `es`.
    pub(super) language: String,
    /// Role on the box. Roles in accounts are memberships.
    pub(super) role: RoleWord,
    /// May sign in or not.
    pub(super) status: StatusWord,
    /// One-time codes are asked for.
    pub(super) has_second_factor: bool,
    /// The password was given by somebody else and must be changed.
    pub(super) must_change_password: bool,
    /// When it was made.
    pub(super) created_at: Time,
    /// When it was last changed.
    pub(super) updated_at: Time,
}

/// A new person.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUserBody {
    /// 3 to 64 of `a`–`z`, `0`–`9`, `.`, `_`, `-`, `@`; upper case is folded.
    pub(super) username: String,
    /// The first password; the person must change it at the first sign-in.
    pub(super) password: String,
    /// What people call the person.
    #[serde(default)]
    pub(super) full_name: String,
    /// Where mail goes.
    pub(super) email: Option<String>,
    /// `pt-BR`, `en` or `es`.
    pub(super) language: Option<String>,
    /// Role on the box.
    pub(super) role: RoleWord,
}

/// A change; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    full_name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    email: Option<Option<String>>,
    language: Option<String>,
    role: Option<RoleWord>,
    status: Option<StatusWord>,
}

/// A password that is set by somebody else.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenPassword {
    /// The person must change it at the next sign-in.
    password: String,
    /// The second factor is taken off too: for who has lost the phone.
    #[serde(default)]
    remove_second_factor: bool,
}

/// By what users are sorted.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortWord {
    /// By the name to sign in with.
    Username,
    /// By the time they were made.
    CreatedAt,
}

impl From<SortWord> for MemberSort {
    fn from(word: SortWord) -> Self {
        match word {
            SortWord::Username => Self::Username,
            SortWord::CreatedAt => Self::CreatedAt,
        }
    }
}

impl From<SortWord> for UserSort {
    fn from(word: SortWord) -> Self {
        match word {
            SortWord::Username => Self::Username,
            SortWord::CreatedAt => Self::CreatedAt,
        }
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Box;
    use Permission::{AdminsWrite, UsersRead};
    const ONE: &str = "/users/{user_id}";
    vec![
        Route::new(Method::Get, "/users", Box(UsersRead), "Everybody on this box", list),
        Route::new(Method::Post, "/users", Box(AdminsWrite), "Make a user", create),
        Route::new(Method::Get, ONE, Box(UsersRead), "A user", read),
        Route::new(Method::Patch, ONE, Box(AdminsWrite), "Change a user", update).conditional(),
        Route::new(Method::Delete, ONE, Box(AdminsWrite), "Delete a user", delete),
        Route::new(
            Method::Post,
            "/users/{user_id}/password",
            Box(AdminsWrite),
            "Give a new password",
            give_password,
        ),
    ]
}

pub(super) fn shown(row: UserRow) -> User {
    User {
        user_id: row.user_id.to_string(),
        username: row.username,
        full_name: row.full_name,
        email: row.email,
        language: row.language.as_str().to_owned(),
        role: row.role.into(),
        status: row.status.into(),
        has_second_factor: row.has_totp,
        must_change_password: row.must_change_password,
        created_at: Time(row.created_at),
        updated_at: Time(row.updated_at),
    }
}

fn list(
    call: &mut Call<'_>,
    Query(query): Query<PageQuery<SortWord>>,
) -> Result<Answer<Listing<User>>, Problem> {
    let page = call.store.list_users(call.whole_box()?, &query.list()?)?;
    Ok(Answer(Listing::of(page, shown)))
}

/// A name to sign in with.
pub fn check_username(text: &str) -> Result<String, &'static str> {
    let text = text.to_lowercase();
    let plain = text.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '.' | '_' | '-' | '@'));
    match text.len() {
        3..=MAX_USERNAME if plain => Ok(text),
        3..=MAX_USERNAME => {
            Err("holds something else than letters without accents, digits, '.', '_', '-' and '@'")
        }
        _ => Err("does not have 3 to 64 characters"),
    }
}

/// A mail address: one `@`, no blanks or control characters, at most 254 octets (RFC 5321 §4.5.3.1.3). Whether it is
/// there only a mail can show.
pub fn check_email(text: &str) -> Result<String, &'static str> {
    let (local, domain) = text.rsplit_once('@').ok_or("has no @")?;
    let plain = |c: char| {
        c.is_ascii_graphic()
            && !matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '\\' | '"' | '@')
    };
    let good = !local.is_empty() && local.len() <= 64 && domain.contains('.') && text.len() <= 254;
    let labels = domain.split('.').all(|label| !label.is_empty());
    if good && labels && local.chars().all(plain) && domain.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("is not a mail address")
    }
}

pub(super) fn check_full_name(text: &str) -> Result<String, String> {
    let text = text.trim();
    let deceptive = |c: char| c.is_control() || pabx_model::log_text::is_deceptive(c);
    if text.chars().count() > MAX_FULL_NAME || text.chars().any(deceptive) {
        return Err(format!("has more than {MAX_FULL_NAME} characters, or some that cannot be seen"));
    }
    Ok(text.to_owned())
}

/// Who somebody is, but for password and rights.
pub(super) struct Names {
    pub(super) username: String,
    pub(super) full_name: String,
    pub(super) email: Option<String>,
    pub(super) language: Language,
}

/// Reads who a person is; what is wrong is noted.
pub(super) fn parse_names(
    fields: &mut Fields,
    username: &str,
    full_name: &str,
    email: Option<&str>,
    language: Option<&str>,
) -> Option<Names> {
    let username = fields.parse("username", check_username(username));
    let full_name = fields.parse("full_name", check_full_name(full_name));
    let email = fields.parse_some("email", email, check_email);
    let language = language.unwrap_or(Language::default().as_str());
    let language = fields.parse("language", language.parse::<Language>());
    let (username, (full_name, language)) = username.zip(full_name.zip(language))?;
    Some(Names { username, full_name, email, language })
}

/// Reads a new person; hashing the password comes last, because it takes long.
pub(super) fn parse(body: &NewUserBody) -> Result<NewUser, Problem> {
    let mut fields = Fields::new();
    let (email, language) = (body.email.as_deref(), body.language.as_deref());
    let person = parse_names(&mut fields, &body.username, &body.full_name, email, language);
    let names = [body.username.as_str(), body.full_name.as_str(), body.email.as_deref().unwrap_or("")];
    fields.parse("password", password::check(&body.password, &names));
    let Names { username, full_name, email, language } = fields.done(person)?;
    let password_hash = password::hash(&body.password).ok_or(Problem::new(Kind::Unavailable))?;
    let role = body.role.into();
    Ok(NewUser { username, password_hash, email, full_name, language, role, must_change_password: true })
}

fn create(call: &mut Call<'_>, Json(body): Json<NewUserBody>) -> Result<Created<User>, Problem> {
    let new = parse(&body)?;
    let (everything, act) = (call.whole_box()?, call.act());
    let user_id = call.store.create_user(everything, &new, &act)?;
    let row = call.store.user(everything, user_id)?;
    let revision = row.revision;
    Ok(Created(shown(row), revision, format!("/users/{user_id}")))
}

fn read(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<User>, Problem> {
    let row = call.store.user(call.whole_box()?, call.id("user_id")?)?;
    Ok(tagged(row))
}

pub(super) fn tagged(row: UserRow) -> Tagged<User> {
    let revision: Revision = row.revision;
    Tagged(shown(row), revision)
}

fn update(call: &mut Call<'_>, Json(body): Json<UserPatch>) -> Result<Tagged<User>, Problem> {
    let mut fields = Fields::new();
    let email = match &body.email {
        None => None,
        Some(None) => Some(None),
        Some(Some(text)) => fields.parse("email", check_email(text)).map(Some),
    };
    let change = UserChange {
        full_name: fields.parse_some("full_name", body.full_name.as_deref(), check_full_name),
        email,
        language: fields.parse_some("language", body.language.as_deref(), str::parse::<Language>),
        role: body.role.map(Into::into),
        status: body.status.map(Into::into),
    };
    fields.finish()?;
    let (user_id, expected, act) = (call.id::<UserId>("user_id")?, call.expected()?, call.act());
    call.store.update_user(WholeBox, user_id, &change, expected, &act)?;
    if change.role == Some(Role::SuperAdmin) {
        super::alerts::permission_raised(call, user_id, "super_admin")?;
    }
    call.shared.hub.rights_changed();
    read(call, Nothing)
}

fn delete(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (user_id, expected, act) = (call.id::<UserId>("user_id")?, call.expected()?, call.act());
    call.store.delete_user(WholeBox, user_id, expected, &act)?;
    call.shared.hub.rights_changed();
    Ok(Done)
}

fn give_password(call: &mut Call<'_>, Json(body): Json<GivenPassword>) -> Result<Done, Problem> {
    let user_id = call.id::<UserId>("user_id")?;
    let row = call.store.user(call.whole_box()?, user_id)?;
    set_given(call, &row, &body)
}

/// A password that somebody else gives: it must be changed at the next sign-in, and all sessions end.
pub(super) fn set_given(call: &mut Call<'_>, row: &UserRow, body: &GivenPassword) -> Result<Done, Problem> {
    let names = [row.username.as_str(), row.full_name.as_str(), row.email.as_deref().unwrap_or("")];
    password::check(&body.password, &names)
        .map_err(|problem| Problem::field("password", problem.to_string()))?;
    let hash = password::hash(&body.password).ok_or(Problem::new(Kind::Unavailable))?;
    let act = call.act();
    call.store.set_password(WholeBox, row.user_id, &hash, true, None, &act)?;
    if body.remove_second_factor {
        call.store.clear_totp(WholeBox, row.user_id, &act)?;
    }
    call.shared.hub.rights_changed();
    Ok(Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_are_folded_and_plain() {
        assert_eq!(check_username("Ana.Souza"), Ok("ana.souza".into()));
        for bad in ["ab", "joão", "a b c", "a\nb", &"a".repeat(65), "<script>"] {
            assert!(check_username(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn mail_addresses_carry_no_headers() {
        assert!(check_email("ana+pabx@exemplo.com.br").is_ok());
        for bad in [
            "",
            "ana",
            "ana@",
            "@x.y",
            "a@b",
            "a b@c.d",
            "a@b.c\r\nBcc: x@y.z",
            "a@b..c",
            "a@b@c.d",
            "<a@b.c>",
        ] {
            assert!(check_email(bad).is_err(), "{bad:?}");
        }
    }
}
