//! Rules about the server's name and its versions.
//!
//! The official rules come first. The strict ones are needed because a name and a version become a path
//! and a claim of ownership. The grammar is in `model`.

use serde_json::Value;

use super::look::Path;
use super::range::{is_unlucky_prerelease, looks_like_range};
use super::words::quote;
use super::{DocumentRules, Profile};
use crate::config::Config;
use crate::diag::{Code, Finding};
use crate::model::{Holder, Namespace, ServerName, Version};

/// Applies the rules of name and version to a whole document.
pub(super) fn check(document: &Value, rules: &DocumentRules, found: &mut Vec<Finding>) {
    if let Some(Value::String(name)) = document.get("name") {
        check_name(name, rules, found);
    }
    if let Some(Value::String(version)) = document.get("version") {
        let path = Path::Root.key("version");
        let refused = found.len();
        check_version(version, &path, found);
        if rules.profile == Profile::Strict && found.len() == refused {
            check_strict_version(version, rules, &path, found);
        }
    }
}

/// Applies the official name rule, and to a valid name the strict ones.
fn check_name(text: &str, rules: &DocumentRules, found: &mut Vec<Finding>) {
    // The input rules have the limit of length; the official name rule has none.
    if text.len() > ServerName::MAX {
        return;
    }
    let path = Path::Root.key("name");
    let name = match ServerName::parse(text) {
        Ok(name) => name,
        Err(fault) => {
            let message = format!("the name {} {fault}", quote(text));
            let help = "write a reversed domain, one slash and a name, such as com.example/weather";
            return found.push(path.finding(Code::InvalidServerName, message, help));
        }
    };
    if rules.profile != Profile::Strict {
        return;
    }
    found.extend(namespace_finding(name.namespace(), &rules.config, &path));
    let mut add = |code, message: String, help| found.push(path.finding(code, message, help));
    if let Some(fault) = name.strict_fault() {
        let message = format!("the name {} {fault}", quote(text));
        let help = "choose another name part of letters, digits, dots, hyphens and underscores";
        add(Code::NameGrammar, message, help);
    }
    if name.is_reserved() {
        let part = quote(name.name());
        let message = format!("the name part {part} is reserved for the registry's own paths");
        add(Code::NameReserved, message, "choose another name part");
    }
}

/// Returns what is wrong with a namespace: its grammar, that nobody can prove it, or that people read
/// it as something else.
fn namespace_finding(
    namespace: Namespace<'_>,
    config: &Config,
    path: &Path<'_>,
) -> Option<Finding> {
    let text = namespace.as_str();
    if let Some(fault) = namespace.strict_fault() {
        let message = format!("the namespace {} {fault}", quote(text));
        let help = "use a domain that you own, reversed, or io.github.<account>";
        return Some(path.finding(Code::NamespaceGrammar, message, help));
    }
    let is_open = || !config.requires_proof() || config.ownership.rule(text).is_some();
    if let Some(refusal) = Holder::of(text).refusal().filter(|_| !is_open()) {
        return Some(path.finding(Code::OwnershipUnclaimable, refusal, Holder::INSTEAD));
    }
    let shown = namespace.decoded()?;
    let message = format!("the namespace {} is read as {}", quote(text), quote(&shown));
    let help = "check that this is the domain that you mean";
    Some(path.finding(Code::NamespacePunycode, message, help))
}

/// Applies the official rules of a version, which hold for the server and for each package.
pub(super) fn check_version(text: &str, path: &Path<'_>, found: &mut Vec<Finding>) {
    if text == "latest" {
        let message = "the version is \"latest\", which means the newest version";
        let help = "write the exact version, such as 1.0.0";
        found.push(path.finding(Code::ReservedVersionString, message, help));
    } else if looks_like_range(text) {
        let message = format!("the version {} looks like a range", quote(text));
        found.push(path.finding(Code::VersionLooksLikeRange, message, range_help(text)));
    }
}

/// Returns the exact version that the range was probably made from.
fn range_help(text: &str) -> String {
    if is_unlucky_prerelease(text) {
        return "choose a prerelease without the letter x, which the official registry takes for a wildcard"
            .to_owned();
    }
    let is_version = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let candidate = text
        .split(|c| !is_version(c))
        .find(|part| part.starts_with(|c: char| c.is_ascii_digit()) && !part.contains(['x', 'X']));
    match candidate {
        Some(version) if version.split('.').count() == 3 => {
            format!("write one exact version, such as {version}")
        }
        _ => "write one exact version, such as 1.0.0".to_owned(),
    }
}

/// Applies the strict rules of the server's own version: a path segment, and a semantic version.
fn check_strict_version(
    text: &str,
    rules: &DocumentRules,
    path: &Path<'_>,
    found: &mut Vec<Finding>,
) {
    let quoted = quote(text);
    let mut add = |code, fault: &str, help: &str| {
        found.push(path.finding(code, format!("the version {quoted} {fault}"), help));
    };
    let version = match Version::parse(text) {
        Ok(version) => version,
        Err(fault) => {
            let help = "write a version such as 1.0.0";
            return add(Code::VersionGrammar, &fault.to_string(), help);
        }
    };
    if !rules.config.allow_non_semver && !version.is_strict_semver() {
        add(Code::VersionNotSemver, "is not a semantic version", &semver_help(text));
    }
    if text.contains('+') {
        let fault = "contains a plus sign, which some clients cannot ask for";
        let help = "leave out the build metadata after the plus sign";
        add(Code::VersionBuildMetadata, fault, help);
    }
}

/// Suggests a semantic version.
fn semver_help(text: &str) -> String {
    let plain = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let numbers: Vec<&str> = plain.split('.').collect();
    let digits = |n: &&str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
    let suggestion = match numbers.len() {
        1..=3 if numbers.iter().all(digits) => {
            let strip = |n: &&str| match n.trim_start_matches('0') {
                "" => "0".to_owned(),
                n => n.to_owned(),
            };
            let mut numbers: Vec<String> = numbers.iter().map(strip).collect();
            numbers.resize(3, "0".to_owned());
            Some(numbers.join("."))
        }
        _ => Version::parse(plain).ok().filter(Version::is_strict_semver).map(|v| v.to_string()),
    };
    let version = suggestion.unwrap_or_else(|| "three numbers such as 1.0.0".to_owned());
    format!("write {version}, or allow other versions in registry.toml")
}
