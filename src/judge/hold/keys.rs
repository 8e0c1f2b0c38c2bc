//! What is held back together: a version folder, an owners file with its proof, or a single file.

use crate::config::Config;
use crate::data::{DataPath, below, join};
use crate::proof::change::is_protected;

/// The end of the key of an owners file and its proof.
const PAIR: &str = "/*";

/// Returns a path, or the nearest folder above it, that a list of paths can name.
fn nameable(path: &str) -> String {
    let names = path.split('/').take_while(|name| !matches!(*name, "" | "." | ".."));
    names.collect::<Vec<_>>().join("/")
}

/// Names for what is held back together, in a repository whose data folder is at a prefix.
#[derive(Clone, Copy)]
pub(super) struct Keys<'a> {
    pub(super) prefix: &'a str,
}

impl Keys<'_> {
    /// Returns what a path is held back with: its version folder, its owners file and the proof of that, or
    /// itself. `None` for files that neither the site nor the gate reads.
    pub(super) fn of(self, path: &str, config: &Config) -> Option<String> {
        let Some(below) = below(self.prefix, path) else {
            let guarded = is_protected(path, &config.ownership.protect);
            return guarded.then(|| nameable(path));
        };
        Some(match DataPath::of(below) {
            DataPath::Owners { namespace } | DataPath::OwnersProof { namespace } => {
                self.owners(namespace)
            }
            _ if below.starts_with("servers/") => {
                let names: Vec<&str> = below.splitn(5, '/').take(4).collect();
                nameable(&join(self.prefix, &names.join("/")))
            }
            _ => nameable(path),
        })
    }

    /// Returns the key of the owners file of a namespace.
    pub(super) fn owners(self, namespace: &str) -> String {
        join(self.prefix, &format!("owners/{namespace}{PAIR}"))
    }

    /// Returns the paths of a key.
    pub(super) fn paths(self, key: &str) -> Vec<String> {
        match key.strip_suffix(PAIR) {
            Some(stem) => vec![format!("{stem}.toml"), format!("{stem}.proof.json")],
            None => vec![key.to_owned()],
        }
    }

    /// Returns a path as the list of what is held back has it.
    pub(super) fn listed(self, path: &str) -> String {
        below(self.prefix, path).map_or_else(|| format!("/{path}"), str::to_owned)
    }
}
