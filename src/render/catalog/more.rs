//! The texts of the clients under "More clients" and the second ways of the first, written as copies from
//! texts that the reader has.
//!
//! They say what the first tabs show, in other words and in another order. So a page has only
//! what is new, and marks what to copy from a dictionary. The dictionary is [`Dictionary::shared`], which
//! is a part of the script, and then the texts of the page's first tabs. `site/install.js` reads all this
//! back; it compares the dictionary's [`Dictionary::check`] first, since operators may replace templates.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::Server;
use crate::text::{percent_decode, percent_encode};

use super::super::install::{Clients, Install, InstallContext, Link, Snippet, installs};

/// Announces a copy: three digits of its place in the dictionary and two of its length. Twice, it is
/// itself, and with a dot it is [`END`].
const MARK: char = '~';
/// The digits, from 0 to 63.
const DIGITS: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
/// Places in the dictionary that three digits can name.
const PLACES: usize = 64 * 64 * 64;
/// Longest copy.
const LONGEST: usize = 64 * 64 - 1;
/// Shortest copy: one is written in six bytes.
const SHORTEST: usize = 8;
/// Bits of a hash.
const BITS: u32 = 12;

/// Ends each field of a text that is packed. No text of an install has this character.
pub(super) const END: char = '\u{1}';

/// A server of which every client's texts are in the script, so that pages need not hold the words that
/// are the same for all servers.
const EXAMPLE: &str = r#"{"name":"com.example/a","version":"1.0.0","description":"","packages":[
{"registryType":"npm","identifier":"a","version":"1.0.0","transport":{"type":"stdio"},"environmentVariables":[{"name":"API_KEY","isRequired":true,"isSecret":true},{"name":"B"}]},
{"registryType":"npm","identifier":"a","version":"1.0.0","transport":{"type":"streamable-http","url":"http://localhost:8080/mcp"}},
{"registryType":"pypi","identifier":"a","version":"1.0.0","transport":{"type":"stdio"}},
{"registryType":"oci","identifier":"ghcr.io/a/b:1.0.0","transport":{"type":"stdio"}},
{"registryType":"mcpb","identifier":"https://github.com/a/b/releases/download/v1.0.0/a.mcpb","fileSha256":"0"}],
"remotes":[{"type":"streamable-http","url":"https://mcp.example.com/mcp","headers":[{"name":"Authorization","isRequired":true,"isSecret":true,"value":"Bearer {API_KEY}"}]},
{"type":"sse","url":"https://mcp.example.com/sse"}]}"#;

/// Texts to copy from, in ASCII: other characters are left out.
#[derive(Debug, Clone)]
pub(super) struct Dictionary {
    text: Vec<u8>,
    /// Hash of [`SHORTEST`] bytes → where they were seen last, plus 1.
    seen: Vec<u32>,
    /// Number of bytes that `seen` covers.
    indexed: usize,
}

impl Dictionary {
    /// The dictionary that all pages have.
    pub(super) fn shared() -> Self {
        let context = InstallContext { base_url: None, clients: Clients::default() };
        let mut known = BTreeSet::new();
        let mut it = Self { text: Vec::new(), seen: vec![0; 1 << BITS], indexed: 0 };
        for install in installs(&Server::parse(EXAMPLE), &context) {
            let mut text = String::new();
            push_client(&mut text, &install);
            push(&mut text, &install);
            for line in text.split_inclusive(['\n', END]) {
                if known.insert(line.to_owned()) {
                    it.add(line);
                }
            }
        }
        it
    }

    /// The text so far.
    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// Adds a text.
    pub(super) fn add(&mut self, text: &str) {
        if text.is_ascii() {
            self.text.extend_from_slice(text.as_bytes());
        } else {
            self.text.extend(text.bytes().filter(u8::is_ascii));
        }
        let end = self.text.len().min(PLACES);
        while self.indexed + SHORTEST <= end {
            let hash = hash(&self.text[self.indexed..]);
            self.indexed += 1;
            self.seen[hash] = self.indexed as u32;
        }
    }

