//! As whom the box calls itself: made at each start of the daemon, never written down.

use crate::control::protocol::Credentials;
use anyhow::Context;
use pabx_model::{DigestSecrets, Directory};
use pabx_sip::digest::ha1;
use ring::rand::SecureRandom;
use std::fmt::Write;

/// Octets of randomness in the password.
const STRENGTH: usize = 24;

/// New credentials.
pub fn make() -> anyhow::Result<Credentials> {
    let mut octets = [0; STRENGTH];
    ring::rand::SystemRandom::new()
        .fill(&mut octets)
        .map_err(|_| anyhow::anyhow!("the kernel gives no randomness"))?;
    let mut password = String::with_capacity(STRENGTH * 2);
    for octet in octets {
        write!(password, "{octet:02x}")?;
    }
    Ok(Credentials {
        username: Directory::SELF_TEST_USERNAME.to_owned(),
        password,
        domain: Directory::SELF_TEST_DOMAIN.to_owned(),
    })
}

/// The directory in which they are good, for this realm.
pub fn admit(directory: Directory, credentials: &Credentials, realm: &str) -> anyhow::Result<Directory> {
    let hashed = ha1(&credentials.username, realm, &credentials.password);
    let secrets = DigestSecrets { md5: hashed.md5, sha256: hashed.sha256 };
    directory.with_self_test(secrets).context("the identity of the self-test")
}
