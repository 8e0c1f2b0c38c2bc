//! `mirrors.json`: how far each `[[mirror]]` has come. `sync` writes it, together with entries or new settings.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diag::{Code, Diagnostic, Place};
use crate::model::Timestamp;
use crate::text::shorten;

use super::json::read_json;

/// How far a mirror has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MirrorState {
    /// SHA-256 of what its settings select.
    pub selection: String,
    /// Date of the newest change that was seen.
    pub since: Timestamp,
    /// What `since` was when everything was compared last.
    pub swept: Timestamp,
}

/// How far mirrors have come, by base URL.
pub type MirrorStates = BTreeMap<String, MirrorState>;

/// Reads the file; its name in the findings is `path`. A mirror whose state cannot be read has none, so that it
/// compares everything.
pub fn read_mirrors(path: &str, bytes: Vec<u8>) -> (MirrorStates, Vec<Diagnostic>) {
    let (mut states, mut wrong) = (MirrorStates::new(), Vec::new());
    match read_json(path, bytes).map(|document| document.value) {
        Ok(Value::Object(members)) => {
            for (registry, value) in members {
                match state(&value) {
                    Some(state) => drop(states.insert(registry, state)),
                    None => wrong.push(registry),
                }
            }
        }
        Ok(_) => wrong.push("it is not an object".to_owned()),
        Err(fault) => wrong.push(fault.message),
    }
    let report = |what: String| {
        let message = format!("this is not what `sync` wrote: {}", shorten(&what));
        let finding = Diagnostic::new(Code::FileUnexpected, Place::file(path), message);
        finding
            .help("remove it if this comes again; everything is compared, and it is written anew")
    };
    (states, wrong.into_iter().map(report).collect())
}

fn state(value: &Value) -> Option<MirrorState> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let date = |key: &str| text(key).and_then(Timestamp::parse);
    Some(MirrorState {
        selection: text("selection")?.to_owned(),
        since: date("since")?,
        swept: date("swept")?,
    })
}

/// Returns the text of the file.
pub fn mirrors_json(states: &MirrorStates) -> String {
    let lines: Vec<String> = states
        .iter()
        .map(|(registry, state)| {
            format!(
                "  {}: {{\n    \"selection\": {},\n    \"since\": \"{}\",\n    \"swept\": \"{}\"\n  }}",
                Value::from(registry.as_str()),
                Value::from(state.selection.as_str()),
                state.since,
                state.swept
            )
        })
        .collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_wrong_is_left_out_and_said() {
        let date = |text| Timestamp::parse(text).unwrap();
        let state = MirrorState {
            selection: "00".to_owned(),
            since: date("2026-11-01T10:00:00.123456Z"),
            swept: date("2026-11-02T00:00:00Z"),
        };
        let states = MirrorStates::from([("https://a.example".to_owned(), state)]);
        let text = mirrors_json(&states);
        assert_eq!(read_mirrors("mirrors.json", text.clone().into()), (states.clone(), Vec::new()));
        let wrong =
            text.replace("  \"https", "  \"https://b.example\": {\"since\": 1},\n  \"https");
        let (read, said) = read_mirrors("mirrors.json", wrong.into());
        assert_eq!((read, said.len()), (states, 1));
        assert!(said[0].message.ends_with(": https://b.example"), "{}", said[0].message);
        for text in ["", "[]", "{", "1"] {
            let (read, said) = read_mirrors("mirrors.json", text.into());
            assert_eq!((read.len(), said.len()), (0, 1), "{text}");
        }
    }
}