    /// A number that differs from that of another dictionary, as a rule.
    pub(super) fn check(&self) -> String {
        let step = |sum: u32, four: &[u8]| {
            let word = four.iter().rev().fold(0, |word, byte| (word << 8) | u32::from(*byte));
            (sum ^ word).wrapping_mul(0x0100_0193)
        };
        format!("{:x}", self.text.chunks(4).fold(0x811c_9dc5, step))
    }

    /// Writes `text` as new characters and copies.
    pub(super) fn pack(&self, text: &str) -> String {
        let bytes = text.as_bytes();
        let mut packed = String::with_capacity(text.len() / 4);
        let (mut at, mut new) = (0, 0);
        while at + SHORTEST <= bytes.len() {
            let Some(mut from) = self.seen[hash(&bytes[at..])].checked_sub(1).map(|it| it as usize)
            else {
                at += 1;
                continue;
            };
            let mut length = common(&self.text[from..], &bytes[at..]);
            if length < SHORTEST {
                at += 1;
                continue;
            }
            while at > new && from > 0 && self.text[from - 1] == bytes[at - 1] {
                (at, from, length) = (at - 1, from - 1, length + 1);
            }
            let length = length.min(LONGEST);
            // What is copied is ASCII, so no character is cut.
            push_new(&mut packed, &text[new..at]);
            packed.push(MARK);
            push_digits(&mut packed, [from / 4096, from / 64, from]);
            push_digits(&mut packed, [length / 64, length]);
            at += length;
            new = at;
        }
        push_new(&mut packed, &text[new..]);
        packed
    }
}

/// Hash of the first bytes of `text`, of which there are enough.
fn hash(text: &[u8]) -> usize {
    let word = text.first_chunk::<SHORTEST>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS)) as usize
}

/// Length of the beginning that both have.
fn common(one: &[u8], other: &[u8]) -> usize {
    let chunks = one.chunks_exact(16).zip(other.chunks_exact(16));
    let whole = 16 * chunks.take_while(|(one, other)| one == other).count();
    let rest = one[whole..].iter().zip(&other[whole..]);
    whole + rest.take_while(|(one, other)| one == other).count()
}

fn push_new(packed: &mut String, text: &str) {
    for part in text.split_inclusive([MARK, END]) {
        let plain = part.trim_end_matches([MARK, END]);
        packed.push_str(plain);
        match part[plain.len()..].chars().next() {
            Some(END) => packed.extend([MARK, '.']),
            Some(_) => packed.extend([MARK, MARK]),
            None => {}
        }
    }
}

fn push_digits<const N: usize>(packed: &mut String, numbers: [usize; N]) {
    packed.extend(numbers.iter().map(|number| char::from(DIGITS[number % 64])));
}

/// What the script adds to a way of one of the first clients.
#[derive(Debug, Default)]
pub(super) struct Added {
    pub(super) links: Vec<Link>,
    powershell: Option<String>,
    pub(super) snippet: Option<Snippet>,
}

/// Takes out of `install` what a reader without a script can do without: links where there is a file, the
/// line for PowerShell, and a file for which the text under "JSON", `plain`, does as well.
pub(super) fn take(install: &mut Install, plain: Option<&str>) -> Added {
    let mut added = Added::default();
    if let Some(command) = &mut install.command {
        added.powershell = command.powershell.take();
    }
    if install.snippet.is_some() {
        added.links = std::mem::take(&mut install.links);
    }
    let is_plain = |it: &&mut Snippet| {
        install.command.is_some() && it.path == ".mcp.json" || plain == Some(it.text.as_str())
    };
    if plain.is_some() && install.client != "json" {
        if install.snippet.as_mut().filter(is_plain).is_some() {
            added.snippet = install.snippet.take();
        }
    }
    added
}

/// Appends the fields of what is added to the way with this number on the page.
pub(super) fn push_added(text: &mut String, number: usize, added: &Added) {
    if added.links.is_empty() && added.powershell.is_none() && added.snippet.is_none() {
        return;
    }
    push_field(text, 'w', &number.to_string());
    added.links.iter().for_each(|link| push_link(text, link));
    added.powershell.iter().for_each(|line| push_field(text, 'p', line));
    added.snippet.iter().for_each(|snippet| push_snippet(text, snippet));
}

/// Appends the fields that begin a client.
pub(super) fn push_client(text: &mut String, install: &Install) {
    push_field(text, 't', install.label);
    push_field(text, 'i', install.client);
}

