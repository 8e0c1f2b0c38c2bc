//! Every reader of one file, and every rule about a document.

use mcp_static::internals::check::{DocumentRules, Profile, check_document};
use mcp_static::internals::config::Config;
use mcp_static::internals::data::{read_json, read_origin, read_status, read_tombstone};
use mcp_static::internals::diag::format::{Format, Style, render};
use mcp_static::internals::diag::{Diagnostic, Levels, Report};
use mcp_static::internals::proof::{ProofFile, content_hash, parse_owners};
use serde_json::{Map, Value, json};

use super::assert_linear;
use crate::project::home;

/// Bytes of the larger file of a pair, about.
const SIZE: usize = 32 * 1024;

/// Prints what was found in every form.
fn print(findings: Vec<Diagnostic>) {
    let mut report = Report::new();
    report.extend(findings);
    let report = report.finish(&Levels::default());
    for format in Format::ALL {
        assert!(!render(&report, format, &Style::default()).contains("[2J"));
    }
}

/// A reader of one kind of file.
type Reader = fn(&str);

fn strict(text: &str) {
    print(check_document("x.json", text.into(), &DocumentRules::new(Profile::Strict)));
}

fn official(text: &str) {
    print(check_document("x.json", text.into(), &DocumentRules::new(Profile::Official)));
}

fn status(text: &str) {
    if let Ok(document) = read_json("x.json", text.into()) {
        print(read_status("x.json", &document).1);
    }
}

fn origin(text: &str) {
    if let Ok(document) = read_json("x.json", text.into()) {
        print(read_origin("x.json", &document).1);
    }
}

fn proof(text: &str) {
    print(ProofFile::parse("x.json", text.into()).err().map(|d| *d).into_iter().collect());
}

fn canonical(text: &str) {
    drop(read_json("x.json", text.into()).map(|document| content_hash(&document).is_ok()));
}

fn owners(text: &str) {
    print(parse_owners("x.toml", "com.example", text).err().unwrap_or_default());
}

fn tombstone(text: &str) {
    print(read_tombstone("x.toml", text));
}

fn settings(text: &str) {
    print(Config::parse("x.toml", text).1);
}

/// `count` parts with commas between them.
fn list(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect::<Vec<_>>().join(",")
}

/// A document with further members.
fn server(more: &str) -> String {
    format!(
        "{{\"$schema\":\"https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json\",\
         \"name\":\"com.example/a\",\"description\":\"A\",\"version\":\"1.0.0\",{more}}}"
    )
}

/// Reads a text of `make` that is as long as `size` says, and one twice as long.
fn compare(what: &str, read: Reader, make: &dyn Fn(usize) -> String) {
    let unit = make(200).len().saturating_sub(make(100).len()).max(1);
    let count = SIZE / 2 * 100 / unit;
    let (single, double) = (make(count), make(count * 2));
    assert!(double.len() > single.len() * 3 / 2, "{what} does not grow");
    assert_linear(what, &mut || read(&single), &mut || read(&double));
}

/// Makes a text of about so many parts.
type Make = fn(usize) -> String;

