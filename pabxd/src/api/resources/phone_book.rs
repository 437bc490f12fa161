//! `/accounts/{account_id}/phone-book`: names for the numbers of callers, one by one or from a file.

use super::configure;
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::csv_file::{self, CSV, Line, Seen};
use crate::api::core::http::Method;
use crate::api::core::problem::{Fields, Problem};
use crate::api::core::route::{Answer, Created, Done, Json, Nothing, Query, Route, Tagged};
use crate::api::core::types::{Listing, PageQuery, Time};
use pabx_model::{BookEntry, BookEntryId, BookNote, BookNumber, DisplayName, NumberingPlan, Permission};
use pabx_store::phone_book::MAX_BOOK_ENTRIES_OF_ACCOUNT;
use pabx_store::{BookEntryRow, BookSort};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The head of a file.
const HEAD: [&str; 2] = ["name", "number"];

/// A name for a number.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PhoneBookEntry {
    /// Id.
    entry_id: String,
    #[serde(flatten)]
    entry: EntryBody,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// What an entry says. A change gives all of it anew.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryBody {
    /// Who calls from the number.
    name: String,
    /// The number, unique in the phone book, as the account dials it or with `+`. It is kept in international form where it has one.
    number: String,
    /// What else there is to say, at most 200 characters.
    note: Option<String>,
}

/// How a file is read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// Only look whether it could be done.
    #[serde(default)]
    dry_run: bool,
}

/// What came of a file, or with `dry_run` would have.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportedEntries {
    /// Numbers that were not there.
    made: usize,
    /// Numbers that were there under another name.
    renamed: usize,
    /// Numbers that were there under the same name.
    unchanged: usize,
    /// Nothing was changed.
    dry_run: bool,
}

/// By what a phone book is sorted.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortWord {
    /// By name.
    Name,
    /// By number.
    Number,
}

