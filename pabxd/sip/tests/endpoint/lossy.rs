//! Whatever the network does, exchanges complete and nothing is left behind.

use pabx_sip::dialog::Dialog;
use pabx_sip::endpoint::{ClientTx, Event, ServerTx};
use pabx_sip::flow::Transport;
use pabx_sip::message::{Method, Request, StatusCode};

use crate::messages::{answer, request};
use crate::network::{Pair, STORM, Side, Weather};

/// What both users saw of one call that A makes, B answers and A ends.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    answered: bool,
    acknowledged: bool,
    ended: bool,
    timeouts: u32,
}

struct Users {
    invite: Request,
    tx: Option<ClientTx>,
    dialog: Option<Dialog>,
    server: Option<ServerTx>,
    seen: Seen,
}

impl Users {
    fn event(&mut self, pair: &mut Pair, side: Side, event: Event) {
        match (side, event) {
            (Side::B, Event::Request(incoming)) => self.request(pair, incoming),
            (Side::B, Event::Ack { invite, .. }) => {
                assert_eq!(Some(invite), self.server);
                assert!(!self.seen.acknowledged, "an ACK is told once");
                self.seen.acknowledged = true;
            }
            (Side::A, Event::Response { tx, response, flow }) if Some(tx) == self.tx => {
                if response.status().is_success() {
                    let first = !self.seen.answered;
                    self.seen.answered = true;
                    let dialog = self
                        .dialog
                        .get_or_insert_with(|| Dialog::uac(&self.invite, &response, &flow).unwrap());
                    pair.a.send_ack(flow, dialog.ack(1).build());
                    if first {
                        let bye = dialog.request(Method::Bye).build();
                        pair.a.request(pair.now, flow, bye).unwrap();
                    }
                }
            }
            (Side::A, Event::Response { response, .. }) => self.seen.ended |= response.status().is_success(),
            (_, Event::Timeout { .. } | Event::AckMissing { .. } | Event::ServerFailed { .. }) => {
                self.seen.timeouts += 1;
            }
            (_, Event::Rejected { .. }) => {}
            (side, other) => panic!("{side:?}: {other:?}"),
        }
    }

    fn request(&mut self, pair: &mut Pair, incoming: pabx_sip::endpoint::Incoming) {
        let request = incoming.request.clone();
        let now = pair.now;
        let tx = pair.b.accept(now, incoming).unwrap();
        if *request.method() == Method::Invite {
            assert_eq!(self.server, None, "a repeated INVITE is absorbed");
            self.server = Some(tx);
            pair.b.respond(now, tx, answer(&request, StatusCode::RINGING));
        }
        pair.b.respond(now, tx, answer(&request, StatusCode::OK));
    }
}

fn call(transport: Transport, weather: Weather, seed: u8) -> (Pair, Seen) {
    let mut pair = Pair::new(transport, weather, seed);
    let invite = request(Method::Invite);
    let flow = pair.flow(Side::A);
    let tx = pair.a.request(pair.now, flow, invite.clone()).unwrap();
    let seen = Seen::default();
    let mut users = Users { invite, tx: Some(tx), dialog: None, server: None, seen };
    pair.run(|pair, side, event| users.event(pair, side, event));
    (pair, users.seen)
}

#[test]
fn calls_complete_under_thirty_percent_loss() {
    for seed in 0..200 {
        let (pair, seen) = call(Transport::Udp, STORM, seed);
        assert!(
            seen.answered && seen.acknowledged && seen.ended && seen.timeouts == 0,
            "seed {seed}: {seen:?}"
        );
        pair.assert_nothing_left();
    }
}

#[test]
fn calls_complete_on_streams_without_one_repeated_request() {
    let fine = Weather { delay: 30, ..crate::network::FINE };
    let (pair, seen) = call(Transport::Tls, fine, 1);
    assert!(seen.answered && seen.acknowledged && seen.ended && seen.timeouts == 0, "{seen:?}");
    assert_eq!(pair.times(Side::A, "INVITE"), [0]);
    assert_eq!(pair.times(Side::A, "BYE").len(), 1);
    pair.assert_nothing_left();
}

#[test]
fn registrations_complete_under_thirty_percent_loss() {
    for seed in 0..200 {
        let mut pair = Pair::new(Transport::Udp, STORM, seed);
        let flow = pair.flow(Side::A);
        pair.a.request(pair.now, flow, request(Method::Register)).unwrap();
        let (mut accepted, mut answered) = (0, 0);
        pair.run(|pair, _, event| match event {
            Event::Request(incoming) => {
                accepted += 1;
                let response = answer(&incoming.request, StatusCode::OK);
                let tx = pair.b.accept(pair.now, incoming).unwrap();
                pair.b.respond(pair.now, tx, response);
            }
            Event::Response { .. } => answered += 1,
            Event::Rejected { .. } => {}
            other => panic!("seed {seed}: {other:?}"),
        });
        assert_eq!((accepted, answered), (1, 1), "seed {seed}");
        pair.assert_nothing_left();
    }
}

#[test]
fn a_dead_network_ends_every_transaction_by_its_timer() {
    let dead = Weather { loss: 100, ..STORM };
    for method in [Method::Invite, Method::Bye, Method::Register] {
        let mut pair = Pair::new(Transport::Udp, dead, 1);
        let flow = pair.flow(Side::A);
        let tx = pair.a.request(pair.now, flow, request(method.clone())).unwrap();
        let mut timeouts = Vec::new();
        pair.run(|pair, side, event| match event {
            Event::Timeout { tx } => timeouts.push((pair.ms(), side, tx)),
            other => panic!("{other:?}"),
        });
        assert_eq!(timeouts, [(32_000, Side::A, tx)]);
        let expected: &[u128] = if method == Method::Invite {
            &[0, 500, 1500, 3500, 7500, 15_500, 31_500]
        } else {
            &[0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
        };
        assert_eq!(pair.times(Side::A, method.as_str()), expected);
        pair.assert_nothing_left();
    }
}
