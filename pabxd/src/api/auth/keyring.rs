//! The keys that tokens are signed with: kept sealed in the store, a new one each day, the old ones for as long as a
//! token can live that they have signed.

use super::token::{self, Audience, Claims, Key};
use pabx_model::Timestamp;
use pabx_store::{Store, StoreError, WholeBox};
use std::sync::{PoisonError, RwLock};

/// How long a key signs.
const SIGNS_MS: u64 = 24 * 60 * 60 * 1000;
/// Keys that are kept: the present one, and those of tokens that still live (browser sessions of twelve hours).
const KEPT: u32 = 3;

/// The keys, the newest first.
pub struct Keyring {
    keys: RwLock<Keys>,
}

struct Keys {
    keys: Vec<Key>,
    newest: Timestamp,
}

impl Keyring {
    /// Reads them; makes the first, and the next when it is time.
    pub fn open(store: &mut Store, now: Timestamp) -> Result<Self, StoreError> {
        let keys = load(store, now)?;
        Ok(Self { keys: RwLock::new(keys) })
    }

    /// Makes the next key when it is time: asked before each signature.
    pub fn rotate(&self, store: &mut Store, now: Timestamp) -> Result<(), StoreError> {
        // A clock that was set back makes no new key each time: only one that is old does.
        let is_due = |keys: &Keys| now.0.saturating_sub(keys.newest.0) >= SIGNS_MS;
        if !is_due(&self.keys.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(());
        }
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if is_due(&keys) {
            *keys = load(store, now)?;
        }
        Ok(())
    }

    /// Signs with the newest.
    pub fn sign(&self, claims: &Claims) -> Option<String> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.keys.first().map(|key| token::sign(key, claims))
    }

    /// The claims of a token that one of them has signed.
    pub fn verify(&self, token: &str, audience: Audience, now: Timestamp) -> Option<Claims> {
        token::verify(&self.keys.read().unwrap_or_else(PoisonError::into_inner).keys, token, audience, now)
    }

    /// Keyed digests of a text by each key, the newest first.
    pub fn tags(&self, purpose: &str, text: &str) -> Vec<String> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.keys.iter().map(|key| key.tag(purpose, text)).collect()
    }
}

fn load(store: &mut Store, now: Timestamp) -> Result<Keys, StoreError> {
    let mut kept = store.signing_keys(WholeBox, KEPT)?;
    if kept.first().is_none_or(|newest| now.0.saturating_sub(newest.created_at.0) >= SIGNS_MS) {
        store.add_signing_key(WholeBox, KEPT, now)?;
        kept = store.signing_keys(WholeBox, KEPT)?;
    }
    let newest = kept.first().map_or(now, |key| key.created_at);
    let keys = kept.iter().map(|key| Key::new(key.key_id.clone(), &key.secret)).collect();
    Ok(Keys { keys, newest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_another_key_signs_and_the_last_ones_are_still_believed() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = crate::state::open_store(folder.path()).unwrap();
        let day = |nth: u64| Timestamp(1_800_000_000_000 + nth * SIGNS_MS);
        let keyring = Keyring::open(&mut store, day(0)).unwrap();
        let sign = |keyring: &Keyring, at: Timestamp| {
            let claims = Claims {
                sub: "u".into(),
                sid: "s".into(),
                aud: Audience::Api,
                iat: at.0 / 1000,
                exp: at.0 / 1000 + 10 * 86_400,
            };
            keyring.sign(&claims).unwrap()
        };
        let first = sign(&keyring, day(0));
        for nth in 1..=3 {
            keyring.rotate(&mut store, day(nth)).unwrap();
            keyring.rotate(&mut store, day(nth)).unwrap();
            let believed = keyring.verify(&first, Audience::Api, day(nth)).is_some();
            assert_eq!(believed, nth < u64::from(KEPT), "day {nth}");
        }
        let again = Keyring::open(&mut store, day(3)).unwrap();
        assert!(again.verify(&sign(&keyring, day(3)), Audience::Api, day(3)).is_some());
    }
}
