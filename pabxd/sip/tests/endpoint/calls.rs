//! Calls that do not go straight: refused, cancelled, not acknowledged, cut.

use pabx_sip::endpoint::{ClientTx, Event, ServerTx};
use pabx_sip::flow::Transport;
use pabx_sip::message::{Method, Request, StatusCode};

use crate::messages::{answer, request};
use crate::network::{FINE, Pair, STORM, Side, Weather};

fn invite(pair: &mut Pair) -> ClientTx {
    let flow = pair.flow(Side::A);
    pair.a.request(pair.now, flow, request(Method::Invite)).unwrap()
}

/// B takes the first request and answers it, or not.
fn take(pair: &mut Pair, event: Event, status: Option<StatusCode>) -> Option<(ServerTx, Request)> {
    let Event::Request(incoming) = event else { return None };
    let request = incoming.request.clone();
    let tx = pair.b.accept(pair.now, incoming).unwrap();
    if let Some(status) = status {
        pair.b.respond(pair.now, tx, answer(&request, status));
    }
    Some((tx, request))
}

fn statuses(side: Side, event: &Event, into: &mut Vec<u16>) {
    if let (Side::A, Event::Response { response, .. }) = (side, event) {
        into.push(response.status().code());
    }
}

#[test]
fn a_refused_invite_is_acknowledged_by_the_transaction() {
    for (transport, weather) in [(Transport::Udp, FINE), (Transport::Tcp, FINE), (Transport::Udp, STORM)] {
        for seed in 0..50 {
            let mut pair = Pair::new(transport, weather, seed);
            invite(&mut pair);
            let mut seen = Vec::new();
            pair.run(|pair, side, event| {
                statuses(side, &event, &mut seen);
                assert!(!matches!(
                    event,
                    Event::Ack { .. } | Event::Timeout { .. } | Event::ServerFailed { .. }
                ));
                take(pair, event, Some(StatusCode::BUSY_HERE));
            });
            assert_eq!(seen.iter().filter(|status| **status == 486).count(), 1, "seed {seed}: {seen:?}");
            assert!(!pair.times(Side::A, "ACK").is_empty());
            pair.assert_nothing_left();
        }
    }
}

#[test]
fn the_ack_to_a_failure_has_branch_and_route_of_its_invite_and_the_tag_of_the_response() {
    let mut pair = Pair::new(Transport::Udp, FINE, 1);
    invite(&mut pair);
    pair.run(|pair, _, event| {
        take(pair, event, Some(StatusCode::BUSY_HERE));
    });
    let texts: Vec<&str> = pair.sent.iter().filter(|s| s.from == Side::A).map(|s| s.text.as_str()).collect();
    let line = |text: &str, name: &str| text.lines().find(|l| l.starts_with(name)).unwrap().to_owned();
    assert_eq!(line(texts[0], "Via"), line(texts[1], "Via"));
    assert!(texts[1].starts_with("ACK sip:bob@192.0.2.2 SIP/2.0\r\n"), "{}", texts[1]);
    assert_eq!(line(texts[1], "CSeq"), "CSeq: 1 ACK");
    assert!(line(texts[1], "To").ends_with(";tag=bob"));
}

#[test]
fn an_invite_nobody_answers_gets_100_by_itself() {
    let mut pair = Pair::new(Transport::Udp, FINE, 1);
    let tx = invite(&mut pair);
    let mut seen = Vec::new();
    let mut server = None;
    pair.run_until(5000, |pair, side, event| {
        statuses(side, &event, &mut seen);
        server = take(pair, event, None).or(server.take());
    });
    assert_eq!(seen, [100]);
    assert_eq!(pair.times(Side::B, "SIP/2.0 100"), [210]);
    assert_eq!(pair.times(Side::A, "INVITE"), [0], "the 100 stops Timer A");
    pair.a.cancel(pair.now, tx);
    let (server, request) = server.unwrap();
    pair.run(|pair, side, event| {
        statuses(side, &event, &mut seen);
        if matches!(event, Event::Cancelled { invite } if invite == server) {
            pair.b.respond(pair.now, server, answer(&request, StatusCode::REQUEST_TERMINATED));
        }
    });
    assert_eq!(seen, [100, 487]);
    pair.assert_nothing_left();
}

#[test]
fn a_cancel_waits_for_the_first_provisional() {
    let mut pair = Pair::new(Transport::Udp, FINE, 1);
    let tx = invite(&mut pair);
    pair.a.cancel_with(pair.now, tx, Some("SIP;cause=200;text=\"Call completed elsewhere\""));
    pair.a.cancel(pair.now, tx);
    let mut seen = Vec::new();
    let mut server = None;
    let mut cancelled = 0;
    pair.run(|pair, side, event| {
        statuses(side, &event, &mut seen);
        if let Event::Cancelled { invite } = event {
            cancelled += 1;
            let (tx, request) = server.clone().unwrap();
            assert_eq!(invite, tx);
            pair.b.respond(pair.now, tx, answer(&request, StatusCode::REQUEST_TERMINATED));
        } else {
            server = take(pair, event, Some(StatusCode::RINGING)).or(server.take());
        }
    });
    assert_eq!(pair.times(Side::A, "CANCEL"), [20], "10 ms there, 10 ms back");
    let cancel = pair.sent.iter().find(|sent| sent.text.starts_with("CANCEL")).unwrap();
    assert!(
        cancel.text.contains("Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n"),
        "{}",
        cancel.text
    );
    assert_eq!((seen, cancelled), (vec![180, 487], 1));
    pair.assert_nothing_left();
}

