//! What a registry changes in an entry: a merge patch of `server.json`, which itself stays as it is.
//!
//! The result is checked with every rule, as if it were the document. What is wrong in a member that was
//! changed is reported at its place in `override.json`.

use super::entry::EntryChecker;
use crate::config::Variables;
use crate::data::{Content, Document, EntryFile, MAX_FILE, Members, read_json, read_override};
use crate::diag::{Code, Diagnostic, Finding, Pointer, SourceFile};
use crate::model::Overridden;

/// A change that was made.
pub(super) struct Override {
    pub(super) record: Overridden,
    path: String,
    text: String,
}

impl Override {
    /// Whether the value at `pointer` in the document is in a member that was changed.
    pub(super) fn has(&self, pointer: &Pointer) -> bool {
        let member = pointer.as_str().split('/').nth(1);
        self.record.members.iter().any(|changed| Some(changed.as_str()) == member)
    }

    /// Reports findings of the document at their places in the override.
    pub(super) fn diagnose(&self, mut findings: Vec<Finding>) -> Vec<Diagnostic> {
        for finding in &mut findings {
            finding.pointer = Pointer::from(format!("/patch{}", finding.pointer));
        }
        SourceFile::new(&self.path, &self.text).diagnose_all(findings)
    }
}

/// Returns a value of a patch with its variables filled in, or what is wrong with it and how to correct that.
fn filled(text: &str, variables: &Variables) -> Result<Box<str>, (String, String)> {
    let filled = variables.fill_json(text).map_err(|(_, message, help)| (message, help))?;
    if filled.len() as u64 > MAX_FILE {
        let message = format!(
            "with its variables it has {} bytes, and at most {MAX_FILE} are read",
            filled.len()
        );
        return Err((message, "use fewer or shorter variables".to_owned()));
    }
    // What the file itself holds is reported with the file.
    let found = (filled != text).then(|| read_json("", filled.clone().into_bytes()));
    let wrong = match found {
        Some(Err(wrong)) => Some(wrong.message),
        Some(Ok(document)) => document.findings.into_iter().next().map(|wrong| wrong.message),
        None => None,
    };
    match wrong {
        Some(wrong) => Err((
            format!("with its variables it cannot be used: {wrong}"),
            "write variables in values only, not in keys".to_owned(),
        )),
        None => Ok(filled.into_boxed_str()),
    }
}

impl EntryChecker<'_> {
    /// Applies the override to the document whose bytes have the digest `found`.
    pub(super) fn overridden(
        &mut self,
        original: Document,
        found: &str,
        content: Option<Content>,
    ) -> (Document, Option<Override>) {
        let Some(content) = content else { return (original, None) };
        let path = self.path(EntryFile::Override);
        let text = String::from_utf8_lossy(&content.bytes).into_owned();
        let record = self.record(EntryFile::Override, Some(content), read_override).flatten();
        let Some(record) = record else { return (original, None) };
        let variables = self.checker.rules.config.variables.clone();
        let mut wrong = |at: &str, message: &str, help: String| {
            let finding = Finding::new(Code::OverrideInvalid, at, message).help(help);
            self.findings.push(SourceFile::new(&path, &text).diagnose(finding));
        };
        if record.of != found {
            let help =
                format!("look at server.json, correct the patch, and write \"of\": \"{found}\"");
            wrong("/of", "this override was written for another server.json", help);
            return (original, None);
        }
        let Some(mut members) = Members::read(&original.compact) else { return (original, None) };
        let changed: Vec<String> = record.patch.iter().map(|(key, _)| key.clone()).collect();
        let mut has_variables = false;
        for (key, value) in record.patch {
            let filled = value.as_deref().map(|text| filled(text, &variables)).transpose();
            match filled {
                Ok(filled) => {
                    has_variables |= filled != value;
                    members.set(&key, filled);
                }
                Err((message, help)) => {
                    wrong(&format!("/patch/{key}"), &message, help);
                    return (original, None);
                }
            }
        }
        let result = read_json(&path, members.text().into_bytes());
        match result {
            Ok(result) if result.value != original.value => {
                let (reason, of) = (record.reason, record.of);
                let record = Overridden::new(reason, of, changed, original.compact);
                (result, Some(Override { record, path, text }))
            }
            // What another channel changes may be here as it is.
            Ok(_) if has_variables => (original, None),
            _ => {
                wrong(
                    "/patch",
                    "the patch changes nothing",
                    "remove the override, or correct it".to_owned(),
                );
                (original, None)
            }
        }
    }
}
