//! The way of every request: rate, caller, route, permission, handler.

use super::access::{self, Access, Caller, Grant};
use super::call::Call;
use super::http::{Method, Reply, Request};
use super::problem::{Kind, Problem};
use super::route::Route;
use super::{BASE, idempotency, rate};
use crate::api::auth::authenticate::{self, Restriction};
use crate::api::shared::Shared;
use crate::clock;
use pabx_model::{AccountId, Reach};
use pabx_store::Store;
use std::io::Read;

/// Answers one request; what an upload brings is read from `upload`.
pub fn answer(shared: &Shared, store: &mut Store, request: Request, upload: &mut dyn Read) -> Reply {
    let path = request.path.clone();
    match route(shared, store, request, upload) {
        Ok(reply) => reply,
        Err(problem) if problem.kind() == Kind::MethodNotAllowed => other_method(shared, &path),
        Err(problem) => problem.into_reply(&path),
    }
    .with_default("cache-control", "no-store")
}

/// There is no such method here: those that there are stand in `Allow` (RFC 9110 §15.5.6).
pub fn other_method(shared: &Shared, path: &str) -> Reply {
    let methods = shared.router().methods(path.strip_prefix(BASE).unwrap_or(""));
    if methods.is_empty() {
        return Problem::not_found().into_reply(path);
    }
    let allow: Vec<&str> = methods.into_iter().map(Method::as_str).collect();
    Problem::new(Kind::MethodNotAllowed).into_reply(path).with("allow", allow.join(", "))
}

fn route(
    shared: &Shared,
    store: &mut Store,
    request: Request,
    upload: &mut dyn Read,
) -> Result<Reply, Problem> {
    let now = clock::utc();
    let path = request.path.strip_prefix(BASE);
    shared
        .rate()
        .take(
            crate::api::auth::throttle::network(request.client),
            if path.is_some() { rate::REQUEST } else { rate::FILE },
            now,
        )
        .map_err(|seconds| Problem::new(Kind::TooMany).retry_after(seconds))?;
    let Some(path) = path else {
        return shared.files.answer(&request);
    };
    let found = shared.router().find(request.method, path)?;
    let route = found.route;
    // Who may not come in does not learn what is wrong with the request.
    let caller = match route.access {
        Access::Public => None,
        _ => Some(caller_of(shared, store, &request, route, now)?),
    };
    let grant = match &caller {
        Some(caller) => access::allow(caller, route.access, account_of(&found.parameters)?)?,
        None => Grant { scope: None, reach: Reach::None, extension_id: None },
    };
    let mut call = Call { request, parameters: found.parameters, caller, grant, store, upload, shared, now };
    // The super admin reaches accounts that do not exist, too.
    if let Some(scope) = call.grant.scope {
        call.store.account(scope)?;
    }
    if route.conditional && call.request.header("if-match").is_none() {
        return Err(Problem::new(Kind::PreconditionRequired));
    }
    idempotency::once(&mut call, route)
}

fn caller_of(
    shared: &Shared,
    store: &mut Store,
    request: &Request,
    route: &Route,
    now: pabx_model::Timestamp,
) -> Result<Caller, Problem> {
    let (caller, restriction) = authenticate::caller(shared, store, request, now)?;
    match restriction {
        Some(_) if route.while_restricted => {}
        Some(Restriction::PasswordChange) => return Err(Problem::new(Kind::PasswordChangeRequired)),
        Some(Restriction::OtpEnrolment) => return Err(Problem::new(Kind::OtpEnrolmentRequired)),
        None => {}
    }
    Ok(caller)
}

/// The account that the path names, if it names one. What is no id is no account.
fn account_of(parameters: &[(String, String)]) -> Result<Option<AccountId>, Problem> {
    let text = parameters.iter().find(|(name, _)| name == "account_id");
    text.map(|(_, text)| text.parse().map_err(|_| Problem::not_found())).transpose()
}

impl Reply {
    /// With this header, unless it is there.
    fn with_default(self, name: &'static str, value: &str) -> Self {
        if self.header(name).is_some() { self } else { self.with(name, value) }
    }
}
