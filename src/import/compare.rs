//! Decides what happens to one record, given the existing entry of its name and version.
//!
//! What would be written is first checked as a build checks it, so that an import never leaves a data
//! folder that a build refuses.

use serde_json::Value;

use crate::check::{Checker, DocumentRules, Profile};
use crate::data::{
    Content, DateSource, EntryFile, Fallback, OriginRecord, ServerFiles, ServerFolder,
    StatusRecord, Tree, VersionFiles, digest,
};
use crate::diag::{Code, Diagnostic, Severity};
use crate::model::{Status, Timestamp};
use crate::text::shorten;

use super::candidate::{ASK_OR_CLOCK, Candidate, Existing};
use super::record::{Reason, UpstreamRecord};

/// What happens to a record.
pub(super) enum Decision {
    /// Nothing is written: it exists. The warning names a difference that is not imported.
    Keep(Option<Diagnostic>),
    /// Nothing is written: another entry exists.
    Conflict(Diagnostic),
    /// Nothing is written: a build would refuse it.
    Refuse(Reason),
    /// Its small files are written, and the document too when it is new.
    Write { origin: OriginRecord, document: bool, say: Vec<Diagnostic> },
}

/// What a comparison takes besides a record and the entry that is there.
pub(super) struct Compare<'a> {
    origin: &'a str,
    latest: &'a Timestamp,
    tree: Tree,
    dates: DateSource,
}

impl<'a> Compare<'a> {
    /// Compares records from the registry called `origin`; dates after `latest` are ignored.
    pub(super) fn new(origin: &'a str, label: &str, latest: &'a Timestamp) -> Self {
        let dates = DateSource::fallback(Fallback::None);
        Self { origin, latest, tree: Tree::empty(label), dates }
    }

    /// Decides what becomes of a record.
    pub(super) fn decision(&self, candidate: &Candidate, found: &Existing) -> Decision {
        let mut decision = self.compare(candidate, found);
        if candidate.undated {
            let future = || {
                let why = future(candidate);
                let message = format!("{}: {why}; it was not imported", candidate.label());
                Some(finding(candidate, message).help(ASK_OR_CLOCK))
            };
            match &mut decision {
                Decision::Keep(say) => {
                    let warning = say.take().filter(|said| said.severity != Severity::Note);
                    *say = warning.or_else(future);
                }
                Decision::Write { say, .. } => say.extend(future()),
                Decision::Conflict(_) | Decision::Refuse(_) => {}
            }
        }
        let Decision::Write { origin, document, .. } = &decision else { return decision };
        let server = match &found.server {
            Some(bytes) if !document => bytes,
            _ => candidate.record.server.as_bytes(),
        };
        match self.objection(candidate, server, origin) {
            Some(reason) => Decision::Refuse(reason),
            None => decision,
        }
    }

    fn compare(&self, candidate: &Candidate, found: &Existing) -> Decision {
        if let Some(file) = found.broken {
            let why = format!("the existing {file} cannot be read");
            let help = "run `mcp-static check` and fix it";
            return Decision::Conflict(conflict(candidate, &why, help));
        }
        let Some(bytes) = &found.server else {
            if candidate.undated {
                return Decision::Refuse(Reason::new(future(candidate), ASK_OR_CLOCK));
            }
            let bytes = candidate.record.server.as_bytes();
            let origin = stated(candidate, self.origin, bytes);
            return Decision::Write { origin, document: true, say: Vec::new() };
        };
        let status = found.status.clone().unwrap_or_default();
        let mirrored = found.origin.as_ref().and_then(|o| Some((o, o.registry.as_deref()?)));
        if same_document(bytes, &candidate.record.server) {
            return match mirrored {
                Some(here) => self.refresh(candidate, here, bytes, &status),
                None => Decision::Keep(None), // an entry of this registry that upstream has too
            };
        }
        let Some((here, registry)) = mirrored else {
            return Decision::Conflict(conflict(
                candidate,
                "an entry of this registry with another document exists",
                "leave the record out with --exclude or `exclude`, or remove the existing entry",
            ));
        };
        let finding = other_document(&candidate.record);
        // A document that was changed upstream must not keep its withdrawal out.
        if withdraws(candidate, &status) && !self.is_of_another(registry) {
            let updated = self.later(here, candidate.facts.updated.clone());
            let status_changed = candidate.facts.status_changed.clone();
            let origin = OriginRecord { updated, status_changed, ..here.clone() };
            return Decision::Write { origin, document: false, say: vec![finding] };
        }
        Decision::Conflict(finding)
    }

