//! `/events`: what happens, as it happens, to who may see it.

use crate::api::auth::authenticate;
use crate::api::core::access::{Access, Caller};
use crate::api::core::call::Call;
use crate::api::core::http::{Body, Method, Reply};
use crate::api::core::problem::{Kind, Problem};
use crate::api::core::route::{Nothing, Raw, Route};
use crate::api::events::{Event, Subscription};
use pabx_model::{Reach, Timestamp};
use pabx_store::Store;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How old the knowledge of somebody's rights may be while events come in rows.
const RIGHTS_FOR: Duration = Duration::from_millis(500);

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::Get,
            "/events",
            Access::Person,
            "Server-Sent Events: call.started, call.answered, call.ended, registration.*, alert, missed",
            listen,
        )
        .gives("text/event-stream"),
    ]
}

fn listen(call: &mut Call<'_>, _: Nothing) -> Result<Raw<()>, Problem> {
    let caller = call.caller()?.clone();
    let last = call.request.header("last-event-id");
    let listener = call
        .shared
        .hub
        .listen(caller.user_id, last)
        .ok_or(Problem::about(Kind::TooMany, "too many streams are open").retry_after(10))?;
    let store = call.shared.open_store()?;
    let rights = Arc::new(Mutex::new(Rights { store, caller, read: Instant::now() }));
    let same = Arc::clone(&rights);
    let lock = |rights: &Arc<Mutex<Rights>>, f: &dyn Fn(&mut Rights) -> Option<bool>| {
        f(&mut rights.lock().unwrap_or_else(PoisonError::into_inner))
    };
    let stream = Subscription {
        listener,
        may_see: Box::new(move |event| lock(&rights, &|rights| rights.may_see(event))),
        still_allowed: Box::new(move |anew| lock(&same, &|rights| Some(rights.renewed(anew))) == Some(true)),
    };
    let reply = Reply::empty(200)
        .with("content-type", "text/event-stream")
        .with("cache-control", "no-store")
        .carrying(Body::Events(stream));
    Ok(Raw(reply, PhantomData))
}

/// What the listener may see, not older than [`RIGHTS_FOR`].
struct Rights {
    store: Store,
    caller: Caller,
    read: Instant,
}

impl Rights {
    /// False: the session is over, or the person is gone.
    fn renewed(&mut self, anew: bool) -> bool {
        if !anew && self.read.elapsed() < RIGHTS_FOR {
            return true;
        }
        match authenticate::again(&mut self.store, &self.caller, now()) {
            Ok(Some(caller)) => {
                (self.caller, self.read) = (caller, Instant::now());
                true
            }
            _ => false,
        }
    }

    fn may_see(&mut self, event: &Event) -> Option<bool> {
        if !self.renewed(false) {
            return None;
        }
        let Some(account) = event.account_id else {
            return Some(self.caller.reach_on_box(event.permission) == Reach::Box);
        };
        let Some(grant) = self.caller.reach_in(account, event.permission) else { return Some(false) };
        Some(match grant.reach {
            Reach::None => false,
            Reach::Own => grant.extension_id.is_some_and(|own| event.extensions.contains(&own)),
            Reach::Account | Reach::Box => true,
        })
    }
}

fn now() -> Timestamp {
    crate::clock::utc()
}
