//! As much of a SIP message as a load tool needs to see. No parser for anything else.

/// A message that came.
#[derive(Clone, Copy)]
pub(crate) struct Incoming<'m> {
    first: &'m str,
    head: &'m str,
    pub(crate) body: &'m str,
}

impl<'m> Incoming<'m> {
    pub(crate) fn read(bytes: &'m [u8]) -> Option<Incoming<'m>> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let (first, head) = head.split_once("\r\n")?;
        Some(Incoming { first, head, body })
    }

    pub(crate) fn status(&self) -> Option<u16> {
        self.first.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
    }

    /// The method of a request; empty for a response.
    pub(crate) fn method(&self) -> &'m str {
        if self.first.starts_with("SIP/2.0") { "" } else { self.first.split(' ').next().unwrap_or("") }
    }

    /// All values of a header, each on its own line, in long form.
    pub(crate) fn all(&self, name: &'m str) -> impl Iterator<Item = &'m str> {
        self.head.split("\r\n").filter_map(move |line| {
            let (found, value) = line.split_once(':')?;
            found.trim().eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    pub(crate) fn header(&self, name: &'m str) -> &'m str {
        self.all(name).next().unwrap_or("")
    }

    /// The method that this response or request belongs to.
    pub(crate) fn cseq_method(&self) -> &'m str {
        self.header("CSeq").split(' ').next_back().unwrap_or("")
    }

    /// The URI in the Contact.
    pub(crate) fn contact(&self) -> &'m str {
        let value = self.header("Contact");
        match value.split_once('<') {
            Some((_, rest)) => rest.split('>').next().unwrap_or(""),
            None => value.split(';').next().unwrap_or(""),
        }
    }

    /// The address of the first audio stream in the SDP.
    pub(crate) fn audio(&self) -> Option<std::net::SocketAddr> {
        let line = |start| self.body.lines().find_map(|line| line.strip_prefix(start));
        let host = line("c=IN IP4 ")?.trim().parse().ok()?;
        let port = line("m=audio ")?.split(' ').next()?.parse().ok()?;
        Some(std::net::SocketAddr::new(host, port))
    }
}

/// A description of one G.711 stream.
pub(crate) fn sdp(port: u16) -> String {
    format!(
        "v=0\r\no=- {port} 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 8 101\r\n\
         a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n"
    )
}

/// Body and its length, with the empty line before it.
pub(crate) fn with_body(body: &str) -> String {
    if body.is_empty() {
        "Content-Length: 0\r\n\r\n".into()
    } else {
        format!("Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_tool_needs_is_found() {
        let body = sdp(4000);
        let text = format!(
            "SIP/2.0 200 OK\r\nCSeq: 2 INVITE\r\nContact: \"x\" <sip:a@127.0.0.1:5060>;q=1\r\n{}",
            with_body(&body)
        );
        let message = Incoming::read(text.as_bytes()).unwrap();
        assert_eq!(message.status(), Some(200));
        assert_eq!(message.cseq_method(), "INVITE");
        assert_eq!(message.contact(), "sip:a@127.0.0.1:5060");
        assert_eq!(message.audio(), Some("127.0.0.1:4000".parse().unwrap()));
    }
}
