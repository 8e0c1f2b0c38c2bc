//! The program that answers list queries near the files of a site, as each host wants it.
//!
//! A host gets `site/edge.js` and an entry file, in the folder where it looks for programs, see
//! `docs/edge.md`.

use super::HostFile;

/// The module, the same for every host.
const MODULE: &str = include_str!("../../../site/edge.js");

/// What connects it to Cloudflare Pages.
pub(super) const CLOUDFLARE_PAGES: &str = include_str!("../../../site/edge/cloudflare-pages.js");
/// What connects it to Cloudflare Workers.
pub(super) const CLOUDFLARE_WORKERS: &str =
    include_str!("../../../site/edge/cloudflare-workers.js");
/// What connects it to Netlify.
pub(super) const NETLIFY: &str = include_str!("../../../site/edge/netlify.js");
/// What connects it to Vercel.
pub(super) const VERCEL: &str = include_str!("../../../site/edge/vercel.js");

/// The addresses whose requests are sent to the program; all others are answered from files, and on
/// most plans only requests to programs are counted.
pub const PATHS: [&str; 2] = ["/v0.1/servers", "/v0/servers"];

/// Returns the module and its entry, side by side in `folder`; the empty text is the site's root.
pub(super) fn files(folder: &str, entry: &str, text: &str) -> [HostFile; 2] {
    let path = |name: &str| {
        if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
    };
    [HostFile::text(&path(entry), text), HostFile::text(&path("edge.js"), MODULE)]
}
