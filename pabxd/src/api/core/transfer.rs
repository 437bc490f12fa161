//! Requests and answers that are too large to be held in memory: they go through a file, and each has a thread of its own.
//!
//! The edge passes the body of such a request on as it comes, and its answer too; for all others it takes both in whole.

use super::http::{MAX_BODY, Method};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// At once, in the whole box. What is asked for beyond that is told to come again.
const AT_ONCE: usize = 2;

/// One route that moves a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Method.
    pub method: Method,
    /// Below `/api/v1`.
    pub path: &'static str,
    /// Octets of the body at most.
    pub max_body: u64,
}

impl Transfer {
    /// Whether its body is a file.
    pub const fn is_upload(&self) -> bool {
        self.max_body > MAX_BODY
    }
}

/// All of them.
pub const TRANSFERS: [Transfer; 4] = [
    Transfer { method: Method::Post, path: "/system/backup", max_body: MAX_BODY },
    Transfer { method: Method::Post, path: "/system/restore", max_body: MAX_BODY },
    Transfer { method: Method::Put, path: "/system/restore/file", max_body: 16 << 30 },
    Transfer { method: Method::Put, path: "/system/update/bundle", max_body: 1 << 30 },
];

/// The transfer that a request asks for; `path` is the whole one.
pub fn find(method: &str, path: &str) -> Option<&'static Transfer> {
    let path = path.strip_prefix(super::BASE)?;
    TRANSFERS.iter().find(|transfer| transfer.method.as_str() == method && transfer.path == path)
}

/// How many go on.
#[derive(Debug, Default)]
pub struct Transfers(Arc<AtomicUsize>);

/// One that goes on, until this is dropped.
#[derive(Debug)]
pub struct Going(Arc<AtomicUsize>);

impl Transfers {
    /// Begins one; `None` where there are as many as there may be.
    pub fn begin(&self) -> Option<Going> {
        let more = |going: usize| (going < AT_ONCE).then_some(going + 1);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Going(Arc::clone(&self.0)))
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_two_at_a_time() {
        let transfers = Transfers::default();
        let (one, other) = (transfers.begin(), transfers.begin());
        assert!(one.is_some() && other.is_some() && transfers.begin().is_none());
        drop(one);
        assert!(transfers.begin().is_some());
    }

    #[test]
    fn each_is_a_route_and_is_found_by_its_whole_path() {
        for transfer in &TRANSFERS {
            let routes = crate::api::resources::routes();
            let route =
                routes.iter().find(|route| (route.method, route.path) == (transfer.method, transfer.path));
            let media_type = route.and_then(|route| route.body.as_ref()).map(|(media_type, _)| *media_type);
            assert_eq!(media_type == Some("application/octet-stream"), transfer.is_upload(), "{transfer:?}");
            assert_eq!(find(transfer.method.as_str(), &format!("/api/v1{}", transfer.path)), Some(transfer));
        }
        assert!(find("POST", "/system/backup").is_none() && find("GET", "/api/v1/system/backup").is_none());
    }
}
