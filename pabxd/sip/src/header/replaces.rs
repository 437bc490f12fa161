//! Replaces (RFC 3891): the dialog whose place a new call takes. Read only: we do not ask for it yet.

use std::fmt;

use super::{HeaderError, TypedHeader, text};
use crate::header::grammar::Scan;
use crate::message::HeaderName;
use crate::uri::Params;

/// A dialog as the peer that is asked knows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Replaces {
    call_id: Box<str>,
    params: Params,
}

impl Replaces {
    /// Call-ID of the dialog.
    pub fn call_id(&self) -> &str {
        &self.call_id
    }

    /// The tag of the side that is asked.
    pub fn to_tag(&self) -> &str {
        self.params.get("to-tag").unwrap_or_default()
    }

    /// The tag of the other side.
    pub fn from_tag(&self) -> &str {
        self.params.get("from-tag").unwrap_or_default()
    }

    /// True when only a dialog that is not confirmed yet may be replaced.
    pub fn early_only(&self) -> bool {
        self.params.has("early-only")
    }
}

impl TypedHeader for Replaces {
    const NAME: HeaderName = HeaderName::Replaces;

    fn parse(value: &[u8]) -> Result<Self, HeaderError> {
        let mut scan = Scan::new(text(value)?);
        let call_id = scan.take_while(|b| b.is_ascii_graphic() && b != b';');
        let params = Params::scan_header(&mut scan).filter(|_| scan.finished()).ok_or(HeaderError::Syntax)?;
        // Both tags are mandatory; an RFC 2543 peer's missing tag is `0`.
        let tagged = ["to-tag", "from-tag"].iter().all(|tag| params.get(tag).is_some_and(|t| !t.is_empty()));
        if call_id.is_empty() || !tagged {
            return Err(HeaderError::Syntax);
        }
        Ok(Self { call_id: call_id.into(), params })
    }
}

impl fmt::Display for Replaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.call_id, self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_is_named_by_three_strings() {
        let text = "425928@bobster.example.org;to-tag=7743;from-tag=6472;early-only";
        let replaces = Replaces::parse(text.as_bytes()).unwrap();
        assert_eq!(replaces.call_id(), "425928@bobster.example.org");
        assert_eq!((replaces.to_tag(), replaces.from_tag(), replaces.early_only()), ("7743", "6472", true));
        assert_eq!(replaces.to_string(), text);
        for bad in [
            "",
            "a",
            "a;to-tag=1",
            "a;from-tag=1",
            ";to-tag=1;from-tag=2",
            "a;to-tag;from-tag=2",
            "a b;to-tag=1;from-tag=2",
        ] {
            assert!(Replaces::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
