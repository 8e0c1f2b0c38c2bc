use proptest::prelude::*;

use super::*;
use crate::proof::key::tests as keys;

const ED25519: &str = include_str!("../../../tests/proof/ed25519.commit");
const P384: &str = include_str!("../../../tests/proof/p384.commit");
const SIGNATURE: &str = include_str!("../../../tests/proof/ed25519.sig");

fn parse(raw: &str) -> Result<Option<SignedCommit>, CommitFault> {
    SignedCommit::parse(raw.as_bytes())
}

/// The signature header of a commit, with its line feeds.
fn header(raw: &str) -> &str {
    let start = raw.find("gpgsig ").unwrap();
    &raw[start..raw.find("\n\n").unwrap() + 1]
}

#[test]
fn commits_signed_by_git_hold() {
    for (raw, line) in [(ED25519, keys::ED25519), (P384, keys::P384)] {
        let commit = parse(raw).unwrap().unwrap();
        assert_eq!(commit.verify(), Ok(PublicKey::from_openssh_line(line).unwrap()));
        let plain = raw.replace(header(raw), "");
        assert_eq!(commit.payload(), plain.as_bytes());
        assert_eq!(parse(&plain), Ok(None), "without the header it is not signed");
    }
}

#[test]
fn a_changed_commit_does_not_hold() {
    for (from, to) in [("Add", "Bad"), ("tree 4b", "tree 4c"), ("author P", "author Q")] {
        let commit = parse(&ED25519.replace(from, to)).unwrap().unwrap();
        let fault = commit.verify().unwrap_err();
        assert!(matches!(fault, CommitFault::Ssh(SshFault::Signature(_))), "{fault:?}");
    }
}

#[test]
fn two_signatures_are_refused() {
    let (ed, p384) = (header(ED25519), header(P384));
    let both = ED25519.replace(ed, &format!("{ed}{p384}"));
    assert_eq!(parse(&both), Err(CommitFault::SeveralSignatures));
    let apart = ED25519.replace(ed, &format!("{ed}encoding UTF-8\n{ed}"));
    assert_eq!(parse(&apart), Err(CommitFault::SeveralSignatures));
    let other = ED25519.replace(ed, &format!("{ed}{}", ed.replace("gpgsig", "gpgsig-sha256")));
    assert_eq!(parse(&other), Err(CommitFault::OtherObjectFormat));
}

#[test]
fn a_signature_in_the_message_or_in_a_merged_tag_is_none() {
    let ed = header(ED25519);
    let plain = ED25519.replace(ed, "");
    assert_eq!(parse(&format!("{plain}\n{ed}")), Ok(None));
    let indented: String = ed.lines().map(|line| format!(" {line}\n")).collect();
    let tag = plain.replacen("\n\n", &format!("\nmergetag object 0\n{indented}\n"), 1);
    assert_eq!(parse(&tag), Ok(None));
}

#[test]
fn other_signatures_are_said_to_be_others() {
    let pgp = ED25519.replace("SSH SIGNATURE", "PGP SIGNATURE");
    assert_eq!(parse(&pgp), Err(CommitFault::NotSsh));
    let file: String = SIGNATURE.lines().map(|line| format!(" {line}\n")).collect();
    let purpose = ED25519.replace(header(ED25519), &format!("gpgsig{file}"));
    let fault = parse(&purpose).unwrap().unwrap().verify().unwrap_err();
    assert_eq!(fault, CommitFault::Ssh(SshFault::Namespace));
}

#[test]
fn other_objects_are_no_commits() {
    assert_eq!(parse(""), Err(CommitFault::NotACommit));
    assert_eq!(parse("object 4b825dc6\ntype commit\n"), Err(CommitFault::NotACommit));
    assert_eq!(SignedCommit::parse(&vec![b't'; MAX_COMMIT + 1]), Err(CommitFault::TooLarge));
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes: Vec<u8>) {
        let mut raw = b"tree ".to_vec();
        raw.extend(bytes);
        let _ = SignedCommit::parse(&raw);
    }

    #[test]
    fn no_changed_byte_goes_unseen(at in 0..2000usize, byte: u8) {
        let mut raw = ED25519.as_bytes().to_vec();
        let at = at % raw.len();
        prop_assume!(raw[at] != byte);
        raw[at] = byte;
        // White space inside the armour is the one thing that does not count.
        let inside = ED25519.find("-----BEGIN").unwrap()..ED25519.find("\n\n").unwrap();
        let space = byte.is_ascii_whitespace() || ED25519.as_bytes()[at].is_ascii_whitespace();
        prop_assume!(!(inside.contains(&at) && space));
        let holds = SignedCommit::parse(&raw).ok().flatten().is_some_and(|c| c.verify().is_ok());
        prop_assert!(!holds, "byte {} is not covered", at);
    }
}
