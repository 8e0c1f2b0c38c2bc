//! `[[mirror]]`: which servers `sync` copies from another registry, and how.

use serde::Deserialize;

use super::channels::is_variable;
use super::problems::Problems;
use crate::model::pattern::matches;
use crate::model::{ServerName, Version};

/// Base URL of the official registry.
pub const OFFICIAL_REGISTRY: &str = "https://registry.modelcontextprotocol.io";

/// Most entries that one run may mark as deleted, if the settings do not say it.
const MAX_DELETIONS: usize = 25;

/// One `[[mirror]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    /// Base URL of the registry, without a trailing slash.
    pub from: String,
    /// Which servers and versions come in.
    pub servers: Vec<Selector>,
    /// Patterns of names that do not come in, whatever `servers` says.
    pub exclude: Vec<String>,
    /// What happens here when the status of a mirrored entry changes there.
    pub status: StatusChanges,
    /// Most entries that one run may mark as deleted.
    pub max_deletions: usize,
    /// Environment variable that holds a bearer token for the registry.
    pub token_env: Option<String>,
}

/// What happens to an entry whose status changed in its registry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusChanges {
    /// It has the new status here too.
    #[default]
    Follow,
    /// It stays as it is, and the difference is reported.
    Report,
}

/// Servers and versions: `NAME`, `NAME@latest`, `NAME@RANGE` or `NAME@VERSION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    /// The selector as written.
    pub text: String,
    /// Pattern of names.
    pub name: String,
    /// Which of their versions.
    pub versions: VersionChoice,
}

/// VersionChoice of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionChoice {
    /// All of them.
    All,
    /// The one that its registry calls the latest.
    Latest,
    /// This one.
    One(String),
    /// Those in a range of semantic versions.
    Range(semver::VersionReq),
}

impl Selector {
    /// Reads a selector.
    ///
    /// # Errors
    /// With what is wrong and what to write instead.
    fn parse(text: &str) -> Result<Self, (String, &'static str)> {
        let (name, versions) = text.split_once('@').map_or((text, None), |(n, v)| (n, Some(v)));
        if !is_name(name) {
            let message = format!("{text:?} does not begin with a server's name or a pattern");
            return Err((message, "write a name or a pattern, such as \"com.example/*@latest\""));
        }
        let versions = match versions {
            None | Some("*") => VersionChoice::All,
            Some("latest") => VersionChoice::Latest,
            Some(range) if is_range(range) => match semver::VersionReq::parse(range) {
                Ok(range) => VersionChoice::Range(range),
                Err(e) => {
                    let message = format!("{range:?} is not a range of versions: {e}");
                    return Err((
                        message,
                        "write a range such as \"^1.2\", \"~1.2.3\" or \">=1.2, <2\"",
                    ));
                }
            },
            Some(version) if Version::parse(version).is_ok() => {
                VersionChoice::One(version.to_owned())
            }
            Some(version) => {
                let message = format!("{version:?} is not a version");
                return Err((
                    message,
                    "write \"latest\", a range such as \"^1.2\", or one version",
                ));
            }
        };
        Ok(Self { text: text.to_owned(), name: name.to_owned(), versions })
    }

    /// Whether it is the name of one server and not a pattern.
    pub fn is_exact(&self) -> bool {
        !self.name.contains(['*', '?'])
    }

    /// Whether it is about servers of this name.
    pub fn names(&self, name: &str) -> bool {
        matches(&self.name, name)
    }
}

impl VersionChoice {
    /// Whether a version is one of them; `is_latest` is what its registry says.
    pub fn contain(&self, version: &str, is_latest: bool) -> bool {
        match self {
            Self::All => true,
            Self::Latest => is_latest,
            Self::One(one) => one == version,
            Self::Range(range) => {
                semver::Version::parse(version).is_ok_and(|version| range.matches(&version))
            }
        }
    }
}

impl Mirror {
    /// Whether a version comes in; `is_latest` is what its registry says.
    pub fn selects(&self, name: &str, version: &str, is_latest: bool) -> bool {
        let selects = |it: &Selector| it.names(name) && it.versions.contain(version, is_latest);
        !self.excludes(name) && self.servers.iter().any(selects)
    }

    /// Whether a name is excluded.
    pub fn excludes(&self, name: &str) -> bool {
        self.exclude.iter().any(|pattern| matches(pattern, name))
    }
}

/// Whether a text is a range rather than one version.
fn is_range(text: &str) -> bool {
    text.starts_with(['^', '~', '>', '<', '=']) || text.contains(['*', ',']) || text.ends_with(".x")
}

