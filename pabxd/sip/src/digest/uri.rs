//! Whether the URI that was hashed is the URI that was asked for.
//!
//! RFC 7616 §3.4.6 has the server make sure of it, or else a captured response could be used for another
//! resource. On the way a proxy may touch parameters, the port, or the name of the host, and phones write down
//! one and hash another. So: the user part must be the same to the letter (who is called), scheme apart from the
//! `s`, and the host must be the same name or both must be names of this box. Port, parameters and headers are
//! not compared: they do not change who is called here, and the nonce count forbids the replay itself.

use crate::uri::{Host, Uri};

/// True when a response over `hashed` may serve a request for `requested`.
pub(super) fn covers(hashed: &str, requested: &str, aliases: &[Host]) -> bool {
    if hashed == requested {
        return true;
    }
    let (Ok(hashed), Ok(requested)) = (Uri::parse(hashed), Uri::parse(requested)) else { return false };
    if !hashed.is_sip() || !requested.is_sip() {
        return hashed.equivalent(&requested);
    }
    hashed.user_decoded() == requested.user_decoded() && same_place(hashed.host(), requested.host(), aliases)
}

fn same_place(hashed: Option<&Host>, requested: Option<&Host>, aliases: &[Host]) -> bool {
    let (Some(hashed), Some(requested)) = (hashed, requested) else { return false };
    let is_alias = |host: &Host| aliases.iter().any(|alias| alias.equivalent(host));
    hashed.equivalent(requested) || (is_alias(hashed) && is_alias(requested))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers_here(hashed: &str, requested: &str) -> bool {
        let aliases = ["pabx.example", "192.0.2.1"].map(|host| Host::parse(host).unwrap());
        covers(hashed, requested, &aliases)
    }

    #[test]
    fn the_same_callee_by_another_spelling_is_covered() {
        for (hashed, requested) in [
            ("sip:1001@pabx.example", "sip:1001@pabx.example"),
            ("sip:1001@pabx.example", "sip:1001@PABX.example:5060;transport=tcp"),
            ("sip:%31001@pabx.example", "sip:1001@pabx.example"),
            ("sip:pabx.example", "sip:192.0.2.1"),
            ("sip:*43@pabx.example", "sip:*43@192.0.2.1:5070"),
            ("sips:1001@pabx.example", "sip:1001@pabx.example"),
            ("tel:+551133334444", "tel:+55-11-3333-4444"),
        ] {
            assert!(covers_here(hashed, requested), "{hashed} {requested}");
        }
    }

    #[test]
    fn another_callee_is_not() {
        for (hashed, requested) in [
            ("sip:1001@pabx.example", "sip:1002@pabx.example"),
            ("sip:1001@pabx.example", "sip:pabx.example"),
            ("sip:1001@pabx.example", "sip:1001@other.example"),
            ("sip:1001@other.example", "sip:1001@192.0.2.1"),
            ("sip:1001@pabx.example", "tel:1001"),
            ("*", "sip:1001@pabx.example"),
            ("", "sip:1001@pabx.example"),
        ] {
            assert!(!covers_here(hashed, requested), "{hashed} {requested}");
        }
    }
}
