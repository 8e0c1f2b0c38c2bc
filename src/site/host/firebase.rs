//! Firebase Hosting: documents as `index.html` twins, headers in `firebase.json`.
//!
//! `%2F` and `%2B` are not decoded when a file is looked up, so each document exists a second time in a
//! folder with that literal name. Clients write `%2F` in capitals; `%2f` is left out, because file systems
//! that ignore case cannot hold both.

use serde_json::json;

use super::{
    Artifact, Capabilities, Cors, EncodedSlash, Host, HostFile, Manner, Resolution, Whole,
};
use super::{canonical, is_document, is_spanning_v0, rules, twin};

/// Firebase Hosting.
pub(super) struct Firebase;

impl Host for Firebase {
    fn name(&self) -> &'static str {
        "firebase"
    }

    /// Firebase limits the size of a file, but not of the site.
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            max_file_bytes: Some(2_000_000_000),
            ..Capabilities::ruled(Resolution {
                encoded_slash: EncodedSlash::Kept,
                cors: Cors::Rules,
                preflight: None,
                manner: Manner {
                    loose_slash: true,
                    merged_slashes: true,
                    api_type: true,
                    unknown_type: None,
                    cache: Some("max-age=3600"),
                    ..Manner::USUAL
                },
                ..Resolution::USUAL
            })
        }
    }

    /// A document and its other spellings. Rewrites lead from the documents below `/v0` that span servers;
    /// others are copied, because a rewrite cannot take a name along.
    fn lower(&self, artifact: &Artifact) -> Vec<HostFile> {
        if is_spanning_v0(artifact) {
            return Vec::new();
        }
        if !is_document(artifact) {
            return vec![canonical(artifact)];
        }
        let file = twin(artifact);
        let paths = spellings(&file.path).into_iter().chain([file.path]);
        paths.map(|path| HostFile { path, body: file.body.clone() }).collect()
    }

    fn rewrites(&self) -> Vec<(String, String)> {
        rules::spanning_rewrites()
    }

    /// Headers go by path, so an unknown name below the API has the type of JSON with the body of a page.
    /// Rewrites name fixed files only: the product has no captures in destinations.
    fn extras(&self, whole: &Whole<'_>) -> Vec<HostFile> {
        let headers = rules::json_headers(whole, "**", "**");
        let old = rules::json_rewrites(self.rewrites());
        let settings = json!({
            "hosting": {
                "public": ".",
                "ignore": ["firebase.json", ".firebase/**", "firebase-debug.log"],
                "cleanUrls": false,
                "rewrites": old,
                "headers": headers,
            }
        });
        vec![HostFile::text("firebase.json", rules::pretty(&settings))]
    }
}

/// Returns the other paths that a document of a server is asked for under: with the slash of the name, and
/// with the `+` of the version, as they are encoded.
fn spellings(path: &str) -> Vec<String> {
    let Some((api, rest)) = path.split_once("/servers/") else { return Vec::new() };
    let Some((namespace, rest)) = rest.split_once('/') else { return Vec::new() };
    let encoded = format!("{api}/servers/{namespace}%2F{rest}");
    if !path.contains('+') {
        return vec![encoded];
    }
    let plus = |path: &str| path.replace('+', "%2B");
    vec![plus(&encoded), plus(path), encoded]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_exists_under_every_spelling() {
        assert_eq!(spellings("v0.1/servers/index.html"), Vec::<String>::new());
        assert_eq!(
            spellings("v0.1/servers/a.b/c/versions/1.0.0/index.html"),
            ["v0.1/servers/a.b%2Fc/versions/1.0.0/index.html"]
        );
        assert_eq!(spellings("v0.1/servers/a.b/c/versions/1.0.0+b/index.html").len(), 3);
        assert_eq!(
            spellings("v0/servers/a.b/c/versions/latest/index.html"),
            ["v0/servers/a.b%2Fc/versions/latest/index.html"]
        );
    }
}
