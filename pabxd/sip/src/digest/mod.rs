//! Digest authentication (RFC 7616, RFC 8760) with MD5 and SHA-256 and `qop=auth`: the server's side
//! ([`Authenticator`]) and the client's side ([`Answerer`]).

mod answerer;
mod authenticator;
mod credentials;
mod hash;
mod nonce;
mod replay;
mod uri;

pub use answerer::{Answer, Answerer, Challenges, MAX_CHALLENGES, Refusal, TrunkCredentials};
pub use authenticator::{AuthConfig, AuthVerdict, Authenticator, MAX_AUTHORIZATIONS, MAX_NONCES, Offer};
pub use credentials::MAX_FIELD;
pub use hash::{Algorithm, Ha1, ha1};
pub use nonce::{NONCE_LENGTH, Nonce};
