//! The command line.

use crate::commands;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// Exit status for a command line that cannot be understood (as in sysexits.h, EX_USAGE).
const EXIT_USAGE: u8 = 64;

const USAGE: &str = "\
pabxd: the phone system

  pabxd serve --config FILE               serve until SIGTERM or SIGINT
  pabxd check FILE                        say what is wrong with a configuration
  pabxd demo --config FILE --json FILE    make the demo account on an empty box; write and print its phones
  pabxd example                           print the configuration with every default, commented
  pabxd self-test [--config FILE]         show that the running daemon serves: a call to itself, heard
  pabxd status [--config FILE]            what the running daemon does, as JSON
  pabxd console [--config FILE]           the menu on screen or a serial line
  pabxd audio-test [--config FILE] [--device NAME] [--seconds N]   1 kHz on the loudspeaker
  pabxd update [--config FILE] BUNDLE [--force]                    install an update of the appliance
  pabxd factory-reset [--config FILE] [--yes]                      wipe the appliance
  pabxd reset-admin [--config FILE]       a new password for the super admin, shown once; for who sits at the box
  pabxd audit verify [--config FILE]      whether the audit is whole
  pabxd backup [--config FILE] FILE [--passphrase-file FILE]       everything in one encrypted file; calls go on
  pabxd restore [--config FILE] FILE [--passphrase-file FILE]      put a backup in place of the state; pabxd is stopped
  pabxd restore [--config FILE] --undo    put back what was there before
  pabxd rekey [--config FILE]             seal all secrets with a new key; pabxd is stopped
  pabxd openapi                           print the description of the API (OpenAPI 3.1)
  pabxd --version
";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
enum Command {
    Serve { config: PathBuf },
    Check { file: PathBuf },
    Demo { config: PathBuf, json: PathBuf },
    OfTheBox { config: PathBuf, command: commands::Command },
    Example,
    OpenApi,
    Version,
    Help,
}

/// Runs what the arguments (without the program's name) ask for.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let command = match parse(lexopt::Parser::from_args(arguments)) {
        Ok(command) => command,
        Err(error) => {
            eprint!("pabxd: {error}\n\n{USAGE}");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    match execute(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pabxd: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve { config } => {
            crate::serve::run(&config)?;
            crate::service::start_again_if_asked()
        }
        Command::Check { file } => check(&file),
        Command::Demo { config, json } => crate::demo::run(&config, &json),
        Command::OfTheBox { config, command } => commands::run(&command, &config),
        Command::Example => {
            print!("{}", crate::config::EXAMPLE);
            Ok(())
        }
        Command::OpenApi => {
            println!("{:#}", crate::api::openapi());
            Ok(())
        }
        Command::Version => {
            println!("pabxd {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
        Command::Help => {
            print!("{USAGE}");
            Ok(())
        }
    }
}

fn check(file: &std::path::Path) -> anyhow::Result<()> {
    match crate::config::load(file) {
        Ok(_) => {
            println!("{}: good", file.display());
            Ok(())
        }
        Err(error) => anyhow::bail!("{}: {error}", file.display()),
    }
}

fn parse(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    use lexopt::prelude::{Long, Short, Value, ValueExt};
    let (mut name, mut file, mut config, mut json) = (None, None, None, None);
    let mut options = Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("version") | Short('V') => return Ok(Command::Version),
            Long("config") => config = Some(PathBuf::from(parser.value()?)),
            Long("json") => json = Some(PathBuf::from(parser.value()?)),
            Long("device") => options.device = Some(parser.value()?.string()?),
            Long("seconds") => options.seconds = Some(parser.value()?.parse()?),
            Long("passphrase-file") => options.passphrase = Some(PathBuf::from(parser.value()?)),
            Long("undo") => options.undo = true,
            Long("force") => options.force = true,
            Long("yes") => options.yes = true,
            Value(value) if name.is_none() => name = Some(value),
            Value(value) if file.is_none() => file = Some(PathBuf::from(value)),
            other => return Err(other.unexpected()),
        }
    }
    if let Some(command) =
        of_the_box(name.as_deref().and_then(std::ffi::OsStr::to_str), &mut options, &mut file)?
    {
        let config = config.unwrap_or_else(|| commands::CONFIG.into());
        options.all_used(file.as_ref())?;
        return Ok(Command::OfTheBox { config, command });
    }
    options.all_used(None)?;
    let need = |value: Option<PathBuf>, what: &str| {
        value.ok_or_else(|| lexopt::Error::from(format!("{what} is missing")))
    };
    match name.as_deref().and_then(std::ffi::OsStr::to_str) {
        Some("serve") => Ok(Command::Serve { config: need(config, "--config FILE")? }),
        Some("check") => Ok(Command::Check { file: need(file, "FILE")? }),
        Some("demo") => {
            Ok(Command::Demo { config: need(config, "--config FILE")?, json: need(json, "--json FILE")? })
        }
        Some("example") => Ok(Command::Example),
        Some("openapi") => Ok(Command::OpenApi),
        Some("help") | None => Ok(Command::Help),
        Some(other) => Err(format!("there is no command `{other}`").into()),
    }
}

