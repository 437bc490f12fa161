//! tiny_http on a Unix socket. It never faces the network: the edge has bounded and checked what comes here, and says in
//! `x-pabx-client` whom it is from.
//!
//! tiny_http's own thread ends for good at the first connection that it cannot take (no descriptor is left, say), by a word
//! or by a panic. So the workers do not hold a server but take the present one; one of them looks, when nothing has come for
//! a while, whether it still listens; and whoever meets its end makes the next.

use super::core::http::{Body, Method, Reply, Request};
use super::core::problem::{Kind, Problem};
use super::core::transfer::{self, Going};
use super::core::{body, dispatch};
use super::shared::Shared;
use anyhow::Context;
use pabx_store::Store;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Workers: as many requests are answered at once; the rest wait.
const WORKERS: usize = 4;
/// So long without a request, and it is looked whether the server still listens.
const LOOK_AFTER: Duration = Duration::from_secs(1);
/// Between two tries to listen again.
const RETRY_AFTER: Duration = Duration::from_millis(200);
/// The socket's name in the state folder.
pub const SOCKET: &str = "web.sock";
/// Its name while it is made.
const BESIDE: &str = "web.sock.new";
/// The header in which the edge says whom a request is from.
const CLIENT: &str = "x-pabx-client";
const LENGTH: &str = "content-length";
/// The header that tells the edge to pass an answer on as it comes, though its length is known.
pub const STREAMED: &str = "x-pabx-streamed";

/// The running server.
pub struct Server {
    listener: Arc<Listener>,
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

impl Server {
    /// Listens in this folder, at a socket that only the daemon's own user may open.
    pub fn start(folder: &Path, shared: Arc<Shared>) -> anyhow::Result<Self> {
        let listener = Arc::new(Listener::bind(folder)?);
        let mut workers = Vec::new();
        for nth in 0..WORKERS {
            let store = crate::state::open_store(folder)?;
            let (listener, shared) = (Arc::clone(&listener), Arc::clone(&shared));
            let worker = Worker { looks: nth == 0, listener, clerk: Clerk { shared, store } };
            let thread = std::thread::Builder::new().name(format!("api-{nth}"));
            workers.push(thread.spawn(move || worker.run())?);
        }
        Ok(Self { listener, shared, workers })
    }

    /// Ends all streams and, when they have answered what they are at, all workers.
    pub fn stop(self) {
        self.listener.stopping.store(true, Ordering::Relaxed);
        self.shared.hub.stop();
        for _ in &self.workers {
            self.listener.present().unblock();
        }
        for worker in self.workers {
            let _ = worker.join();
        }
    }
}

/// The socket, and the tiny_http that listens there at present.
struct Listener {
    http: Mutex<Arc<tiny_http::Server>>,
    /// The folder by a short name, for a socket's path has 107 octets at most (unix(7)).
    folder: PathBuf,
    /// What the short name goes through.
    _open: File,
    stopping: AtomicBool,
}

impl Listener {
    fn bind(folder: &Path) -> anyhow::Result<Self> {
        let open = File::open(folder).with_context(|| folder.display().to_string())?;
        let short = PathBuf::from(format!("/proc/self/fd/{}", open.as_raw_fd()));
        let http = listen(&short).with_context(|| folder.join(SOCKET).display().to_string())?;
        let http = Mutex::new(Arc::new(http));
        Ok(Self { http, folder: short, _open: open, stopping: AtomicBool::new(false) })
    }

    fn lock(&self) -> MutexGuard<'_, Arc<tiny_http::Server>> {
        self.http.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn present(&self) -> Arc<tiny_http::Server> {
        Arc::clone(&self.lock())
    }

    /// Whether the present one has ended: its socket is closed then, which is seen at once.
    fn has_ended(&self) -> bool {
        let refused = std::io::ErrorKind::ConnectionRefused;
        UnixStream::connect(self.folder.join(SOCKET)).is_err_and(|error| error.kind() == refused)
    }

    /// Puts another in the place of one that has ended; the other workers are woken from it.
    fn replace(&self, ended: &Arc<tiny_http::Server>) {
        let mut http = self.lock();
        if !Arc::ptr_eq(&http, ended) {
            return;
        }
        while !self.stopping.load(Ordering::Relaxed) {
            match listen(&self.folder) {
                Ok(fresh) => {
                    *http = Arc::new(fresh);
                    break;
                }
                Err(error) => {
                    log::warn!("the API cannot listen: {error:#}");
                    std::thread::sleep(RETRY_AFTER);
                }
            }
        }
        for _ in 0..WORKERS {
            ended.unblock();
        }
    }
}

/// Bound beside and renamed in: nobody finds a socket that others may open, and a tiny_http that ends, which removes what
/// it was bound to, takes nothing from its successor.
fn listen(folder: &Path) -> anyhow::Result<tiny_http::Server> {
    let beside = folder.join(BESIDE);
    let _ = std::fs::remove_file(&beside);
    let http = tiny_http::Server::http_unix(&beside).map_err(|error| anyhow::anyhow!("{error}"))?;
    std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(0o600))?;
    std::fs::rename(&beside, folder.join(SOCKET))?;
    Ok(http)
}

struct Worker {
    /// Whether it is the one that looks after the listener.
    looks: bool,
    listener: Arc<Listener>,
    clerk: Clerk,
}

