use proptest::prelude::*;

use super::*;

const ED25519: &str = include_str!("../../../tests/proof/ed25519.sig");
const ED25519_SHA256: &str = include_str!("../../../tests/proof/ed25519-sha256.sig");
const P384: &str = include_str!("../../../tests/proof/p384.sig");
const P256: &str = include_str!("../../../tests/proof/p256.sig");

/// The blob inside armour.
fn blob(armoured: &str) -> Vec<u8> {
    let lines: Vec<&str> = armoured.lines().collect();
    STANDARD.decode(lines[1..lines.len() - 1].concat()).unwrap()
}

#[test]
fn signatures_by_openssh_hold() {
    for armoured in [ED25519, ED25519_SHA256, P384] {
        let signature = SshSignature::parse(armoured).unwrap();
        assert_eq!(signature.verify("file", b"hello\n"), Ok(()));
        assert_eq!(signature.verify("git", b"hello\n"), Err(SshFault::Namespace));
        let wrong = Err(SshFault::Signature(SignatureFault::Wrong));
        assert_eq!(signature.verify("file", b"hello"), wrong);
    }
    let key = SshSignature::parse(P384).unwrap().key().clone();
    assert_eq!(key, PublicKey::from_openssh_line(crate::proof::key::tests::P384).unwrap());
}

#[test]
fn armour_may_be_wrapped_anyhow() {
    let inner = STANDARD.encode(blob(ED25519));
    for width in [1, 64, 70, 76, 1000] {
        for end in ["\n", "\r\n"] {
            let lines: Vec<String> =
                inner.as_bytes().chunks(width).map(|b| String::from_utf8_lossy(b).into()).collect();
            let text = format!("{BEGIN}{end}{}{end}{END}", lines.join(end));
            assert_eq!(SshSignature::parse(&text).unwrap().verify("file", b"hello\n"), Ok(()));
        }
    }
    assert_eq!(armour(BEGIN, END, &blob(ED25519)), ED25519, "we wrap as OpenSSH does");
}

#[test]
fn only_armour_is_read() {
    for text in [
        "",
        BEGIN,
        &format!("{BEGIN}{END}"),
        &format!("note\n{ED25519}"),
        &format!("{ED25519}note"),
        &ED25519.replace("SSH SIGNATURE", "PGP SIGNATURE"),
    ] {
        assert_eq!(SshSignature::parse(text), Err(SshFault::Armour), "{text}");
    }
    assert_eq!(SshSignature::parse(&ED25519.replacen("AAAA", "AA*A", 1)), Err(SshFault::Base64));
    assert_eq!(SshSignature::parse(&format!("{ED25519}{ED25519}")), Err(SshFault::Base64));
    assert_eq!(SshSignature::parse(&" ".repeat(5000)), Err(SshFault::TooLong));
}

#[test]
fn other_keys_hashes_and_versions_are_refused() {
    use crate::proof::KeyFault;
    assert_eq!(SshSignature::parse(P256), Err(SshFault::Key(KeyFault::NotSsh)));
    let mut newer = blob(ED25519);
    newer[9] = 2;
    assert_eq!(SshSignature::from_blob(&newer), Err(SshFault::Version(2)));
    let mut longer = blob(ED25519);
    longer.push(0);
    assert_eq!(SshSignature::from_blob(&longer), Err(SshFault::Form));
    let text = String::from_utf8_lossy(&blob(ED25519)).into_owned();
    let at = text.find("sha512").map(|_| blob(ED25519).windows(6).position(|w| w == b"sha512"));
    let mut hash = blob(ED25519);
    hash[at.unwrap().unwrap() + 3] = b'3';
    assert_eq!(SshSignature::from_blob(&hash), Err(SshFault::Hash));
}

proptest! {
    // The arithmetic of P-384 is slow without optimisation.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_input_breaks_the_reader(bytes: Vec<u8>, text: String) {
        let _ = SshSignature::from_blob(&bytes);
        let _ = SshSignature::parse(&format!("{BEGIN}\n{text}\n{END}"));
    }

    #[test]
    fn no_changed_byte_goes_unseen(at in 0..1000usize, change in 1..=255u8, elliptic: bool) {
        let mut blob = blob(if elliptic { P384 } else { ED25519 });
        let at = at % blob.len();
        blob[at] ^= change;
        let holds = SshSignature::from_blob(&blob).is_ok_and(|s| s.verify("file", b"hello\n").is_ok());
        prop_assert!(!holds, "byte {} is not covered", at);
    }

    #[test]
    fn a_cut_blob_is_refused(length in 0..300usize) {
        let blob = blob(P384);
        if length < blob.len() {
            prop_assert!(SshSignature::from_blob(&blob[..length]).is_err());
        }
    }
}
