//! A folder as a build leaves it, and what is asked for in it.

use super::*;
use crate::api::core::http::Body;
use std::fs;
use std::net::Ipv4Addr;

fn files() -> Files {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir(at.join("assets")).unwrap();
    for (name, text) in [
        ("index.html", "<page>"),
        ("index.html.gz", "gz page"),
        ("assets/app-1a2b.js", "plain"),
        ("assets/app-1a2b.js.br", "br"),
        ("assets/app-1a2b.js.gz", "gz"),
        ("odd.gz", "alone"),
        ("data.unknown", "?"),
    ] {
        fs::write(at.join(name), text).unwrap();
    }
    Files::load(at).unwrap()
}

fn ask(files: &Files, method: Method, path: &str, headers: &[(&str, &str)]) -> Result<Reply, Problem> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    files.answer(&Request {
        method,
        path: path.into(),
        query: String::new(),
        headers: headers.iter().map(owned).collect(),
        body: Vec::new(),
        client: Ipv4Addr::LOCALHOST.into(),
    })
}

fn text(reply: &Reply) -> &str {
    match &reply.body {
        Body::Bytes(bytes) => std::str::from_utf8(bytes).unwrap(),
        _ => "",
    }
}

fn get(files: &Files, path: &str, headers: &[(&str, &str)]) -> Reply {
    ask(files, Method::Get, path, headers).unwrap()
}

#[test]
fn a_client_gets_the_form_that_it_takes_with_the_tag_of_that_form() {
    let files = files();
    let script = "/assets/app-1a2b.js";
    let br = get(&files, script, &[("accept-encoding", "gzip, br")]);
    assert_eq!((text(&br), br.header("content-encoding")), ("br", Some("br")));
    assert_eq!(br.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(br.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let plain = get(&files, script, &[]);
    assert_eq!((text(&plain), plain.header("content-encoding")), ("plain", None));
    assert!(br.header("etag") != plain.header("etag") && plain.header("vary") == Some("accept-encoding"));
}

#[test]
fn what_a_client_has_already_is_not_sent_again() {
    let files = files();
    let etag = get(&files, "/index.html", &[]).header("etag").unwrap().to_owned();
    for told in [etag.clone(), format!("\"other\", W/{etag}"), "*".into()] {
        let reply = get(&files, "/index.html", &[("if-none-match", &told)]);
        assert_eq!((reply.status, text(&reply), reply.header("etag")), (304, "", Some(etag.as_str())));
    }
    let packed = get(&files, "/index.html", &[("if-none-match", &etag), ("accept-encoding", "gzip")]);
    assert_eq!((packed.status, text(&packed)), (200, "gz page"));
}

#[test]
fn the_uis_own_places_are_its_page_and_what_looks_like_a_file_is_not() {
    let files = files();
    for path in ["/", "/accounts/x/calls", "/login"] {
        let page = get(&files, path, &[]);
        assert_eq!((text(&page), page.header("cache-control")), ("<page>", Some("no-cache")), "{path}");
    }
    for path in [
        "/app.js",
        "/assets/app",
        "/../index.html",
        "/index.html.gz",
        "index.html",
        "",
        "/.env",
        "/api/v2/me",
    ] {
        let refused = ask(&files, Method::Get, path, &[]).err();
        assert_eq!(refused.map(|problem| problem.kind()), Some(Kind::NotFound), "{path}");
    }
    assert_eq!(get(&files, "/data.unknown", &[]).header("content-type"), Some("application/octet-stream"));
    assert_eq!(text(&get(&files, "/odd.gz", &[])), "alone");
    let post = ask(&files, Method::Post, "/", &[]).unwrap();
    assert_eq!((post.status, post.header("allow")), (405, Some("GET, HEAD")));
    assert!(ask(&Files::default(), Method::Get, "/", &[]).is_err());
}

#[test]
fn a_folder_that_is_no_web_ui_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("1/2/3/4/5")).unwrap();
    assert!(matches!(Files::load(folder.path()), Err(FilesProblem::TooMuch)));
    assert!(matches!(Files::load(&folder.path().join("none")), Err(FilesProblem::Unreadable { .. })));
}
