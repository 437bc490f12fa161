//! tiny_http on a Unix socket. It never faces the network: the edge has bounded and checked what comes here, and says in
//! `x-pabx-client` whom it is from.

use super::core::dispatch;
use super::core::http::{Body, Method, Reply, Request, Upload};
use super::core::problem::{Kind, Problem};
use super::core::route::BODY_LIMIT;
use super::shared::Shared;
use anyhow::Context;
use pabx_store::Store;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::AsRawFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Workers: as many requests are answered at once; the rest wait.
const WORKERS: usize = 4;
/// How long a worker waits before it looks whether it is to stop.
const TICK: Duration = Duration::from_millis(500);
/// The socket's name in the state folder.
pub const SOCKET: &str = "web.sock";
/// The header in which the edge says whom a request is from.
const CLIENT: &str = "x-pabx-client";

/// The running server.
pub struct Server {
    http: Arc<tiny_http::Server>,
    stopping: Arc<AtomicBool>,
    rounds: Arc<AtomicU64>,
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
    path: PathBuf,
}

impl Server {
    /// Listens in this folder, at a socket that only the daemon's own user may open.
    pub fn start(folder: &Path, shared: Arc<Shared>) -> anyhow::Result<Self> {
        let path = folder.join(SOCKET);
        let _ = std::fs::remove_file(&path);
        // A socket's path has 107 octets at most (unix(7)); the same folder by a short name has fewer.
        let short = File::open(folder).with_context(|| folder.display().to_string())?;
        let short = (format!("/proc/self/fd/{}/{SOCKET}", short.as_raw_fd()), short);
        let http = tiny_http::Server::http_unix(Path::new(&short.0))
            .map_err(|error| anyhow::anyhow!("{error}"))
            .with_context(|| path.display().to_string())?;
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        let http = Arc::new(http);
        let stopping = Arc::new(AtomicBool::new(false));
        let rounds = Arc::new(AtomicU64::new(0));
        let mut workers = Vec::new();
        for nth in 0..WORKERS {
            let store = crate::state::open_store(&shared.facts.state)?;
            let worker = Worker {
                http: Arc::clone(&http),
                stopping: Arc::clone(&stopping),
                rounds: Arc::clone(&rounds),
                shared: Arc::clone(&shared),
                store,
            };
            let thread = std::thread::Builder::new().name(format!("api-{nth}"));
            workers.push(thread.spawn(move || worker.run())?);
        }
        Ok(Self { http, stopping, rounds, shared, workers, path })
    }

    /// How often workers went round: it moves at least twice a second while any of them lives.
    pub fn rounds(&self) -> u64 {
        self.rounds.load(Ordering::Relaxed)
    }

    /// Ends all streams and, when they have answered what they are at, all workers.
    pub fn stop(self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.shared.hub.stop();
        for _ in &self.workers {
            self.http.unblock();
        }
        for worker in self.workers {
            let _ = worker.join();
        }
        let _ = std::fs::remove_file(&self.path);
    }
}

struct Worker {
    http: Arc<tiny_http::Server>,
    stopping: Arc<AtomicBool>,
    rounds: Arc<AtomicU64>,
    shared: Arc<Shared>,
    store: Store,
}

impl Worker {
    fn run(mut self) {
        while !self.stopping.load(Ordering::Relaxed) {
            self.rounds.fetch_add(1, Ordering::Relaxed);
            match self.http.recv_timeout(TICK) {
                Ok(Some(request)) => self.answer(request),
                Ok(None) => {}
                Err(error) => {
                    log::warn!("the API cannot take a request: {error}");
                    std::thread::sleep(TICK);
                }
            }
        }
    }

    fn answer(&mut self, mut http: tiny_http::Request) {
        let head_only = *http.method() == tiny_http::Method::Head;
        let path = http.url().split('?').next().unwrap_or("").to_owned();
        // A panic is a bug; it costs the request it happened in.
        let answered = catch_unwind(AssertUnwindSafe(|| self.reply(&mut http)));
        let reply = answered.unwrap_or_else(|_| {
            log::error!("answering a request panicked; please report the lines above");
            Problem::new(Kind::Internal).into_reply(&path)
        });
        if let Err(error) = send(http, reply, head_only) {
            log::debug!("an answer was not sent: {error}");
        }
    }

    fn reply(&mut self, http: &mut tiny_http::Request) -> Reply {
        let (path, query) = match http.url().split_once('?') {
            Some((path, query)) => (path.to_owned(), query.to_owned()),
            None => (http.url().to_owned(), String::new()),
        };
        let Some(method) = Method::parse(http.method().as_str()) else {
            return Problem::new(Kind::MethodNotAllowed).into_reply(&path);
        };
        let headers: Vec<(String, String)> = http
            .headers()
            .iter()
            .map(|header| {
                (header.field.as_str().as_str().to_ascii_lowercase(), header.value.as_str().to_owned())
            })
            .collect();
        let client = client(&headers);
        let length = http.body_length().unwrap_or(0);
        let small = u64::try_from(length).unwrap_or(u64::MAX) <= BODY_LIMIT;
        let upload = if small {
            let mut body = Vec::with_capacity(length);
            match http.as_reader().take(BODY_LIMIT).read_to_end(&mut body) {
                Ok(_) => Upload::Whole(body),
                Err(_) => return Problem::new(Kind::BadRequest).into_reply(&path),
            }
        } else {
            Upload::Stream(http.as_reader())
        };
        dispatch::answer(
            &self.shared,
            &mut self.store,
            Request { method, path, query, headers, upload, client },
        )
    }
}

/// Whom a request is from. Without the edge's word nobody is trusted to be local.
fn client(headers: &[(String, String)]) -> IpAddr {
    let told = headers.iter().find(|(name, _)| name == CLIENT).and_then(|(_, value)| value.parse().ok());
    told.unwrap_or(Ipv4Addr::UNSPECIFIED.into())
}

fn send(http: tiny_http::Request, reply: Reply, head_only: bool) -> std::io::Result<()> {
    let status = tiny_http::StatusCode(reply.status);
    let headers: Vec<tiny_http::Header> = reply
        .headers
        .iter()
        .filter_map(|(name, value)| tiny_http::Header::from_bytes(*name, value.as_str()).ok())
        .collect();
    match reply.body {
        Body::Empty => {
            http.respond(tiny_http::Response::new(status, headers, std::io::empty(), Some(0), None))
        }
        Body::Bytes(bytes) => {
            let length = bytes.len();
            let body = std::io::Cursor::new(bytes);
            http.respond(tiny_http::Response::new(status, headers, body, Some(length), None))
        }
        Body::File(file, length) => {
            let length = usize::try_from(length).ok();
            http.respond(tiny_http::Response::new(status, headers, file, length, None))
        }
        Body::Events(_) if head_only => {
            http.respond(tiny_http::Response::new(status, headers, std::io::empty(), Some(0), None))
        }
        Body::Events(stream) => {
            let mut out = http.into_writer();
            let head = stream_head(&reply.headers);
            // It lasts for hours: a thread of its own, of which there are no more than listeners may be.
            std::thread::Builder::new().name("api-events".into()).spawn(move || {
                let written = out.write_all(head.as_bytes()).and_then(|()| stream.write_to(&mut out));
                if let Err(error) = written {
                    log::debug!("a listener has gone: {error}");
                }
            })?;
            Ok(())
        }
    }
}

/// The head of an answer without end: its end is the end of the connection (RFC 9112 §6.3).
fn stream_head(headers: &[(&'static str, String)]) -> String {
    let mut head = String::from("HTTP/1.1 200 OK\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head
}
