//! Digest authentication from both sides, in simulated time.
#![expect(clippy::disallowed_methods, reason = "tests take one instant as their epoch")]
#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use bytes::Bytes;
use pabx_sip::digest::{
    Algorithm, Answerer, AuthConfig, AuthVerdict, Authenticator, Challenges, Ha1, Refusal, TrunkCredentials,
    ha1,
};
use pabx_sip::message::{HeaderName, Message, Method, Request, Response};
use pabx_sip::uri::Host;
use proptest::prelude::*;
use std::time::{Duration, Instant};

const REALM: &str = "pabx";
const URI: &str = "sip:pabx.example";

fn request(method: &str, uri: &str, extra: &str) -> Request {
    let text = format!(
        "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKx\r\nMax-Forwards: 70\r\n\
         From: <sip:1001@pabx.example>;tag=a\r\nTo: <sip:1001@pabx.example>\r\nCall-ID: c\r\nCSeq: 1 {method}\r\n\
         {extra}Content-Length: 0\r\n\r\n"
    );
    match Message::parse(Bytes::from(text)).unwrap() {
        Message::Request(request) => request,
        Message::Response(_) => panic!("a request"),
    }
}

fn response(status: &str, extra: &str) -> Response {
    let text = format!(
        "SIP/2.0 {status} X\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKy\r\nFrom: <sip:me@p>;tag=a\r\n\
         To: <sip:me@p>;tag=b\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n{extra}Content-Length: 0\r\n\r\n"
    );
    match Message::parse(Bytes::from(text)).unwrap() {
        Message::Response(response) => response,
        Message::Request(_) => panic!("a response"),
    }
}

fn line(offer: impl std::fmt::Display) -> String {
    format!("WWW-Authenticate: {offer}\r\n")
}

fn secrets(user: &str) -> Option<Ha1> {
    (user == "1001" || user == r#"o"dd\"#).then(|| ha1(user, REALM, "right password"))
}

struct World {
    server: Authenticator,
    now: Instant,
}

/// A phone that answers with what a trunk answers with: the two sides check each other.
fn phone(user: &str, password: &str, weakest: Algorithm) -> Answerer {
    Answerer::new(TrunkCredentials {
        username: user.into(),
        password: password.into(),
        realm: None,
        peer: "pabx".into(),
        weakest,
    })
}

impl World {
    fn new() -> Self {
        Self::with(AuthConfig { offer: vec![Algorithm::Sha256, Algorithm::Md5], ..AuthConfig::default() })
    }

    fn with(config: AuthConfig) -> Self {
        let now = Instant::now();
        Self { server: Authenticator::new(REALM, [1; 32], config, now), now }
    }

    fn challenge(&self) -> Response {
        let lines =
            self.server.challenge(self.now, false).fold(String::new(), |lines, offer| lines + &line(offer));
        response("401", &lines)
    }

    fn only(&self, algorithm: Algorithm) -> Response {
        let offer = self.server.challenge(self.now, false).find(|o| o.algorithm() == algorithm).unwrap();
        response("401", &format!("WWW-Authenticate: {offer}\r\n"))
    }

    fn verify(&mut self, method: &str, uri: &str, authorization: &str) -> Outcome {
        let request = request(method, uri, &format!("Authorization: {authorization}\r\n"));
        Outcome::from(self.server.verify(self.now, &request, &secrets))
    }

    fn register(&mut self, authorization: &str) -> Outcome {
        self.verify("REGISTER", URI, authorization)
    }
}

#[derive(Debug, PartialEq, Eq, Clone)]
enum Outcome {
    Accepted(String),
    NoCredentials,
    Stale,
    Rejected(String),
}

impl From<AuthVerdict<'_>> for Outcome {
    fn from(verdict: AuthVerdict<'_>) -> Self {
        match verdict {
            AuthVerdict::Accepted { username } => Self::Accepted(username.into_owned()),
            AuthVerdict::NoCredentials => Self::NoCredentials,
            AuthVerdict::Stale => Self::Stale,
            AuthVerdict::Rejected { username } => Self::Rejected(username.into_owned()),
        }
    }
}

fn accepted() -> Outcome {
    Outcome::Accepted("1001".into())
}

fn answer(phone: &mut Answerer, challenge: &Response) -> String {
    let register = (&Method::Register, URI);
    phone.answer(&mut Challenges::default(), "pabx", challenge, register, "0a1b2c").unwrap().value
}

#[test]
fn the_right_password_is_accepted_with_either_algorithm() {
    let mut world = World::new();
    for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
        let value = answer(&mut phone("1001", "right password", Algorithm::Md5), &world.only(algorithm));
        assert!(value.contains(&format!("algorithm={algorithm}")), "{value}");
        assert_eq!(world.register(&value), accepted());
    }
}

