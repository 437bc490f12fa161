//! How large a body may be: most are small, and a few bring a whole list.
//!
//! The edge asks the same question before it knows who asks and what for, so the answer is by method and path alone.

use super::http::{MAX_BODY, Method};

/// Octets of a body that brings a whole list. The edge holds 12 MiB for one source.
pub const MAX_LIST: u64 = 4 << 20;

/// The routes that take one, below `/api/v1`.
const LISTS: [(Method, &str); 3] = [
    (Method::Put, "/accounts/{account_id}/trunks/{trunk_id}/rates"),
    (Method::Post, "/accounts/{account_id}/phone-book/import"),
    (Method::Post, "/accounts/import"),
];

/// Octets that a body may have; `path` is the whole one, without its query. Bodies that go through a file are not meant
/// ([`super::transfer`]).
pub fn most(method: &str, path: &str) -> u64 {
    let is_list = path.strip_prefix(super::BASE).is_some_and(|path| {
        LISTS.iter().any(|(known, pattern)| known.as_str() == method && fits(pattern, path))
    });
    if is_list { MAX_LIST } else { MAX_BODY }
}

/// Whether a path has the parts of a pattern, in which `{names}` stand for anything.
fn fits(pattern: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    let each = pattern.split('/').all(|wanted| match parts.next() {
        Some(part) => part == wanted || wanted.starts_with('{') && !part.is_empty(),
        None => false,
    });
    each && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_lists_may_be_large_and_each_is_a_route() {
        let routes = crate::api::resources::routes();
        for (method, path) in LISTS {
            assert!(routes.iter().any(|route| (route.method, route.path) == (method, path)), "{path}");
        }
        assert_eq!(most("PUT", "/api/v1/accounts/a/trunks/b/rates"), MAX_LIST);
        assert_eq!(most("POST", "/api/v1/accounts/import"), MAX_LIST);
        for (method, path) in [
            ("POST", "/api/v1/accounts/a/trunks/b/rates"),
            ("PUT", "/accounts/a/trunks/b/rates"),
            ("PUT", "/api/v1/accounts//trunks/b/rates"),
            ("PUT", "/api/v1/accounts/a/trunks/b/rates/"),
            ("PUT", "/api/v1/accounts/a/trunks/rates"),
            ("POST", "/api/v1/accounts"),
        ] {
            assert_eq!(most(method, path), MAX_BODY, "{method} {path}");
        }
    }
}
