//! What an entry must be for a rule to match: one field for each predicate.

use serde::{Deserialize, Serialize};

use super::super::problems::Problems;
use super::Day;
use crate::diag::suggest;
use crate::model::{Host, RISKS, TransportType, package_type_names};

/// The origin of entries that are not mirrored.
pub const OWN: &str = "own";

/// The proof of entries that are mirrored: the other registry is responsible.
pub const UPSTREAM: &str = "upstream";

/// The words for how ownership was shown, the strongest first.
const PROOFS: [&str; 6] =
    ["proof-file", "commit-signature", "owners-file", UPSTREAM, "reviewed", "unrecorded"];

/// The predicates of a rule. All that are given must hold; an empty list and `None` are not given.
///
/// Lists of texts are patterns in which `*` is any text, and one of them must match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Conditions {
    /// The whole name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Vec<String>>,
    /// The half of the name before the slash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Vec<String>>,
    /// The entry's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Vec<String>>,
    /// `own`, or the registry that the entry was mirrored from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Vec<String>>,
    /// How ownership was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<Vec<String>>,
    /// The namespace published its first entry fewer than this number of days ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_younger_than: Option<u16>,
    /// The schema of the document is older than this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_before: Option<Day>,
    /// Whether a repository is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_repository: Option<bool>,
    /// The address of the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<Vec<String>>,
    /// Whether a licence is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_license: Option<bool>,
    /// The licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<Vec<String>>,
    /// Who answers for the entry here, as annotations say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Vec<String>>,
    /// The tier of its annotations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<Vec<String>>,
    /// The risk of its annotations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<Vec<String>>,
    /// A tag of its annotations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<Vec<String>>,
    /// Whether annotations have a review that has not expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed: Option<bool>,
    /// Whether annotations have a review that has expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_expired: Option<bool>,
    /// Whether annotations have an approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved: Option<bool>,
    /// Whether annotations have the report of a scan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scanned: Option<bool>,
    /// The type of a package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_type: Option<Vec<String>>,
    /// The identifier of a package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<Vec<String>>,
    /// The host that a package comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_host: Option<Vec<String>>,
    /// Whether a container image is named by its digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned: Option<bool>,
    /// Whether a package has a `fileSha256`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_sha256: Option<bool>,
    /// Whether a package is always the same version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact_version: Option<bool>,
    /// An argument of a package, as `name`, `value` or `name=value`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argument: Option<Vec<String>>,
    /// The host of a remote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_host: Option<Vec<String>>,
    /// How a package or remote is talked to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport: Option<Vec<String>>,
    /// The name of a variable or header of a package or remote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variable: Option<Vec<String>>,
    /// Whether a variable or header has the name of a secret and is not marked as one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmarked_secret: Option<bool>,
}

impl Conditions {
    /// Reports values that no entry can have; `rule` is the rule's position.
    pub(super) fn check(&self, rule: usize, problems: &mut Problems) {
        let at = |key: &str| format!("/rules/{rule}/match/{key}");
        let globs = [
            ("name", &self.name),
            ("namespace", &self.namespace),
            ("version", &self.version),
            ("origin", &self.origin),
            ("repository", &self.repository),
            ("license", &self.license),
            ("owner", &self.owner),
            ("tier", &self.tier),
            ("tag", &self.tag),
            ("package", &self.package),
            ("argument", &self.argument),
            ("variable", &self.variable),
        ];
        let types: Vec<&str> = package_type_names().collect();
        let transports = TransportType::ALL.map(TransportType::as_str);
        let words = [
            ("package_type", &self.package_type, types.as_slice()),
            ("transport", &self.transport, &transports),
            ("proof", &self.proof, &PROOFS),
            ("risk", &self.risk, &RISKS),
        ];
        let hosts = [("package_host", &self.package_host), ("remote_host", &self.remote_host)];
        let lists = globs.iter().copied().chain(words.iter().map(|w| (w.0, w.1))).chain(hosts);
        for (key, _) in lists.filter(|(_, list)| list.as_ref().is_some_and(Vec::is_empty)) {
            let help = "list at least one value, or remove the key";
            problems.add(at(key), format!("an empty list of {key} matches nothing"), help);
        }
        for (key, list) in globs {
            check_globs(list.as_deref().unwrap_or_default(), &at(key), problems);
        }
        for (key, list, known) in words {
            for (i, word) in list.iter().flatten().enumerate() {
                if !known.contains(&word.as_str()) {
                    let message = format!("{word:?} is not a {}", key.replace('_', " "));
                    problems.add(format!("{}/{i}", at(key)), message, suggest(word, known));
                }
            }
        }
        for (key, list) in hosts {
            for (i, host) in list.iter().flatten().enumerate() {
                if host_pattern(host).is_none() {
                    let help = "write a host such as \"ghcr.io\" or \"*.corp.example\", without scheme, port and path";
                    let message = format!("{host:?} is not a host");
                    problems.add(format!("{}/{i}", at(key)), message, help);
                }
            }
        }
    }
}

/// Returns a pattern of hosts in the spelling in which hosts are compared.
pub fn host_pattern(host: &str) -> Option<String> {
    if host == "*" { Some(host.to_owned()) } else { Host::pattern(host) }
}

/// Longest pattern, in bytes.
const LONGEST_GLOB: usize = 500;

/// Reports patterns that match nothing.
pub(super) fn check_globs(globs: &[String], pointer: &str, problems: &mut Problems) {
    for (i, glob) in globs.iter().enumerate() {
        let message = match glob.len() {
            0 => "an empty pattern matches nothing".to_owned(),
            length if length > LONGEST_GLOB => format!("the pattern has {length} characters"),
            _ if glob.chars().any(char::is_control) => {
                format!("the pattern {glob:?} has a control character")
            }
            _ => continue,
        };
        let help = "write a pattern such as \"com.example/*\", in which * is any text";
        problems.add(format!("{pointer}/{i}"), message, help);
    }
}
