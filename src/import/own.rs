//! What an import would change when no registry is behind the source: own entries, and drafts.
//!
//! A document that passes `check` becomes an entry, with the dates that the source states, or without dates, so
//! that git's history has them. A document that lacks something becomes a draft beside the data folder, with a
//! list of what is missing: nothing half-valid enters the data.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;
use serde_json::{Value, json};

use crate::check::{DocumentRules, check_document};
use crate::data::{Edits, EntryFile, OriginRecord, Spellings, StatusRecord, Tree, entry_folder};
use crate::diag::{Code, Diagnostic, Levels, Place, Report, Severity};
use crate::error::Result;
use crate::model::{ServerName, Status, Timestamp, Version};
use crate::text::{noun, shorten};
use crate::world::file;

use super::compare::same_document;
use super::filter::Filter;
use super::plan::{AHEAD, ImportPlan, reason};
use super::record::{Reason, Unreadable};
use super::shape::{Draft, pretty, repaired};

/// Largest draft that is compared with a new one, in bytes.
const MAX_DRAFT: u64 = 16 << 20;

/// Longest name and longest version that become the folder of a draft as they are, in bytes.
const MAX_NAME: usize = 200;

/// Name of a draft's list of what is missing.
const MISSING: &str = "missing.md";

/// How documents become entries.
pub struct OwnRules<'a> {
    /// Namespace of names that have none.
    pub namespace: Option<&'a str>,
    /// Which names are wanted.
    pub filter: &'a Filter,
    /// The rules of the registry.
    pub rules: &'a DocumentRules,
    /// Severities.
    pub levels: &'a Levels,
    /// The time in seconds after 1970 began.
    pub now: i64,
}

/// What an import of documents would change.
#[derive(Debug, Default)]
pub struct OwnPlan {
    /// The change of the data folder.
    pub plan: ImportPlan,
    /// The change of the folder of drafts.
    pub drafts: Edits,
    /// How many drafts there are, those included that were there before.
    pub drafted: usize,
    /// Their folders, in lower case.
    folders: BTreeSet<String>,
}

/// A document with its final text and what is wrong with it.
struct Settled {
    draft: Draft,
    text: String,
    name: String,
    version: String,
    wrong: Vec<Diagnostic>,
}

/// Compares documents with the data folder `root`, called `label`, and with the folder of drafts at `drafts`.
///
/// # Errors
/// When a file of the data folder cannot be read.
pub fn plan_own(
    root: &Path,
    label: &str,
    drafts: &Path,
    documents: Vec<Draft>,
    refused: &[Unreadable],
    rules: &OwnRules<'_>,
) -> Result<OwnPlan> {
    let tree = Tree::from_disk(root, label)?;
    let mut own = OwnPlan::default();
    for bad in refused.iter().filter(|bad| rules.filter.wants(&bad.name)) {
        own.skip(bad.reason.refuse(bad.place.clone(), &bad.name));
    }
    let settled: Vec<_> =
        documents.into_par_iter().map(|draft| settle(draft, rules, drafts)).collect();
    let mut spellings = Spellings::of(&tree);
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    for settled in settled {
        let mut settled = match settled {
            Ok(settled) => settled,
            Err((draft, reason)) => {
                own.skip(reason.refuse(draft.place.clone(), &draft.label));
                continue;
            }
        };
        if !rules.filter.wants(&settled.name) {
            own.plan.filtered += 1;
            continue;
        }
        let key = (settled.name.clone(), settled.version.clone());
        match seen.get(&key) {
            None => drop(seen.insert(key, settled.text.clone())),
            Some(first) if same_document(first.as_bytes(), &settled.text) => continue,
            Some(_) => {
                let why =
                    "it occurs twice in the source with different documents; the first one counts";
                let reason = Reason::new(why, "give one of them another version");
                own.skip(reason.refuse(settled.draft.place.clone(), &settled.label()));
                continue;
            }
        }
        own.note(&mut settled);
        match settled.identity() {
            Some((name, version)) if settled.wrong.is_empty() => {
                own.entry(&tree, &mut spellings, settled, (name, version), rules.now)?;
            }
            _ => own.draft(drafts, &settled),
        }
    }
    Ok(own)
}

