//! The box's services over a real bus: a private dbus-daemon, and services on it that answer as systemd and RAUC do.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod bench;
mod services;

use bench::Bench;
use pabxd::appliance::bus::BusError;
use pabxd::appliance::network::trial::TRIAL;
use pabxd::appliance::network::{Book, Network, NetworkConfig, NetworkError, Networkd};
use pabxd::appliance::power::{Logind, Power};
use pabxd::appliance::time::{TimeChange, TimeService, Timedated};
use pabxd::appliance::update::{Rauc, Refusal, Situation, Updater, may_install};
use pabxd::appliance::watchdog::{Systemd, Watchdog};
use std::path::Path;
use std::time::Instant;

fn change(text: &str) -> TimeChange {
    serde_json::from_str(text).unwrap()
}

fn network(text: &str) -> NetworkConfig {
    serde_json::from_str(text).unwrap()
}

#[test]
fn networkd_is_told_to_read_what_was_written_and_an_unconfirmed_change_leaves_no_file() {
    let bench = Bench::new();
    let folder = bench.folder("network");
    let networkd = Networkd::new(folder.clone(), bench.address());
    let now = Instant::now();
    let network_of_box = Network::start(now, Box::new(networkd), Book::new(&bench.folder("state")));
    std::fs::write(folder.join("20-others.network"), "theirs").unwrap();

    let vlan = r#"{"interfaces":[{"name":"eth0"},{"name":"voice","vlan":{"parent":"eth0","id":20}}]}"#;
    network_of_box.apply(now, network(vlan)).unwrap();
    let files =
        ["10-pabx-eth0.network", "10-pabx-voice.netdev", "10-pabx-voice.network", "20-others.network"];
    assert_eq!(bench.files("network"), files);
    assert_eq!(bench.log(), ["Reload"]);
    network_of_box.confirm(now).unwrap();

    network_of_box.apply(now, network(r#"{"interfaces":[{"name":"eth1"}]}"#)).unwrap();
    assert_eq!(bench.files("network"), ["10-pabx-eth1.network", "20-others.network"]);
    network_of_box.tick(now + TRIAL);
    assert_eq!(bench.files("network"), files, "back, and the files of others were never touched");
    assert_eq!(bench.log(), ["Reload", "Reload", "Reload"]);
}

#[test]
fn a_network_that_networkd_refuses_is_gone_again() {
    let bench = Bench::new();
    bench.refuse(true);
    let networkd = Networkd::new(bench.folder("network"), bench.address());
    let now = Instant::now();
    let network_of_box = Network::start(now, Box::new(networkd), Book::new(&bench.folder("state")));
    let refused = network_of_box.apply(now, network(r#"{"interfaces":[{"name":"eth0"}]}"#));
    assert!(matches!(refused, Err(NetworkError::Service(BusError::Forbidden { .. }))), "{refused:?}");
    assert!(bench.files("network").is_empty());
    bench.refuse(false);
    network_of_box.tick(now + TRIAL);
    assert!(network_of_box.state(now + TRIAL).unwrap().on_trial.is_none());
}

#[test]
fn time_is_set_through_timedated_and_timesyncd() {
    let bench = Bench::new();
    let time = Timedated::new(bench.folder("timesync"), bench.address());
    let all = r#"{"timezone":"America/Sao_Paulo","ntp":true,"servers":["a.ntp.br","2001:db8::1"],"utc_ms":1800000000000}"#;
    time.change(&change(all)).unwrap();
    assert_eq!(
        bench.log(),
        [
            "SetTimezone America/Sao_Paulo false",
            "SetNTP true false",
            "SetRuntimeNTPServers a.ntp.br 2001:db8::1",
            "SetTime 1800000000000000 false false",
        ]
    );
    let file = bench.folder("timesync").join("10-pabx.conf");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "[Time]\nNTP=a.ntp.br 2001:db8::1\n");
    let state = time.state().unwrap();
    assert_eq!((state.timezone.as_str(), state.ntp, state.synchronised), ("Etc/UTC", true, false));
    assert_eq!(state.servers.len(), 2);
    time.change(&change(r#"{"servers":[]}"#)).unwrap();
    assert!(!file.exists() && time.state().unwrap().servers.is_empty());
    let far = time.change(&change(r#"{"utc_ms":9999999999999999}"#));
    assert!(far.is_err(), "no such year");
}

#[test]
fn network_time_that_is_switched_off_stays_off() {
    let bench = Bench::new();
    let time = Timedated::new(bench.folder("timesync"), bench.address());
    time.change(&change(r#"{"ntp":true}"#)).unwrap();
    bench.refuse(true);
    time.change(&change(r#"{"ntp":true}"#)).unwrap();
    assert!(time.change(&change(r#"{"ntp":false}"#)).is_err());
    assert!(bench.files("timesync").is_empty(), "what was refused is not done at the next start either");
    bench.refuse(false);

    time.change(&change(r#"{"ntp":false,"servers":["a.ntp.br"]}"#)).unwrap();
    assert_eq!(bench.files("timesync"), ["10-pabx.conf", "network-time-off"]);
    assert!(!time.state().unwrap().ntp);
    bench.refuse(true);
    assert!(time.change(&change(r#"{"ntp":true}"#)).is_err());
    assert_eq!(bench.files("timesync"), ["10-pabx.conf", "network-time-off"]);
    bench.refuse(false);
    time.change(&change(r#"{"ntp":true}"#)).unwrap();
    assert_eq!(bench.files("timesync"), ["10-pabx.conf"]);
    let log = ["SetNTP true false", "SetNTP false false", "SetNTP true false"];
    assert_eq!(bench.log(), log, "servers are told to a timesyncd that runs, and only a change is asked for");
}

#[test]
fn rauc_tells_its_slots_and_installs_and_the_rules_hold_on_its_own_words() {
    let bench = Bench::new();
    let rauc = Rauc::new(bench.address());
    let state = rauc.state().unwrap();
    assert_eq!((state.compatible.as_str(), state.activity.is_idle()), ("pabx-x86_64", true));
    assert_eq!((state.activity.progress.percent, state.primary.as_deref()), (42, Some("rootfs.0")));
    let [a, b] = state.slots.as_slice() else { panic!("{:?}", state.slots) };
    assert!(
        a.booted && a.good && a.bootname.as_deref() == Some("A") && a.version.as_deref() == Some("1.2.0")
    );
    assert!(!b.booted && !b.good && b.version.is_none());

    let bundle = rauc.inspect(Path::new("/data/good.raucb")).unwrap();
    assert_eq!((bundle.compatible.as_str(), bundle.version.as_str()), ("pabx-x86_64", "1.3.0"));
    let situation = Situation { state: &state, running: "1.2.0", bundle: &bundle, calls: 0 };
    assert_eq!(may_install(situation, false), Ok(()));
    rauc.install(Path::new("/data/good.raucb")).unwrap();
    assert_eq!(bench.log(), ["InspectBundle /data/good.raucb", "InstallBundle /data/good.raucb"]);
    let busy = rauc.state().unwrap();
    let situation = Situation { state: &busy, ..situation };
    assert_eq!(may_install(situation, true), Err(Refusal::Busy));

    let unsigned = rauc.inspect(Path::new("/data/unsigned.raucb")).unwrap_err();
    assert!(unsigned.to_string().contains("signature"), "{unsigned}");
    assert!(rauc.install(Path::new("relative.raucb")).is_err());
}

#[test]
fn logind_restarts_and_switches_off_without_asking_anybody() {
    let bench = Bench::new();
    let power = Logind::new(bench.address());
    power.reboot().unwrap();
    power.power_off().unwrap();
    assert_eq!(bench.log(), ["Reboot false", "PowerOff false"]);
    bench.refuse(true);
    let refused = power.reboot().unwrap_err();
    assert!(matches!(refused, BusError::Forbidden { .. }), "{refused}");
}

#[test]
fn the_watchdog_is_what_systemd_says() {
    let bench = Bench::new();
    let state = Systemd::new(bench.address()).state().unwrap();
    assert_eq!((state.device.as_deref(), state.seconds), (Some("/dev/watchdog0"), 20));
}

#[test]
fn a_missing_service_and_a_missing_bus_are_told_apart() {
    let bench = Bench::without_services();
    let missing = Logind::new(bench.address()).reboot().unwrap_err();
    assert!(matches!(missing, BusError::NoService { service: "org.freedesktop.login1", .. }), "{missing}");
    let nowhere = pabxd::appliance::bus::Address::At("unix:path=/no/such/bus".into());
    assert!(matches!(Logind::new(nowhere).reboot(), Err(BusError::NoBus(_))));
}

/// The command itself, with the system bus pointed at the private one.
fn pabxd(bench: &Bench, words: &[&str]) -> (Option<i32>, String) {
    let config = bench.folder("config").join("pabxd.toml");
    let data = bench.folder("data");
    let text = format!(
        "[control]\nsocket = \"{}/none.sock\"\n[appliance]\nenabled = true\ndata_directory = \"{}\"\n",
        data.display(),
        data.display()
    );
    std::fs::write(&config, text).unwrap();
    let (name, rest) = words.split_first().unwrap();
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_pabxd"))
        .arg(name)
        .arg("--config")
        .arg(&config)
        .args(rest)
        .env("DBUS_SYSTEM_BUS_ADDRESS", bench.bus_address())
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
    (done.status.code(), said.into_owned())
}

#[test]
fn the_update_command_installs_and_refuses_by_the_rules() {
    let bench = Bench::new();
    let bundle = |name: &str| {
        let file = bench.folder("bundles").join(name);
        std::fs::write(&file, "bundle").unwrap();
        file.to_str().unwrap().to_owned()
    };
    let (status, said) = pabxd(&bench, &["update", &bundle("good.raucb")]);
    assert_eq!((status, said.contains("installed")), (Some(0), true), "{said}");
    let (status, said) = pabxd(&bench, &["update", &bundle("older.raucb")]);
    assert_eq!((status, said.contains("older")), (Some(1), true), "{said}");
    let (status, _) = pabxd(&bench, &["update", &bundle("older.raucb"), "--force"]);
    assert_eq!(status, Some(0));
    let (status, said) = pabxd(&bench, &["update", &bundle("unsigned.raucb"), "--force"]);
    assert_eq!((status, said.contains("signature")), (Some(1), true), "{said}");
    let (status, said) = pabxd(&bench, &["update", &bundle("breaks.raucb")]);
    assert_eq!((status, said.contains("disk is full")), (Some(1), true), "{said}");
    bench.slot_is_bad();
    let (status, said) = pabxd(&bench, &["update", &bundle("good.raucb"), "--force"]);
    assert_eq!((status, said.contains("not been shown to work")), (Some(1), true), "{said}");
    let installs = bench.log().iter().filter(|line| line.starts_with("InstallBundle")).count();
    assert_eq!(installs, 3, "{:?}", bench.log());
}

#[test]
fn the_factory_reset_command_marks_and_restarts_only_when_it_was_meant() {
    let bench = Bench::new();
    let mark = bench.folder("data").join(".factory-reset");
    let (status, _) = pabxd(&bench, &["factory-reset"]);
    assert_eq!((status, mark.exists(), bench.log().len()), (Some(1), false, 0), "nobody typed RESET");
    let (status, said) = pabxd(&bench, &["factory-reset", "--yes"]);
    assert_eq!((status, mark.exists()), (Some(0), true), "{said}");
    assert_eq!(bench.log(), ["Reboot false"]);
}
