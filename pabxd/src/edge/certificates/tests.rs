use super::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::os::unix::fs::PermissionsExt;
use time::OffsetDateTime;

/// 2027-01-15.
const NOW: Timestamp = Timestamp(1_800_000_000_000);
const DAY: u64 = 86_400_000;

fn named(addresses: &[&str]) -> Names {
    let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
    Names { dns: vec!["pabx.local".into()], addresses }
}

fn names() -> NamesSource {
    Box::new(|| named(&["192.0.2.1"]))
}

fn later(days: u64) -> Timestamp {
    Timestamp(NOW.0 + days * DAY)
}

/// A signed certificate for `pbx.example.com`, its signer's, and its key.
fn signed(from: Timestamp, until: Timestamp) -> (String, String, String) {
    let at =
        |time: Timestamp| OffsetDateTime::from_unix_timestamp(i64::try_from(time.0 / 1000).unwrap()).unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "test authority");
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let mut params = CertificateParams::new(vec!["pbx.example.com".into()]).unwrap();
    (params.not_before, params.not_after) = (at(from), at(until));
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    (certificate.pem(), authority.pem(), key.serialize_pem())
}

#[test]
fn the_first_start_makes_one_and_the_next_finds_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("tls");
    let first = Certificates::open(&folder, names(), NOW).unwrap().current();
    assert!(first.made_here && first.is_valid_for(Duration::from_hours(24 * 365), NOW));
    assert_eq!(first.names, ["pabx.local", "192.0.2.1"]);
    assert_eq!(first.fingerprint.len(), 32 * 3 - 1);
    assert!(first.not_after.0 - first.not_before.0 <= 825 * DAY);
    let mode = |name: &str| std::fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("."), mode("certificate.pem")), (0o700, 0o600));
    assert_eq!(Certificates::open(&folder, names(), NOW).unwrap().current(), first);
}

#[test]
fn it_is_made_anew_before_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::open(folder.path(), names(), NOW).unwrap();
    let first = certificates.current();
    certificates.tend(later(700)).unwrap();
    assert_eq!(certificates.current(), first);
    certificates.tend(later(750)).unwrap();
    let second = certificates.current();
    assert_ne!(second.fingerprint, first.fingerprint);
    assert!(second.is_valid_for(Duration::from_hours(700 * 24), later(750)));
}

#[test]
fn it_is_made_anew_for_a_new_address_but_not_for_one_of_ipv6_or_one_that_goes() {
    let folder = tempfile::tempdir().unwrap();
    let now = Arc::new(Mutex::new(named(&["192.0.2.1"])));
    let source = Arc::clone(&now);
    let certificates =
        Certificates::open(folder.path(), Box::new(move || source.lock().unwrap().clone()), NOW).unwrap();
    let first = certificates.current();
    *now.lock().unwrap() = named(&["2001:db8::1"]);
    certificates.tend(NOW).unwrap();
    assert_eq!(certificates.current(), first);
    *now.lock().unwrap() = named(&["192.0.2.1", "192.0.2.2"]);
    certificates.tend(NOW).unwrap();
    assert_eq!(certificates.current().names, ["pabx.local", "192.0.2.1", "192.0.2.2"]);
    assert_ne!(certificates.current().fingerprint, first.fingerprint);
}

#[test]
fn a_clock_that_starts_in_1970_makes_one_that_is_good_today() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::open(folder.path(), names(), Timestamp(1000)).unwrap();
    assert!(certificates.current().is_valid_for(Duration::from_hours(24), NOW));
    let before = certificates.current();
    certificates.tend(NOW).unwrap();
    assert_eq!(certificates.current(), before, "it is kept when the clock is set");
}

#[test]
fn a_broken_file_is_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    Certificates::open(folder.path(), names(), NOW).unwrap();
    let file = folder.path().join("certificate.pem");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, &text[..text.len() / 2]).unwrap();
    assert!(Certificates::open(folder.path(), names(), NOW).unwrap().current().self_signed);
    assert!(folder.path().join("certificate.pem.bad").exists());
}

