//! The registry's own settings: `registry.toml` as written, then as meant.
//!
//! Every setting has a default, so the file may be absent; an unknown key is an error with the
//! nearest known one as a suggestion. Flags and environment are not this room's business.

mod catalog;
mod ownership;
mod packages;
mod probe;

use std::fmt;

use serde::Deserialize;

use crate::diag::{Code, Diagnostic, Finding, Levels, Pointer, SourceFile, Span};

pub use catalog::{ACCENT, CatalogSettings, FooterLink};
pub use ownership::{Account, Cname, KeySource, Method, Ownership, PinIds, Rule, Trust};
pub use packages::PackageSettings;
pub use probe::ProbeSettings;

/// Who may read the registry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// A company's own: search engines and crawlers are asked to stay away.
    #[default]
    Private,
    /// Everybody's.
    Public,
}

/// The URL that clients are given: https, no trailing slash, no `/v0.1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Reads a base URL; the error says what is wrong and what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fail = |what: &str, instead: &str| Err(format!("{what}; write {instead}"));
        if let Some(rest) = text.strip_prefix("http://") {
            return fail("clients refuse http", &format!("\"https://{rest}\""));
        }
        let Some(rest) = text.strip_prefix("https://") else {
            return fail(
                "a base URL begins with https://",
                "such as \"https://registry.example.com\"",
            );
        };
        if let Some(at) = text.find(['?', '#']) {
            return fail("a base URL has no query and no fragment", &format!("{:?}", &text[..at]));
        }
        if text.ends_with('/') {
            return fail(
                "a base URL does not end in a slash",
                &format!("{:?}", text.trim_end_matches('/')),
            );
        }
        for end in ["/v0.1", "/v0", "/v0.1/servers", "/v0/servers", "/index.html", "/index.json"] {
            if let Some(base) = text.strip_suffix(end) {
                return fail(
                    &format!(
                        "clients append the API's path themselves, so a base URL does not end in {end}"
                    ),
                    &format!("{base:?}"),
                );
            }
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let label = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if !host.split('.').all(label) || port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return fail(
                &format!("{authority:?} is not a host"),
                "a host name in ASCII, with a port if need be",
            );
        }
        let segment = |s: &str| {
            !matches!(s, "" | "." | "..")
                && s.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%".contains(&b))
        };
        if !path.is_empty() && !path[1..].split('/').all(segment) {
            return fail(
                &format!("{path:?} is not a clean path"),
                "segments without white space, dots or empty ones",
            );
        }
        Ok(Self(text.to_owned()))
    }

    /// The whole URL, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Host name without port.
    pub fn host(&self) -> &str {
        let authority = self.0["https://".len()..].split('/').next().unwrap_or_default();
        authority.split(':').next().unwrap_or_default()
    }

    /// The path below the host: empty, or beginning with a slash.
    pub fn path(&self) -> &str {
        let rest = &self.0["https://".len()..];
        rest.find('/').map_or("", |at| &rest[at..])
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The settings as meant. [`Config::default`] is what holds without a settings file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// Display name; without one the repository's name is used.
    pub name: Option<String>,
    /// The URL that clients are given.
    pub base_url: Option<BaseUrl>,
    /// Stable identity that proofs name; defaults to the base URL.
    pub id: Option<String>,
    /// Former base URLs.
    pub previous_base_urls: Vec<String>,
    /// Who may read the registry.
    pub visibility: Visibility,
    /// Key of our own facts in `_meta`; defaults to the reversed host of the base URL + `/registry`.
    pub meta_key: Option<String>,
    /// Whether own entries may have versions that are not semantic versions.
    pub allow_non_semver: bool,
    /// Who may publish, and how that is proven.
    pub ownership: Ownership,
    /// What entries may lead to.
    pub packages: PackageSettings,
    /// How the catalog looks.
    pub catalog: CatalogSettings,
    /// Which clients the deployed registry must work for.
    pub probe: ProbeSettings,
    /// Changed severities.
    pub levels: Levels,
}

impl Config {
    /// Reads a settings file. What is wrong with it is reported, and its default used instead.
    pub fn parse(path: &str, text: &str) -> (Self, Vec<Diagnostic>) {
        let source = SourceFile::new(path, text);
        let written = match toml::from_str::<Written>(text) {
            Ok(written) => written,
            Err(e) => {
                return (
                    Self::default(),
                    vec![toml_diagnostic(&source, Code::SettingsInvalid, &e)],
                );
            }
        };
        let mut reader = Reader::default();
        let config = reader.mean(written);
        (config, source.diagnose_spans(reader.wrong))
    }

    /// Whether a change has to prove its namespaces, as far as the settings tell; where they leave it
    /// to the forge, a private registry is reviewed.
    pub fn wants_proof(&self) -> bool {
        match self.ownership.trust {
            Some(trust) => trust == Trust::Proof,
            None => self.visibility == Visibility::Public,
        }
    }

