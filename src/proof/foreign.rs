//! Keys and signatures in the forms that key services, `openssl` and HSMs produce.
//!
//! Signatures come raw, in base64 or hex, and for P-384 often in DER. Each form is tried, and the one that
//! verifies is kept.

use crate::text::from_hex;
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ed25519_dalek as ed25519;
use ed25519_dalek::pkcs8::DecodePublicKey as _;
use p384::ecdsa;

use super::key::{Algorithm, KeyFault, PublicKey, SignatureFault};
use super::record::{RecordFault, parse_record};

/// Reads a public key: an `MCPv1` record, a line of OpenSSH, or a `PUBLIC KEY` block of PEM.
pub fn read_public_key(text: &str) -> Result<PublicKey, KeyFault> {
    let text = text.trim();
    if text.starts_with("-----BEGIN PUBLIC KEY-----") {
        if let Ok(key) = ed25519::VerifyingKey::from_public_key_pem(text) {
            return PublicKey::from_bytes(Algorithm::Ed25519, key.as_bytes());
        }
        let key = p384::PublicKey::from_public_key_pem(text).map_err(|_| KeyFault::Unread)?;
        let point = ecdsa::VerifyingKey::from(key).to_sec1_point(true);
        return PublicKey::from_bytes(Algorithm::EcdsaP384, point.as_bytes());
    }
    match parse_record(text) {
        Ok(key) => Ok(key),
        Err(RecordFault::Key(fault)) => Err(fault),
        Err(_) => PublicKey::from_openssh_line(text).map_err(|fault| match fault {
            KeyFault::NotSsh | KeyFault::Base64 => KeyFault::Unread,
            fault => fault,
        }),
    }
}

/// Returns the raw signature of `message` by `key` that `bytes` hold in some form; the fault is that of the
/// nearest interpretation.
pub fn read_signature(
    key: &PublicKey,
    message: &[u8],
    bytes: &[u8],
) -> Result<Vec<u8>, SignatureFault> {
    let expected = key.algorithm().signature_length();
    let mut nearest = SignatureFault::Length { expected, found: bytes.len() };
    for reading in readings(key.algorithm(), bytes) {
        match key.verify(message, &reading) {
            Ok(()) => return Ok(reading),
            Err(SignatureFault::Length { .. }) => {}
            // A wrong signature is nearer than one of the wrong length.
            Err(fault) if nearest != SignatureFault::Wrong => nearest = fault,
            Err(_) => {}
        }
    }
    Err(nearest)
}

/// Returns every interpretation of the bytes.
fn readings(algorithm: Algorithm, bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found = vec![bytes.to_vec()];
    if let Ok(text) = std::str::from_utf8(bytes) {
        let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        found.extend(from_hex(text.as_bytes()));
        let lenient =
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        for alphabet in [STANDARD, URL_SAFE] {
            found.extend(GeneralPurpose::new(&alphabet, lenient).decode(&text).ok());
        }
    }
    if algorithm == Algorithm::EcdsaP384 {
        let der: Vec<Vec<u8>> = found
            .iter()
            .filter_map(|bytes| ecdsa::Signature::from_der(bytes).ok())
            .map(|signature| signature.to_bytes().to_vec())
            .collect();
        found.extend(der);
    }
    found
}

#[cfg(test)]
mod tests;
