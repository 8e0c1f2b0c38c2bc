use proptest::prelude::*;

use super::*;
use crate::proof::SshSignature;

/// The example of RFC 8410, section 10.3, and its public key.
const STANDARD_PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
    -----END PRIVATE KEY-----\n";
const STANDARD_PUBLIC: &str = "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

fn both() -> [PrivateKey; 2] {
    Algorithm::ALL.map(|algorithm| PrivateKey::generate(algorithm, &[7; 48]).unwrap())
}

fn fault(text: &str) -> SecretFault {
    PrivateKey::parse(text).unwrap_err()
}

#[test]
fn the_pem_of_the_standard_is_read_and_written() {
    let key = PrivateKey::parse(STANDARD_PEM).unwrap();
    assert_eq!(key.public().to_base64(), STANDARD_PUBLIC);
    assert_eq!(key.to_pkcs8_pem().unwrap().as_str(), STANDARD_PEM);
    let crlf = STANDARD_PEM.replace('\n', "\r\n");
    assert_eq!(PrivateKey::parse(&crlf).unwrap().public(), key.public());
}

#[test]
fn every_form_goes_round() {
    for key in both() {
        let raw = key.to_raw();
        let hex: String = raw.iter().map(|b| format!("{b:02x}")).collect();
        let openssh = key.to_openssh("a comment");
        let pem = key.to_pkcs8_pem().unwrap();
        for text in [&hex, &hex.to_uppercase(), &*openssh, &*pem] {
            assert_eq!(PrivateKey::parse(text).unwrap().public(), key.public());
        }
    }
    let [_, p384] = both();
    let Material::EcdsaP384(secret) = &p384.material else { panic!("the second is P-384") };
    let sec1 = p384::SecretKey::from(&**secret).to_sec1_pem(LineEnding::LF).unwrap();
    let parameters = "-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n";
    let text = format!("{parameters}{}", sec1.as_str());
    assert_eq!(PrivateKey::parse(&text).unwrap().public(), p384.public());
}

#[test]
fn what_cannot_be_used_says_why() {
    let openssh = both()[0].to_openssh("");
    for (text, why) in [
        ("", SecretFault::Form),
        ("0123", SecretFault::Form),
        (&"g".repeat(64), SecretFault::Form),
        (&"0".repeat(96), SecretFault::Range),
        (&"f".repeat(96), SecretFault::Range),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==", SecretFault::Encrypted),
        ("-----BEGIN RSA PRIVATE KEY-----\nAA==", SecretFault::Kind),
        ("-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----", SecretFault::Kind),
        ("-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED", SecretFault::Encrypted),
        (&both()[0].public().record(), SecretFault::Public),
        (&both()[1].public().to_openssh_line("x"), SecretFault::Public),
        (&openssh.replace("bm9uZQ", "bm9uZg"), SecretFault::Encrypted),
        (&openssh[..openssh.len() - 40], SecretFault::Form),
    ] {
        assert_eq!(fault(text), why, "{text}");
        assert!(!why.advice().is_empty());
    }
}

#[test]
fn signatures_hold_and_nothing_of_a_key_is_printed() {
    for key in both() {
        let signature = key.sign(b"a statement").unwrap();
        assert_eq!(key.public().verify(b"a statement", &signature), Ok(()));
        assert_eq!(key.sign(b"a statement").unwrap(), signature, "signing is deterministic");
        let shown = format!("{key:?}");
        assert_eq!(shown, format!("PrivateKey({})", key.public().fingerprint()));
    }
}

#[test]
fn commits_can_be_signed() {
    for key in both() {
        let armoured = key.sign_ssh("git", b"tree 0\n\nhello").unwrap();
        let signature = SshSignature::parse(&armoured).unwrap();
        assert_eq!(signature.key(), key.public());
        assert_eq!(signature.verify("git", b"tree 0\n\nhello"), Ok(()));
    }
}

#[test]
fn a_file_whose_halves_differ_is_refused() {
    let [one, _] = both();
    let other = PrivateKey::generate(Algorithm::Ed25519, &[8; 48]).unwrap();
    let mixed = openssh::write(other.public(), &one.to_raw(), "");
    assert_eq!(PrivateKey::parse(&mixed).unwrap_err(), SecretFault::Form);
}

proptest! {
    // The arithmetic of P-384 is slow without optimisation.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_breaks_the_reader(text in ".{0,200}", cut in 0..400usize, byte: u8) {
        let _ = PrivateKey::parse(&text);
        let mut file = both()[1].to_openssh("x").as_bytes().to_vec();
        let at = cut % file.len();
        file[at] = byte;
        let _ = PrivateKey::parse(&String::from_utf8_lossy(&file));
    }

    #[test]
    fn p384_signatures_are_never_short(seed: [u8; 48], message: Vec<u8>) {
        // About one in 128 has a zero in front of R or S.
        if let Ok(key) = PrivateKey::generate(Algorithm::EcdsaP384, &seed) {
            prop_assert_eq!(key.sign(&message).unwrap().len(), 96);
        }
    }
}
