//! What a change of mirrored entries means, in words.

use std::collections::BTreeMap;

use crate::data::{DataPath, Edit, Edits, EntryFile, StatusRecord, read_json, read_status};
use crate::model::Status;
use crate::text::{shorten, visible};

/// What happens to one entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// `NAME@VERSION`.
    pub entry: String,
    /// "new", "updated", or the status that it gets.
    pub what: &'static str,
    /// The status of a new entry that is not active; why an entry has its status, or what to use instead.
    pub note: Option<String>,
}

/// Returns what `edits` mean, in the order of the entries.
pub fn steps(edits: &Edits) -> Vec<Step> {
    let mut entries: BTreeMap<(&str, &str, &str), BTreeMap<EntryFile, &Edit>> = BTreeMap::new();
    for (path, edit) in edits.iter() {
        if let DataPath::Entry { namespace, name, version, file } = DataPath::of(path) {
            entries.entry((namespace, name, version)).or_default().insert(file, edit);
        }
    }
    let step = |((namespace, name, version), files): (_, BTreeMap<EntryFile, &Edit>)| {
        let (what, note) = match (files.get(&EntryFile::Server), files.get(&EntryFile::Status)) {
            (None, Some(Edit::Write(bytes))) => {
                let StatusRecord { status, message } = status(bytes);
                (status.as_str(), message)
            }
            (Some(_), Some(Edit::Write(bytes))) => {
                let StatusRecord { status, message } = status(bytes);
                let why = message.map(|message| format!(", {message}")).unwrap_or_default();
                ("new", Some(format!("{status}{why}")))
            }
            (Some(_), _) => ("new", None),
            (None, Some(Edit::Remove)) => (Status::Active.as_str(), None),
            (None, None) => ("updated", None),
        };
        Step { entry: format!("{namespace}/{name}@{version}"), what, note }
    };
    entries.into_iter().map(step).collect()
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:<10} {}", self.what, self.entry)?;
        match &self.note {
            Some(note) => write!(f, " ({})", visible(&shorten(note))),
            None => Ok(()),
        }
    }
}

/// Reads a `status.json` that was written here.
pub(super) fn status(bytes: &[u8]) -> StatusRecord {
    let document = read_json("", bytes.to_vec());
    document.map(|document| read_status("", &document).0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entry_is_one_step() {
        let mut edits = Edits::new();
        let at = |entry: &str, file: &str| format!("servers/com.example/{entry}/1.0.0/{file}");
        edits.write(at("a", "server.json"), "{}");
        edits.write(at("a", "origin.json"), "{}");
        edits.write(at("b", "origin.json"), "{}");
        edits.write(at("c", "status.json"), "{\"status\":\"deleted\",\"statusMessage\":\"why\"}");
        edits.write(at("c", "origin.json"), "{}");
        edits.remove(at("d", "status.json"));
        edits.write(at("e", "server.json"), "{}");
        edits.write(
            at("e", "status.json"),
            "{\"status\":\"deprecated\",\"statusMessage\":\"use a\\u001b[2J\\n::error::\"}",
        );
        edits.write("mirrors.json", "{}");
        let said: Vec<String> = steps(&edits).iter().map(Step::to_string).collect();
        let expected = [
            "new        com.example/a@1.0.0",
            "updated    com.example/b@1.0.0",
            "deleted    com.example/c@1.0.0 (why)",
            "active     com.example/d@1.0.0",
            "new        com.example/e@1.0.0 (deprecated, use a\\u{1b}[2J\\u{a}::error::)",
        ];
        assert_eq!(said, expected);
    }
}
