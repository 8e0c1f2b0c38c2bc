//! What a proof file shows without a network: that a key signed this content for this registry.
//!
//! `verify`, which then asks the domain, and `build` share this check.

use crate::config::Method;
use crate::data::{EntryFile, digest, read_json};
use crate::diag::Code;
use crate::model::{Domain, Evidence, Holder, Timestamp};

use super::canonical::content_hash;
use super::file::ProofFile;
use super::statement::Action;

/// Something that needs a proof.
pub(super) struct ToProve<'a> {
    /// What is done.
    pub action: Action,
    /// Full name of the server, or the namespace of an owners file.
    pub name: String,
    /// The version, or `-`.
    pub version: &'a str,
    /// The content that the proof is about.
    pub content: &'a [u8],
    /// The proof file.
    #[cfg_attr(not(feature = "git"), allow(dead_code))]
    pub proof: Option<&'a [u8]>,
    /// Path of the proof file below the data folder.
    pub path: String,
    /// The proof has to be younger than this, in seconds since 1970.
    #[cfg_attr(not(feature = "git"), allow(dead_code))]
    pub since: Option<i64>,
}

/// Why a proof does not hold: code, what was seen, what to do.
pub(super) type Objection = (Code, String, String);

/// Returns the hash that a statement about `content` names; owners files are hashed as they are.
fn content_digest(action: Action, path: &str, content: &[u8]) -> Result<String, String> {
    if action == Action::SetOwners {
        return Ok(digest(content));
    }
    let document = read_json(path, content.to_vec()).map_err(|d| d.message)?;
    if let Some(finding) = document.findings.first() {
        return Err(finding.message.clone());
    }
    content_hash(&document).map_err(|fault| fault.to_string())
}

/// Checks form and signature of a proof without any lookup; its domain is in lower case.
pub(super) fn check_offline(claim: &ToProve<'_>, proof: &[u8]) -> Result<ProofFile, Objection> {
    let again = "sign it again with `mcp-static sign`";
    let bad = |saw: String| (Code::OwnershipBadSignature, saw, again.to_owned());
    let file = ProofFile::parse(&claim.path, proof.to_vec()).map_err(|diagnostic| {
        let help = diagnostic.help.unwrap_or_else(|| again.to_owned());
        (Code::ProofInvalid, diagnostic.message, help)
    })?;
    let (stated, needed) = (file.action.as_str(), claim.action.as_str());
    if stated != needed {
        return Err(bad(format!("the proof is about {stated:?}, but {needed:?} is needed here")));
    }
    let sha256 = content_digest(claim.action, &claim.path, claim.content)
        .map_err(|why| bad(format!("the content cannot be hashed: {why}")))?;
    file.verify(&claim.name, claim.version, &sha256)
        .map_err(|fault| bad(format!("the signature does not match this content: {fault}")))?;
    Ok(file)
}

/// Returns what a proof beside a published document shows offline; `None` when it does not hold.
pub fn evidence_of_file(
    name: &str,
    version: &str,
    document: &[u8],
    proof: &[u8],
) -> Option<Evidence> {
    let claim = ToProve {
        action: Action::Publish,
        name: name.to_owned(),
        version,
        content: document,
        proof: Some(proof),
        path: EntryFile::Proof.file_name().to_owned(),
        since: None,
    };
    let proof = check_offline(&claim, proof).ok()?;
    // Anyone can sign for any domain; only the namespace's own domain counts.
    let namespace = name.split('/').next().unwrap_or_default();
    let stated = Domain::parse(&proof.domain).ok()?;
    Holder::of(namespace).can_be_proven_by(&stated).then(|| Evidence {
        subject: Some(format!("domain:{}", proof.domain)),
        key: Some(proof.key.fingerprint()),
        issued: Some(Timestamp::from_unix(proof.issued.unix())),
        ..Evidence::by(Method::ProofFile.as_str())
    })
}
