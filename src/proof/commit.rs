//! Signed commits: what was signed, and by which key.
//!
//! The raw object is split by hand, because the signature covers exactly the object without its signature
//! header. An object with several signatures, or with one for SHA-256 repositories, is refused, so that one
//! signature cannot hide another.

use super::key::PublicKey;
use super::sshsig::{SshFault, SshSignature};

/// The purpose of git's SSH signatures.
const NAMESPACE: &str = "git";

/// Most bytes of a commit object that is read.
pub const MAX_COMMIT: usize = 1024 * 1024;

/// Why a commit's signature cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommitFault {
    /// The object is larger than [`MAX_COMMIT`].
    #[error("the commit is larger than {} bytes", MAX_COMMIT)]
    TooLarge,
    /// The bytes are not a commit object.
    #[error("the object is not a commit")]
    NotACommit,
    /// There are several `gpgsig` headers.
    #[error("the commit has more than one signature")]
    SeveralSignatures,
    /// There is a `gpgsig-sha256` header.
    #[error("the commit has a signature for SHA-256 repositories")]
    OtherObjectFormat,
    /// The signature is not an SSH one but, for example, OpenPGP.
    #[error(
        "the commit is signed, but not with an SSH key; sign with `gpg.format = ssh` and the domain's key"
    )]
    NotSsh,
    /// The SSH signature cannot be read or does not hold.
    #[error("the commit's signature cannot be used: {0}")]
    Ssh(SshFault),
}

/// A commit with exactly one SSH signature, not verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCommit {
    payload: Vec<u8>,
    signature: SshSignature,
}

impl SignedCommit {
    /// Splits a raw commit object (without git's `commit <size>` in front); `None` when it is not signed.
    pub fn parse(raw: &[u8]) -> Result<Option<Self>, CommitFault> {
        if raw.len() > MAX_COMMIT {
            return Err(CommitFault::TooLarge);
        }
        if !raw.starts_with(b"tree ") {
            return Err(CommitFault::NotACommit);
        }
        let mut payload = Vec::with_capacity(raw.len());
        let (mut signature, mut inside): (Option<Vec<u8>>, bool) = (None, false);
        let mut rest = raw;
        while !rest.is_empty() {
            let (line, after) = take_line(rest);
            if line == b"\n" {
                break;
            }
            if let Some(more) = line.strip_prefix(b" ").filter(|_| inside) {
                signature.get_or_insert_default().extend(more);
            } else if let Some(first) = line.strip_prefix(b"gpgsig ") {
                if signature.is_some() {
                    return Err(CommitFault::SeveralSignatures);
                }
                (signature, inside) = (Some(first.to_vec()), true);
            } else if line.starts_with(b"gpgsig-sha256") {
                return Err(CommitFault::OtherObjectFormat);
            } else {
                inside = false;
                payload.extend(line);
            }
            rest = after;
        }
        payload.extend(rest);
        let Some(signature) = signature else { return Ok(None) };
        let armoured = String::from_utf8(signature).map_err(|_| CommitFault::NotSsh)?;
        if !armoured.trim_ascii_start().starts_with("-----BEGIN SSH SIGNATURE-----") {
            return Err(CommitFault::NotSsh);
        }
        let signature = SshSignature::parse(&armoured).map_err(CommitFault::Ssh)?;
        Ok(Some(Self { payload, signature }))
    }

    /// Returns the key that the signature names; it may not be the one that signed.
    pub fn key(&self) -> &PublicKey {
        self.signature.key()
    }

    /// Returns what was signed: the object without the signature.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Verifies the signature. Returns the key that signed this commit.
    pub fn verify(&self) -> Result<PublicKey, CommitFault> {
        self.signature.verify(NAMESPACE, &self.payload).map_err(CommitFault::Ssh)?;
        Ok(self.key().clone())
    }
}

/// Returns the first line with its line feed, and the rest.
fn take_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1);
    bytes.split_at(end)
}

#[cfg(test)]
mod tests;
