//! Entries that a change brings from another registry: derived again from it, byte for byte.
//!
//! Nobody claims the namespace of a mirrored entry; the registry that it names did that. So only the
//! registries that the settings trust are asked, and what they give must be what the change holds.

use std::collections::BTreeMap;

use crate::data::{Edit, EntryFile, read_json, read_origin};
use crate::diag::{Code, Diagnostic, Place};
use crate::error::{ErrorKind, Result};
use crate::import::{Filter, Present, Upstream, plan};
use crate::model::{ServerName, Version};
use crate::proof::Touched;
use crate::world::clock::Clock;
use crate::world::http::Http;

use super::ground::Ground;

/// What became of a mirrored entry.
pub(super) enum Mirrored {
    /// It is what the registry gives.
    Equal,
    /// A maintainer has to look, and why.
    Maintainer(String),
    /// It is not what the registry gives.
    Differs(Diagnostic),
    /// The registry did not answer.
    Unknown(String),
}

/// The registry that an entry says it was mirrored from.
pub(super) fn origin_of(touched: &Touched) -> Option<String> {
    registry_of(touched.files.get(&EntryFile::Origin)?.clone())
}

/// The registry that an `origin.json` names.
pub(super) fn registry_of(origin: Vec<u8>) -> Option<String> {
    let document = read_json("origin.json", origin).ok()?;
    read_origin("origin.json", &document).0.registry
}

/// Derives a mirrored entry again.
pub(super) fn derive(
    ground: &Ground<'_>,
    touched: &Touched,
    registry: &str,
    outside: Option<(&dyn Http, &dyn Clock)>,
) -> Result<Mirrored> {
    let trusted = ground.config.ownership.mirrors.iter().any(|mirror| mirror == registry);
    if !trusted {
        return Ok(Mirrored::Maintainer(format!(
            "it was mirrored from {registry}, which [ownership] mirrors does not name"
        )));
    }
    let Some((http, clock)) = outside else {
        return Ok(Mirrored::Maintainer(format!(
            "it was mirrored from {registry}, and the network is not used to compare it"
        )));
    };
    let change = &touched.change;
    let (Ok(name), Ok(version)) =
        (ServerName::parse(&change.server()), Version::parse(&change.version))
    else {
        return Ok(Mirrored::Maintainer("its name or version cannot be asked for".to_owned()));
    };
    let upstream =
        Upstream { http, clock, registry: registry.to_owned(), token: None, hear: &|_| {} };
    let reading = match upstream.entry(&name, Some(&version)) {
        Ok(reading) => reading,
        Err(e) if e.kind() == ErrorKind::Indeterminate => {
            return Ok(Mirrored::Unknown(format!("{e:#}")));
        }
        Err(e) => return Ok(Mirrored::Maintainer(format!("{e:#}"))),
    };
    let (present, all) = (Present::default(), Filter::default());
    let plan = plan(registry, vec![reading], &present, &all, clock.now());
    let mut expected = BTreeMap::new();
    for (path, edit) in plan.edits.iter() {
        if let Edit::Write(bytes) = edit {
            expected.insert(path.rsplit('/').next().unwrap_or(path).to_owned(), bytes.clone());
        }
    }
    Ok(compare(ground, touched, registry, &expected))
}

fn compare(
    ground: &Ground<'_>,
    touched: &Touched,
    registry: &str,
    expected: &BTreeMap<String, Vec<u8>>,
) -> Mirrored {
    for file in [EntryFile::Server, EntryFile::Origin, EntryFile::Status] {
        let (here, there) = (touched.files.get(&file), expected.get(file.file_name()));
        if here == there {
            continue;
        }
        let path = format!("{}/{}", touched.change.folder(), file.file_name());
        if file == EntryFile::Server {
            let message =
                format!("{registry} gives another document for {}", touched.change.server());
            return Mirrored::Differs(
                Diagnostic::new(
                    Code::OriginNotDerived,
                    Place::file(ground.display(&path)),
                    message,
                )
                .help("import it again and commit what `mcp-static import` writes"),
            );
        }
        return Mirrored::Maintainer(format!(
            "its {} is not what {registry} gives now; import it again, or let a maintainer decide",
            file.file_name()
        ));
    }
    Mirrored::Equal
}
