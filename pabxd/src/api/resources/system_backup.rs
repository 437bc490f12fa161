//! `/system/backup` and `/system/restore`: everything of the box in one encrypted file, and back.
//!
//! A restore is looked at and made beside the running daemon; it counts from the restart that follows at once.

use super::system_box::record;
use crate::api::auth::sessions::session_of;
use crate::api::core::access::Access;
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Answer, Done, Download, Json, Nothing, Route};
use crate::api::core::types::Time;
use crate::api::uploads::{self, Purpose};
use crate::backup::{self, Restored};
use crate::service;
use crate::state::DATABASE;
use pabx_model::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

/// The backup in the state folder, until it is opened.
const FILE: &str = "backup.file";
/// Between the answer and the restart, so that the answer is seen.
const RESTART_AFTER: Duration = Duration::from_secs(1);

/// What opens a backup.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Passphrase {
    /// At least 12 characters. Whoever loses it has lost the backup.
    #[schemars(with = "String")]
    passphrase: Zeroizing<String>,
}

/// What was restored.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RestoredBox {
    /// When the backup was made.
    made_at: Time,
    /// The program that made it.
    version: String,
    /// Accounts in it.
    accounts: usize,
}

impl From<Restored> for RestoredBox {
    fn from(restored: Restored) -> Self {
        Self { made_at: Time(restored.made_at), version: restored.version, accounts: restored.accounts }
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    use Access::Box;
    use Permission::SystemWrite;
    vec![
        Route::new(
            Method::Post,
            "/system/backup",
            Box(SystemWrite),
            "Everything of the box in one encrypted file; calls go on",
            create,
        )
        .never_kept(),
        Route::new(Method::Put, "/system/restore/file", Box(SystemWrite), "Send a backup", send)
            .takes("application/octet-stream"),
        Route::new(
            Method::Post,
            "/system/restore",
            Box(SystemWrite),
            "Put the backup that was sent in place of everything, and start again: calls end",
            restore,
        )
        .never_kept(),
        Route::new(
            Method::Post,
            "/system/restore/undo",
            Box(SystemWrite),
            "Put back what was there before the last restore, and start again: calls end",
            undo,
        ),
    ]
}

/// Only in person, as all that touches everything: a key of a machine that leaks must not give every password away.
fn create(call: &mut Call<'_>, Json(body): Json<Passphrase>) -> Result<Download, Problem> {
    session_of(call)?;
    backup::passphrase::check(&body.passphrase)
        .map_err(|error| Problem::field("passphrase", error.to_string()))?;
    let state = &call.shared.facts.state;
    let database = fs::metadata(state.join(DATABASE)).map_err(|error| Problem::of_disk(&error))?;
    // The copy of the database, and the sealed copy of that.
    call.shared.leave_room(database.len().saturating_mul(2))?;
    let mut file = nameless(&state.join(FILE)).map_err(|error| Problem::of_disk(&error))?;
    let copy = file.try_clone().map_err(|error| Problem::of_disk(&error))?;
    backup::create(state, copy, &body.passphrase, &call.act()).map_err(|error| {
        log::error!("no backup was made: {error:#}");
        Problem::about(Kind::Conflict, format!("{error:#}"))
    })?;
    let octets = file.stream_position().and_then(|octets| file.rewind().map(|()| octets));
    let octets = octets.map_err(|error| Problem::of_disk(&error))?;
    let date = Time(call.now).to_string();
    let date = date.get(..10).unwrap_or_default();
    Ok(Download(format!("pabx-{date}.backup"), file, octets))
}

/// A file without a name: gone when it is closed, whatever happens.
fn nameless(path: &Path) -> io::Result<File> {
    let file =
        OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600).open(path)?;
    fs::remove_file(path)?;
    Ok(file)
}

fn send(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    uploads::receive(call, Purpose::Restore).map(|_| Done)
}

fn restore(call: &mut Call<'_>, Json(body): Json<Passphrase>) -> Result<Answer<RestoredBox>, Problem> {
    session_of(call)?;
    let state = call.shared.facts.state.clone();
    let path = uploads::path_of(&state, Purpose::Restore)?;
    let source = File::open(path).map_err(|error| Problem::of_disk(&error))?;
    record(call, "backup.restore", None)?;
    let restored = backup::restore_beside(&state, source, &body.passphrase)
        .map_err(|error| Problem::about(Kind::Conflict, format!("nothing was changed: {error:#}")))?;
    uploads::forget(&state, Purpose::Restore);
    restart_soon();
    Ok(Answer(restored.into()))
}

fn undo(call: &mut Call<'_>, _: Nothing) -> Result<Done, Problem> {
    session_of(call)?;
    record(call, "backup.undo", None)?;
    backup::undo_beside(&call.shared.facts.state)
        .map_err(|error| Problem::about(Kind::Conflict, format!("{error:#}")))?;
    restart_soon();
    Ok(Done)
}

fn restart_soon() {
    let wait = || {
        std::thread::sleep(RESTART_AFTER);
        service::restart();
    };
    if let Err(error) = std::thread::Builder::new().name("restart".into()).spawn(wait) {
        log::error!("the daemon is not started again: {error}");
    }
}
