//! The registry's own settings, `registry.toml`, and its policy, `policy.toml`, read and checked.
//!
//! Every setting has a default, so the file may be absent. An unknown key is an error with the nearest
//! known one as a suggestion. Command-line flags and environment variables are not read here.

mod base_url;
mod catalog;
mod channels;
mod exports;
mod mirror;
mod ownership;
mod packages;
mod policy;
mod probe;
mod problems;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diag::{Code, Diagnostic, Levels, SourceFile};
use crate::model::{is_meta_key, is_meta_prefix, is_word};

pub use base_url::BaseUrl;
pub use catalog::{CatalogSettings, Icons};
use channels::RawChannel;
pub use channels::{Channel, POLICY, Variables, is_policy_file};
pub use exports::{AllowlistSettings, EXPORT_IDS, ExportSettings, Identifiers, Match};
use mirror::RawMirror;
pub use mirror::{Mirror, OFFICIAL_REGISTRY, Selector, StatusChanges, VersionChoice};
pub use ownership::{
    Account, Cname, KeySource, Method, Ownership, PinIds, SameRepo, Trust, Visibility,
};
#[cfg(all(feature = "git", feature = "proof"))]
pub use packages::PackageOwnership;
use packages::RawPackages;
pub use packages::{AcceptedHosts, PackageSettings};
pub use policy::{
    Action, Conditions, DEFAULT, Day, Denied, Exception, OWN, Policy, UNRECORDED, UPSTREAM,
    host_pattern,
};
pub use probe::ProbeSettings;
use problems::Problems;
pub use problems::{toml_diagnostic, toml_span};

/// The settings. [`Config::default`] applies when there is no settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Key of this registry's facts in `_meta`; defaults to the reversed host of the base URL + `/registry`.
    pub meta_key: Option<String>,
    /// Whether hosts that cannot rewrite get copies of each server's documents below `/v0`; `None` decides
    /// it by the number of versions.
    pub v0_copies: Option<bool>,
    /// Whether entries that are not mirrored may have versions that are not semantic versions.
    pub allow_non_semver: bool,
    /// Keys, or with a slash beginnings of keys, that documents may have directly below `_meta`.
    pub meta_keys: Vec<String>,
    /// Who may publish, and how that is proven.
    pub ownership: Ownership,
    /// What `sync` copies from other registries.
    pub mirrors: Vec<Mirror>,
    /// What entries may lead to.
    pub packages: PackageSettings,
    /// How the catalog looks.
    pub catalog: CatalogSettings,
    /// The files for clients that enforce what is approved.
    pub exports: ExportSettings,
    /// Which clients the deployed registry must work for.
    pub probe: ProbeSettings,
    /// Changed severities.
    pub levels: Levels,
    /// The other registries that are made from the same data.
    pub channels: BTreeMap<String, Channel>,
    /// The channel whose settings these are; `None` for the main registry.
    pub channel: Option<String>,
    /// File of the policy, in the data folder.
    pub policy: String,
    /// What the policy is filled with.
    pub variables: Variables,
}

impl Default for Config {
    fn default() -> Self {
        RawConfig::default().resolve(&mut Problems::default())
    }
}

impl Config {
    /// Reads a settings file. Wrong values are reported, and their defaults are used.
    pub fn parse(path: &str, text: &str) -> (Self, Vec<Diagnostic>) {
        let source = SourceFile::new(path, text);
        match toml::from_str::<RawConfig>(text) {
            Ok(raw) => {
                let mut problems = Problems::default();
                let config = raw.resolve(&mut problems);
                (config, problems.diagnose(&source))
            }
            Err(e) => (Self::default(), vec![toml_diagnostic(&source, Code::SettingsInvalid, &e)]),
        }
    }

    /// Whether a change has to prove its namespaces, as far as the settings decide it. Where they leave
    /// that to the forge, this is true for a public registry.
    pub fn requires_proof(&self) -> bool {
        match self.ownership.trust {
            Some(trust) => trust == Trust::Proof,
            None => self.visibility == Visibility::Public,
        }
    }

    /// Whether entries that are mirrored from `registry` need no maintainer when they equal what it serves.
    pub fn trusts_mirror(&self, registry: &str) -> bool {
        let named = self.ownership.mirrors.iter().any(|mirror| mirror == registry);
        named || self.mirrors.iter().any(|mirror| mirror.from == registry)
    }

    /// Returns the `_meta` key of this registry's facts, when one is known.
    pub fn meta_key(&self) -> Option<String> {
        self.meta_key.clone().or_else(|| {
            let host = self.base_url.as_ref()?.host();
            Some(meta_key_of(host))
        })
    }

    /// Returns the keys that this registry would have, or had, if its settings were others: those of its
    /// addresses.
    pub fn other_meta_keys(&self) -> Vec<String> {
        let former = self.previous_base_urls.iter().filter_map(|url| BaseUrl::parse(url).ok());
        let keys = former.chain(self.base_url.clone()).map(|url| meta_key_of(url.host()));
        keys.filter(|key| Some(key) != self.meta_key().as_ref()).collect()
    }
}

