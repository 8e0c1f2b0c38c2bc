//! The proof file: a signed statement beside the file that it is about.
//!
//! Its signature is checked before any lookup. Name, version and content are those of the file under check. An
//! old proof can only restore the bytes it was made for, and of a status or owners file not even that when it
//! is older than the last change.

use crate::data::EntryFile;
use crate::diag::Code;
use crate::model::{Domain, Holder};
use crate::proof::change::EntryKind;
use crate::proof::claim::{Scene, Touched};
use crate::proof::file::ProofFile;
use crate::proof::key::PublicKey;
use crate::proof::lookup::Known;
use crate::proof::offline::{Objection, ToProve, check_offline};
use crate::proof::statement::{Action, Statement};
use crate::proof::verdict::Attempt;

use super::case::{Case, PROOF, Tried};

/// How far ahead of our clock a proof may be dated, in seconds.
const AHEAD: i64 = 300;

/// `proof-file`: everything that the change does in the namespace is signed with a listed key.
pub(super) fn proof_file(case: &Case<'_>) -> Tried {
    let mut shown = Err(case.absent("nothing here can be signed", PROOF));
    for touched in &case.claim.entries {
        for item in to_be_signed(touched) {
            shown = Ok(prove(case, item, || touched.change.main_file())?);
        }
    }
    if let Some(owners) = &case.claim.owners {
        let stem = owners.path.strip_suffix(".toml").unwrap_or(&owners.path);
        let item = ToProve {
            action: Action::SetOwners,
            name: case.claim.namespace.to_ascii_lowercase(),
            version: Statement::NO_VERSION,
            content: owners.text.as_deref().unwrap_or_default(),
            proof: owners.proof.as_deref(),
            path: format!("{stem}.proof.json"),
            since: owners.since,
        };
        shown = Ok(prove(case, item, || owners.path.clone())?);
    }
    shown
}

/// Returns what has to be signed of a touched version: its document when it is new, its status when that is
/// set. A removed status file leaves nothing that could be signed.
fn to_be_signed(touched: &Touched) -> Vec<ToProve<'_>> {
    let change = &touched.change;
    let file = |kind| touched.files.get(&kind).map(Vec::as_slice);
    let item = |action, about, proof, since| ToProve {
        action,
        name: change.server(),
        version: &change.version,
        content: file(about).unwrap_or_default(),
        proof: file(proof),
        path: change.path(proof),
        since,
    };
    let mut items = Vec::new();
    if change.kind.is_new() || change.kind == EntryKind::Edited || change.touches(EntryFile::Proof)
    {
        items.push(item(Action::Publish, EntryFile::Server, EntryFile::Proof, None));
    }
    if change.touches_status() {
        let since = touched.status_since;
        items.push(item(Action::SetStatus, EntryFile::Status, EntryFile::StatusProof, since));
    }
    items
}

/// Judges one proof. An attempt that fails names the proof file, or the file at `about` when there is none.
fn prove(case: &Case<'_>, item: ToProve<'_>, about: impl Fn() -> String) -> Tried {
    let file = item.path.rsplit('/').next().unwrap_or(&item.path);
    let what = format!("{} {}", item.name, item.version);
    let Some(proof) = item.proof else {
        let sign = match item.action {
            Action::Publish => format!("entry {}@{}", item.name, item.version),
            Action::SetStatus => format!("status {}@{}", item.name, item.version),
            Action::SetOwners => format!("owners {}", item.name),
        };
        let help = format!("run `mcp-static sign {sign}` and add the {file} it writes");
        let attempt = case.absent(format!("there is no {file} for {what}"), help);
        return Err(Attempt { file: Some(about()), ..attempt });
    };
    let refuse = |(code, saw, help): Objection| Attempt {
        file: Some(item.path.clone()),
        ..case.refuted(code, format!("{what}: {saw}"), help)
    };
    let proof = check_offline(&item, proof).map_err(refuse)?;
    let (stated, is_exact) = scope(&proof, case).map_err(refuse)?;
    check_audience(&proof, case.scene).map_err(refuse)?;
    check_dates(&proof, &item, case.scene).map_err(refuse)?;
    let named = |attempt| Attempt { file: Some(item.path.clone()), ..attempt };
    check_key(case, &proof.key).map_err(named)?;
    let print = proof.key.fingerprint();
    let domain = stated.as_str();
    match case.scene.lookup.lists(&stated, &proof.key, is_exact) {
        Known::Yes(saw) => {
            let saw = format!("{file} of {what} is signed with {print}; {saw}");
            Ok(case.proven(format!("domain:{domain}"), saw))
        }
        Known::Open(saw) => Err(case.unknown(saw)),
        Known::No(saw) => Err(refuse((
            Code::OwnershipKeyNotListed,
            format!("it is signed with {print}, which {domain} does not list: {saw}"),
            format!(
                "publish the key (`mcp-static sign key show --domain {domain}` prints the record), or sign with a key that is listed"
            ),
        ))),
    }
}

