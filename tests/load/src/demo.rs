//! What `.run/demo.json` says: where the PBX is, and who may register.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;

#[derive(Deserialize)]
pub(crate) struct Demo {
    pub(crate) sip: Sip,
    pub(crate) extensions: Vec<Extension>,
}

#[derive(Deserialize)]
pub(crate) struct Sip {
    pub(crate) domain: String,
    udp: String,
}

/// An extension and its credentials.
#[derive(Deserialize, Clone)]
pub(crate) struct Extension {
    pub(crate) number: String,
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Demo {
    pub(crate) fn read(file: &Path) -> Result<Demo> {
        let file = File::open(file).with_context(|| file.display().to_string())?;
        serde_json::from_reader(file).context("not a demo.json")
    }

    /// Where requests go: a bare address, or one in a `sip:` URI.
    pub(crate) fn target(&self) -> Result<SocketAddr> {
        let text = self.sip.udp.trim_start_matches("sip:");
        text.split(';').next().unwrap_or(text).parse().context("sip.udp is no address")
    }
}
