//! REGISTER, challenge, REGISTER with credentials, 200: at a given rate.

use crate::demo::{Demo, Extension};
use crate::digest::Challenge;
use crate::message::Incoming;
use crate::pace::{Link, Scenario};
use anyhow::{Context, Result};
use std::time::Instant;

/// Registers the extensions in turn, each attempt as a phone that has just been switched on.
pub(crate) struct Registrations {
    who: Vec<Extension>,
    domain: String,
    contact_port: u16,
    run: u32,
    /// Asks with the last nonce at once, as a phone that refreshes does.
    refresh: bool,
    known: Option<(Challenge, u32)>,
    attempts: Vec<Attempt>,
}

#[derive(Clone, Copy)]
struct Attempt {
    started: Instant,
    answered: bool,
}

impl Registrations {
    pub(crate) fn new(demo: &Demo, contact_port: u16, refresh: bool) -> Result<Registrations> {
        demo.extensions.first().context("no extensions")?;
        let (who, domain) = (demo.extensions.clone(), demo.sip.domain.clone());
        let run = std::process::id();
        Ok(Registrations { who, domain, contact_port, run, refresh, known: None, attempts: Vec::new() })
    }

    fn who(&self, attempt: usize) -> Result<&Extension> {
        self.who.get(attempt % self.who.len()).context("no extensions")
    }

    fn request(&self, attempt: usize, answer: Option<&str>, port: u16) -> Result<String> {
        let Registrations { domain, run, contact_port, .. } = self;
        let (number, cseq) = (&self.who(attempt)?.number, 1 + u32::from(answer.is_some()));
        let credentials = answer.map_or(String::new(), |answer| format!("Authorization: {answer}\r\n"));
        Ok(format!(
            "REGISTER sip:{domain} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{run}.{attempt}.{cseq};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{number}@{domain}>;tag=f{attempt}\r\nTo: <sip:{number}@{domain}>\r\n\
             Call-ID: r{attempt}.{run}\r\nCSeq: {cseq} REGISTER\r\nContact: <sip:{number}@127.0.0.1:{contact_port}>\r\n\
             {credentials}Expires: 300\r\nContent-Length: 0\r\n\r\n"
        ))
    }

    fn answered(&self, attempt: usize, challenge: &Challenge, count: u32, port: u16) -> Result<String> {
        let answer = challenge.answer(self.who(attempt)?, "REGISTER", &format!("sip:{}", self.domain), count);
        self.request(attempt, Some(&answer), port)
    }
}

impl Scenario for Registrations {
    fn start(&mut self, attempt: usize, link: &mut Link) -> Result<()> {
        self.attempts.push(Attempt { started: Instant::now(), answered: false });
        let text = match &mut self.known {
            Some((challenge, count)) if self.refresh => {
                *count += 1;
                let (challenge, count) = (challenge.clone(), *count);
                self.answered(attempt, &challenge, count, link.port())?
            }
            _ => self.request(attempt, None, link.port())?,
        };
        link.request(attempt, text);
        Ok(())
    }

    fn receive(&mut self, message: Incoming<'_>, link: &mut Link) -> Result<()> {
        let call = message.header("Call-ID");
        let Some((attempt, _)) = call.strip_prefix('r').and_then(|id| id.split_once('.')) else {
            return Ok(());
        };
        let attempt: usize = attempt.parse()?;
        let Some(state) = self.attempts.get_mut(attempt) else { return Ok(()) };
        match message.status() {
            Some(401) if !state.answered => {
                state.answered = true;
                let challenge =
                    message.all("WWW-Authenticate").find_map(Challenge::read).context("no MD5 offered")?;
                let text = self.answered(attempt, &challenge, 1, link.port())?;
                self.known = Some((challenge, 1));
                link.request(attempt, text);
            }
            Some(200) => link.done(attempt, state.started.elapsed()),
            // A second challenge to the first request: the answer to its retransmission.
            Some(401) if message.header("CSeq").starts_with("1 ") => {}
            Some(status @ 300..) => link.failed(attempt, status),
            _ => {}
        }
        Ok(())
    }
}
