//! The server's side of digest authentication (RFC 7616, RFC 8760; RFC 3261 §22).
//!
//! Nothing is remembered of anybody who has not authenticated: the nonce itself says whether it is ours and how
//! old it is. Unknown user and wrong password cost the same work and give the same verdict.

use super::credentials::Credentials;
use super::hash::{Algorithm, Ha1, Question};
use super::nonce::{Mint, Nonce};
use super::replay::Spent;
use super::uri;
use crate::message::{HeaderName, Request};
use crate::uri::Host;
use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, Instant};

/// `Authorization` fields of one request that are looked at; more are ignored.
pub const MAX_AUTHORIZATIONS: usize = 4;
/// Nonces whose use is remembered, unless the configuration says otherwise.
pub const MAX_NONCES: usize = 32_768;

/// How digest authentication behaves.
#[derive(Debug, Clone)]
pub struct AuthConfig {
    /// How long a nonce is good; older ones are stale.
    pub nonce_lifetime: Duration,
    /// Nonces whose use is remembered: 64 octets of memory or so each, used only as phones authenticate.
    pub max_nonces: usize,
    /// What challenges offer, the preferred first. Never chosen by user: that would tell who exists.
    /// SHA-256 is accepted whether offered or not, MD5 only when it is.
    pub offer: Vec<Algorithm>,
    /// Hosts that all name this box: see `digest/uri.rs` for what this allows.
    pub aliases: Vec<Host>,
}

impl Default for AuthConfig {
    fn default() -> Self {
        Self {
            nonce_lifetime: Duration::from_mins(5),
            max_nonces: MAX_NONCES,
            // Phones built on libre 2.x give up on any 401 that has a SHA-256 challenge, also beside MD5.
            offer: vec![Algorithm::Md5],
            aliases: Vec::new(),
        }
    }
}

/// What the credentials of a request are worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthVerdict<'r> {
    /// They are right and were not used before.
    Accepted {
        /// As the phone wrote it, escapes undone.
        username: Cow<'r, str>,
    },
    /// There are none that we could read, or they are for another realm: challenge. Not a failure to count.
    NoCredentials,
    /// They are right, but their nonce is too old, used up, or from before a restart: challenge with `stale=true`.
    /// Not a failure to count.
    Stale,
    /// They are wrong: challenge again, exactly like [`AuthVerdict::NoCredentials`], and count the failure.
    Rejected {
        /// As claimed: may be anything, up to 1 KiB.
        username: Cow<'r, str>,
    },
}

/// The value of one `WWW-Authenticate` field.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    realm: &'a str,
    nonce: Nonce,
    algorithm: Algorithm,
    stale: bool,
}

impl Offer<'_> {
    /// Which algorithm is offered.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The nonce, which both offers of a challenge share.
    pub fn nonce(&self) -> &Nonce {
        &self.nonce
    }
}

impl fmt::Display for Offer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { realm, nonce, algorithm, stale } = self;
        write!(f, r#"Digest realm="{realm}",nonce="{}",algorithm={algorithm},qop="auth""#, nonce.as_str())?;
        if *stale { f.write_str(",stale=true") } else { Ok(()) }
    }
}

/// Challenges and verifies, for one realm.
#[derive(Debug)]
pub struct Authenticator {
    realm: String,
    config: AuthConfig,
    mint: Mint,
    spent: Spent,
    /// Stands in for the secret of users that do not exist; known to nobody.
    nobody: Ha1,
}

impl Authenticator {
    /// For the realm, with a secret key of its own; both sides of a restart may have different keys. `epoch` is
    /// any instant not after the first use. Characters that would need quoting are left out of the realm.
    pub fn new(realm: impl Into<String>, key: [u8; 32], config: AuthConfig, epoch: Instant) -> Self {
        let mut realm = realm.into();
        realm.retain(|c| !c.is_control() && !matches!(c, '"' | '\\'));
        let mint = Mint::new(&key, epoch);
        let nobody = mint.secret_of_nobody();
        let spent = Spent::new(config.max_nonces);
        Self { realm, config, mint, spent, nobody }
    }

    /// The realm, as it stands in challenges and was hashed into the secrets.
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// What to put into a 401, in this order (RFC 8760 §2.4: the preferred first).
    /// One field is enough where several would make the answer too long.
    pub fn challenge(&self, now: Instant, stale: bool) -> impl Iterator<Item = Offer<'_>> {
        let nonce = self.mint.mint(now);
        self.config.offer.iter().map(move |&algorithm| Offer { realm: &self.realm, nonce, algorithm, stale })
    }

    /// Judges the `Authorization` of a request. `lookup` finds the secret of a user name in whatever form the
    /// phone was given; it should take as long for one that does not exist.
    pub fn verify<'r>(
        &mut self,
        now: Instant,
        request: &'r Request,
        lookup: &dyn Fn(&str) -> Option<Ha1>,
    ) -> AuthVerdict<'r> {
        let Some(credentials) = self.select(request) else { return AuthVerdict::NoCredentials };
        let username = unescaped(credentials.username);
        let known = lookup(&username);
        let question = Question {
            method: request.method().as_str(),
            uri: credentials.uri,
            nonce: credentials.nonce,
            nc: credentials.nc,
            cnonce: credentials.cnonce,
        };
        let expected = question.response(credentials.algorithm, known.as_ref().unwrap_or(&self.nobody));
        let right = expected.matches(credentials.response) & known.is_some();
        let stamp = self.mint.read(now, credentials.nonce);
        if !right || !uri::covers(credentials.uri, request.uri_text(), &self.config.aliases) {
            return AuthVerdict::Rejected { username };
        }
        let fresh = stamp.filter(|stamp| u64::from(stamp.age) < self.config.nonce_lifetime.as_secs());
        match fresh {
            Some(stamp) if self.spent.spend(stamp.number, credentials.count) => {
                AuthVerdict::Accepted { username }
            }
            _ => AuthVerdict::Stale,
        }
    }

    /// Nonces whose use is remembered at the moment.
    pub fn nonces(&self) -> usize {
        self.spent.len()
    }

    /// RFC 7616 §3.5: a request may carry credentials for several realms; the first for ours counts.
    fn select<'r>(&self, request: &'r Request) -> Option<Credentials<'r>> {
        let fields = request.headers().fields(&HeaderName::Authorization).take(MAX_AUTHORIZATIONS);
        fields
            .filter_map(Credentials::parse)
            .find(|credentials| credentials.realm == self.realm && self.allows(credentials.algorithm))
    }

    fn allows(&self, algorithm: Algorithm) -> bool {
        algorithm == Algorithm::Sha256 || self.config.offer.contains(&algorithm)
    }
}

/// Undoes the quoted-pairs of RFC 3261 §25.1.
fn unescaped(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return raw.into();
    }
    let mut text = String::with_capacity(raw.len());
    let mut characters = raw.chars();
    while let Some(character) = characters.next() {
        text.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_once() {
        assert_eq!(unescaped("1001"), "1001");
        assert_eq!(unescaped(r#"a\"b\\c\d\"#), r#"a"b\cd"#);
    }
}