/// Whether a text is a server's name, or a pattern of names.
fn is_name(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"._-/*?".contains(&b);
    match text.contains(['*', '?']) {
        true => text.bytes().all(is_plain),
        false => ServerName::parse(text).is_ok(),
    }
}

/// The file's own layout.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMirror {
    from: String,
    servers: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
    #[serde(default)]
    status: StatusChanges,
    #[serde(default = "max_deletions")]
    max_deletions: usize,
    #[serde(default)]
    token_env: Option<String>,
}

fn max_deletions() -> usize {
    MAX_DELETIONS
}

/// Reads every `[[mirror]]`; what is wrong goes to `problems`.
pub(super) fn resolve(raw: Vec<RawMirror>, problems: &mut Problems) -> Vec<Mirror> {
    let mut mirrors: Vec<Mirror> = Vec::new();
    for (i, raw) in raw.into_iter().enumerate() {
        let at = |key: &str| format!("/mirror/{i}/{key}");
        let from = match raw.from.as_str() {
            "official" => OFFICIAL_REGISTRY.to_owned(),
            url => url.trim_end_matches('/').to_owned(),
        };
        if !["https://", "http://"].iter().any(|scheme| from.starts_with(scheme)) {
            let message = format!("{from:?} is not the base URL of a registry");
            let help = "write a URL such as \"https://registry.example.com\", or \"official\"";
            problems.add(at("from"), message, help);
        } else if mirrors.iter().any(|mirror| mirror.from == from) {
            let message = format!("{from} is mirrored twice");
            problems.add(at("from"), message, "join both [[mirror]], with one list of servers");
        }
        if raw.servers.is_empty() {
            let help = "name servers, such as \"com.example/weather\" or \"com.example/*@latest\"";
            problems.add(at("servers"), "no servers are named", help);
        }
        let mut servers = Vec::new();
        for (n, text) in raw.servers.iter().enumerate() {
            match Selector::parse(text) {
                Ok(selector) => servers.push(selector),
                Err((message, help)) => problems.add(at(&format!("servers/{n}")), message, help),
            }
        }
        for (n, pattern) in raw.exclude.iter().enumerate().filter(|(_, text)| !is_name(text)) {
            let message = format!("{pattern:?} is not a name or a pattern of names");
            let help = "write one such as \"com.example/old-*\", without a version";
            problems.add(at(&format!("exclude/{n}")), message, help);
        }
        if let Some(name) = raw.token_env.as_deref().filter(|name| !is_variable(name)) {
            let message = format!("{name:?} is not the name of an environment variable");
            let help = "write capital letters, digits and _, such as \"MIRROR_TOKEN\"; the token itself is a secret of the repository";
            problems.add(at("token_env"), message, help);
        }
        let (exclude, status, max_deletions) = (raw.exclude, raw.status, raw.max_deletions);
        let token_env = raw.token_env;
        mirrors.push(Mirror { from, servers, exclude, status, max_deletions, token_env });
    }
    mirrors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_names_servers_and_versions() {
        let cases: [(&str, &str, bool, bool); 14] = [
            ("com.example/aa", "1.0.0", false, true),
            ("com.example/aa@*", "anything", false, true),
            ("com.example/aa@latest", "1.0.0", true, true),
            ("com.example/aa@latest", "1.0.0", false, false),
            ("com.example/aa@^1.2", "1.9.0", false, true),
            ("com.example/aa@^1.2", "2.0.0", false, false),
            ("com.example/aa@^1.2", "1.3.0-beta", false, false),
            ("com.example/aa@^1.2", "v1.3", false, false),
            ("com.example/aa@>=1, <3", "2.0.0", false, true),
            ("com.example/aa@1.x", "1.4.0", false, true),
            ("com.example/aa@1.0.0", "1.0.0", false, true),
            ("com.example/aa@1.0.0", "1.0.1", false, false),
            ("com.example/aa@2025-11-01", "2025-11-01", false, true),
            ("com.*/a?@latest", "1.0.0", true, true),
        ];
        for (text, version, latest, expected) in cases {
            let selector = Selector::parse(text).unwrap();
            assert!(selector.names("com.example/aa"), "{text}");
            assert!(!selector.names("com.example/aab"), "{text}");
            assert_eq!(selector.versions.contain(version, latest), expected, "{text} {version}");
        }
        for text in [
            "",
            "a",
            "com.example/x",
            "@latest",
            "com.example/aa@",
            "com.example/aa@^x",
            "com.example/a b",
        ] {
            assert!(Selector::parse(text).is_err(), "{text}");
        }
    }
}