/// Appends the fields of one way to install: a letter that says which, the text, [`END`].
pub(super) fn push(text: &mut String, install: &Install) {
    push_field(text, 'w', install.method);
    for (kind, value) in install.detail.iter().map(|detail| ('d', detail)) {
        push_field(text, kind, value);
    }
    install.links.iter().for_each(|link| push_link(text, link));
    if let Some(command) = &install.command {
        push_field(text, 'c', &command.posix);
        if let Some(line) = &command.powershell {
            push_field(text, 'p', line);
        }
    }
    install.snippet.iter().for_each(|snippet| push_snippet(text, snippet));
    for note in &install.notes {
        push_field(text, 'n', note);
    }
}

fn push_snippet(text: &mut String, snippet: &Snippet) {
    push_field(text, 'f', snippet.path);
    push_field(text, 'x', &snippet.text);
}

/// Appends a link. An object in it is written as it is, since its code has nothing in common with other texts.
fn push_link(text: &mut String, link: &Link) {
    push_field(text, 'a', link.label);
    let (kind, url) = held(&link.url).unwrap_or(('h', link.url.clone()));
    push_field(text, kind, &url);
}

/// Decodes the object that ends a link: percent-encoded (`e`), or in base64 (`b`).
fn held(url: &str) -> Option<(char, String)> {
    let open = |text: &str| text.starts_with('{').then_some(());
    if let Some(at) = url.find("%7B") {
        let object = percent_decode(&url[at..], false)?;
        let same = percent_encode(&object) == url[at..] && !url[..at].contains('{');
        open(&object)?;
        return same.then(|| ('e', url[..at].to_owned() + &object));
    }
    let at = url.find("config=")? + "config=".len();
    let object = STANDARD.decode(percent_decode(&url[at..], false)?).ok()?;
    let same = percent_encode(&STANDARD.encode(&object)) == url[at..] && !url[..at].contains('{');
    let object = String::from_utf8(object).ok()?;
    open(&object)?;
    same.then(|| ('b', url[..at].to_owned() + &object))
}

fn push_field(text: &mut String, kind: char, value: &str) {
    text.push(kind);
    text.push_str(value);
    text.push(END);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a packed text back, as the script does.
    fn unpack(dictionary: &Dictionary, packed: &str) -> String {
        let mut text = String::new();
        let mut rest = packed.chars();
        while let Some(c) = rest.next() {
            if c != MARK {
                text.push(c);
                continue;
            }
            let first = rest.next().unwrap();
            if matches!(first, MARK | '.') {
                text.push(if first == MARK { MARK } else { END });
                continue;
            }
            let mut digits = std::iter::once(first).chain(rest.by_ref().take(4));
            let mut number = |count| {
                let digits = digits.by_ref().take(count);
                digits.fold(0, |sum, c| {
                    sum * 64 + DIGITS.iter().position(|digit| char::from(*digit) == c).unwrap()
                })
            };
            let (from, length) = (number(3), number(2));
            text.push_str(&dictionary.as_str()[from..from + length]);
        }
        text
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn what_is_packed_is_read_back(
            words in prop::collection::vec("[a-e~é\u{1f600}\n\u{1}]{0,20}", 1..20),
            order in prop::collection::vec(0_usize..40, 0..40),
        ) {
            let mut dictionary = Dictionary::shared();
            words.iter().for_each(|word| dictionary.add(word));
            let text: String = order.iter().map(|at| words[at % words.len()].as_str()).collect();
            prop_assert_eq!(unpack(&dictionary, &dictionary.pack(&text)), text);
        }
    }

    #[test]
    fn a_text_that_is_known_is_one_copy() {
        let mut dictionary = Dictionary::shared();
        let text = "{\n  \"mcpServers\": {\n    \"weather\": {}\n  }\n}";
        let before = dictionary.check();
        dictionary.add(text);
        assert_ne!(dictionary.check(), before);
        assert_eq!(dictionary.pack(text).len(), 6);
        let long = "x".repeat(2 * LONGEST);
        dictionary.add(&long);
        assert_eq!(unpack(&dictionary, &dictionary.pack(&long)), long);
    }
}
