//! OpenSSH's private key files (`PROTOCOL.key`), without a passphrase.
//!
//! git signs with such a file and nothing else, not with a PEM file of `openssl`. A file holds one key of the two
//! kinds that a domain can publish.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p384::elliptic_curve::zeroize::Zeroizing;
use sha2::{Digest as _, Sha256};

use super::key::{Algorithm, PublicKey, SSH_CURVE};
use super::secret_fault::SecretFault;
use super::sshsig::armour;
use super::wire::{WireReader, put_integer, put_string};

const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END: &str = "-----END OPENSSH PRIVATE KEY-----";

/// The first bytes of the blob.
const MAGIC: &[u8] = b"openssh-key-v1\0";

/// The name of "no cipher" and "no key derivation".
const NONE: &[u8] = b"none";

/// The private part is padded to a multiple of this, in bytes.
const BLOCK: usize = 8;

/// Seed or scalar and public key of a file.
pub(super) type SecretParts = (Algorithm, Zeroizing<Vec<u8>>, PublicKey);

/// Reads a key file.
pub(super) fn read(text: &str) -> Result<SecretParts, SecretFault> {
    let inner = text.trim().strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END));
    let inner = inner.ok_or(SecretFault::Form)?.chars().filter(|c| !c.is_ascii_whitespace());
    let base64 = Zeroizing::new(inner.collect::<String>());
    let blob = Zeroizing::new(STANDARD.decode(&*base64).map_err(|_| SecretFault::Form)?);
    let mut fields = WireReader(blob.strip_prefix(MAGIC).ok_or(SecretFault::Form)?);
    let mut next = || fields.string().ok_or(SecretFault::Form);
    let (cipher, derivation, options) = (next()?, next()?, next()?);
    if (cipher, derivation) != (NONE, NONE) {
        return Err(SecretFault::Encrypted);
    }
    if !options.is_empty() || fields.number() != Some(1) {
        return Err(SecretFault::Form);
    }
    let public = fields.string().ok_or(SecretFault::Form)?;
    let public = PublicKey::from_ssh_blob(public).map_err(|_| SecretFault::Kind)?;
    let private = fields.string().filter(|_| fields.is_empty()).ok_or(SecretFault::Form)?;
    let secret = secret(public.algorithm(), private).ok_or(SecretFault::Form)?;
    Ok((public.algorithm(), secret, public))
}

/// Reads the seed or scalar in the private part.
fn secret(algorithm: Algorithm, part: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut fields = WireReader(part);
    if fields.number()? != fields.number()? || fields.string()? != algorithm.ssh_name().as_bytes() {
        return None;
    }
    let secret = match algorithm {
        Algorithm::Ed25519 => {
            let _public = fields.string()?;
            let pair = fields.string().filter(|pair| pair.len() == 64)?;
            pair[..32].to_vec()
        }
        Algorithm::EcdsaP384 => {
            fields.string().filter(|curve| *curve == SSH_CURVE)?;
            let _public = fields.string()?;
            fields.integer::<48>()?.to_vec()
        }
    };
    let secret = Zeroizing::new(secret);
    let _comment = fields.string()?;
    // The padding counts up from one.
    let counts = fields.0.iter().zip(1u8..).all(|(found, count)| *found == count);
    (counts && fields.0.len() < BLOCK * 2).then_some(secret)
}

/// Writes a key file.
pub(super) fn write(public: &PublicKey, secret: &[u8], comment: &str) -> Zeroizing<String> {
    let blob = public.to_ssh_blob();
    let mut part = Zeroizing::new(Vec::with_capacity(512));
    // Two equal numbers tell a right passphrase; without one any number does.
    let check = Sha256::digest(&blob);
    part.extend(&check[..4]);
    part.extend(&check[..4]);
    // The private part repeats the public one, whose fields have the same order.
    part.extend(&blob);
    match public.algorithm() {
        Algorithm::Ed25519 => {
            let pair = Zeroizing::new([secret, public.as_bytes()].concat());
            put_string(&mut part, &pair);
        }
        Algorithm::EcdsaP384 => put_integer(&mut part, secret),
    }
    put_string(&mut part, comment.as_bytes());
    let missing = (BLOCK - part.len() % BLOCK) % BLOCK;
    part.extend((1u8..).take(missing));
    let mut out = Zeroizing::new(Vec::with_capacity(1024));
    out.extend(MAGIC);
    for field in [NONE, NONE, b""] {
        put_string(&mut out, field);
    }
    out.extend(1u32.to_be_bytes());
    put_string(&mut out, &blob);
    put_string(&mut out, &part);
    Zeroizing::new(armour(BEGIN, END, &out))
}
