//! One account in one file that only its passphrase opens: to move a customer from box to box.
//!
//! The encryption is that of a backup (`backup/cipher.rs`) under another name at its head; inside lies JSON
//! ([`content`]) with a number that says which one. What the file may hold is not checked here but where it is put in, by the
//! rules for everything that is made.

pub mod content;

pub use content::Content;

use crate::backup::cipher::{ACCOUNT, Opener, Sealer};
use serde::Deserialize;
use std::io::Read;
use zeroize::Zeroizing;

/// Of [`content`]; another structure gets another number.
pub const FORMAT: u32 = 3;
/// Octets of a file at most: in base 64 and with the rest of the request they stay below
/// [`MAX_LIST`](crate::api::core::body::MAX_LIST). A thousand extensions and the rates that an account may have.
pub const MAX: usize = 3_000_000;

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    /// It is something else.
    #[error("{0}")]
    Foreign(String),
    /// It does not open: the passphrase, or a changed octet.
    #[error("{0}")]
    Locked(String),
    /// It opens, but this program does not know what lies in it.
    #[error("it was written by a newer pabxd (format {0}, known here is {FORMAT}): update this box first")]
    Newer(u32),
    /// It opens, but is none of ours: where.
    #[error("it opens, but cannot be read at {0}")]
    Content(String),
}

/// The file.
pub fn seal(content: &Content, passphrase: &str) -> anyhow::Result<Vec<u8>> {
    let mut sealer = Sealer::new(Vec::new(), &ACCOUNT, passphrase)?;
    serde_json::to_writer(&mut sealer, content)?;
    Ok(sealer.finish()?)
}

/// What is in a file.
pub fn open(file: &[u8], passphrase: &str) -> Result<Content, FileProblem> {
    let mut opener =
        Opener::new(file, &ACCOUNT, passphrase).map_err(|error| FileProblem::Foreign(error.to_string()))?;
    // As long as the file, so that it never moves and leaves a copy behind.
    let mut text = Zeroizing::new(Vec::with_capacity(file.len()));
    opener.read_to_end(&mut text).map_err(|error| FileProblem::Locked(error.to_string()))?;
    read(&text)
}

/// Which structure it is; of a newer one nothing else is understood.
#[derive(Deserialize)]
struct Head {
    format: u32,
}

fn read(text: &[u8]) -> Result<Content, FileProblem> {
    let head: Head = serde_json::from_slice(text).map_err(|_| FileProblem::Content("its head".into()))?;
    if head.format > FORMAT {
        return Err(FileProblem::Newer(head.format));
    }
    // Only the place is told: the words of the parser may hold a secret.
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(text))
        .map_err(|error| FileProblem::Content(error.path().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSPHRASE: &str = "sete gatos no telhado";

    fn content() -> Content {
        let text = serde_json::json!({
            "format": 1, "version": "0.1.0", "made_at": 7,
            "account": {
                "account_id": "01900000-0000-7000-8000-000000000001", "name": "Sol", "slug": "sol", "domain": "sol.test",
                "description": "", "status": "active", "max_extensions": 5, "max_calls": 10, "max_storage_mib": 1000,
            },
            "extensions": [{
                "extension_id": "01900000-0000-7000-8000-000000000002", "number": "200", "name": "Balcão", "max_devices": 5,
                "ring_seconds": 0, "status": "active", "password": "k7k7k7k7k7k7k7k7k7k7k7k7",
            }],
            "trunks": [], "inbound_routes": [], "outbound_routes": [],
            "people": [{
                "user_id": "01900000-0000-7000-8000-000000000003", "username": "ana", "full_name": "", "email": null,
                "language": "pt-BR", "status": "active", "must_change_password": false, "password_hash": "$argon2id$…",
                "second_factor": { "secret": [1, 2, 3], "last_step": 9, "recovery_codes": [vec![7; 32]] },
                "role": "admin", "extension_id": null, "allow": [], "deny": [],
            }],
            "staying": ["bia"],
        });
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn what_goes_in_comes_out_and_is_not_seen_in_the_file() {
        let file = seal(&content(), PASSPHRASE).unwrap();
        let opened = open(&file, PASSPHRASE).unwrap();
        assert_eq!(serde_json::to_value(&opened).unwrap(), serde_json::to_value(content()).unwrap());
        for hidden in ["k7k7k7", "sol.test", "argon2id", "ana"] {
            assert!(!file.windows(hidden.len()).any(|part| part == hidden.as_bytes()), "{hidden}");
        }
    }

    #[test]
    fn a_wrong_passphrase_and_a_file_that_was_cut_or_changed_open_nothing() {
        let file = seal(&content(), PASSPHRASE).unwrap();
        assert!(matches!(open(&file, "another passphrase"), Err(FileProblem::Locked(_))));
        for length in [0, 7, 31, 32, 40, file.len() - 1] {
            assert!(open(&file[..length], PASSPHRASE).is_err(), "cut to {length}");
        }
        // Kind, version, memory, passes, salt, text, tag.
        for at in [0, 7, 10, 14, 20, 40, file.len() / 2, file.len() - 1] {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(open(&changed, PASSPHRASE).is_err(), "changed at {at}");
        }
        assert!(open(&[file.as_slice(), b"x"].concat(), PASSPHRASE).is_err(), "something follows");
        assert!(matches!(open(&[b'P'; 100], PASSPHRASE), Err(FileProblem::Foreign(_))));
    }

    #[test]
    fn a_header_cannot_ask_for_more_than_ours() {
        let mut file = seal(&content(), PASSPHRASE).unwrap();
        file[8..12].copy_from_slice(&(64_u32 * 1024 + 1).to_be_bytes());
        assert!(
            matches!(open(&file, PASSPHRASE), Err(FileProblem::Foreign(text)) if text.contains("more memory"))
        );
    }

    #[test]
    fn a_newer_format_is_named_and_an_unknown_field_is_refused() {
        let newer = Content { format: 4, ..content() };
        assert!(matches!(open(&seal(&newer, PASSPHRASE).unwrap(), PASSPHRASE), Err(FileProblem::Newer(4))));
        let mut value = serde_json::to_value(content()).unwrap();
        value["extensions"][0]["password"] = serde_json::json!(["s3cret"]);
        let problem = read(value.to_string().as_bytes()).err().unwrap().to_string();
        assert!(problem.contains("extensions[0].password") && !problem.contains("s3cret"), "{problem}");
        let mut value = serde_json::to_value(content()).unwrap();
        value["account"]["boss"] = serde_json::json!(true);
        assert!(matches!(read(value.to_string().as_bytes()), Err(FileProblem::Content(_))));
    }
}
