//! Messages to browsers (Web Push, RFC 8030): new alerts to who may see them, missed calls to whose extension it is.
//!
//! - [`encrypt`]: readable for the browser alone;
//! - [`vapid`]: who sends;
//! - [`words`]: what it says;
//! - this page: whom to tell, and one attempt to send.

pub mod encrypt;
pub mod vapid;
pub mod words;

use self::vapid::Vapid;
use self::words::Missed;
use super::endpoint::{PublicOnly, plain};
use super::settings::{self, MAIL, Mail};
use super::{AGAIN, AT_ONCE, PATIENCE};
use crate::config::Push as Config;
use anyhow::Context;
use pabx_model::{AccountId, Permission, Reach, Role, Timestamp, UserId};
use pabx_store::{DuePush, NewAlert, NewMessage, Store, StoreError, WholeBox};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::transport::DefaultConnector;

/// How long a message is worth something.
const LIFE_MS: u64 = 24 * 3_600_000;

/// Tells everybody of a new alert who may see it.
pub fn tell_alert(store: &mut Store, new: &NewAlert, id: &str, now: Timestamp) -> Result<(), StoreError> {
    for user in store.people_with_push(WholeBox)? {
        if may_see(store, user, new.account_id)? {
            let urgent = new.severity == pabx_store::Severity::Critical;
            let payload = |language| words::alert(new, id, language);
            let message = NewMessage { payload: &payload, urgent, ends_at: now.plus_millis(LIFE_MS) };
            store.push(WholeBox, user, &message, now)?;
        }
    }
    Ok(())
}

/// Tells those whose extension it is of a call that nobody took.
pub fn tell_missed(store: &mut Store, missed: &Missed, now: Timestamp) -> Result<(), StoreError> {
    for user in store.owners_with_push(WholeBox, missed.account_id, missed.extension_id)? {
        let payload = |language| words::missed(missed, language);
        let message = NewMessage { payload: &payload, urgent: true, ends_at: now.plus_millis(LIFE_MS) };
        store.push(WholeBox, user, &message, now)?;
    }
    Ok(())
}

/// Whether somebody may see the alerts of an account, or of the box.
fn may_see(store: &Store, user: UserId, account: Option<AccountId>) -> Result<bool, StoreError> {
    const READ: Permission = Permission::AuditRead;
    let person = store.user(WholeBox, user)?;
    let on_box = person.role == Role::SuperAdmin && person.role.reach(READ) == Reach::Box;
    let in_account = |account| {
        let memberships = store.memberships(WholeBox, user)?;
        Ok::<_, StoreError>(memberships.iter().any(|member| {
            let reach = member.overrides.reach(member.role, READ);
            member.account_id == account && member.account_status.is_active() && reach >= Reach::Account
        }))
    };
    Ok(person.status.is_active() && (on_box || account.map(in_account).transpose()?.unwrap_or(false)))
}

/// What came of an attempt.
enum Sent {
    Taken,
    /// The service knows the browser no more, or it has no key.
    Gone,
    /// It is to be tried again.
    Later(String),
}

/// The way to the services of browsers.
pub(super) struct Courier {
    agent: ureq::Agent,
    vapid: Option<Vapid>,
}

impl Courier {
    pub(super) fn new(config: &Config) -> anyhow::Result<Self> {
        let mut roots = RootCerts::WebPki;
        if !config.authorities.as_os_str().is_empty() {
            let pem = std::fs::read(&config.authorities).context("push.authorities")?;
            let all: Vec<Certificate<'static>> = parse_pem(&pem)
                .filter_map(|item| match item {
                    Ok(PemItem::Certificate(certificate)) => Some(certificate),
                    _ => None,
                })
                .collect();
            roots = RootCerts::new_with_certs(&all);
        }
        let agent_config = ureq::Agent::config_builder()
            .https_only(true)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("pabxd/", env!("CARGO_PKG_VERSION")))
            .build();
        let resolver = PublicOnly { private: config.private_endpoints };
        let agent = ureq::Agent::with_parts(agent_config, DefaultConnector::default(), resolver);
        Ok(Self { agent, vapid: None })
    }

    /// Sends what is due.
    pub(super) fn deliver(&mut self, store: &mut Store, now: Timestamp) -> anyhow::Result<()> {
        for due in store.due_pushes(WholeBox, now, AT_ONCE)? {
            match self.send(store, &due, now)? {
                Sent::Taken => store.push_tried(WholeBox, &due.message_id, None)?,
                Sent::Gone => store.forget_push(WholeBox, due.push_id)?,
                Sent::Later(error) => {
                    let wait = usize::try_from(due.attempts).ok().and_then(|tried| AGAIN.get(tried));
                    let again =
                        wait.map(|wait| now.plus_millis(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)));
                    log::warn!("a message did not reach a browser: {}", pabx_model::Untrusted::new(&error));
                    store.push_tried(WholeBox, &due.message_id, again)?;
                }
            }
        }
        Ok(())
    }

    fn send(&mut self, store: &mut Store, due: &DuePush, now: Timestamp) -> anyhow::Result<Sent> {
        let Ok(body) = encrypt::encrypt(&due.p256dh, &due.auth, due.payload.as_bytes()) else {
            return Ok(Sent::Gone);
        };
        let Some(origin) = origin(&due.endpoint) else { return Ok(Sent::Gone) };
        let mail: Mail = settings::kept(store, MAIL)?;
        let contact = Some(mail.from).filter(|from| !from.is_empty());
        let vapid = match &mut self.vapid {
            Some(vapid) => vapid,
            none => none.insert(Vapid::of_box(store, now)?),
        };
        let answer = self
            .agent
            .post(&due.endpoint)
            .header("authorization", vapid.authorization(&origin, contact.as_deref(), now)?)
            .header("content-encoding", "aes128gcm")
            .header("content-type", "application/octet-stream")
            .header("ttl", (due.ends_at.millis_since(now) / 1000).to_string())
            .header("urgency", if due.urgent { "high" } else { "normal" })
            .send(&body[..]);
        Ok(match answer.map(|answer| answer.status().as_u16()) {
            Ok(200..=299) => Sent::Taken,
            // RFC 8030 §7.3.
            Ok(404 | 410) => Sent::Gone,
            Ok(status) => Sent::Later(format!("{origin} answers {status}")),
            Err(error) => Sent::Later(format!("{origin}: {error}")),
        })
    }
}

/// The service, without what names the browser there.
fn origin(endpoint: &str) -> Option<String> {
    let parsed = plain(endpoint)?;
    Some(format!("https://{}", parsed.authority()?))
}
