//! Public keys of domains, in the two algorithms of the official registry's `MCPv1` record.
//!
//! One key has several written forms: the base64 of a record, the wire blob of OpenSSH, its
//! fingerprint. They all become the same [`PublicKey`], so that a proof file and a signed commit are
//! compared with the same published key. Keys that would verify what nobody signed (points of small
//! order) and second spellings of a key cannot become a [`PublicKey`].

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ed25519_dalek as ed25519;
use p384::ecdsa;
use p384::ecdsa::signature::Verifier as _;
use sha2::{Digest as _, Sha256};

use crate::text::display_as_str;

use super::wire::{WireReader, put_string};

/// A signature algorithm of the `MCPv1` record (`k=`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032): 32-byte keys, 64-byte signatures over the message itself.
    Ed25519,
    /// ECDSA over P-384 with SHA-384: 49-byte compressed points, 96-byte signatures R‖S.
    EcdsaP384,
}

impl Algorithm {
    /// Both algorithms.
    pub const ALL: [Self; 2] = [Self::Ed25519, Self::EcdsaP384];

    /// Returns the word in `k=` and in a proof's `alg`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::EcdsaP384 => "ecdsap384",
        }
    }

    /// Parses the word of an algorithm; case matters, as in the official registry.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == word)
    }

    /// Returns the length of a signature in a proof, in bytes.
    pub fn signature_length(self) -> usize {
        match self {
            Self::Ed25519 => 64,
            Self::EcdsaP384 => 96,
        }
    }

    /// Returns OpenSSH's name of the algorithm.
    pub fn ssh_name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ssh-ed25519",
            Self::EcdsaP384 => "ecdsa-sha2-nistp384",
        }
    }
}

display_as_str!(Algorithm);

/// Why bytes are not a public key that may prove anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFault {
    /// Not standard base64 with its padding.
    #[error("is not standard base64 with its padding")]
    Base64,
    /// Not as many bytes as a key of this algorithm has.
    #[error("has {found} bytes instead of {expected}")]
    Length {
        /// Bytes that a key has.
        expected: usize,
        /// Bytes that were there.
        found: usize,
    },
    /// A P-384 point that does not begin with 02 or 03.
    #[error("is not a compressed point, which begins with the byte 02 or 03")]
    NotCompressed,
    /// The bytes are not a point of the curve.
    #[error("is not a point of the curve")]
    NotOnCurve,
    /// A point of small order: signatures for it can be made without any private key.
    #[error("is a point of small order, for which anyone can make signatures")]
    Weak,
    /// A second spelling of another key.
    #[error("is not the canonical encoding of the key")]
    NotCanonical,
    /// Not a key blob of OpenSSH of one of the two kinds.
    #[error("is not an OpenSSH key of the kind ssh-ed25519 or ecdsa-sha2-nistp384")]
    NotSsh,
    /// None of the forms in which public keys are published.
    #[error("is neither a record, nor an OpenSSH line, nor a PUBLIC KEY block of Ed25519 or P-384")]
    Unread,
}

/// Why a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureFault {
    /// 95 bytes for P-384: a signer dropped a zero in front of R or S.
    #[error(
        "the signature has 95 bytes instead of 96; some publishers drop a zero byte in front of R or S, so sign again"
    )]
    Shortened,
    /// Not as many bytes as a signature of this algorithm has.
    #[error("the signature has {found} bytes instead of {expected}")]
    Length {
        /// Bytes that a signature has.
        expected: usize,
        /// Bytes that were there.
        found: usize,
    },
    /// The key did not make this signature for this message.
    #[error("the signature was not made by this key for this statement")]
    Wrong,
    /// The statement that would have been signed cannot exist.
    #[error("no statement can be made: {0}")]
    Statement(super::StatementFault),
}

#[derive(Clone)]
enum Point {
    Ed25519(ed25519::VerifyingKey),
    EcdsaP384(Box<ecdsa::VerifyingKey>),
}

/// A public key that a domain may publish. Equality, order and hash are those of its algorithm and
/// bytes.
#[derive(Clone)]
pub struct PublicKey {
    bytes: Box<[u8]>,
    point: Point,
}

impl PublicKey {
    /// Reads a key as `p=` has it: standard base64 with padding.
    pub fn parse(algorithm: Algorithm, base64: &str) -> Result<Self, KeyFault> {
        let bytes = STANDARD.decode(base64).map_err(|_| KeyFault::Base64)?;
        Self::from_bytes(algorithm, &bytes)
    }

    /// Reads the 32 bytes of an Ed25519 key or the 49 of a compressed P-384 point.
    pub fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyFault> {
        let expected = match algorithm {
            Algorithm::Ed25519 => 32,
            Algorithm::EcdsaP384 => 49,
        };
        if bytes.len() != expected {
            return Err(KeyFault::Length { expected, found: bytes.len() });
        }
        let point = match algorithm {
            Algorithm::Ed25519 => Point::Ed25519(ed25519_point(bytes)?),
            Algorithm::EcdsaP384 if !matches!(bytes[0], 2 | 3) => {
                return Err(KeyFault::NotCompressed);
            }
            Algorithm::EcdsaP384 => Point::EcdsaP384(Box::new(p384_point(bytes)?)),
        };
        Ok(Self { bytes: bytes.into(), point })
    }

    /// Returns the algorithm that the key is for.
    pub fn algorithm(&self) -> Algorithm {
        match self.point {
            Point::Ed25519(_) => Algorithm::Ed25519,
            Point::EcdsaP384(_) => Algorithm::EcdsaP384,
        }
    }

