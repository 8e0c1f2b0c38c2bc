use proptest::prelude::*;

use super::*;

fn sample() -> ProofFile {
    ProofFile {
        audience: "https://registry.example.org".to_owned(),
        action: Action::Publish,
        domain: "example.com".to_owned(),
        issued: Timestamp::parse("2026-11-22T06:00:00Z").unwrap(),
        key: PublicKey::from_openssh_line(crate::proof::key::tests::ED25519).unwrap(),
        sig: vec![7; 64],
    }
}

fn message(text: &str) -> (Code, String) {
    let diagnostic = ProofFile::parse("proof.json", text.into()).unwrap_err();
    assert!(diagnostic.help.is_some(), "{text}");
    (diagnostic.code, diagnostic.message)
}

#[test]
fn a_proof_file_goes_round() {
    let text = sample().to_json();
    assert!(
        text.starts_with("{\n  \"v\": 1,\n  \"audience\": \"https://registry.example.org\",\n")
    );
    assert_eq!(ProofFile::parse("proof.json", text.into()).unwrap(), sample());
}

#[test]
fn every_odd_file_is_refused() {
    let text = sample().to_json();
    let zeros = STANDARD.encode([7; 64]);
    for (from, to, says) in [
        ("\"v\": 1", "\"v\": 2", "version of proof files"),
        ("\"v\": 1", "\"v\": \"1\"", "version of proof files"),
        ("publish", "delete", "not known as action"),
        ("ed25519\"", "ed25518\"", "not known as alg"),
        ("ed25519\"", "ecdsap384\"", "the key has 32 bytes instead of 49"),
        ("example.com", "Example.com", "not in lower case"),
        ("example.com", "", "the domain is not plain"),
        ("https://", "\\n", "the audience is not plain"),
        ("06:00:00Z", "06:00:00+00:00", "not a time of a proof"),
        ("06:00:00Z", "06:00:00.0Z", "not a time of a proof"),
        (&zeros, "AAAA", "the signature has 3 bytes instead of 64"),
        (&zeros, "????", "not standard base64"),
        ("\"sig\"", "\"signature\"", "\"signature\" is not known"),
        ("  \"domain\": \"example.com\",\n", "", "there is no \"domain\""),
        ("\"issued\": \"2026-11-22T06:00:00Z\"", "\"issued\": 7", "not a string"),
    ] {
        assert!(text.contains(from), "{from}");
        let (code, message) = message(&text.replacen(from, to, 1));
        assert_eq!(code, Code::ProofInvalid, "{to}");
        assert!(message.contains(says), "{message:?} does not say {says:?}");
    }
    assert_eq!(message("[]").0, Code::ProofInvalid);
    assert_eq!(message("{").0, Code::JsonSyntax);
    assert_eq!(message(&text.replace("\"v\": 1", "\"v\": 1, \"v\": 1")).0, Code::JsonDuplicateKey);
    assert_eq!(message(&" ".repeat(5000)).1, "a proof file has at most 4096 bytes");
}

#[test]
fn a_proof_is_for_one_name_version_and_content() {
    let proof = sample();
    let sha = "0".repeat(64);
    assert_eq!(proof.verify("com.example/a", "1.0.0", &sha), Err(SignatureFault::Wrong));
    assert!(matches!(
        proof.verify("com.example/a\n", "1.0.0", &sha),
        Err(SignatureFault::Statement(_))
    ));
    let text = proof.statement("com.example/a", "1.0.0", &sha).to_text().unwrap();
    assert!(text.contains("\nname: com.example/a\nversion: 1.0.0\n"), "{text}");
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes: Vec<u8>, at in 0..500usize, byte: u8) {
        let _ = ProofFile::parse("proof.json", bytes);
        let mut text = sample().to_json().into_bytes();
        let at = at % text.len();
        text[at] = byte;
        if let Ok(proof) = ProofFile::parse("proof.json", text) {
            let again = ProofFile::parse("proof.json", proof.to_json().into()).unwrap();
            prop_assert_eq!(again, proof);
        }
    }
}
