//! Cloudflare: Pages, and Workers with static assets.
//!
//! Pages supports rewrites (status 200) in `_redirects`. Workers matches a rule against its own result
//! again, which loses the list of versions; there every document is an `index.html`, with its type in
//! `_headers`, after one redirect. Both answer unknown paths with the `404.html` of the nearest parent
//! folder, so the API has its own; without any, Pages answers with the front page and 200.

use std::fmt::Write as _;

use serde_json::json;

use super::{
    Artifact, Capabilities, Cors, EncodedSlash, Host, HostFile, Manner, Order, Resolution, Whole,
};
use super::{canonical, edge, is_document, rules, twin};

/// Cloudflare Pages.
pub(super) struct Pages;

/// Cloudflare Workers with static assets, and a script for queries.
pub(super) struct Workers;

/// What both products take; files per site on the paid plan and on the other, bytes per file.
const SHARED: Capabilities = Capabilities {
    max_files: Some(100_000),
    free_files: Some(20_000),
    max_file_bytes: Some(25 * 1024 * 1024),
    ..Capabilities::ruled(Resolution {
        folder_redirect: Some(308),
        html_suffix: true,
        cors: Cors::Rules,
        json_not_found: true,
        manner: Manner {
            rewrites: Order::First,
            clean: true,
            api_type: true,
            cache: Some("public, max-age=0, must-revalidate"),
            cached_redirects: false,
            ..Manner::USUAL
        },
        ..Resolution::USUAL
    })
};

/// Returns the API's body for unknown names as the `404.html` of its folders.
fn nearest_not_found(whole: &Whole<'_>) -> Vec<HostFile> {
    let found = whole.spanning.iter().find(|artifact| artifact.path.as_str() == "404.json");
    let body = found.map(|artifact| artifact.body.clone()).unwrap_or_default();
    let file = |api: &str| HostFile { path: format!("{api}/404.html"), body: body.clone() };
    ["v0.1", "v0"].map(file).into()
}

impl Host for Pages {
    fn name(&self) -> &'static str {
        "cloudflare-pages"
    }

    fn capabilities(&self) -> Capabilities {
        let manner = Manner {
            loose_program: true,
            error_cache: Some("no-store"),
            ..SHARED.resolution.manner
        };
        Capabilities { resolution: Resolution { manner, ..SHARED.resolution }, ..SHARED }
    }

    fn program(&self) -> Option<&'static str> {
        Some("_worker.js/edge.js")
    }

    fn extras(&self, whole: &Whole<'_>) -> Vec<HostFile> {
        let mut text = String::new();
        for (from, to) in rules::rewrites() {
            let _ = writeln!(text, "{from} {to} 200");
        }
        let mut files = nearest_not_found(whole);
        files.extend(edge::files("_worker.js", "index.js", edge::CLOUDFLARE_PAGES));
        let routes = json!({ "version": 1, "include": edge::PATHS, "exclude": [] });
        files.push(HostFile::text("_routes.json", rules::pretty(&routes)));
        files.push(HostFile::text("_redirects", text));
        files.push(HostFile::text("_headers", rules::headers_file(whole)));
        files
    }
}

/// The folder of the assets; settings, the program and wrangler's own files are beside it.
const PUBLIC: &str = "public";

/// Returns a file among the assets of Workers.
fn public(file: HostFile) -> HostFile {
    HostFile { path: format!("{PUBLIC}/{}", file.path), ..file }
}

/// Settings for `wrangler deploy`, run in the output folder.
const WRANGLER: &str = r#"{
  "$schema": "https://unpkg.com/wrangler/config-schema.json",
  "name": "mcp-registry",
  "compatibility_date": "2025-01-01",
  "main": "edge/index.js",
  "assets": {
    "directory": "./public",
    "binding": "ASSETS",
    "run_worker_first": ["/v0.1/servers", "/v0/servers"],
    "html_handling": "auto-trailing-slash",
    "not_found_handling": "404-page"
  }
}
"#;

impl Host for Workers {
    fn name(&self) -> &'static str {
        "cloudflare-workers"
    }

    /// `%2F`, `+` and a missing slash are redirected to the plain spelling first.
    fn capabilities(&self) -> Capabilities {
        let resolution = Resolution {
            encoded_slash: EncodedSlash::Redirected(307),
            folder_redirect: Some(307),
            manner: Manner { merged_slashes: true, unknown_type: None, ..SHARED.resolution.manner },
            ..SHARED.resolution
        };
        Capabilities { rewrites: false, resolution, ..SHARED }
    }

    fn program(&self) -> Option<&'static str> {
        Some("edge/edge.js")
    }

    fn root(&self) -> &'static str {
        PUBLIC
    }

    fn lower(&self, artifact: &Artifact) -> Vec<HostFile> {
        vec![public(if is_document(artifact) { twin(artifact) } else { canonical(artifact) })]
    }

    fn extras(&self, whole: &Whole<'_>) -> Vec<HostFile> {
        let mut files = nearest_not_found(whole);
        files.push(HostFile::text("_headers", rules::headers_file(whole)));
        let mut files: Vec<HostFile> = files.into_iter().map(public).collect();
        files.extend(edge::files("edge", "index.js", edge::CLOUDFLARE_WORKERS));
        files.push(HostFile::text("wrangler.jsonc", WRANGLER));
        files
    }
}
