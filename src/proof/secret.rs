//! Private keys of domains: made, read in the forms of other tools, written for git, and used.
//!
//! The bytes of a key are wiped from memory when it is dropped, and nothing prints them: the `Debug`
//! form is the public fingerprint. Encrypted files are refused with a help text.

use std::fmt;

use ed25519_dalek as ed25519;
use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use p384::ecdsa;
use p384::elliptic_curve::zeroize::Zeroizing;

use crate::text::from_hex;

use super::foreign::read_public_key;
use super::key::{Algorithm, PublicKey};
use super::secret_fault::SecretFault;
use super::{openssh, sshsig};

enum Material {
    Ed25519(Box<ed25519::SigningKey>),
    EcdsaP384(Box<ecdsa::SigningKey>),
}

/// A private key, with its public half.
pub struct PrivateKey {
    material: Material,
    public: PublicKey,
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.public.fingerprint())
    }
}

impl PrivateKey {
    /// Random bytes that [`PrivateKey::generate`] wants.
    pub const RANDOM: usize = 48;

    /// Makes a key of random bytes. One time in 2^190 they are not a P-384 key; then use others.
    pub fn generate(
        algorithm: Algorithm,
        random: &[u8; Self::RANDOM],
    ) -> Result<Self, SecretFault> {
        match algorithm {
            Algorithm::Ed25519 => Self::from_raw(algorithm, &random[..32]),
            Algorithm::EcdsaP384 => Self::from_raw(algorithm, random),
        }
    }

