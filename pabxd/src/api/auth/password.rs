//! Passwords of people: Argon2id, and what may not be one.

use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use pabx_store::PasswordHash;
use std::sync::{Condvar, LazyLock, Mutex, PoisonError};

/// Least characters.
pub const MIN_CHARS: usize = 12;
/// Most octets; longer ones only cost time.
pub const MAX_OCTETS: usize = 256;
/// Memory of one hash in KiB, rounds and lanes (OWASP's first choice for Argon2id; RFC 9106 §4 explains them).
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// Hashes worked on at once: each takes 19 MiB, and calls need the processor too.
const AT_ONCE: usize = 2;
/// Characters that must be left when all that is common is taken out.
const MIN_OWN_CHARS: usize = 6;
/// Words below this are not looked for: they stand in too many others.
const MIN_WORD: usize = 3;
/// Different characters at least.
const MIN_DIFFERENT: usize = 6;

static COMMON: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("common_words.txt").lines().collect());
static WORKING: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// Too short.
    #[error("has fewer than {MIN_CHARS} characters")]
    Short,
    /// Too long.
    #[error("has more than {MAX_OCTETS} octets")]
    Long,
    /// Made of what everybody takes.
    #[error("is made of words, rows of keys or numbers that are tried first")]
    Common,
    /// Holds a name of the person or the place.
    #[error("holds a name of yours")]
    OwnName,
}

/// Whether it may be the password of somebody with these names (user name, mail address, full name).
pub fn check(password: &str, names: &[&str]) -> Result<(), PasswordProblem> {
    if password.len() > MAX_OCTETS {
        return Err(PasswordProblem::Long);
    }
    if password.chars().count() < MIN_CHARS {
        return Err(PasswordProblem::Short);
    }
    let plain = plain(password);
    let parts = names.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
    if parts.map(self::plain).any(|part| part.chars().count() >= 4 && plain.contains(&part)) {
        return Err(PasswordProblem::OwnName);
    }
    if is_common(password) { Err(PasswordProblem::Common) } else { Ok(()) }
}

/// Lower case, without accents, and the figures and signs that stand for letters as letters.
fn plain(text: &str) -> String {
    lower(text).into_iter().map(letter).collect()
}

/// One character for each: what has no single lower case stays as it is.
fn lower(text: &str) -> Vec<char> {
    text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
}

fn letter(c: char) -> char {
    match c {
        '@' | '4' | 'á' | 'à' | 'â' | 'ã' => 'a',
        '3' | 'é' | 'ê' => 'e',
        '1' | '!' | 'í' => 'i',
        '0' | 'ó' | 'ô' | 'õ' => 'o',
        '$' | '5' => 's',
        '7' => 't',
        'ú' => 'u',
        'ç' => 'c',
        other => other,
    }
}

/// What is left without common words, and without characters that follow one another, is too little.
fn is_common(password: &str) -> bool {
    let chars = lower(password);
    let different: std::collections::HashSet<char> = chars.iter().copied().collect();
    if different.len() < MIN_DIFFERENT || is_repeated(&chars) {
        return true;
    }
    let letters: Vec<char> = chars.iter().copied().map(letter).collect();
    let mut common = vec![false; chars.len()];
    for word in COMMON.iter().filter(|word| word.len() >= MIN_WORD) {
        mark(&letters, &word.chars().collect::<Vec<_>>(), &mut common);
    }
    let rest = chars.iter().zip(&common).map(|(c, common)| if *common { ' ' } else { *c });
    own_chars(rest) < MIN_OWN_CHARS
}

/// Marks every place where the word stands.
fn mark(letters: &[char], word: &[char], common: &mut [bool]) {
    for (start, window) in letters.windows(word.len()).enumerate() {
        if window == word {
            common.iter_mut().skip(start).take(word.len()).for_each(|place| *place = true);
        }
    }
}

/// One piece over and over.
fn is_repeated(chars: &[char]) -> bool {
    (1..=chars.len() / 2).any(|length| {
        chars.len().is_multiple_of(length)
            && chars.chunks(length).all(|chunk| chunk == chars.get(..length).unwrap_or_default())
    })
}

/// Characters that are neither blank nor the one before, the next or the previous of the alphabet.
fn own_chars(chars: impl Iterator<Item = char>) -> usize {
    let mut before = None;
    chars
        .filter(|c| {
            let step = before.map(|before: char| u32::from(*c).abs_diff(u32::from(before)));
            before = Some(*c);
            c.is_alphanumeric() && step.is_none_or(|step| step > 1)
        })
        .count()
}

