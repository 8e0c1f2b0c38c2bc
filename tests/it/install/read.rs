//! Reading back what people would click, copy and paste, by other means than those that wrote it.

use std::cell::RefCell;
use std::collections::BTreeMap;

use mcp_static::internals::render::install::Install;
use serde_json::Value;

/// A link's percent-decoded text.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex: Option<Vec<u8>> = (byte == b'%').then(|| rest.clone().take(2).collect());
        let code = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok());
        match code {
            Some(code) => {
                bytes.push(code);
                rest.nth(1);
            }
            None => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(super) fn unbase64(text: &str) -> Option<String> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits = 0u32;
    let mut count = 0;
    let mut bytes = Vec::new();
    for c in text.trim_end_matches('=').chars() {
        bits = bits << 6 | u32::try_from(alphabet.find(c)?).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    String::from_utf8(bytes).ok()
}

pub(super) fn query(url: &str) -> Vec<(String, String)> {
    let pairs = url.split_once('?').unwrap().1.split('&');
    pairs.map(|pair| pair.split_once('=').unwrap()).map(|(k, v)| (k.into(), decoded(v))).collect()
}

/// Name and configuration as a link says them.
pub(super) fn linked(url: &str) -> (String, Value) {
    if url.contains("mcp/install?") && !url.starts_with("cursor:") || url.contains("mcp-install?") {
        let text = decoded(url.split_once('?').unwrap().1);
        let mut value: Value = serde_json::from_str(&text).unwrap();
        let name = value.as_object_mut().unwrap().remove("name").unwrap();
        return (name.as_str().unwrap().to_owned(), value);
    }
    let query: BTreeMap<_, _> = query(url).into_iter().collect();
    let config = unbase64(&query["config"]).filter(|text| text.starts_with('{'));
    let config = config.unwrap_or_else(|| query["config"].clone());
    (query["name"].clone(), serde_json::from_str(&config).unwrap())
}

pub(super) type Found = (Vec<Vec<String>>, Vec<String>);

/// Commands and URLs of a snippet.
fn from_json(value: &Value, found: &mut Found) {
    let texts = |value: &Value| -> Vec<String> {
        let list = value.as_array().into_iter().flatten();
        list.map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    match value {
        Value::Object(members) => {
            match members.get("command") {
                Some(Value::String(program)) => {
                    let args = texts(&members["args"]);
                    found.0.push(std::iter::once(program.clone()).chain(args).collect());
                }
                Some(list @ Value::Array(_)) => found.0.push(texts(list)),
                _ => {}
            }
            for key in ["url", "httpUrl", "serverUrl"] {
                found.1.extend(members.get(key).map(|url| url.as_str().unwrap().to_owned()));
            }
            members.values().for_each(|value| from_json(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| from_json(value, found)),
        _ => {}
    }
}

pub(super) fn from_yaml(text: &str) -> Found {
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(key))?;
        let table: toml::Table = toml::from_str(&format!("a = {line}")).unwrap();
        Some(table["a"].clone())
    };
    let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
    let command = value("cmd: ").map(|program| {
        let args = value("args: ").unwrap();
        std::iter::once(text(&program)).chain(args.as_array().unwrap().iter().map(text)).collect()
    });
    (command.into_iter().collect(), value("uri: ").iter().map(text).collect())
}

fn from_toml(text: &str) -> Found {
    let table: toml::Table = toml::from_str(text).unwrap();
    let mut found = Found::default();
    from_json(&serde_json::to_value(table).unwrap(), &mut found);
    found
}

/// The words of a line, as a real shell reads them.
fn posix_words(line: &str) -> Vec<String> {
    thread_local!(static KNOWN: RefCell<BTreeMap<String, Vec<String>>> = RefCell::default());
    if let Some(words) = KNOWN.with_borrow(|known| known.get(line).cloned()) {
        return words;
    }
    let words = shell_words(line);
    KNOWN.with_borrow_mut(|known| known.insert(line.to_owned(), words.clone()));
    words
}

fn shell_words(line: &str) -> Vec<String> {
    let script = format!("printf '%s\\0' {line}");
    let output = std::process::Command::new("sh").arg("-c").arg(script).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_terminator('\0').map(str::to_owned).collect()
}

/// The words of a line of bare and single-quoted words.
fn powershell_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let mut word = String::new();
        if c == '\'' {
            while let Some(c) = chars.next() {
                let quote = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201b}');
                if quote(c) && !chars.peek().copied().is_some_and(quote) {
                    break;
                }
                if quote(c) {
                    chars.next();
                }
                word.push(c);
            }
        } else {
            word.push(c);
            while let Some(c) = chars.next_if(|c| *c != ' ') {
                word.push(c);
            }
        }
        assert!(chars.next().is_none_or(|c| c == ' '), "{line}");
        words.push(word);
    }
    words
}

/// Every command and URL that a reader could take from an installation.
pub(super) fn takeable(install: &Install) -> Found {
    let mut found = Found::default();
    if let Some(snippet) = &install.snippet {
        found = match snippet.language {
            "json" => {
                from_json(&serde_json::from_str(&snippet.text).unwrap(), &mut found);
                found
            }
            "toml" => from_toml(&snippet.text),
            _ => from_yaml(&snippet.text),
        };
    }
    if let Some(command) = &install.command {
        let powershell = command.powershell.iter().map(|line| powershell_words(line));
        for words in powershell.chain([posix_words(&command.posix)]) {
            match words.iter().position(|word| word == "--") {
                Some(at) => found.0.push(words[at + 1..].to_vec()),
                None => found.1.extend(words.into_iter().find(|word| word.contains("://"))),
            }
        }
    }
    if let Some(start) = &install.start {
        let words = posix_words(&start.posix);
        let env = words.first().is_some_and(|word| word == "env");
        let set = words.iter().skip(1).take_while(|word| word.contains('=')).count();
        found.0.push(words[if env { 1 + set } else { 0 }..].to_vec());
    }
    found
}
