use proptest::prelude::*;

use super::*;

pub const ED25519: &str = include_str!("../../../tests/proof/ed25519.pub");
pub const P384: &str = include_str!("../../../tests/proof/p384.pub");
const P256: &str = include_str!("../../../tests/proof/p256.pub");

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

fn edwards(text: &str) -> Result<PublicKey, KeyFault> {
    PublicKey::from_bytes(Algorithm::Ed25519, &hex(text))
}

#[test]
fn a_signature_of_the_ed25519_standard_holds() {
    // RFC 8032, section 7.1, test 2.
    let key = edwards("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c").unwrap();
    let mut signature = hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
         085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    assert_eq!(key.verify(&[0x72], &signature), Ok(()));
    assert_eq!(key.verify(&[0x73], &signature), Err(SignatureFault::Wrong));
    signature[40] ^= 1;
    assert_eq!(key.verify(&[0x72], &signature), Err(SignatureFault::Wrong));
    let short = key.verify(&[0x72], &signature[..63]);
    assert_eq!(short, Err(SignatureFault::Length { expected: 64, found: 63 }));
}

#[test]
fn a_signature_of_the_p384_standard_holds() {
    // RFC 6979, appendix A.2.6, SHA-384, message "sample".
    let key = PublicKey::from_bytes(
        Algorithm::EcdsaP384,
        &hex(
            "02ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13",
        ),
    )
    .unwrap();
    let odd = PublicKey::from_bytes(Algorithm::EcdsaP384, &{
        let mut bytes = key.as_bytes().to_vec();
        bytes[0] = 3;
        bytes
    })
    .unwrap();
    let signature = hex(
        "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46\
         99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8",
    );
    let holds = |key: &PublicKey| key.verify(b"sample", &signature).is_ok();
    assert!(holds(&key) != holds(&odd), "one of the two points with this x signed");
    let signer = if holds(&key) { &key } else { &odd };
    assert_eq!(signer.verify(b"simple", &signature), Err(SignatureFault::Wrong));
    assert_eq!(signer.verify(b"sample", &signature[1..]), Err(SignatureFault::Shortened));
    assert!(
        signer.verify(b"sample", &signature[1..]).unwrap_err().to_string().contains("95 bytes")
    );
    assert_eq!(
        signer.verify(b"sample", &[0; 97]),
        Err(SignatureFault::Length { expected: 96, found: 97 })
    );
    assert_eq!(signer.verify(b"sample", &[0; 96]), Err(SignatureFault::Wrong));
}

#[test]
fn points_that_sign_for_everybody_are_no_keys() {
    for weak in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    ] {
        assert_eq!(edwards(weak).err(), Some(KeyFault::Weak), "{weak}");
    }
}

#[test]
fn a_key_has_one_spelling() {
    // y = p + 3, which is the point of y = 3 written a second time.
    let again = "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
    let once = "0300000000000000000000000000000000000000000000000000000000000000";
    assert!(edwards(once).is_ok());
    assert_eq!(edwards(again).err(), Some(KeyFault::NotCanonical));
    let padding =
        PublicKey::parse(Algorithm::Ed25519, "pn91p6/C64PRag4oUjC0xoPp9TWrk97hwllwUjYMaUg");
    assert_eq!(padding.err(), Some(KeyFault::Base64));
    let bits = PublicKey::parse(Algorithm::Ed25519, "pn91p6/C64PRag4oUjC0xoPp9TWrk97hwllwUjYMaUh=");
    assert_eq!(bits.err(), Some(KeyFault::Base64));
}

#[test]
fn points_of_the_wrong_form_are_told_apart() {
    let p384 = |bytes: &[u8]| PublicKey::from_bytes(Algorithm::EcdsaP384, bytes).err();
    assert_eq!(p384(&[2; 48]), Some(KeyFault::Length { expected: 49, found: 48 }));
    assert_eq!(p384(&[4; 49]), Some(KeyFault::NotCompressed));
    let mut beyond = [0xff; 49];
    beyond[0] = 2;
    assert_eq!(p384(&beyond), Some(KeyFault::NotOnCurve));
    let two = "0200000000000000000000000000000000000000000000000000000000000000";
    assert_eq!(edwards(two).err(), Some(KeyFault::NotOnCurve));
}

#[test]
fn keys_of_openssh_go_round_with_its_fingerprints() {
    for (line, algorithm, fingerprint) in [
        (ED25519, Algorithm::Ed25519, "SHA256:K0mMuSwXFxxg0g3RVQq+t4kgf+tNH43b9rOOVmbQJr8"),
        (P384, Algorithm::EcdsaP384, "SHA256:Ued/mlVfTVlEJIRGyNqKsNz+o9LcuQPwWIY2vf3DKek"),
    ] {
        let key = PublicKey::from_openssh_line(line).unwrap();
        assert_eq!(key.algorithm(), algorithm);
        assert_eq!(key.fingerprint(), fingerprint);
        assert_eq!(key.to_openssh_line("publisher@example.com"), line.trim_end());
        assert_eq!(PublicKey::from_ssh_blob(&key.to_ssh_blob()).as_ref(), Ok(&key));
        assert_eq!(PublicKey::parse(algorithm, &key.to_base64()).as_ref(), Ok(&key));
    }
    assert_eq!(PublicKey::from_openssh_line(P256).err(), Some(KeyFault::NotSsh));
    assert_eq!(PublicKey::from_openssh_line("ssh-ed25519").err(), Some(KeyFault::NotSsh));
    let disguised = ED25519.replace("ssh-ed25519 ", "ssh-rsa ");
    assert_eq!(PublicKey::from_openssh_line(&disguised).err(), Some(KeyFault::NotSsh));
}

#[test]
fn a_comment_cannot_begin_a_line() {
    let key = PublicKey::from_openssh_line(ED25519).unwrap();
    assert_eq!(key.to_openssh_line("a\nssh-rsa b").lines().count(), 1);
}

proptest! {
    // The arithmetic of P-384 is slow without optimisation.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_break_the_readers(bytes: Vec<u8>, text: String) {
        let _ = PublicKey::from_ssh_blob(&bytes);
        let _ = PublicKey::from_openssh_line(&text);
        let key = PublicKey::from_openssh_line(ED25519).unwrap();
        let _ = key.verify(&bytes, &bytes);
    }

    #[test]
    fn what_parses_prints_as_it_was(bytes: [u8; 32]) {
        if let Ok(key) = PublicKey::from_bytes(Algorithm::Ed25519, &bytes) {
            let again = PublicKey::from_ssh_blob(&key.to_ssh_blob()).unwrap();
            prop_assert_eq!(again.as_bytes(), &bytes);
        }
    }

    #[test]
    fn a_changed_wire_blob_is_another_key_or_none(at in 0..140usize, change in 1..=255u8) {
        let key = PublicKey::from_openssh_line(P384).unwrap();
        let mut blob = key.to_ssh_blob();
        let at = at % blob.len();
        blob[at] ^= change;
        prop_assert_ne!(PublicKey::from_ssh_blob(&blob).ok(), Some(key));
    }
}
