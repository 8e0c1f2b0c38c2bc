//! `[channels.NAME]`: several registries from one data folder, and `[variables]`, by which their policies differ.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::problems::Problems;
use super::{BaseUrl, Config};
use crate::diag::{nearest, suggest};

/// Name of the policy's file.
pub const POLICY: &str = "policy.toml";

/// Values for `${NAME}` in policies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Variables(BTreeMap<String, String>);

/// A registry beside the main one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Channel {
    /// Its display name.
    name: Option<String>,
    /// Its base URL.
    base_url: Option<BaseUrl>,
    /// File of its policy, in the data folder.
    policy: Option<String>,
    /// Its values, and those of the main registry.
    variables: Variables,
}

/// The file's own layout.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawChannel {
    name: Option<String>,
    base_url: Option<String>,
    policy: Option<String>,
    variables: Variables,
}

impl Variables {
    /// Puts the values into a policy, in which every `${` begins a variable.
    ///
    /// # Errors
    /// With the position of a variable that has no value, and how to correct it.
    pub fn fill(&self, text: &str) -> Result<String, (usize, String, String)> {
        self.put(text, |_| true)
    }

    /// Puts the values into JSON, in which `${` with another word than the name of a variable stays.
    ///
    /// # Errors
    /// As [`Self::fill`].
    pub fn fill_json(&self, text: &str) -> Result<String, (usize, String, String)> {
        self.put(text, is_variable)
    }

    fn put(
        &self,
        text: &str,
        is_ours: impl Fn(&str) -> bool,
    ) -> Result<String, (usize, String, String)> {
        let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
        while let Some((before, after)) = rest.split_once("${") {
            let name = after.split_once('}').map_or("", |(name, _)| name);
            if !is_ours(name) {
                filled.push_str(before);
                filled.push_str("${");
                rest = after;
                continue;
            }
            let Some(value) = self.0.get(name) else {
                let at = text.len() - after.len() - 2;
                let known = self.0.keys().map(String::as_str);
                let help = match nearest(name, known) {
                    Some(near) => format!("write ${{{near}}}"),
                    None => "give it a value below [variables] in registry.toml".to_owned(),
                };
                let shown: String = name.chars().take(40).collect();
                return Err((at, format!("there is no variable {shown:?}"), help));
            };
            filled.push_str(before);
            filled.push_str(value);
            rest = &after[name.len() + 1..];
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// Reports wrong names and values. The values stand in texts of TOML, so they have nothing that ends one.
    pub(super) fn check(&self, pointer: &str, problems: &mut Problems) {
        let is_value = |value: &str| {
            let is_plain = |b: u8| b.is_ascii_alphanumeric() || b".-_:/@*".contains(&b);
            (1..=500).contains(&value.len()) && value.bytes().all(is_plain)
        };
        for (name, value) in &self.0 {
            if !is_variable(name) {
                let help = "write capital letters, digits and _, such as DOMAIN";
                problems.add(pointer, format!("{name:?} is not the name of a variable"), help);
            } else if !is_value(value) {
                let help = "write letters, digits and . - _ : / @ *, such as \"corp.internal\"";
                problems.add(
                    format!("{pointer}/{name}"),
                    format!("{value:?} cannot be a value"),
                    help,
                );
            }
        }
    }

    fn over(self, main: &Self) -> Self {
        let mut all = main.0.clone();
        all.extend(self.0);
        Self(all)
    }
}

impl RawChannel {
    /// Reads a channel; what is wrong goes to `problems`.
    pub(super) fn resolve(
        self,
        id: &str,
        main: &Variables,
        problems: &mut Problems,
    ) -> Option<Channel> {
        let at = |key: &str| format!("/channels/{id}/{key}");
        let is_path = BaseUrl::parse(&format!("https://registry.example.com/{id}")).is_ok();
        if !is_kebab_case(id) || !is_path {
            let message = format!("{id:?} cannot be the name of a channel");
            let help =
                "write lower-case letters, digits and single hyphens, such as [channels.trial]";
            problems.add(format!("/channels/{id}"), message, help);
            return None;
        }
        let base_url = self.base_url.and_then(|url| {
            let add = |why: String| {
                let (what, instead) = why.split_once("; ").unwrap_or((&why, "correct it"));
                problems.add(at("base_url"), what, instead);
            };
            BaseUrl::parse(&url).map_err(add).ok()
        });
        if let Some(file) = self.policy.as_deref().filter(|file| !is_policy_file(file)) {
            let message = format!("{file:?} cannot be the file of a policy");
            let help =
                format!("write \"policy.{id}.toml\", the name of a file beside registry.toml");
            problems.add(at("policy"), message, help);
        }
        self.variables.check(&at("variables"), problems);
        let name = self.name.filter(|name| !name.trim().is_empty());
        let variables = self.variables.over(main);
        Some(Channel { name, base_url, policy: self.policy, variables })
    }
}

/// Whether this is the name of a variable, here or of the environment.
pub(super) fn is_variable(name: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.bytes().all(is_plain)
}

/// Whether this is the name of a channel or the id of a rule.
pub(super) fn is_kebab_case(id: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    id.len() <= 64 && id.split('-').all(word)
}

/// Whether a file in the data folder is a policy: `policy.toml`, or `policy.NAME.toml` for a channel.
pub fn is_policy_file(name: &str) -> bool {
    let middle = name.strip_prefix("policy.").and_then(|rest| rest.strip_suffix(".toml"));
    name == POLICY || middle.is_some_and(is_kebab_case)
}

impl Config {
    /// Makes these the settings of a channel.
    ///
    /// # Errors
    /// With what to write instead when there is no such channel.
    pub fn enter(&mut self, id: &str) -> Result<(), String> {
        let Some(channel) = self.channels.get(id).cloned() else {
            let known: Vec<&str> = self.channels.keys().map(String::as_str).collect();
            return Err(match known.is_empty() {
                true => format!("add it to registry.toml, below [channels.{id}]"),
                false => suggest(id, &known),
            });
        };
        // What proofs name and what readers of `_meta` look for is the same in every channel.
        self.meta_key = self.meta_key();
        self.id = self.id.take().or_else(|| Some(self.base_url.as_ref()?.as_str().to_owned()));
        let below = |url: &BaseUrl| BaseUrl::parse(&format!("{url}/{id}")).ok();
        self.base_url = channel.base_url.or_else(|| self.base_url.as_ref().and_then(below));
        match channel.name {
            Some(name) => (self.name, self.catalog.title) = (Some(name), None),
            None => {
                let add = |name: &mut String| *name = format!("{name} ({id})");
                self.name.iter_mut().chain(&mut self.catalog.title).for_each(add);
            }
        }
        self.policy = channel.policy.unwrap_or_else(|| POLICY.to_owned());
        self.variables = channel.variables;
        self.channel = Some(id.to_owned());
        Ok(())
    }

    /// Returns the file of each policy with the variables that it is filled with; the one that applies is the first.
    pub fn policies(&self) -> Vec<(&str, &Variables)> {
        let mut all = vec![(self.policy.as_str(), &self.variables)];
        let channels = self.channels.values();
        for channel in channels {
            let policy = (channel.policy.as_deref().unwrap_or(POLICY), &channel.variables);
            if !all.contains(&policy) {
                all.push(policy);
            }
        }
        all
    }
}
