//! GitHub Pages: serves `index.json` as a folder's index (after one redirect), decodes `%2F`, sends
//! `Access-Control-Allow-Origin: *` by itself and takes no rules of ours.
//!
//! An `index.html` beside `index.json` would win, so below `/v0.1` there is none.

use super::{Body, Capabilities, Host, HostFile, Manner, Resolution, Whole};

/// GitHub Pages, deployed by Actions or from a branch.
pub(super) struct GithubPages;

impl Host for GithubPages {
    fn name(&self) -> &'static str {
        "github-pages"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            // Documented limit of a published site.
            max_site_bytes: Some(1_000_000_000),
            ..Capabilities::files(Resolution {
                indexes: &["index.html", "index.json"],
                html_suffix: true,
                manner: Manner { bare_folders: true, cache: Some("max-age=600"), ..Manner::USUAL },
                ..Resolution::USUAL
            })
        }
    }

    fn extras(&self, _: &Whole<'_>) -> Vec<HostFile> {
        // Without it a branch deployment passes through Jekyll, which drops dot folders.
        vec![HostFile { path: ".nojekyll".to_owned(), body: Body::default() }]
    }
}
