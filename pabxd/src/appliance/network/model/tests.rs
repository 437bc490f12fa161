use super::*;

fn config(text: &str) -> NetworkConfig {
    serde_json::from_str(text).unwrap()
}

fn one(text: &str) -> Result<(), NetworkProblem> {
    config(&format!(r#"{{"interfaces":[{{"name":"eth0",{text}}}]}}"#)).check()
}

#[test]
fn what_an_installer_writes_is_taken() {
    for good in [
        r#""ipv4":{"mode":"dhcp"}"#,
        r#""ipv4":{"mode":"static","address":"192.0.2.10","prefix":24,"gateway":"192.0.2.1"},"dns":["192.0.2.1"]"#,
        r#""ipv4":{"mode":"static","address":"192.0.2.0","prefix":31}"#,
        r#""ipv4":{"mode":"off"},"ipv6":{"mode":"auto"}"#,
        r#""ipv6":{"mode":"static","address":"2001:db8::10","prefix":64,"gateway":"fe80::1"}"#,
    ] {
        assert_eq!(one(good), Ok(()), "{good}");
    }
    assert_eq!(NetworkConfig::default().check(), Ok(()), "the image's own default");
    let vlan = r#"{"interfaces":[{"name":"eth0"},{"name":"voice","vlan":{"parent":"eth0","id":20}}]}"#;
    assert_eq!(config(vlan).check(), Ok(()));
}

#[test]
fn what_would_lock_everybody_out_is_refused() {
    for bad in [
        r#""ipv4":{"mode":"off"},"ipv6":{"mode":"off"}"#,
        r#""ipv4":{"mode":"static","address":"192.0.2.0","prefix":24}"#,
        r#""ipv4":{"mode":"static","address":"192.0.2.255","prefix":24}"#,
        r#""ipv4":{"mode":"static","address":"127.0.0.1","prefix":24}"#,
        r#""ipv4":{"mode":"static","address":"224.0.0.5","prefix":24}"#,
        r#""ipv4":{"mode":"static","address":"192.0.2.10","prefix":0}"#,
        r#""ipv4":{"mode":"static","address":"192.0.2.10","prefix":32}"#,
        r#""ipv4":{"mode":"static","address":"192.0.2.10","prefix":24,"gateway":"192.0.3.1"}"#,
        r#""ipv4":{"mode":"static","address":"192.0.2.10","prefix":24,"gateway":"192.0.2.10"}"#,
        r#""ipv6":{"mode":"static","address":"fe80::1","prefix":64}"#,
        r#""ipv6":{"mode":"static","address":"2001:db8::10","prefix":64,"gateway":"2001:db9::1"}"#,
        r#""ipv6":{"mode":"static","address":"2001:db8::10","prefix":128}"#,
        r#""dns":["0.0.0.0"]"#,
        r#""dns":["192.0.2.1","192.0.2.2","192.0.2.3","192.0.2.4","192.0.2.5"]"#,
        r#""vlan":{"parent":"eth1","id":20}"#,
    ] {
        assert!(one(bad).is_err(), "{bad}");
    }
    for bad in [
        r#"[{"name":"eth0"},{"name":"eth0"}]"#,
        r#"[{"name":"eth0"},{"name":"v","vlan":{"parent":"eth0","id":0}}]"#,
        r#"[{"name":"eth0"},{"name":"v","vlan":{"parent":"eth0","id":4095}}]"#,
        r#"[{"name":"eth0"},{"name":"v","vlan":{"parent":"eth0","id":2}},{"name":"w","vlan":{"parent":"eth0","id":2}}]"#,
        r#"[{"name":"eth0"},{"name":"v","vlan":{"parent":"eth0","id":2}},{"name":"w","vlan":{"parent":"v","id":3}}]"#,
    ] {
        assert!(config(&format!(r#"{{"interfaces":{bad}}}"#)).check().is_err(), "{bad}");
    }
    let twice = r#"{"name":"e%","ipv4":{"mode":"static","address":"192.0.2.9","prefix":24}}"#;
    let both = format!(r#"{{"interfaces":[{},{}]}}"#, twice.replace('%', "0"), twice.replace('%', "1"));
    assert!(matches!(config(&both).check(), Err(NetworkProblem::Taken(..))));
}

#[test]
fn names_that_could_be_paths_or_settings_are_refused() {
    for bad in ["", "../x", "a/b", "eth0\n[Network]", "eth 0", "lo", "0eth", "a234567890123456", "é"] {
        assert_eq!(InterfaceName::parse(bad), Err(NetworkProblem::Name), "{bad:?}");
    }
    assert!(serde_json::from_str::<NetworkConfig>(r#"{"interfaces":[{"name":"../../x"}]}"#).is_err());
    assert!(serde_json::from_str::<NetworkConfig>(r#"{"interfaces":[],"more":1}"#).is_err());
}
