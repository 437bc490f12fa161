//! DTMF in INFO bodies (`application/dtmf-relay`, `application/dtmf`; RFC 2976 use, never standardised).
//!
//! A digit is read and written anew for the other leg; nothing of the body is copied.

/// Longest duration that is passed on, in milliseconds.
const MAX_DURATION_MS: u16 = 10_000;
/// Longest body that is looked at.
const MAX_BODY: usize = 256;
/// What phones mean when they say nothing.
const DEFAULT_DURATION_MS: u16 = 160;

/// The two bodies in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `Signal=5` and `Duration=160` on lines of their own.
    Relay,
    /// The bare digit.
    Plain,
}

impl Form {
    /// The form of a Content-Type without parameters; `None`: not DTMF.
    pub(crate) fn of(content_type: &str) -> Option<Self> {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if media_type.eq_ignore_ascii_case("application/dtmf-relay") {
            Some(Self::Relay)
        } else if media_type.eq_ignore_ascii_case("application/dtmf") {
            Some(Self::Plain)
        } else {
            None
        }
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Relay => "application/dtmf-relay",
            Self::Plain => "application/dtmf",
        }
    }
}

/// One key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyPress {
    digit: char,
    duration_ms: u16,
}

impl KeyPress {
    pub(crate) fn parse(form: Form, body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok().filter(|text| text.len() <= MAX_BODY)?;
        match form {
            Form::Plain => Some(Self { digit: digit(text)?, duration_ms: DEFAULT_DURATION_MS }),
            Form::Relay => Self::parse_relay(text),
        }
    }

    fn parse_relay(text: &str) -> Option<Self> {
        let value = |name: &str| {
            text.lines()
                .filter_map(|line| line.split_once('='))
                .find_map(|(key, value)| key.trim().eq_ignore_ascii_case(name).then(|| value.trim()))
        };
        let duration_ms = match value("Duration") {
            Some(text) => text.parse::<u16>().ok()?.min(MAX_DURATION_MS),
            None => DEFAULT_DURATION_MS,
        };
        Some(Self { digit: digit(value("Signal")?)?, duration_ms })
    }

    /// Which key: `0`–`9`, `*`, `#`, `A`–`D`.
    pub(crate) fn digit(self) -> char {
        self.digit
    }

    pub(crate) fn body(self, form: Form) -> String {
        match form {
            Form::Relay => format!("Signal={}\r\nDuration={}\r\n", self.digit, self.duration_ms),
            Form::Plain => self.digit.to_string(),
        }
    }
}

/// One of the sixteen digits. Some phones write `*` and `#` as the event numbers 10 and 11.
fn digit(text: &str) -> Option<char> {
    let text = text.trim();
    match text {
        "10" => return Some('*'),
        "11" => return Some('#'),
        _ => {}
    }
    let mut chars = text.chars();
    let first = chars.next()?.to_ascii_uppercase();
    let known = first.is_ascii_digit() || matches!(first, '*' | '#' | 'A'..='D');
    (known && chars.next().is_none()).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_press_is_read_and_written_anew() {
        let body = b"Signal= 5\r\nDuration= 250\r\nX-Evil: yes\r\n";
        let key = KeyPress::parse(Form::Relay, body).unwrap();
        assert_eq!(key.body(Form::Relay), "Signal=5\r\nDuration=250\r\n");
        assert_eq!(KeyPress::parse(Form::Plain, b"#").unwrap().body(Form::Plain), "#");
        assert_eq!(KeyPress::parse(Form::Relay, b"Signal=10").unwrap().digit, '*');
    }

    #[test]
    fn what_is_no_digit_is_refused() {
        for bad in ["", "Signal=", "Signal=55", "Signal=x", "Duration=5", "Signal=1\r\nDuration=x", "\u{ff}"]
        {
            assert_eq!(KeyPress::parse(Form::Relay, bad.as_bytes()), None, "{bad:?}");
        }
        assert_eq!(KeyPress::parse(Form::Plain, &[b'1'; 300]), None);
        assert_eq!(Form::of("Application/DTMF-Relay; charset=x"), Some(Form::Relay));
        assert_eq!(Form::of("text/plain"), None);
    }
}
