//! A telephone for one call: the stack's own endpoint over a UDP socket, blocking.

use super::format::Format;
use super::outside::Stage;
use crate::control::protocol::Credentials;
use bytes::Bytes;
use pabx_media::sdp::SessionDescription;
use pabx_sip::dialog::Dialog;
use pabx_sip::digest::{Algorithm, Answerer, Challenges, TrunkCredentials};
use pabx_sip::endpoint::{ClientTx, Endpoint, EndpointConfig, Event, Incoming};
use pabx_sip::flow::{Flow, Transport};
use pabx_sip::message::{HeaderName, Method, Request, RequestBuilder, Response, ResponseBuilder, StatusCode};
use pabx_sip::uri::Uri;
use ring::rand::{SecureRandom, SystemRandom};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// What the credentials are bound to.
const PEER: &str = "own box";
/// Longest sleep on the socket, so that retransmissions go out.
const TURN: Duration = Duration::from_millis(100);
/// How long the end of a call that was given up is waited for.
const CANCEL: Duration = Duration::from_secs(1);
/// How long the answer to the BYE of a call that went wrong is waited for.
const GOODBYE: Duration = Duration::from_secs(2);

/// Why there was no call.
#[derive(Debug, thiserror::Error)]
pub(super) enum PhoneError {
    /// The socket.
    #[error("SIP: {0}")]
    Socket(#[from] std::io::Error),
    /// A final answer that is none of success.
    #[error("{method} is answered {status}")]
    Refused {
        /// Of the request.
        method: Method,
        /// The status code.
        status: u16,
    },
    /// No final answer in the time there was.
    #[error("{0} is not answered")]
    NotAnswered(Method),
    /// Something in the middle of it that should not be.
    #[error("{0}")]
    Odd(&'static str),
}

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// This telephone.
    ByUs,
    /// The other side, before this one did.
    ByThem,
}

/// One telephone with at most one call, which ends with it.
pub(super) struct Phone {
    socket: UdpSocket,
    flow: Flow,
    endpoint: Endpoint,
    answerer: Answerer,
    credentials: Credentials,
    deadline: Instant,
    dialog: Option<Dialog>,
    /// The other side has hung up.
    left: bool,
    told: Box<dyn Fn(Stage) + Send>,
    tokens: u64,
    random: [u8; 32],
}

impl Phone {
    pub(super) fn new(
        server: SocketAddr,
        credentials: Credentials,
        deadline: Instant,
    ) -> Result<Self, PhoneError> {
        let own: IpAddr = if server.is_ipv4() { [0, 0, 0, 0].into() } else { [0_u16; 8].into() };
        let socket = UdpSocket::bind((own, 0))?;
        socket.connect(server)?;
        let local = socket.local_addr()?;
        let mut random = [0; 32];
        SystemRandom::new().fill(&mut random).map_err(|_| PhoneError::Odd("no randomness"))?;
        let answerer = Answerer::new(TrunkCredentials {
            username: credentials.username.clone(),
            password: credentials.password.clone(),
            realm: None,
            peer: PEER.to_owned(),
            weakest: Algorithm::Md5,
        });
        Ok(Self {
            socket,
            flow: Flow { transport: Transport::Udp, local, remote: server, conn: None },
            endpoint: Endpoint::new(EndpointConfig::default(), random),
            answerer,
            credentials,
            deadline,
            dialog: None,
            left: false,
            told: Box::new(|_| {}),
            tokens: 0,
            random,
        })
    }

    /// Tells how far its call has come.
    pub(super) fn telling(mut self, told: Box<dyn Fn(Stage) + Send>) -> Self {
        self.told = told;
        self
    }

    /// Dials, answers the challenge, acknowledges. Tells where sound goes, and in which format.
    pub(super) fn dial(
        &mut self,
        number: &str,
        sound: SocketAddr,
        formats: &[Format],
    ) -> Result<(SocketAddr, Format), PhoneError> {
        let call_id = self.token();
        let (request, response) = self.exchange(&Method::Invite, |phone, credentials| {
            phone.invite(number, &offer(sound, formats), &call_id, credentials)
        })?;
        self.acknowledge(&request, &response)?;
        agreed(&response).ok_or(PhoneError::Odd("the answer to INVITE names no place for sound"))
    }

