//! The links of files that set up phones: few, short, and known by their hashes.

use super::Server;
use crate::api::auth::secret_hash;
use pabx_model::{ExtensionId, Timestamp};
use pabx_store::AccountScope;

/// How long a link works, in milliseconds.
pub const LIFE_MS: u64 = 10 * 60 * 1000;
/// How often its file may be fetched: an app that lost its network asks again.
pub const FETCHES: u8 = 3;
/// Links on the box; the oldest goes first.
pub const MAX_LINKS: usize = 256;

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The account.
    pub scope: AccountScope,
    /// The extension.
    pub extension_id: ExtensionId,
    /// Where its phone finds the box.
    pub server: Server,
}

#[derive(Debug)]
struct Link {
    hash: [u8; 32],
    target: Target,
    until: Timestamp,
    left: u8,
}

/// All links, the oldest first.
#[derive(Debug, Default)]
pub struct Links(Vec<Link>);

impl Links {
    /// Keeps a link, known by `token`; an earlier one of the same extension ends. Answers until when it works.
    pub fn add(&mut self, token: &str, target: Target, now: Timestamp) -> Timestamp {
        let until = Timestamp(now.0.saturating_add(LIFE_MS));
        self.0.retain(|link| link.until > now && link.target.extension_id != target.extension_id);
        if self.0.len() >= MAX_LINKS {
            self.0.remove(0);
        }
        self.0.push(Link { hash: secret_hash(token), target, until, left: FETCHES });
        until
    }

    /// What a token leads to; one fetch is used up.
    pub fn take(&mut self, token: &str, now: Timestamp) -> Option<Target> {
        self.0.retain(|link| link.until > now);
        let hash = secret_hash(token);
        let at = self.0.iter().position(|link| link.hash == hash)?;
        let link = self.0.get_mut(at)?;
        link.left = link.left.saturating_sub(1);
        let (target, spent) = (link.target.clone(), link.left == 0);
        if spent {
            self.0.remove(at);
        }
        Some(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pabx_model::{AccountId, SipDomain};

    fn target(nth: u64) -> Target {
        Target {
            scope: AccountScope::of(AccountId::new(1, [0; 10])),
            extension_id: ExtensionId::new(nth, [0; 10]),
            server: Server { host: SipDomain::parse("pabx.local").unwrap(), port: 5060, transport: "tcp" },
        }
    }

    #[test]
    fn a_link_works_a_few_times_and_for_a_few_minutes() {
        let (mut links, now) = (Links::default(), Timestamp(1_000));
        links.add("a", target(1), now);
        links.add("b", target(2), now);
        for _ in 0..FETCHES {
            assert_eq!(links.take("a", now), Some(target(1)));
        }
        assert_eq!(links.take("a", now), None);
        assert_eq!(links.take("b", Timestamp(1_000 + LIFE_MS - 1)), Some(target(2)));
        assert_eq!(links.take("b", Timestamp(1_000 + LIFE_MS)), None);
        assert_eq!(links.take("", now), None);
    }

    #[test]
    fn an_extension_has_one_link_and_the_box_so_many() {
        let (mut links, now) = (Links::default(), Timestamp(1_000));
        links.add("first", target(1), now);
        links.add("second", target(1), now);
        assert_eq!(links.take("first", now), None);
        assert_eq!(links.take("second", now), Some(target(1)));
        for nth in 2..2_000 {
            links.add(&nth.to_string(), target(nth), now);
        }
        assert_eq!(links.0.len(), MAX_LINKS);
        assert_eq!(links.take("1999", now), Some(target(1_999)));
    }
}
