//! Values of inputs: fixed text, and slots that the user fills.
//!
//! A value is the author's fixed one with its `{variables}` replaced, else the default, else a slot if
//! it is required, else nothing. What the author wrote as the value, default or example of a secret
//! never leaves this module: a secret that is used is a slot.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Given, Input, NamedInput};

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

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Fixed text.
    Fixed(String),
    /// Index of a slot.
    Slot(usize),
}

/// A value as pieces in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template(pub Vec<Piece>);

impl Template {
    /// A fixed text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self(vec![Piece::Fixed(text.into())])
    }

    /// The fixed pieces.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Piece::Fixed(text) => Some(text.as_str()),
            Piece::Slot(_) => None,
        })
    }

    /// The slots, by index.
    pub fn slots(&self) -> impl Iterator<Item = usize> {
        self.0.iter().filter_map(|part| match part {
            Piece::Fixed(_) => None,
            Piece::Slot(slot) => Some(*slot),
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
            [Piece::Slot(slot)] => Some(slot),
            _ => None,
        }
    }

    /// Returns the text with every slot written by `show`.
    pub fn show(&self, slots: &[Slot], show: impl Fn(&Slot) -> String) -> String {
        let shown = self.0.iter().map(|piece| match piece {
            Piece::Fixed(text) => text.clone(),
            Piece::Slot(slot) => slots.get(*slot).map(&show).unwrap_or_default(),
        });
        shown.collect()
    }
}

/// Collects the slots of one way to install.
#[derive(Debug, Default)]
pub struct Slots {
    prefix: String,
    /// The slots found so far, in the order of their indices.
    pub list: Vec<Slot>,
    known: BTreeMap<(String, String, bool), usize>,
    taken: BTreeSet<String>,
}

impl Slots {
    /// No slots yet; `server` is the registry name.
    pub fn new(server: &str) -> Self {
        Self { prefix: server.to_owned(), ..Self::default() }
    }

    /// The value of an input called `label`; `None` when it can be left out.
    pub fn value(&mut self, label: &str, input: &Input) -> Option<Template> {
        let filled = input.value.as_deref().filter(|value| !value.is_empty());
        if let Some(value) = filled {
            let text = self.fill(value, &input.variables, input);
            // A secret without a slot would be the secret itself.
            if !(input.is_secret && text.slots().next().is_none()) {
                return Some(text);
            }
        }
        match input.given() {
            Given::Nothing => None,
            Given::Text(text) => Some(Template::plain(text)),
            Given::User => Some(self.slot(label, input)),
        }
    }

    /// `template` with every `{name}` replaced. What is declared in `variables` has its value; another
    /// name is a slot, because a user who sees braces would have to fill them as well.
    pub fn fill(&mut self, template: &str, variables: &[NamedInput], owner: &Input) -> Template {
        self.replace(template, |slots, name| {
            let declared = variables.iter().find(|variable| variable.name == name);
            let mut input = declared.map(|variable| variable.input.clone()).unwrap_or_default();
            input.is_secret |= owner.is_secret || (declared.is_none() && sounds_secret(name));
            slots.value(name, &input).unwrap_or_else(|| slots.slot(name, &input))
        })
    }

    /// `template` with every `{name}` replaced by what `with` returns.
    pub fn replace(
        &mut self,
        template: &str,
        mut with: impl FnMut(&mut Self, &str) -> Template,
    ) -> Template {
        let mut parts = Vec::new();
        let mut rest = template;
        let mut fixed = String::new();
        while let Some(open) = rest.find('{') {
            let after = &rest[open + 1..];
            // `${NAME}` is an expression of some client, not a variable of the document.
            let inner = after.find('}').filter(|_| !rest[..open].ends_with('$'));
            match inner.map(|close| &after[..close]).filter(|name| is_name(name)) {
                Some(name) => {
                    fixed.push_str(&rest[..open]);
                    rest = &after[name.len() + 1..];
                    for part in with(self, name).0 {
                        match part {
                            Piece::Fixed(text) => fixed.push_str(&text),
                            slot @ Piece::Slot(_) => {
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
        Template(parts)
    }

    /// The slot called `label`; equal inputs share one.
    pub fn slot(&mut self, label: &str, input: &Input) -> Template {
        let description = input.description.clone().unwrap_or_else(|| label.to_owned());
        let key = (label.to_owned(), description.clone(), input.is_secret);
        if let Some(known) = self.known.get(&key) {
            return Template(vec![Piece::Slot(*known)]);
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
        Template(vec![Piece::Slot(index)])
    }

    /// Lets the slot of an environment variable be read from the variable of that very name.
    pub fn name_variable(&mut self, slot: usize, variable: &str) {
        let valid = !variable.starts_with(|c: char| c.is_ascii_digit())
            && variable.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if let Some(slot) = self.list.get_mut(slot).filter(|_| valid) {
            variable.clone_into(&mut slot.variable);
        }
    }

    fn unique(&mut self, word: &str) -> String {
        let numbered = (2..).map(|number| format!("{word}_{number}"));
        let mut words = std::iter::once(word.to_owned()).chain(numbered);
        words.find(|word| self.taken.insert(word.clone())).unwrap_or_default()
    }
}

fn push_fixed(parts: &mut Vec<Piece>, fixed: &mut String) {
    if !fixed.is_empty() {
        parts.push(Piece::Fixed(std::mem::take(fixed)));
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
