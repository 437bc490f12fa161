//! Who somebody is: passwords, one-time codes, sessions, tokens, keys of machines.
//!
//! - [`password`], [`totp`], [`recovery`]: what one knows and has;
//! - [`throttle`]: who guesses waits;
//! - [`token`], [`keyring`]: access tokens and the keys that sign them;
//! - [`authenticate`]: from a request to its caller;
//! - [`login`], [`sessions`], [`second_factor`], [`setup`]: the routes.

pub mod authenticate;
pub mod keyring;
pub mod login;
pub mod networks;
pub mod password;
pub mod recovery;
pub mod second_factor;
pub mod sessions;
pub mod setup;
pub mod throttle;
pub mod token;
pub mod totp;

/// 256 random bits as text that goes into URLs and headers.
pub fn random_text() -> Result<zeroize::Zeroizing<String>, super::core::problem::Problem> {
    use base64::Engine as _;
    let mut octets = zeroize::Zeroizing::new([0; 32]);
    fill(octets.as_mut())?;
    Ok(zeroize::Zeroizing::new(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(octets.as_ref())))
}

/// Random octets.
pub fn fill(octets: &mut [u8]) -> Result<(), super::core::problem::Problem> {
    use super::core::problem::{Kind, Problem};
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), octets)
        .map_err(|_| Problem::about(Kind::Unavailable, "the system gives no randomness"))
}

/// What is kept of a secret that has 256 random bits itself: no salt, no slow hash is needed.
pub fn secret_hash(secret: &str) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, secret.as_bytes());
    digest.as_ref().first_chunk().copied().unwrap_or_default()
}