const DOCUMENTS: &[(&str, Make)] = &[
    ("unknown keys", |n| server(&list(n, |i| format!("\"k{i}\":1")))),
    ("unknown keys on lines", |n| server(&list(n, |i| format!("\n \"k{i}\":1")))),
    ("keys without a meaning below a long one", |n| {
        let (long, many) = ("L".repeat(n * 8), list(n, |i| format!("\"k{i}\":1")));
        server(&format!(
            "\"remotes\":[{{\"type\":\"sse\",\"variables\":{{\"{long}\":{{{many}}}}}}}]"
        ))
    }),
    ("wrong types below a long key", |n| {
        let (long, many) = ("L".repeat(n * 2), list(n, |_| "1".to_owned()));
        server(&format!(
            "\"remotes\":[{{\"type\":\"sse\",\"variables\":{{\"{long}\":{{\"choices\":[{many}]}}}}}}]"
        ))
    }),
    ("a key again and again", |n| server(&list(n, |_| "\"a\":1".to_owned()))),
    ("a member again and again, with faults in it", |n| {
        server(&list(n, |_| "\"packages\":[{\"a\":1}]".to_owned()))
    }),
    ("texts that nobody sees", |n| {
        server(&format!("\"a\":[{}]", list(n, |_| "\"\\u0001\"".into())))
    }),
    ("texts that nobody sees, far below", |n| {
        let many = list(n, |_| "\"\\u0001\"".into());
        server(&format!("\"a\":{}{many}{}", "[".repeat(99), "]".repeat(99)))
    }),
    ("texts that nobody sees, below long keys", |n| {
        let key = format!("{{\"{}\":", "K".repeat(n / 20));
        server(&format!(
            "\"a\":{}[{}]{}",
            key.repeat(90),
            list(n, |_| "\"\\u0001\"".into()),
            "}".repeat(90)
        ))
    }),
    ("half pairs", |n| server(&format!("\"a\":[{}]", list(n, |_| "\"\\ud800\"".into())))),
    ("long numbers", |n| {
        server(&format!("\"a\":[{}]", list(n, |_| "12345678901234567890".into())))
    }),
    ("one long number", |n| server(&format!("\"a\":1{}", "2".repeat(n)))),
    ("one long text", |n| server(&format!("\"title\":\"{}\"", "é\\n".repeat(n)))),
    ("nesting without an end", |n| server(&format!("\"a\":{}", "[".repeat(n)))),
    ("a text that never ends", |n| server(&format!("\"a\":\"{}", "x".repeat(n)))),
    ("remotes that are none", |n| {
        server(&format!(
            "\"remotes\":[{}]",
            list(n, |_| "{\"type\":\"sse\",\"url\":\"http://x\"}".into())
        ))
    }),
    ("packages that are none", |n| {
        server(&format!("\"packages\":[{}]", list(n, |_| "{\"registryType\":\"nmp\"}".into())))
    }),
    ("headers", |n| {
        let many = list(n, |i| format!("{{\"name\":\"{i}\",\"format\":\"x\"}}"));
        server(&format!(
            "\"remotes\":[{{\"type\":\"sse\",\"url\":\"https://a.example/\",\"headers\":[{many}]}}]"
        ))
    }),
    ("variables in a URL", |n| {
        let (uses, many) = (
            (0..n).fold(String::new(), |text, i| text + &format!("{{v{i}}}")),
            list(n, |i| format!("\"v{i}\":{{}}")),
        );
        server(&format!(
            "\"remotes\":[{{\"type\":\"sse\",\"url\":\"https://a.example/{uses}\",\"variables\":{{{many}}}}}]"
        ))
    }),
    ("variables of a package in its URL", |n| {
        let (uses, many) = (
            (0..n).fold(String::new(), |text, i| text + &format!("{{v{i}}}")),
            list(n, |i| format!("{{\"name\":\"v{i}\"}}")),
        );
        server(&format!(
            "\"packages\":[{{\"registryType\":\"npm\",\"identifier\":\"a\",\"version\":\"1.0.0\",\"transport\":\
             {{\"type\":\"sse\",\"url\":\"https://a.example/{uses}\"}},\"environmentVariables\":[{many}]}}]"
        ))
    }),
    ("braces that never close", |n| {
        let url = format!("https://a.example{}", ":{".repeat(n));
        server(&format!("\"remotes\":[{{\"type\":\"sse\",\"url\":\"{url}\"}}]"))
    }),
    ("braces that close late", |n| {
        let url = format!("https://a.example{}}}x", ":{".repeat(n));
        server(&format!("\"remotes\":[{{\"type\":\"sse\",\"url\":\"{url}\"}}]"))
    }),
    ("an older schema", |n| {
        let many = list(n, |_| "{\"type\":\"sse\",\"url\":\"{a} b\",\"headers\":[]}".into());
        server(&format!("\"remotes\":[{many}]")).replace("2025-12-11", "2025-07-09")
    }),
];

#[test]
fn no_document_costs_more_than_its_size() {
    for (what, make) in DOCUMENTS {
        compare(what, strict, make);
        compare(&format!("{what}, under the official rules"), official, make);
    }
}

#[test]
fn the_canonical_form_costs_no_more_than_the_document() {
    compare("keys", canonical, &|n| server(&list(n, |i| format!("\"k{}\":1", n - i))));
    compare("far below", canonical, &|n| {
        let many = list(n, |_| "\"\\u0041\"".into());
        server(&format!("\"a\":{}{many}{}", "[".repeat(99), "]".repeat(99)))
    });
}

#[test]
fn no_record_costs_more_than_its_size() {
    let object: Make = |n| format!("{{{}}}", list(n, |i| format!("\"statusMesage{i}\":1")));
    let again: Make = |n| format!("{{{}}}", list(n, |_| "\"status\":1".to_owned()));
    let long: Make = |n| format!("{{\"{}\":\"{}\"}}", "k".repeat(n), "v".repeat(n));
    let readers: [(&str, Reader); 3] = [("status", status), ("origin", origin), ("proof", proof)];
    for (kind, read) in readers {
        for (what, make) in [("unknown keys", object), ("a key again", again), ("long texts", long)]
        {
            compare(&format!("{kind}: {what}"), read, &make);
        }
    }
    compare("status: a long word", status, &|n| format!("{{\"status\":\"{}\"}}", "a".repeat(n)));
}

