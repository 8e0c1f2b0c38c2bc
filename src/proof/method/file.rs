//! The proof file: a signed statement beside the file that it is about.
//!
//! Its signature is checked before any lookup. Name, version and content are those of the file under check. An
//! old proof can only restore the bytes it was made for, and of a status or owners file not even that when it
//! is older than the last change.

use crate::config::Method;
use crate::data::EntryFile;
use crate::diag::Code;
use crate::error::Result;
use crate::model::{Domain, Holder};
use crate::proof::change::EntryKind;
use crate::proof::claim::{Claim, Scene, Touched};
use crate::proof::key::PublicKey;
use crate::proof::lookup::Known;
use crate::proof::offline::{Checked, Objection, ToProve, check_offline};
use crate::proof::policy::Policy;
use crate::proof::statement::Action;
use crate::proof::verdict::Attempt;

const METHOD: Method = Method::ProofFile;

/// How far ahead of our clock a proof may be dated, in seconds.
const AHEAD: i64 = 300;

/// `proof-file`: everything that the change does in the namespace is signed with a listed key.
pub(super) fn proof_file(claim: &Claim, policy: &Policy<'_>, scene: &Scene<'_>) -> Result<Attempt> {
    let mut shown: Option<Attempt> = None;
    for touched in &claim.entries {
        let name = touched.change.server();
        let paths = Paths::of(touched);
        for item in to_be_signed(touched, &name, &paths) {
            match one(&item, claim, policy, scene) {
                Ok(attempt) => shown = Some(attempt),
                Err(attempt) => return Ok(attempt.at(item.path)),
            }
        }
    }
    if let Some(owners) = &claim.owners {
        let path = owners.path.strip_suffix(".toml").unwrap_or(&owners.path);
        let path = format!("{path}.proof.json");
        let namespace = claim.namespace.to_ascii_lowercase();
        let item = ToProve {
            action: Action::SetOwners,
            name: &namespace,
            version: "-",
            content: owners.text.as_deref().unwrap_or_default(),
            proof: owners.proof.as_deref(),
            path: &path,
            since: owners.since,
        };
        match one(&item, claim, policy, scene) {
            Ok(attempt) => shown = Some(attempt),
            Err(attempt) => return Ok(attempt.at(item.path)),
        }
    }
    Ok(shown.unwrap_or_else(|| Attempt::absent(METHOD, "nothing here can be signed", HELP)))
}

const HELP: &str = "add a proof file: `mcp-static sign entry NAME@VERSION`";

/// Paths of the two proofs of a version folder.
pub struct Paths {
    publish: String,
    status: String,
}

impl Paths {
    /// The paths of a touched folder.
    pub fn of(touched: &Touched) -> Self {
        let path = |file: EntryFile| format!("{}/{}", touched.change.folder(), file.file_name());
        Self { publish: path(EntryFile::Proof), status: path(EntryFile::StatusProof) }
    }
}

/// What has to be signed of a touched version: its document when it is new, its status when that is
/// set. A status file that was taken away leaves nothing that could be signed.
pub fn to_be_signed<'a>(touched: &'a Touched, name: &'a str, paths: &'a Paths) -> Vec<ToProve<'a>> {
    let change = &touched.change;
    let file = |kind| touched.files.get(&kind).map(Vec::as_slice);
    let mut items = Vec::new();
    if change.kind.is_new() || change.kind == EntryKind::Edited || change.touches(EntryFile::Proof)
    {
        items.push(ToProve {
            action: Action::Publish,
            name,
            version: &change.version,
            content: file(EntryFile::Server).unwrap_or_default(),
            proof: file(EntryFile::Proof),
            path: &paths.publish,
            since: None,
        });
    }
    if change.touches(EntryFile::Status) || change.touches(EntryFile::StatusProof) {
        items.push(ToProve {
            action: Action::SetStatus,
            name,
            version: &change.version,
            content: file(EntryFile::Status).unwrap_or_default(),
            proof: file(EntryFile::StatusProof),
            path: &paths.status,
            since: touched.status_since,
        });
    }
    items
}

fn one(
    item: &ToProve<'_>,
    claim: &Claim,
    policy: &Policy<'_>,
    scene: &Scene<'_>,
) -> std::result::Result<Attempt, Attempt> {
    let file = item.path.rsplit('/').next().unwrap_or(item.path);
    let Some(proof) = item.proof else {
        let help = match item.action {
            Action::Publish => format!(
                "run `mcp-static sign entry {}@{}` and add the {file} it writes",
                item.name, item.version
            ),
            Action::SetStatus => format!(
                "run `mcp-static sign status {}@{}` and add the {file} it writes",
                item.name, item.version
            ),
            Action::SetOwners => {
                format!("run `mcp-static sign owners {}` and add the {file} it writes", item.name)
            }
        };
        return Err(Attempt::absent(
            METHOD,
            format!("there is no {file} for {} {}", item.name, item.version),
            help,
        ));
    };
    let refuse = |(code, saw, help): Objection| {
        Attempt::refuted(METHOD, code, format!("{} {}: {saw}", item.name, item.version), help)
    };
    let checked = check_offline(item, proof).map_err(refuse)?;
    let (stated, exact) = scope(&checked, policy, scene).map_err(refuse)?;
    let dated = dates(&checked, item, scene);
    audience(&checked, scene).and(dated).map_err(refuse)?;
    if let Some(attempt) = key_objection(METHOD, claim, scene, &checked.key) {
        return Err(attempt);
    }
    let print = checked.key.fingerprint();
    match scene.lookup.lists(&stated, &checked.key, exact) {
        Known::Yes(saw) => {
            let saw =
                format!("{file} of {} {} is signed with {print}; {saw}", item.name, item.version);
            Ok(Attempt::proven(METHOD, format!("domain:{}", stated.as_str()), saw))
        }
        Known::Open(saw) => Err(Attempt::unknown(METHOD, saw)),
        Known::No(saw) => Err(refuse((
            Code::OwnershipKeyNotListed,
            format!("it is signed with {print}, which {} does not list: {saw}", stated.as_str()),
            format!(
                "publish the key (`mcp-static sign key show --domain {}` prints the record), or sign with a key that is listed",
                stated.as_str()
            ),
        ))),
    }
}