fn argon2() -> Argon2<'static> {
    let (memory, rounds, lanes) = COST;
    let params = Params::new(memory, rounds, lanes, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes. `None` where the system gives no randomness.
pub fn hash(password: &str) -> Option<PasswordHash> {
    let mut salt = [0; 16];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut salt).ok()?;
    let _turn = Turn::wait();
    let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt).ok()?;
    PasswordHash::parse(&hash.to_string()).ok()
}

/// Whether it is the password of this hash. For somebody who does not exist, ask with `None`: it takes as long.
pub fn verify(password: &str, hash: Option<&PasswordHash>) -> bool {
    static NOBODY: LazyLock<Option<PasswordHash>> = LazyLock::new(|| self::hash("nobody has this password"));
    let Some(known) = hash.or(NOBODY.as_ref()) else { return false };
    let password = if password.len() > MAX_OCTETS { "" } else { password };
    let _turn = Turn::wait();
    let fits = phc::PasswordHash::new(known.as_str())
        .is_ok_and(|parsed| argon2().verify_password(password.as_bytes(), &parsed).is_ok());
    fits && hash.is_some()
}

/// Whether looking at this hash costs no more than at one of ours: one from another box says itself what it takes.
pub fn is_affordable(hash: &PasswordHash) -> bool {
    let parsed = phc::PasswordHash::new(hash.as_str()).ok();
    let params = parsed.and_then(|parsed| Params::try_from(&parsed).ok());
    let (memory, rounds, lanes) = COST;
    params.is_some_and(|it| it.m_cost() <= memory && it.t_cost() <= rounds && it.p_cost() <= lanes)
}

/// A place among those that may hash at this moment.
struct Turn;

impl Turn {
    fn wait() -> Self {
        let (working, free) = &WORKING;
        let mut count = working.lock().unwrap_or_else(PoisonError::into_inner);
        while *count >= AT_ONCE {
            count = free.wait(count).unwrap_or_else(PoisonError::into_inner);
        }
        *count += 1;
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let (working, free) = &WORKING;
        *working.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        free.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_ones_own_are_taken() {
        for good in
            ["tijolo-verde-nuvem-42", "G7#kq!zPw92x", "meu gato dorme no fogão", "Überraschungsei&Kiwi"]
        {
            assert_eq!(check(good, &["ana.souza", "ana@exemplo.com.br"]), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_everybody_takes_is_refused() {
        for bad in [
            "password1234",
            "P@ssw0rd2026!",
            "Senha@123456",
            "senhasenha123",
            "qwertyuiop123",
            "123456789012",
            "aaaaaaaaaaaa",
            "abcdefghijklm",
            "admin1234567",
            "corinthians12",
            "Brasil202612",
            "iloveyou1234",
            "xyxyxyxyxyxy",
            "changeme12345",
        ] {
            assert_eq!(check(bad, &[]), Err(PasswordProblem::Common), "{bad}");
        }
    }

    #[test]
    fn length_and_names_are_looked_at() {
        assert_eq!(check("curta-demais", &[]), Ok(()));
        assert_eq!(check("curtademais", &[]), Err(PasswordProblem::Short));
        assert_eq!(check(&"xk".repeat(129), &[]), Err(PasswordProblem::Long));
        assert_eq!(check("tijolo-Souza-nuvem", &["ana.souza"]), Err(PasswordProblem::OwnName));
        assert_eq!(check("tijolo-s0uz4-nuvem", &["ana.souza"]), Err(PasswordProblem::OwnName));
    }

    #[test]
    fn a_hash_fits_its_password_only() {
        let hash = hash("tijolo-verde-nuvem").unwrap();
        assert!(verify("tijolo-verde-nuvem", Some(&hash)));
        assert!(!verify("tijolo-verde-nuvex", Some(&hash)));
        assert!(!verify("nobody has this password", None));
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(is_affordable(&hash));
        for dear in ["m=19457,t=2", "m=19456,t=3", "m=4194304,t=1"] {
            let text = hash.as_str().replace("m=19456,t=2", dear);
            assert!(!is_affordable(&PasswordHash::parse(&text).unwrap()), "{dear}");
        }
    }
}
