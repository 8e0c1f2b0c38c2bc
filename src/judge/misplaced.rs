//! Files that look like entries but are not in a version folder, so they would not be published.

use serde::Deserialize;

use crate::data::{EntryFile, entry_folder, join};
use crate::diag::{Code, Diagnostic, Place};
use crate::error::Result;
use crate::model::{ServerName, Version};
use crate::text::visible;

use super::changeset::ChangeSet;

/// The name and version of a document.
#[derive(Deserialize)]
struct DocumentName {
    name: String,
    version: String,
}

/// Reports each misplaced file and where it belongs.
pub(super) fn find(set: &ChangeSet<'_>, found: &mut Vec<Diagnostic>) -> Result<()> {
    for (path, content) in &set.change.misplaced {
        let place = set.blob(*content)?.and_then(|bytes| {
            let named: DocumentName = serde_json::from_slice(&bytes).ok()?;
            Some((ServerName::parse(&named.name).ok()?, Version::parse(&named.version).ok()?))
        });
        let (message, help) = match place {
            Some((name, version)) => {
                let folder = entry_folder(&name, &version);
                let target = set.display(&format!("{folder}/{}", EntryFile::Server.file_name()));
                let message = format!(
                    "this is the document of {name} {version}, but it would not be published from here"
                );
                let help = match set.git.entry(set.head, &target)? {
                    Some(_) => format!("remove it: {target} is there already"),
                    None => format!(
                        "move it: `mkdir -p {}` and `git mv {} {target}`, or `mcp-static add {}`",
                        target.trim_end_matches("/server.json"),
                        quoted(path),
                        quoted(path)
                    ),
                };
                (message, help)
            }
            None => (
                "this file has no meaning here and would not be published".to_owned(),
                format!(
                    "an entry is {}; `mcp-static add FILE` puts a server.json there; remove any other file",
                    join(set.prefix, "servers/<namespace>/<name>/<version>/server.json")
                ),
            ),
        };
        found.push(Diagnostic::new(Code::ChangeMisplaced, Place::file(path), message).help(help));
    }
    Ok(())
}

/// Returns a path as an argument of a shell.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@".contains(c);
    match path.chars().all(plain) && !path.starts_with('-') {
        true => path.to_owned(),
        false => format!("'{}'", visible(path).replace('\'', "'\\''")),
    }
}
