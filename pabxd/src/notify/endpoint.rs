//! Where messages may be sent that somebody else names the way of: what is written, and what its name turns out to be.

use crate::net::surroundings::is_public;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Octets of a URL.
const MAX_URL: usize = 500;

/// A URL with a host, and nothing that one of ours needs not.
pub fn plain(url: &str) -> Option<Uri> {
    let parsed: Uri = url.parse().ok().filter(|_| url.len() <= MAX_URL)?;
    let user = parsed.authority().is_some_and(|authority| authority.as_str().contains('@'));
    (parsed.host().is_some_and(|host| !host.is_empty()) && !user).then_some(parsed)
}

/// A URL that anybody may name: `https`, and no address of this network, unless these are allowed. A name is looked at when it is
/// resolved ([`PublicOnly`]).
pub fn is_for_anybody(url: &str, private: bool) -> bool {
    let Some(parsed) = plain(url).filter(|parsed| parsed.scheme_str() == Some("https")) else { return false };
    let host = parsed.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let here = host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost");
    private || (!here && host.parse().map_or(true, |address| is_public(&address)))
}

/// Finds the addresses of a name, and leaves out those that are not public: a name of somebody else's leads to no machine beside the
/// box, and not to the box. What is found is what is connected to.
#[derive(Debug)]
pub struct PublicOnly {
    /// Private ones are allowed, too: for tests.
    pub private: bool,
}

impl Resolver for PublicOnly {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        let mut kept = self.empty();
        for address in found.iter().filter(|address| self.private || is_public(&address.ip())) {
            kept.push(*address);
        }
        if kept.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(kept) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_names_is_https_and_no_machine_of_this_network() {
        for good in
            ["https://fcm.googleapis.com/fcm/send/x", "https://198.51.100.7:8443/x", "https://[2001:db8::1]/"]
        {
            assert!(is_for_anybody(good, false), "{good}");
        }
        for bad in [
            "http://push.test/",
            "https://user:word@push.test/",
            "ftp://push.test/",
            "push.test",
            "",
            "https://",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://localhost/",
            "https://a.LOCALHOST/",
            "https://10.0.0.1/",
            "https://192.168.1.1/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest",
            "https://0.0.0.0/",
            "https://[fd00::1]/",
            "https://100.64.0.1/",
        ] {
            assert!(!is_for_anybody(bad, false), "{bad}");
        }
        assert!(is_for_anybody("https://localhost/", true) && !is_for_anybody("http://localhost/", true));
        assert!(!is_for_anybody(&format!("https://push.test/{}", "x".repeat(500)), false));
    }
}