#[test]
fn one_that_fits_is_installed_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::open(folder.path(), names(), NOW).unwrap();
    let (own, authority, key) = signed(NOW, later(90));
    let facts = certificates.install(&format!("{own}{authority}"), &key, later(1)).unwrap();
    assert!(!facts.self_signed && facts.issuer.contains("test authority"));
    assert_eq!(facts.names, ["pbx.example.com"]);
    assert_eq!(certificates.current(), facts);
    certificates.tend(later(85)).unwrap();
    assert_eq!(Certificates::open(folder.path(), names(), later(2)).unwrap().current(), facts);
    assert!(certificates.install(&own, &key, later(1)).is_ok(), "without its signer");
}

#[test]
fn one_that_was_ordered_is_known_after_a_restart_and_gives_way_when_it_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::open(folder.path(), names(), NOW).unwrap();
    let (own, authority, key) = signed(NOW, later(90));
    let chain = format!("{own}{authority}");
    let order = |name: &str| certificates.install_ordered(&chain, &key, &[name.to_owned()], later(1));
    assert!(matches!(order("other.example.com"), Err(CertificateProblem::OtherNames)));
    let facts = order("pbx.example.com").unwrap();
    assert!(facts.ordered && !facts.made_here);
    let again = Certificates::open(folder.path(), names(), later(2)).unwrap();
    assert_eq!(again.current(), facts);
    again.tend(later(89)).unwrap();
    again.tend(Timestamp(0)).unwrap();
    assert_eq!(again.current(), facts, "a clock that is behind takes nothing away");
    again.tend(later(91)).unwrap();
    assert!(again.current().made_here);
    let installed = again.install(&format!("Source: ACME\n{chain}"), &key, later(1)).unwrap();
    assert!(!installed.ordered, "nobody outside says so");
    assert!(!Certificates::open(folder.path(), names(), later(2)).unwrap().current().ordered);
}

#[test]
fn one_from_elsewhere_that_vouches_for_itself_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::open(folder.path(), names(), NOW).unwrap();
    let key = KeyPair::generate().unwrap();
    let other = CertificateParams::new(vec!["pbx.example.com".into()]).unwrap().self_signed(&key).unwrap();
    let facts = certificates.install(&other.pem(), &key.serialize_pem(), NOW).unwrap();
    assert!(facts.self_signed && !facts.made_here);
    certificates.tend(NOW).unwrap();
    assert_eq!(Certificates::open(folder.path(), names(), NOW).unwrap().current(), facts);
}

#[test]
fn what_does_not_fit_is_named_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::open(folder.path(), names(), NOW).unwrap();
    let before = certificates.current();
    let (own, authority, key) = signed(NOW, later(90));
    let (other, _, other_key) = signed(NOW, later(90));
    let problem = |chain: &str, key: &str, now| certificates.install(chain, key, now).unwrap_err();
    assert!(matches!(problem(&own, &other_key, later(1)), CertificateProblem::OtherKey));
    assert!(matches!(problem(&format!("{authority}{own}"), &key, later(1)), CertificateProblem::Order));
    assert!(matches!(problem(&format!("{own}{other}"), &key, later(1)), CertificateProblem::Order));
    assert!(matches!(problem(&own, &key, later(91)), CertificateProblem::Expired));
    assert!(matches!(problem(&own, &key, Timestamp(NOW.0 - DAY)), CertificateProblem::NotYetValid));
    assert!(matches!(problem("", &key, later(1)), CertificateProblem::NoCertificate));
    assert!(matches!(problem(&own, &own, later(1)), CertificateProblem::NoKey));
    assert!(matches!(problem(&own.repeat(9), &key, later(1)), CertificateProblem::TooLarge));
    assert!(matches!(problem(&" ".repeat(70_000), &key, later(1)), CertificateProblem::TooLarge));
    assert_eq!(certificates.current(), before);
}
