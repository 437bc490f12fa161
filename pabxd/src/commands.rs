//! The commands for people and for the image, beside `serve`: status, self-test, sound, update, factory reset, console.

use crate::api::core::types::Time;
use crate::appliance::audio::{Alsa, Sound};
use crate::appliance::bus::Address;
use crate::appliance::disk::{Data, Disk};
use crate::appliance::power::{Logind, Power};
use crate::appliance::update::{self, Rauc, Situation, Updater};
use crate::config::{self, Config};
use crate::control::protocol::Status;
use crate::control::{Client, ClientError, Request};
use crate::state::open_store;
use crate::{administrator, backup, clock, console, self_test};
use anyhow::{Context, bail};
use nix::unistd::{Gid, Uid};
use pabx_store::{Act, Store, Verified, WholeBox};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the configuration is when nothing else is said.
pub const CONFIG: &str = "/etc/pabxd.toml";
/// How long a question to the daemon may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks at an installation.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `pabxd status`
    Status,
    /// `pabxd self-test`
    SelfTest,
    /// `pabxd audio-test`
    AudioTest {
        /// ALSA's name; none: the configuration's.
        device: Option<String>,
        /// 1 to 60.
        seconds: u8,
    },
    /// `pabxd update BUNDLE`
    Update {
        /// Its file.
        bundle: PathBuf,
        /// Skip the rules that may be skipped.
        force: bool,
    },
    /// `pabxd factory-reset`
    FactoryReset {
        /// Do not ask.
        yes: bool,
    },
    /// `pabxd console`
    Console,
    /// `pabxd reset-admin`
    ResetAdmin,
    /// `pabxd audit verify`
    VerifyAudit,
    /// `pabxd backup FILE`
    Backup {
        /// Where it goes.
        file: PathBuf,
        /// Whose first line is the passphrase.
        passphrase: Option<PathBuf>,
    },
    /// `pabxd restore FILE`
    Restore {
        /// The backup.
        file: PathBuf,
        /// Whose first line is the passphrase.
        passphrase: Option<PathBuf>,
    },
    /// `pabxd restore --undo`
    UndoRestore,
    /// `pabxd rekey`
    Rekey,
    /// `pabxd stop-engine`
    #[cfg(feature = "test-hooks")]
    StopEngine,
}

