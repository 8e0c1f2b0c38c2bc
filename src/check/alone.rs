//! Checks a document that belongs to no registry.

use crate::data::{self, MAX_FILE, read_json};
use crate::diag::{Diagnostic, SourceFile};

use super::{DocumentRules, Profile};

/// Checks a single document that belongs to no registry.
///
/// Findings of the strict JSON reader are notes under the official profile, which does not have them.
pub fn check_document(path: &str, bytes: Vec<u8>, rules: &DocumentRules) -> Vec<Diagnostic> {
    let official = rules.profile == Profile::Official;
    let lower = |diagnostic: Diagnostic| if official { diagnostic.as_note() } else { diagnostic };
    let mut findings = Vec::new();
    if bytes.len() as u64 > MAX_FILE {
        findings.push(lower(too_large(path, bytes.len() as u64)));
        if !official {
            return findings;
        }
    }
    match read_json(path, bytes) {
        Err(diagnostic) => findings.push(*diagnostic),
        Ok(mut document) => {
            findings.extend(std::mem::take(&mut document.findings).into_iter().map(lower));
            let source = SourceFile::new(path, &document.text);
            findings.extend(source.diagnose_all(super::document(&document.value, rules)));
        }
    }
    findings
}

pub(super) fn too_large(path: &str, size: u64) -> Diagnostic {
    data::too_large(path, size).help("shorten it; long texts belong on the server's website")
}
