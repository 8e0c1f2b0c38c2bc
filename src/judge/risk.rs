//! What is proven and still needs a review: names that resemble others, and the first server of a namespace.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::check::outline;
use crate::data::join;
use crate::diag::{Code, Diagnostic};
use crate::error::Result;
use crate::model::{ServerName, Timestamp};
use crate::proof::change::EntryKind;
use crate::proof::event::Event;

use super::changeset::ChangeSet;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Returns what a person should look at, at `now` in seconds since 1970.
pub(super) fn findings(
    set: &ChangeSet<'_>,
    event: Option<&Event>,
    now: i64,
) -> Result<Vec<Diagnostic>> {
    let Some(base) = set.base else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    let new: BTreeMap<String, String> = set
        .change
        .entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::NewServer)
        .map(|entry| (entry.server(), entry.main_file()))
        .collect();
    if new.is_empty() {
        return Ok(found);
    }
    let servers = join(set.prefix, "servers");
    let known = set.git.names_below(base, &servers)?;
    let shapes: BTreeMap<String, &str> =
        known.iter().map(|name| (outline(name), name.as_str())).collect();
    let near = near(&new, &known);
    for (name, path) in &new {
        let same = shapes.get(&outline(name)).copied().filter(|other| is_foreign(name, other));
        if let Some(other) = same.or_else(|| near.get(name.as_str()).copied()) {
            found.push(set.diagnose(
                Code::NameLookAlike,
                path,
                format!("{name} is easily mistaken for {other}"),
                "a maintainer checks that the name does not mislead users",
            ));
        }
    }
    found.extend(waits(set, event, &known, &new, now));
    Ok(found)
}

/// Whether two names belong to different namespaces.
fn is_foreign(name: &str, other: &str) -> bool {
    !namespace(name).eq_ignore_ascii_case(namespace(other))
}

/// Returns for each new name the first known one of another namespace that is one edit away.
///
/// Two such names are equal after one letter is left out of one or both, so only those are compared.
fn near<'a>(new: &'a BTreeMap<String, String>, known: &'a [String]) -> HashMap<&'a str, &'a str> {
    let mut shortened: HashMap<Vec<u8>, Vec<&str>> = HashMap::new();
    for name in new.keys() {
        for text in with_one_less(name) {
            shortened.entry(text).or_default().push(name);
        }
    }
    let mut found = HashMap::new();
    for other in known {
        for name in with_one_less(other).iter().filter_map(|text| shortened.get(text)).flatten() {
            if !found.contains_key(name) && is_foreign(name, other) && one_edit(name, other) {
                found.insert(*name, other.as_str());
            }
        }
    }
    found
}

/// Returns a name in lower case, and every text that one letter less makes of it; nothing for a text that is
/// too long to be a name.
fn with_one_less(name: &str) -> Vec<Vec<u8>> {
    if name.len() > ServerName::MAX {
        return Vec::new();
    }
    let name = name.to_ascii_lowercase().into_bytes();
    let less = (0..name.len()).map(|at| [&name[..at], &name[at + 1..]].concat());
    less.chain([name.clone()]).collect()
}

fn namespace(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}

/// Whether one inserted, removed, replaced or swapped character makes one of the other, case aside.
fn one_edit(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    let (a, b) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if b.len() - a.len() > 1 {
        return false;
    }
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    match (a, b) {
        _ if a.len() < b.len() => a == &b[1..],
        ([], []) => true,
        ([x, y, rest @ ..], [v, w, more @ ..]) if x == w && y == v => {
            rest == more || a[1..] == b[1..]
        }
        _ => a[1..] == b[1..],
    }
}

/// Reports the waiting period of namespaces that publish for the first time.
fn waits(
    set: &ChangeSet<'_>,
    event: Option<&Event>,
    servers: &[String],
    new: &BTreeMap<String, String>,
    now: i64,
) -> Vec<Diagnostic> {
    let days = set.config.ownership.new_namespace_days;
    let opened = event
        .and_then(Event::pull_request)
        .and_then(|pull| Timestamp::parse(pull.created.as_deref()?))
        .map(|time| time.unix());
    // Without the time of a pull request nothing tells how long it has waited.
    let Some(opened) = opened.filter(|_| days > 0) else { return Vec::new() };
    let until = opened.saturating_add(i64::from(days) * DAY);
    if now >= until {
        return Vec::new();
    }
    let known: BTreeSet<String> =
        servers.iter().map(|name| namespace(name).to_ascii_lowercase()).collect();
    let first =
        new.iter().filter(|(name, _)| !known.contains(&namespace(name).to_ascii_lowercase()));
    first
        .map(|(name, path)| {
            let message = format!(
                "{name} is the first server of its namespace and must wait until {}",
                Timestamp::from_unix(until)
            );
            let help = "run the check again then, or ask a maintainer to merge it earlier";
            set.diagnose(Code::NamespaceWaits, path, message, help)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::one_edit;

    #[test]
    fn one_edit_is_one_letter_more_less_other_or_swapped() {
        for (a, b) in [("ab", "abc"), ("abc", "ac"), ("abc", "axc"), ("abcd", "abdc"), ("A", "a")] {
            assert!(one_edit(a, b) && one_edit(b, a), "{a} {b}");
        }
        for (a, b) in [("ab", "abcd"), ("abc", "xyc"), ("abcd", "badc"), ("", "ab")] {
            assert!(!one_edit(a, b) && !one_edit(b, a), "{a} {b}");
        }
    }
}
