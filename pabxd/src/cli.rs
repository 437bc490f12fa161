//! The command line.

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
  pabxd --version
";

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
enum Command {
    Serve { config: PathBuf },
    Check { file: PathBuf },
    Demo { config: PathBuf, json: PathBuf },
    Example,
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
        Command::Serve { config } => crate::serve::run(&config),
        Command::Check { file } => check(&file),
        Command::Demo { config, json } => crate::demo::run(&config, &json),
        Command::Example => {
            print!("{}", crate::config::EXAMPLE);
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
    use lexopt::prelude::{Long, Short, Value};
    let (mut name, mut file, mut config, mut json) = (None, None, None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("version") | Short('V') => return Ok(Command::Version),
            Long("config") => config = Some(PathBuf::from(parser.value()?)),
            Long("json") => json = Some(PathBuf::from(parser.value()?)),
            Value(value) if name.is_none() => name = Some(value),
            Value(value) if file.is_none() => file = Some(PathBuf::from(value)),
            other => return Err(other.unexpected()),
        }
    }
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
        Some("help") | None => Ok(Command::Help),
        Some(other) => Err(format!("there is no command `{other}`").into()),
    }
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
    fn an_unknown_word_is_refused() {
        for line in [&["fly"][..], &["check", "a", "b"], &["serve", "--fast"]] {
            assert!(parsed(line).is_err(), "{line:?}");
        }
    }
}
