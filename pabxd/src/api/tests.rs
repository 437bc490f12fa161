//! The routes as a whole: all declared well, all documented.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;

#[test]
fn no_two_routes_are_in_one_place() {
    router().unwrap();
}

#[test]
fn what_names_an_account_asks_for_a_permission_there() {
    for route in resources::routes() {
        let of_account = route.path.contains("{account_id}");
        let asks = matches!(route.access, Access::Account(_) | Access::AccountOrOwn(_));
        assert_eq!(of_account, asks, "{} {}", route.method.as_str(), route.path);
    }
}

#[test]
fn only_these_routes_are_open_to_anybody() {
    let mut open: Vec<_> = resources::routes()
        .into_iter()
        .filter(|route| route.access == Access::Public)
        .map(|route| format!("{} {}", route.method.as_str(), route.path))
        .collect();
    open.sort();
    let known = [
        "GET /openapi.json",
        "GET /provisioning/{token}",
        "GET /setup",
        "GET /system/health",
        "POST /auth/login",
        "POST /auth/refresh",
        "POST /setup",
    ];
    assert_eq!(open, known);
}

#[test]
fn every_route_is_in_the_document_with_permission_and_errors() {
    let document = openapi();
    assert_eq!(document["openapi"], "3.1.0");
    for route in resources::routes() {
        let operation = &document["paths"][route.path][route.method.as_str().to_ascii_lowercase()];
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{}", route.path);
        let permission = route.access.permission().map(pabx_model::Permission::as_str);
        assert_eq!(operation["x-permission"].as_str(), permission, "{}", route.path);
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.contains_key(&route.given.status.to_string()) && responses.contains_key("429"));
        assert_eq!(
            responses.contains_key("401"),
            route.access != Access::Public || route.path.starts_with("/auth")
        );
    }
}

#[test]
fn every_schema_that_is_named_is_there() {
    let document = openapi();
    let text = document.to_string();
    for (at, _) in text.match_indices("\"#/components/schemas/") {
        let rest = &text[at + 22..];
        let name = &rest[..rest.find('"').unwrap()];
        assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
    }
}
