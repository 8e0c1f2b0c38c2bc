//! GitLab Pages: rewrites by `_redirects`, no headers of ours, `index.html` as the only index.
//!
//! An existing folder takes precedence over rules and is answered with a redirect, so the documents are
//! below `/v0.1/_data/`. On the default domains rules begin with the project's path, which is taken from
//! the base URL.

use std::fmt::Write as _;

use super::{Artifact, Capabilities, Host, HostFile, Manner, Resolution, Shortfall, Whole};
use super::{canonical, is_document, limits, rules};

/// GitLab Pages, deployed by a CI job whose artifact is the folder `public`.
pub(super) struct GitlabPages;

/// Folder of the documents, below `/v0.1/`.
const DATA: &str = "_data";

/// Returns a path of the canonical tree, moved.
fn moved(path: &str) -> String {
    match path.split_once("v0.1/") {
        Some((before, rest)) => format!("{before}v0.1/{DATA}/{rest}"),
        None => path.to_owned(),
    }
}

impl Host for GitlabPages {
    fn name(&self) -> &'static str {
        "gitlab-pages"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            rewrites: true,
            // On gitlab.com; other instances have their own limit.
            max_site_bytes: Some(1_000_000_000),
            ..Capabilities::files(Resolution {
                folder_redirect: Some(302),
                html_suffix: true,
                manner: Manner {
                    loose_slash: true,
                    bare_folders: true,
                    cache: Some("max-age=600"),
                    ..Manner::USUAL
                },
                ..Resolution::USUAL
            })
        }
    }

    fn lower(&self, artifact: &Artifact) -> Vec<HostFile> {
        if artifact.is_v0() {
            return Vec::new();
        }
        let mut file = canonical(artifact);
        if is_document(artifact) {
            file.path = moved(&file.path);
        }
        vec![file]
    }

    fn rewrites(&self) -> Vec<(String, String)> {
        rules::rewrites().into_iter().map(|(from, to)| (from, moved(&to))).collect()
    }

    /// Targets are files in full, so that no folder is redirected; nothing is at the address itself.
    fn extras(&self, whole: &Whole<'_>) -> Vec<HostFile> {
        let base = whole.base_path.unwrap_or_default();
        let mut text = String::new();
        for (from, to) in self.rewrites() {
            let _ = writeln!(text, "{base}{from} {base}{to} 200");
        }
        vec![HostFile::text("_redirects", text)]
    }

    fn shortfalls(&self, whole: &Whole<'_>) -> Vec<Shortfall> {
        let mut found = limits(self.name(), &self.capabilities(), &whole.totals);
        if whole.base_path.is_none() {
            found.push(Shortfall::warning(
                "GitLab's rules begin with the project's path, and no base URL is known, so they work only on a custom domain",
                "give --base-url, or set base_url in registry.toml",
            ));
        }
        found
    }
}
