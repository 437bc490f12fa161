//! Who sends: a token that the box signs for each service (RFC 8292), by a key that is made once and lies sealed in the store.

use anyhow::{Context, anyhow};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pabx_model::Timestamp;
use pabx_store::{Store, WholeBox};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;
use zeroize::Zeroizing;

/// How long a token is good; a day at most (RFC 8292 §2).
const SECONDS: u64 = 12 * 3600;

/// The key of the box.
pub struct Vapid {
    pair: EcdsaKeyPair,
}

impl Vapid {
    /// The one in the store; made, where there is none yet.
    pub fn of_box(store: &mut Store, now: Timestamp) -> anyhow::Result<Self> {
        let made = || {
            let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
            made.ok().map(|key| Zeroizing::new(key.as_ref().to_vec()))
        };
        let key = store.push_key(WholeBox, made, now)?.context("no key could be made")?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key, &SystemRandom::new());
        Ok(Self { pair: pair.map_err(|error| anyhow!("the key for push messages: {error}"))? })
    }

    /// The public key as browsers take it (`applicationServerKey`).
    pub fn public_key(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref())
    }

    /// The field `Authorization` for a service; `contact` is whom it may ask, where that is known.
    pub fn authorization(
        &self,
        origin: &str,
        contact: Option<&str>,
        now: Timestamp,
    ) -> anyhow::Result<String> {
        let mut claims = json!({ "aud": origin, "exp": now.0 / 1000 + SECONDS });
        if let (Some(contact), Some(claims)) = (contact, claims.as_object_mut()) {
            claims.insert("sub".into(), format!("mailto:{contact}").into());
        }
        let part = |value: &serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let body = format!("{}.{}", part(&json!({ "typ": "JWT", "alg": "ES256" })), part(&claims));
        let signature = self.pair.sign(&SystemRandom::new(), body.as_bytes());
        let signature = signature.map_err(|_| anyhow!("a token could not be signed"))?;
        let token = format!("{body}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.as_ref()));
        Ok(format!("vapid t={token}, k={}", self.public_key()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    #[test]
    fn a_token_is_for_one_service_and_signed_by_the_key_that_browsers_know() {
        let made =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &SystemRandom::new());
        let vapid = Vapid { pair: pair.unwrap() };
        let text = vapid.authorization("https://push.test", Some("box@x.test"), Timestamp(1_000)).unwrap();
        let (token, key) = text.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(key, vapid.public_key());
        let (body, signature) = token.rsplit_once('.').unwrap();
        let octets = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, octets(key));
        public.verify(body.as_bytes(), &octets(signature)).unwrap();
        let claims: serde_json::Value =
            serde_json::from_slice(&octets(body.split_once('.').unwrap().1)).unwrap();
        assert_eq!(claims, json!({ "aud": "https://push.test", "exp": 43_201, "sub": "mailto:box@x.test" }));
    }
}
