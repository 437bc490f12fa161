use std::net::Ipv6Addr;

use proptest::prelude::*;

use super::*;

fn uri(text: &str) -> Uri {
    Uri::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn the_parts_of_a_sip_uri_are_found() {
    let uri = uri("SIP:alice:secret@Example.com:5070;transport=tcp;lr?Subject=x%20y&Priority=urgent");
    assert_eq!(uri.scheme(), &Scheme::Sip);
    assert_eq!(uri.user(), Some("alice"));
    assert_eq!(uri.password(), Some("secret"));
    assert_eq!(uri.host(), Some(&Host::Name("Example.com".into())));
    assert_eq!(uri.port(), Some(5070));
    assert_eq!(uri.params().get("Transport"), Some("tcp"));
    assert_eq!(uri.params().get("lr"), Some(""));
    assert_eq!(uri.headers().collect::<Vec<_>>(), [("Subject", "x%20y"), ("Priority", "urgent")]);
    assert_eq!(
        uri.to_string(),
        "sip:alice:secret@Example.com:5070;transport=tcp;lr?Subject=x%20y&Priority=urgent"
    );
}

#[test]
fn a_user_part_may_look_like_parameters() {
    let uri = uri("sip:user;par=u%40example.net@example.com");
    assert_eq!(uri.user(), Some("user;par=u%40example.net"));
    assert_eq!(uri.user_decoded().unwrap(), "user;par=u@example.net");
    assert!(uri.params().is_empty());
}

#[test]
fn escapes_are_decoded_only_on_request_and_nul_survives() {
    assert_eq!(uri("sip:null-%00-null@example.com").user_decoded().unwrap(), "null-\0-null");
    assert_eq!(uri("sip:%E7%8E%8B@example.com").user_decoded().unwrap(), "王");
    assert_eq!(uri("sip:%FF@example.com").user_decoded().unwrap(), "%FF");
}

#[test]
fn ipv6_needs_brackets_and_the_port_stands_outside() {
    assert_eq!(uri("sip:[2001:db8::10:5070]").port(), None);
    assert_eq!(uri("sip:[2001:db8::10]:5070").port(), Some(5070));
    assert_eq!(uri("sip:[::1]").host(), Some(&Host::V6(Ipv6Addr::LOCALHOST)));
    assert_eq!(Uri::parse("sip:2001:db8::10"), Err(UriError::Host));
}

#[test]
fn telephone_numbers_are_read() {
    let number = uri("tel:+1-201-555-0123;phone-context=example.com");
    assert_eq!(number.user(), Some("+1-201-555-0123"));
    assert_eq!(number.host(), None);
    assert_eq!(number.to_string(), "tel:+1-201-555-0123;phone-context=example.com");
    assert_eq!(uri("tel:*21#").user(), Some("*21#"));
    for bad in ["tel:", "tel:+", "tel:hello", "tel:+12a", "tel:12;"] {
        assert!(Uri::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn other_schemes_are_carried_whole() {
    let uri = uri("soap.beep://192.0.2.103:3002");
    assert_eq!(uri.scheme(), &Scheme::Other("soap.beep".into()));
    assert_eq!(uri.to_string(), "soap.beep://192.0.2.103:3002");
}

#[test]
fn malformed_uris_are_refused() {
    for bad in [
        "",
        "sip",
        "sip:",
        ":x",
        "1a:x",
        "sip:@host",
        "sip:a@",
        "sip:a@b@c",
        "sip:a b@c",
        "sip:a@b;",
        "sip:a@b;;c",
        "sip:a@b;c=",
        "sip:a@b?c",
        "sip:a@b?",
        "sip:a%4@b",
        "sip:a%zz@b",
        "sip:a@b:port",
        "sip:a@b:70000",
        "<sip:a@b>",
        "sip:a<b@c",
        "sip:a@b\r\n",
        "sip:a\0@b",
        "sip:a@[::1",
        "sip:a:b:c@d",
        "sip:\"a\"@b",
        "sip:a@b;par=1;PAR",
        "x:<s@y>",
    ] {
        assert!(Uri::parse(bad).is_err(), "{bad}");
    }
    assert_eq!(Uri::parse(b"sip:\xff@b"), Err(UriError::Characters));
    assert_eq!(Uri::parse(format!("sip:{}@b", "a".repeat(MAX_URI))), Err(UriError::TooLong));
}

#[test]
fn building_escapes_what_would_break_out() {
    let host = Host::Name("example.com".into());
    let uri =
        Uri::sip(Some("a>b\r\nX: y@z"), host, None).with_param("p", Some("1;q=2")).with_param("lr", None);
    assert_eq!(uri.to_string(), "sip:a%3Eb%0D%0AX%3A%20y%40z@example.com;p=1%3Bq%3D2;lr");
    assert_eq!(Uri::parse(uri.to_string()), Ok(uri));
}

// The pairs of RFC 3261 §19.1.4.
#[test]
fn equivalent_uris_compare_equal() {
    for (a, b) in [
        ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"),
        (
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
        ),
        (
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
        ),
        ("tel:+1-201-555-0123", "tel:+12015550123"),
    ] {
        assert!(uri(a).equivalent(&uri(b)), "{a} {b}");
        assert!(uri(b).equivalent(&uri(a)), "{b} {a}");
    }
}

#[test]
fn different_uris_do_not() {
    for (a, b) in [
        ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        ("sip:bob@biloxi.com", "sips:bob@biloxi.com"),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
        ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
        ("sip:a%3Bb@c.com", "sip:a;b@c.com"),
        ("sip:c.com", "sip:a@c.com"),
        ("tel:1", "tel:1;phone-context=a"),
    ] {
        assert!(!uri(a).equivalent(&uri(b)), "{a} {b}");
        assert!(!uri(b).equivalent(&uri(a)), "{b} {a}");
    }
}

proptest! {
    #[test]
    fn any_octets_parse_or_fail_without_panic(octets in proptest::collection::vec(any::<u8>(), 0..80)) {
        let mut text = b"sip:".to_vec();
        text.extend_from_slice(&octets);
        let _ = Uri::parse(&text);
        let _ = Uri::parse(&octets);
    }

    #[test]
    fn what_parses_prints_and_parses_to_the_same(text in "(sip|sips|tel|x):([a-z0-9+;=%41]{1,8}(:[a-z]{0,3})?@)?([a-z]{1,5}\\.[a-z]{2}|192\\.0\\.2\\.1|\\[::1\\]|[0-9]{3})(:[0-9]{1,5})?(;[a-z]{1,3}(=[a-z%20]{1,3})?){0,2}(\\?[a-z]=[a-z]{0,2})?") {
        if let Ok(uri) = Uri::parse(&text) {
            prop_assert_eq!(Uri::parse(uri.to_string()), Ok(uri.clone()));
            prop_assert!(uri.equivalent(&uri));
        }
    }

    #[test]
    fn any_user_survives_escaping(user in "\\PC{1,20}|[\\x00-\\x20<>@;?]{1,9}") {
        let uri = Uri::sip(Some(&user), Host::V6(Ipv6Addr::LOCALHOST), Some(5060));
        let parsed = Uri::parse(uri.to_string()).unwrap();
        prop_assert_eq!(parsed.user_decoded().unwrap(), user.as_str());
        prop_assert_eq!(parsed, uri);
    }
}
