//! The public API, pinned: `tests/api.txt` lists every item that `src/lib.rs` exports, with its public
//! fields, variants, methods and trait implementations. A change of the API is a change of that file:
//! `BLESS=1 cargo test --test it api` writes it anew.
//!
//! The sources are read as text, as `rustfmt` leaves them, so the listing needs no nightly compiler.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::architecture::{is_test, sources};
use crate::circles::{Crate, module_of};
use crate::project::home;

/// Most items that the crate may export.
const MOST: usize = 50;

/// Folds white space, and drops the comma that ends a list written over several lines.
fn fold(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ").replace("( ", "(").replace(", )", ")").replace(" .", ".");
    line.trim_end_matches(',').to_owned()
}

/// The lines of the item that begins at line `at`: to the line with its indentation that closes it.
fn item<'a>(lines: &'a [&'a str], at: usize) -> &'a [&'a str] {
    let indent = lines[at].len() - lines[at].trim_start().len();
    let closes = |line: &&str| {
        line.len() > indent && line[..indent].trim().is_empty() && line[indent..].starts_with('}')
    };
    let one_line = |line: &str| line.ends_with(';') || line.ends_with('}');
    let length = if one_line(lines[at]) {
        1
    } else {
        lines[at..].iter().position(|l| closes(l) || l.trim_end() == ");").map_or(1, |n| n + 1)
    };
    &lines[at..at + length]
}

/// What a function takes and returns.
fn signature(lines: &[&str]) -> String {
    let text = lines.join("\n");
    fold(text.split(" {\n").next().unwrap().split(';').next().unwrap())
}

/// A declaration with what is public of it, one part per line.
fn declaration(lines: &[&str]) -> Vec<String> {
    let head = lines[0].trim();
    if head.starts_with("pub fn") {
        return vec![signature(lines)];
    }
    // A constant's value and the private field of a wrapper are no part of the API.
    let end = if head.starts_with("pub const") { '=' } else { '(' };
    let mut found = vec![fold(head.split(end).next().unwrap().trim_end_matches('{'))];
    // What the documentation hides is no part of the API.
    let hidden = |i: usize| lines[i - 1].trim() == "#[doc(hidden)]";
    let kept = |i: &usize| {
        let text = lines[*i].trim();
        !text.is_empty() && !text.starts_with('#') && !matches!(text, "}" | "{") && !hidden(*i)
    };
    let body: Vec<&str> = (1..lines.len()).filter(kept).map(|i| lines[i]).collect();
    if head.starts_with("pub trait") {
        for (i, line) in body.iter().enumerate() {
            if line.trim().starts_with("fn ") {
                found.push(format!("    {}", signature(&body[i..])));
            }
        }
    } else {
        let public = |line: &&&str| head.starts_with("pub enum") || line.trim().starts_with("pub ");
        found.extend(body.iter().filter(public).map(|line| format!("    {}", fold(line))));
    }
    found
}

/// The public methods and the trait implementations of `name` in one file.
fn implementations(name: &str, code: &str) -> Vec<String> {
    let lines: Vec<&str> = code.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("impl")) {
        let head = line.trim_end_matches([' ', '{', '}']);
        let target = head.rsplit(" for ").next().unwrap().trim_start_matches("impl");
        let target = target.rsplit("> ").next().unwrap().trim();
        if target.split(['<', ' ']).next() != Some(name) {
            continue;
        }
        if head.contains(" for ") {
            found.push(format!("    {head}"));
            continue;
        }
        let block = item(&lines, at);
        for (i, line) in block.iter().enumerate() {
            if line.starts_with("    pub fn ") || line.starts_with("    pub const fn ") {
                found.push(format!("    {}", signature(&block[i..])));
            }
        }
    }
    found
}

/// Every exported item by its public name.
fn listing() -> BTreeMap<String, Vec<String>> {
    let read = Crate::read();
    let files: Vec<(String, String)> =
        sources().into_iter().filter(|(file, _)| !is_test(file)).collect();
    let mut items = BTreeMap::new();
    let (_, root) = files.iter().find(|(file, _)| file == "lib.rs").unwrap();
    let lines: Vec<&str> = root.lines().collect();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("pub fn ")) {
        let name = line["pub fn ".len()..].split(['(', '<']).next().unwrap();
        items.insert(name.to_owned(), declaration(item(&lines, at)));
    }
    for (public, path) in read.exports() {
        let name = path.last().unwrap();
        let module = read.defines(&path, 0);
        let (_, code) = files.iter().find(|(file, _)| module_of(file) == module).unwrap();
        let lines: Vec<&str> = code.lines().collect();
        let declares = |line: &str| {
            let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
            line.trim_start().starts_with("pub ")
                && words.iter().position(|word| word == name).is_some_and(|at| {
                    at > 0
                        && matches!(
                            words[at - 1],
                            "fn" | "struct" | "enum" | "trait" | "type" | "const"
                        )
                })
        };
        let at = lines
            .iter()
            .position(|line| declares(line))
            .unwrap_or_else(|| panic!("{public} is not declared in {}", module.join("::")));
        let mut parts = declaration(item(&lines, at));
        let room = files.iter().filter(|(file, _)| module_of(file).first() == module.first());
        parts.extend(room.flat_map(|(_, code)| implementations(name, code)));
        items.insert(public, parts);
    }
    items
}

#[test]
fn the_public_api_is_what_the_listing_says() {
    let items = listing();
    assert!(items.len() > 20, "only {} items were found", items.len());
    assert!(items.len() <= MOST, "{} items are exported; at most {MOST} may be", items.len());
    let mut text = String::new();
    for (name, parts) in &items {
        let _ = writeln!(text, "# {name}\n{}\n", parts.join("\n"));
    }
    let path = home().join("tests/api.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let pinned = std::fs::read_to_string(&path).unwrap_or_default();
    pretty_assertions::assert_eq!(pinned.replace("\r\n", "\n"), text);
}

#[test]
fn declarations_are_read_as_they_stand() {
    let code = "pub struct A<'a> {\n    /// x\n    pub b: u8,\n    c: u8,\n}\n\nimpl A<'_> {\n    pub fn d(\n        &self,\n        e: u8,\n    ) -> u8 {\n        1\n    }\n\n    fn f() {}\n}\n\nimpl Clone for A<'_> {\n}\n";
    let lines: Vec<&str> = code.lines().filter(|line| !line.contains("//")).collect();
    assert_eq!(declaration(item(&lines, 0)), ["pub struct A<'a>", "    pub b: u8"]);
    assert_eq!(
        implementations("A", code),
        ["    pub fn d(&self, e: u8) -> u8", "    impl Clone for A<'_>"]
    );
}