impl From<SortWord> for BookSort {
    fn from(word: SortWord) -> Self {
        match word {
            SortWord::Name => Self::Name,
            SortWord::Number => Self::Number,
        }
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Account;
    use Permission::{RoutesRead, RoutesWrite};
    const ALL: &str = "/accounts/{account_id}/phone-book";
    const ONE: &str = "/accounts/{account_id}/phone-book/{entry_id}";
    const IMPORT: &str = "/accounts/{account_id}/phone-book/import";
    vec![
        Route::new(Method::Get, ALL, Account(RoutesRead), "The phone book", list),
        Route::new(Method::Post, ALL, Account(RoutesWrite), "Make an entry of the phone book", create),
        Route::new(Method::Get, ONE, Account(RoutesRead), "An entry of the phone book", read),
        Route::new(Method::Put, ONE, Account(RoutesWrite), "Change an entry of the phone book", update).conditional(),
        Route::new(Method::Delete, ONE, Account(RoutesWrite), "Delete an entry of the phone book", delete),
        Route::new(
            Method::Post,
            IMPORT,
            Account(RoutesWrite),
            "Take the entries of a CSV file (name,number) in, all or none; a number that is there gets the new name",
            import,
        )
        .takes(CSV),
    ]
}

fn shown(row: BookEntryRow) -> PhoneBookEntry {
    PhoneBookEntry {
        entry_id: row.entry_id.to_string(),
        entry: EntryBody {
            name: row.entry.name.to_string(),
            number: row.entry.number.to_string(),
            note: row.entry.note.map(|note| note.to_string()),
        },
        created_at: Time(row.created_at),
        updated_at: Time(row.updated_at),
    }
}

/// Reads what is wanted; what is wrong is noted.
fn parse(fields: &mut Fields, body: &EntryBody, plan: &NumberingPlan) -> Option<BookEntry> {
    let name = fields.parse("name", DisplayName::parse(&body.name));
    let number = fields.parse("number", BookNumber::read(&body.number, plan));
    let note = fields.parse_some("note", body.note.as_deref(), BookNote::parse);
    Some(BookEntry { name: name?, number: number?, note })
}

/// By which numbers are read.
fn plan(call: &Call<'_>) -> Result<NumberingPlan, Problem> {
    Ok(call.store.dialling(call.scope()?)?.dialling.plan)
}

fn list(
    call: &mut Call<'_>,
    Query(query): Query<PageQuery<SortWord>>,
) -> Result<Answer<Listing<PhoneBookEntry>>, Problem> {
    let page = call.store.list_book_entries(call.scope()?, &query.list()?)?;
    Ok(Answer(Listing::of(page, shown)))
}

fn create(call: &mut Call<'_>, Json(body): Json<EntryBody>) -> Result<Created<PhoneBookEntry>, Problem> {
    let plan = plan(call)?;
    let entry = Fields::all(|fields| parse(fields, &body, &plan))?;
    let (scope, act) = (call.scope()?, call.act());
    let id = call.store.create_book_entry(scope, &entry, &act)?;
    configure(call)?;
    let row = call.store.book_entry(scope, id)?;
    let revision = row.revision;
    Ok(Created(shown(row), revision, format!("/accounts/{}/phone-book/{id}", scope.account_id())))
}

fn read(call: &mut Call<'_>, _: Nothing) -> Result<Tagged<PhoneBookEntry>, Problem> {
    let row = call.store.book_entry(call.scope()?, call.id("entry_id")?)?;
    let revision = row.revision;
    Ok(Tagged(shown(row), revision))
}

fn update(call: &mut Call<'_>, Json(body): Json<EntryBody>) -> Result<Tagged<PhoneBookEntry>, Problem> {
    let plan = plan(call)?;
    let entry = Fields::all(|fields| parse(fields, &body, &plan))?;
    let (scope, id, expected, act) =
        (call.scope()?, call.id::<BookEntryId>("entry_id")?, call.expected()?, call.act());
    call.store.update_book_entry(scope, id, &entry, expected, &act)?;
    configure(call)?;
    read(call, Nothing)
}

fn delete(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    let (scope, id, expected, act) =
        (call.scope()?, call.id::<BookEntryId>("entry_id")?, call.expected()?, call.act());
    call.store.delete_book_entry(scope, id, expected, &act)?;
    configure(call)?;
    Ok(Done)
}

/// Reads a file.
fn read_file(text: &str, plan: &NumberingPlan) -> Result<Vec<BookEntry>, Problem> {
    let most = usize::try_from(MAX_BOOK_ENTRIES_OF_ACCOUNT).unwrap_or(usize::MAX);
    let mut seen = Seen::default();
    csv_file::read(text, &HEAD, most, |fields, line: &Line<'_>| {
        let (name, number) = (line.column(0).to_owned(), line.column(1).to_owned());
        let entry = parse(fields, &EntryBody { name, number, note: None }, plan)?;
        seen.once(fields, "number", entry.number.clone(), line);
        Some(entry)
    })
}

fn import(call: &mut Call<'_>, Query(query): Query<ImportQuery>) -> Result<Answer<ImportedEntries>, Problem> {
    let entries = read_file(call.text(CSV)?, &plan(call)?)?;
    let (scope, act) = (call.scope()?, call.act());
    let came = call.store.import_book_entries(scope, &entries, query.dry_run, &act)?;
    if !query.dry_run {
        configure(call)?;
    }
    let (made, renamed, unchanged) = (came.made, came.renamed, came.unchanged);
    Ok(Answer(ImportedEntries { made, renamed, unchanged, dry_run: query.dry_run }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::core::problem::told;

    #[test]
    fn one_number_in_two_forms_is_there_twice() {
        let plan = NumberingPlan::default();
        let file = "name,number\nAna,+55 11 98765-4321\n\"Silva, José\",011987654321\n";
        let text = told(read_file(file, &plan).unwrap_err());
        assert!(text.contains("line 3: number") && text.contains("stands in line 2 already"), "{text}");
        let entries = read_file("Name;Number\r\n\"Silva; José\";200\r\n", &plan).unwrap();
        assert_eq!((entries[0].name.as_str(), entries[0].number.as_str()), ("Silva; José", "200"));
    }
}
