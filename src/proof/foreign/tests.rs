use proptest::prelude::*;

use super::*;
use crate::proof::PrivateKey;

fn both() -> [PrivateKey; 2] {
    Algorithm::ALL.map(|algorithm| PrivateKey::generate(algorithm, &[9; 48]).unwrap())
}

/// The forms in which a signature is handed out.
fn forms(raw: &[u8]) -> Vec<Vec<u8>> {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    let hex: String = raw.iter().map(|b| format!("{b:02X}")).collect();
    let base64 = STANDARD.encode(raw);
    let (a, b) = base64.split_at(40);
    vec![
        raw.to_vec(),
        hex.into_bytes(),
        format!("{a}\r\n{b}\n").into_bytes(),
        URL_SAFE_NO_PAD.encode(raw).into_bytes(),
    ]
}

#[test]
fn signatures_are_read_in_every_form() {
    for key in both() {
        let raw = key.sign(b"statement").unwrap();
        let mut all = forms(&raw);
        if let Ok(signature) = ecdsa::Signature::from_slice(&raw) {
            all.extend(forms(signature.to_der().as_bytes()));
        }
        for bytes in all {
            assert_eq!(read_signature(key.public(), b"statement", &bytes).as_ref(), Ok(&raw));
            let wrong = read_signature(key.public(), b"another", &bytes);
            assert_eq!(wrong, Err(SignatureFault::Wrong));
        }
    }
}

#[test]
fn what_is_no_signature_says_so() {
    let [_, p384] = both();
    let raw = p384.sign(b"statement").unwrap();
    let short = read_signature(p384.public(), b"statement", &raw[1..]);
    assert_eq!(short, Err(SignatureFault::Shortened));
    let none = read_signature(p384.public(), b"statement", b"");
    assert_eq!(none, Err(SignatureFault::Length { expected: 96, found: 0 }));
}

#[test]
fn public_keys_are_read_in_every_form() {
    for key in both().map(|key| key.public().clone()) {
        for text in [key.record(), key.to_openssh_line("me"), format!("{}\n", key.record())] {
            assert_eq!(read_public_key(&text).as_ref(), Ok(&key));
        }
    }
    // The example of RFC 8410, section 10.1.
    let pem = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
        -----END PUBLIC KEY-----\n";
    let key = read_public_key(pem).unwrap();
    assert_eq!(key.to_base64(), "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=");
    assert_eq!(read_public_key(&pem.replace("MCow", "MCox")), Err(KeyFault::Unread));
    assert_eq!(read_public_key("hello"), Err(KeyFault::Unread));
    let length = KeyFault::Length { expected: 32, found: 3 };
    assert_eq!(read_public_key("v=MCPv1; k=ed25519; p=AAAA"), Err(length));
}

proptest! {
    // The arithmetic of P-384 is slow without optimisation.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_bytes_break_the_readers(bytes: Vec<u8>, text: String) {
        let _ = read_public_key(&text);
        for key in both() {
            prop_assert!(read_signature(key.public(), b"x", &bytes).is_err());
            prop_assert!(read_signature(key.public(), b"x", text.as_bytes()).is_err());
        }
    }
}
