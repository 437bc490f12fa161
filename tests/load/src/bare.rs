//! The least a relay can cost: a loop that receives a packet on one socket and sends it from another.

use crate::streams::Phone;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Child, Command, Stdio};

/// The bare loop in a process of its own, so that its CPU time can be read.
pub(crate) struct Bare {
    child: Child,
    pub(crate) relay: SocketAddr,
}

impl Bare {
    /// Starts the loop; whatever reaches `relay` goes on to `hearer`.
    pub(crate) fn start(hearer: &Phone) -> Result<Bare> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["bare-loop", &hearer.port()?.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no stdout")?).read_line(&mut line)?;
        let port: u16 = line.trim().parse().context("the bare loop named no port")?;
        hearer.talk_to(SocketAddr::from((Ipv4Addr::LOCALHOST, port + 1)))?;
        Ok(Bare { child, relay: SocketAddr::from((Ipv4Addr::LOCALHOST, port)) })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The child's side: two neighbouring ports, receive on the first, send from the second, for ever.
pub(crate) fn serve(hearer: u16) -> Result<()> {
    let (inward, outward) = neighbours()?;
    outward.connect((Ipv4Addr::LOCALHOST, hearer))?;
    println!("{}", inward.local_addr()?.port());
    std::io::stdout().flush()?;
    let mut bytes = [0; 2048];
    loop {
        let length = inward.recv(&mut bytes)?;
        let _ = outward.send(bytes.get(..length).unwrap_or_default());
    }
}

fn neighbours() -> Result<(UdpSocket, UdpSocket)> {
    for _ in 0..100 {
        let first = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let next = first.local_addr()?.port().saturating_add(1);
        if let Ok(second) = UdpSocket::bind((Ipv4Addr::LOCALHOST, next)) {
            return Ok((first, second));
        }
    }
    bail!("no two neighbouring ports are free")
}
