//! GitHub Pages: serves `index.json` as a folder's index (after one redirect), decodes `%2F`, sends
//! `Access-Control-Allow-Origin: *` by itself and takes no rules of ours.

use super::{Body, Capabilities, Host, HostFile};

/// GitHub Pages, deployed by Actions or from a branch.
pub(super) struct GithubPages;

impl Host for GithubPages {
    fn name(&self) -> &'static str {
        "github-pages"
    }

    fn summary(&self) -> &'static str {
        "GitHub Pages: the canonical tree and .nojekyll"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            encoded_slash: true,
            // Documented limit of a published site.
            max_site_bytes: Some(1_000_000_000),
            ..Capabilities::default()
        }
    }

    fn extras(&self) -> Vec<HostFile> {
        // Without it a branch deployment passes through Jekyll, which drops dot folders.
        vec![HostFile { path: ".nojekyll".to_owned(), body: Body::default() }]
    }
}