#[test]
fn a_wrong_password_and_an_unknown_user_get_the_same_verdict() {
    let mut world = World::new();
    for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
        for user in ["1001", "nobody"] {
            let value = answer(&mut phone(user, "wrong password", Algorithm::Md5), &world.only(algorithm));
            assert_eq!(world.register(&value), Outcome::Rejected(user.into()));
        }
    }
}

#[test]
fn no_credentials_and_those_for_others_are_challenged_and_no_failure() {
    let mut world = World::new();
    let good = answer(&mut phone("1001", "right password", Algorithm::Md5), &world.challenge());
    assert_eq!(
        Outcome::from(world.server.verify(world.now, &request("REGISTER", URI, ""), &secrets)),
        Outcome::NoCredentials
    );
    assert_eq!(world.register("Basic MTAwMTpw"), Outcome::NoCredentials);
    assert_eq!(world.register(&good.replace(REALM, "other")), Outcome::NoCredentials);
    assert_eq!(world.register(&good.replace("qop=auth,", "")), Outcome::NoCredentials);
    let both = format!("{}\r\nAuthorization: {good}", good.replace(REALM, "other"));
    assert_eq!(world.register(&both), accepted(), "the field for our realm counts");
}

#[test]
fn the_offer_is_the_configured_one_and_md5_is_accepted_only_when_offered() {
    let offers = |config: AuthConfig| -> Vec<Algorithm> {
        let world = World::with(config);
        world.server.challenge(world.now, false).map(|o| o.algorithm()).collect()
    };
    assert_eq!(offers(AuthConfig::default()), [Algorithm::Md5]);
    let strict = AuthConfig { offer: vec![Algorithm::Sha256], ..AuthConfig::default() };
    assert_eq!(offers(strict.clone()), [Algorithm::Sha256]);
    let mut world = World::with(strict);
    let good = answer(&mut phone("1001", "right password", Algorithm::Sha256), &world.challenge());
    assert_eq!(world.register(&good), accepted());
    let md5 =
        answer(&mut phone("1001", "right password", Algorithm::Md5), &World::new().only(Algorithm::Md5));
    assert_eq!(world.register(&md5), Outcome::NoCredentials);
}

#[test]
fn a_challenge_is_short_and_says_stale_only_when_it_is() {
    let world = World::new();
    let texts = |stale| world.server.challenge(world.now, stale).map(|o| o.to_string()).collect::<Vec<_>>();
    let fresh = texts(false);
    assert!(fresh.iter().all(|text| text.len() <= 85 && !text.contains("stale")), "{fresh:?}");
    assert!(fresh[0].contains("algorithm=SHA-256") && fresh[1].contains("algorithm=MD5"));
    assert!(texts(true).iter().all(|text| text.ends_with("stale=true")));
}

#[test]
fn used_credentials_are_stale_and_the_next_count_is_good() {
    let mut world = World::new();
    let mut phone = phone("1001", "right password", Algorithm::Md5);
    let first = answer(&mut phone, &world.challenge());
    assert_eq!(world.register(&first), accepted());
    assert_eq!(world.register(&first), Outcome::Stale, "a replay asks again and is no failure");
    for _ in 0..5 {
        let next = phone.in_advance("pabx", &Method::Register, URI, "ffff").unwrap().value;
        assert_eq!(world.register(&next), accepted());
    }
}

#[test]
fn a_nonce_is_good_for_its_lifetime() {
    let mut world = World::new();
    let challenge = world.challenge();
    world.now += Duration::from_secs(299);
    assert_eq!(
        world.register(&answer(&mut phone("1001", "right password", Algorithm::Md5), &challenge)),
        accepted()
    );
    let challenge = world.challenge();
    world.now += Duration::from_mins(5);
    let late = answer(&mut phone("1001", "right password", Algorithm::Md5), &challenge);
    assert_eq!(world.register(&late), Outcome::Stale);
    let wrong = answer(&mut phone("1001", "wrong", Algorithm::Md5), &challenge);
    assert_eq!(world.register(&wrong), Outcome::Rejected("1001".into()), "a wrong one is wrong at any age");
}

#[test]
fn after_a_restart_a_right_answer_to_an_old_nonce_is_stale_not_wrong() {
    let old = World::new();
    let mut world = World::new();
    world.server = Authenticator::new(REALM, [2; 32], AuthConfig::default(), world.now);
    let value = answer(&mut phone("1001", "right password", Algorithm::Md5), &old.challenge());
    assert_eq!(world.register(&value), Outcome::Stale);
}

