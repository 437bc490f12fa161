//! Reads `Digest name=value, …` without allocating: the credentials of a request and the challenge of a response.
//!
//! Stricter than the grammar where leniency would give two readers two meanings: no parameter may come twice,
//! and nothing may follow the list.

use super::hash::Algorithm;
use crate::header::grammar::Scan;

/// Longest field that is read, in octets; a longer one is as good as none.
pub const MAX_FIELD: usize = 1_024;
/// Most parameters in one field.
const MAX_PARAMETERS: usize = 24;

/// A parameter's value, without its quotes and with its escapes.
type Raw<'a> = &'a str;

/// What is read of an `Authorization` or `Proxy-Authorization` field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Credentials<'a> {
    pub(super) username: Raw<'a>,
    pub(super) realm: Raw<'a>,
    pub(super) nonce: Raw<'a>,
    pub(super) uri: Raw<'a>,
    pub(super) response: Raw<'a>,
    pub(super) algorithm: Algorithm,
    pub(super) cnonce: Raw<'a>,
    /// Eight hexadecimal digits, as they stand.
    pub(super) nc: Raw<'a>,
    pub(super) count: u32,
}

impl<'a> Credentials<'a> {
    /// `None` for another scheme, another algorithm, no `qop=auth`, and anything malformed.
    pub(super) fn parse(field: &'a [u8]) -> Option<Self> {
        let fields = Parameters::parse(field)?;
        if !fields.qop?.eq_ignore_ascii_case("auth") || fields.userhash.is_some_and(|v| v != "false") {
            return None;
        }
        let nc = fields.nc.filter(|nc| nc.len() == 8 && nc.bytes().all(|b| b.is_ascii_hexdigit()))?;
        Some(Self {
            username: fields.username?,
            realm: fields.realm?,
            nonce: fields.nonce?,
            uri: fields.uri?,
            response: fields.response?,
            algorithm: fields.algorithm()?,
            cnonce: fields.cnonce.filter(|cnonce| !cnonce.is_empty())?,
            nc,
            count: u32::from_str_radix(nc, 16).ok().filter(|count| *count > 0)?,
        })
    }
}

/// What is read of a `WWW-Authenticate` or `Proxy-Authenticate` field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Challenge<'a> {
    pub(super) realm: Raw<'a>,
    pub(super) nonce: Raw<'a>,
    pub(super) opaque: Option<Raw<'a>>,
    pub(super) algorithm: Algorithm,
    /// The credentials were right and only their nonce too old.
    pub(super) stale: bool,
}

impl<'a> Challenge<'a> {
    /// `None` for another scheme, another algorithm, a challenge that does not offer `qop=auth`, and anything
    /// malformed.
    pub(super) fn parse(field: &'a [u8]) -> Option<Self> {
        let fields = Parameters::parse(field)?;
        fields.qop?.split(',').find(|offer| offer.trim().eq_ignore_ascii_case("auth"))?;
        Some(Self {
            realm: fields.realm?,
            nonce: fields.nonce?,
            opaque: fields.opaque,
            algorithm: fields.algorithm()?,
            stale: fields.stale.is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }
}

/// The parameters that mean something here, each at most once.
#[derive(Debug, Default)]
struct Parameters<'a> {
    username: Option<Raw<'a>>,
    realm: Option<Raw<'a>>,
    nonce: Option<Raw<'a>>,
    uri: Option<Raw<'a>>,
    response: Option<Raw<'a>>,
    algorithm: Option<Raw<'a>>,
    cnonce: Option<Raw<'a>>,
    opaque: Option<Raw<'a>>,
    qop: Option<Raw<'a>>,
    nc: Option<Raw<'a>>,
    userhash: Option<Raw<'a>>,
    stale: Option<Raw<'a>>,
}

impl<'a> Parameters<'a> {
    fn parse(field: &'a [u8]) -> Option<Self> {
        if field.len() > MAX_FIELD {
            return None;
        }
        let text = std::str::from_utf8(field)
            .ok()
            .filter(|text| !text.contains(|c: char| c.is_control() && c != '\t'))?;
        let mut scan = Scan::new(text);
        scan.skip_ws();
        if !scan.token()?.eq_ignore_ascii_case("Digest") || !matches!(scan.peek(), Some(b' ' | b'\t')) {
            return None;
        }
        scan.skip_ws();
        let mut parameters = Self::default();
        for _ in 0..MAX_PARAMETERS {
            let name = scan.token()?;
            if !scan.eat_spaced(b'=') {
                return None;
            }
            let value = value(&mut scan)?;
            if parameters.place(name).is_some_and(|place| place.replace(value).is_some()) {
                return None;
            }
            if !scan.eat_spaced(b',') {
                return scan.finished().then_some(parameters);
            }
        }
        None
    }

