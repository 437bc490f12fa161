//! Calls from one extension to another through the PBX, both ends played here.

use crate::callee::Callee;
use crate::demo::{Demo, Extension};
use crate::digest::Challenge;
use crate::message::{Incoming, sdp, with_body};
use crate::pace::{Link, Scenario};
use crate::streams::Phone;
use anyhow::{Context, Result};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Calls at a rate: INVITE, challenge, INVITE with credentials, 180, 200, ACK, a while, BYE.
pub(crate) struct Calls {
    from: Extension,
    to: String,
    domain: String,
    run: u32,
    /// How long each call stands; `None`: until [`Calls::hang_up`].
    hold: Option<Duration>,
    pub(crate) phones: Vec<Phone>,
    pub(crate) callee: Callee,
    placed: Vec<Call>,
    due: VecDeque<(Instant, usize)>,
    standing: usize,
}

struct Call {
    started: Instant,
    /// 1: no credentials yet, 2: with credentials, 3: BYE.
    cseq: u32,
    to: String,
    remote: String,
    state: State,
}

#[derive(PartialEq)]
enum State {
    Calling,
    Standing,
    Ending,
    Over,
}

impl Calls {
    pub(crate) fn new(demo: &Demo, hold: Option<Duration>, relayed: usize) -> Result<Calls> {
        let [from, to, ..] = demo.extensions.as_slice() else { anyhow::bail!("two extensions are needed") };
        let phones = || (0..relayed).map(|_| Phone::open()).collect::<Result<Vec<_>>>();
        Ok(Calls {
            from: from.clone(),
            to: to.number.clone(),
            domain: demo.sip.domain.clone(),
            run: std::process::id(),
            hold,
            phones: phones()?,
            callee: Callee::new(phones()?),
            placed: Vec::new(),
            due: VecDeque::new(),
            standing: 0,
        })
    }

    /// Every standing call is due to end.
    pub(crate) fn hang_up(&mut self) {
        let now = Instant::now();
        let standing = self.placed.iter().enumerate().filter(|(_, call)| call.state == State::Standing);
        self.due.extend(standing.map(|(index, _)| (now, index)));
        self.hold = Some(Duration::ZERO);
    }

    fn uri(&self) -> String {
        format!("sip:{}@{}", self.to, self.domain)
    }

