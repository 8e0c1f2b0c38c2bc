//! Vercel: rewrites and headers in `vercel.json`.
//!
//! Files come before rewrites, and no file has an address of the API. Rewrites cannot set a status, so an
//! unknown address below the API gets the HTML page for 404.

use serde_json::json;

use super::{Capabilities, Cors, Host, HostFile, Manner, Resolution, Whole};
use super::{edge, rules};

/// Vercel, deployed from the built folder.
pub(super) struct Vercel;

impl Host for Vercel {
    fn name(&self) -> &'static str {
        "vercel"
    }

    /// Limits of files depend on the plan and on the way of deployment, so none is held here.
    fn capabilities(&self) -> Capabilities {
        Capabilities::ruled(Resolution {
            folder_redirect: None,
            cors: Cors::Rules,
            manner: Manner {
                api_type: true,
                cache: Some("public, max-age=0, must-revalidate"),
                ..Manner::USUAL
            },
            ..Resolution::USUAL
        })
    }

    fn program(&self) -> Option<&'static str> {
        Some("edge.js")
    }

    /// Both forms of a name are rewritten, as one segment and as two: which of them arrives is not
    /// documented, and registries in production list both.
    fn extras(&self, whole: &Whole<'_>) -> Vec<HostFile> {
        let rewrites = rules::json_rewrites(rules::rewrites());
        let headers = rules::json_headers(whole, "/(.*)", "(.*)");
        let settings = json!({
            "$schema": "https://openapi.vercel.sh/vercel.json",
            "cleanUrls": false,
            "rewrites": rewrites,
            "headers": headers,
        });
        let mut files = vec![HostFile::text("vercel.json", rules::pretty(&settings))];
        files.extend(edge::files("", "middleware.js", edge::VERCEL));
        files
    }
}
