//! Values with holes: fixed text, and slots that the user fills.
//!
//! A value is the author's fixed one with its `{variables}` replaced, else the default, else a slot if
//! it is required or secret, else nothing. A secret is always a slot: whatever the author wrote as its
//! value, default or example never leaves this module.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Input, NamedInput};

/// A value that the user has to supply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Unique among all servers: the server's name is part of it, so that two servers never share a
    /// secret by accident.
    pub id: String,
    /// The placeholder where a client cannot ask: `YOUR_…`.
    pub word: String,
    /// The environment variable that clients with expansion read it from.
    pub variable: String,
    /// What to ask.
    pub description: String,
    /// Whether it must not be shown while it is typed.
    pub is_secret: bool,
}

/// A piece of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Fixed.
    Text(String),
    /// Index of a slot.
    Slot(usize),
}

/// A value: pieces in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Part>);

impl Text {
    /// A fixed text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self(vec![Part::Text(text.into())])
    }

    /// The fixed pieces.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Slot(_) => None,
        })
    }

    /// The slots, by index.
    pub fn slots(&self) -> impl Iterator<Item = usize> {
        self.0.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Slot(slot) => Some(*slot),
        })
    }

    /// The whole text when nothing is left to the user.
    pub fn fixed(&self) -> Option<String> {
        let fixed = self.slots().next().is_none();
        fixed.then(|| self.literals().collect())
    }

    /// The slot, when the value is nothing else.
    pub fn only_slot(&self) -> Option<usize> {
        match self.0[..] {
            [Part::Slot(slot)] => Some(slot),
            _ => None,
        }
    }

    /// The text with every slot written by `show`.
    pub fn show(&self, slots: &[Slot], show: impl Fn(&Slot) -> String) -> String {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Slot(slot) => out.push_str(&slots.get(*slot).map(&show).unwrap_or_default()),
            }
        }
        out
    }
}

/// The slots of one way to install, as they are found.
#[derive(Debug, Default)]
pub struct Slots {
    prefix: String,
    list: Vec<Slot>,
    known: BTreeMap<(String, String, bool), usize>,
    taken: BTreeSet<String>,
}

impl Slots {
    /// No slots yet; `server` is the registry name.
    pub fn new(server: &str) -> Self {
        Self { prefix: server.to_owned(), ..Self::default() }
    }

    /// The slots in the order of their indices.
    pub fn finish(self) -> Vec<Slot> {
        self.list
    }

    /// The slots found so far.
    pub fn so_far(&self) -> &[Slot] {
        &self.list
    }

    /// The value of an input called `label`; `None` when it can be left out.
    pub fn value(&mut self, label: &str, input: &Input) -> Option<Text> {
        let filled = input.value.as_deref().filter(|value| !value.is_empty());
        if let Some(value) = filled {
            let text = self.fill(value, &input.variables, input);
            // A secret without a hole would be the secret itself.
            if !(input.is_secret && text.slots().next().is_none()) {
                return Some(text);
            }
        }
        match input.default.as_deref() {
            Some(default) if !input.is_secret && !default.is_empty() => {
                return Some(Text::plain(default));
            }
            _ => {}
        }
        (input.is_required || input.is_secret).then(|| self.slot(label, input))
    }

    /// The value of an input that cannot be left out.
    pub fn needed(&mut self, label: &str, input: &Input) -> Text {
        self.value(label, input).unwrap_or_else(|| self.slot(label, input))
    }

    /// `template` with every `{name}` replaced. What is declared in `variables` has its value; another
    /// name is a slot, because a user who sees braces would have to fill them as well.
    pub fn fill(&mut self, template: &str, variables: &[NamedInput], owner: &Input) -> Text {
        self.replace(template, |slots, name| {
            let declared = variables.iter().find(|variable| variable.name == name);
            let mut input = declared.map(|variable| variable.input.clone()).unwrap_or_default();
            input.is_secret |= owner.is_secret || (declared.is_none() && sounds_secret(name));
            slots.needed(name, &input)
        })
    }

    /// `template` with every `{name}` replaced by what `with` returns.
    pub fn replace(
        &mut self,
        template: &str,
        mut with: impl FnMut(&mut Self, &str) -> Text,
    ) -> Text {
        let mut parts = Vec::new();
        let mut rest = template;
        let mut fixed = String::new();
        while let Some(open) = rest.find('{') {
            let after = &rest[open + 1..];
            // `${NAME}` is an expression of some client and no variable of the document.
            let inner = after.find('}').filter(|_| !rest[..open].ends_with('$'));
            match inner.map(|close| &after[..close]).filter(|name| is_name(name)) {
                Some(name) => {
                    fixed.push_str(&rest[..open]);
                    rest = &after[name.len() + 1..];
                    for part in with(self, name).0 {
                        match part {
                            Part::Text(text) => fixed.push_str(&text),
                            slot @ Part::Slot(_) => {
                                push_fixed(&mut parts, &mut fixed);
                                parts.push(slot);
                            }
                        }
                    }
                }
                None => {
                    fixed.push_str(&rest[..=open]);
                    rest = after;
                }
            }
        }
        fixed.push_str(rest);
        push_fixed(&mut parts, &mut fixed);
        Text(parts)
    }

    /// The slot called `label`; equal inputs share one.
    pub fn slot(&mut self, label: &str, input: &Input) -> Text {
        let description = input.description.clone().unwrap_or_else(|| label.to_owned());
        let key = (label.to_owned(), description.clone(), input.is_secret);
        if let Some(known) = self.known.get(&key) {
            return Text(vec![Part::Slot(*known)]);
        }
        let word = self.unique(&upper(label));
        let name = self.prefix.rsplit('/').next().unwrap_or_default();
        let slot = Slot {
            id: lower(&format!("{}-{word}", self.prefix)),
            variable: format!("{}_{word}", upper(name)),
            word: format!("YOUR_{word}"),
            description,
            is_secret: input.is_secret,
        };
        let index = self.list.len();
        self.list.push(slot);
        self.known.insert(key, index);
        Text(vec![Part::Slot(index)])
    }

    /// Lets the slot of an environment variable be read from the variable of that very name.
    pub fn name_variable(&mut self, slot: usize, variable: &str) {
        let sound = !variable.starts_with(|c: char| c.is_ascii_digit())
            && variable.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if let Some(slot) = self.list.get_mut(slot).filter(|_| sound) {
            variable.clone_into(&mut slot.variable);
        }
    }

    fn unique(&mut self, word: &str) -> String {
        let mut unique = word.to_owned();
        let mut number = 2;
        while !self.taken.insert(unique.clone()) {
            unique = format!("{word}_{number}");
            number += 1;
        }
        unique
    }
}

fn push_fixed(parts: &mut Vec<Part>, fixed: &mut String) {
    if !fixed.is_empty() {
        parts.push(Part::Text(std::mem::take(fixed)));
    }
}

/// Whether text between braces is a name and not, say, a piece of JSON.
fn is_name(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-. ".contains(&b))
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Whether an undeclared name suggests that its value is a secret.
pub fn sounds_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["key", "token", "secret", "password", "auth", "cookie", "bearer"]
        .iter()
        .any(|word| name.contains(word))
}

fn upper(text: &str) -> String {
    let word: String = text
        .trim_matches(|c: char| !c.is_ascii_alphanumeric())
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
        .take(60)
        .collect();
    match word.chars().next() {
        None => "VALUE".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("V{word}"),
        Some(_) => word,
    }
}

fn lower(text: &str) -> String {
    let dash =
        |c: char| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' };
    text.chars().map(dash).collect()
}
