//! What the box speaks.

crate::text::word_enum!(
    /// A language of the user interface, mails and prompts (BCP 47).
    Language {
        /// Portuguese of Brazil.
        Portuguese = "pt-BR",
        /// English.
        English = "en",
        /// Spanish.
        Spanish = "es",
    }
);

#[expect(clippy::derivable_impls, reason = "the macro makes the enum")]
impl Default for Language {
    fn default() -> Self {
        Self::Portuguese
    }
}
