//! The asking side: blocking, one connection for one question.

use super::protocol::{Answer, Failure, Request};
use serde::de::DeserializeOwned;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Octets of an answer, at most.
const MAX_ANSWER: u64 = 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No daemon serves the socket.
    #[error("no daemon answers at {path}: {error}")]
    NoDaemon {
        /// The socket.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// The connection broke, or the time was over.
    #[error("the daemon gave no answer: {0}")]
    NoAnswer(std::io::Error),
    /// What came is no answer: the two are of different versions.
    #[error("the daemon's answer is not understood: {0}")]
    Foreign(serde_json::Error),
    /// The daemon said no.
    #[error(transparent)]
    Refused(#[from] Failure),
}

/// Asks one daemon.
#[derive(Clone, Debug)]
pub struct Client {
    path: PathBuf,
}

impl Client {
    /// The daemon at this socket.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Asks, and reads the answer as what the request says it is.
    pub fn ask<T: DeserializeOwned>(&self, request: &Request, patience: Duration) -> Result<T, ClientError> {
        let line = self.exchange(request, patience)?;
        match serde_json::from_slice(&line).map_err(ClientError::Foreign)? {
            Answer::Ok(value) => serde_json::from_value(value).map_err(ClientError::Foreign),
            Answer::Error(failure) => Err(failure.into()),
        }
    }

    fn exchange(&self, request: &Request, patience: Duration) -> Result<Vec<u8>, ClientError> {
        let mut stream = UnixStream::connect(&self.path)
            .map_err(|error| ClientError::NoDaemon { path: self.path.clone(), error })?;
        let no_answer = ClientError::NoAnswer;
        stream.set_read_timeout(Some(patience)).map_err(no_answer)?;
        stream.set_write_timeout(Some(patience)).map_err(no_answer)?;
        let mut text = serde_json::to_vec(request).map_err(ClientError::Foreign)?;
        text.push(b'\n');
        stream.write_all(&text).map_err(no_answer)?;
        let mut line = Vec::new();
        BufReader::new(stream.take(MAX_ANSWER)).read_until(b'\n', &mut line).map_err(no_answer)?;
        if line.is_empty() {
            return Err(no_answer(std::io::Error::from(std::io::ErrorKind::UnexpectedEof)));
        }
        Ok(line)
    }
}