    /// Returns the key's bytes as a record has them, before base64.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the text of `p=`.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(&self.bytes)
    }

    /// Returns the record that publishes the key: `v=MCPv1; k=…; p=…`.
    pub fn record(&self) -> String {
        format!("v=MCPv1; k={}; p={}", self.algorithm(), self.to_base64())
    }

    /// Returns `SHA256:` and the unpadded base64 of the wire blob's SHA-256, as `ssh-keygen -l` prints it.
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(self.to_ssh_blob())))
    }

    /// Whether `signature` is this key's for `message`: strictly for Ed25519, over SHA-384 and in the
    /// form R‖S for P-384 (either S counts, because nothing is keyed on the bytes of a signature).
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureFault> {
        let expected = self.algorithm().signature_length();
        let found = signature.len();
        match (&self.point, found) {
            (Point::Ed25519(key), 64) => ed25519::Signature::from_slice(signature)
                .and_then(|signature| key.verify_strict(message, &signature))
                .map_err(|_| SignatureFault::Wrong),
            (Point::EcdsaP384(key), 96) => ecdsa::Signature::from_slice(signature)
                .and_then(|signature| key.verify(message, &signature))
                .map_err(|_| SignatureFault::Wrong),
            (Point::EcdsaP384(_), 95) => Err(SignatureFault::Shortened),
            _ => Err(SignatureFault::Length { expected, found }),
        }
    }

    /// Returns the key in OpenSSH's wire format (RFC 8709; RFC 5656 with an uncompressed point).
    pub fn to_ssh_blob(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(136);
        put_string(&mut out, self.algorithm().ssh_name().as_bytes());
        match &self.point {
            Point::Ed25519(key) => put_string(&mut out, key.as_bytes()),
            Point::EcdsaP384(key) => {
                put_string(&mut out, SSH_CURVE);
                put_string(&mut out, key.to_sec1_point(false).as_bytes());
            }
        }
        out
    }

    /// Reads a wire blob; nothing may follow it.
    pub fn from_ssh_blob(blob: &[u8]) -> Result<Self, KeyFault> {
        let mut fields = WireReader(blob);
        let mut next = || fields.string().ok_or(KeyFault::NotSsh);
        let key = match next()? {
            b"ssh-ed25519" => Self::from_bytes(Algorithm::Ed25519, next()?)?,
            b"ecdsa-sha2-nistp384" if next()? == SSH_CURVE => {
                let point = Some(next()?).filter(|point| point.first() == Some(&4));
                let point = p384_point(point.ok_or(KeyFault::NotSsh)?)?.to_sec1_point(true);
                Self::from_bytes(Algorithm::EcdsaP384, point.as_bytes())?
            }
            _ => return Err(KeyFault::NotSsh),
        };
        if fields.is_empty() { Ok(key) } else { Err(KeyFault::NotSsh) }
    }

    /// Returns the line of a `.pub` file, without a line break. Control characters of `comment` are left out.
    pub fn to_openssh_line(&self, comment: &str) -> String {
        let blob = STANDARD.encode(self.to_ssh_blob());
        let comment: String = comment.chars().filter(|c| !c.is_control()).collect();
        format!("{} {blob} {comment}", self.algorithm().ssh_name()).trim_end().to_owned()
    }

    /// Reads the line of a `.pub` file; a comment is ignored.
    pub fn from_openssh_line(line: &str) -> Result<Self, KeyFault> {
        let mut words = line.split_ascii_whitespace();
        let (Some(kind), Some(blob)) = (words.next(), words.next()) else {
            return Err(KeyFault::NotSsh);
        };
        let key = Self::from_ssh_blob(&STANDARD.decode(blob).map_err(|_| KeyFault::Base64)?)?;
        if kind == key.algorithm().ssh_name() { Ok(key) } else { Err(KeyFault::NotSsh) }
    }
}

/// The curve's name inside wire blobs of P-384 keys.
pub(super) const SSH_CURVE: &[u8] = b"nistp384";

fn ed25519_point(bytes: &[u8]) -> Result<ed25519::VerifyingKey, KeyFault> {
    let bytes: &[u8; 32] = bytes.try_into().map_err(|_| KeyFault::NotOnCurve)?;
    let key = ed25519::VerifyingKey::from_bytes(bytes).map_err(|_| KeyFault::NotOnCurve)?;
    if key.is_weak() {
        return Err(KeyFault::Weak);
    }
    // y counts modulo 2^255 - 19, so the nineteen numbers from there on are second spellings.
    let high = bytes[31] & 0x7f == 0x7f && bytes[1..31].iter().all(|b| *b == 0xff);
    if high && bytes[0] >= 0xed {
        return Err(KeyFault::NotCanonical);
    }
    Ok(key)
}

fn p384_point(bytes: &[u8]) -> Result<ecdsa::VerifyingKey, KeyFault> {
    ecdsa::VerifyingKey::from_sec1_bytes(bytes).map_err(|_| KeyFault::NotOnCurve)
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for PublicKey {}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.algorithm(), &self.bytes).cmp(&(other.algorithm(), &other.bytes))
    }
}

impl Hash for PublicKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

impl fmt::Display for PublicKey {
    /// The fingerprint, which is how keys are named in reports.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fingerprint())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.record())
    }
}

#[cfg(test)]
pub(super) mod tests;
