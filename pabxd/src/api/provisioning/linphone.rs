//! The file that Linphone fetches where it was shown a link: its settings as XML (liblinphone, "Remote provisioning").

use super::Phone;
use pabx_model::MediaEncryption;
use std::fmt::Write as _;

/// A section: its name, and its entries.
type Section<'a> = (&'a str, Vec<(&'a str, String)>);

/// The whole file. It is read once: `transient_provisioning` makes the app forget the link afterwards.
pub fn file(phone: &Phone<'_>) -> String {
    let server =
        format!("<sip:{}:{};transport={}>", phone.server.host, phone.server.port, phone.server.transport);
    let encryption = match phone.media_encryption {
        MediaEncryption::Offered | MediaEncryption::Required if phone.server.transport == "tls" => "srtp",
        _ => "none",
    };
    let shown: String = phone.name.chars().filter(|sign| !matches!(sign, '"' | '\\')).collect();
    let identity = format!("\"{shown}\" <sip:{}@{}>", phone.number, phone.domain);
    let sections: [Section<'_>; 4] = [
        ("misc", vec![("transient_provisioning", "1".into())]),
        ("sip", vec![("default_proxy", "0".into()), ("media_encryption", encryption.into())]),
        (
            "auth_info_0",
            vec![
                ("username", phone.number.into()),
                ("userid", phone.username.into()),
                ("passwd", phone.password.into()),
                ("domain", phone.domain.into()),
            ],
        ),
        (
            "proxy_0",
            vec![
                ("reg_identity", identity),
                ("reg_proxy", format!("<sip:{};transport={}>", phone.domain, phone.server.transport)),
                ("reg_route", server),
                ("reg_sendregister", "1".into()),
                ("reg_expires", "300".into()),
                ("publish", "0".into()),
                ("avpf", "0".into()),
            ],
        ),
    ];
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<config xmlns=\"http://www.linphone.org/xsds/lpconfig.xsd\">\n",
    );
    for (name, entries) in sections {
        let _ = writeln!(text, "  <section name=\"{name}\">");
        for (key, value) in entries {
            let _ =
                writeln!(text, "    <entry name=\"{key}\" overwrite=\"true\">{}</entry>", escaped(&value));
        }
        text.push_str("  </section>\n");
    }
    text.push_str("</config>\n");
    text
}

/// As the text of an element (XML 1.0 §2.4).
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::super::Server;
    use super::*;
    use pabx_model::SipDomain;

    #[test]
    fn a_name_of_markup_stays_a_name() {
        let server = Server { host: SipDomain::parse("192.0.2.1").unwrap(), port: 5060, transport: "tcp" };
        let phone = Phone {
            name: "</entry><entry name=\"x\">&\\",
            number: "1001",
            username: "1001-padaria",
            password: "not-a-secret",
            domain: "padaria.test",
            server: &server,
            media_encryption: MediaEncryption::Offered,
        };
        let text = file(&phone);
        assert!(text.contains(
            "<entry name=\"reg_identity\" overwrite=\"true\">\"&lt;/entry&gt;&lt;entry name=x&gt;&amp;\" &lt;sip:1001@padaria.test&gt;</entry>"
        ));
        assert!(text.contains(">&lt;sip:192.0.2.1:5060;transport=tcp&gt;<"));
        assert!(text.contains("<entry name=\"userid\" overwrite=\"true\">1001-padaria</entry>"));
        assert!(
            text.contains("<entry name=\"media_encryption\" overwrite=\"true\">none<"),
            "over SIP in clear"
        );
        let server = Server { port: 5061, transport: "tls", ..server.clone() };
        let secure = file(&Phone { server: &server, ..phone });
        assert!(secure.contains("<entry name=\"media_encryption\" overwrite=\"true\">srtp<"));
        assert_eq!(text.matches("<entry ").count(), text.matches("</entry>").count());
    }
}
