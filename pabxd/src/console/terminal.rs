//! The terminal: raw while the console runs, keys as they come.

use super::menu::Key;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{SetArg, Termios, cfmakeraw, tcgetattr, tcsetattr};
use std::io::{Stdin, Write};
use std::os::fd::AsFd;
use std::time::Duration;

/// How long after Escape the rest of a key's sequence may come: serial lines are slow.
const SEQUENCE: Duration = Duration::from_millis(50);

/// Standard input and output as a terminal; as it was before when dropped.
pub(super) struct Terminal {
    input: Stdin,
    before: Option<Termios>,
}

/// One octet of the line.
enum Octet {
    Is(u8),
    /// Nothing in the time there was.
    Nothing,
    /// The line is gone.
    End,
}

/// What came.
pub(super) enum Came {
    /// A key.
    Key(Key),
    /// A key that means nothing here.
    Other,
    /// Nothing in the time there was.
    Nothing,
    /// The line is gone.
    End,
}

impl Terminal {
    /// Takes it over. Where it is none (a test's pipe), keys are octets all the same.
    pub(super) fn open() -> nix::Result<Self> {
        let input = std::io::stdin();
        let before = tcgetattr(&input).ok();
        if let Some(before) = &before {
            let mut raw = before.clone();
            cfmakeraw(&mut raw);
            tcsetattr(&input, SetArg::TCSANOW, &raw)?;
        }
        Ok(Self { input, before })
    }

    pub(super) fn show(screen: &str) -> std::io::Result<()> {
        let mut output = std::io::stdout().lock();
        output.write_all(screen.as_bytes())?;
        output.flush()
    }

    /// Waits for a key.
    pub(super) fn key(&mut self, patience: Duration) -> std::io::Result<Came> {
        let first = match self.octet(patience)? {
            Octet::Nothing => return Ok(Came::Nothing),
            Octet::End => return Ok(Came::End),
            Octet::Is(first) => first,
        };
        Ok(match first {
            b'\r' | b'\n' => Came::Key(Key::Enter),
            0x08 | 0x7f => Came::Key(Key::Backspace),
            0x1b => self.sequence()?,
            0x20..=0x7e => Came::Key(Key::Char(char::from(first))),
            0xc0.. => self.wide(first)?,
            _ => Came::Other,
        })
    }

    /// After Escape: nothing more is the key itself, else the rest of an arrow and the like is skipped.
    fn sequence(&mut self) -> std::io::Result<Came> {
        let mut skipped = false;
        while let Octet::Is(octet) = self.octet(SEQUENCE)? {
            skipped = true;
            if octet.is_ascii_alphabetic() || octet == b'~' {
                break;
            }
        }
        Ok(if skipped { Came::Other } else { Came::Key(Key::Escape) })
    }

    /// The rest of a character in UTF-8.
    fn wide(&mut self, first: u8) -> std::io::Result<Came> {
        let more = match first {
            0xc0..=0xdf => 1,
            0xe0..=0xef => 2,
            _ => 3,
        };
        let mut octets = vec![first];
        for _ in 0..more {
            if let Octet::Is(octet) = self.octet(SEQUENCE)? {
                octets.push(octet);
            }
        }
        let character = std::str::from_utf8(&octets).ok().and_then(|text| text.chars().next());
        Ok(character.map_or(Came::Other, |character| Came::Key(Key::Char(character))))
    }

    fn octet(&mut self, patience: Duration) -> std::io::Result<Octet> {
        let timeout = PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX);
        let ready = {
            let mut waits = [PollFd::new(self.input.as_fd(), PollFlags::POLLIN)];
            poll(&mut waits, timeout)?
        };
        if ready == 0 {
            return Ok(Octet::Nothing);
        }
        let mut room = [0];
        // Not through the buffer of `Stdin`: what it holds back, poll does not see.
        let length = nix::unistd::read(&self.input, &mut room)?;
        Ok(match room.first() {
            Some(octet) if length == 1 => Octet::Is(*octet),
            _ => Octet::End,
        })
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // Nobody is left to tell.
            let _ = tcsetattr(&self.input, SetArg::TCSANOW, before);
        }
    }
}