/// Returns the domain that a proof is for, if it may act for the namespace, and whether it is exactly
/// the namespace's own.
fn scope(proof: &ProofFile, case: &Case<'_>) -> Result<(Domain, bool), Objection> {
    let refuse = |saw: String| {
        let help = "sign again with --domain and the namespace's own domain".to_owned();
        Err((Code::OwnershipDomainScope, saw, help))
    };
    let stated = match Domain::parse(&proof.domain) {
        Ok(domain) => domain,
        Err(fault) => {
            return refuse(format!("the domain {:?} of the proof {fault}", proof.domain));
        }
    };
    let name = stated.as_str();
    match &case.policy.holder {
        Holder::GitHub(login) if name == format!("{login}.github.io") => Ok((stated, true)),
        Holder::GitHub(login) => refuse(format!(
            "the proof is for {name}, but the namespace belongs to {login}.github.io"
        )),
        Holder::Domain(domain) if stated == *domain => Ok((stated, true)),
        Holder::Domain(domain) if stated.reaches(domain) && reaches_down(case.scene, &stated) => {
            Ok((stated, false))
        }
        Holder::Domain(domain) => {
            refuse(format!("the proof is for {name}, which does not reach {}", domain.as_str()))
        }
        Holder::Nobody(why) => refuse(format!("this namespace cannot be owned: {why}")),
    }
}

fn check_audience(proof: &ProofFile, scene: &Scene<'_>) -> Result<(), Objection> {
    let made_for = &proof.audience;
    let is_any = made_for == "*" && scene.settings.domain.allow_any_audience;
    if is_any || scene.audiences.contains(made_for) {
        return Ok(());
    }
    let help = match scene.audiences.first() {
        Some(own) => format!("sign again with --audience {own}"),
        None => "ask a maintainer to set [registry] id".to_owned(),
    };
    let saw = format!("the proof was made for {made_for}, not for this registry");
    Err((Code::OwnershipAudience, saw, help))
}

fn check_dates(proof: &ProofFile, item: &ToProve<'_>, scene: &Scene<'_>) -> Result<(), Objection> {
    let issued = proof.issued.unix();
    let oldest = i64::from(scene.settings.domain.max_proof_age_days) * 86_400;
    let saw = if issued > scene.now.saturating_add(AHEAD) {
        "the proof is dated in the future"
    } else if oldest > 0 && issued < scene.now.saturating_sub(oldest) {
        "the proof is older than this registry accepts"
    } else if item.since.is_some_and(|since| issued <= since) {
        "the proof is older than the last change of what it is about, so it may be played again"
    } else {
        return Ok(());
    };
    Err((Code::OwnershipProofAge, saw.to_owned(), "sign it again".to_owned()))
}

/// Requires that a key is not blocked, and is pinned when keys are pinned.
pub(super) fn check_key(case: &Case<'_>, key: &PublicKey) -> Tried<()> {
    let print = key.fingerprint();
    if case.scene.settings.domain.blocked_keys.contains(&print) {
        let saw = format!("the key {print} is blocked by the settings");
        let help = "make a new key, and tell the maintainers";
        return Err(case.refuted(Code::OwnershipKeyBlocked, saw, help));
    }
    let pinned = case.scene.owners_of(&case.claim.namespace).map_or(&[][..], |o| &o.keys);
    if pinned.is_empty() || pinned.contains(key) {
        return Ok(());
    }
    let saw = format!("the key {print} is none of those that {} pins", case.claim.owners_path());
    let help = "sign with a pinned key, or change the owners file first";
    Err(case.refuted(Code::OwnershipKeyNotPinned, saw, help))
}

/// Whether keys that `domain` lists in DNS count for its subdomains.
fn reaches_down(scene: &Scene<'_>, domain: &Domain) -> bool {
    let labels: Vec<&str> = domain.as_str().rsplit('.').collect();
    let written = scene.owners_of(&labels.join(".")).and_then(|owners| owners.subdomains);
    written.unwrap_or(scene.settings.domain.dns_subdomains)
}

/// Returns the domain itself and its parents that may act for it, up to the registrable one.
pub(super) fn domains_above(scene: &Scene<'_>, domain: &Domain) -> Vec<Domain> {
    let mut found = vec![domain.clone()];
    let mut rest = domain.as_str();
    while let Some((_, above)) = rest.split_once('.') {
        rest = above;
        let above = Domain::parse(above).ok();
        found.extend(above.filter(|above| above.reaches(domain) && reaches_down(scene, above)));
    }
    found
}

/// Whether `domain`, or a parent that may act for it, lists `key`.
pub(super) fn listed(scene: &Scene<'_>, domain: &Domain, key: &PublicKey) -> Known {
    let domains = domains_above(scene, domain);
    Known::any_of(domains.iter().map(|at| scene.lookup.lists(at, key, at == domain)))
}
