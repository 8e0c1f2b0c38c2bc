//! Broken registries, in three families, with what is expected of each client.

mod addresses;
mod bodies;
mod hosts;

use std::sync::LazyLock;

use serde_json::Value;

use super::broken::Case;
use super::good::{json_of, list};
use super::host::{Asked, Said};

/// Every case.
pub(super) static CASES: LazyLock<Vec<&Case>> =
    LazyLock::new(|| addresses::CASES.iter().chain(hosts::CASES).chain(bodies::CASES).collect());

type Breaks = fn(&Asked, Said) -> Said;

const fn case(name: &'static str, breaks: Breaks, expect: &'static str) -> Case {
    Case { name, after: "", https: false, breaks, expect }
}

/// A case in which the base URL has something after it.
const fn case_at(
    name: &'static str,
    after: &'static str,
    breaks: Breaks,
    expect: &'static str,
) -> Case {
    Case { name, after, https: false, breaks, expect }
}

/// A case at an https URL.
const fn case_https(name: &'static str, breaks: Breaks, expect: &'static str) -> Case {
    Case { name, after: "", https: true, breaks, expect }
}

fn is_list(asked: &Asked) -> bool {
    matches!(asked.path(), "/v0.1/servers" | "/v0/servers")
}

/// Whether it is below a server, in whatever spelling.
fn is_lookup(asked: &Asked) -> bool {
    asked.path().contains("/servers/") && asked.path().contains("/versions")
}

fn is_unknown(said: &Said) -> bool {
    said.status == 404
}

/// The list after a change, where the list is asked for.
fn with_list(asked: &Asked, said: Said, change: fn(&mut Value)) -> Said {
    if !is_list(asked) || asked.method != "GET" {
        return said;
    }
    let mut value = list();
    change(&mut value);
    json_of(&value)
}

/// The list and every document after a change of each entry.
fn with_entries(asked: &Asked, said: Said, change: fn(&mut Value)) -> Said {
    let Ok(mut value) = serde_json::from_slice::<Value>(&said.body) else { return said };
    if said.status != 200 || !asked.path().contains("/servers") {
        return said;
    }
    match value.get_mut("servers").and_then(Value::as_array_mut) {
        Some(entries) => entries.iter_mut().for_each(change),
        None => change(&mut value),
    }
    Said { body: value.to_string().into(), ..said }
}

const PAGE: &str = "<!DOCTYPE html><html><body>hello</body></html>";

fn page() -> Said {
    Said::new(200, "text/html; charset=utf-8", PAGE)
}
