use super::*;
use pabx_model::{
    CallDirection, CallId, CallRecord, CallStatus, ClockState, EndReason, ExtensionNumber, SavedBinding,
    SavedTransport, SipDomain, SipStatus, Status, StoreWrite,
};
use pabx_store::{AccountScope, Act, ExtensionChange};

const REALM: &str = "pabx";
const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn domain() -> SipDomain {
    SipDomain::parse("pbx.test").unwrap()
}

fn open(folder: &Path) -> anyhow::Result<OpenState> {
    OpenState::open(folder, REALM, NOW)
}

#[test]
fn the_demo_is_made_once_and_told_again_at_each_start() {
    let folder = tempfile::tempdir().unwrap();
    let first = ensure_demo(&mut open_store(folder.path()).unwrap(), &domain(), NOW).unwrap().unwrap();
    assert_eq!(first.account, "Demo");
    assert_eq!(first.domain, "pbx.test");
    let numbers: Vec<_> = first.extensions.iter().map(|phone| phone.number.as_str()).collect();
    assert_eq!(numbers, ["1001", "1002", "1003", "1004"]);
    assert!(
        first.extensions.iter().all(|phone| phone.username == phone.number && phone.password.len() == 24)
    );

    let again = ensure_demo(&mut open_store(folder.path()).unwrap(), &domain(), NOW).unwrap().unwrap();
    let passwords =
        |demo: &DemoAccount| demo.extensions.iter().map(|p| p.password.clone()).collect::<Vec<_>>();
    assert_eq!(passwords(&first), passwords(&again));
}

#[test]
fn the_directory_accepts_what_the_demo_tells() {
    let folder = tempfile::tempdir().unwrap();
    let demo = ensure_demo(&mut open_store(folder.path()).unwrap(), &domain(), NOW).unwrap().unwrap();
    let state = open(folder.path()).unwrap();
    let phone = &demo.extensions[0];
    let (account, extension, secrets) =
        state.directory.credentials(&phone.username, Some("pbx.test")).unwrap();
    assert_eq!((account.slug.as_str(), extension.number.as_str()), ("demo", "1001"));
    let expected = pabx_sip::digest::ha1("1001", REALM, &phone.password);
    assert_eq!((secrets.md5, secrets.sha256), (expected.md5, expected.sha256));
    let (_, _, secrets) = state.directory.credentials("1001-demo", None).unwrap();
    let expected = pabx_sip::digest::ha1("1001-demo", REALM, &phone.password);
    assert_eq!((secrets.md5, secrets.sha256), (expected.md5, expected.sha256));
}

#[test]
fn a_box_with_accounts_gets_no_demo() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open_store(folder.path()).unwrap();
    let account = pabx_store::NewAccount {
        name: "Acme".parse().unwrap(),
        slug: "acme".parse().unwrap(),
        domain: "acme.test".parse().unwrap(),
        description: String::new(),
        limits: pabx_model::AccountLimits { max_extensions: 1, max_calls: 1 },
        max_storage_mib: 1_000,
    };
    store.create_account(WholeBox, &account, &Act::daemon(NOW)).unwrap();
    assert!(ensure_demo(&mut store, &domain(), NOW).unwrap().is_none());
    assert_eq!(store.accounts(WholeBox).unwrap().len(), 1);
}

#[test]
fn a_lost_key_stops_the_start_with_a_clear_word() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()).unwrap());
    std::fs::remove_file(folder.path().join("sealing.key")).unwrap();
    let error = format!("{:#}", open(folder.path()).unwrap_err());
    assert!(error.contains("sealing.key is gone"), "{error}");
    std::fs::write(folder.path().join("sealing.key"), "ab".repeat(32)).unwrap();
    std::fs::set_permissions(
        folder.path().join("sealing.key"),
        std::os::unix::fs::PermissionsExt::from_mode(0o600),
    )
    .unwrap();
    let error = format!("{:#}", open(folder.path()).unwrap_err());
    assert!(error.contains("does not open this database"), "{error}");
}

#[test]
fn a_registration_and_an_open_call_come_through_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    ensure_demo(&mut open_store(folder.path()).unwrap(), &domain(), NOW).unwrap();
    let state = open(folder.path()).unwrap();
    let account_id = state.directory.accounts()[0].account_id;
    let number = ExtensionNumber::parse("1001").unwrap();
    let extension_id = state.directory.extension(account_id, &number).unwrap().extension_id;
    let binding = SavedBinding {
        account_id,
        extension_id,
        contact: "sip:1001@192.0.2.7:5062".into(),
        transport: SavedTransport::Udp,
        local: "192.0.2.1:5060".parse().unwrap(),
        remote: "192.0.2.7:5062".parse().unwrap(),
        instance: Some("urn:uuid:1".into()),
        reg_id: Some(1),
        call_id: "abc".into(),
        cseq: 2,
        q: 1_000,
        user_agent: "phone".into(),
        expires_at: NOW.plus_millis(60_000),
    };
    let record = CallRecord {
        call_id: CallId::new(NOW.0, [3; 10]),
        account_id,
        extension_id: Some(extension_id),
        trunk_id: None,
        direction: CallDirection::Internal,
        caller: "1001".into(),
        callee: "1002".into(),
        start_time: NOW.minus_millis(5_000),
        answer_time: Some(NOW.minus_millis(3_000)),
        end_time: None,
        duration: 0,
        status: CallStatus::Answered,
        sip_status: SipStatus(200),
        reason: None,
        quality: None,
        clock: ClockState::Trusted,
        class: None,
        cost: None,
        price: None,
        trace: Vec::new(),
    };
    let (told, answers) = std::sync::mpsc::channel();
    let writer = StateWriter::start(state.store, Box::new(move |done| told.send(done).unwrap()));
    writer.submit(pabx_call::Ticket(1), StoreWrite::SaveBinding(binding.clone()));
    writer.submit(pabx_call::Ticket(2), StoreWrite::BeginCall(record.clone()));
    writer.stop();
    assert!(answers.try_iter().flatten().all(|(_, ok)| ok));

    let state = open(folder.path()).unwrap();
    assert_eq!(state.bindings, [binding]);
    let closed = state.store.call(AccountScope::of(account_id), record.call_id).unwrap();
    assert_eq!((closed.status, closed.reason), (CallStatus::Interrupted, Some(EndReason::Interrupted)));
    assert!(closed.end_time >= record.answer_time);
}

#[test]
fn a_suspended_extension_has_no_credentials_after_the_next_compile() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open_store(folder.path()).unwrap();
    ensure_demo(&mut store, &domain(), NOW).unwrap();
    let scope = AccountScope::of(store.accounts(WholeBox).unwrap()[0].account_id);
    let first = store.extensions(scope).unwrap()[0].extension_id;
    let change = ExtensionChange { status: Some(Status::Suspended), ..ExtensionChange::default() };
    store.update_extension(scope, first, &change, None, &Act::daemon(NOW)).unwrap();
    let directory = compile(&mut store, REALM).unwrap();
    assert!(directory.credentials("1001", None).is_none());
    assert!(directory.credentials("1002", None).is_some());
}
