//! What systemd and RAUC answer, as far as it is asked for here: signatures and error names are theirs.

#![allow(
    clippy::unused_self,
    clippy::needless_pass_by_value,
    reason = "the macro wants methods and owned values"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, mpsc};
use zbus::fdo::{Error, Result};
use zbus::{OwnedVariant, Variant, interface};

#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) log: Vec<String>,
    pub(crate) refuse: bool,
    pub(crate) bad: bool,
    /// How often RAUC still says that it installs.
    pub(crate) busy: u32,
    pub(crate) last_error: String,
    /// Whether timesyncd runs.
    pub(crate) ntp: bool,
}

type Shared = Arc<Mutex<World>>;
type Facts = HashMap<String, OwnedVariant>;

fn note(world: &Shared, line: String) -> Result<()> {
    let mut world = world.lock().unwrap();
    if world.refuse {
        return Err(Error::InteractiveAuthorizationRequired("nobody is there to be asked".into()));
    }
    world.log.push(line);
    Ok(())
}

fn word(text: &str) -> OwnedVariant {
    Variant::from(text).try_into_owned().unwrap()
}

struct Network(Shared);

#[interface(name = "org.freedesktop.network1.Manager")]
impl Network {
    fn reload(&self) -> Result<()> {
        note(&self.0, "Reload".into())
    }
}

struct Timedate(Shared);

#[interface(name = "org.freedesktop.timedate1")]
impl Timedate {
    fn set_time(&self, micros: i64, relative: bool, interactive: bool) -> Result<()> {
        note(&self.0, format!("SetTime {micros} {relative} {interactive}"))
    }

    fn set_timezone(&self, zone: String, interactive: bool) -> Result<()> {
        note(&self.0, format!("SetTimezone {zone} {interactive}"))
    }

    #[zbus(name = "SetNTP")]
    fn set_ntp(&self, ntp: bool, interactive: bool) -> Result<()> {
        note(&self.0, format!("SetNTP {ntp} {interactive}"))?;
        self.0.lock().unwrap().ntp = ntp;
        Ok(())
    }

    #[zbus(property)]
    fn timezone(&self) -> String {
        "Etc/UTC".into()
    }

    #[zbus(property, name = "NTP")]
    fn ntp(&self) -> bool {
        self.0.lock().unwrap().ntp
    }

    #[zbus(property, name = "NTPSynchronized")]
    fn ntp_synchronized(&self) -> bool {
        false
    }
}

struct Timesync(Shared);

#[interface(name = "org.freedesktop.timesync1.Manager")]
impl Timesync {
    #[zbus(name = "SetRuntimeNTPServers")]
    fn set_runtime_ntp_servers(&self, servers: Vec<String>) -> Result<()> {
        note(&self.0, format!("SetRuntimeNTPServers {}", servers.join(" ")).trim_end().into())
    }
}

struct Login(Shared);

#[interface(name = "org.freedesktop.login1.Manager")]
impl Login {
    fn reboot(&self, interactive: bool) -> Result<()> {
        note(&self.0, format!("Reboot {interactive}"))
    }

    fn power_off(&self, interactive: bool) -> Result<()> {
        note(&self.0, format!("PowerOff {interactive}"))
    }
}

struct Manager;

#[interface(name = "org.freedesktop.systemd1.Manager")]
impl Manager {
    #[zbus(property, name = "RuntimeWatchdogUSec")]
    fn runtime_watchdog_usec(&self) -> u64 {
        20_000_000
    }

    #[zbus(property)]
    fn watchdog_device(&self) -> String {
        "/dev/watchdog0".into()
    }
}

struct Rauc(Shared);

