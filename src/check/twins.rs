//! Finds names that people mistake for each other.
//!
//! Most people choose from a list by looking. Names of one namespace have one owner, so alike ones are
//! a mistake more often than a trick, and a warning is enough. Names that look alike across namespaces
//! are checked when they are proposed, by the same outline.

use std::collections::BTreeMap;

use unicode_security::confusable_detection::skeleton;

use super::registry::folder;
use crate::data::{ServerFolder, Tree};
use crate::diag::{Code, Diagnostic, Place};
use crate::error::Result;
use crate::model::ServerName;

/// Returns what a name looks like: punycode as its letters, in lower case, with characters that
/// look alike made equal.
pub fn outline(name: &str) -> String {
    let decoded = ServerName::parse(name)
        .ok()
        .and_then(|parsed| Some(format!("{}/{}", parsed.namespace().decoded()?, parsed.name())));
    let name = decoded.as_deref().unwrap_or(name);
    skeleton(&name.to_lowercase()).collect()
}

/// Reports servers of one namespace whose names differ by nothing but their case, their separators
/// or characters that look alike.
pub fn confusable_names(tree: &Tree) -> Result<Vec<Diagnostic>> {
    let mut first: BTreeMap<(String, String), &ServerFolder> = BTreeMap::new();
    let mut findings = Vec::new();
    for server in tree.servers() {
        let namespace = server.namespace.to_ascii_lowercase();
        let name = server.name.replace(['_', '.'], "-");
        // A capital I is an l to the eye and an i in lower case.
        let seen: String = skeleton(&name).collect();
        let mut twin: Option<&ServerFolder> = None;
        for outline in [seen.to_lowercase(), outline(&name)] {
            let earlier = *first.entry((namespace.clone(), outline)).or_insert(server);
            // Case alone is an error already.
            twin = twin.or(Some(earlier).filter(|e| !e.name.eq_ignore_ascii_case(&server.name)));
        }
        if let Some(twin) = twin {
            findings.push(finding(tree, server, twin)?);
        }
    }
    Ok(findings)
}

fn finding(tree: &Tree, server: &ServerFolder, twin: &ServerFolder) -> Result<Diagnostic> {
    let place = |server| Place::file(folder(tree, server));
    let message = format!("{:?} is easily mistaken for {:?}", &*server.name, &*twin.name);
    let diagnostic = Diagnostic::new(Code::NameConfusable, place(server), message)
        .label(place(twin), "the other one")
        .help("rename the newer one, or deprecate the one that is not used any more");
    let mut mirrored = !server.versions.is_empty();
    for version in &server.versions {
        mirrored &= tree.mirrored_from(server, version)?.is_some();
    }
    Ok(if mirrored { diagnostic.as_note() } else { diagnostic })
}
