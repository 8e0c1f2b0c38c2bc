//! SSH signatures: what `ssh-keygen -Y sign` writes and git puts into commits.
//!
//! The format is OpenSSH's `PROTOCOL.sshsig`, version 1. Armour may be wrapped at any width and have
//! either kind of line end, because tools differ; the blob inside must be exact. Only the two kinds
//! of key that a domain can publish are read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256, Sha512};

use super::key::{Algorithm, PublicKey, SignatureFault};
use super::wire::{WireReader, put_integer, put_string};

/// The first and the last line of armour.
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";

/// Characters in a line of armour, as OpenSSH writes it.
const WIDTH: usize = 70;

/// The first bytes of the blob and of what is signed.
const MAGIC: &[u8] = b"SSHSIG";

/// A hash that the message is reduced with before it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha512,
}

impl Hash {
    fn name(self) -> &'static [u8] {
        match self {
            Self::Sha256 => b"sha256",
            Self::Sha512 => b"sha512",
        }
    }

    fn of(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(message).to_vec(),
            Self::Sha512 => Sha512::digest(message).to_vec(),
        }
    }
}

/// Why a text is not an SSH signature that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SshFault {
    /// Longer than any such signature.
    #[error("it is longer than {} bytes", SshSignature::MAX)]
    TooLong,
    /// No armour, or something around it.
    #[error("it must be {} and {} with only the signature in between", BEGIN, END)]
    Armour,
    /// What is inside is not base64.
    #[error("it is not base64 inside its armour")]
    Base64,
    /// The fields are not those of a signature of version 1.
    #[error("its fields are not those of an SSH signature")]
    Form,
    /// The version is another one.
    #[error("its version is {0}, but only version 1 is supported")]
    Version(u32),
    /// The hash is neither sha256 nor sha512.
    #[error("its hash is neither sha256 nor sha512")]
    Hash,
    /// The key is of another kind, or none.
    #[error("its key {0}")]
    Key(super::KeyFault),
    /// The signature is for another purpose; a commit's is `git`.
    #[error("it was made for another purpose")]
    Namespace,
    /// The key did not make it for this message.
    #[error("{0}")]
    Signature(SignatureFault),
}

/// A signature with the key that it claims to be by; nothing is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshSignature {
    key: PublicKey,
    namespace: Vec<u8>,
    hash: Hash,
    signature: Vec<u8>,
}

impl SshSignature {
    /// Most bytes of armour that are read.
    pub const MAX: usize = 4096;

    /// Reads an armoured signature; only white space may surround it.
    pub fn parse(armoured: &str) -> Result<Self, SshFault> {
        if armoured.len() > Self::MAX {
            return Err(SshFault::TooLong);
        }
        let space = |c: char| c.is_ascii_whitespace();
        let inner = armoured
            .trim_matches(space)
            .strip_prefix(BEGIN)
            .and_then(|rest| rest.strip_suffix(END))
            .filter(|inner| inner.starts_with(space) && inner.ends_with(space))
            .ok_or(SshFault::Armour)?;
        let base64: String = inner.chars().filter(|c| !space(*c)).collect();
        Self::from_blob(&STANDARD.decode(base64).map_err(|_| SshFault::Base64)?)
    }

    /// Reads the blob inside the armour; nothing may follow it.
    pub fn from_blob(blob: &[u8]) -> Result<Self, SshFault> {
        let mut fields = WireReader(blob);
        if fields.bytes(MAGIC.len()) != Some(MAGIC) {
            return Err(SshFault::Form);
        }
        let version = fields.number().ok_or(SshFault::Form)?;
        if version != 1 {
            return Err(SshFault::Version(version));
        }
        let mut field = || fields.string().ok_or(SshFault::Form);
        let (key, namespace, reserved) = (field()?, field()?, field()?);
        let (hash, signature) = (field()?, field()?);
        if !fields.is_empty() || !reserved.is_empty() || namespace.is_empty() {
            return Err(SshFault::Form);
        }
        let hash = [Hash::Sha256, Hash::Sha512].into_iter().find(|known| known.name() == hash);
        let key = PublicKey::from_ssh_blob(key).map_err(SshFault::Key)?;
        Ok(Self {
            signature: raw_signature(key.algorithm(), signature).ok_or(SshFault::Form)?,
            key,
            namespace: namespace.to_vec(),
            hash: hash.ok_or(SshFault::Hash)?,
        })
    }

    /// Returns the key that the signature names.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Whether the key made this signature for `message` and the purpose `namespace`.
    pub fn verify(&self, namespace: &str, message: &[u8]) -> Result<(), SshFault> {
        if self.namespace != namespace.as_bytes() {
            return Err(SshFault::Namespace);
        }
        let signed = signed_bytes(&self.namespace, self.hash, message);
        self.key.verify(&signed, &self.signature).map_err(SshFault::Signature)
    }
}

/// Returns what the key signs: the purpose, the hash's name and the message's hash.
fn signed_bytes(namespace: &[u8], hash: Hash, message: &[u8]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    put_string(&mut out, namespace);
    put_string(&mut out, b"");
    put_string(&mut out, hash.name());
    put_string(&mut out, &hash.of(message));
    out
}

/// Returns the bytes of a signature field as a proof has them: 64, or R‖S.
fn raw_signature(algorithm: Algorithm, field: &[u8]) -> Option<Vec<u8>> {
    let mut fields = WireReader(field);
    if fields.string()? != algorithm.ssh_name().as_bytes() {
        return None;
    }
    let signature = fields.string()?;
    let raw = match algorithm {
        Algorithm::Ed25519 => signature.to_vec(),
        Algorithm::EcdsaP384 => {
            let mut numbers = WireReader(signature);
            let (r, s) = (numbers.integer::<48>()?, numbers.integer::<48>()?);
            numbers.is_empty().then(|| [r, s].concat())?
        }
    };
    fields.is_empty().then_some(raw)
}

/// Writes the armoured signature of `message` by a key; `sign` returns the raw signature of its argument.
pub(super) fn write<E>(
    key: &PublicKey,
    namespace: &str,
    message: &[u8],
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<String, E> {
    let hash = Hash::Sha512;
    let raw = sign(&signed_bytes(namespace.as_bytes(), hash, message))?;
    let mut signature = Vec::new();
    put_string(&mut signature, key.algorithm().ssh_name().as_bytes());
    match key.algorithm() {
        Algorithm::Ed25519 => put_string(&mut signature, &raw),
        Algorithm::EcdsaP384 => {
            let (r, s) = raw.split_at(raw.len() / 2);
            let mut numbers = Vec::new();
            put_integer(&mut numbers, r);
            put_integer(&mut numbers, s);
            put_string(&mut signature, &numbers);
        }
    }
    let mut blob = MAGIC.to_vec();
    blob.extend(1u32.to_be_bytes());
    for field in [&key.to_ssh_blob(), namespace.as_bytes(), b"", hash.name(), &signature] {
        put_string(&mut blob, field);
    }
    Ok(armour(BEGIN, END, &blob))
}

/// Writes base64 between two lines, wrapped as OpenSSH does.
pub(super) fn armour(begin: &str, end: &str, blob: &[u8]) -> String {
    let base64 = STANDARD.encode(blob);
    let mut text = format!("{begin}\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(WIDTH));
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    text.push_str(end);
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
