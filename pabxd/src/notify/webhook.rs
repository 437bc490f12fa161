//! An alert as a POST to a machine, signed, with ureq.
//!
//! `X-Pabx-Signature: t=SECONDS,v1=HEX`: HMAC-SHA-256 with the secret over `SECONDS.BODY`. `X-Pabx-Delivery` is the same at each
//! attempt. Redirects are not followed; only a status of 2xx counts as arrived.

use super::PATIENCE;
use super::settings::{self, WEBHOOKS, Webhooks};
use crate::api::core::types::Time;
use crate::clock;
use anyhow::{Context, bail};
use pabx_store::{DueDelivery, Store};
use ring::hmac;
use serde_json::json;
use std::fmt::Write;

/// Posts it.
pub(super) fn send(store: &Store, due: &DueDelivery) -> anyhow::Result<()> {
    let hooks: Webhooks = settings::kept(store, WEBHOOKS)?;
    if !hooks.urls.contains(&due.target.target) {
        bail!("the settings for webhooks have changed meanwhile");
    }
    let secret = settings::secret(store, WEBHOOKS)?.context("there is no secret for webhooks")?;
    let body = body(due).to_string();
    let seconds = clock::utc().0 / 1000;
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .http_status_as_error(false)
        .user_agent(concat!("pabxd/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let answer = agent
        .post(&due.target.target)
        .header("content-type", "application/json")
        .header("x-pabx-delivery", &due.delivery_id)
        .header("x-pabx-signature", signature(&secret, seconds, &body))
        .send(body.as_bytes())?;
    if !answer.status().is_success() {
        bail!("it answered {}", answer.status());
    }
    Ok(())
}

fn body(due: &DueDelivery) -> serde_json::Value {
    let alert = &due.alert;
    json!({
        "delivery_id": due.delivery_id,
        "type": "alert",
        "alert": {
            "alert_id": alert.alert_id, "account_id": alert.account_id, "kind": alert.kind, "severity": alert.severity,
            "subject": alert.subject, "detail": alert.detail, "times": alert.times,
            "raised_at": Time(alert.raised_at), "last_at": Time(alert.last_at),
        },
    })
}

fn signature(secret: &str, seconds: u64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{seconds}.{body}").as_bytes());
    let mut text = format!("t={seconds},v1=");
    for octet in tag.as_ref() {
        let _ = write!(text, "{octet:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `printf '1800000000.{}' | openssl dgst -sha256 -hmac 'a secret of a machine'` says.
    #[test]
    fn a_signature_is_what_openssl_makes_of_it() {
        assert_eq!(
            signature("a secret of a machine", 1_800_000_000, "{}"),
            "t=1800000000,v1=aab3cf1d8ce2bb44816d875fc2c658bc89bff3d4674fdbd0995dcc72406af7d6"
        );
    }
}
