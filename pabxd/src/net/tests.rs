//! Real sockets on loopback.

use super::{Receiver, StreamLimits, Streams};
use bytes::Bytes;
use pabx_sip::flow::Flow;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{LocalSet, spawn_local};

const BOUND: Duration = Duration::from_secs(20);
const OPTIONS: &str = "OPTIONS sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\n\
    From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:x@127.0.0.1>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n\
    Content-Length: 0\r\n\r\n";

#[derive(Default)]
struct Heard {
    messages: RefCell<Vec<(Flow, Bytes)>>,
    closed: RefCell<Vec<Flow>>,
    changed: tokio::sync::Notify,
}

impl Receiver for Heard {
    fn message(&self, flow: Flow, bytes: Bytes) {
        self.messages.borrow_mut().push((flow, bytes));
        self.changed.notify_one();
    }

    fn closed(&self, flow: Flow) {
        self.closed.borrow_mut().push(flow);
        self.changed.notify_one();
    }
}

impl Heard {
    async fn until(&self, what: impl Fn(&Self) -> bool) {
        let wait = async {
            while !what(self) {
                self.changed.notified().await;
            }
        };
        tokio::time::timeout(BOUND, wait).await.expect("what was waited for did not happen");
    }
}

struct Bench {
    heard: Rc<Heard>,
    streams: Rc<Streams>,
    address: SocketAddr,
}

impl Bench {
    fn new(limits: StreamLimits) -> Self {
        let heard = Rc::new(Heard::default());
        let streams = Streams::new(limits, heard.clone());
        let listener = Streams::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        spawn_local(Rc::clone(&streams).accept(listener));
        Self { heard, streams, address }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Connects and says something, so that the connection is known to be accepted.
    async fn greet(&self) -> (TcpStream, Flow) {
        let before = self.heard.messages.borrow().len();
        let mut tcp = self.connect().await;
        tcp.write_all(OPTIONS.as_bytes()).await.unwrap();
        self.heard.until(|heard| heard.messages.borrow().len() > before).await;
        let flow = self.heard.messages.borrow().last().unwrap().0;
        (tcp, flow)
    }
}

fn limits() -> StreamLimits {
    StreamLimits {
        max_connections: 4,
        max_per_source: 4,
        message_deadline: BOUND,
        idle: BOUND,
        unregistered_idle: BOUND,
    }
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, test);
}

async fn ends(tcp: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    matches!(tokio::time::timeout(BOUND, tcp.read_to_end(&mut rest)).await, Ok(Ok(_) | Err(_)))
}

#[test]
fn messages_are_cut_out_of_the_stream_wherever_segments_end() {
    run(async {
        let bench = Bench::new(limits());
        let mut tcp = bench.connect().await;
        let both = format!("{OPTIONS}{OPTIONS}");
        for part in both.as_bytes().chunks(7) {
            tcp.write_all(part).await.unwrap();
        }
        bench.heard.until(|heard| heard.messages.borrow().len() == 2).await;
        assert!(bench.heard.messages.borrow().iter().all(|(_, bytes)| bytes == OPTIONS.as_bytes()));
    });
}

#[test]
fn a_keep_alive_is_answered_with_one_line_end() {
    run(async {
        let bench = Bench::new(limits());
        let mut tcp = bench.connect().await;
        tcp.write_all(b"\r\n\r\n").await.unwrap();
        let mut answer = [0; 2];
        tokio::time::timeout(BOUND, tcp.read_exact(&mut answer)).await.unwrap().unwrap();
        assert_eq!(&answer, b"\r\n");
    });
}

#[test]
fn an_unfinished_message_ends_the_connection_at_its_deadline() {
    run(async {
        let bench = Bench::new(StreamLimits { message_deadline: Duration::from_millis(50), ..limits() });
        let (mut tcp, flow) = bench.greet().await;
        bench.streams.mark_registered(&flow);
        tcp.write_all(b"OPTIONS sip:x@127.0").await.unwrap();
        assert!(ends(&mut tcp).await);
        bench.heard.until(|heard| heard.closed.borrow().contains(&flow)).await;
        assert!(bench.streams.is_empty());
    });
}

#[test]
fn a_silent_stranger_is_closed_and_a_registered_phone_is_not() {
    run(async {
        let bench = Bench::new(StreamLimits { unregistered_idle: Duration::from_millis(50), ..limits() });
        let (_phone, registered) = bench.greet().await;
        bench.streams.mark_registered(&registered);
        let (mut stranger, _) = bench.greet().await;
        assert!(ends(&mut stranger).await);
        assert!(bench.streams.send(&registered, Bytes::from_static(b"\r\n")));
    });
}

#[test]
fn one_source_has_only_its_share_of_connections() {
    run(async {
        let bench = Bench::new(StreamLimits { max_per_source: 2, ..limits() });
        let (first, _) = bench.greet().await;
        let (_second, _) = bench.greet().await;
        assert!(ends(&mut bench.connect().await).await);
        assert_eq!(bench.streams.len(), 2);
        drop(first);
        bench.heard.until(|heard| !heard.closed.borrow().is_empty()).await;
        bench.greet().await;
    });
}

#[test]
fn the_oldest_stranger_makes_room_and_registered_phones_stay() {
    run(async {
        let bench = Bench::new(StreamLimits { max_connections: 2, ..limits() });
        let (_phone, registered) = bench.greet().await;
        bench.streams.mark_registered(&registered);
        let (mut stranger, _) = bench.greet().await;
        let (_newcomer, newcomer) = bench.greet().await;
        assert!(ends(&mut stranger).await);
        assert!(bench.streams.send(&registered, Bytes::from_static(b"\r\n")));
        assert!(bench.streams.send(&newcomer, Bytes::from_static(b"\r\n")));
    });
}

#[test]
fn a_peer_that_does_not_read_is_closed_before_it_costs_memory() {
    run(async {
        let bench = Bench::new(limits());
        let (_deaf, flow) = bench.greet().await;
        let block = Bytes::from(vec![b'x'; 60_000]);
        // The kernel's own buffers take some megabytes before ours fill.
        let mut sent = 0;
        while bench.streams.send(&flow, block.clone()) {
            sent += 1;
            assert!(sent < 10_000, "nothing bounds what a deaf peer is owed");
            tokio::task::yield_now().await;
        }
        bench.heard.until(|heard| heard.closed.borrow().contains(&flow)).await;
    });
}

#[test]
fn what_is_no_sip_ends_the_connection() {
    run(async {
        let bench = Bench::new(limits());
        let (mut tcp, _) = bench.greet().await;
        // A head that never ends: beyond the framer's limit it is no use to wait for more.
        let _ = tcp.write_all(&vec![b'a'; 200_000]).await;
        assert!(ends(&mut tcp).await);
    });
}