    fn place(&mut self, name: &str) -> Option<&mut Option<Raw<'a>>> {
        let places = [
            ("username", &mut self.username),
            ("realm", &mut self.realm),
            ("nonce", &mut self.nonce),
            ("uri", &mut self.uri),
            ("response", &mut self.response),
            ("algorithm", &mut self.algorithm),
            ("cnonce", &mut self.cnonce),
            ("opaque", &mut self.opaque),
            ("qop", &mut self.qop),
            ("nc", &mut self.nc),
            ("userhash", &mut self.userhash),
            ("stale", &mut self.stale),
        ];
        places.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, place)| place)
    }

    /// RFC 7616 §3.3: no `algorithm` means MD5.
    fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm.map_or(Some(Algorithm::Md5), Algorithm::parse)
    }
}

/// A quoted string without its quotes, or the octets up to a comma or white space: phones differ in what they quote.
fn value<'a>(scan: &mut Scan<'a>) -> Option<Raw<'a>> {
    if scan.peek() == Some(b'"') {
        return scan.quoted()?.strip_prefix('"')?.strip_suffix('"');
    }
    let bare = scan.take_while(|b| !matches!(b, b',' | b' ' | b'\t' | b'"'));
    (!bare.is_empty()).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: &str = "Digest username=\"1001\", realm=\"pabx\",nonce=\"abc\" , uri=\"sip:pabx.example;x=1\",\
                        response=\"00\", algorithm=SHA-256, cnonce=\"c\", opaque=\"\", qop=auth, nc=0000000a, other=1";

    #[test]
    fn credentials_are_read_as_they_stand() {
        let read = Credentials::parse(GOOD.as_bytes()).unwrap();
        assert_eq!((read.username, read.realm, read.nonce), ("1001", "pabx", "abc"));
        assert_eq!((read.uri, read.count), ("sip:pabx.example;x=1", 10));
        assert_eq!(read.algorithm, Algorithm::Sha256);
    }

    #[test]
    fn what_phones_quote_differently_is_read_alike() {
        let odd = GOOD.replace("qop=auth", "QOP=\"auth\"").replace("nc=0000000a", "nc=\"0000000A\"");
        let odd = odd.replace("algorithm=SHA-256", "algorithm=\"sha-256\"").replace("Digest", "DIGEST");
        assert_eq!(Credentials::parse(odd.as_bytes()).unwrap().count, 10);
        let md5 = GOOD.replace("algorithm=SHA-256, ", "");
        assert_eq!(Credentials::parse(md5.as_bytes()).unwrap().algorithm, Algorithm::Md5);
    }

    #[test]
    fn a_comma_or_an_escaped_quote_inside_quotes_ends_nothing() {
        let odd = GOOD.replace("\"1001\"", r#""10,nonce=\"x\"01""#);
        let read = Credentials::parse(odd.as_bytes()).unwrap();
        assert_eq!(read.username, r#"10,nonce=\"x\"01"#);
        assert_eq!(read.nonce, "abc");
    }

    #[test]
    fn everything_doubtful_is_no_credentials() {
        let bad = [
            String::new(),
            "Basic dXNlcjpwYXNz".to_owned(),
            GOOD.replace("Digest ", "Digest"),
            GOOD.replace("qop=auth", "qop=auth-int"),
            GOOD.replace("qop=auth, ", ""),
            GOOD.replace("nc=0000000a", "nc=0"),
            GOOD.replace("nc=0000000a", "nc=00000000"),
            GOOD.replace("nc=0000000a", "nc=0000000g"),
            GOOD.replace("SHA-256", "SHA-512-256"),
            GOOD.replace("SHA-256", "MD5-sess"),
            GOOD.replace("other=1", "username=\"1002\""),
            GOOD.replace("other=1", "USERNAME=\"1002\""),
            GOOD.replace("other=1", "userhash=true"),
            GOOD.replace("other=1", "other=\"1"),
            GOOD.replace("other=1", "other=1 more"),
            GOOD.replace("other=1", "other"),
            GOOD.replace("other=1", "a=b\0"),
            format!("{GOOD}, Digest username=\"1002\""),
            format!("{GOOD}{}", ",a=b".repeat(MAX_PARAMETERS)),
            format!("{GOOD},a=\"{}\"", "x".repeat(MAX_FIELD)),
        ];
        for field in bad {
            assert!(Credentials::parse(field.as_bytes()).is_none(), "{field}");
        }
        assert!(Credentials::parse(b"Digest username=\"\xff\"").is_none());
    }

    proptest! {
        #[test]
        fn no_octets_make_the_reader_panic(field in prop::collection::vec(any::<u8>(), 0..200)) {
            Credentials::parse(&field);
            Challenge::parse(&field);
        }

        #[test]
        fn no_damage_makes_the_reader_panic(at in 0..GOOD.len(), octet: u8) {
            let mut field = GOOD.as_bytes().to_vec();
            field[at] = octet;
            Credentials::parse(&field);
        }
    }
}