#[test]
fn credentials_for_one_request_do_not_serve_another() {
    let mut world = World::new();
    let aliases = ["pabx.example", "192.0.2.1"].map(|host| Host::parse(host).unwrap()).to_vec();
    let config = AuthConfig { aliases, ..AuthConfig::default() };
    world.server = Authenticator::new(REALM, [1; 32], config, world.now);
    let answers =
        |world: &World| answer(&mut phone("1001", "right password", Algorithm::Md5), &world.challenge());
    let rejected = Outcome::Rejected("1001".into());
    let value = answers(&world);
    assert_eq!(world.verify("INVITE", URI, &value), rejected, "another method");
    assert_eq!(world.verify("REGISTER", "sip:+55900@pabx.example", &value), rejected, "another callee");
    assert_eq!(world.verify("REGISTER", "sip:elsewhere.example", &value), rejected, "another host");
    assert_eq!(
        world.verify("REGISTER", "sip:192.0.2.1:5060;transport=udp", &value),
        accepted(),
        "the same box"
    );
}

#[test]
fn user_names_with_quotes_work_on_both_sides() {
    let mut world = World::new();
    let user = r#"o"dd\"#;
    let value = answer(&mut phone(user, "right password", Algorithm::Md5), &world.challenge());
    assert_eq!(world.register(&value), Outcome::Accepted(user.into()));
}

#[test]
fn only_nonces_that_were_authenticated_with_take_memory_and_no_more_than_allowed() {
    let config = AuthConfig { max_nonces: 100, ..AuthConfig::default() };
    let mut world = World::with(config);
    for _ in 0..1_000 {
        let wrong = answer(&mut phone("1001", "wrong", Algorithm::Md5), &world.challenge());
        world.register(&wrong);
    }
    assert_eq!(world.server.nonces(), 0);
    let mut used = Vec::new();
    for _ in 0..300 {
        let value = answer(&mut phone("1001", "right password", Algorithm::Md5), &world.challenge());
        assert_eq!(world.register(&value), accepted());
        used.push(value);
    }
    assert_eq!(world.server.nonces(), 100);
    assert!(
        used.iter().all(|value| world.register(value) == Outcome::Stale),
        "forgotten nonces stay used up"
    );
}

#[test]
fn debug_output_shows_no_password_and_no_key() {
    let world = World::new();
    let mut phone = phone("1001", "right password", Algorithm::Md5);
    answer(&mut phone, &world.challenge());
    let shown = format!("{phone:?} {:?} {:?}", world.server, secrets("1001"));
    assert!(!shown.contains("right password"), "{shown}");
    assert!(!shown.contains("[1, 1, 1") && !shown.contains("md5: ["), "{shown}");
}

mod trunk {
    use super::*;

    fn trunk(realm: Option<&str>, weakest: Algorithm) -> Answerer {
        Answerer::new(TrunkCredentials {
            username: "551133334444".into(),
            password: "secret".into(),
            realm: realm.map(str::to_owned),
            peer: "sip.provider.example".into(),
            weakest,
        })
    }

    fn challenged(realm: &str, nonce: &str, algorithms: &[&str], stale: &str) -> Response {
        let line = |algorithm: &&str| {
            format!(
                "WWW-Authenticate: Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm={algorithm}, \
                 qop=\"auth,auth-int\", opaque=\"o{algorithm}\"{stale}\r\n"
            )
        };
        response("401", &algorithms.iter().map(line).collect::<String>())
    }

    fn ask(
        trunk: &mut Answerer,
        challenges: &mut Challenges,
        response: &Response,
    ) -> Result<String, Refusal> {
        let register = (&Method::Register, "sip:sip.provider.example");
        trunk.answer(challenges, "sip.provider.example", response, register, "cn").map(|answer| answer.value)
    }

    fn once(trunk: &mut Answerer, response: &Response) -> Result<String, Refusal> {
        ask(trunk, &mut Challenges::default(), response)
    }

    #[test]
    fn the_strongest_offer_is_answered_wherever_it_stands() {
        for order in [["MD5", "SHA-256"], ["SHA-256", "MD5"]] {
            let value = once(&mut trunk(None, Algorithm::Md5), &challenged("p", "n", &order, "")).unwrap();
            assert!(value.contains("algorithm=SHA-256") && value.contains("opaque=\"oSHA-256\""), "{value}");
        }
    }

    #[test]
    fn nothing_weaker_than_configured_is_answered() {
        let weak = challenged("p", "n", &["MD5", "MD5-sess"], "");
        assert_eq!(once(&mut trunk(None, Algorithm::Sha256), &weak), Err(Refusal::NoOffer));
        assert!(once(&mut trunk(None, Algorithm::Md5), &weak).is_ok());
    }

