//! An alert as a mail (RFC 5321, 5322), with lettre.

use super::PATIENCE;
use super::settings::{self, MAIL, Mail, MailSecurity};
use anyhow::{Context, bail};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{SmtpTransport, Transport};
use pabx_store::{DueDelivery, Store};

/// Hands it to the server.
pub(super) fn send(store: &Store, due: &DueDelivery) -> anyhow::Result<()> {
    let mail: Mail = settings::kept(store, MAIL)?;
    if mail.host.is_empty() || !mail.alerts_to.contains(&due.target.target) {
        bail!("the settings for mail have changed meanwhile");
    }
    let message = message(&mail, due)?;
    let mut builder =
        SmtpTransport::builder_dangerous(&mail.host).port(mail.port).timeout(Some(PATIENCE)).tls(tls(&mail)?);
    if !mail.username.is_empty() {
        let password = settings::secret(store, MAIL)?.context("there is no password for the mail server")?;
        builder = builder.credentials(Credentials::new(mail.username.clone(), password.to_string()));
    }
    builder.build().send(&message)?;
    Ok(())
}

/// `builder_dangerous` says nothing of TLS: this does.
fn tls(mail: &Mail) -> anyhow::Result<Tls> {
    let parameters = || TlsParameters::new(mail.host.clone());
    Ok(match mail.security {
        MailSecurity::Tls => Tls::Wrapper(parameters()?),
        MailSecurity::Starttls => Tls::Required(parameters()?),
        MailSecurity::None => Tls::None,
    })
}

fn message(mail: &Mail, due: &DueDelivery) -> anyhow::Result<Message> {
    let alert = &due.alert;
    let mailbox = |address: &str| Ok::<_, anyhow::Error>(Mailbox::new(None, address.parse()?));
    let text = format!(
        "{}\n\nkind:     {}\nseverity: {}\nsubject:  {}\nalert:    {}\n",
        alert.detail, alert.kind, alert.severity, alert.subject, alert.alert_id
    );
    let host = mail.from.rsplit('@').next().unwrap_or("pabx.local");
    Ok(Message::builder()
        .from(mailbox(&mail.from).context("the sender's address")?)
        .to(mailbox(&due.target.target).context("the receiver's address")?)
        .subject(format!("[pabx] {}: {}", alert.severity, alert.kind))
        // The same at each attempt: a server that has it already can tell.
        .message_id(Some(format!("<{}@{host}>", due.delivery_id)))
        .header(ContentType::TEXT_PLAIN)
        .body(text)?)
}
