//! Checks which names may become words of a command line or parts of a link.
//!
//! Quoting protects a word from the shell, but not from a package manager that takes it for an option, a
//! path or a URL. So a name that its ecosystem could not have is refused, and a sentence is shown in
//! place of the snippet.

use crate::model::{Naming, PackageType, is_package_word};

/// Why there is no snippet: a plain sentence without the offending text.
pub type Refusal = &'static str;

/// Checks that a package registry of this type could hold the name.
pub fn package(kind: &PackageType, identifier: &str) -> Result<(), Refusal> {
    let is_file = || identifier.starts_with("https://") && web_url(identifier).is_some();
    let valid = kind.is_name(identifier) || (kind.naming == Naming::Url && is_file());
    require(
        valid,
        "The package's name is not one that its registry could hold, so no command is shown.",
    )
}

/// Checks a package's version.
pub fn version(version: &str) -> Result<(), Refusal> {
    let valid = is_package_word(version, b"._+!-");
    require(valid, "The package's version is not a plain version, so no command is shown.")
}

/// Checks the name of an environment variable.
pub fn variable(name: &str) -> Result<(), Refusal> {
    let valid = !name.starts_with('-') && is_name(name, b"_-.");
    require(
        valid,
        "The name of an environment variable has unexpected characters, so no command is shown.",
    )
}

/// Checks a header's name.
pub fn header(name: &str) -> Result<(), Refusal> {
    let valid = is_name(name, b"!#$%&'*+-.^_`|~");
    require(valid, "The name of a header has unexpected characters, so no configuration is shown.")
}

fn is_name(name: &str, marks: &[u8]) -> bool {
    name.len() <= 200 && name.bytes().all(|b| b.is_ascii_alphanumeric() || marks.contains(&b))
}

fn require(valid: bool, refusal: Refusal) -> Result<(), Refusal> {
    if valid { Ok(()) } else { Err(refusal) }
}

/// Returns `url` if it is http or https with a host, without user information, and holds only characters
/// that a URL may hold. A URL with an asterisk is refused because an allowlist would read it as a
/// pattern.
pub fn web_url(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = |b: u8| b.is_ascii_alphanumeric() || b"-._~:[]".contains(&b);
    let other = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()+,;=%".contains(&b);
    let valid = !authority.is_empty()
        && !authority.starts_with(':')
        && authority.bytes().all(host)
        && rest.bytes().all(other)
        && url.len() <= 2048;
    valid.then_some(url)
}

/// Whether the fixed text of a remote holds an expression such as `${TOKEN}`, which a client would replace
/// with a value from the user's machine and send to the remote.
pub fn expands(text: &str) -> bool {
    let dollar = text.match_indices('$').any(|(at, _)| {
        text[at + 1..]
            .starts_with(|c: char| c == '{' || c == '(' || c == '_' || c.is_ascii_alphabetic())
    });
    dollar || text.contains("{env:") || text.contains("{file:")
}

/// Most characters of a key. Clients put it before the name of every tool, and some models take tool
/// names of at most 64 characters.
const KEY_MAX: usize = 40;

/// Names that say nothing without the namespace: many servers are called so.
const GENERIC: &[&str] = &["api", "mcp", "mcp-server", "remote", "server"];

/// Returns the last part of a server's name as a key that every client accepts: letters, digits, `_` and
/// `-`. A name that many servers have comes after the last label of the namespace.
pub fn key(server: &str) -> String {
    let (namespace, name) = server.rsplit_once('/').unwrap_or(("", server));
    let dash = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let label = namespace.rsplit('.').next().unwrap_or_default();
    let generic = GENERIC.iter().any(|word| name.eq_ignore_ascii_case(word)) && !label.is_empty();
    let full = if generic { format!("{label}-{name}") } else { name.to_owned() };
    let key: String = full.chars().map(dash).take(KEY_MAX).collect();
    let key = key.trim_matches('-');
    if key.is_empty() { "server".to_owned() } else { key.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_accepted_or_refused() {
        for (kind, name, valid) in [
            ("npm", "@scope/a.b", true),
            ("npm", "left-pad", true),
            ("npm", "-rf", false),
            ("npm", "@scope/../a", false),
            ("npm", "@-a/b", false),
            ("npm", "a b", false),
            ("npm", "https://evil.example/a.tgz", false),
            ("npm", "a@1", false),
            ("pypi", "a_b.c", true),
            ("pypi", "a;rm", false),
            ("oci", "ghcr.io/a/b:1@sha256:00", true),
            ("oci", "--privileged", false),
            ("nuget", "A.B", true),
            ("mcpb", "https://a.example/b.mcpb", true),
            ("mcpb", "http://a.example/b.mcpb", false),
            ("mcpb", "javascript:alert(1)", false),
        ] {
            let kind = PackageType::named(kind).unwrap();
            assert_eq!(package(kind, name).is_ok(), valid, "{name}");
        }
    }

    #[test]
    fn keys_are_what_every_client_accepts() {
        for (name, expected) in [
            ("com.example/tides", "tides"),
            ("com.example/a.b_c", "a-b_c"),
            ("com.supabase/mcp", "supabase-mcp"),
            ("io.github.alice/MCP-Server", "alice-MCP-Server"),
            ("com.example/...", "server"),
            ("tides", "tides"),
        ] {
            assert_eq!(key(name), expected);
        }
        assert_eq!(key(&format!("a/{}-b", "x".repeat(39))), "x".repeat(39));
    }

    #[test]
    fn only_plain_web_addresses_are_urls() {
        for (url, valid) in [
            ("https://a.example/b?c=d", true),
            ("HTTP://127.0.0.1:80/", true),
            ("javascript:alert(1)", false),
            ("javascript://a.example/%0aalert(1)", false),
            ("https://user:pass@a.example", false),
            ("https:///a", false),
            ("https://a.example/\"x", false),
            ("https://a.example/ b", false),
            ("https://ａ.example", false),
            ("data:text/html,x", false),
            ("https://*/", false),
            ("https://a.example/*", false),
        ] {
            assert_eq!(web_url(url).is_some(), valid, "{url}");
        }
    }

    #[test]
    fn expressions_of_clients_are_found() {
        assert!(expands("Bearer ${TOKEN}") && expands("$HOME") && expands("{env:A}"));
        assert!(!expands("costs 5$") && !expands("$1 {a}"));
    }
}