#[interface(name = "de.pengutronix.rauc.Installer")]
impl Rauc {
    fn inspect_bundle(&self, bundle: String, options: Facts) -> Result<Facts> {
        assert!(options.is_empty());
        note(&self.0, format!("InspectBundle {bundle}"))?;
        if bundle.contains("unsigned") {
            return Err(Error::Failed("signature verification failed".into()));
        }
        let version = if bundle.contains("older") { "0.0.1" } else { "1.3.0" };
        let update: HashMap<String, Variant<'_>> = HashMap::from([
            ("compatible".into(), Variant::from("pabx-x86_64")),
            ("version".into(), Variant::from(version)),
            ("description".into(), Variant::from("")),
        ]);
        // As RAUC 1.13 does it: a variant in the dictionary's variant.
        let update = Variant::Variant(Box::new(Variant::from(update)));
        Ok(Facts::from([
            ("manifest-hash".into(), word("00")),
            ("update".into(), update.try_into_owned().unwrap()),
        ]))
    }

    fn install_bundle(&self, source: String, options: Facts) -> Result<()> {
        assert!(options.is_empty());
        note(&self.0, format!("InstallBundle {source}"))?;
        let mut world = self.0.lock().unwrap();
        world.busy = 3;
        world.last_error = if source.contains("breaks") { "disk is full".into() } else { String::new() };
        Ok(())
    }

    fn get_primary(&self) -> String {
        "rootfs.0".into()
    }

    fn get_slot_status(&self) -> Result<Vec<(String, Facts)>> {
        if self.0.lock().unwrap().busy > 0 {
            return Err(Error::Failed("already processing a different method".into()));
        }
        let good = if self.0.lock().unwrap().bad { "bad" } else { "good" };
        let slot = |facts: &[(&str, &str)]| {
            facts.iter().map(|(name, value)| ((*name).to_owned(), word(value))).collect::<Facts>()
        };
        let a = [
            ("class", "rootfs"),
            ("device", "/dev/disk/by-partlabel/rootfs-A"),
            ("bootname", "A"),
            ("state", "booted"),
            ("boot-status", good),
            ("bundle.version", "1.2.0"),
        ];
        let b = [("class", "rootfs"), ("bootname", "B"), ("state", "inactive"), ("boot-status", "bad")];
        Ok(vec![("rootfs.0".into(), slot(&a)), ("rootfs.1".into(), slot(&b))])
    }

    #[zbus(property)]
    fn operation(&self) -> String {
        let mut world = self.0.lock().unwrap();
        if world.busy == 0 {
            return "idle".into();
        }
        world.busy -= 1;
        "installing".into()
    }

    #[zbus(property)]
    fn last_error(&self) -> String {
        self.0.lock().unwrap().last_error.clone()
    }

    #[zbus(property)]
    fn compatible(&self) -> String {
        "pabx-x86_64".into()
    }

    #[zbus(property)]
    fn progress(&self) -> (i32, String, i32) {
        (42, "Copying image to rootfs.1".into(), 1)
    }
}

/// Serves them until the bus is gone; returns once all of them have their names.
pub(crate) fn serve(address: String, world: Shared) {
    let (ready, wait) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let connection = zbus::connection::Builder::address(address.as_str())
                .serve_at("/org/freedesktop/network1", Network(Arc::clone(&world)))
                .serve_at("/org/freedesktop/timedate1", Timedate(Arc::clone(&world)))
                .serve_at("/org/freedesktop/timesync1", Timesync(Arc::clone(&world)))
                .serve_at("/org/freedesktop/login1", Login(Arc::clone(&world)))
                .serve_at("/org/freedesktop/systemd1", Manager)
                .serve_at("/", Rauc(world))
                .name("org.freedesktop.network1")
                .name("org.freedesktop.timedate1")
                .name("org.freedesktop.timesync1")
                .name("org.freedesktop.login1")
                .name("org.freedesktop.systemd1")
                .name("de.pengutronix.rauc")
                .build()
                .await
                .unwrap();
            ready.send(()).unwrap();
            connection.closed().await;
        });
    });
    wait.recv().unwrap();
}
