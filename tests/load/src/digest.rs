//! The client's side of digest authentication with MD5 and `qop=auth` (RFC 2617, RFC 7616).

use crate::demo::Extension;
use md5::{Digest, Md5};

/// A server's challenge.
#[derive(Clone)]
pub(crate) struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    qop: bool,
}

impl Challenge {
    /// Reads a challenge; `None` for an algorithm other than MD5.
    pub(crate) fn read(value: &str) -> Option<Challenge> {
        let algorithm = parameter(value, "algorithm").unwrap_or("MD5");
        algorithm.eq_ignore_ascii_case("MD5").then_some(())?;
        Some(Challenge {
            realm: parameter(value, "realm")?.into(),
            nonce: parameter(value, "nonce")?.into(),
            opaque: parameter(value, "opaque").map(Into::into),
            qop: parameter(value, "qop").is_some(),
        })
    }

    /// The value of an Authorization header.
    pub(crate) fn answer(&self, who: &Extension, method: &str, uri: &str, count: u32) -> String {
        let Challenge { realm, nonce, .. } = self;
        let secret = hash(&format!("{}:{realm}:{}", who.username, who.password));
        let request = hash(&format!("{method}:{uri}"));
        let (response, rest) = if self.qop {
            let text = format!("{secret}:{nonce}:{count:08x}:0a4f113b:auth:{request}");
            (hash(&text), format!(", qop=auth, nc={count:08x}, cnonce=\"0a4f113b\""))
        } else {
            (hash(&format!("{secret}:{nonce}:{request}")), String::new())
        };
        let opaque = self.opaque.as_ref().map_or(String::new(), |opaque| format!(", opaque=\"{opaque}\""));
        format!(
            "Digest username=\"{}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", algorithm=MD5{rest}{opaque}",
            who.username
        )
    }
}

fn parameter<'v>(value: &'v str, name: &str) -> Option<&'v str> {
    let fields = value.trim_start_matches("Digest").split(',');
    let found = fields.filter_map(|field| field.trim().split_once('=')).find(|(key, _)| *key == name)?;
    Some(found.1.trim_matches('"'))
}

fn hash(text: &str) -> String {
    use std::fmt::Write;
    Md5::digest(text).iter().fold(String::with_capacity(32), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_that_of_the_definition() {
        let who = Extension { number: "1".into(), username: "u".into(), password: "p".into() };
        let challenge = Challenge::read("Digest realm=\"r\", nonce=\"n\", qop=\"auth\"").unwrap();
        let answer = challenge.answer(&who, "REGISTER", "sip:x", 1);
        let wanted = hash(&format!("{}:n:00000001:0a4f113b:auth:{}", hash("u:r:p"), hash("REGISTER:sip:x")));
        assert!(answer.contains(&format!("response=\"{wanted}\"")));
        assert_eq!(hash(""), "d41d8cd98f00b204e9800998ecf8427e");
    }
}