#[test]
fn cancelling_works_under_loss_and_is_told_once() {
    for seed in 0..100 {
        let mut pair = Pair::new(Transport::Udp, STORM, seed);
        let tx = invite(&mut pair);
        pair.a.cancel(pair.now, tx);
        let (mut seen, mut server, mut cancelled) = (Vec::new(), None, 0);
        pair.run(|pair, side, event| {
            statuses(side, &event, &mut seen);
            if let Event::Cancelled { .. } = event {
                cancelled += 1;
                let (tx, request) = server.clone().unwrap();
                pair.b.respond(pair.now, tx, answer(&request, StatusCode::REQUEST_TERMINATED));
            } else {
                server = take(pair, event, Some(StatusCode::RINGING)).or(server.take());
            }
        });
        assert_eq!((cancelled, seen.last().copied()), (1, Some(487)), "seed {seed}: {seen:?}");
        pair.assert_nothing_left();
    }
}

#[test]
fn a_200_that_crosses_a_cancel_wins() {
    let mut pair = Pair::new(Transport::Udp, FINE, 1);
    let tx = invite(&mut pair);
    let (mut seen, mut server) = (Vec::new(), None);
    pair.run_until(100, |pair, side, event| {
        statuses(side, &event, &mut seen);
        server = take(pair, event, Some(StatusCode::RINGING)).or(server.take());
    });
    let (server, request) = server.unwrap();
    pair.b.respond(pair.now, server, answer(&request, StatusCode::OK));
    pair.a.cancel(pair.now, tx);
    let mut missing = 0;
    pair.run(|_, side, event| {
        statuses(side, &event, &mut seen);
        assert!(!matches!(event, Event::Cancelled { .. }), "a CANCEL after the final response has no effect");
        missing += u32::from(matches!(event, Event::AckMissing { invite } if invite == server));
    });
    assert_eq!(seen.iter().filter(|status| **status == 200).count(), 11, "{seen:?}");
    assert_eq!(missing, 1, "nobody acknowledged");
    assert_eq!(pair.times(Side::B, "SIP/2.0 200").len(), 12, "11 for the INVITE, one for the CANCEL");
    pair.assert_nothing_left();
}

#[test]
fn a_2xx_without_ack_is_repeated_on_timer_g_schedule_and_then_told() {
    let mut pair = Pair::new(Transport::Tcp, FINE, 1);
    invite(&mut pair);
    let mut missing = Vec::new();
    pair.run(|pair, _, event| match event {
        Event::AckMissing { .. } => missing.push(pair.ms()),
        event => {
            take(pair, event, Some(StatusCode::OK));
        }
    });
    assert_eq!(missing, [32_010]);
    let expected: Vec<u128> = [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
        .iter()
        .map(|t| t + 10)
        .collect();
    assert_eq!(pair.times(Side::B, "SIP/2.0 200"), expected);
    pair.assert_nothing_left();
}

#[test]
fn a_cut_connection_is_told_to_whoever_waits() {
    let mut pair = Pair::new(Transport::Tls, FINE, 1);
    let tx = invite(&mut pair);
    let mut server = None;
    pair.run_until(100, |pair, _, event| {
        server = take(pair, event, Some(StatusCode::RINGING)).or(server.take());
    });
    for side in [Side::A, Side::B] {
        let (now, flow) = (pair.now, pair.flow(side));
        pair.endpoint(side).flow_failed(now, flow);
    }
    assert!(matches!(pair.a.poll_event(), Some(Event::TransportError { tx: failed }) if failed == tx));
    assert!(matches!(pair.b.poll_event(), Some(Event::ServerFailed { tx }) if tx == server.unwrap().0));
    pair.assert_nothing_left();
}

#[test]
fn one_of_many_transactions_of_a_flow_may_end_first() {
    let mut pair = Pair::new(Transport::Tcp, Weather { loss: 100, ..FINE }, 1);
    let flow = pair.flow(Side::A);
    let all: Vec<ClientTx> = (0..5)
        .map(|n| {
            let request = crate::messages::builder(Method::Options, &format!("call-{n}")).build();
            pair.a.request(pair.now, flow, request).unwrap()
        })
        .collect();
    pair.run_until(1000, |pair, _, event| {
        let answered =
            matches!(&event, Event::Request(incoming) if incoming.request.call_id() == Some("call-1"));
        if answered {
            take(pair, event, Some(StatusCode::OK));
        }
    });
    pair.a.flow_failed(pair.now, flow);
    let mut failed = Vec::new();
    while let Some(event) = pair.a.poll_event() {
        if let Event::TransportError { tx } = event {
            failed.push(tx);
        }
    }
    failed.sort();
    assert_eq!(failed, [all[0], all[2], all[3], all[4]]);
    assert!(pair.a.counts().is_zero());
}

#[test]
fn a_non_invite_that_the_user_leaves_open_gets_100_late_and_never_408() {
    let mut pair = Pair::new(Transport::Udp, FINE, 1);
    let flow = pair.flow(Side::A);
    pair.a.request(pair.now, flow, request(Method::Options)).unwrap();
    let (mut failed, mut timeout, mut seen) = (0, 0, Vec::new());
    pair.run(|pair, side, event| {
        statuses(side, &event, &mut seen);
        match event {
            Event::ServerFailed { .. } => failed += 1,
            Event::Timeout { .. } => timeout += 1,
            event => {
                take(pair, event, None);
            }
        }
    });
    assert_eq!((failed, timeout), (1, 1));
    assert!(seen.iter().all(|status| *status == 100), "{seen:?}");
    assert_eq!(pair.times(Side::B, "SIP/2.0 100").first(), Some(&3510));
    assert!(pair.times(Side::B, "SIP/2.0 408").is_empty());
    pair.assert_nothing_left();
}
