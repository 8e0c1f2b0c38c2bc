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
    let finding = |code, fault: String, help: &str| path.finding(code, fault, help);
    let name = match ServerName::parse(text) {
        Ok(name) => name,
        Err(fault) => {
            let fault = format!("the name {} {fault}", quote(text));
            let help = "write a reversed domain, one slash and a name, such as com.example/weather";
            found.push(finding(Code::InvalidServerName, fault, help));
            return;
        }
    };
    if rules.profile != Profile::Strict {
        return;
    }
    if let Some(fault) = name.namespace().strict_fault() {
        let fault = format!("the namespace {} {fault}", quote(name.namespace().as_str()));
        let help = "use a domain that you own, reversed, or io.github.<account>";
        found.push(finding(Code::NamespaceGrammar, fault, help));
    } else {
        found.extend(namespace_finding(name.namespace(), &rules.config, &path));
    }
    if let Some(fault) = name.strict_fault() {
        let fault = format!("the name {} {fault}", quote(text));
        let help = "choose another name part of letters, digits, dots, hyphens and underscores";
        found.push(finding(Code::NameGrammar, fault, help));
    }
    if name.is_reserved() {
        let fault = format!(
            "the name part {} is reserved for the registry's own paths",
            quote(name.name())
        );
        found.push(finding(Code::NameReserved, fault, "choose another name part"));
    }
}

/// Returns what is wrong with a namespace of valid grammar: nobody can prove it, or people read it as
/// something else.
fn namespace_finding(
    namespace: Namespace<'_>,
    config: &Config,
    path: &Path<'_>,
) -> Option<Finding> {
    let text = namespace.as_str();
    let is_open = || !config.requires_proof() || config.ownership.rule(text).is_some();
    if let Some(refusal) = Holder::of(text).refusal().filter(|_| !is_open()) {
        let finding = Finding::new(Code::OwnershipUnclaimable, path.pointer(), refusal);
        return Some(finding.help(Holder::INSTEAD));
    }
    let shown = namespace.decoded()?;
    let message = format!("the namespace {} is read as {}", quote(text), quote(&shown));
    Some(path.finding(
        Code::NamespacePunycode,
        message,
        "check that this is the domain that you mean",
    ))
}

/// The official rules of a version, which hold for the server and for each package.
pub(super) fn check_version(text: &str, path: &Path<'_>, found: &mut Vec<Finding>) {
    if text == "latest" {
        let message = "the version is \"latest\", which means the newest version";
        found.push(path.finding(
            Code::ReservedVersionString,
            message,
            "write the exact version, such as 1.0.0",
        ));
    } else if looks_like_range(text) {
        let message = format!("the version {} looks like a range", quote(text));
        found.push(path.finding(Code::VersionLooksLikeRange, message, range_help(text)));
    }
}

/// The exact version that the range was probably made from.
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

/// The strict rules of the server's own version: a path segment, and a semantic version.
fn check_strict_version(
    text: &str,
    rules: &DocumentRules,
    path: &Path<'_>,
    found: &mut Vec<Finding>,
) {
    let finding = |code, message: String, help: &str| path.finding(code, message, help);
    let version = match Version::parse(text) {
        Ok(version) => version,
        Err(fault) => {
            let message = format!("the version {} {fault}", quote(text));
            found.push(finding(Code::VersionGrammar, message, "write a version such as 1.0.0"));
            return;
        }
    };
    if !rules.config.allow_non_semver && !version.is_strict_semver() {
        let message = format!("the version {} is not a semantic version", quote(text));
        found.push(finding(Code::VersionNotSemver, message, &semver_help(text)));
    }
    if text.contains('+') {
        let message = format!(
            "the version {} holds a plus sign, which some clients cannot ask for",
            quote(text)
        );
        let help = "leave out the build metadata after the plus sign";
        found.push(finding(Code::VersionBuildMetadata, message, help));
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
    match suggestion {
        Some(version) => format!("write {version}, or allow other versions in registry.toml"),
        None => {
            "write three numbers such as 1.0.0, or allow other versions in registry.toml".to_owned()
        }
    }
}
