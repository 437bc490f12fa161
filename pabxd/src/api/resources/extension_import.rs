//! `/accounts/{account_id}/extensions/range` and `/import`: many extensions in one go, all or none.

use super::configure;
use super::dialling::check_owned;
use super::extensions::{NewExtensionBody, parse};
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{FieldProblem, Fields, Kind, Problem};
use crate::api::core::route::{Answer, Json, Query, Route};
use pabx_model::Permission;
use pabx_store::{NewExtension, StoreError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Extensions in one go at most.
pub const MAX_AT_ONCE: usize = 2_000;
/// The media type of a file (RFC 4180).
const CSV: &str = "text/csv";

/// Numbers in a row.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The first number, 2 to 6 digits.
    first: String,
    /// The last, of the same length.
    last: String,
    /// What each is called; `{number}` in it stands for its number.
    name: String,
    /// Only look whether it could be done.
    #[serde(default)]
    dry_run: bool,
}

/// How a file is read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// Only look whether it could be done.
    #[serde(default)]
    dry_run: bool,
}

/// What was made.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Imported {
    /// How many were, or with `dry_run` could be, made.
    count: usize,
    /// Nothing was made.
    dry_run: bool,
    /// Those that were made, with their phones' passwords; shown now.
    items: Vec<ImportedExtension>,
}

/// One of them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportedExtension {
    /// Id.
    extension_id: String,
    /// Its number.
    number: String,
    /// The user name that is unique on the whole box.
    username: String,
    /// For the phone.
    password: String,
}

/// The routes.
pub fn routes() -> Vec<Route> {
    const RANGE: &str = "/accounts/{account_id}/extensions/range";
    const IMPORT: &str = "/accounts/{account_id}/extensions/import";
    const WRITE: Access = Access::Account(Permission::ExtensionsWrite);
    vec![
        Route::new(Method::Post, RANGE, WRITE, "Make extensions with numbers in a row, all or none", range),
        Route::new(
            Method::Post,
            IMPORT,
            WRITE,
            "Make the extensions of a CSV file (number,name,max_devices,ring_seconds,calling_class,caller_id,media_encryption), all or none",
            import,
        )
        .takes(CSV),
    ]
}

fn range(call: &mut Call<'_>, Json(body): Json<Range>) -> Result<Answer<Imported>, Problem> {
    let (first, last) = (number("first", &body.first)?, number("last", &body.last)?);
    if body.first.len() != body.last.len() || last < first {
        return Err(Problem::field("last", "is not a number of the same length behind the first"));
    }
    let count = usize::try_from(last - first).unwrap_or(usize::MAX).saturating_add(1);
    if count > MAX_AT_ONCE {
        return Err(Problem::field("last", format!("makes more than {MAX_AT_ONCE} at once")));
    }
    let mut fields = Fields::new();
    let width = body.first.len();
    let wanted: Vec<NewExtension> = (first..=last)
        .filter_map(|number| {
            let number = format!("{number:0width$}");
            let name = body.name.replace("{number}", &number);
            parse(
                &mut fields,
                "",
                &NewExtensionBody {
                    number,
                    name,
                    max_devices: None,
                    ring_seconds: None,
                    calling_class: None,
                    caller_id: None,
                    media_encryption: None,
                },
            )
        })
        .collect();
    fields.finish()?;
    make(call, &wanted, body.dry_run, |place| format!("number {}", first + u32::try_from(place).unwrap_or(0)))
}

fn number(field: &str, text: &str) -> Result<u32, Problem> {
    let digits = (2..=6).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number.ok_or(Problem::field(field, "does not have 2 to 6 digits"))
}

fn import(call: &mut Call<'_>, Query(query): Query<ImportQuery>) -> Result<Answer<Imported>, Problem> {
    let wanted = read(call.text(CSV)?)?;
    make(call, &wanted, query.dry_run, |place| format!("line {}", place + 2))
}

/// Reads all lines; each that is wrong is named. A file of a spreadsheet may begin with a byte order mark and divide
/// by semicolons.
fn read(text: &str) -> Result<Vec<NewExtension>, Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let head = text.lines().next().unwrap_or("");
    let delimiter = if head.contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .flexible(false)
        .from_reader(text.as_bytes());
    let (mut fields, mut wanted) = (Fields::new(), Vec::new());
    for (place, line) in reader.deserialize::<NewExtensionBody>().enumerate() {
        if place >= MAX_AT_ONCE {
            return Err(Problem::about(Kind::TooLarge, format!("more than {MAX_AT_ONCE} lines at once")));
        }
        let prefix = format!("line {}: ", place + 2);
        match line {
            Ok(body) => wanted.extend(parse(&mut fields, &prefix, &body)),
            Err(error) => fields.add(prefix.trim_end_matches(": "), csv_error(&error)),
        }
    }
    fields.finish()?;
    if wanted.is_empty() {
        return Err(Problem::about(Kind::Invalid, "the file has no lines below its head"));
    }
    Ok(wanted)
}

fn csv_error(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.kind().to_string(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("has {len} fields, not {expected_len}")
        }
        _ => "cannot be read".into(),
    }
}

fn make(
    call: &mut Call<'_>,
    wanted: &[NewExtension],
    dry_run: bool,
    name: impl Fn(usize) -> String,
) -> Result<Answer<Imported>, Problem> {
    let shown =
        wanted.iter().enumerate().map(|(place, new)| (name(place) + ": caller_id", new.caller_id.as_ref()));
    check_owned(call, shown)?;
    let (scope, act) = (call.scope()?, call.act());
    let made = call.store.create_extensions(scope, wanted, dry_run, &act).map_err(|error| match error {
        StoreError::Items(wrong) => Problem::fields(
            wrong
                .into_iter()
                .map(|(place, error)| FieldProblem { field: name(place), reason: error.to_string() })
                .collect(),
        ),
        other => other.into(),
    })?;
    if !dry_run {
        configure(call)?;
    }
    let items = made.into_iter().zip(wanted).map(|(made, wanted)| ImportedExtension {
        extension_id: made.extension_id.to_string(),
        number: wanted.number.to_string(),
        username: made.username.to_string(),
        password: made.password.expose().to_owned(),
    });
    Ok(Answer(Imported { count: wanted.len(), dry_run, items: items.collect() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::core::problem::told;

    #[test]
    fn a_file_is_read_with_either_divider_and_each_bad_line_is_named() {
        assert_eq!(read("number,name\n1001,Ana\n1002,José\n").unwrap().len(), 2);
        assert_eq!(
            read("\u{feff}number;name;max_devices;ring_seconds\n1001;Ana;2;20\n").unwrap()[0].max_devices,
            2
        );
        let text = told(read("number,name\n1,Ana\n1002,\n1003,Eva\n").unwrap_err());
        assert!(
            text.contains("line 2: number") && text.contains("line 3: name") && !text.contains("line 4"),
            "{text}"
        );
        for bad in ["", "number,name\n", "name\nAna\n", "number,name,boss\n1001,Ana,1\n"] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