#[test]
fn no_file_of_settings_costs_more_than_its_size() {
    let keys: Make = |n| (0..n).fold(String::new(), |text, i| text + &format!("k{i} = 1\n"));
    let tables: Make = |n| (0..n).fold(String::new(), |text, i| text + &format!("[t{i}]\n"));
    let dotted: Make = |n| format!("a{} = 1\n", ".a".repeat(n));
    let nested: Make = |n| format!("a = {}\n", "[".repeat(n));
    let readers: [(&str, Reader); 3] =
        [("owners", owners), ("tombstone", tombstone), ("settings", settings)];
    for (kind, read) in readers {
        for (what, make) in
            [("keys", keys), ("tables", tables), ("dots", dotted), ("lists", nested)]
        {
            compare(&format!("{kind}: {what}"), read, &make);
        }
    }
    compare("owners: keys that are none", owners, &|n| {
        format!("namespace = \"com.example\"\nkeys = [{}]\n", list(n, |i| format!("\"v{i}\"")))
    });
    compare("owners: accounts", owners, &|n| {
        let account = |i| format!("[[account]]\nid = {i}\n");
        (0..n).fold("namespace = \"com.example\"\n".to_owned(), |text, i| text + &account(i))
    });
    compare("settings: levels that are none", settings, &|n| {
        format!("[levels]\nallow = [{}]\n", list(n, |i| format!("\"json-syntacks-{i}\"")))
    });
    compare("settings: rules without a method", settings, &|n| {
        (0..n).fold(String::new(), |text, i| {
            text + &format!("[[ownership.rule]]\nnamespace = \"a{i}\"\nmethods = []\n")
        })
    });
    compare("settings: links", settings, &|n| {
        format!("[catalog]\nlinks = [{}]\n", list(n, |_| "{text = \"a\", url = \"b\"}".into()))
    });
}

/// A document in which every list is `times` as long.
fn longer_lists(value: &Value, times: usize) -> Value {
    match value {
        Value::Array(items) => {
            let items: Vec<Value> = items.iter().map(|item| longer_lists(item, 1)).collect();
            Value::Array(items.iter().cycle().take(items.len() * times).cloned().collect())
        }
        Value::Object(members) => {
            let longer =
                |(key, value): (&String, &Value)| (key.clone(), longer_lists(value, times));
            Value::Object(members.iter().map(longer).collect())
        }
        other => other.clone(),
    }
}

/// A document in which the last letter of every text stands `times` more.
fn longer_texts(value: &Value, times: usize) -> Value {
    match value {
        Value::String(text) => {
            let last = text.chars().last().unwrap_or(' ').to_string();
            format!("{text}{}", last.repeat(times)).into()
        }
        Value::Array(items) => items.iter().map(|item| longer_texts(item, times)).collect(),
        Value::Object(members) => {
            let longer =
                |(key, value): (&String, &Value)| (key.clone(), longer_texts(value, times));
            Value::Object(members.iter().map(longer).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

fn is_longer(text: &str, value: &Value) -> bool {
    text.len() > value.to_string().len() + SIZE / 4
}

#[test]
fn no_rule_costs_more_than_its_document() {
    let mut rules = 0;
    for folder in std::fs::read_dir(home().join("tests/rules")).unwrap() {
        let folder = folder.unwrap().path();
        let Ok(text) = std::fs::read_to_string(folder.join("bad.json")) else { continue };
        let bad: Value = serde_json::from_str(&text).unwrap();
        let what = folder.file_name().unwrap().to_string_lossy().into_owned();
        rules += 1;
        for (how, change) in [
            ("longer lists", longer_lists as fn(&Value, usize) -> Value),
            ("longer texts", longer_texts),
        ] {
            let unit = change(&bad, 101).to_string().len() - change(&bad, 1).to_string().len();
            let times = SIZE / 2 * 100 / unit.max(1);
            let (single, double) =
                (change(&bad, times).to_string(), change(&bad, times * 2).to_string());
            // Some documents have no list.
            if is_longer(&single, &bad) {
                let what = format!("{what} with {how}");
                assert_linear(&what, &mut || strict(&single), &mut || strict(&double));
            }
        }
    }
    assert!(rules > 50, "only {rules} rules have a document");
    assert_eq!(longer_lists(&json!({"a": [1, 2]}), 2), json!({"a": [1, 2, 1, 2]}));
    assert_eq!(longer_texts(&json!(["ab"]), 2), json!(["abbb"]));
}