    /// Makes a key of the 32-byte seed of an Ed25519 key or the 48-byte scalar of a P-384 one.
    pub fn from_raw(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, SecretFault> {
        let material = match algorithm {
            Algorithm::Ed25519 => {
                let seed: &[u8; 32] = bytes.try_into().map_err(|_| SecretFault::Range)?;
                Material::Ed25519(Box::new(ed25519::SigningKey::from_bytes(seed)))
            }
            Algorithm::EcdsaP384 if bytes.len() == 48 => {
                let key = ecdsa::SigningKey::from_slice(bytes).map_err(|_| SecretFault::Range)?;
                Material::EcdsaP384(Box::new(key))
            }
            Algorithm::EcdsaP384 => return Err(SecretFault::Range),
        };
        Self::of(material)
    }

    fn of(material: Material) -> Result<Self, SecretFault> {
        let public = match &material {
            Material::Ed25519(key) => {
                PublicKey::from_bytes(Algorithm::Ed25519, key.verifying_key().as_bytes())
            }
            Material::EcdsaP384(key) => {
                let point = key.verifying_key().to_sec1_point(true);
                PublicKey::from_bytes(Algorithm::EcdsaP384, point.as_bytes())
            }
        };
        Ok(Self { material, public: public.map_err(|_| SecretFault::Range)? })
    }

    /// Reads a private key in any known form: an OpenSSH file, PKCS#8 or SEC 1 PEM as `openssl` writes
    /// them, or the hex digits that the official publisher accepts on its command line.
    pub fn parse(text: &str) -> Result<Self, SecretFault> {
        let text = text.trim();
        let has = |label: &str| text.contains(&format!("-----BEGIN {label}-----"));
        if has("OPENSSH PRIVATE KEY") {
            Self::from_openssh(text)
        } else if has("PRIVATE KEY") {
            Self::from_pkcs8_pem(text)
        } else if has("EC PRIVATE KEY") {
            Self::from_sec1_pem(text)
        } else if has("ENCRYPTED PRIVATE KEY") {
            Err(SecretFault::Encrypted)
        } else if has("RSA PRIVATE KEY") || has("DSA PRIVATE KEY") {
            Err(SecretFault::Kind)
        } else if read_public_key(text).is_ok() {
            Err(SecretFault::Public)
        } else {
            Self::from_hex(text)
        }
    }

    /// Reads the first PKCS#8 block of a PEM file (`openssl genpkey`).
    pub fn from_pkcs8_pem(text: &str) -> Result<Self, SecretFault> {
        let block = block(text, "PRIVATE KEY").ok_or(SecretFault::Form)?;
        if let Ok(key) = ed25519::SigningKey::from_pkcs8_pem(block) {
            return Self::of(Material::Ed25519(Box::new(key)));
        }
        let key = p384::SecretKey::from_pkcs8_pem(block).map_err(|_| SecretFault::Kind)?;
        Self::of(Material::EcdsaP384(Box::new(key.into())))
    }

    /// Reads the first `EC PRIVATE KEY` block of a PEM file (`openssl ecparam -genkey`).
    pub fn from_sec1_pem(text: &str) -> Result<Self, SecretFault> {
        if text.contains("Proc-Type:") {
            return Err(SecretFault::Encrypted);
        }
        let block = block(text, "EC PRIVATE KEY").ok_or(SecretFault::Form)?;
        let key = p384::SecretKey::from_sec1_pem(block).map_err(|_| SecretFault::Kind)?;
        Self::of(Material::EcdsaP384(Box::new(key.into())))
    }

    /// Reads 64 hex digits as an Ed25519 seed, 96 as a P-384 scalar.
    pub fn from_hex(text: &str) -> Result<Self, SecretFault> {
        let bytes = Zeroizing::new(from_hex(text.trim().as_bytes()).ok_or(SecretFault::Form)?);
        match bytes.len() {
            32 => Self::from_raw(Algorithm::Ed25519, &bytes),
            48 => Self::from_raw(Algorithm::EcdsaP384, &bytes),
            _ => Err(SecretFault::Form),
        }
    }

    /// Reads an OpenSSH private key file without a passphrase.
    pub fn from_openssh(text: &str) -> Result<Self, SecretFault> {
        let (algorithm, secret, public) = openssh::read(text)?;
        let key = Self::from_raw(algorithm, &secret)?;
        if key.public == public { Ok(key) } else { Err(SecretFault::Form) }
    }

    /// Returns the key as an OpenSSH private key file, which git and ssh-keygen can use; `comment` becomes
    /// part of it.
    pub fn to_openssh(&self, comment: &str) -> Zeroizing<String> {
        openssh::write(&self.public, &self.to_raw(), comment)
    }

    /// Returns the key as PKCS#8 PEM, in the oldest form, which every `openssl` reads.
    pub fn to_pkcs8_pem(&self) -> Result<Zeroizing<String>, SecretFault> {
        let pem = match &self.material {
            Material::Ed25519(key) => {
                let pair =
                    ed25519::ed25519::KeypairBytes { secret_key: key.to_bytes(), public_key: None };
                pair.to_pkcs8_pem(LineEnding::LF)
            }
            Material::EcdsaP384(key) => p384::SecretKey::from(&**key).to_pkcs8_pem(LineEnding::LF),
        };
        pem.map_err(|_| SecretFault::Form)
    }

    fn to_raw(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match &self.material {
            Material::Ed25519(key) => key.to_bytes().to_vec(),
            Material::EcdsaP384(key) => key.to_bytes().to_vec(),
        })
    }

    /// Returns the public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Returns the raw signature of `message`: 64 bytes, or R‖S of always 96. The same message has the same
    /// signature (RFC 8032, RFC 6979).
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SecretFault> {
        match &self.material {
            Material::Ed25519(key) => key.try_sign(message).map(|s| s.to_vec()),
            Material::EcdsaP384(key) => {
                let signed: Result<ecdsa::Signature, _> = key.try_sign(message);
                signed.map(|s| s.to_bytes().to_vec())
            }
        }
        .map_err(|_| SecretFault::Sign)
    }

    /// Returns the armoured SSH signature of `message` for the purpose `namespace`.
    pub fn sign_ssh(&self, namespace: &str, message: &[u8]) -> Result<String, SecretFault> {
        sshsig::write(&self.public, namespace, message, |bytes| self.sign(bytes))
    }
}

/// Returns the first PEM block with this label.
fn block<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let end = format!("-----END {label}-----");
    let text = &text[text.find(&format!("-----BEGIN {label}-----"))?..];
    text.get(..text.find(&end)? + end.len())
}

#[cfg(test)]
mod tests;
