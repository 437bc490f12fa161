//! `/events`: what happens, as it happens, to who may see it.

use crate::api::auth::authenticate;
use crate::api::core::access::{Access, Caller};
use crate::api::core::call::Call;
use crate::api::core::http::Method;
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Nothing, Route, Stream};
use crate::api::events::{Event, Subscription, Viewer};
use crate::clock;
use pabx_model::Reach;
use pabx_store::Store;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How old the knowledge of somebody's rights may be while events come in rows.
const RIGHTS_FOR: Duration = Duration::from_millis(500);

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Method::Get,
        "/events",
        Access::Person,
        "Server-Sent Events: call.started, call.updated, call.answered, call.ended, registration.added, registration.removed, registration.reachability, trunk.state, ban, alert, missed",
        listen,
    )]
}

fn listen(call: &mut Call<'_>, _: Nothing) -> Result<Stream, Problem> {
    let caller = call.caller()?.clone();
    let last = call.request.header("last-event-id");
    let listener = call
        .shared
        .hub
        .listen(caller.user_id, last)
        .ok_or(Problem::about(Kind::TooMany, "too many streams are open").retry_after(10))?;
    let viewer = Rights { store: Arc::clone(&call.shared.rights), caller, read: Instant::now() };
    Ok(Stream(Subscription { listener, viewer: Box::new(viewer) }))
}

/// What the listener may see, not older than [`RIGHTS_FOR`].
struct Rights {
    store: Arc<Mutex<Store>>,
    caller: Caller,
    read: Instant,
}

impl Viewer for Rights {
    fn still_allowed(&mut self, anew: bool) -> bool {
        if !anew && self.read.elapsed() < RIGHTS_FOR {
            return true;
        }
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        match authenticate::again(&mut store, &self.caller, clock::utc()) {
            Ok(Some(caller)) => {
                (self.caller, self.read) = (caller, Instant::now());
                true
            }
            _ => false,
        }
    }

    fn may_see(&self, event: &Event) -> bool {
        let Some(account) = event.account_id else {
            return self.caller.reach_on_box(event.permission) == Reach::Box;
        };
        match self.caller.reach_in(account, event.permission) {
            Some(grant) if grant.own() => {
                grant.extension_id.is_some_and(|own| event.extensions.contains(&own))
            }
            Some(grant) => grant.reach > Reach::Own,
            None => false,
        }
    }
}
