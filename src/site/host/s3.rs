//! Object stores: S3 and CloudFront, R2, Google Cloud Storage, Azure Blob Storage.
//!
//! An object's key is its address, so there are both `v0.1/servers` and `v0.1/servers/…`, which no file
//! system can hold. The tree on disk is the canonical one; `upload.tsv` lists the key, type and cache
//! class of each file, and `upload.sh` uploads what changed with the tools that are installed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::{Freshness, Media};
use super::{
    Artifact, Capabilities, Cors, Host, HostFile, Manner, Plus, Resolution, Shortfall, Whole,
};
use super::{canonical, is_spanning_v0, limits, plus, rules};

/// An object store.
pub(super) struct S3;

/// The script that applies the manifest.
const UPLOAD: &str = include_str!("../../../site/hosts/upload.sh");

/// A function for CloudFront: pages end in a slash, and a raw `+` would be read as a space.
const FUNCTION: &str = include_str!("../../../site/hosts/cloudfront.js");

/// The bucket's CORS rules, in the form that S3 and R2 take.
const CORS: &str = r#"{
  "CORSRules": [
    { "AllowedOrigins": ["*"], "AllowedMethods": ["GET", "HEAD"], "AllowedHeaders": ["*"], "MaxAgeSeconds": 86400 }
  ]
}
"#;

impl Host for S3 {
    fn name(&self) -> &'static str {
        "s3"
    }

    /// Headers are set with each object; no path is resolved in any way, and unknown keys are the
    /// operator's to answer with 404.
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            headers: true,
            ..Capabilities::files(Resolution {
                folder_redirect: None,
                indexes: &[],
                cors: Cors::Operator,
                preflight: Some(403),
                manner: Manner {
                    plus: Plus::Space,
                    unknown_type: Some("binary/octet-stream"),
                    ..Manner::USUAL
                },
                ..Resolution::USUAL
            })
        }
    }

    /// The canonical tree; a key without extension is made by the manifest, not by a file of that name.
    /// Documents below `/v0` that span servers are stored under a second key from the same file.
    fn lower(&self, artifact: &Artifact) -> Vec<HostFile> {
        if is_spanning_v0(artifact) { Vec::new() } else { vec![canonical(artifact)] }
    }

    /// None of these is in the manifest, so none of them becomes public but by hand.
    fn extras(&self, whole: &Whole<'_>) -> Vec<HostFile> {
        vec![
            HostFile::text("upload.tsv", manifest(whole)),
            HostFile::text("upload.sh", UPLOAD),
            HostFile::text("cors.json", CORS),
            HostFile::text("cloudfront.js", FUNCTION),
        ]
    }

    fn shortfalls(&self, whole: &Whole<'_>) -> Vec<Shortfall> {
        let why =
            "a store reads a raw `+` in a URL as a space unless cloudfront.js runs in front of it";
        let mut found = limits(self.name(), &self.capabilities(), &whole.totals);
        found.extend(plus(whole, why));
        found
    }
}

/// Returns one line for each object: key, file, content type, cache class, SHA-256; sorted by key.
fn manifest(whole: &Whole<'_>) -> String {
    let spanning: BTreeMap<String, &Artifact> =
        whole.spanning.iter().map(|artifact| (canonical(artifact).path, artifact)).collect();
    let mut lines: Vec<String> = Vec::with_capacity(whole.files.len() + 4);
    for row in whole.files {
        let known = spanning.get(&*row.path);
        let media = known.map_or_else(|| media_of(&row.path), |artifact| artifact.media);
        let freshness = known.map_or(Freshness::Revalidate, |artifact| artifact.freshness);
        let (media, cache) = (media.content_type(), freshness.cache_control());
        for key in keys(&row.path) {
            lines.push(format!("{key}\t{}\t{media}\t{cache}\t{}", row.path, row.sha256));
        }
    }
    lines.sort();
    let mut text = String::from("# key\tfile\tcontent type\tcache control\tsha256\n");
    for line in lines {
        let _ = writeln!(text, "{line}");
    }
    text
}

/// Returns the keys that a file is stored under. A page's is its file's, for index documents.
fn keys(path: &str) -> Vec<String> {
    let in_api = |path: &&str| path.starts_with("v0.1/") || path.starts_with("v0/");
    let Some(document) = path.strip_suffix("/index.json").filter(in_api) else {
        return vec![path.to_owned()];
    };
    let mut keys = vec![document.to_owned()];
    let name = document.trim_start_matches("v0.1/");
    if name == "servers" || rules::SMALL.contains(&name) {
        keys.push(format!("v0/{name}"));
    }
    keys
}

/// Returns the type that a file's extension tells.
fn media_of(path: &str) -> Media {
    match path.rsplit('.').next().unwrap_or_default() {
        "json" => Media::Json,
        "svg" => Media::Svg,
        _ => Media::Html,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_stored_under_its_address_and_a_page_under_its_file() {
        assert_eq!(keys("v0.1/servers/index.json"), ["v0.1/servers", "v0/servers"]);
        assert_eq!(
            keys("v0.1/servers/a.b/c/versions/1.0.0/index.json"),
            ["v0.1/servers/a.b/c/versions/1.0.0"]
        );
        assert_eq!(
            keys("v0/servers/a.b/c/versions/latest/index.json"),
            ["v0/servers/a.b/c/versions/latest"]
        );
        assert_eq!(keys("servers/a.b/c/index.html"), ["servers/a.b/c/index.html"]);
    }
}
