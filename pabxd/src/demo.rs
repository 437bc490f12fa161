//! `pabxd demo`: the account for trying out, as a table for people and a file for programs.

use crate::administrator::{self, Given};
use crate::config::{self, Config};
use crate::state::{DemoAccount, DemoPhone, ensure_demo, open_store};
use crate::{clock, logging};
use anyhow::Context;
use pabx_model::SipDomain;
use pabx_store::Store;
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The part of an older file that is kept.
#[derive(Deserialize)]
struct OlderFile {
    admin: Option<Given>,
}

/// The file: what a test or a person needs to hook phones up. `web` is null where there is no web side, `admin` where it
/// was not this command that made one, `tls` where SIP is not served over TLS.
#[derive(Serialize)]
struct DemoFile<'a> {
    web: Option<String>,
    admin: Option<&'a Given>,
    account: &'a str,
    sip: Sip<'a>,
    extensions: &'a [DemoPhone],
}

/// Where the phones register.
#[derive(Serialize)]
struct Sip<'a> {
    domain: &'a str,
    udp: String,
    tcp: String,
    tls: Option<String>,
}

/// Where this box is reached.
struct Places {
    sip: SocketAddr,
    tls: Option<SocketAddr>,
    web: Option<String>,
}

impl Places {
    fn of(config: &Config) -> Self {
        let sip = config.sip.listen.first().copied().unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 5060).into());
        Self {
            sip: reachable(sip),
            tls: config.sip.tls.first().copied().map(reachable),
            web: config.web.https.first().map(|address| format!("https://{}/", reachable(*address))),
        }
    }
}

/// Makes the account on an empty box; writes the file and prints the table, the same each time.
pub fn run(file: &Path, json: &Path) -> anyhow::Result<()> {
    let config = config::load(file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    logging::start(log::LevelFilter::Warn);
    let places = Places::of(&config);
    let mut store = open_store(&config.state.directory)
        .with_context(|| format!("state in {}", config.state.directory.display()))?;
    let domain = SipDomain::parse(&places.sip.ip().to_string())?;
    let demo = ensure_demo(&mut store, &domain, clock::utc())?
        .context("the box has accounts, and none of them is the demo account")?;
    let admin = ensure_admin(&mut store, json)?;
    write_file(json, &demo, admin.as_ref(), &places).with_context(|| json.display().to_string())?;
    print_table(&demo, admin.as_ref(), &places);
    Ok(())
}

/// Makes a super admin where there is none; else tells what the file of an earlier start says.
fn ensure_admin(store: &mut Store, json: &Path) -> anyhow::Result<Option<Given>> {
    if let Some(made) = administrator::first(store)? {
        return Ok(Some(made));
    }
    let older = std::fs::read(json).ok().and_then(|text| serde_json::from_slice::<OlderFile>(&text).ok());
    Ok(older.and_then(|file| file.admin))
}

/// Where that is every interface: the one that leads out of the box.
fn reachable(listen: SocketAddr) -> SocketAddr {
    if listen.ip().is_unspecified() {
        SocketAddr::new(outward_address().unwrap_or(Ipv4Addr::LOCALHOST.into()), listen.port())
    } else {
        listen
    }
}

/// Connecting a UDP socket sends nothing; it only chooses a route, here to an address for documentation (RFC 5737).
fn outward_address() -> std::io::Result<IpAddr> {
    let probe = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    probe.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
    Ok(probe.local_addr()?.ip())
}

/// Written beside and renamed in, readable by its owner only.
fn write_file(path: &Path, demo: &DemoAccount, admin: Option<&Given>, places: &Places) -> anyhow::Result<()> {
    let content = DemoFile {
        web: places.web.clone(),
        admin,
        account: &demo.account,
        sip: Sip {
            domain: &demo.domain,
            udp: places.sip.to_string(),
            tcp: places.sip.to_string(),
            tls: places.tls.map(|address| address.to_string()),
        },
        extensions: &demo.extensions,
    };
    let beside = path.with_extension("json.new");
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    serde_json::to_writer_pretty(&mut file, &content)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    Ok(())
}

fn print_table(demo: &DemoAccount, admin: Option<&Given>, places: &Places) {
    println!();
    if let Some(web) = &places.web {
        println!("  web         {web}  (API: {web}api/v1/)");
    }
    println!("  account     {}", demo.account);
    println!("  SIP domain  {}", demo.domain);
    println!("  SIP server  {}  (UDP and TCP)", places.sip);
    if let Some(tls) = places.tls {
        println!("              {tls}  (TLS)");
    }
    println!();
    if let Some(admin) = admin {
        println!(
            "  super admin {}  {}  (to be changed at the first sign-in)",
            admin.username, admin.password
        );
        println!();
    }
    println!("  extension   user     password");
    for phone in &demo.extensions {
        println!("  {:<10}  {:<7}  {}", phone.number, phone.username, phone.password);
    }
    println!();
    println!("  Dial an extension, or *43 to hear yourself.");
    println!();
}