/// Gives a document its name and its final text, and checks it.
fn settle(
    mut draft: Draft,
    rules: &OwnRules<'_>,
    drafts: &Path,
) -> std::result::Result<Settled, (Draft, Reason)> {
    let name = text(&draft.document, "name");
    if !name.contains('/') && !name.is_empty() {
        let Some(namespace) = rules.namespace else {
            let why = format!("its name {:?} has no namespace", shorten(&name));
            let help = "add --namespace NAMESPACE, such as --namespace com.example";
            return Err((draft, Reason::new(why, help)));
        };
        let name = format!("{namespace}/{}", part(&name));
        if let Some(members) = draft.document.as_object_mut() {
            members.insert("name".to_owned(), json!(name));
        }
        draft.exact = None;
    }
    let path = shown(drafts, &folder(&draft.document));
    let errors = |text: &str| {
        let mut report = Report::new();
        report.extend(check_document(&path, text.as_bytes().to_vec(), rules.rules));
        let report = report.finish(rules.levels);
        let items = report.items().iter();
        items.filter(|found| found.severity == Severity::Error).cloned().collect::<Vec<_>>()
    };
    // Nobody can know which of two members its author wants, or complete another kind of document.
    let hopeless = |wrong: &[Diagnostic]| {
        let is = |code| matches!(code, Code::JsonDuplicateKey | Code::DocumentKind);
        let found = wrong.iter().find(|found| is(found.code))?;
        let why = found.message.replacen("this file is", "it is", 1);
        Some(Reason::new(why, found.help.as_deref().unwrap_or("leave it out")))
    };
    if let Some(exact) = draft.exact.take() {
        let wrong = errors(&exact);
        if wrong.is_empty() {
            return Ok(Settled::of(draft, exact, wrong));
        }
        if let Some(reason) = hopeless(&wrong) {
            return Err((draft, reason));
        }
    }
    let (document, mut notes) = repaired(&draft.document);
    draft.document = document;
    draft.notes.append(&mut notes);
    let text = pretty(&draft.document);
    let wrong = errors(&text);
    match hopeless(&wrong) {
        Some(reason) => Err((draft, reason)),
        None => Ok(Settled::of(draft, text, wrong)),
    }
}

