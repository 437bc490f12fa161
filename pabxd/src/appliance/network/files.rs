//! The configuration as files of systemd-networkd (systemd.network(5), systemd.netdev(5)).

use super::model::{Interface, Ipv4, Ipv6, NetworkConfig, Vlan};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What the names of our files begin with; nobody else's do, and no other file is touched.
pub const PREFIX: &str = "10-pabx-";

/// File name to content. Everything in it was validated: no text of a person is in it but names of interfaces.
pub fn render(config: &NetworkConfig) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for interface in &config.interfaces {
        let name = &interface.name;
        files.insert(format!("{PREFIX}{name}.network"), network(interface, &vlans_on(config, interface)));
        if let Some(vlan) = &interface.vlan {
            files.insert(format!("{PREFIX}{name}.netdev"), netdev(interface, vlan));
        }
    }
    files
}

fn vlans_on<'a>(config: &'a NetworkConfig, parent: &Interface) -> Vec<&'a Interface> {
    let on = |interface: &&Interface| interface.vlan.as_ref().is_some_and(|vlan| vlan.parent == parent.name);
    config.interfaces.iter().filter(on).collect()
}

fn netdev(interface: &Interface, vlan: &Vlan) -> String {
    format!("[NetDev]\nName={}\nKind=vlan\n\n[VLAN]\nId={}\n", interface.name, vlan.id)
}

fn network(interface: &Interface, vlans: &[&Interface]) -> String {
    let dhcp = match (interface.ipv4, interface.ipv6) {
        (Ipv4::Dhcp, _) => "ipv4",
        _ => "no",
    };
    let router = if interface.ipv6 == Ipv6::Auto { "yes" } else { "no" };
    let mut text =
        format!("[Match]\nName={}\n\n[Network]\nDHCP={dhcp}\nIPv6AcceptRA={router}\n", interface.name);
    let mut line = |line: std::fmt::Arguments<'_>| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{line}");
    };
    if interface.ipv6 == Ipv6::Off {
        line(format_args!("LinkLocalAddressing=ipv4"));
    }
    if let Ipv4::Static { address, prefix, gateway } = interface.ipv4 {
        line(format_args!("Address={address}/{prefix}"));
        if let Some(gateway) = gateway {
            line(format_args!("Gateway={gateway}"));
        }
    }
    if let Ipv6::Static { address, prefix, gateway } = interface.ipv6 {
        line(format_args!("Address={address}/{prefix}"));
        if let Some(gateway) = gateway {
            line(format_args!("Gateway={gateway}"));
        }
    }
    for server in &interface.dns {
        line(format_args!("DNS={server}"));
    }
    for vlan in vlans {
        line(format_args!("VLAN={}", vlan.name));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_static_interface_with_a_vlan_reads_as_networkd_wants_it() {
        let config: NetworkConfig = serde_json::from_str(
            r#"{"interfaces":[
                {"name":"eth0","ipv4":{"mode":"static","address":"192.0.2.10","prefix":24,"gateway":"192.0.2.1"},
                 "ipv6":{"mode":"off"},"dns":["192.0.2.53"]},
                {"name":"voice","vlan":{"parent":"eth0","id":20}}]}"#,
        )
        .unwrap();
        let files = render(&config);
        assert_eq!(
            files.keys().collect::<Vec<_>>(),
            ["10-pabx-eth0.network", "10-pabx-voice.netdev", "10-pabx-voice.network"]
        );
        assert_eq!(
            files["10-pabx-eth0.network"],
            "[Match]\nName=eth0\n\n[Network]\nDHCP=no\nIPv6AcceptRA=no\nLinkLocalAddressing=ipv4\n\
             Address=192.0.2.10/24\nGateway=192.0.2.1\nDNS=192.0.2.53\nVLAN=voice\n"
        );
        assert_eq!(files["10-pabx-voice.netdev"], "[NetDev]\nName=voice\nKind=vlan\n\n[VLAN]\nId=20\n");
        assert_eq!(
            files["10-pabx-voice.network"],
            "[Match]\nName=voice\n\n[Network]\nDHCP=ipv4\nIPv6AcceptRA=yes\n"
        );
    }

    #[test]
    fn the_default_has_no_file() {
        assert!(render(&NetworkConfig::default()).is_empty());
    }
}
