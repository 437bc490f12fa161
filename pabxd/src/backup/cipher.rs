//! A file that only a passphrase opens.
//!
//! `kind (7) ‖ 1 ‖ memory (KiB) ‖ passes ‖ salt (16)`, then chunks of 64 KiB, each sealed with AES-256-GCM under the key that
//! Argon2id (RFC 9106) makes of the passphrase. A chunk's nonce is its number and whether it is the last (the STREAM
//! construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015): chunks cannot be swapped, left out, or cut off unnoticed.
//! The salt is new for each file, so no key is used twice. The kind is authenticated with every chunk: a backup is never taken
//! for the file of an account, nor the other way round.

use anyhow::{Context, bail};
use argon2::{Algorithm, Argon2, Params, Version};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use std::io::{self, Read, Write};
use zeroize::Zeroizing;

/// What a file is.
pub(crate) struct Kind {
    /// A word and the version of this form.
    magic: [u8; 8],
    /// For people.
    name: &'static str,
    /// A header from outside may not ask for more memory (KiB) and passes.
    most: (u32, u32),
}

/// The whole box.
pub(crate) const BACKUP: Kind = Kind { magic: *b"pabxbak\x01", name: "backup", most: (256 * 1024, 16) };
/// One account; it is opened by the running daemon, which has no more memory to give than ours ask for.
pub(crate) const ACCOUNT: Kind =
    Kind { magic: *b"pabxacc\x01", name: "account file", most: (MEMORY_KIB, PASSES) };

const SALT: usize = 16;
/// Magic, two numbers, salt.
const HEADER: usize = 8 + 4 + 4 + SALT;
/// RFC 9106 §4, second recommended option.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;

type Header = [u8; HEADER];

fn key(header: &Header, kind: &Kind, passphrase: &str) -> anyhow::Result<LessSafeKey> {
    let number = |at: usize| {
        header.get(at..at + 4).and_then(|octets| Some(u32::from_be_bytes(octets.try_into().ok()?)))
    };
    let (Some(memory), Some(passes), Some(salt)) = (number(8), number(12), header.get(16..)) else {
        bail!("no header");
    };
    if memory > kind.most.0 || passes > kind.most.1 {
        bail!("it asks for more memory or time than any {} of ours", kind.name);
    }
    let params = Params::new(memory, passes, 1, Some(32)).map_err(|error| anyhow::anyhow!("{error}"))?;
    let mut octets = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, octets.as_mut())
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    let key = UnboundKey::new(&AES_256_GCM, octets.as_ref()).map_err(|_| anyhow::anyhow!("no key"))?;
    Ok(LessSafeKey::new(key))
}

/// The nonce of a chunk.
fn nonce(number: u64, last: bool) -> Nonce {
    let mut octets = [0; NONCE_LEN];
    let parts = [0, 0, 0].into_iter().chain(number.to_be_bytes()).chain([u8::from(last)]);
    octets.iter_mut().zip(parts).for_each(|(octet, part)| *octet = part);
    Nonce::assume_unique_for_key(octets)
}

/// Encrypts what is written to it.
pub(crate) struct Sealer<W: Write> {
    out: W,
    header: Header,
    key: LessSafeKey,
    number: u64,
    chunk: Zeroizing<Vec<u8>>,
}

impl<W: Write> Sealer<W> {
    pub(crate) fn new(mut out: W, kind: &Kind, passphrase: &str) -> anyhow::Result<Self> {
        let mut salt = [0; SALT];
        SystemRandom::new().fill(&mut salt).map_err(|_| anyhow::anyhow!("no randomness"))?;
        let mut header = [0; HEADER];
        let numbers = MEMORY_KIB.to_be_bytes().into_iter().chain(PASSES.to_be_bytes());
        let parts = kind.magic.into_iter().chain(numbers).chain(salt);
        header.iter_mut().zip(parts).for_each(|(octet, part)| *octet = part);
        out.write_all(&header)?;
        let key = key(&header, kind, passphrase)?;
        Ok(Self { out, header, key, number: 0, chunk: Zeroizing::new(Vec::with_capacity(CHUNK + TAG)) })
    }