/// Runs one. An error is what is wrong in words; the program then ends with 1.
pub fn run(command: &Command, file: &Path) -> anyhow::Result<()> {
    let config = config::load(file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    match command {
        Command::Status => status(&config),
        Command::SelfTest if self_test::run(&config) => Ok(()),
        Command::SelfTest => bail!("the self-test failed"),
        Command::AudioTest { device, seconds } => audio_test(&config, device.as_deref(), *seconds),
        Command::Update { bundle, force } => install(&config, bundle, *force),
        Command::FactoryReset { yes } => factory_reset(&config, *yes),
        Command::Console => console::run(&config),
        Command::ResetAdmin => reset_admin(&config),
        Command::VerifyAudit => verify_audit(&config),
        Command::Backup { file, passphrase } => make_backup(&config, file, passphrase.as_deref()),
        Command::Restore { file, passphrase } => restore(&config, file, passphrase.as_deref()),
        Command::UndoRestore => undo_restore(&config),
        Command::Rekey => rekey(&config),
        // Nobody is left to answer.
        #[cfg(feature = "test-hooks")]
        Command::StopEngine => match client(&config)?.ask::<()>(&Request::StopEngine, PATIENCE) {
            Ok(()) => bail!("the engine has answered"),
            Err(_) => Ok(()),
        },
    }
}

/// From here on as the user whom the state belongs to: files that root makes in it would lock the daemon out.
fn become_owner(folder: &Path) -> anyhow::Result<()> {
    let found = std::fs::metadata(folder).with_context(|| folder.display().to_string())?;
    if nix::unistd::geteuid().is_root() && found.uid() != 0 {
        nix::unistd::setgroups(&[])?;
        nix::unistd::setgid(Gid::from_raw(found.gid()))?;
        nix::unistd::setuid(Uid::from_raw(found.uid()))?;
    }
    Ok(())
}

fn open_state(config: &Config) -> anyhow::Result<Store> {
    become_owner(&config.state.directory)?;
    open_store(&config.state.directory)
}

/// Files outside the state are opened as whoever asks.
fn make_backup(config: &Config, file: &Path, passphrase: Option<&Path>) -> anyhow::Result<()> {
    let passphrase = backup::passphrase::read(passphrase, true)?;
    let out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let out = out.with_context(|| file.display().to_string())?;
    become_owner(&config.state.directory)?;
    backup::create(&config.state.directory, out, &passphrase, &Act::daemon(clock::utc()))
        .with_context(|| format!("{} is no backup: remove it", file.display()))?;
    println!("{}: written. Without its passphrase nobody can read it, you neither", file.display());
    Ok(())
}

fn restore(config: &Config, file: &Path, passphrase: Option<&Path>) -> anyhow::Result<()> {
    let passphrase = backup::passphrase::read(passphrase, false)?;
    let source = File::open(file).with_context(|| file.display().to_string())?;
    let state = &config.state.directory;
    if state.exists() {
        become_owner(state)?;
    }
    let restored = backup::restore(state, source, &passphrase).context("nothing was changed")?;
    println!(
        "restored: {} accounts, as of {} (pabxd {}). To go back: pabxd restore --undo",
        restored.accounts,
        Time(restored.made_at),
        restored.version
    );
    Ok(())
}

fn undo_restore(config: &Config) -> anyhow::Result<()> {
    become_owner(&config.state.directory)?;
    backup::undo(&config.state.directory)?;
    println!("what was there before is back; the same command undoes this");
    Ok(())
}

fn rekey(config: &Config) -> anyhow::Result<()> {
    become_owner(&config.state.directory)?;
    backup::rekey(&config.state.directory).context("nothing was changed")?;
    println!("everything is sealed with a new key; backups made so far hold the old one");
    Ok(())
}

/// Whoever can run this owns the box already. The daemon may run meanwhile: it looks people up anew for each request.
fn reset_admin(config: &Config) -> anyhow::Result<()> {
    let given = administrator::reset(&mut open_state(config)?)?;
    println!(
        "user name  {}\npassword   {}\n(to be changed at the first sign-in; the second factor is off)",
        given.username, given.password
    );
    Ok(())
}

fn verify_audit(config: &Config) -> anyhow::Result<()> {
    match open_state(config)?.verify_audit(WholeBox)? {
        Verified::Whole(entries) => {
            println!("the audit is whole: {entries} entries");
            Ok(())
        }
        Verified::Broken { at, why } => bail!("the audit is broken at entry {at}: {why}"),
    }
}

fn client(config: &Config) -> anyhow::Result<Client> {
    Ok(Client::new(config.control.socket().context("the configuration names no control.socket")?))
}

fn status(config: &Config) -> anyhow::Result<()> {
    let status: Status = client(config)?.ask(&Request::Status, PATIENCE)?;
    println!("{}", serde_json::to_string(&status)?);
    Ok(())
}

fn audio_test(config: &Config, device: Option<&str>, seconds: u8) -> anyhow::Result<()> {
    let device = device.unwrap_or(&config.appliance.sound_device);
    match Alsa.play_test_tone(device, Duration::from_secs(seconds.into())) {
        Ok(played) => {
            println!("{device}: 1 kHz for {seconds} s, {} Hz, {} channels", played.rate, played.channels);
            Ok(())
        }
        Err(error) => {
            let devices = Alsa.devices().unwrap_or_default();
            let names: Vec<String> = devices.into_iter().map(|device| device.name).collect();
            bail!("{error}\ndevices: {}", names.join(", "))
        }
    }
}

/// The updater that commands talk to.
fn updater() -> Rauc {
    Rauc::new(Address::System)
}

fn install(config: &Config, bundle: &Path, force: bool) -> anyhow::Result<()> {
    let bundle = std::fs::canonicalize(bundle).with_context(|| bundle.display().to_string())?;
    let updater = updater();
    let state = updater.state()?;
    let facts = updater.inspect(&bundle)?;
    let os_release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let running = update::running_version(&os_release);
    let situation = Situation { state: &state, running, bundle: &facts, calls: calls(config)? };
    update::may_install(situation, force)?;
    println!("installing {} over {running}", facts.version);
    updater.install(&bundle)?;
    follow(&updater)?;
    println!("installed; it runs after the next restart (`pabxd status` and the console tell)");
    Ok(())
}

/// Calls in progress; without a daemon there are none.
fn calls(config: &Config) -> anyhow::Result<usize> {
    match client(config)?.ask::<Status>(&Request::Status, PATIENCE) {
        Ok(status) => Ok(status.calls),
        Err(ClientError::NoDaemon { .. }) => Ok(0),
        Err(error) => Err(error.into()),
    }
}

/// Prints how far the installation is until it is over.
fn follow(updater: &dyn Updater) -> anyhow::Result<()> {
    let mut told = String::new();
    loop {
        let activity = updater.activity()?;
        let line = format!("{:3} % {}", activity.progress.percent, activity.progress.text);
        if line != told {
            println!("{line}");
            told = line;
        }
        if activity.is_idle() {
            return if activity.last_error.is_empty() { Ok(()) } else { bail!("{}", activity.last_error) };
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

fn factory_reset(config: &Config, yes: bool) -> anyhow::Result<()> {
    if !config.appliance.enabled {
        bail!("this is no appliance ([appliance] enabled): nothing is reset");
    }
    if !yes && !confirmed(&mut std::io::stdin().lock())? {
        bail!("nothing was reset");
    }
    Data::new(config.appliance.data_directory.clone()).mark_for_reset()?;
    println!("all data is wiped at the restart, which begins now");
    Logind::new(Address::System).reboot()?;
    Ok(())
}

fn confirmed(answers: &mut dyn BufRead) -> anyhow::Result<bool> {
    print!("Accounts, extensions, call records and recordings are wiped. Type RESET to go on: ");
    std::io::stdout().flush()?;
    let mut line = String::new();
    answers.read_line(&mut line)?;
    Ok(line.trim() == "RESET")
}
