//! Netlify: forced 200 rules and a 404 rule in `_redirects`, headers in `_headers`.
//!
//! `netlify.toml` switches off the processing that would lower-case paths and add redirects.

use std::fmt::Write as _;

use super::{Capabilities, Cors, Host, HostFile, Manner, Order, Resolution, Whole};
use super::{edge, rules};

/// Netlify, deployed from the built folder.
pub(super) struct Netlify;

/// Settings that are read from the folder that is deployed.
const SETTINGS: &str = "[build]\npublish = \".\"\n\n[build.processing]\nskip_processing = true\n";

impl Host for Netlify {
    fn name(&self) -> &'static str {
        "netlify"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::ruled(Resolution {
            folder_redirect: None,
            html_suffix: true,
            cors: Cors::Rules,
            json_not_found: true,
            manner: Manner {
                rewrites: Order::First,
                loose_slash: true,
                api_type: true,
                cache: Some("public,max-age=0,must-revalidate"),
                ..Manner::USUAL
            },
            ..Resolution::USUAL
        })
    }

    fn program(&self) -> Option<&'static str> {
        Some("netlify/edge-functions/registry/edge.js")
    }

    /// Rules are forced, because a folder with the same name exists at the requested path.
    fn extras(&self, whole: &Whole<'_>) -> Vec<HostFile> {
        let mut text = String::new();
        for (from, to) in rules::rewrites() {
            let _ = writeln!(text, "{from} {to} 200!");
        }
        // What no rule above found below the API gets the API's body.
        text.push_str("/v0.1/* /404.json 404\n/v0/* /404.json 404\n");
        let folder = "netlify/edge-functions/registry";
        let program = edge::files(folder, "index.js", edge::NETLIFY);
        let mut files = vec![
            HostFile::text("_redirects", text),
            HostFile::text("_headers", rules::headers_file(whole)),
            HostFile::text("netlify.toml", SETTINGS),
        ];
        files.extend(program);
        files
    }
}
