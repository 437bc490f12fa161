//! Warning (RFC 3261 §20.43): more about why a session cannot be had.

use std::fmt;

use super::grammar::{Scan, number, quote, unquote};
use super::{HeaderError, TypedHeader, text};
use crate::message::HeaderName;

/// One warning: `305 pbx "Incompatible media format"`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Warning {
    /// Three digits; 3xx are about session descriptions.
    pub code: u16,
    /// Host or name of who warns.
    agent: Box<str>,
    text: Box<str>,
}

impl Warning {
    /// A warning of ours. An agent that is no token becomes `-`.
    pub fn new(code: u16, agent: &str, text: &str) -> Self {
        let agent = if super::grammar::is_token(agent) { agent } else { "-" };
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        Self { code: code.clamp(100, 999), agent: agent.into(), text: text.into() }
    }

    /// Who warns.
    pub fn agent(&self) -> &str {
        &self.agent
    }

    /// The words.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl TypedHeader for Warning {
    const NAME: HeaderName = HeaderName::Warning;
    const LIST: bool = true;

    fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        let mut scan = Scan::new(text(value)?);
        let code = scan.take_while(|b| b.is_ascii_digit());
        let code = number(code).filter(|_| code.len() == 3).ok_or(HeaderError::Syntax)?;
        if !scan.eat(b' ') {
            return Err(HeaderError::Syntax);
        }
        scan.skip_ws();
        let agent = scan.take_while(|b| b.is_ascii_graphic() && b != b'"');
        scan.skip_ws();
        let text = scan.quoted().filter(|_| !agent.is_empty()).ok_or(HeaderError::Syntax)?;
        if !scan.finished() {
            return Err(HeaderError::Syntax);
        }
        Ok(Self { code, agent: agent.into(), text: unquote(text).into() })
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03} {} {}", self.code, self.agent, quote(&self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_an_agent_and_words() {
        let warning = Warning::parse(b"370 devnull  \"Choose a \\\"bigger\\\" pipe\"").unwrap();
        assert_eq!(
            (warning.code, warning.agent(), warning.text()),
            (370, "devnull", "Choose a \"bigger\" pipe")
        );
        assert_eq!(warning.to_string(), "370 devnull \"Choose a \\\"bigger\\\" pipe\"");
        assert_eq!(Warning::new(305, "a b", "x\r\ny").to_string(), "305 - \"xy\"");
        for bad in ["", "1812 overture \"In Progress\"", "370 \"x\"", "370 a x", "370 a \"x", "370 a \"x\" y"]
        {
            assert!(Warning::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
