//! Access tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256 (RFC 7515), and no other algorithm.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pabx_model::Timestamp;
use ring::hmac;
use serde::{Deserialize, Serialize};

/// Longest token that is looked at, in octets.
pub const MAX_LEN: usize = 1024;
/// Seconds that another clock may be ahead.
const LEEWAY_SECONDS: u64 = 5;
const ALGORITHM: &str = "HS256";

/// Whom a token is for: one kind cannot stand where the other is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// `Authorization: Bearer`.
    Api,
    /// The cookie of a browser's session.
    Browser,
}

/// What a token says. Times are seconds since 1970 (RFC 7519 §2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub sub: String,
    /// The session, which is looked up: a token of a revoked one is worth nothing.
    pub sid: String,
    /// Whom it is for.
    pub aud: Audience,
    /// Made at.
    pub iat: u64,
    /// Good until.
    pub exp: u64,
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    typ: Option<String>,
    kid: String,
}

/// A key to sign with. Its id goes into the token's head.
pub struct Key {
    id: String,
    key: hmac::Key,
}

impl Key {
    /// Takes 256 random bits.
    pub fn new(id: String, secret: &[u8]) -> Self {
        Self { id, key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }

    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A keyed digest for other uses, such as the token against request forgery; `purpose` keeps them apart.
    pub fn tag(&self, purpose: &str, text: &str) -> String {
        let mut context = hmac::Context::with_key(&self.key);
        for part in [purpose, "\0", text] {
            context.update(part.as_bytes());
        }
        URL_SAFE_NO_PAD.encode(context.sign())
    }
}

/// Signs.
pub fn sign(key: &Key, claims: &Claims) -> String {
    let header = Header { alg: ALGORITHM.into(), typ: Some("JWT".into()), kid: key.id.clone() };
    let part = |json: Result<Vec<u8>, _>| URL_SAFE_NO_PAD.encode(json.unwrap_or_default());
    let body = format!("{}.{}", part(serde_json::to_vec(&header)), part(serde_json::to_vec(claims)));
    let tag = hmac::sign(&key.key, body.as_bytes());
    format!("{body}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// The claims of a token that one of our keys has signed, for this audience, and that has not run out.
pub fn verify(keys: &[Key], token: &str, audience: Audience, now: Timestamp) -> Option<Claims> {
    if token.len() > MAX_LEN {
        return None;
    }
    let (body, tag) = token.rsplit_once('.')?;
    let (header, claims) = body.split_once('.')?;
    let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    if header.alg != ALGORITHM {
        return None;
    }
    let key = keys.iter().find(|key| key.id == header.kid)?;
    hmac::verify(&key.key, body.as_bytes(), &URL_SAFE_NO_PAD.decode(tag).ok()?).ok()?;
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let seconds = now.0 / 1000;
    let in_time = seconds < claims.exp && claims.iat <= seconds.saturating_add(LEEWAY_SECONDS);
    (claims.aud == audience && in_time).then_some(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn key(id: &str) -> Key {
        Key::new(id.into(), id.repeat(16).as_bytes())
    }

    fn claims() -> Claims {
        Claims {
            sub: "u".into(),
            sid: "s".into(),
            aud: Audience::Api,
            iat: 1_800_000_000,
            exp: 1_800_000_900,
        }
    }

    #[test]
    fn a_token_is_read_back_by_the_keys_that_are_kept() {
        let token = sign(&key("k1"), &claims());
        assert_eq!(verify(&[key("k2"), key("k1")], &token, Audience::Api, NOW), Some(claims()));
        assert_eq!(verify(&[key("k2")], &token, Audience::Api, NOW), None);
    }

    #[test]
    fn it_is_refused_for_another_use_or_time() {
        let token = sign(&key("k1"), &claims());
        let keys = [key("k1")];
        assert_eq!(verify(&keys, &token, Audience::Browser, NOW), None);
        assert_eq!(verify(&keys, &token, Audience::Api, Timestamp(1_800_000_900_000)), None);
        assert_eq!(verify(&keys, &token, Audience::Api, Timestamp(1_799_999_000_000)), None);
    }

    #[test]
    fn no_other_algorithm_is_believed() {
        let keys = [key("k1")];
        let token = sign(&keys[0], &claims());
        let (_, rest) = token.split_once('.').unwrap();
        for header in
            [r#"{"alg":"none","kid":"k1"}"#, r#"{"alg":"HS512","kid":"k1"}"#, r#"{"alg":"hs256","kid":"k1"}"#]
        {
            let forged = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header));
            assert_eq!(verify(&keys, &forged, Audience::Api, NOW), None, "{header}");
        }
        let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
        assert_eq!(verify(&keys, &unsigned, Audience::Api, NOW), None);
    }

    #[test]
    fn every_changed_octet_is_noticed() {
        let keys = [key("k1")];
        let token = sign(&keys[0], &claims());
        for at in 0..token.len() {
            let mut octets = token.clone().into_bytes();
            octets[at] ^= 1;
            let Ok(changed) = String::from_utf8(octets) else { continue };
            assert_eq!(verify(&keys, &changed, Audience::Api, NOW), None, "octet {at}");
        }
    }

    /// RFC 7515 appendix A.1.
    #[test]
    fn the_signature_is_that_of_the_standards_example() {
        let secret = URL_SAFE_NO_PAD
            .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let body = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let tag = URL_SAFE_NO_PAD.encode(hmac::sign(&key, body.as_bytes()));
        assert_eq!(tag, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    }
}