/// The domain that a proof speaks for, if it may speak for the namespace, and whether it is exactly
/// the namespace's own.
fn scope(
    checked: &Checked,
    policy: &Policy<'_>,
    scene: &Scene<'_>,
) -> std::result::Result<(Domain, bool), Objection> {
    let refuse = |saw: String| {
        let help = "sign again with --domain and the namespace's own domain".to_owned();
        Err((Code::OwnershipDomainScope, saw, help))
    };
    let stated = match Domain::parse(&checked.domain) {
        Ok(domain) => domain,
        Err(fault) => {
            return refuse(format!("the domain {:?} of the proof {fault}", checked.domain));
        }
    };
    match &policy.holder {
        Holder::GitHub(login) if stated.as_str() == format!("{login}.github.io") => {
            Ok((stated, true))
        }
        Holder::GitHub(login) => refuse(format!(
            "the proof speaks for {}, but the namespace belongs to {login}.github.io",
            stated.as_str()
        )),
        Holder::Domain(domain) if stated == *domain => Ok((stated, true)),
        Holder::Domain(domain) if stated.reaches(domain) && reaches_down(scene, &stated) => {
            Ok((stated, false))
        }
        Holder::Domain(domain) => refuse(format!(
            "the proof speaks for {}, which does not reach {}",
            stated.as_str(),
            domain.as_str()
        )),
        Holder::Nobody(why) => refuse(format!("this namespace cannot be owned: {why}")),
    }
}

fn audience(checked: &Checked, scene: &Scene<'_>) -> std::result::Result<(), Objection> {
    let made_for = &checked.audience;
    if scene.audiences.contains(made_for)
        || (made_for == "*" && scene.settings.domain.allow_any_audience)
    {
        return Ok(());
    }
    let known = match scene.audiences.first() {
        Some(own) => format!("sign again with --audience {own}"),
        None => "ask a maintainer to set [registry] id".to_owned(),
    };
    Err((
        Code::OwnershipAudience,
        format!("the proof was made for {made_for}, not for this registry"),
        known,
    ))
}

fn dates(
    checked: &Checked,
    item: &ToProve<'_>,
    scene: &Scene<'_>,
) -> std::result::Result<(), Objection> {
    let refuse =
        |saw: &str| Err((Code::OwnershipProofAge, saw.to_owned(), "sign it again".to_owned()));
    let oldest = i64::from(scene.settings.domain.max_proof_age_days) * 86_400;
    if checked.issued > scene.now.saturating_add(AHEAD) {
        refuse("the proof is dated in the future")
    } else if oldest > 0 && checked.issued < scene.now.saturating_sub(oldest) {
        refuse("the proof is older than this registry accepts")
    } else if item.since.is_some_and(|since| checked.issued <= since) {
        refuse(
            "the proof is older than the last change of what it is about, so it may be played again",
        )
    } else {
        Ok(())
    }
}

/// Why a key proves nothing here: it is blocked, or others are pinned.
pub(super) fn key_objection(
    method: Method,
    claim: &Claim,
    scene: &Scene<'_>,
    key: &PublicKey,
) -> Option<Attempt> {
    let print = key.fingerprint();
    if scene.settings.domain.blocked_keys.contains(&print) {
        let saw = format!("the key {print} is blocked by the settings");
        let help = "make a new key, and tell the maintainers";
        return Some(Attempt::refuted(method, Code::OwnershipKeyBlocked, saw, help));
    }
    let pinned = &scene.owners_of(&claim.namespace)?.keys;
    if pinned.is_empty() || pinned.contains(key) {
        return None;
    }
    let saw = format!(
        "the key {print} is none of those that owners/{}.toml pins",
        claim.namespace.to_ascii_lowercase()
    );
    Some(Attempt::refuted(
        method,
        Code::OwnershipKeyNotPinned,
        saw,
        "sign with a pinned key, or change the owners file first",
    ))
}

/// Whether keys that `domain` lists in DNS reach the names below it.
pub(super) fn reaches_down(scene: &Scene<'_>, domain: &Domain) -> bool {
    let labels: Vec<&str> = domain.as_str().rsplit('.').collect();
    let written = scene.owners_of(&labels.join(".")).and_then(|owners| owners.subdomains);
    written.unwrap_or(scene.settings.domain.dns_subdomains)
}

/// The domain itself and those above it that speak for it, up to the registrable one.
pub(super) fn speakers(scene: &Scene<'_>, domain: &Domain) -> Vec<Domain> {
    let mut found = vec![domain.clone()];
    let mut rest = domain.as_str();
    while let Some((_, above)) = rest.split_once('.') {
        rest = above;
        let above = Domain::parse(above).ok();
        found.extend(above.filter(|above| above.reaches(domain) && reaches_down(scene, above)));
    }
    found
}

/// Whether `domain`, or one that speaks for it, lists `key`.
pub(super) fn standing(scene: &Scene<'_>, domain: &Domain, key: &PublicKey) -> Known {
    let speakers = speakers(scene, domain);
    Known::any_of(
        speakers.iter().map(|speaker| scene.lookup.lists(speaker, key, speaker == domain)),
    )
}