    #[test]
    fn credentials_are_told_to_their_own_peer_only() {
        let challenge = challenged("p", "n", &["MD5"], "");
        let mut trunk = trunk(None, Algorithm::Md5);
        let request = (&Method::Bye, "sip:x");
        let stranger =
            trunk.answer(&mut Challenges::default(), "attacker.example", &challenge, request, "cn");
        assert_eq!(stranger, Err(Refusal::OtherPeer));
        once(&mut trunk, &challenge).unwrap();
        assert_eq!(trunk.in_advance("attacker.example", &Method::Bye, "sip:x", "cn"), None);
    }

    #[test]
    fn the_first_realm_of_the_peer_or_the_configured_one_is_the_only_one() {
        let mut learnt = trunk(None, Algorithm::Md5);
        once(&mut learnt, &challenged("p", "n", &["MD5"], "")).unwrap();
        assert_eq!(once(&mut learnt, &challenged("q", "n", &["MD5"], "")), Err(Refusal::OtherRealm));
        let mut told = trunk(Some("q"), Algorithm::Md5);
        assert_eq!(once(&mut told, &challenged("p", "n", &["MD5"], "")), Err(Refusal::OtherRealm));
        assert!(once(&mut told, &challenged("q", "n", &["MD5"], "")).is_ok());
    }

    #[test]
    fn two_challenges_of_a_request_are_answered_and_no_third() {
        let (mut trunk, mut challenges) = (trunk(None, Algorithm::Md5), Challenges::default());
        assert!(ask(&mut trunk, &mut challenges, &challenged("p", "1", &["MD5"], "")).is_ok());
        let stale =
            ask(&mut trunk, &mut challenges, &challenged("p", "2", &["MD5"], ", stale=TRUE")).unwrap();
        assert!(stale.contains("nonce=\"2\"") && stale.contains("nc=00000001"), "{stale}");
        let third = ask(&mut trunk, &mut challenges, &challenged("p", "3", &["MD5"], ", stale=true"));
        assert_eq!(third, Err(Refusal::TooMany));
    }

    #[test]
    fn a_peer_that_asks_again_without_stale_has_refused_the_password() {
        let (mut trunk, mut challenges) = (trunk(None, Algorithm::Md5), Challenges::default());
        ask(&mut trunk, &mut challenges, &challenged("p", "1", &["MD5"], "")).unwrap();
        let again = ask(&mut trunk, &mut challenges, &challenged("p", "2", &["MD5"], ""));
        assert_eq!(again, Err(Refusal::NotAccepted));
    }

    #[test]
    fn a_proxy_is_answered_in_its_own_header() {
        let challenge =
            response("407", "Proxy-Authenticate: Digest realm=\"p\",nonce=\"n\",qop=\"auth\"\r\n");
        let mut trunk = trunk(None, Algorithm::Md5);
        let request = (&Method::Invite, "sip:1@p");
        let answer = trunk
            .answer(&mut Challenges::default(), "sip.provider.example", &challenge, request, "cn")
            .unwrap();
        assert_eq!(answer.name, HeaderName::ProxyAuthorization);
    }

    #[test]
    fn other_responses_and_doubtful_challenges_are_not_answered() {
        let mut trunk = trunk(None, Algorithm::Md5);
        let line = "WWW-Authenticate: Digest realm=\"p\",nonce=\"n\",qop=\"auth\"\r\n";
        assert_eq!(once(&mut trunk, &response("403", line)), Err(Refusal::NoOffer));
        assert_eq!(once(&mut trunk, &response("407", line)), Err(Refusal::NoOffer));
        for doubtful in
            ["Basic realm=\"p\"", "Digest realm=\"p\",nonce=\"n\"", "Digest nonce=\"n\",qop=\"auth\"", ""]
        {
            let challenge = response("401", &format!("WWW-Authenticate: {doubtful}\r\n"));
            assert_eq!(once(&mut trunk, &challenge), Err(Refusal::NoOffer), "{doubtful}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nothing_but_the_right_answer_is_accepted(at in 0_usize..400, flip in 1_u8..128, sha: bool) {
        let mut world = World::new();
        let algorithm = if sha { Algorithm::Sha256 } else { Algorithm::Md5 };
        let good = answer(&mut phone("1001", "right password", Algorithm::Md5), &world.only(algorithm));
        let mut damaged = good.clone().into_bytes();
        let at = at % damaged.len();
        damaged[at] ^= flip;
        let printable = damaged.iter().all(|b| (0x20..0x7f).contains(b));
        if let Some(damaged) = String::from_utf8(damaged).ok().filter(|_| printable) {
            // A change of case in a name, an algorithm or a hexadecimal digit changes no meaning, and without
            // the parameter the algorithm is MD5.
            let default = !damaged.contains("algorithm=") && !sha;
            let same = default || damaged.eq_ignore_ascii_case(&good);
            prop_assert!(same || world.register(&damaged) != accepted(), "{damaged}");
        }
        prop_assert_eq!(world.register(&good), accepted());
    }
}
