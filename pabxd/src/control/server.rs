//! Lines in, lines out. Everything is bounded: connections, the length of a line, the time for each.

use super::protocol::{Answer, Failure, Kind, Request};
use super::socket::{Socket, may_ask};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::task::spawn_local;

/// Connections at a time. A further one is closed at once.
pub const MAX_CONNECTIONS: usize = 16;
/// Octets of a request, its line end included. A longer one is answered `malformed`, and the connection closed.
pub const MAX_REQUEST: u64 = 16 * 1024;
/// How long a connection may take for a request, from the connection or the last answer on; then it is closed.
pub const REQUEST_DEADLINE: Duration = Duration::from_secs(10);
/// How long the other side may take to accept an answer.
const ANSWER_DEADLINE: Duration = Duration::from_secs(5);
/// Pause after a failed accept: descriptors may be short for a moment.
const BACK_OFF: Duration = Duration::from_millis(200);

/// Serves the socket for ever, on the runtime it is called on. `answer` is asked for each request.
pub async fn serve<A>(socket: Socket, answer: A)
where
    A: AsyncFn(Request) -> Answer + 'static,
{
    let answer = Rc::new(answer);
    let open = Rc::new(Cell::new(0));
    loop {
        let stream = match socket.listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                log::warn!("the control socket accepts nothing: {error}");
                tokio::time::sleep(BACK_OFF).await;
                continue;
            }
        };
        if open.get() >= MAX_CONNECTIONS {
            log::warn!("a connection to the control socket was closed: {MAX_CONNECTIONS} are open");
            continue;
        }
        if !may_ask(&stream) {
            log::warn!("a process of another user asked at the control socket and was not heard");
            continue;
        }
        let place = Place::take(&open);
        let answer = Rc::clone(&answer);
        spawn_local(async move {
            if let Err(error) = converse(stream, answer.as_ref()).await {
                log::debug!("control socket: {error}");
            }
            drop(place);
        });
    }
}

/// One of the connections that may be open.
struct Place(Rc<Cell<usize>>);

impl Place {
    fn take(open: &Rc<Cell<usize>>) -> Self {
        open.set(open.get() + 1);
        Self(Rc::clone(open))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

async fn converse<A: AsyncFn(Request) -> Answer>(stream: UnixStream, answer: &A) -> std::io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut reading = BufReader::new(reading);
    loop {
        let mut line = Vec::new();
        let mut bounded = (&mut reading).take(MAX_REQUEST);
        tokio::time::timeout(REQUEST_DEADLINE, bounded.read_until(b'\n', &mut line)).await??;
        if line.is_empty() {
            return Ok(());
        }
        let whole = line.ends_with(b"\n");
        let answered = match serde_json::from_slice(&line) {
            Ok(request) if whole => tokio::select! {
                biased;
                answered = answer(request) => answered,
                () = gone(&mut reading) => return Ok(()),
            },
            Ok(_) => malformed("the line has no end, or is too long"),
            Err(error) => malformed(&error.to_string()),
        };
        let mut text = serde_json::to_vec(&answered)?;
        text.push(b'\n');
        tokio::time::timeout(ANSWER_DEADLINE, writing.write_all(&text)).await??;
        if !whole {
            return Ok(());
        }
    }
}

/// Waits until the other side has closed. Nobody waits for the answer then, and others wait for the place.
async fn gone(reading: &mut (impl AsyncBufRead + Unpin)) {
    // Octets are the next request: that one is still there.
    if reading.fill_buf().await.is_ok_and(|next| !next.is_empty()) {
        std::future::pending::<()>().await;
    }
}

fn malformed(why: &str) -> Answer {
    Answer::Error(Failure::new(Kind::Malformed, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_mins(1);

    async fn never(_: Request) -> Answer {
        std::future::pending().await
    }

    #[tokio::test]
    async fn who_closes_before_the_answer_keeps_no_place_and_who_asks_on_does() {
        let (mut here, there) = UnixStream::pair().unwrap();
        here.write_all(b"{\"ask\":\"update\"}\n").await.unwrap();
        drop(here);
        tokio::time::timeout(PATIENCE, converse(there, &never)).await.unwrap().unwrap();

        let (mut here, there) = UnixStream::pair().unwrap();
        here.write_all(b"{\"ask\":\"update\"}\n{").await.unwrap();
        let talking = tokio::time::timeout(Duration::from_millis(100), converse(there, &never));
        assert!(talking.await.is_err(), "it is still waited for");
        drop(here);
    }
}
