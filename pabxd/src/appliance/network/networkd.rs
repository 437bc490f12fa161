//! systemd-networkd: its files, written by us, and its word to read them again.

use super::files::{PREFIX, render};
use super::{LinkAddress, Links, NetworkConfig, NetworkError};
use crate::appliance::bus::{Address, Bus, Object};
use crate::appliance::file;
use std::net::IpAddr;
use std::path::PathBuf;

/// networkd runs as another user and must read them.
const MODE: u32 = 0o644;

/// org.freedesktop.network1(5).
const MANAGER: Object = Object {
    service: "org.freedesktop.network1",
    path: "/org/freedesktop/network1",
    interface: "org.freedesktop.network1.Manager",
};

/// The real network.
#[derive(Clone, Debug)]
pub struct Networkd {
    folder: PathBuf,
    bus: Address,
}

impl Networkd {
    /// With its files in this folder (`/etc/systemd/network`).
    pub fn new(folder: PathBuf, bus: Address) -> Self {
        Self { folder, bus }
    }

    /// Files of ours that are not wanted any more.
    fn ours(&self) -> std::io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            if let Ok(name) = entry?.file_name().into_string()
                && name.starts_with(PREFIX)
            {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn write(&self, config: &NetworkConfig) -> std::io::Result<()> {
        let files = render(config);
        for (name, content) in &files {
            file::put(&self.folder.join(name), content.as_bytes(), MODE)?;
        }
        for name in self.ours()?.into_iter().filter(|name| !files.contains_key(name)) {
            file::remove(&self.folder.join(name))?;
        }
        file::sync(&self.folder)
    }
}

impl Links for Networkd {
    fn install(&self, config: &NetworkConfig) -> Result<(), NetworkError> {
        self.write(config).map_err(|error| NetworkError::File { path: self.folder.clone(), error })?;
        // Interfaces whose files changed are configured anew. networkd leaves a VLAN that is gone: the image removes it.
        Ok(Bus::connect(&self.bus)?.call(MANAGER, "Reload", &())?)
    }

    fn addresses(&self) -> Result<Vec<LinkAddress>, NetworkError> {
        let all = nix::ifaddrs::getifaddrs().map_err(|error| NetworkError::List(error.into()))?;
        let usable = |address: &LinkAddress| !address.address.is_loopback();
        Ok(all.filter_map(link_address).filter(usable).collect())
    }
}

fn link_address(found: nix::ifaddrs::InterfaceAddress) -> Option<LinkAddress> {
    let address = found.address?;
    let four = address.as_sockaddr_in().map(|four| IpAddr::V4(four.ip()));
    let six = address.as_sockaddr_in6().map(|six| IpAddr::V6(six.ip()));
    Some(LinkAddress { interface: found.interface_name, address: four.or(six)? })
}