/// Options of single commands; each takes its own away, and what is left was not meant.
#[derive(Debug, Default)]
struct Options {
    device: Option<String>,
    seconds: Option<u8>,
    force: bool,
    yes: bool,
    passphrase: Option<PathBuf>,
    undo: bool,
}

impl Options {
    fn all_used(&self, file: Option<&PathBuf>) -> Result<(), lexopt::Error> {
        let words = self.device.is_some() || self.seconds.is_some() || self.passphrase.is_some();
        let left = words || self.force || self.yes || self.undo || file.is_some();
        if left { Err("an option or a file does not belong to this command".into()) } else { Ok(()) }
    }
}

/// Seconds of the test tone, and what they may be.
const TONE_SECONDS: u8 = 3;
const MAX_TONE_SECONDS: u8 = 60;

/// The commands for the box; `None`: it is another.
fn of_the_box(
    name: Option<&str>,
    options: &mut Options,
    file: &mut Option<PathBuf>,
) -> Result<Option<commands::Command>, lexopt::Error> {
    use std::mem::take;
    Ok(Some(match name {
        Some("status") => commands::Command::Status,
        Some("self-test") => commands::Command::SelfTest,
        Some("console") => commands::Command::Console,
        Some("audio-test") => {
            let seconds = options.seconds.take().unwrap_or(TONE_SECONDS);
            if !(1..=MAX_TONE_SECONDS).contains(&seconds) {
                return Err(format!("--seconds is not from 1 to {MAX_TONE_SECONDS}").into());
            }
            commands::Command::AudioTest { device: options.device.take(), seconds }
        }
        Some("update") => {
            let bundle = file.take().ok_or("BUNDLE is missing")?;
            commands::Command::Update { bundle, force: take(&mut options.force) }
        }
        Some("backup") => {
            let passphrase = options.passphrase.take();
            commands::Command::Backup { file: file.take().ok_or("FILE is missing")?, passphrase }
        }
        Some("restore") if take(&mut options.undo) => commands::Command::UndoRestore,
        Some("restore") => {
            let passphrase = options.passphrase.take();
            commands::Command::Restore { file: file.take().ok_or("FILE is missing")?, passphrase }
        }
        Some("rekey") => commands::Command::Rekey,
        Some("reset-admin") => commands::Command::ResetAdmin,
        Some("audit") => match file.take() {
            Some(word) if word.as_os_str() == "verify" => commands::Command::VerifyAudit,
            _ => return Err("`audit` is followed by `verify`".into()),
        },
        #[cfg(feature = "test-hooks")]
        Some("stop-engine") => commands::Command::StopEngine,
        Some("factory-reset") => commands::Command::FactoryReset { yes: take(&mut options.yes) },
        _ => return Ok(None),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Command, lexopt::Error> {
        parse(lexopt::Parser::from_args(arguments.iter().copied()))
    }

    #[test]
    fn serve_needs_a_configuration() {
        assert_eq!(parsed(&["serve", "--config", "a"]).unwrap(), Command::Serve { config: "a".into() });
        assert_eq!(parsed(&["serve"]).unwrap_err().to_string(), "--config FILE is missing");
    }

    #[test]
    fn commands_of_the_box_find_their_configuration_by_themselves() {
        let update = commands::Command::Update { bundle: "b".into(), force: true };
        let of_the_box = |config: &str, command| Command::OfTheBox { config: config.into(), command };
        assert_eq!(parsed(&["update", "b", "--force"]).unwrap(), of_the_box(commands::CONFIG, update));
        let tone = commands::Command::AudioTest { device: Some("hw:0".into()), seconds: 9 };
        let line = ["audio-test", "--config", "c", "--device", "hw:0", "--seconds", "9"];
        assert_eq!(parsed(&line).unwrap(), of_the_box("c", tone));
    }

    #[test]
    fn an_unknown_word_is_refused() {
        for line in [
            &["fly"][..],
            &["check", "a", "b"],
            &["serve", "--fast"],
            &["serve", "--config", "a", "--force"],
            &["status", "a"],
            &["status", "--yes"],
            &["update"],
            &["audio-test", "--seconds", "0"],
            &["audio-test", "--seconds", "61"],
        ] {
            assert!(parsed(line).is_err(), "{line:?}");
        }
    }
}