fn text(document: &Value, key: &str) -> String {
    document.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Returns a name as it may be in a path: other characters become hyphens.
fn part(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let name: String = name.chars().map(plain).take(100).collect();
    let name = name.trim_matches(['-', '.', '_']);
    if name.is_empty() { "unnamed".to_owned() } else { name.to_owned() }
}

/// Returns the folder of a draft below the folder of drafts.
fn folder(document: &Value) -> String {
    let (name, version) = (text(document, "name"), text(document, "version"));
    let name = match ServerName::parse(&name) {
        Ok(name) if name.as_str().len() <= MAX_NAME => name.as_str().to_owned(),
        _ => name.splitn(3, '/').map(part).collect::<Vec<_>>().join("/"),
    };
    let is_file = [EntryFile::Server.file_name(), MISSING]
        .iter()
        .any(|file| version.eq_ignore_ascii_case(file));
    match Version::parse(&version) {
        Ok(version) if version.as_str().len() <= MAX_NAME && !is_file => {
            format!("{name}/{version}")
        }
        _ => name,
    }
}

fn shown(drafts: &Path, folder: &str) -> String {
    format!("{}/{folder}/server.json", drafts.to_string_lossy().replace('\\', "/"))
}

impl Settled {
    fn of(draft: Draft, text_of: String, wrong: Vec<Diagnostic>) -> Self {
        let (name, version) = (text(&draft.document, "name"), text(&draft.document, "version"));
        Self { draft, text: text_of, name, version, wrong }
    }

    fn label(&self) -> String {
        match self.version.as_str() {
            "" => shorten(&self.name).into_owned(),
            version => format!("{}@{}", shorten(&self.name), shorten(version)),
        }
    }

    fn identity(&self) -> Option<(ServerName, Version)> {
        Some((ServerName::parse(&self.name).ok()?, Version::parse(&self.version).ok()?))
    }
}

impl OwnPlan {
    fn skip(&mut self, finding: Diagnostic) {
        self.plan.findings.push(finding);
        self.plan.skipped += 1;
    }

    /// Reports what was changed in a document.
    fn note(&mut self, settled: &mut Settled) {
        let draft = &settled.draft;
        let mut changes = draft.notes.clone();
        if draft.label != settled.name {
            changes.insert(0, format!("it was called {:?}", shorten(&draft.label)));
        }
        if !changes.is_empty() {
            let message = format!("{}: {}", settled.label(), changes.join("; "));
            let finding = Diagnostic::new(Code::ImportRepaired, draft.place.clone(), message);
            self.plan.findings.push(finding.help("look at the document before you publish it"));
        }
    }

    /// Plans an entry of a valid document.
    fn entry(
        &mut self,
        tree: &Tree,
        spellings: &mut Spellings,
        settled: Settled,
        (name, version): (ServerName, Version),
        now: i64,
    ) -> Result<()> {
        let place = settled.draft.place.clone();
        if let Some(clash) = spellings.clash(&name, &version) {
            self.skip(reason(clash).refuse(place, &settled.label()));
            return Ok(());
        }
        let server = tree.server(&name);
        let there = server.and_then(|server| Some((server, server.version(&version)?)));
        if let Some((server, version)) = there
            && let Some(content) = tree.read_entry(server, version, EntryFile::Server)?
        {
            if same_document(&content.bytes, &settled.text) {
                self.plan.unchanged += 1;
                return Ok(());
            }
            let message = format!(
                "{} was not imported: another document is here, and a published version is immutable",
                settled.label()
            );
            let path = tree.display(&server.path(version, EntryFile::Server));
            let finding = Diagnostic::new(Code::ImportConflict, place, message)
                .help("publish the document under another version")
                .label(Place::file(path), "the entry that is here");
            self.skip(finding);
            return Ok(());
        }
        spellings.take(&name, &version);
        self.plan.new += 1;
        let folder = entry_folder(&name, &version);
        let path = |file: EntryFile| format!("{folder}/{}", file.file_name());
        self.plan.edits.write(path(EntryFile::Server), settled.text);
        let latest = Timestamp::from_unix(now.saturating_add(AHEAD));
        let past = |date: Option<Timestamp>| date.filter(|date| *date <= latest);
        if let Some(ahead) = settled.draft.published.as_ref().filter(|date| **date > latest) {
            let message = format!(
                "its date of publication, {}, is ahead of the clock and was left out",
                ahead.as_str()
            );
            let finding = Diagnostic::new(Code::ImportRepaired, place, message);
            self.plan
                .findings
                .push(finding.help("correct it in the source, or this computer's clock"));
        }
        if let Some(published) = past(settled.draft.published) {
            let updated = past(settled.draft.updated);
            let origin =
                OriginRecord { published: Some(published), updated, ..OriginRecord::default() };
            self.plan.edits.write(path(EntryFile::Origin), origin.to_json());
        }
        let (status, message) = settled.draft.status;
        if status != Status::Active {
            self.plan
                .edits
                .write(path(EntryFile::Status), StatusRecord { status, message }.to_json());
        }
        Ok(())
    }

    /// Plans a draft of a document that lacks something; a draft that somebody works on stays as it is.
    fn draft(&mut self, drafts: &Path, settled: &Settled) {
        let folder = folder(&settled.draft.document);
        let path = shown(drafts, &folder);
        let label = settled.label();
        if !self.folders.insert(folder.to_lowercase()) {
            let why = format!("it is not complete, and another server has the draft {path}");
            let reason = Reason::new(why, "give it another name or version in the source");
            return self.skip(reason.refuse(settled.draft.place.clone(), &label));
        }
        self.drafted += 1;
        let first =
            settled.wrong.first().map_or("its name or version cannot be a path", |d| &d.message);
        let more = match settled.wrong.len() {
            0 | 1 => String::new(),
            n => format!(", and {} more {}", n - 1, noun(&(n - 1), "problem")),
        };
        let file = drafts.join(&folder).join("server.json");
        let kept = file::read(&file, MAX_DRAFT).is_ok_and(|there| there != settled.text.as_bytes());
        let what = if kept { "there is a draft of it already" } else { "a draft was written" };
        let message = format!("{label} is not complete: {}{more}; {what}", shorten(first));
        let help = format!("complete {path}, then run `mcp-static add {path}`");
        let finding = Diagnostic::new(Code::ImportDraft, settled.draft.place.clone(), message);
        self.plan.findings.push(finding.help(help));
        if kept {
            return;
        }
        self.drafts.write(format!("{folder}/server.json"), settled.text.clone());
        self.drafts.write(format!("{folder}/{MISSING}"), missing(settled, &path));
    }
}

/// Returns the list of what a draft lacks.
fn missing(settled: &Settled, path: &str) -> String {
    let mut out = format!("# What {} lacks\n\n", settled.label());
    for wrong in &settled.wrong {
        let help = wrong.help.as_deref().map(|help| format!(": {help}")).unwrap_or_default();
        out.push_str(&format!("- {}{help}\n", wrong.message));
    }
    for note in &settled.draft.notes {
        out.push_str(&format!("- look at this: {note}\n"));
    }
    out.push_str(&format!("\nThen run `mcp-static add {path}`.\n"));
    out
}
