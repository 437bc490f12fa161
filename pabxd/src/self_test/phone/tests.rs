//! A telephone and a box of a few lines, which answers as a test wants.

use super::*;
use std::sync::mpsc::{Receiver, channel};

/// What the box does with a request: statuses, each of the newest INVITE or of the request itself.
type Answers = fn(&str) -> &'static [(&'static str, u16)];

/// A box that answers so, and tells which methods came.
fn served_by(answers: Answers) -> (SocketAddr, Receiver<String>) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let address = socket.local_addr().unwrap();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let (mut room, mut invite) = ([0; 4_096], String::new());
        while let Ok((length, from)) = socket.recv_from(&mut room) {
            let text = String::from_utf8(room[..length].to_vec()).unwrap();
            let method = text.split(' ').next().unwrap().to_owned();
            if method == "INVITE" {
                invite.clone_from(&text);
            }
            for (of, status) in answers(&method) {
                let request = if *of == "INVITE" { &invite } else { &text };
                socket.send_to(response(request, *status, address).as_bytes(), from).unwrap();
            }
            if tell.send(method).is_err() {
                return;
            }
        }
    });
    (address, told)
}

/// Without a description of sound.
fn response(request: &str, status: u16, from: SocketAddr) -> String {
    let kept = request.lines().filter(|line| {
        let name = line.split(':').next().unwrap().to_ascii_lowercase();
        matches!(name.as_str(), "via" | "from" | "call-id" | "cseq")
    });
    let headers = kept.collect::<Vec<_>>().join("\r\n");
    format!(
        "SIP/2.0 {status} X\r\n{headers}\r\nTo: <sip:1@x.test>;tag=box\r\nContact: <sip:box@{from}>\r\nContent-Length: 0\r\n\r\n"
    )
}

fn dialled(server: SocketAddr, patience: Duration) -> Result<(SocketAddr, Format), PhoneError> {
    let credentials =
        Credentials { username: "own".into(), password: "secret".into(), domain: "x.test".into() };
    let mut phone = Phone::new(server, credentials, Instant::now() + patience).unwrap();
    phone.dial("1", SocketAddr::from(([127, 0, 0, 1], 9)), &[Format::Pcma])
}

/// The methods up to this one.
fn until(told: &Receiver<String>, last: &str) -> Vec<String> {
    let mut methods = Vec::new();
    while methods.last().is_none_or(|method| method != last) {
        methods.push(told.recv_timeout(Duration::from_secs(5)).expect(last));
    }
    methods
}

#[test]
fn a_call_whose_answer_names_no_place_for_sound_is_ended() {
    let (server, told) = served_by(|method| match method {
        "ACK" => &[],
        _ => &[("", 200)],
    });
    let why = dialled(server, Duration::from_secs(5)).unwrap_err();
    assert!(why.to_string().contains("no place for sound"), "{why}");
    assert_eq!(until(&told, "BYE"), ["INVITE", "ACK", "BYE"]);
}

#[test]
fn an_answer_that_crosses_the_end_of_patience_is_taken_and_ended() {
    let (server, told) = served_by(|method| match method {
        "INVITE" => &[("", 180)],
        "CANCEL" => &[("INVITE", 200), ("", 200)],
        "ACK" => &[],
        _ => &[("", 200)],
    });
    let why = dialled(server, Duration::from_millis(300)).unwrap_err();
    assert!(matches!(why, PhoneError::NotAnswered(Method::Invite)), "{why}");
    assert_eq!(until(&told, "BYE"), ["INVITE", "CANCEL", "ACK", "BYE"]);
}
