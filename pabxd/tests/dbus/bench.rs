//! A bus of its own, with the services on a thread.

use crate::services::{self, World};
use pabxd::appliance::bus::Address;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

pub(crate) struct Bench {
    folder: tempfile::TempDir,
    bus: Child,
    address: String,
    world: Arc<Mutex<World>>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let bench = Self::without_services();
        services::serve(bench.address.clone(), Arc::clone(&bench.world));
        bench
    }

    pub(crate) fn without_services() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address"])
            .arg(format!("--address=unix:path={}/bus", folder.path().display()))
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon is installed (Debian: dbus-daemon)");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { folder, bus, address: address.trim().to_owned(), world: Arc::default() }
    }

    pub(crate) fn bus_address(&self) -> &str {
        &self.address
    }

    pub(crate) fn address(&self) -> Address {
        Address::At(self.address.clone())
    }

    /// A folder of the bench, made when it is first asked for.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder(folder)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// What was asked of the services, in order.
    pub(crate) fn log(&self) -> Vec<String> {
        self.world.lock().unwrap().log.clone()
    }

    /// From now on everything is forbidden, as polkit does.
    pub(crate) fn refuse(&self, refuse: bool) {
        self.world.lock().unwrap().refuse = refuse;
    }

    /// The running slot has not been shown to work.
    pub(crate) fn slot_is_bad(&self) {
        self.world.lock().unwrap().bad = true;
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // The services' thread ends with the bus.
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}