    /// Returns what becomes of the facts about a mirrored document that is here already.
    fn refresh(
        &self,
        candidate: &Candidate,
        (here, registry): (&OriginRecord, &str),
        bytes: &[u8],
        status: &StatusRecord,
    ) -> Decision {
        let facts = &candidate.facts;
        if self.is_of_another(registry) {
            // The registry that brought it first keeps it current.
            let why = format!("it is mirrored from {}", shorten(registry));
            return Decision::Keep(not_taken(candidate, status, &why));
        }
        // A dump does not take over from a live registry; the other way round is welcome.
        let mut stated =
            stated(candidate, if is_url(registry) { registry } else { self.origin }, bytes);
        if candidate.undated {
            stated.published = here.published.clone();
        }
        if candidate.ahead {
            stated.updated = stated.updated.or_else(|| here.updated.clone());
            stated.status_changed = stated.status_changed.or_else(|| here.status_changed.clone());
        }
        let agrees = (status.status, &status.message) == (facts.status, &facts.message);
        if agrees && *here == stated {
            return Decision::Keep(None);
        }
        let updated = stated.dates().map(|dates| dates.updated);
        if self.believed(here) > updated {
            if !withdraws(candidate, status) {
                let why = "it was changed here after upstream's last change";
                let note = || finding(candidate, format!("{}: {why}", candidate.label())).as_note();
                let finding = not_taken(candidate, status, why).unwrap_or_else(note);
                return Decision::Keep(Some(finding));
            }
            stated.updated = self.later(here, stated.updated);
        }
        let say = moved(candidate, here, &stated).into_iter().collect();
        Decision::Write { origin: stated, document: false, say }
    }

    /// Whether an entry of `registry` is kept current by another registry than the one that is imported.
    fn is_of_another(&self, registry: &str) -> bool {
        is_url(registry) && is_url(self.origin) && registry != self.origin
    }

    /// When the entry that is here was changed last, unless that lies in the future.
    fn believed(&self, here: &OriginRecord) -> Option<Timestamp> {
        here.dates().map(|dates| dates.updated).filter(|date| date <= self.latest)
    }

    /// Returns the later of a date and the last change of the entry that is here.
    fn later(&self, here: &OriginRecord, date: Option<Timestamp>) -> Option<Timestamp> {
        let believed = self.believed(here);
        if believed > date { believed } else { date }
    }

    /// Returns why a build would refuse the entry, if it would.
    fn objection(
        &self,
        candidate: &Candidate,
        server: &[u8],
        origin: &OriginRecord,
    ) -> Option<Reason> {
        let facts = &candidate.facts;
        let status = StatusRecord { status: facts.status, message: facts.message.clone() };
        let status = (status.status != Status::Active).then(|| status.to_json());
        let files = VersionFiles {
            server: Some(Content::plain(server)),
            status: status.map(|text| Content::plain(text.as_bytes())),
            origin: Some(Content::plain(origin.to_json().as_bytes())),
            proof: None,
            packages: None,
            annotations: None,
            overriding: None,
        };
        let files = ServerFiles { annotations: None, versions: vec![files] };
        let checker = Checker {
            tree: &self.tree,
            dates: &self.dates,
            rules: DocumentRules::new(Profile::Strict),
            today: 0, // only annotations expire
        };
        let folder = ServerFolder::of(&candidate.name, &candidate.version, &EntryFile::ALL);
        let help = "report it to the registry that it came from";
        let checked = match checker.server_of(&folder, files) {
            Ok(checked) => checked,
            Err(e) => return Some(Reason::new(format!("{e:#}"), help)),
        };
        let wrong = checked.findings.iter().find(|d| d.severity == Severity::Error);
        let why = match wrong {
            Some(wrong) => {
                let file = wrong.place.file.rsplit('/').next().unwrap_or_default();
                format!("a build would refuse its {file}: {}", shorten(&wrong.message))
            }
            None if checked.listing.is_none() => "a build would leave it out".to_owned(),
            None => return None,
        };
        Some(Reason::new(why, help))
    }
}

fn is_url(text: &str) -> bool {
    text.contains("://")
}

/// Whether upstream has withdrawn what is not withdrawn here. That is taken whatever dates say.
fn withdraws(candidate: &Candidate, here: &StatusRecord) -> bool {
    candidate.facts.status == Status::Deleted && here.status != Status::Deleted
}

fn finding(candidate: &Candidate, message: String) -> Diagnostic {
    Diagnostic::new(Code::ImportConflict, candidate.record.place.clone(), message)
}

