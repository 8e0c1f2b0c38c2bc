//! The readers, good input for each, and what they promise.
//!
//! A promise is an assertion: what a reader took must mean what it says. Whatever else happens, a
//! panic is a failure.

use mcp_static::internals::data::{entry_folder, read_json};
use mcp_static::internals::diag::Code;
use mcp_static::internals::model::{ServerName, Version};
use mcp_static::internals::proof::event::{parse_event, parse_pulls};
use mcp_static::internals::proof::{
    CanonicalFault, ProofFile, SignedCommit, SshSignature, canonical, content_hash,
    parse_account_record, parse_body, parse_record,
};

mod cost;
mod git;
mod paths;

/// Judges one input; a panic is a failure.
pub type Check<'a> = dyn Fn(&[u8]) + 'a;

/// A reader under test.
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Input that it takes.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words of its grammar.
    pub words: &'static [&'static str],
    /// Makes ready what the check needs and hands it on.
    pub prepare: fn(&mut dyn FnMut(&Check<'_>)),
}

/// Every reader.
pub const TARGETS: &[Target] = &[
    Target {
        name: "name",
        about: "server names",
        seeds: || texts(&["com.example/weather", "io.github.octocat/a_b.c-d", "xn--a.b/cc"]),
        words: &["..", "/", ".", "-", "io.github.", "con", "aux.", "%2F", "\\", "é", "index.json"],
        prepare: |hunt| hunt(&name),
    },
    Target {
        name: "version",
        about: "versions",
        seeds: || texts(&["1.0.0", "v2.1", "1.0.0-rc.1+build.5", "2026-11-22"]),
        words: &["..", "/", "latest", "^", "~", "*", "+", "-", "99999999999999999999", "nul", "x"],
        prepare: |hunt| hunt(&version),
    },
    Target {
        name: "json",
        about: "strict JSON and its canonical form",
        seeds: || {
            texts(&[
                r#"{"a":[1,2.5,-3e-7,true,null],"b":"\u00e4\ud83d\ude00\n","":{}}"#,
                "{\"$schema\":\"x\",\"name\":\"com.example/a\",\"_meta\":{\"k\":[]}}",
                "[0,-0,1e21,123456789012345680000]",
            ])
        },
        words: &[
            "{\"a\":",
            "[",
            "]",
            "}",
            ",",
            "\"",
            "\\u",
            "\\ud800",
            "\\udc00",
            "1e400",
            "-0",
            "0.1",
            "\u{feff}",
            "\u{202e}",
            "$serde_json::private::RawValue",
            "null",
            "1e-7",
        ],
        prepare: |hunt| hunt(&json),
    },
    Target {
        name: "record",
        about: "MCPv1 records, well-known documents, account records",
        seeds: || {
            texts(&[
                "v=MCPv1; k=ed25519; p=pn91p6/C64PRag4oUjC0xoPp9TWrk97hwllwUjYMaUg=",
                "v=MCPv1;k=ecdsap384;p=AzutBhRHnJg8j0/1uu9wPx9ULua/+4q8CT9IWJ7DZv8sYeF0DZMwo82jRf56Edscw==",
                "v=MCPPUB1; forge=github.com; id=1001",
            ])
        },
        words: &[
            "v=MCPv1",
            ";",
            " ",
            "k=",
            "p=",
            "ed25519",
            "ecdsap384",
            "=",
            "\n",
            "\r",
            "<",
            "\t",
            "v=MCPPUB1",
            "forge=",
            "id=",
            "18446744073709551616",
            "\u{b}",
        ],
        prepare: |hunt| hunt(&record),
    },
    Target {
        name: "proof",
        about: "proof files",
        seeds: || vec![PROOF.into()],
        words: &[
            "\"v\"",
            "\"sig\"",
            "\"key\"",
            "\"alg\"",
            "ecdsap384",
            "ed25519",
            "set-status",
            "\\n",
            "2026-11-22T06:00:00Z",
            "null",
            "{",
            "}",
            ",",
            "AAAA",
            "==",
        ],
        prepare: |hunt| hunt(&proof),
    },
    Target {
        name: "sshsig",
        about: "SSH signatures, armoured and not",
        seeds: || vec![ED25519.into(), P384.into(), blob(ED25519), blob(P384)],
        words: &[
            "-----BEGIN SSH SIGNATURE-----",
            "-----END SSH SIGNATURE-----",
            "SSHSIG",
            "\r\n",
            "ssh-ed25519",
            "ecdsa-sha2-nistp384",
            "nistp384",
            "sha512",
            "sha256",
            "\0\0\0\x04",
        ],
        prepare: |hunt| hunt(&sshsig),
    },
    Target {
        name: "commit",
        about: "signed commits",
        seeds: || vec![COMMIT.into()],
        words: &[
            "gpgsig ",
            "gpgsig-sha256 ",
            "mergetag ",
            "\n\n",
            "\n ",
            "tree ",
            "parent ",
            "author ",
            "-----BEGIN SSH SIGNATURE-----",
            "-----BEGIN PGP SIGNATURE-----",
            "\r\n",
            "\0",
        ],
        prepare: |hunt| hunt(&commit),
    },
    Target {
        name: "event",
        about: "payloads of forge events, and the forge's answers",
        seeds: || {
            texts(&[
                EVENT,
                &format!(
                    "[{}]",
                    EVENT.split_once(":").map_or("", |(_, pull)| &pull[..pull.len() - 1])
                ),
                "{\"merge_group\":{},\"repository\":{\"private\":true}}",
                "{\"after\":\"0\",\"repository\":{\"visibility\":\"internal\",\"default_branch\":\"main\"}}",
            ])
        },
        words: &[
            "\"user\":",
            "\"repo\":null",
            "\"id\":",
            "18446744073709551616",
            "-1",
            "null",
            "1e3",
            "Bot",
            "[bot]",
            "\"login\":",
            "{",
            "}",
            "[",
            ",",
            "\"pull_request\":",
            "\"merge_group\":",
            "ghost",
        ],
        prepare: |hunt| hunt(&event),
    },
    git::TREE,
    paths::PATH,
    cost::COST,
];

const PROOF: &str = r#"{
  "v": 1,
  "audience": "https://registry.example.org",
  "action": "publish",
  "domain": "example.com",
  "issued": "2026-11-22T06:00:00Z",
  "alg": "ed25519",
  "key": "pn91p6/C64PRag4oUjC0xoPp9TWrk97hwllwUjYMaUg=",
  "sig": "XHNe9/9p/JUe0kWI0KgtL1m4HnyA1NnydVlYJ+dmmC4zVc7aZqcw8ww/itxG/E+6nQo84OH5KjY+Pqji+WV5CQ=="
}
"#;
const EVENT: &str = r#"{"pull_request":{"number":7,"user":{"id":1001,"login":"octocat","type":"User"},"head":{"sha":"4b825dc642cb6eb9a060e54bf8d69288fbee4904","ref":"add","repo":{"id":2,"owner":{"id":1001,"login":"octocat","type":"User"}}},"base":{"sha":"4b825dc642cb6eb9a060e54bf8d69288fbee4904","ref":"main","repo":{"id":1,"owner":{"id":9,"login":"registry","type":"Organization"}}},"created_at":"2026-11-22T06:00:00Z"}}"#;
const ED25519: &str = include_str!("../../tests/proof/ed25519.sig");
const P384: &str = include_str!("../../tests/proof/p384.sig");
const COMMIT: &str = include_str!("../../tests/proof/ed25519.commit");

