//! Asking for the passphrase: never on the command line, where everybody on the machine could read it.

use anyhow::{Context, bail};
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Read, Stdin, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// Characters of a new one.
const MIN: usize = 12;
/// Octets that are read.
const MAX: u64 = 1024;

/// Reads it from a file's first line; without one from a terminal (twice, where it is new), else from standard input.
pub fn read(file: Option<&Path>, new: bool) -> anyhow::Result<Zeroizing<String>> {
    let stdin = std::io::stdin();
    let passphrase = match file {
        Some(path) => {
            let file = File::open(path).with_context(|| path.display().to_string())?;
            line(&mut BufReader::new(file.take(MAX)))?
        }
        None if stdin.is_terminal() => ask(&stdin, new)?,
        None => line(&mut stdin.lock().take(MAX))?,
    };
    if new {
        check(&passphrase)?;
    }
    Ok(passphrase)
}

/// Whether a new one is long enough to keep a backup closed.
pub fn check(passphrase: &str) -> anyhow::Result<()> {
    if passphrase.chars().count() < MIN {
        bail!("the passphrase has fewer than {MIN} characters");
    }
    if u64::try_from(passphrase.len()).unwrap_or(u64::MAX) > MAX {
        bail!("the passphrase has more than {MAX} octets");
    }
    Ok(())
}

fn line(source: &mut dyn BufRead) -> anyhow::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    source.read_line(&mut text).context("the passphrase could not be read")?;
    let length = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(length);
    if text.is_empty() {
        bail!("there is no passphrase");
    }
    Ok(text)
}

fn ask(stdin: &Stdin, new: bool) -> anyhow::Result<Zeroizing<String>> {
    let _silent = Silent::begin(stdin)?;
    let ask = |prompt: &str| {
        eprint!("{prompt}: ");
        std::io::stderr().flush()?;
        let answer = line(&mut stdin.lock());
        eprintln!();
        answer
    };
    let passphrase = ask("Passphrase of the backup")?;
    if new && *ask("Once more")? != *passphrase {
        bail!("the two are not the same");
    }
    Ok(passphrase)
}

/// What is typed is not shown, until this is dropped.
struct Silent<'a>(&'a Stdin, Termios);

impl<'a> Silent<'a> {
    fn begin(stdin: &'a Stdin) -> anyhow::Result<Self> {
        let before = tcgetattr(stdin)?;
        let mut silent = before.clone();
        silent.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(stdin, SetArg::TCSAFLUSH, &silent)?;
        Ok(Self(stdin, before))
    }
}

impl Drop for Silent<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.0, SetArg::TCSAFLUSH, &self.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_without_its_end() {
        assert_eq!(*line(&mut &b"correct horse battery\r\nmore"[..]).unwrap(), "correct horse battery");
        assert!(line(&mut &b"\n"[..]).is_err() && line(&mut &b""[..]).is_err());
    }

    #[test]
    fn a_new_one_has_twelve_characters() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "short").unwrap();
        assert!(read(Some(file.path()), true).is_err());
        assert_eq!(*read(Some(file.path()), false).unwrap(), "short");
    }
}
