//! Reading the file.

use super::{Config, Problem, check};
use std::path::Path;

/// Why a configuration cannot be used.
#[derive(Debug)]
pub enum ConfigError {
    /// The file cannot be read.
    Unreadable(std::io::Error),
    /// No TOML, an unknown setting or one of the wrong kind; the text names line and column.
    Syntax(Box<toml::de::Error>),
    /// Well-formed, but values that cannot work.
    Values(Vec<Problem>),
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "cannot be read: {error}"),
            Self::Syntax(error) => write!(f, "{error}"),
            Self::Values(problems) => {
                for (nth, problem) in problems.iter().enumerate() {
                    write!(f, "{}{problem}", if nth > 0 { "\n" } else { "" })?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for ConfigError {}

/// Reads and checks a file.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    parse(&std::fs::read_to_string(path).map_err(ConfigError::Unreadable)?)
}

/// Reads and checks a text.
pub fn parse(text: &str) -> Result<Config, ConfigError> {
    let config: Config = toml::from_str(text).map_err(|error| ConfigError::Syntax(Box::new(error)))?;
    let problems = check(&config);
    if problems.is_empty() { Ok(config) } else { Err(ConfigError::Values(problems)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::EXAMPLE;

    #[test]
    fn the_example_shows_exactly_the_defaults() {
        assert_eq!(parse(EXAMPLE).unwrap(), Config::default());
    }

    #[test]
    fn every_setting_of_the_example_has_a_comment_above_it() {
        let mut commented = false;
        for line in EXAMPLE.lines() {
            match line.trim() {
                "" => commented = false,
                text if text.starts_with('#') => commented = true,
                text if text.starts_with('[') => {}
                text => assert!(commented, "no comment above `{text}`"),
            }
        }
    }

    #[test]
    fn the_example_leaves_no_setting_out() {
        let shown = EXAMPLE.lines().filter(|line| !line.starts_with('#') && line.contains(" = ")).count();
        // One per public field of the sections; a new field without a line here fails this.
        let debug = format!("{:#?}", Config::default());
        let fields = debug
            .lines()
            .filter(|line| {
                line.starts_with("        ") && !line.starts_with("         ") && line.contains(": ")
            })
            .count();
        assert_eq!(shown, fields, "{debug}");
    }

    #[test]
    fn an_unknown_setting_is_named_with_its_line() {
        let error = parse("[sip]\nlissten = []\n").unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("lissten"), "{error}");
    }

    #[test]
    fn a_value_out_of_range_is_named_with_the_range() {
        let error = parse("[rtp]\nfirst_port = 5000\nlast_port = 4000\n").unwrap_err().to_string();
        assert!(error.contains("rtp.last_port"), "{error}");
    }
}
