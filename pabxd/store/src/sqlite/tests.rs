use super::*;
use crate::random::Counting;
use crate::{AccountScope, SealingKey, Store, WholeBox};

const ACCOUNT: &str = "00000000-03e8-7101-8101-010101010101";

fn file() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pabx.db");
    (folder, path)
}

fn open_store(path: &Path) -> Result<Store, StoreError> {
    Store::open(path, SealingKey::new(&[1; 32]).unwrap(), Box::new(Counting::default()))
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
        drop(connection);

        let store = open_store(&path).unwrap();
        assert_eq!(version(&store.connection).unwrap(), MIGRATIONS.len(), "from {old}");
        assert_eq!(store.accounts(WholeBox).unwrap()[0].name.as_str(), "Old");
        assert!(store.calls(AccountScope::of(ACCOUNT.parse().unwrap()), None, 10).unwrap().items.is_empty());
        assert_eq!(store.integrity().unwrap(), None);
    }
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