    /// There is a call from now on.
    fn acknowledge(&mut self, invite: &Request, response: &Response) -> Result<(), PhoneError> {
        let dialog = Dialog::uac(invite, response, &self.flow)
            .map_err(|_| PhoneError::Odd("the answer to INVITE makes no dialog"))?;
        let ack = dialog.ack(dialog.local_seq()).build();
        self.dialog = Some(dialog);
        (self.told)(Stage::Answered);
        self.endpoint.send_ack(self.flow, ack);
        self.flush()
    }

    /// From now on, until then.
    pub(super) fn until(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    /// Ends the call, where it is not over already.
    pub(super) fn hang_up(&mut self) -> Result<Ended, PhoneError> {
        let mut dialog = self.dialog.take().ok_or(PhoneError::Odd("there is no call"))?;
        let ended = self.exchange(&Method::Bye, move |_, credentials| {
            let builder = dialog.request(Method::Bye);
            Ok(match credentials {
                Some((name, value)) => builder.header(name, value),
                None => builder,
            }
            .build())
        });
        match ended {
            // RFC 3261 §15.1.1: their BYE has crossed ours, and the call is over.
            Err(PhoneError::Refused { status: 481, .. }) => Ok(Ended::ByThem),
            Ok(_) if self.left => Ok(Ended::ByThem),
            Ok(_) => Ok(Ended::ByUs),
            Err(error) => Err(error),
        }
    }

    fn invite(
        &mut self,
        number: &str,
        offer: &str,
        call_id: &str,
        credentials: Option<(HeaderName, String)>,
    ) -> Result<Request, PhoneError> {
        let Credentials { username, domain, .. } = &self.credentials;
        let target = format!("sip:{number}@{domain}");
        let uri = Uri::parse(&target).map_err(|_| PhoneError::Odd("the number cannot be dialled"))?;
        // RFC 3261 §22.2: the second attempt has the next number.
        let sequence = if credentials.is_some() { 2 } else { 1 };
        let mut builder = RequestBuilder::new(Method::Invite, &uri)
            .header(HeaderName::From, format!("<sip:{username}@{domain}>;tag={call_id}"))
            .header(HeaderName::To, format!("<{target}>"))
            .header(HeaderName::CallId, call_id)
            .header(HeaderName::CSeq, format!("{sequence} INVITE"))
            .header(HeaderName::Contact, format!("<sip:{username}@{}>", self.flow.local));
        if let Some((name, value)) = credentials {
            builder = builder.header(name, value);
        }
        Ok(builder.body("application/sdp", offer.to_owned()).build())
    }

    /// Sends a request, once more with credentials where it is challenged, and waits for its success.
    fn exchange(
        &mut self,
        method: &Method,
        mut request: impl FnMut(&mut Self, Option<(HeaderName, String)>) -> Result<Request, PhoneError>,
    ) -> Result<(Request, Response), PhoneError> {
        let mut challenges = Challenges::default();
        let mut credentials = None;
        loop {
            let sent = request(self, credentials.take())?;
            let uri = sent.uri_text().to_owned();
            let tx = self
                .endpoint
                .request(Instant::now(), self.flow, sent.clone())
                .map_err(|_| PhoneError::Odd("no transaction left"))?;
            let response = self.final_response(tx, &sent)?;
            let status = response.status();
            if status.is_success() {
                return Ok((sent, response));
            }
            let token = self.token();
            let answer = self.answerer.answer(&mut challenges, PEER, &response, (method, &uri), &token);
            match answer {
                Ok(answer) => credentials = Some((answer.name, answer.value)),
                Err(_) => return Err(PhoneError::Refused { method: method.clone(), status: status.code() }),
            }
        }
    }

    fn final_response(&mut self, tx: ClientTx, sent: &Request) -> Result<Response, PhoneError> {
        let not_answered = || PhoneError::NotAnswered(sent.method().clone());
        while Instant::now() < self.deadline {
            self.turn()?;
            while let Some(event) = self.endpoint.poll_event() {
                match event {
                    Event::Response { tx: of, response, .. } if of == tx && response.status().is_final() => {
                        self.flush()?;
                        return Ok(response);
                    }
                    Event::Response { tx: of, response, .. }
                        if of == tx && response.status().code() >= 180 =>
                    {
                        (self.told)(Stage::Ringing);
                    }
                    Event::Request(incoming) => self.request(&incoming),
                    Event::Timeout { tx: of } | Event::TransportError { tx: of } if of == tx => {
                        return Err(not_answered());
                    }
                    _ => {}
                }
            }
        }
        if *sent.method() == Method::Invite {
            self.give_up(tx, sent);
        }
        Err(not_answered())
    }

    /// The other side hangs up; it has nothing else to ask.
    fn request(&mut self, incoming: &Incoming) {
        if *incoming.request.method() == Method::Bye {
            self.left = true;
            let answer = ResponseBuilder::to(&incoming.request, StatusCode::OK).build();
            self.endpoint.respond_stateless(incoming, answer);
        }
    }

    /// Nobody has answered: whoever rings stops, and the refusal that follows is acknowledged. An answer may have crossed this
    /// (RFC 3261 §9.1): then there is a call, which ends at once.
    fn give_up(&mut self, tx: ClientTx, invite: &Request) {
        self.endpoint.cancel_with(Instant::now(), tx, None);
        let until = Instant::now() + CANCEL;
        while Instant::now() < until && self.turn().is_ok() {
            while let Some(event) = self.endpoint.poll_event() {
                if let Event::Response { tx: of, response, .. } = event
                    && of == tx
                    && response.status().is_success()
                {
                    let _ = self.acknowledge(invite, &response);
                    return self.leave();
                }
            }
        }
    }

    /// Ends a call that went wrong, where there is one: whoever answered is not left to wait, and nobody pays for silence.
    fn leave(&mut self) {
        if self.dialog.is_some() {
            self.until(Instant::now() + GOODBYE);
            if let Err(error) = self.hang_up() {
                log::warn!("a call of the box itself was not ended: {error}");
            }
        }
    }

    /// Sends what is due, and takes in what comes for a moment.
    fn turn(&mut self) -> Result<(), PhoneError> {
        self.endpoint.wake(Instant::now());
        self.flush()?;
        self.socket.set_read_timeout(Some(TURN))?;
        let mut room = vec![0; 65_535];
        match self.socket.recv(&mut room) {
            Ok(length) => {
                room.truncate(length);
                self.endpoint.receive(Instant::now(), self.flow, Bytes::from(room));
                Ok(())
            }
            Err(error)
                if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) =>
            {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn flush(&mut self) -> Result<(), PhoneError> {
        while let Some(transmit) = self.endpoint.poll_transmit() {
            self.socket.send(&transmit.bytes)?;
        }
        Ok(())
    }

    /// A word that nobody can guess: Call-ID, tag, client nonce.
    fn token(&mut self) -> String {
        self.tokens += 1;
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &self.random);
        let tag = ring::hmac::sign(&key, &self.tokens.to_be_bytes());
        tag.as_ref().iter().take(12).fold(String::new(), |text, octet| format!("{text}{octet:02x}"))
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        // What has panicked may panic again, which would end the daemon.
        if !std::thread::panicking() {
            self.leave();
        }
    }
}

/// G.711, both ways (RFC 8866).
fn offer(sound: SocketAddr, formats: &[Format]) -> String {
    let formats: Vec<String> = formats.iter().map(|format| format.payload_type().to_string()).collect();
    let formats = formats.join(" ");
    let family = if sound.is_ipv4() { "IP4" } else { "IP6" };
    let (ip, port) = (sound.ip(), sound.port());
    format!(
        "v=0\r\no=- 1 1 IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP {formats}\r\na=ptime:20\r\n"
    )
}

/// Where sound goes, and in the first format that is known.
fn agreed(response: &Response) -> Option<(SocketAddr, Format)> {
    let description = SessionDescription::parse(&response.body()).ok()?;
    let media = description.media.first()?;
    let ip = description.connection(media)?.ip()?;
    let format = media.formats.iter().find_map(|format| Format::of(format.parse().ok()?))?;
    (media.port != 0).then(|| (SocketAddr::new(ip, media.port), format))
}

#[cfg(test)]
mod tests;
