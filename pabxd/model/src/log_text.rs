//! How text of the network, and numbers of people, get into a log: only through these two wrappers.

use std::fmt::{self, Display, Formatter, Write};

/// Text from the network, made safe for a log line: control characters, invisible direction marks, backslashes
/// and octets that are no UTF-8 are escaped, and at most [`Untrusted::MAX_CHARS`] characters are written.
#[derive(Clone, Copy)]
pub struct Untrusted<'a>(&'a [u8]);

impl<'a> Untrusted<'a> {
    /// Most characters written, escapes counted; what is longer ends in `…`.
    pub const MAX_CHARS: usize = 128;

    /// Wraps text or octets.
    pub fn new<T: AsRef<[u8]> + ?Sized>(text: &'a T) -> Self {
        Self(text.as_ref())
    }
}

impl Display for Untrusted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut out = Capped { out: f, left: Self::MAX_CHARS };
        // Each octet becomes at least a character, or four octets one: no need to look further than this.
        let looked_at = self.0.get(..Self::MAX_CHARS * 4 + 4).unwrap_or(self.0);
        for chunk in looked_at.utf8_chunks() {
            for c in chunk.valid().chars() {
                if !out.piece(&Escaped(c))? {
                    return Ok(());
                }
            }
            for octet in chunk.invalid() {
                if !out.piece(&format_args!("\\x{octet:02x}"))? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Untrusted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// One character, escaped where it could change how the line reads.
struct Escaped(char);

impl Display for Escaped {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            '\\' => f.write_str("\\\\"),
            '"' => f.write_str("\\\""),
            c if c.is_control() || is_deceptive(c) => write!(f, "\\u{{{:x}}}", u32::from(c)),
            c => f.write_char(c),
        }
    }
}

/// Characters that are invisible or turn the direction of what follows.
pub fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

struct Capped<'f, 'b> {
    out: &'f mut Formatter<'b>,
    left: usize,
}

impl Capped<'_, '_> {
    /// Writes the piece whole, or `…` in its place; says whether there is more room.
    fn piece(&mut self, piece: &dyn Display) -> Result<bool, fmt::Error> {
        let mut count = Count(0);
        write!(count, "{piece}")?;
        match self.left.checked_sub(count.0) {
            Some(left) => {
                self.left = left;
                write!(self.out, "{piece}")?;
                Ok(true)
            }
            None => self.out.write_char('…').map(|()| false),
        }
    }
}

struct Count(usize);

impl Write for Count {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.chars().count();
        Ok(())
    }
}

/// A number of a person, for log lines at INFO and above: enough to recognise for who knows it, not to learn it.
///
/// Up to 3 characters are all hidden; up to 7 show the first and the last (`1**4`); longer ones show the first three
/// and the last two (`+55*********21`). Characters that are not printable ASCII are shown as `?`.
#[derive(Clone, Copy)]
pub struct Masked<'a>(pub &'a str);

impl Masked<'_> {
    /// Most characters written.
    pub const MAX_CHARS: usize = 32;
}

impl Display for Masked<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let len = self.0.chars().count().min(Self::MAX_CHARS);
        let (head, tail) = match len {
            0..=3 => (0, 0),
            4..=7 => (1, 1),
            _ => (3, 2),
        };
        for (place, c) in self.0.chars().take(len).enumerate() {
            let shown = place < head || place >= len - tail;
            f.write_char(match c {
                _ if !shown => '*',
                c if c.is_ascii_graphic() => c,
                _ => '?',
            })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_break_cannot_forge_a_log_line() {
        let shown = Untrusted::new("ok\r\nERROR root\u{1b}[31m\u{202e}x\"\\").to_string();
        assert_eq!(shown, "ok\\u{d}\\u{a}ERROR root\\u{1b}[31m\\u{202e}x\\\"\\\\");
    }

    #[test]
    fn octets_that_are_no_text_are_shown_in_hex() {
        assert_eq!(Untrusted::new(&[b'a', 0xff, 0xc3]).to_string(), "a\\xff\\xc3");
        assert_eq!(Untrusted::new("São").to_string(), "São");
    }

    #[test]
    fn long_text_is_cut_at_a_whole_escape() {
        let shown = Untrusted::new(&"x".repeat(5_000)).to_string();
        assert_eq!(shown.chars().count(), Untrusted::MAX_CHARS + 1);
        assert!(shown.ends_with("x…"));
        assert!(Untrusted::new(&[0u8; 5_000]).to_string().ends_with("\\u{0}…"));
    }

    #[test]
    fn exactly_the_limit_is_shown_whole() {
        assert_eq!(Untrusted::new(&"x".repeat(128)).to_string(), "x".repeat(128));
    }

    #[test]
    fn numbers_of_people_are_masked() {
        for (number, shown) in [
            ("", ""),
            ("911", "***"),
            ("1004", "1**4"),
            ("+5511987654321", "+55*********21"),
            ("\n004", "?**4"),
        ] {
            assert_eq!(Masked(number).to_string(), shown);
        }
    }

    proptest! {
        #[test]
        fn nothing_shown_is_a_control_character(octets in proptest::collection::vec(any::<u8>(), 0..800)) {
            let shown = Untrusted::new(&octets).to_string();
            prop_assert!(!shown.chars().any(|c| c.is_control() || is_deceptive(c)));
            prop_assert!(shown.chars().count() <= Untrusted::MAX_CHARS + 1);
        }

        #[test]
        fn a_mask_hides_at_least_half(number in "[+0-9]{4,40}") {
            let shown = Masked(&number).to_string();
            prop_assert!(shown.matches('*').count() * 2 >= shown.len().min(7) - 1);
            prop_assert!(shown.len() <= Masked::MAX_CHARS);
        }
    }
}