    /// The `_meta` key of our own facts, when one is known.
    pub fn meta_key(&self) -> Option<String> {
        self.meta_key.clone().or_else(|| {
            let host = self.base_url.as_ref()?.host();
            let labels: Vec<&str> = host.split('.').rev().collect();
            Some(format!("{}/registry", labels.join(".")))
        })
    }
}

/// The file's own shape.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    registry: WrittenRegistry,
    check: WrittenCheck,
    ownership: ownership::Written,
    protect: ownership::WrittenProtect,
    packages: packages::Written,
    catalog: catalog::Written,
    probe: probe::Written,
    levels: WrittenLevels,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenRegistry {
    name: Option<String>,
    base_url: Option<toml::Spanned<String>>,
    id: Option<String>,
    previous_base_urls: Vec<String>,
    visibility: Visibility,
    meta_key: Option<toml::Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenCheck {
    allow_non_semver: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenLevels {
    allow: Vec<toml::Spanned<String>>,
    warn: Vec<toml::Spanned<String>>,
    deny: Vec<toml::Spanned<String>>,
}

#[derive(Default)]
struct Reader {
    wrong: Vec<(Finding, Span)>,
}

impl Reader {
    fn mean(&mut self, written: Written) -> Config {
        let mut levels = Levels::default();
        for (codes, set) in [
            (written.levels.allow, Levels::allow as fn(&mut Levels, Code)),
            (written.levels.warn, Levels::warn),
            (written.levels.deny, Levels::deny),
        ] {
            for code in codes {
                if let Some(code) = self.code(&code) {
                    set(&mut levels, code);
                }
            }
        }
        let registry = written.registry;
        Config {
            name: registry.name.filter(|name| !name.trim().is_empty()),
            base_url: registry.base_url.and_then(|url| self.base_url(&url)),
            id: registry.id,
            previous_base_urls: registry.previous_base_urls,
            visibility: registry.visibility,
            meta_key: registry.meta_key.and_then(|key| self.meta_key(&key)),
            allow_non_semver: written.check.allow_non_semver,
            ownership: written.ownership.mean(written.protect, registry.visibility, self),
            packages: written.packages.mean(self),
            catalog: written.catalog.mean(self),
            probe: written.probe.mean(),
            levels,
        }
    }

    fn say(&mut self, span: std::ops::Range<usize>, pointer: &str, message: String, help: String) {
        let finding =
            Finding::new(Code::SettingsInvalid, Pointer::from(pointer), message).help(help);
        self.wrong.push((finding, Span { start: span.start, end: span.end }));
    }

    fn base_url(&mut self, url: &toml::Spanned<String>) -> Option<BaseUrl> {
        match BaseUrl::parse(url.get_ref()) {
            Ok(url) => Some(url),
            Err(why) => {
                let (what, instead) = why.split_once("; ").unwrap_or((&why, "correct it"));
                self.say(url.span(), "/registry/base_url", what.to_owned(), instead.to_owned());
                None
            }
        }
    }

    fn meta_key(&mut self, key: &toml::Spanned<String>) -> Option<String> {
        let text = key.get_ref();
        let (prefix, name) = text.split_once('/').unwrap_or((text, ""));
        let word = |s: &str| {
            !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        };
        if text.starts_with("io.modelcontextprotocol.")
            || !prefix.contains('.')
            || !word(prefix)
            || !word(name)
        {
            self.say(
                key.span(),
                "/registry/meta_key",
                format!("{text:?} is not a reverse-DNS key of your own"),
                "write a reversed domain of yours, a slash and a word, such as \"com.example/registry\"".to_owned(),
            );
            return None;
        }
        Some(text.clone())
    }

    fn code(&mut self, name: &toml::Spanned<String>) -> Option<Code> {
        match Code::parse(name.get_ref()) {
            Ok(code) => Some(code),
            Err(near) => {
                let help = match near {
                    Some(near) => format!("write {near:?}"),
                    None => "run `mcp-static explain` for the list of codes".to_owned(),
                };
                let message = format!("there is no code {:?}", name.get_ref());
                self.say(name.span(), "/levels", message, help);
                None
            }
        }
    }
}

/// Turns a TOML error into a diagnostic with line and column.
pub(crate) fn toml_diagnostic(
    source: &SourceFile<'_>,
    code: Code,
    e: &toml::de::Error,
) -> Diagnostic {
    let span = e.span().unwrap_or(0..0);
    let message = e.message().lines().next().unwrap_or("it is not valid TOML").to_owned();
    let finding = Finding::new(code, Pointer::root(), message)
        .help("correct the line; docs/settings.md lists every key");
    source.diagnose_span(finding, Span { start: span.start, end: span.end })
}
