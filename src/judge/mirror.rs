//! Entries copied from another registry: fetched again and compared byte for byte.
//!
//! The namespace of a copied entry was proven to the registry that it names. So only registries that the
//! settings trust are queried, and what they serve must equal what the change holds.

use std::collections::BTreeMap;

use crate::data::{EntryFile, read_json, read_origin};
use crate::diag::{Code, Diagnostic};
use crate::proof::Touched;
use crate::proof::change::EntryChange;
use crate::world::clock::Clock;
use crate::world::http::Http;

use super::changeset::ChangeSet;

/// The result for a copied entry.
pub(super) enum Mirrored {
    /// It equals what the registry serves.
    Equal,
    /// A maintainer has to decide, and why.
    Maintainer(String),
    /// It differs from what the registry serves.
    Differs(Diagnostic),
    /// The registry did not answer.
    #[cfg_attr(not(feature = "import"), allow(dead_code))]
    Unknown(String),
}

/// Returns the registry that an entry was copied from, according to its `origin.json`.
pub(super) fn origin_of(touched: &Touched) -> Option<String> {
    registry_of(touched.files.get(&EntryFile::Origin)?.clone())
}

/// Returns the registry that an `origin.json` names.
pub(super) fn registry_of(origin: Vec<u8>) -> Option<String> {
    let document = read_json("origin.json", origin).ok()?;
    read_origin("origin.json", &document).0.registry
}

/// Derives a mirrored entry again from its registry and compares it; `outside` is `None` when the network is
/// not used.
pub(super) fn derive(
    set: &ChangeSet<'_>,
    touched: &Touched,
    registry: &str,
    outside: Option<(&dyn Http, &dyn Clock)>,
) -> Mirrored {
    let unverified =
        |why: &str| Mirrored::Maintainer(format!("it was mirrored from {registry}, {why}"));
    if !set.config.trusts_mirror(registry) {
        return unverified("which neither [ownership] mirrors nor a [[mirror]] names");
    }
    let Some((http, clock)) = outside.filter(|_| cfg!(feature = "import")) else {
        return unverified("and it cannot be compared without the network");
    };
    match expected_files(&touched.change, registry, http, clock) {
        Ok(expected) => compare(set, touched, registry, &expected),
        Err(mirrored) => mirrored,
    }
}

/// Returns the files that an import of the entry would write, by name.
#[cfg(feature = "import")]
fn expected_files(
    change: &EntryChange,
    registry: &str,
    http: &dyn Http,
    clock: &dyn Clock,
) -> Result<BTreeMap<String, Vec<u8>>, Mirrored> {
    use crate::data::Edit;
    use crate::error::ErrorKind;
    use crate::import::{Filter, Present, Upstream, plan};
    use crate::model::{ServerName, Version};

    let (Ok(name), Ok(version)) =
        (ServerName::parse(&change.server()), Version::parse(&change.version))
    else {
        return Err(Mirrored::Maintainer("its name or version is not valid".to_owned()));
    };
    let registry = registry.to_owned();
    let upstream =
        Upstream { http, clock, registry: registry.clone(), token: None, on_progress: &|_| {} };
    let reading = upstream.entry(&name, Some(&version)).map_err(|e| match e.kind() {
        ErrorKind::Indeterminate => Mirrored::Unknown(format!("{e:#}")),
        _ => Mirrored::Maintainer(format!("{e:#}")),
    })?;
    let (present, all) = (Present::default(), Filter::default());
    let plan = plan(&registry, vec![reading], &present, &all, clock.now());
    let files = plan.edits.iter().filter_map(|(path, edit)| match edit {
        Edit::Write(bytes) => Some((path.rsplit('/').next()?.to_owned(), bytes.clone())),
        _ => None,
    });
    Ok(files.collect())
}

#[cfg(not(feature = "import"))]
fn expected_files(
    _: &EntryChange,
    _: &str,
    _: &dyn Http,
    _: &dyn Clock,
) -> Result<BTreeMap<String, Vec<u8>>, Mirrored> {
    Err(Mirrored::Maintainer("this build cannot import".to_owned()))
}

fn compare(
    set: &ChangeSet<'_>,
    touched: &Touched,
    registry: &str,
    expected: &BTreeMap<String, Vec<u8>>,
) -> Mirrored {
    for file in [EntryFile::Server, EntryFile::Origin, EntryFile::Status] {
        let (here, there) = (touched.files.get(&file), expected.get(file.file_name()));
        if here == there {
            continue;
        }
        if file == EntryFile::Server {
            return Mirrored::Differs(set.diagnose(
                Code::OriginNotDerived,
                &touched.change.path(file),
                format!("{registry} serves another document for {}", touched.change.server()),
                "import it again and commit what `mcp-static import` writes",
            ));
        }
        return Mirrored::Maintainer(format!(
            "its {} is not what {registry} serves now; import it again, or let a maintainer decide",
            file.file_name()
        ));
    }
    Mirrored::Equal
}
