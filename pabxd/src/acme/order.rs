//! One order (RFC 8555 §7.4): the names are asked for, the challenges are answered, the certificate is fetched.

use super::settings::{Acme, Challenge};
use crate::edge::challenges::{Challenges, Offers};
use anyhow::{Context, anyhow, bail};
use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Error, Identifier, NewOrder, Order, OrderStatus, RetryPolicy,
};
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// How often the authority is asked how far it is, and for how long.
const POLL: RetryPolicy =
    RetryPolicy::new().initial_delay(Duration::from_millis(500)).backoff(1.5).timeout(Duration::from_mins(2));
/// Characters of an error in words.
const MAX_WORDS: usize = 400;

/// What came.
pub(super) struct Issued {
    pub(super) chain: String,
    pub(super) key: Zeroizing<String>,
}

/// From the order to the certificate. The key is made here, and anew each time.
pub(super) async fn order(
    account: &Account,
    settings: &Acme,
    challenges: &Arc<Challenges>,
) -> anyhow::Result<Issued> {
    let names: Vec<_> = settings.names.iter().cloned().map(Identifier::Dns).collect();
    let mut order = account.new_order(&NewOrder::new(&names)).await.context("the order")?;
    let offers = challenges.offering();
    answer(&mut order, settings, &offers).await?;
    let ready = order.poll_ready(&POLL).await;
    drop(offers);
    if !matches!(ready, Ok(OrderStatus::Ready)) {
        if let Some(words) = refusal(&mut order).await {
            bail!("{words}");
        }
        ready.context("the challenges")?;
        bail!("the authority does not take the order any more");
    }
    let key = Zeroizing::new(order.finalize().await.context("the request for the certificate")?);
    let chain = order.poll_certificate(&POLL).await.context("the certificate")?;
    Ok(Issued { chain, key })
}

/// Puts up what the authority will look for, then tells it to look.
async fn answer(order: &mut Order, settings: &Acme, offers: &Offers) -> anyhow::Result<()> {
    let kind = match settings.challenge {
        Challenge::Http01 => ChallengeType::Http01,
        Challenge::TlsAlpn01 => ChallengeType::TlsAlpn01,
    };
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization.context("the authorization")?;
        let name = authorization.identifier().to_string();
        match authorization.status {
            // Proved by an earlier order.
            AuthorizationStatus::Valid => continue,
            AuthorizationStatus::Pending => {}
            _ => bail!("the authority does not take {name} any more"),
        }
        if !settings.names.contains(&name) {
            bail!("the authority asks for a name that nobody ordered");
        }
        let mut challenge = authorization.challenge(kind.clone());
        let challenge = challenge.as_mut();
        let challenge =
            challenge.ok_or_else(|| anyhow!("the authority does not offer this challenge for {name}"))?;
        let authorization = challenge.key_authorization();
        match settings.challenge {
            Challenge::Http01 => offers.http(&challenge.token, authorization.as_str())?,
            Challenge::TlsAlpn01 => {
                let digest = authorization.digest();
                offers.tls(&name, digest.as_ref().try_into().context("the digest")?)?;
            }
        }
        challenge.set_ready().await.with_context(|| format!("the challenge for {name}"))?;
    }
    Ok(())
}

/// What the authority found wrong at a name.
async fn refusal(order: &mut Order) -> Option<String> {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        if authorization.refresh().await.is_err() {
            return None;
        }
        let mut problems = authorization.challenges.iter().filter_map(|challenge| challenge.error.as_ref());
        if let Some(problem) = problems.next() {
            let detail =
                problem.detail.as_deref().or(problem.r#type.as_deref()).unwrap_or("it does not say why");
            return Some(format!("{}: {detail}", authorization.identifier()));
        }
    }
    None
}

/// Whether the authority refused a nonce, again and again: the order may be begun anew (RFC 8555 §6.5).
pub(super) fn is_about_a_nonce(error: &anyhow::Error) -> bool {
    is_of_type(error, "urn:ietf:params:acme:error:badNonce")
}

/// Whether the authority does not know the account (RFC 8555 §6.7).
pub(super) fn is_about_the_account(error: &anyhow::Error) -> bool {
    is_of_type(error, "urn:ietf:params:acme:error:accountDoesNotExist")
}

fn is_of_type(error: &anyhow::Error, kind: &str) -> bool {
    let api = error.chain().find_map(|cause| cause.downcast_ref::<Error>());
    matches!(api, Some(Error::Api(problem)) if problem.r#type.as_deref() == Some(kind))
}

/// An error for people. Part of it is what the authority wrote: one line, not endless.
pub(super) fn in_words(error: &anyhow::Error) -> String {
    let clean = |c: char| if c.is_control() || pabx_model::log_text::is_deceptive(c) { ' ' } else { c };
    format!("{error:#}").chars().map(clean).take(MAX_WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use instant_acme::Problem;

    fn problem(kind: &str, detail: &str) -> anyhow::Error {
        let problem = Problem {
            r#type: Some(format!("urn:ietf:params:acme:error:{kind}")),
            detail: Some(detail.to_owned()),
            status: Some(400),
            subproblems: Vec::new(),
        };
        anyhow::Error::from(Error::Api(problem)).context("the order")
    }

    #[test]
    fn what_the_authority_wrote_is_one_line_with_an_end() {
        let words = in_words(&problem("rejectedIdentifier", &format!("no\r\nERROR {}", "x".repeat(1000))));
        assert!(words.starts_with("the order: ") && words.contains("no  ERROR"), "{words}");
        assert!(words.chars().count() == MAX_WORDS && !words.contains(['\r', '\n']));
    }

    #[test]
    fn what_may_be_tried_at_once_again_is_known() {
        assert!(is_about_a_nonce(&problem("badNonce", "")) && !is_about_a_nonce(&problem("malformed", "")));
        assert!(is_about_the_account(&problem("accountDoesNotExist", "")));
        assert!(!is_about_the_account(&anyhow!("something else")));
    }
}
