//! Adds one document to the data folder.

use crate::check::{Answered, DocumentRules, Profile, answered, check_document, taken_urls};
use crate::data::{
    Clash, Edits, EntryFile, ServerFolder, Spellings, Tree, entry_folder, read_json, require_folder,
};
use crate::diag::{Code, Diagnostic, Finding, Place, Report, Severity, SourceFile};
use crate::error::Result;
use crate::model::{ServerName, Version};

use super::load::{LoadOptions, load};

/// Result of adding a document, with everything that was found.
#[derive(Debug)]
#[non_exhaustive]
pub enum Added {
    /// It is not valid in this registry.
    Refused {
        /// Why.
        report: Report,
    },
    /// The same document exists already.
    AlreadyThere {
        /// Its path, for messages.
        path: String,
        /// What was found.
        report: Report,
    },
    /// It is new.
    New {
        /// The change that adds it.
        edits: Edits,
        /// Its path, for messages.
        path: String,
        /// Its name and version.
        label: String,
        /// What was found.
        report: Report,
    },
}

/// Checks the document `bytes`, called `name` in messages, with the strict rules and the registry's
/// settings, and finds its path in the data folder. Of an answer of a registry's API the server is taken.
/// Nothing is written.
pub fn add(options: &LoadOptions, name: &str, bytes: Vec<u8>) -> Result<Added> {
    require_folder(&options.data)?;
    let loaded = load(options)?;
    let rules = DocumentRules::of(Profile::Strict, &loaded.config);
    let mut report = Report::new();
    let (shown, bytes) = match answered(&bytes) {
        Some(Answered { in_place, alone }) => (in_place, alone),
        None => (bytes.clone(), bytes),
    };
    report.extend(check_document(name, shown.clone(), &rules));
    if report.items().iter().any(|found| found.code == Code::DocumentKind) {
        return Ok(Added::Refused { report });
    }
    let placed = place(&loaded.tree, name, &shown, &bytes);
    if let Ok(Placed::Free { .. }) = &placed {
        report.extend(taken(&loaded.tree, name, shown)?);
    }
    if let Ok(Placed::Taken(finding)) | Err(finding) = &placed {
        // The rules of documents may have said the same in other words.
        let here = |d: &Diagnostic| d.severity == Severity::Error && d.place == finding.place;
        if !report.items().iter().any(here) {
            report.push((**finding).clone());
        }
    }
    let report = report.finish(&loaded.levels());
    Ok(match placed {
        _ if report.has_errors() => Added::Refused { report },
        Ok(Placed::Free { path, label }) => {
            let mut edits = Edits::new();
            edits.write(path.clone(), bytes);
            Added::New { edits, path: loaded.tree.display(&path), label, report }
        }
        Ok(Placed::Same(path)) => Added::AlreadyThere { path: loaded.tree.display(&path), report },
        Ok(Placed::Taken(_)) | Err(_) => Added::Refused { report },
    })
}

enum Placed {
    Free { path: String, label: String },
    Same(String),
    Taken(Box<Diagnostic>),
}

/// Reports the remote URLs that other servers have already.
fn taken(tree: &Tree, file: &str, shown: Vec<u8>) -> Result<Vec<Diagnostic>> {
    let Ok(document) = read_json(file, shown) else { return Ok(Vec::new()) };
    taken_urls(tree, &SourceFile::new(file, &document.text), &document.value)
}

/// Finds the path of the document `bytes`, which is shown as `shown`; the error says why it has none.
fn place(tree: &Tree, file: &str, shown: &[u8], bytes: &[u8]) -> Result<Placed, Box<Diagnostic>> {
    let document = read_json(file, shown.to_vec())?;
    let source = SourceFile::new(file, &document.text);
    let text = |key: &str| document.value.get(key).and_then(|v| v.as_str()).unwrap_or_default();
    let problem = |code, pointer: &str, message: String, help: &str| {
        Box::new(source.diagnose(Finding::new(code, pointer, message).help(help)))
    };
    let name = ServerName::parse(text("name")).map_err(|fault| {
        let message = format!("{:?} {fault}", text("name"));
        problem(
            Code::InvalidServerName,
            "/name",
            message,
            "write a name such as com.example/weather",
        )
    })?;
    let version = Version::parse(text("version")).map_err(|fault| {
        let message = format!("{:?} {fault}", text("version"));
        problem(Code::VersionGrammar, "/version", message, "write a version such as 1.0.0")
    })?;
    if let Some(clash) = Spellings::of(tree).clash(&name, &version) {
        let (code, pointer, message, help) = clash_words(clash);
        return Err(problem(code, pointer, message, help));
    }
    let label = format!("{name}@{version}");
    let path = format!("{}/{}", entry_folder(&name, &version), EntryFile::Server.file_name());
    let server = tree.server(&name);
    let there = server.and_then(|s| Some((s, s.version(&version)?)));
    let Some((server, there)) = there else { return Ok(Placed::Free { path, label }) };
    let content = tree.read_entry(server, there, EntryFile::Server).ok().flatten();
    Ok(match content {
        None => Placed::Free { path, label },
        Some(content) if content.bytes == bytes => Placed::Same(path),
        Some(_) => {
            let message =
                format!("{label} exists with other content, and published versions are immutable");
            let help = match next_version(server) {
                Some(next) => format!("publish this document as version {next}"),
                None => "publish this document under another version".to_owned(),
            };
            let mut taken = problem(Code::DuplicateVersion, "/version", message, &help);
            taken =
                Box::new(taken.label(Place::file(tree.display(&path)), "the existing document"));
            Placed::Taken(taken)
        }
    })
}

fn clash_words(clash: Clash) -> (Code, &'static str, String, &'static str) {
    let differs = |what: &str, other: &str| {
        format!("this {what} differs from {other}, which is published, only by case")
    };
    let same = "use the published spelling";
    match clash {
        Clash::Namespace(o) => {
            (Code::NamespaceCaseCollision, "/name", differs("namespace", &o), same)
        }
        Clash::Name(o) => (Code::NameCaseCollision, "/name", differs("name", &o), same),
        Clash::Version(o) => (Code::VersionCaseCollision, "/version", differs("version", &o), same),
        Clash::Document(file) => (
            Code::NameReserved,
            "/name",
            format!("the namespace has the name of the API document {file}"),
            "choose another namespace",
        ),
        Clash::Tombstone(path) => (
            Code::TombstoneViolated,
            "/version",
            format!("this version was removed permanently ({path}) and cannot be published again"),
            "publish it under another version",
        ),
    }
}

/// Returns the patch release after the newest version of a server, when it has semantic versions.
fn next_version(server: &ServerFolder) -> Option<String> {
    let core = |text: &str| {
        let text = text.split(['-', '+']).next()?;
        let mut numbers = text.split('.').map(|n| n.parse::<u64>().ok());
        let core = [numbers.next()??, numbers.next()??, numbers.next()??];
        numbers.next().is_none().then_some(core)
    };
    let [major, minor, patch] = server.versions.iter().filter_map(|v| core(&v.version)).max()?;
    Some(format!("{major}.{minor}.{}", patch.checked_add(1)?))
}
