//! What a proof file shows without a network: that a key signed this content for this registry.
//!
//! `verify`, which then asks the domain, and `build` share this check.

use crate::config::Method;
use crate::data::{EntryFile, digest, read_json};
use crate::diag::Code;
use crate::model::{Domain, Evidence, Holder, Timestamp};

use super::canonical::content_hash;
use super::file::ProofFile;
use super::key::PublicKey;
use super::statement::Action;

/// Something that a proof has to be there for.
#[derive(Debug, Clone, Copy)]
pub struct ToProve<'a> {
    /// What is done.
    pub action: Action,
    /// Full name of the server, or the namespace of an owners file.
    pub name: &'a str,
    /// The version, or `-`.
    pub version: &'a str,
    /// The content that the proof is about.
    pub content: &'a [u8],
    /// The proof file.
    #[cfg_attr(not(feature = "git"), allow(dead_code))]
    pub proof: Option<&'a [u8]>,
    /// Path of the proof file below the data folder.
    pub path: &'a str,
    /// The proof has to be younger than this, in seconds since 1970.
    #[cfg_attr(not(feature = "git"), allow(dead_code))]
    pub since: Option<i64>,
}

/// A proof whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The domain that it speaks for, in lower case.
    pub domain: String,
    /// The key that made it.
    pub key: PublicKey,
    /// The registry that it was made for.
    pub audience: String,
    /// When it was made, in seconds since 1970.
    pub issued: i64,
}

/// Why a proof does not hold: code, what was seen, what to do.
pub type Objection = (Code, String, String);

/// The hash that a statement about `content` names; owners files are hashed as they are.
pub fn content_digest(
    action: Action,
    path: &str,
    content: &[u8],
) -> std::result::Result<String, String> {
    if action == Action::SetOwners {
        return Ok(digest(content));
    }
    let document = read_json(path, content.to_vec()).map_err(|d| d.message)?;
    if let Some(finding) = document.findings.first() {
        return Err(finding.message.clone());
    }
    content_hash(&document).map_err(|fault| fault.to_string())
}

/// Checks form and signature of a proof without any lookup.
pub fn check_offline(claim: &ToProve<'_>, proof: &[u8]) -> std::result::Result<Checked, Objection> {
    let again = "sign it again with `mcp-static sign`";
    let bad = |saw: String| (Code::OwnershipBadSignature, saw, again.to_owned());
    let file = ProofFile::parse(claim.path, proof.to_vec()).map_err(|diagnostic| {
        let help = diagnostic.help.clone().unwrap_or_else(|| again.to_owned());
        (Code::ProofInvalid, diagnostic.message.clone(), help)
    })?;
    if file.action != claim.action {
        return Err(bad(format!(
            "the proof is about {:?}, but {:?} is needed here",
            file.action.as_str(),
            claim.action.as_str()
        )));
    }
    let sha256 = content_digest(claim.action, claim.path, claim.content)
        .map_err(|why| bad(format!("the content cannot be hashed: {why}")))?;
    file.verify(claim.name, claim.version, &sha256)
        .map_err(|fault| bad(format!("the signature does not hold for this content: {fault}")))?;
    Ok(Checked {
        domain: file.domain.to_ascii_lowercase(),
        key: file.key,
        audience: file.audience,
        issued: file.issued.unix(),
    })
}

/// What a proof beside a published document shows offline; `None` when it does not hold.
pub fn evidence_of_file(
    name: &str,
    version: &str,
    document: &[u8],
    proof: &[u8],
) -> Option<Evidence> {
    let claim = ToProve {
        action: Action::Publish,
        name,
        version,
        content: document,
        proof: Some(proof),
        path: EntryFile::Proof.file_name(),
        since: None,
    };
    let checked = check_offline(&claim, proof).ok()?;
    // Anyone can sign for any domain; only the namespace's own domain counts.
    let namespace = name.split('/').next().unwrap_or_default();
    let stated = Domain::parse(&checked.domain).ok()?;
    Holder::of(namespace).can_be_proven_by(&stated).then_some(())?;
    let mut evidence = Evidence::by(Method::ProofFile.as_str());
    evidence.subject = Some(format!("domain:{}", checked.domain));
    evidence.key = Some(checked.key.fingerprint());
    evidence.issued = Some(Timestamp::from_unix(checked.issued));
    Some(evidence)
}