    fn head(&self, index: usize, method: &str, cseq: u32, port: u16) -> Option<String> {
        let Calls { domain, run, from: Extension { number, .. }, .. } = self;
        let call = self.placed.get(index)?;
        let target = if call.remote.is_empty() { self.uri() } else { call.remote.clone() };
        let to = if call.to.is_empty() { format!("<{}>", self.uri()) } else { call.to.clone() };
        Some(format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{run}.{index}.{cseq}{method};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{number}@{domain}>;tag=c{index}\r\nTo: {to}\r\nCall-ID: c{index}.{run}\r\n\
             CSeq: {cseq} {method}\r\nContact: <sip:{number}@127.0.0.1:{port}>\r\n"
        ))
    }

    fn invite(&self, index: usize, credentials: &str, port: u16) -> Result<String> {
        let cseq = self.placed.get(index).context("no such call")?.cseq;
        let media = self.phones.get(index).map_or(Ok(9), Phone::port)?;
        let head = self.head(index, "INVITE", cseq, port).context("no such call")?;
        Ok(format!("{head}{credentials}{}", with_body(&sdp(media))))
    }

    fn plain(&self, index: usize, method: &str, cseq: u32, port: u16) -> String {
        self.head(index, method, cseq, port).map_or(String::new(), |head| head + &with_body(""))
    }

    /// The ACK of a failure belongs to the INVITE's transaction (RFC 3261 §17.1.1.3): the same branch.
    fn refuse_ack(&self, index: usize, message: Incoming<'_>, port: u16) -> String {
        let cseq = self.placed.get(index).map_or(1, |call| call.cseq);
        let text = self.plain(index, "ACK", cseq, port);
        let plain = format!("To: <{}>", self.uri());
        text.replacen(&format!("{cseq}ACK;rport"), &format!("{cseq}INVITE;rport"), 1).replacen(
            &plain,
            &format!("To: {}", message.header("To")),
            1,
        )
    }

    fn final_response(
        &mut self,
        index: usize,
        status: u16,
        message: Incoming<'_>,
        link: &mut Link,
    ) -> Result<()> {
        if status >= 300 {
            link.send(&self.refuse_ack(index, message, link.port()));
        }
        let Some(call) = self.placed.get_mut(index) else { return Ok(()) };
        match status {
            401 | 407 if call.cseq == 1 => {
                call.cseq = 2;
                let (name, reply) = match status {
                    401 => ("WWW-Authenticate", "Authorization"),
                    _ => ("Proxy-Authenticate", "Proxy-Authorization"),
                };
                let challenge = message.all(name).find_map(Challenge::read).context("no MD5 offered")?;
                let answer = challenge.answer(&self.from, "INVITE", &self.uri(), 1);
                let text = self.invite(index, &format!("{reply}: {answer}\r\n"), link.port())?;
                link.request(index, text);
            }
            200 => self.answered(index, message, link)?,
            status if call.state == State::Calling && call.cseq == 2 => {
                call.state = State::Over;
                link.failed(index, status);
            }
            _ => {}
        }
        Ok(())
    }

    fn answered(&mut self, index: usize, message: Incoming<'_>, link: &mut Link) -> Result<()> {
        let Some(call) = self.placed.get_mut(index) else { return Ok(()) };
        if call.state == State::Calling {
            (call.state, call.to, call.remote) =
                (State::Standing, message.header("To").into(), message.contact().into());
            link.done(index, call.started.elapsed());
            self.standing += 1;
            if let (Some(phone), Some(relay)) = (self.phones.get(index), message.audio()) {
                phone.talk_to(relay)?;
            }
            if let Some(hold) = self.hold {
                self.due.push_back((Instant::now() + hold, index));
            }
        }
        link.send(&self.plain(index, "ACK", 2, link.port()));
        Ok(())
    }
}

impl Scenario for Calls {
    fn start(&mut self, index: usize, link: &mut Link) -> Result<()> {
        let (to, remote) = (String::new(), String::new());
        self.placed.push(Call { started: Instant::now(), cseq: 1, to, remote, state: State::Calling });
        let text = self.invite(index, "", link.port())?;
        link.request(index, text);
        Ok(())
    }

    fn receive(&mut self, message: Incoming<'_>, link: &mut Link) -> Result<()> {
        let Some(status) = message.status() else {
            let port = link.port();
            self.callee.answer(message, port)?.iter().for_each(|text| link.send(text));
            return Ok(());
        };
        let id = message.header("Call-ID").strip_prefix('c').and_then(|id| id.split_once('.'));
        let Some(index) = id.and_then(|(index, _)| index.parse::<usize>().ok()) else { return Ok(()) };
        match (message.cseq_method(), status) {
            ("INVITE", 100..=199) => link.heard(index),
            ("INVITE", _) => self.final_response(index, status, message, link)?,
            ("BYE", 200..) => {
                link.over(index);
                if let Some(call) = self.placed.get_mut(index).filter(|call| call.state == State::Ending) {
                    call.state = State::Over;
                    self.standing -= 1;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn tick(&mut self, link: &mut Link) -> Result<()> {
        while let Some((_, index)) = self.due.pop_front_if(|(due, _)| *due <= Instant::now()) {
            let text = self.plain(index, "BYE", 3, link.port());
            if let Some(call) = self.placed.get_mut(index) {
                call.state = State::Ending;
            }
            link.request(index, text);
        }
        Ok(())
    }

    fn idle(&self) -> bool {
        self.hold.is_none() || (self.standing == 0 && self.callee.calls() == 0)
    }
}
