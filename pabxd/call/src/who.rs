//! Who is at the other end of a leg.

use pabx_model::{AccountId, ExtensionId, TrunkId};

use crate::core::Aor;

/// An extension's device, or the provider behind a trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// A device of an extension.
    Extension(Aor),
    /// A provider.
    Trunk {
        /// Whose trunk.
        account_id: AccountId,
        /// Which.
        trunk_id: TrunkId,
    },
}

impl Who {
    pub(crate) fn account_id(self) -> AccountId {
        match self {
            Self::Extension(aor) => aor.account_id,
            Self::Trunk { account_id, .. } => account_id,
        }
    }

    pub(crate) fn extension(self) -> Option<Aor> {
        match self {
            Self::Extension(aor) => Some(aor),
            Self::Trunk { .. } => None,
        }
    }

    pub(crate) fn extension_id(self) -> Option<ExtensionId> {
        self.extension().map(|aor| aor.extension_id)
    }

    /// Whose it is: an account's, and of a device its extension's.
    pub(crate) fn owner(self) -> (AccountId, Option<ExtensionId>) {
        (self.account_id(), self.extension_id())
    }

    pub(crate) fn trunk_id(self) -> Option<TrunkId> {
        match self {
            Self::Extension(_) => None,
            Self::Trunk { trunk_id, .. } => Some(trunk_id),
        }
    }
}

impl From<Aor> for Who {
    fn from(aor: Aor) -> Self {
        Self::Extension(aor)
    }
}
