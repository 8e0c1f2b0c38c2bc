//! Every document rule against its folder of `tests/rules`.
//!
//! A folder is named after a code and holds `bad.json`, which must raise it, `good.json`, its smallest
//! neighbour which must not, and `expected.txt`, what is said about `bad.json`. A file `profile` with the
//! word `official` judges by that profile; `registry.toml` holds the settings of the registry, if it needs
//! any. `BLESS=1` writes `expected.txt`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use mcp_static::internals::check::{self, DocumentRules, Profile, RULES};
use mcp_static::internals::config::Config;
use mcp_static::internals::diag::{Diagnostic, SourceFile};
use pretty_assertions::assert_eq;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

/// The folders that hold a document.
fn folders() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root()).expect("tests/rules");
    let mut folders: Vec<_> = entries.map(|entry| entry.expect("entry").path()).collect();
    folders.retain(|folder| folder.join("bad.json").is_file());
    folders.sort();
    folders
}

fn code_of(folder: &Path) -> String {
    folder.file_name().expect("name").to_string_lossy().into_owned()
}

fn judge(folder: &Path, file: &str) -> Vec<Diagnostic> {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let profile = match std::fs::read_to_string(folder.join("profile")) {
        Ok(word) if word.trim() == "official" => Profile::Official,
        Ok(word) => panic!("{}: unknown profile {word}", folder.display()),
        Err(_) => Profile::Strict,
    };
    let source = SourceFile::new(file, &text);
    let settings = std::fs::read_to_string(folder.join("registry.toml")).unwrap_or_default();
    let (config, wrong) = Config::parse("registry.toml", &settings);
    assert_eq!(wrong, [], "{}", folder.display());
    let findings = check::document(&value, &DocumentRules::of(profile, &config));
    let mut diagnostics: Vec<_> = findings.into_iter().map(|f| source.diagnose(f)).collect();
    diagnostics.sort_by(|a, b| (&a.place, a.code).cmp(&(&b.place, b.code)));
    diagnostics
}

fn print(diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for d in diagnostics {
        let place = &d.place;
        let (line, column, pointer) = (place.line, place.column, &place.pointer);
        writeln!(text, "{}[{}] {line}:{column} {pointer}: {}", d.severity, d.code, d.message)
            .expect("text");
        if let Some(help) = &d.help {
            writeln!(text, "  help: {help}").expect("text");
        }
    }
    text
}

#[test]
fn each_folder_says_what_is_expected() {
    let folders = folders();
    assert!(folders.len() >= 60, "only {} folders were found", folders.len());
    let bless = std::env::var_os("BLESS").is_some();
    for folder in folders {
        let code = code_of(&folder);
        let raises = |found: &[Diagnostic]| found.iter().any(|d| d.code.as_str() == code);
        let bad = judge(&folder, "bad.json");
        assert!(raises(&bad), "{code}/bad.json does not raise it:\n{}", print(&bad));
        let good = judge(&folder, "good.json");
        assert!(!raises(&good), "{code}/good.json raises it:\n{}", print(&good));
        let expected = folder.join("expected.txt");
        if bless {
            std::fs::write(&expected, print(&bad)).expect("expected.txt");
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(print(&bad), expected, "{code}: run with BLESS=1 to accept");
    }
}

#[test]
fn each_rule_has_a_folder_and_each_folder_a_rule() {
    let folders: BTreeSet<String> = folders().iter().map(|folder| code_of(folder)).collect();
    let rules: BTreeSet<String> = RULES.iter().map(|rule| rule.code.to_string()).collect();
    assert_eq!(rules.len(), RULES.len(), "a code stands twice in the table");
    let missing: Vec<_> = rules.difference(&folders).collect();
    assert!(missing.is_empty(), "rules without a folder: {missing:?}");
}

#[test]
fn each_message_is_one_sentence_and_each_help_too() {
    for folder in folders() {
        for d in judge(&folder, "bad.json") {
            let help =
                d.help.unwrap_or_else(|| panic!("{}: no help for {}", folder.display(), d.code));
            for text in [&d.message, &help] {
                assert!(!text.is_empty() && !text.ends_with('.') && !text.contains('\n'), "{text}");
            }
            assert!(help.starts_with(char::is_lowercase), "{help}");
        }
    }
}
