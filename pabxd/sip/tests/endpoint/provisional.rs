//! Reliable provisional responses (RFC 3262) end to end.

use pabx_sip::dialog::Dialog;
use pabx_sip::endpoint::{Event, Incoming, ServerTx};
use pabx_sip::flow::Transport;
use pabx_sip::message::{HeaderName, Method, Request, Response, ResponseBuilder, StatusCode};

use crate::messages::{answer, request};
use crate::network::{FINE, Pair, STORM, Side};

fn with_session(request: &Request) -> Response {
    let contact = pabx_sip::header::Contact::new(crate::messages::uri("sip:bob@192.0.2.2"));
    ResponseBuilder::to(request, StatusCode::SESSION_PROGRESS)
        .to_tag("bob")
        .header(HeaderName::Contact, contact)
        .body("application/sdp", "v=0\r\n")
        .build()
}

#[derive(Default)]
struct Bob {
    invite: Option<(ServerTx, Request)>,
    pracks: u32,
    missing: u32,
}

impl Bob {
    fn request(&mut self, pair: &mut Pair, incoming: Incoming) {
        let now = pair.now;
        let request = incoming.request.clone();
        let tx = pair.b.accept(now, incoming).unwrap();
        if *request.method() == Method::Prack {
            let known = pair.b.prack(now, &request);
            self.pracks += u32::from(known.is_some());
            let status = if known.is_some() { StatusCode::OK } else { StatusCode::CALL_DOES_NOT_EXIST };
            pair.b.respond(now, tx, answer(&request, status));
            return;
        }
        pair.b.respond_reliably(now, tx, with_session(&request));
        pair.b.respond(now, tx, answer(&request, StatusCode::OK));
        self.invite = Some((tx, request));
    }
}

/// Alice acknowledges provisionals if told to; Bob answers 183 with a session and at once 200.
fn call(pair: &mut Pair, acknowledges: bool) -> (Bob, Vec<u16>) {
    let invite = request(Method::Invite);
    let flow = pair.flow(Side::A);
    let tx = pair.a.request(pair.now, flow, invite.clone()).unwrap();
    let (mut bob, mut dialog, mut seen) = (Bob::default(), None, Vec::new());
    pair.run(|pair, _, event| match event {
        Event::Request(incoming) => bob.request(pair, incoming),
        Event::Response { tx: of, response, flow } if of == tx => {
            seen.push(response.status().code());
            if !acknowledges || response.status() == StatusCode::TRYING {
                return;
            }
            let dialog: &mut Dialog =
                dialog.get_or_insert_with(|| Dialog::uac(&invite, &response, &flow).unwrap());
            if let Some(prack) = dialog.prack(&response) {
                pair.a.request(pair.now, flow, prack.build()).unwrap();
            } else if response.status().is_success() {
                dialog.confirm(&response).unwrap();
                pair.a.send_ack(flow, dialog.ack(1).build());
            }
        }
        Event::PrackMissing { invite } => {
            bob.missing += 1;
            let (tx, request) = bob.invite.clone().unwrap();
            assert_eq!(tx, invite);
            pair.b.respond(pair.now, tx, answer(&request, StatusCode::SERVER_INTERNAL_ERROR));
        }
        _ => {}
    });
    (bob, seen)
}

#[test]
fn a_2xx_waits_for_the_prack_of_a_session_description() {
    let mut pair = Pair::new(Transport::Udp, FINE, 1);
    let (bob, seen) = call(&mut pair, true);
    assert_eq!((bob.pracks, bob.missing, seen), (1, 0, vec![183, 200]));
    assert_eq!(pair.times(Side::B, "SIP/2.0 183"), [10]);
    assert_eq!(pair.times(Side::B, "SIP/2.0 200").first(), Some(&30), "not before the PRACK");
    pair.assert_nothing_left();
}

#[test]
fn reliable_provisionals_arrive_under_loss() {
    for seed in 0..100 {
        let mut pair = Pair::new(Transport::Udp, STORM, seed);
        let (bob, seen) = call(&mut pair, true);
        assert_eq!((bob.pracks, bob.missing), (1, 0), "seed {seed}: {seen:?}");
        assert!(seen.contains(&183) && seen.contains(&200), "seed {seed}: {seen:?}");
        pair.assert_nothing_left();
    }
}

#[test]
fn without_prack_the_provisional_doubles_for_64_t1_and_the_invite_is_refused() {
    let mut pair = Pair::new(Transport::Tcp, FINE, 1);
    let (bob, seen) = call(&mut pair, false);
    assert_eq!((bob.pracks, bob.missing), (0, 1));
    assert_eq!(seen.last(), Some(&500));
    let expected: Vec<u128> = [0, 500, 1500, 3500, 7500, 15_500, 31_500].iter().map(|t| t + 10).collect();
    assert_eq!(pair.times(Side::B, "SIP/2.0 183"), expected);
    pair.assert_nothing_left();
}
