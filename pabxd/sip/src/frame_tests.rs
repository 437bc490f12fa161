use proptest::prelude::*;

use super::*;

const ONE: &[u8] = b"OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 3\r\n\r\nabc";
const TWO: &[u8] = b"SIP/2.0 200 OK\r\nl : 0\r\n\r\n";

fn frames(framer: &mut Framer) -> Result<Vec<Frame>, FrameError> {
    std::iter::from_fn(|| framer.next().transpose()).collect()
}

fn error(octets: &[u8]) -> FrameError {
    let mut framer = Framer::new();
    framer.push(octets);
    let error = frames(&mut framer).unwrap_err();
    framer.push(TWO);
    assert_eq!(framer.next(), Err(error), "an error is final");
    error
}

#[test]
fn messages_and_keep_alives_come_out_in_order() {
    let mut framer = Framer::new();
    framer.push(&[b"\r\n\r\n", ONE, b"\r\n", TWO, b"\r\n\r\n"].concat());
    let expected = [
        Frame::Ping,
        Frame::Message(Bytes::from_static(ONE)),
        Frame::Pong,
        Frame::Message(Bytes::from_static(TWO)),
        Frame::Ping,
    ];
    assert_eq!(frames(&mut framer).unwrap(), expected);
    assert_eq!(framer.pending(), 0);
}

#[test]
fn a_message_split_at_any_octet_is_put_together() {
    for cut in 0..ONE.len() {
        let mut framer = Framer::new();
        framer.push(&ONE[..cut]);
        assert_eq!(frames(&mut framer).unwrap(), []);
        framer.push(&ONE[cut..]);
        assert_eq!(frames(&mut framer).unwrap(), [Frame::Message(Bytes::from_static(ONE))], "cut at {cut}");
    }
}

#[test]
fn a_missing_or_odd_content_length_ends_the_stream() {
    assert_eq!(error(b"OPTIONS sip:a@b SIP/2.0\r\n\r\n"), FrameError::NoContentLength);
    for odd in ["-1", "", "1x", "+1", "1, 1", "99999999999999999999", "1\r\nContent-Length: 1", "1\r\nl: 2"] {
        let text = format!("OPTIONS sip:a@b SIP/2.0\r\nContent-Length: {odd}\r\n\r\n");
        assert_eq!(error(text.as_bytes()), FrameError::ContentLength, "{odd:?}");
    }
}

#[test]
fn a_folded_content_length_is_read() {
    let mut framer = Framer::new();
    let text = b"OPTIONS sip:a@b SIP/2.0\r\nContent-Length:\r\n  1\r\n\r\nx";
    framer.push(text);
    assert_eq!(frames(&mut framer).unwrap(), [Frame::Message(Bytes::from_static(text))]);
}

#[test]
fn heads_and_bodies_have_limits() {
    assert_eq!(error(&vec![b'a'; MAX_HEAD + 1]), FrameError::HeadTooLong);
    let long = format!("OPTIONS sip:a@b SIP/2.0\r\nX: {}\r\nl: 0\r\n\r\n", "a".repeat(MAX_HEAD));
    assert_eq!(error(long.as_bytes()), FrameError::HeadTooLong);
    let body = format!("OPTIONS sip:a@b SIP/2.0\r\nl: {}\r\n\r\n", MAX_BODY + 1);
    assert_eq!(error(body.as_bytes()), FrameError::BodyTooLong);
    assert_eq!(error(&vec![b'a'; MAX_BUFFERED + 1]), FrameError::Overflow);
}

proptest! {
    #[test]
    fn any_cut_of_any_octets_gives_the_same_frames(
        octets in proptest::collection::vec(prop_oneof![Just(b"\r\n".to_vec()), Just(ONE.to_vec()), Just(TWO.to_vec()), proptest::collection::vec(any::<u8>(), 0..9)], 0..6),
        size in 1usize..40,
    ) {
        let octets = octets.concat();
        let message = |f: &Frame| matches!(f, Frame::Message(_));
        let mut whole = Framer::new();
        whole.push(&octets);
        let mut expected = Vec::new();
        while let Ok(Some(frame)) = whole.next() { expected.push(frame); }
        let (mut cut, mut got) = (Framer::new(), Vec::new());
        for piece in octets.chunks(size) {
            cut.push(piece);
            while let Ok(Some(frame)) = cut.next() { got.push(frame); }
        }
        // A ping cut in two is two pongs; messages are the same.
        expected.retain(message);
        got.retain(message);
        prop_assert_eq!(expected, got);
    }
}