fn texts(list: &[&str]) -> Vec<Vec<u8>> {
    list.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// The bytes inside armour.
fn blob(armoured: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let lines: String = armoured.lines().filter(|line| !line.starts_with('-')).collect();
    let bits: Vec<u8> = lines.bytes().filter_map(digit).collect();
    let byte = |group: &[u8]| {
        let word = group.iter().fold(0u32, |word, six| word << 6 | u32::from(*six));
        let word = word << (6 * (4 - group.len()));
        word.to_be_bytes()[1..group.len()].to_vec()
    };
    bits.chunks(4).flat_map(byte).collect()
}

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Panics unless a path stays inside its folder on every system.
fn assert_inside(path: &str) {
    for part in path.split('/') {
        assert!(!matches!(part, "" | "." | ".."), "{path:?}");
        assert!(part.bytes().all(|b| b.is_ascii_graphic() && !b"\\:*?\"<>|".contains(&b)));
    }
}

fn name(bytes: &[u8]) {
    let text = text(bytes);
    let Ok(name) = ServerName::parse(&text) else { return };
    assert_eq!(name.as_str(), text);
    assert_eq!(format!("{}/{}", name.namespace(), name.name()), text);
    let _ = (name.namespace().strict_fault(), name.strict_fault(), name.is_reserved());
    assert_eq!(name.namespace().domain(), name.namespace().domain().to_lowercase());
    if let Ok(version) = Version::parse("1.0.0") {
        assert_inside(&entry_folder(&name, &version));
    }
}

fn version(bytes: &[u8]) {
    let text = text(bytes);
    let Ok(version) = Version::parse(&text) else { return };
    assert_eq!(version.as_str(), text);
    assert!(!text.eq_ignore_ascii_case("latest"));
    if let Ok(name) = ServerName::parse("com.example/weather") {
        assert_inside(&entry_folder(&name, &version));
    }
}

fn json(bytes: &[u8]) {
    let Ok(document) = read_json("x.json", bytes.to_vec()) else { return };
    let Ok(form) = canonical(&document) else { return };
    let again = read_json("y.json", form.clone().into_bytes()).expect("a canonical form is JSON");
    match canonical(&again) {
        // 12345678901234568.0 is a number as it stands, and without its point one digit too many.
        Err(CanonicalFault(Code::JsonNumberPrecision)) => {}
        other => {
            assert_eq!(other.as_ref(), Ok(&form), "the form of a form is itself");
            assert_eq!(content_hash(&again), content_hash(&document));
        }
    }
    if document.findings.is_empty() {
        let lenient: serde_json::Value = serde_json::from_slice(bytes).expect("others read it too");
        assert_eq!(lenient, document.value);
    }
}

fn record(bytes: &[u8]) {
    let text = text(bytes);
    if let Ok(key) = parse_record(&text) {
        assert_eq!(parse_record(&key.record()).as_ref(), Ok(&key));
        let _ = (key.fingerprint(), key.to_ssh_blob());
    }
    if let Ok(account) = parse_account_record(&text) {
        assert_eq!(account.forge, account.forge.to_lowercase());
    }
    let body = parse_body(bytes);
    assert!(body.keys.len() <= 4);
    assert!(!body.keys.is_empty() || !body.hints.is_empty(), "without keys it is said why");
    body.hints.iter().for_each(|hint| drop(hint.to_string()));
}

fn proof(bytes: &[u8]) {
    let Ok(proof) = ProofFile::parse("proof.json", bytes.to_vec()) else { return };
    let again = ProofFile::parse("proof.json", proof.to_json().into_bytes());
    assert_eq!(again.as_ref().ok(), Some(&proof));
    let sha256 = "0".repeat(64);
    assert!(proof.verify("com.example/other", "1.0.0", &sha256).is_err(), "nobody signed this");
}

fn sshsig(bytes: &[u8]) {
    for signature in [SshSignature::from_blob(bytes), SshSignature::parse(&text(bytes))] {
        let Ok(signature) = signature else { continue };
        assert!(signature.verify("git", b"hello\n").is_err(), "nobody signed this for git");
        assert!(signature.verify("file", b"other").is_err(), "nobody signed this");
    }
}

fn commit(bytes: &[u8]) {
    let Ok(Some(commit)) = SignedCommit::parse(bytes) else { return };
    if commit.verify().is_ok() {
        let header = COMMIT.find("gpgsig ").unwrap_or(0)..COMMIT.find("\n\n").unwrap_or(0) + 1;
        let signed = COMMIT.replace(&COMMIT[header], "");
        assert_eq!(text(commit.payload()), signed, "only what was signed verifies");
    }
}

fn event(bytes: &[u8]) {
    for server in ["https://github.com", "https://forge.example", "http://github.com"] {
        let Ok(event) = parse_event(bytes, server) else { continue };
        assert_eq!(event.is_github, server == "https://github.com");
        if let Some(pull) = event.pull_request() {
            let missing = pull.head_repository.is_none();
            assert!(!(missing && pull.is_own_branch()), "a branch that is gone is nobody's own");
        }
    }
    let _ = parse_pulls(bytes);
}