/// Returns the default key of a registry that is served from `host`.
fn meta_key_of(host: &str) -> String {
    let labels: Vec<&str> = host.split('.').rev().collect();
    format!("{}/registry", labels.join("."))
}

/// The file's own layout.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawConfig {
    registry: RawRegistry,
    api: RawApi,
    check: RawCheck,
    ownership: Ownership,
    protect: RawProtect,
    mirror: Vec<RawMirror>,
    packages: RawPackages,
    catalog: CatalogSettings,
    exports: ExportSettings,
    probe: ProbeSettings,
    levels: RawLevels,
    channels: BTreeMap<String, RawChannel>,
    variables: Variables,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawRegistry {
    name: Option<String>,
    base_url: Option<String>,
    id: Option<String>,
    previous_base_urls: Vec<String>,
    visibility: Visibility,
    meta_key: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawApi {
    v0_copies: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawCheck {
    allow_non_semver: bool,
    meta_keys: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawProtect {
    paths: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawLevels {
    allow: Vec<String>,
    warn: Vec<String>,
    deny: Vec<String>,
}

impl RawConfig {
    /// Returns the settings with defaults in place of wrong values, which go to `problems`.
    fn resolve(mut self, problems: &mut Problems) -> Config {
        let visibility = self.registry.visibility;
        self.ownership.protect = self.protect.paths;
        self.ownership.validate(visibility, problems);
        self.catalog.validate(problems);
        self.exports.validate(visibility, problems);
        self.variables.check("/variables", problems);
        let channel = |(id, raw): (String, RawChannel)| {
            let channel = raw.resolve(&id, &self.variables, problems)?;
            Some((id, channel))
        };
        let channels = self.channels.into_iter().filter_map(channel).collect();
        let registry = self.registry;
        Config {
            name: registry.name.filter(|name| !name.trim().is_empty()),
            base_url: registry.base_url.and_then(|url| base_url(&url, problems)),
            id: registry.id,
            previous_base_urls: registry.previous_base_urls,
            visibility,
            meta_key: registry.meta_key.filter(|key| check_meta_key(key, problems)),
            v0_copies: self.api.v0_copies,
            allow_non_semver: self.check.allow_non_semver,
            meta_keys: check_meta_prefixes(self.check.meta_keys, problems),
            ownership: self.ownership,
            mirrors: mirror::resolve(self.mirror, problems),
            packages: self.packages.resolve(problems),
            catalog: self.catalog,
            exports: self.exports,
            probe: self.probe,
            levels: self.levels.resolve(problems),
            channels,
            channel: None,
            policy: POLICY.to_owned(),
            variables: self.variables,
        }
    }
}

fn base_url(text: &str, problems: &mut Problems) -> Option<BaseUrl> {
    let add = |why: String| {
        let (what, instead) = why.split_once("; ").unwrap_or((&why, "correct it"));
        problems.add("/registry/base_url", what, instead);
    };
    BaseUrl::parse(text).map_err(add).ok()
}

fn check_meta_key(key: &str, problems: &mut Problems) -> bool {
    let valid = is_meta_key(key);
    if !valid {
        let message = format!("{key:?} is not a reverse-DNS key of your domain");
        let help =
            "write your reversed domain, a slash and a word, such as \"com.example/registry\"";
        problems.add("/registry/meta_key", message, help);
    }
    valid
}

/// Returns those of `prefixes` that are a reversed domain, perhaps with a slash and the beginning of a word.
fn check_meta_prefixes(prefixes: Vec<String>, problems: &mut Problems) -> Vec<String> {
    let is_valid = |text: &str| {
        let (prefix, rest) = text.split_once('/').unwrap_or((text, ""));
        is_meta_prefix(prefix) && (rest.is_empty() || is_word(rest))
    };
    for (i, prefix) in prefixes.iter().enumerate().filter(|(_, prefix)| !is_valid(prefix)) {
        let message = format!("{prefix:?} is not the beginning of keys of a domain");
        let help = "write a reversed domain and a slash, such as \"com.example/\"";
        problems.add(format!("/check/meta_keys/{i}"), message, help);
    }
    prefixes.into_iter().filter(|prefix| is_valid(prefix)).collect()
}

impl RawLevels {
    fn resolve(self, problems: &mut Problems) -> Levels {
        let mut levels = Levels::default();
        type Set = fn(&mut Levels, Code);
        let lists: [(&str, Vec<String>, Set); 3] = [
            ("allow", self.allow, Levels::allow),
            ("warn", self.warn, Levels::warn),
            ("deny", self.deny, Levels::deny),
        ];
        for (list, names, set) in lists {
            for (i, name) in names.iter().enumerate() {
                let help = match Code::parse(name) {
                    Ok(code) => {
                        set(&mut levels, code);
                        continue;
                    }
                    Err(Some(near)) => format!("write {near:?}"),
                    Err(None) => "run `mcp-static explain` for the list of codes".to_owned(),
                };
                let message = format!("there is no code {name:?}");
                problems.add(format!("/levels/{list}/{i}"), message, help);
            }
        }
        levels
    }
}
