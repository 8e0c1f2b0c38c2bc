//! Vercel: rewrites and headers in `vercel.json`.
//!
//! A rewrite is looked for after the files, and no file stands at an address of the API. It cannot set
//! a status, so a wrong address below the API gets the page for wrong links, with the right status.

use serde_json::{Value, json};

use super::super::{Freshness, Media};
use super::{Artifact, Capabilities, Cors, Host, HostFile, Manner, Resolution, Whole};
use super::{canonical, edge, is_v0, rules};

/// Vercel, deployed from the built folder.
pub(super) struct Vercel;

impl Host for Vercel {
    fn name(&self) -> &'static str {
        "vercel"
    }

    fn summary(&self) -> &'static str {
        "Vercel: the canonical tree and vercel.json"
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

    fn answers_queries(&self) -> bool {
        true
    }

    /// Below `/v0` nothing, as rewrites lead from there.
    fn lower(&self, artifact: &Artifact) -> Vec<HostFile> {
        if is_v0(artifact) { Vec::new() } else { vec![canonical(artifact)] }
    }

    /// Both forms of a name are rewritten, as one segment and as two: which of them arrives is not
    /// documented, and registries in production list both.
    fn extras(&self, whole: &Whole<'_>) -> Vec<HostFile> {
        let rewrites: Vec<Value> = rules::rewrites()
            .into_iter()
            .map(|(from, to)| json!({ "source": from, "destination": to }))
            .collect();
        let rule = |source: &str, headers: &[(&str, &str)]| {
            let header = |(key, value): &(&str, &str)| json!({ "key": key, "value": value });
            json!({ "source": source, "headers": headers.iter().map(header).collect::<Vec<_>>() })
        };
        let short = ("Cache-Control", Freshness::Revalidate.cache_control());
        let json_type = ("Content-Type", Media::Json.content_type());
        let mut headers = vec![
            rule("/(.*)", &rules::COMMON),
            rule("/v0.1/(.*)", &[json_type, short]),
            rule("/v0/(.*)", &[json_type, short]),
        ];
        for (path, media) in rules::odd_types(whole) {
            headers.push(rule(&path, &[("Content-Type", media)]));
        }
        for path in rules::immutable(whole) {
            headers.push(rule(&path, &[("Cache-Control", Freshness::Immutable.cache_control())]));
        }
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
