use pabx_model::{Destination, Dialling, InboundRoute, NumberingPlan, Status, TrunkProfile};

use super::*;
use crate::random::Counting;
use crate::{AccountScope, ListQuery, SealingKey, Store, WholeBox};

const ACCOUNT: &str = "00000000-03e8-7101-8101-010101010101";

fn file() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pabx.db");
    (folder, path)
}

fn key() -> SealingKey {
    SealingKey::new(&[1; 32]).unwrap()
}

fn open_store(path: &Path) -> Result<Store, StoreError> {
    Store::open(path, key(), Box::new(Counting::default()))
}

fn pragma(connection: &Connection, name: &str) -> String {
    connection
        .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
        .map(|value| match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => format!("{other:?}"),
        })
        .unwrap()
}

#[test]
fn every_older_version_is_brought_up_with_its_rows() {
    for old in 1..MIGRATIONS.len() {
        let (_folder, path) = file();
        let mut connection = connect(&path).unwrap();
        migrate(&mut connection, old).unwrap();
        assert_eq!(version(&connection).unwrap(), old);
        connection
            .execute(
                "INSERT INTO accounts (account_id, name, slug, domain, max_extensions, max_calls, status, created_at, updated_at)
                 VALUES (?1, 'Old', 'old', 'old.test', 5, 5, 'active', 1, 1)",
                [ACCOUNT],
            )
            .unwrap();
        if old >= 10 {
            fill(&connection, old);
        }
        drop(connection);

        let mut store = open_store(&path).unwrap();
        if old >= 10 {
            expect_filled(&mut store);
        }
        assert_eq!(version(&store.connection).unwrap(), MIGRATIONS.len(), "from {old}");
        assert_eq!(store.accounts(WholeBox).unwrap()[0].name.as_str(), "Old");
        assert!(store.calls(AccountScope::of(ACCOUNT.parse().unwrap()), None, 10).unwrap().items.is_empty());
        assert_eq!(store.integrity().unwrap(), None);
    }
}

const EXTENSION: &str = "00000000-03e8-7102-8101-010101010101";
const TRUNK: &str = "00000000-03e8-7103-8101-010101010101";

/// An extension, a trunk, a route to the extension and one to nowhere, and how the account dials.
fn fill(connection: &Connection, old: usize) {
    let place = crate::extensions::password_place(EXTENSION);
    let sealed = key().seal(&mut Counting::default(), place, b"correct-horse-battery").unwrap();
    let values = rusqlite::params![EXTENSION, ACCOUNT, sealed];
    let sql = "INSERT INTO extensions (extension_id, account_id, extension_number, name, auth_username, password, max_devices, ring_seconds, status, created_at, updated_at)
         VALUES (?1, ?2, '1001', 'Phone', '1001-old', ?3, 5, 25, 'active', 1, 1)";
    connection.execute(sql, values).unwrap();
    let sql = "INSERT INTO sip_trunks (trunk_id, account_id, name, host, auth_type, transport, max_calls, networks, caller_id, status, created_at, updated_at)
         VALUES (?1, ?2, 'Line', 'sip.provider.test', 'address', 'udp', 4, '192.0.2.0/24', '1133334444', 'active', 1, 1)";
    connection.execute(sql, [TRUNK, ACCOUNT]).unwrap();
    let sql = "INSERT INTO account_dialling (account_id, country, area_code, international, blocked_callers, refuses_anonymous, revision, updated_at)
         VALUES (?1, 'br', '11', '351 1', '0900.', 1, 3, 1)";
    connection.execute(sql, [ACCOUNT]).unwrap();
    let column = if old == 10 { "extension_id" } else { "destination" };
    let to = if old == 10 {
        EXTENSION.into()
    } else {
        format!(r#"{{"kind":"extension","extension_id":"{EXTENSION}"}}"#)
    };
    for (n, trunk, caller, to) in [(1, Some(TRUNK), None, Some(to)), (2, None, Some("119."), None)] {
        let sql = format!(
            "INSERT INTO inbound_routes (route_id, account_id, name, position, trunk_id, did_pattern, caller_pattern, {column}, status, revision, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, '55XX', ?6, ?7, 'active', ?4 + 1, 8, 9)"
        );
        let id = format!("00000000-03e8-710{}-8101-010101010101", n + 3);
        let values = rusqlite::params![id, ACCOUNT, format!("In {n}"), n, trunk, caller, to];
        connection.execute(&sql, values).unwrap();
    }
}

fn expect_filled(store: &mut Store) {
    let scope = AccountScope::of(ACCOUNT.parse().unwrap());
    let routes = store.list_routes::<InboundRoute>(scope, &ListQuery::default()).unwrap().items;
    let extension_id = EXTENSION.parse().unwrap();
    let route = |n: u32| InboundRoute {
        name: format!("In {n}").parse().unwrap(),
        position: n,
        trunk_id: (n == 1).then(|| TRUNK.parse().unwrap()),
        did_pattern: "55XX".parse().unwrap(),
        caller_pattern: (n == 2).then(|| "119.".parse().unwrap()),
        destination: (n == 1).then_some(Destination::Extension { extension_id }),
        status: Status::Active,
    };
    let found: Vec<_> = routes.iter().map(|row| (&row.route, row.revision.0, row.updated_at.0)).collect();
    assert_eq!(found, [(&route(1), 2, 9), (&route(2), 3, 9)]);
    let trunk = store.trunks(scope).unwrap().remove(0);
    assert_eq!((trunk.profile, trunk.networks.len()), (TrunkProfile::default(), 1));
    assert_eq!(trunk.caller_id.unwrap().as_str(), "1133334444");
    let row = store.dialling(scope).unwrap();
    let expected = Dialling {
        plan: NumberingPlan { area_code: Some("11".parse().unwrap()), ..NumberingPlan::default() },
        international: vec!["351".into(), "1".into()],
        blocked_callers: vec!["0900.".parse().unwrap()],
        refuses_anonymous: true,
        ..Dialling::default()
    };
    assert_eq!((row.dialling, row.revision.0), (expected.clone(), 3));
    let compiled = store.compile(WholeBox).unwrap();
    assert_eq!(compiled.extensions[0].media_encryption, pabx_model::MediaEncryption::Off, "as it was");
    assert_eq!(compiled.extensions[0].password.expose(), "correct-horse-battery");
    let (_, routing) = &compiled.routing[0];
    assert_eq!((routing.trunks.len(), routing.inbound.len(), &routing.dialling), (1, 2, &expected));
}

#[test]
fn a_newer_database_is_refused_and_left_alone() {
    let (_folder, path) = file();
    drop(open_store(&path).unwrap());
    let connection = connect(&path).unwrap();
    let newer = u32::try_from(MIGRATIONS.len()).unwrap() + 1;
    connection.pragma_update(None, "user_version", newer).unwrap();
    drop(connection);
    let error = open_store(&path).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found, known } if found == newer && known == newer - 1));
    assert!(error.to_string().contains("newer version"), "{error}");
}

