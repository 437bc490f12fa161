//! Calls over D-Bus, blocking: one connection for one errand.
//!
//! zbus is asynchronous; each errand has a tokio runtime of its own on the calling thread, which is never the engine's.
//! A service that hangs is given up after 25 s.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use zbus::{Connection, DynamicType, OwnedVariant, Type};

/// How long one call may take. RAUC answers `InspectBundle` after it has checked the bundle's signature.
const PATIENCE: Duration = Duration::from_secs(25);

/// Which bus.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Address {
    /// The system's (`DBUS_SYSTEM_BUS_ADDRESS`, or its usual place).
    #[default]
    System,
    /// At this D-Bus address, such as `unix:path=/tmp/bus`: for tests.
    At(String),
}

/// An object of a service, and the interface of it that is meant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object {
    pub(super) service: &'static str,
    pub(super) path: &'static str,
    pub(super) interface: &'static str,
}

/// Why a service did not do it.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// No bus, or the connection broke.
    #[error("the system bus cannot be reached: {0}")]
    NoBus(String),
    /// There is no such service on this machine, or it does not start.
    #[error("{service} is not there: {text}")]
    NoService {
        /// Its bus name.
        service: &'static str,
        /// What the bus says.
        text: String,
    },
    /// polkit or the bus's policy forbids it.
    #[error("{service} does not allow it: {text}")]
    Forbidden {
        /// Its bus name.
        service: &'static str,
        /// What it says.
        text: String,
    },
    /// It took longer than it may.
    #[error("{service} does not answer")]
    Late {
        /// Its bus name.
        service: &'static str,
    },
    /// It says that it failed.
    #[error("{service}: {text}")]
    Failed {
        /// Its bus name.
        service: &'static str,
        /// What it says.
        text: String,
    },
}

/// A connection to a bus.
pub(super) struct Bus {
    runtime: tokio::runtime::Runtime,
    connection: Connection,
}

impl Bus {
    pub(super) fn connect(address: &Address) -> Result<Self, BusError> {
        let no_bus = |error: &dyn std::fmt::Display| BusError::NoBus(error.to_string());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| no_bus(&error))?;
        let builder = match address {
            Address::System => zbus::connection::Builder::system(),
            Address::At(address) => zbus::connection::Builder::address(address.as_str()),
        };
        let building = async {
            let connecting = builder.method_timeout(PATIENCE).build();
            tokio::time::timeout(PATIENCE, connecting).await
        };
        let connection = runtime
            .block_on(building)
            .map_err(|_| BusError::NoBus("it does not answer".into()))?
            .map_err(|error| no_bus(&error))?;
        Ok(Self { runtime, connection })
    }

    /// Calls a method; its answer is read as `R`.
    pub(super) fn call<B, R>(&self, object: Object, method: &'static str, body: &B) -> Result<R, BusError>
    where
        B: Serialize + DynamicType,
        R: DeserializeOwned + Type,
    {
        let Object { service, path, interface } = object;
        let calling = self.connection.call_method(Some(service), path, Some(interface), method, body);
        let answer = self
            .runtime
            .block_on(async { tokio::time::timeout(PATIENCE, calling).await })
            .map_err(|_| BusError::Late { service })?
            .map_err(|error| classify(service, &error))?;
        answer.body().deserialize().map_err(|error| failed(service, &error))
    }

    /// Reads a property.
    pub(super) fn property<R>(&self, object: Object, name: &'static str) -> Result<R, BusError>
    where
        R: TryFrom<OwnedVariant>,
        R::Error: std::fmt::Display,
    {
        let service = object.service;
        let properties = Object { interface: "org.freedesktop.DBus.Properties", ..object };
        let value: OwnedVariant = self.call(properties, "Get", &(object.interface, name))?;
        R::try_from(value).map_err(|error| failed(service, &error))
    }
}

fn failed(service: &'static str, error: &dyn std::fmt::Display) -> BusError {
    BusError::Failed { service, text: error.to_string() }
}

/// By the names of the D-Bus specification and of polkit.
fn classify(service: &'static str, error: &zbus::Error) -> BusError {
    let text = error.to_string();
    let has = |names: &[&str]| names.iter().any(|name| text.contains(name));
    if has(&["ServiceUnknown", "NameHasNoOwner", "Spawn.", "NoSuchUnit"]) {
        BusError::NoService { service, text }
    } else if has(&["AccessDenied", "InteractiveAuthorizationRequired", "AuthFailed"]) {
        BusError::Forbidden { service, text }
    } else if has(&["NoReply", "TimedOut", "Timeout"]) {
        BusError::Late { service }
    } else {
        BusError::Failed { service, text }
    }
}