impl Worker {
    fn run(mut self) {
        while !self.listener.stopping.load(Ordering::Relaxed) {
            let http = self.listener.present();
            match self.next(&http) {
                Ok(Some(request)) => self.clerk.take(request),
                Ok(None) if self.listener.has_ended() => self.listener.replace(&http),
                Ok(None) => {}
                // Woken to stop, woken from one that was replaced, or the first to see that it has ended.
                Err(_) if self.listener.stopping.load(Ordering::Relaxed) => {}
                Err(error) => {
                    log::debug!("tiny_http: {error}");
                    self.listener.replace(&http);
                }
            }
        }
    }

    fn next(&self, http: &tiny_http::Server) -> std::io::Result<Option<tiny_http::Request>> {
        if self.looks { http.recv_timeout(LOOK_AFTER) } else { http.recv().map(Some) }
    }
}

/// Who answers requests, on a connection to the database of his own.
struct Clerk {
    shared: Arc<Shared>,
    store: Store,
}

impl Clerk {
    /// Answers a request, or has a thread of its own answer it.
    fn take(&mut self, http: tiny_http::Request) {
        let path = http.url().split('?').next().unwrap_or("");
        let Some(found) = transfer::find(http.method().as_str(), path) else {
            return self.answer(http, false);
        };
        let Some(going) = self.shared.transfers.begin() else {
            let full = Problem::about(Kind::TooMany, "other files are on their way").retry_after(30);
            let reply = full.into_reply(path);
            return sent(send(http, reply, false));
        };
        let (shared, upload) = (Arc::clone(&self.shared), found.is_upload());
        let work = move |_going: Going| {
            // What cannot be opened ends the request; the edge says that it was not answered.
            match crate::state::open_store(&shared.facts.state) {
                Ok(store) => Self { shared, store }.answer(http, upload),
                Err(error) => log::error!("a file cannot be moved: {error:#}"),
            }
        };
        let thread = std::thread::Builder::new().name("api-transfer".into());
        if let Err(error) = thread.spawn(move || work(going)) {
            log::error!("a file cannot be moved: {error}");
        }
    }

    fn answer(&mut self, mut http: tiny_http::Request, upload: bool) {
        let head_only = *http.method() == tiny_http::Method::Head;
        let path = http.url().split('?').next().unwrap_or("").to_owned();
        // A panic is a bug; it costs the request it happened in.
        let answered = catch_unwind(AssertUnwindSafe(|| self.reply(&mut http, upload)));
        let reply = answered.unwrap_or_else(|_| {
            log::error!("answering a request panicked; please report the lines above");
            Problem::new(Kind::Internal).into_reply(&path)
        });
        sent(send(http, reply, head_only));
    }

    fn reply(&mut self, http: &mut tiny_http::Request, upload: bool) -> Reply {
        let (path, query) = match http.url().split_once('?') {
            Some((path, query)) => (path.to_owned(), query.to_owned()),
            None => (http.url().to_owned(), String::new()),
        };
        let Some(method) = Method::parse(http.method().as_str()) else {
            return dispatch::other_method(&self.shared, &path);
        };
        let headers: Vec<(String, String)> = http
            .headers()
            .iter()
            .map(|header| {
                (header.field.as_str().as_str().to_ascii_lowercase(), header.value.as_str().to_owned())
            })
            .collect();
        let client = client(&headers);
        let most = body::most(http.method().as_str(), &path);
        let mut body = Vec::new();
        if !upload && let Err(kind) = read_body(http.as_reader(), most, &mut body) {
            return Problem::new(kind).into_reply(&path);
        }
        let request = Request { method, path, query, headers, body, client };
        let mut nothing = std::io::empty();
        let mut waiting = Waiting(http);
        let upload: &mut dyn Read = if upload { &mut waiting } else { &mut nothing };
        dispatch::answer(&self.shared, &mut self.store, request, upload)
    }
}

/// The file of an upload. The edge holds it back until it is read for the first time: tiny_http says `100 Continue` then.
struct Waiting<'a>(&'a mut tiny_http::Request);

impl Read for Waiting<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.0.as_reader().read(into)
    }
}

fn read_body(reader: &mut dyn Read, most: u64, body: &mut Vec<u8>) -> Result<(), Kind> {
    match reader.take(most.saturating_add(1)).read_to_end(body) {
        Ok(length) if u64::try_from(length).is_ok_and(|length| length <= most) => Ok(()),
        Ok(_) => Err(Kind::TooLarge),
        Err(_) => Err(Kind::BadRequest),
    }
}

fn sent(result: std::io::Result<()>) {
    if let Err(error) = result {
        log::debug!("an answer was not sent: {error}");
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
            let response = tiny_http::Response::new(status, headers, body, Some(length), None);
            // Never in chunks: by its length the edge knows that it can take it in whole, and lets no client hold us up.
            http.respond(response.with_chunked_threshold(usize::MAX))
        }
        Body::File(file, octets) => {
            let mut out = http.into_writer();
            let mut head = reply.headers;
            head.extend([(LENGTH, octets.to_string()), (STREAMED, "1".to_owned())]);
            out.write_all(stream_head(&head).as_bytes())?;
            std::io::copy(&mut file.take(octets), &mut out)?;
            out.flush()
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

/// The head of an answer that comes as it is made; without a length its end is the end of the connection (RFC 9112 §6.3).
fn stream_head(headers: &[(&'static str, String)]) -> String {
    let mut head = String::from("HTTP/1.1 200 OK\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head
}