    /// Writes the last chunk. Without it the file does not open to its end.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce(self.number, last), Aad::from(self.header), &mut self.chunk)
            .map_err(|_| io::Error::other("a chunk could not be sealed"))?;
        self.out.write_all(&self.chunk)?;
        self.out.write_all(tag.as_ref())?;
        self.number = self.number.checked_add(1).ok_or_else(|| io::Error::other("too long"))?;
        self.chunk.clear();
        Ok(())
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        // A full chunk waits for what follows: the last one is another.
        if self.chunk.len() == CHUNK && !octets.is_empty() {
            self.seal(false)?;
        }
        let taken = octets.len().min(CHUNK.saturating_sub(self.chunk.len()));
        self.chunk.extend_from_slice(octets.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Decrypts. What it gives is authentic; its end is the file's own end.
pub(crate) struct Opener<R: Read> {
    source: R,
    header: Header,
    key: LessSafeKey,
    number: u64,
    /// A sealed chunk, and one octet of the next.
    ahead: Vec<u8>,
    open: Zeroizing<Vec<u8>>,
    given: usize,
    ended: bool,
}

impl<R: Read> Opener<R> {
    pub(crate) fn new(mut source: R, kind: &Kind, passphrase: &str) -> anyhow::Result<Self> {
        let mut header = [0; HEADER];
        source.read_exact(&mut header).with_context(|| format!("it is no {}: too short", kind.name))?;
        let Some((version, word)) = kind.magic.split_last() else { bail!("no kind") };
        if !header.starts_with(word) {
            bail!("it is no {} of pabxd", kind.name);
        }
        if header.get(word.len()) != Some(version) {
            bail!("it is the {} of a newer pabxd", kind.name);
        }
        let key = key(&header, kind, passphrase)?;
        let (ahead, open) = (Vec::with_capacity(CHUNK + TAG + 1), Zeroizing::default());
        Ok(Self { source, header, key, number: 0, ahead, open, given: 0, ended: false })
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        let wanted = (CHUNK + TAG + 1).saturating_sub(self.ahead.len());
        (&mut self.source).take(u64::try_from(wanted).unwrap_or(0)).read_to_end(&mut self.ahead)?;
        let last = self.ahead.len() <= CHUNK + TAG;
        let sealed = self.ahead.len().min(CHUNK + TAG);
        let mut chunk = Zeroizing::new(self.ahead.drain(..sealed).collect::<Vec<u8>>());
        let opened = self
            .key
            .open_in_place(nonce(self.number, last), Aad::from(self.header), &mut chunk)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, self.complaint()))?
            .len();
        chunk.truncate(opened);
        (self.open, self.given, self.ended) = (chunk, 0, last);
        self.number = self.number.saturating_add(1);
        Ok(())
    }

    const fn complaint(&self) -> &'static str {
        if self.number == 0 {
            "the passphrase is wrong, or the file is damaged"
        } else {
            "the file is damaged or cut off"
        }
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.open.len() {
            if self.ended {
                return Ok(0);
            }
            self.next_chunk()?;
        }
        let left = self.open.get(self.given..).unwrap_or_default();
        let count = left.len().min(into.len());
        into.iter_mut().zip(left).for_each(|(octet, given)| *octet = *given);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(text: &[u8]) -> Vec<u8> {
        let mut sealer = Sealer::new(Vec::new(), &BACKUP, "correct horse").unwrap();
        sealer.write_all(text).unwrap();
        sealer.finish().unwrap()
    }

    fn opened(file: &[u8], passphrase: &str) -> anyhow::Result<Vec<u8>> {
        let mut text = Vec::new();
        Opener::new(file, &BACKUP, passphrase)?.read_to_end(&mut text)?;
        Ok(text)
    }

    #[test]
    fn what_goes_in_comes_out_at_every_length_of_the_last_chunk() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7] {
            let text: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let file = sealed(&text);
            assert_eq!(opened(&file, "correct horse").unwrap(), text, "{length}");
        }
    }

    #[test]
    fn another_passphrase_opens_nothing() {
        let error = opened(&sealed(b"x"), "battery staple").unwrap_err();
        assert!(error.to_string().contains("passphrase"), "{error}");
    }

    #[test]
    fn a_file_that_was_cut_changed_or_put_together_anew_is_noticed() {
        let text = vec![7; 3 * CHUNK];
        let file = sealed(&text);
        let chunk = CHUNK + TAG;
        for cut in [HEADER, HEADER + 1, HEADER + chunk, HEADER + 2 * chunk, file.len() - 1] {
            assert!(opened(&file[..cut], "correct horse").is_err(), "cut at {cut}");
        }
        for at in [9, 20, HEADER, HEADER + chunk + 5, file.len() - 1] {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(opened(&changed, "correct horse").is_err(), "changed at {at}");
        }
        let swapped =
            [&file[..HEADER], &file[HEADER + chunk..HEADER + 2 * chunk], &file[HEADER..HEADER + chunk]];
        assert!(
            opened(&[swapped.concat(), file[HEADER + 2 * chunk..].to_vec()].concat(), "correct horse")
                .is_err()
        );
        assert!(opened(&[file, vec![0]].concat(), "correct horse").is_err(), "something follows");
        assert!(opened(b"PK\x03\x04 some other file, long enough for a header", "correct horse").is_err());
    }

    #[test]
    fn one_kind_is_not_taken_for_another_nor_a_newer_one_for_ours() {
        let mut file = sealed(b"x");
        assert!(Opener::new(file.as_slice(), &ACCOUNT, "correct horse").is_err());
        file[..8].copy_from_slice(&ACCOUNT.magic);
        let mut opener = Opener::new(file.as_slice(), &ACCOUNT, "correct horse").unwrap();
        assert!(opener.read_to_end(&mut Vec::new()).is_err(), "with the other's head");
        file[..8].copy_from_slice(b"pabxbak\x02");
        assert!(opened(&file, "correct horse").unwrap_err().to_string().contains("newer"));
    }

    #[test]
    fn a_header_cannot_ask_for_all_memory() {
        let mut file = sealed(b"x");
        file[8..12].copy_from_slice(&u32::MAX.to_be_bytes());
        assert!(opened(&file, "correct horse").unwrap_err().to_string().contains("more memory"));
    }
}
