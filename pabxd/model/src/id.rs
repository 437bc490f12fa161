//! Ids: UUID version 7 (RFC 9562 §5.7), one newtype per kind, so that an account cannot stand where an
//! extension is asked for. Time and randomness are inputs.

use uuid::{Builder, Uuid};

use crate::TextError;

/// Room for an id's text.
pub type IdText = [u8; 36];

macro_rules! id_type {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id from the wall clock (milliseconds since 1970, 48 bits are used) and ten random octets.
            /// Ids made later sort later, so that they fill an index from one side.
            pub fn new(ms: u64, random: [u8; 10]) -> Self {
                Self(Builder::from_unix_timestamp_millis(ms, &random).into_uuid())
            }

            /// Reads the hyphenated text form.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                const WHAT: &str = stringify!($name);
                if text.len() != 36 {
                    return Err(TextError::Length { what: WHAT, min: 36, max: 36, len: text.len() });
                }
                Uuid::try_parse(text)
                    .map(Self)
                    .map_err(|_| TextError::Form { what: WHAT, why: "not a UUID" })
            }

            /// Writes the text form without allocating.
            pub fn encode(self, room: &mut IdText) -> &str {
                self.0.as_hyphenated().encode_lower(room)
            }

            /// The sixteen octets.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl std::str::FromStr for $name {
            type Err = TextError;
            fn from_str(text: &str) -> Result<Self, TextError> {
                Self::parse(text)
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.encode(&mut [0; 36]))
            }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.encode(&mut [0; 36]))
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

id_type!(
    /// A customer of the box.
    AccountId
);
id_type!(
    /// A person who logs in.
    UserId
);
id_type!(
    /// The membership of a user in an account.
    AccountUserId
);
id_type!(
    /// A phone number inside an account.
    ExtensionId
);
id_type!(
    /// A line to a provider.
    TrunkId
);
id_type!(
    /// One call attempt; the key of its record.
    CallId
);

id_type!(
    /// A place where somebody is signed in.
    SessionId
);
id_type!(
    /// A key of a machine.
    ApiKeyId
);
id_type!(
    /// A rule for where calls go.
    RouteId
);
id_type!(
    /// A PIN for calls.
    PinId
);
id_type!(
    /// When somebody is there.
    TimeConditionId
);
id_type!(
    /// A name for a number, in a phone book.
    BookEntryId
);
id_type!(
    /// Something that somebody should look at.
    AlertId
);
id_type!(
    /// A browser that is told of things.
    PushId
);

impl AccountId {
    /// The account of the box itself, as which it calls itself to see that it works (see `directory::self_test`).
    /// It is in no table: no id that [`AccountId::new`] makes is nil.
    pub const SELF_TEST: Self = Self(Uuid::nil());

    /// Whether this is the account of the box itself: not listed, not limited, not recorded.
    pub fn is_self_test(self) -> bool {
        self == Self::SELF_TEST
    }
}

impl ExtensionId {
    /// The one extension of [`AccountId::SELF_TEST`].
    pub const SELF_TEST: Self = Self(Uuid::nil());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_text() {
        let id = CallId::new(1_795_000_000_000, [7; 10]);
        assert_eq!(CallId::parse(&id.to_string()), Ok(id));
        assert_eq!(id.to_string().as_bytes()[14], b'7', "version 7");
    }

    #[test]
    fn later_ids_sort_later_as_text() {
        let early = AccountId::new(1_000, [0xff; 10]).to_string();
        let late = AccountId::new(1_001, [0; 10]).to_string();
        assert!(early < late);
    }

    #[test]
    fn other_text_forms_of_a_uuid_are_refused() {
        let id = CallId::new(1, [1; 10]).to_string();
        assert!(CallId::parse(&id.replace('-', "")).is_err());
        assert!(CallId::parse(&format!("{{{id}}}")).is_err());
        assert!(CallId::parse("").is_err());
    }
}
