//! Files that were meant to be entries and are not in a version folder, where nothing would publish them.

use serde::Deserialize;

use crate::data::EntryFile;
use crate::diag::{Code, Diagnostic, Place};
use crate::error::Result;
use crate::model::{ServerName, Version};
use crate::text::visible;

use super::ground::{Ground, join};

/// What a document says of its place.
#[derive(Deserialize)]
struct Named {
    name: String,
    version: String,
}

/// Says of each misplaced file what it is and where it belongs.
pub(super) fn find(ground: &Ground<'_>, found: &mut Vec<Diagnostic>) -> Result<()> {
    for (path, content) in &ground.change.misplaced {
        let named = match ground.blob(*content)? {
            Some(bytes) => serde_json::from_slice::<Named>(&bytes).ok(),
            None => None,
        };
        let place = named.and_then(|named| {
            let name = ServerName::parse(&named.name).ok()?;
            let version = Version::parse(&named.version).ok()?;
            Some((name, version))
        });
        let (message, help) = match place {
            Some((name, version)) => {
                let folder = crate::data::entry_folder(&name, &version);
                let target = ground.display(&format!("{folder}/{}", EntryFile::Server.file_name()));
                let message = format!(
                    "this is the document of {name} {version}, but nothing is published from this place"
                );
                let help = match ground.git.entry(ground.head, &target)? {
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
                "this file has no meaning here, and nothing is published from this place"
                    .to_owned(),
                format!(
                    "an entry is {}; `mcp-static add FILE` puts a server.json there; remove any other file",
                    join(ground.prefix, "servers/<namespace>/<name>/<version>/server.json")
                ),
            ),
        };
        found.push(Diagnostic::new(Code::ChangeMisplaced, Place::file(path), message).help(help));
    }
    Ok(())
}

/// A path as an argument of a shell.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@".contains(c);
    match path.chars().all(plain) && !path.starts_with('-') {
        true => path.to_owned(),
        false => format!("'{}'", visible(path).replace('\'', "'\\''")),
    }
}
