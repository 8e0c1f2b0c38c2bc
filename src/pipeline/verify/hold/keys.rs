//! What is held back together: a version folder, an owners file with its proof, or a single file.

use crate::config::Config;
use crate::data::DataPath;
use crate::proof::change::is_protected;

use super::super::ground::join;

/// Names for what is held back together, in a repository whose data folder is at a prefix.
#[derive(Clone, Copy)]
pub(super) struct Keys<'a> {
    pub(super) prefix: &'a str,
}

impl Keys<'_> {
    /// What a path is held back with: its version folder, its owners file and the proof of that, or
    /// itself. `None` for files that neither the site nor the gate reads.
    pub(super) fn of(self, path: &str, config: &Config) -> Option<String> {
        let Some(below) = self.below(path) else {
            return is_protected(path, &config.ownership.protect).then(|| path.to_owned());
        };
        match DataPath::of(below) {
            DataPath::Owners { namespace } | DataPath::OwnersProof { namespace } => {
                Some(join(self.prefix, &format!("owners/{namespace}")))
            }
            _ if below.starts_with("servers/") => {
                let names: Vec<&str> = below.splitn(5, '/').take(4).collect();
                Some(join(self.prefix, &names.join("/")))
            }
            _ => Some(path.to_owned()),
        }
    }

    /// The paths that a key stands for.
    pub(super) fn paths(self, key: &str) -> Vec<String> {
        match key.strip_prefix(&join(self.prefix, "owners/")) {
            Some(_) => vec![format!("{key}.toml"), format!("{key}.proof.json")],
            None => vec![key.to_owned()],
        }
    }

    /// How a path is written in the list of what is held back.
    pub(super) fn listed(self, path: &str) -> String {
        self.below(path).map_or_else(|| format!("/{path}"), str::to_owned)
    }

    fn below(self, path: &str) -> Option<&str> {
        match self.prefix {
            "" => Some(path),
            prefix => path.strip_prefix(prefix)?.strip_prefix('/'),
        }
    }
}