#[test]
fn a_migration_that_fails_leaves_the_version_before_it() {
    let (_folder, path) = file();
    let mut connection = connect(&path).unwrap();
    migrate(&mut connection, 1).unwrap();
    connection.execute_batch("CREATE TABLE registrations (in_the_way INTEGER)").unwrap();
    assert!(migrate(&mut connection, MIGRATIONS.len()).is_err());
    assert_eq!(version(&connection).unwrap(), 1);
    connection.execute_batch("DROP TABLE registrations").unwrap();
    migrate(&mut connection, MIGRATIONS.len()).unwrap();
}

#[test]
fn files_of_others_are_refused() {
    let (folder, path) = file();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x INTEGER)").unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(open_store(&path), Err(StoreError::Foreign { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before, "it was not touched");
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "this is no database, and long enough to be read as one. ".repeat(100)).unwrap();
    assert!(matches!(open_store(&text), Err(StoreError::Foreign { .. })), "{:?}", open_store(&text));
    assert!(matches!(open_store(&folder.path().join("no/such/folder")), Err(StoreError::Open { .. })));
}

#[test]
fn the_file_is_private_and_synced_at_each_commit() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = file();
    let store = open_store(&path).unwrap();
    for name in ["pabx.db", "pabx.db-wal"] {
        let mode = std::fs::metadata(path.with_file_name(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let connection = &store.connection;
    assert_eq!(pragma(connection, "journal_mode"), "wal");
    assert_eq!(pragma(connection, "synchronous"), "2");
    assert_eq!(pragma(connection, "foreign_keys"), "1");
    assert_eq!(pragma(connection, "application_id"), APPLICATION_ID.to_string());
    assert_eq!(pragma(connection, "cache_size"), (-PAGE_CACHE_KIB).to_string());
}

#[test]
fn every_table_is_strict() {
    let (_folder, path) = file();
    let store = open_store(&path).unwrap();
    let loose: i64 = store
        .connection
        .query_row(
            "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(loose, 0);
}

#[test]
fn another_key_is_refused() {
    let (_folder, path) = file();
    drop(open_store(&path).unwrap());
    let other = Store::open(&path, SealingKey::new(&[2; 32]).unwrap(), Box::new(Counting::default()));
    assert!(matches!(other, Err(StoreError::WrongKey)));
    assert!(open_store(&path).is_ok(), "the right key still opens it");
}
