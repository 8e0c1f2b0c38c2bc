//! Rules that hosts have in common, before each host writes them in its own syntax.
//!
//! An address without an extension is answered from the `index.json` in its folder, every answer has the
//! CORS headers, and what never changes may be cached. `/v0` has the documents of `/v0.1`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::{Freshness, Media};
use super::Whole;

/// Page sizes of the list, for servers that choose a file by its query. A request gets the largest size
/// that does not exceed its limit; the API's default is 30, its maximum 100.
pub const PAGE_SIZES: [usize; 5] = [1, 10, 30, 50, 100];

/// Headers of every answer: redirects and errors too, or a browser hides them from the page that asked.
pub const COMMON: [(&str, &str); 4] = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET, OPTIONS"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type"),
    ("X-Content-Type-Options", "nosniff"),
];

/// The small documents beside the list.
pub(super) const SMALL: [&str; 3] = ["health", "ping", "version"];

/// From address patterns to files of the canonical tree; `:word` matches one segment. A server's
/// name comes as one segment where a host matches before it decodes, else as two.
pub(super) fn rewrites() -> Vec<(String, String)> {
    let mut rules = Vec::new();
    let mut same = |from: &str, to: &str| rules.push((from.to_owned(), format!("{to}/index.json")));
    for api in ["/v0.1", "/v0"] {
        for name in ["servers"].into_iter().chain(SMALL) {
            same(&format!("{api}/{name}"), &format!("/v0.1/{name}"));
        }
    }
    for api in ["/v0.1", "/v0"] {
        for name in [":namespace/:name", ":name"] {
            for last in ["", "/:version"] {
                let path = format!("/servers/{name}/versions{last}");
                same(&format!("{api}{path}"), &format!("/v0.1{path}"));
            }
        }
    }
    rules
}

/// From the documents below `/v0` that span servers to twins below `/v0.1`, for hosts without captures.
pub(super) fn spanning_rewrites() -> Vec<(String, String)> {
    let names = ["servers"].into_iter().chain(SMALL);
    names.map(|name| (format!("/v0/{name}"), format!("/v0.1/{name}/index.html"))).collect()
}

/// Returns the addresses of files that never change, from the site's root.
pub fn immutable(whole: &Whole<'_>) -> Vec<String> {
    let fixed = whole.spanning.iter().filter(|a| a.freshness == Freshness::Immutable);
    let mut paths: Vec<String> = fixed.map(|artifact| artifact.path.to_string()).collect();
    paths.sort();
    paths
}

/// Returns the files at the root whose type does not follow from their extension, with that type.
pub fn explicit_types(whole: &Whole<'_>) -> Vec<(String, &'static str)> {
    let explicit = |media: Media| matches!(media, Media::Atom | Media::Problem | Media::Yaml);
    let files = whole.spanning.iter().filter(|artifact| explicit(artifact.media));
    let mut files: Vec<_> =
        files.map(|artifact| (artifact.path.to_string(), artifact.media.content_type())).collect();
    files.sort();
    files
}

/// Most rules in a `_headers` file, less those that do not name a file.
const MAX_IMMUTABLE: usize = 80;

/// Returns a `_headers` file, as Cloudflare and Netlify read it.
pub(super) fn headers_file(whole: &Whole<'_>) -> String {
    let mut text = String::new();
    let mut rule = |path: &str, headers: &[(&str, &str)]| {
        let _ = writeln!(text, "{path}");
        for (name, value) in headers {
            let _ = writeln!(text, "  {name}: {value}");
        }
    };
    rule("/*", &COMMON);
    let short = ("Cache-Control", Freshness::Revalidate.cache_control());
    for api in ["/v0.1/*", "/v0/*"] {
        rule(api, &[("Content-Type", Media::Json.content_type()), short]);
    }
    for (path, media) in explicit_types(whole) {
        rule(&path, &[("Content-Type", media)]);
    }
    for path in immutable(whole).iter().take(MAX_IMMUTABLE) {
        rule(path, &[("Cache-Control", Freshness::Immutable.cache_control())]);
    }
    text
}

/// Returns the same headers as JSON, as Vercel and Firebase read them. `all` is the pattern of every address,
/// `below` what follows a folder to mean everything in it.
pub(super) fn json_headers(whole: &Whole<'_>, all: &str, below: &str) -> Vec<Value> {
    let rule = |source: &str, headers: &[(&str, &str)]| {
        let header = |(key, value): &(&str, &str)| json!({ "key": key, "value": value });
        json!({ "source": source, "headers": headers.iter().map(header).collect::<Vec<_>>() })
    };
    let short = ("Cache-Control", Freshness::Revalidate.cache_control());
    let json_type = ("Content-Type", Media::Json.content_type());
    let mut headers = vec![rule(all, &COMMON)];
    for api in ["/v0.1/", "/v0/"] {
        headers.push(rule(&format!("{api}{below}"), &[json_type, short]));
    }
    for (path, media) in explicit_types(whole) {
        headers.push(rule(&path, &[("Content-Type", media)]));
    }
    for path in immutable(whole) {
        headers.push(rule(&path, &[("Cache-Control", Freshness::Immutable.cache_control())]));
    }
    headers
}

/// Rewrites as JSON, as both read them.
pub(super) fn json_rewrites(rewrites: Vec<(String, String)>) -> Vec<Value> {
    let rule = |(from, to)| json!({ "source": from, "destination": to });
    rewrites.into_iter().map(rule).collect()
}

/// Fills in the `@key@` words of a configuration.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(template.to_owned(), |text, (key, value)| text.replace(&format!("@{key}@"), value))
}

/// Returns a regular expression that matches the path of the base URL or nothing.
pub(super) fn optional(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("(?:{})?", literal(path)) }
}

/// Returns indented JSON with a line break at its end.
pub(super) fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

/// Escapes a text for a regular expression.
pub(super) fn literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if !c.is_ascii_alphanumeric() && !matches!(c, '/' | '-' | '_') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}
