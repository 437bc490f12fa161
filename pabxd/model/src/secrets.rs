//! Secrets that the engine needs at hand: wiped when dropped, never printed.

use zeroize::Zeroize;

/// The two HA1 values of one digest user name (RFC 7616 §3.4.2): as good as the password inside the realm.
#[derive(Clone, PartialEq, Eq)]
pub struct DigestSecrets {
    /// MD5 of `user:realm:password`.
    pub md5: [u8; 16],
    /// SHA-256 of `user:realm:password`.
    pub sha256: [u8; 32],
}

impl Drop for DigestSecrets {
    fn drop(&mut self) {
        self.md5.zeroize();
        self.sha256.zeroize();
    }
}

impl std::fmt::Debug for DigestSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DigestSecrets(hidden)")
    }
}

/// The secrets of an extension for each form of its user name that is accepted (the name is part of HA1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionSecrets {
    /// For the user name `NUMBER`.
    pub number: DigestSecrets,
    /// For the user name `NUMBER-SLUG`.
    pub number_and_slug: DigestSecrets,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_a_secret() {
        let secrets = DigestSecrets { md5: [0xab; 16], sha256: [0xcd; 32] };
        let both = ExtensionSecrets { number: secrets.clone(), number_and_slug: secrets };
        let shown = format!("{both:?} {both:#?}");
        assert!(!shown.contains("171") && !shown.contains("205") && !shown.contains("ab,"), "{shown}");
        assert!(shown.contains("hidden"));
    }
}
