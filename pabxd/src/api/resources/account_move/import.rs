//! Putting an account in: the request, what clashes, and what is told of it.

use super::{parse, turn};
use crate::account_file::{self, Content, FileProblem};
use crate::api::auth::sessions::session_of;
use crate::api::core::call::Call;
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Answer, Json};
use crate::api::resources::accounts::{self, Account};
use crate::api::resources::configure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pabx_store::accounts::{DOMAIN, SLUG};
use pabx_store::{ImportedAccount, MovingAccount, StoreError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A file, and what is to be otherwise than in it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportBody {
    /// The file in base 64 (RFC 4648 §4), at most 3,000,000 octets before; line ends in it do not matter.
    file: String,
    /// What opens it.
    #[schemars(with = "String")]
    passphrase: Zeroizing<String>,
    /// Another name in place of the file's.
    name: Option<String>,
    /// Another slug, where the file's is taken. Phones that sign in as `NUMBER-SLUG` need the new one.
    slug: Option<String>,
    /// Another SIP domain, where the file's is taken or the box has another name. Phones need the new one.
    domain: Option<String>,
    /// Only look whether it could be done.
    #[serde(default)]
    dry_run: bool,
}

/// What was made, or with `dry_run` could be.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MovedAccount {
    /// The account as it is on this box.
    account: Account,
    /// Nothing was made.
    dry_run: bool,
    /// How many extensions it has.
    extensions: usize,
    /// How many trunks.
    trunks: usize,
    /// How many routes for calls that come in.
    inbound_routes: usize,
    /// How many for calls that go out.
    outbound_routes: usize,
    /// What became of each person.
    people: Vec<MovedPerson>,
    /// What is otherwise than in the file.
    changes: Vec<Change>,
    /// Extensions, trunks, routes and people whose ids were in use here, and who got others.
    new_ids: usize,
}

/// A person of the account.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MovedPerson {
    /// The name to sign in with.
    username: String,
    /// What became of the person.
    outcome: Outcome,
}

/// What became of a person.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// Made, with the password and second factor of before.
    Made,
    /// Was here, belonging to nothing, under the same id: a member again, with the password of this box.
    MemberAgain,
    /// Somebody here has this name: not touched, and no member.
    NameTaken,
    /// Belonged to more than this account where the file was made, and is not in it.
    NotInFile,
}

/// Something that is otherwise than in the file.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Change {
    /// `account_id`, `name`, `slug` or `domain`.
    field: &'static str,
    /// In the file.
    from: String,
    /// Here.
    to: String,
}

/// Only in person, as all that makes people.
pub(super) fn import(
    call: &mut Call<'_>,
    Json(body): Json<ImportBody>,
) -> Result<Answer<MovedAccount>, Problem> {
    session_of(call)?;
    let mut content = open(&body)?;
    let told = [
        ("account_id", content.account.account_id.clone()),
        ("name", content.account.name.clone()),
        ("slug", content.account.slug.clone()),
        ("domain", content.account.domain.clone()),
    ];
    let account = &mut content.account;
    account.name = body.name.unwrap_or_else(|| std::mem::take(&mut account.name));
    account.slug = body.slug.unwrap_or_else(|| std::mem::take(&mut account.slug));
    account.domain = body.domain.unwrap_or_else(|| std::mem::take(&mut account.domain));
    let moving = parse::parse(content)?;
    let (everything, act) = (call.whole_box()?, call.act());
    let made = call.store.import_account(everything, &moving, body.dry_run, &act).map_err(clash)?;
    if !body.dry_run {
        configure(call)?;
        call.shared.hub.rights_changed();
    }
    Ok(Answer(shown(moving, made, told, body.dry_run)))
}

fn open(body: &ImportBody) -> Result<Content, Problem> {
    let text: Vec<u8> = body.file.bytes().filter(|c| !c.is_ascii_whitespace()).collect();
    let file = STANDARD.decode(text).map_err(|_| Problem::field("file", "is not base 64"))?;
    if file.len() > account_file::MAX {
        return Err(Problem::field("file", format!("has more than {} octets", account_file::MAX)));
    }
    let _turn = turn()?;
    account_file::open(&file, &body.passphrase).map_err(|problem| {
        let field = if matches!(problem, FileProblem::Locked(_)) { "passphrase" } else { "file" };
        Problem::field(field, problem.to_string())
    })
}

/// What stands in the way, by the name of the field that is to be another one.
fn clash(error: StoreError) -> Problem {
    match error {
        StoreError::Taken { what: SLUG } => Problem::about_field(Kind::Taken, "slug", "is taken"),
        StoreError::Taken { what: DOMAIN } => Problem::about_field(Kind::Taken, "domain", "is taken"),
        StoreError::NotFound { what } => {
            Problem::field("file", format!("points at some {what} that is not in it"))
        }
        other => other.into(),
    }
}

fn shown(
    moving: MovingAccount,
    made: ImportedAccount,
    told: [(&'static str, String); 4],
    dry_run: bool,
) -> MovedAccount {
    let row = &made.account;
    let here =
        [row.account_id.to_string(), row.name.to_string(), row.slug.to_string(), row.domain.to_string()];
    let changes = told.into_iter().zip(here).filter(|((_, from), to)| from != to);
    let outcomes = [
        (made.made, Outcome::Made),
        (made.rejoined, Outcome::MemberAgain),
        (made.left_out, Outcome::NameTaken),
        (moving.staying, Outcome::NotInFile),
    ];
    let people = outcomes.into_iter().flat_map(|(names, outcome)| {
        names.into_iter().map(move |username| MovedPerson { username, outcome })
    });
    MovedAccount {
        account: accounts::shown(made.account),
        dry_run,
        extensions: moving.extensions.len(),
        trunks: moving.trunks.len(),
        inbound_routes: moving.inbound_routes.len(),
        outbound_routes: moving.outbound_routes.len(),
        people: people.collect(),
        changes: changes.map(|((field, from), to)| Change { field, from, to }).collect(),
        new_ids: made.new_ids,
    }
}