fn conflict(candidate: &Candidate, why: &str, help: &str) -> Diagnostic {
    finding(candidate, format!("{} was not imported: {why}", candidate.label())).help(help)
}

/// Returns the warning about a record with another document than the one that is here.
fn other_document(record: &UpstreamRecord) -> Diagnostic {
    let label = format!("{}@{}", record.name, record.version);
    let why = "the existing document differs, and a published version is immutable";
    let message = format!("{label} was not imported: {why}");
    Diagnostic::new(Code::ImportConflict, record.place.clone(), message)
        .help("remove the folder and import again if upstream's document is the right one")
}

/// Returns that warning if the document of a record differs from the one that is here.
pub(super) fn differing(record: &UpstreamRecord, here: &Existing) -> Option<Diagnostic> {
    let is_same = here.server.as_deref().is_none_or(|it| same_document(it, &record.server));
    (!is_same).then(|| other_document(record))
}

/// Returns why a date of publication is not imported.
fn future(candidate: &Candidate) -> String {
    format!("its publishedAt {} lies in the future", candidate.facts.published)
}

/// Returns the warning about a status that differs and is not taken.
fn not_taken(candidate: &Candidate, here: &StatusRecord, why: &str) -> Option<Diagnostic> {
    let status = candidate.facts.status;
    if status == here.status {
        return None;
    }
    let label = candidate.label();
    let message =
        format!("{label} is {status} upstream and {} here, and stays so: {why}", here.status);
    let help = format!("run `mcp-static status {label} {status}` if upstream is right");
    Some(finding(candidate, message).help(help))
}

/// Returns the warning about a date of publication that upstream has changed.
fn moved(candidate: &Candidate, here: &OriginRecord, stated: &OriginRecord) -> Option<Diagnostic> {
    let (Some(before), Some(now)) = (&here.published, &stated.published) else { return None };
    if before == now {
        return None;
    }
    let message = format!(
        "the publishedAt of {} was {before} and is now {now}; a published version has one date",
        candidate.label()
    );
    let help = "the new date was imported; ask the registry that it came from";
    Some(finding(candidate, message).help(help))
}

/// Returns the `origin.json` of a document that came from `registry`.
fn stated(candidate: &Candidate, registry: &str, bytes: &[u8]) -> OriginRecord {
    let facts = &candidate.facts;
    OriginRecord {
        registry: Some(registry.to_owned()),
        sha256: Some(digest(bytes)),
        published: Some(facts.published.clone()),
        updated: facts.updated.clone(),
        status_changed: facts.status_changed.clone(),
    }
}

/// Whether two texts are the same document: equal bytes or equal JSON values.
pub(super) fn same_document(bytes: &[u8], text: &str) -> bool {
    let value = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).ok();
    bytes == text.as_bytes()
        || value(bytes).is_some_and(|here| value(text.as_bytes()) == Some(here))
}

#[cfg(test)]
mod tests {
    use super::super::record::{Facts, UpstreamRecord};
    use super::*;
    use crate::diag::Place;
    use crate::model::{ServerName, Version};

    /// A record whose date of publication has so many digits.
    fn candidate(digits: usize) -> Candidate {
        let published = format!("2026-01-01T00:00:00.{}Z", "1".repeat(digits));
        let facts = Facts {
            published: Timestamp::parse(&published).unwrap(),
            updated: None,
            status_changed: None,
            latest: false,
            status: Status::Deleted,
            message: Some("why".to_owned()),
            lost: Vec::new(),
        };
        let server = "{\"name\":\"com.example/alpha\",\"version\":\"1.0.0\"}".to_owned();
        Candidate {
            name: ServerName::parse("com.example/alpha").unwrap(),
            version: Version::parse("1.0.0").unwrap(),
            record: UpstreamRecord {
                place: Place::file("page"),
                name: "com.example/alpha".to_owned(),
                version: "1.0.0".to_owned(),
                server,
                facts: Ok(facts.clone()),
            },
            facts,
            ahead: false,
            undated: false,
        }
    }

    #[test]
    fn an_entry_that_a_build_refuses_is_refused_with_the_words_of_the_build() {
        let latest = Timestamp::from_unix(1_800_000_000);
        let compare = Compare::new("https://registry.example.com", "registry-data", &latest);
        let decision = |digits| compare.decision(&candidate(digits), &Existing::default());
        assert!(matches!(decision(9), Decision::Write { document: true, .. }));
        let Decision::Refuse(reason) = decision(300_000) else { panic!("it was planned") };
        assert!(
            reason.why.starts_with("a build would refuse its origin.json: the file has"),
            "{}",
            reason.why
        );
    }
}
