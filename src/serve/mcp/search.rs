//! `search_servers`.

use std::cmp::Reverse;

use serde_json::{Map, Value, json};

use crate::render::Summary;

use super::super::Live;
use super::call::{Arguments, Property, schema as schema_of};

/// Results without a `limit`, and the most that can be asked for.
const LIMIT: (usize, usize) = (10, 50);

/// Most words of a query that are looked for.
const WORDS: usize = 16;

const QUERY: Property = (
    "query",
    || json!({ "type": "string", "description": "Words to look for, such as: weather forecast" }),
);

const RESULTS: Property = ("limit", || {
    let (usual, most) = LIMIT;
    json!({
        "type": "integer", "minimum": 1, "maximum": most,
        "description": format!("Most servers to return; {usual} if it is not given"),
    })
});

pub(super) fn schema() -> Map<String, Value> {
    schema_of(&[QUERY, RESULTS], &[])
}

pub(super) fn call(live: &Live, arguments: &Arguments) -> Result<Value, String> {
    let query = arguments.text("query").unwrap_or_default().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().take(WORDS).collect();
    let limit = arguments.number("limit").unwrap_or(LIMIT.0);
    let mut found: Vec<(u32, &Summary)> = live
        .summaries()
        .filter(|server| server.is_live())
        .filter_map(|server| Some((score(server, &query, &words)?, server)))
        .collect();
    found.sort_by_key(|(score, server)| (Reverse(*score), Reverse(&server.updated), &server.name));
    let servers: Vec<Value> =
        found.iter().take(limit).map(|(_, server)| shown(live, server)).collect();
    Ok(json!({ "total": found.len(), "servers": servers }))
}

fn shown(live: &Live, server: &Summary) -> Value {
    let mut shown = json!({
        "name": server.name,
        "title": server.title,
        "description": server.description,
        "version": server.version,
        "status": server.status,
        "updatedAt": server.updated,
        "remote": server.remote,
        "packages": server.packages.iter().map(|(kind, _)| kind).collect::<Vec<_>>(),
        "page": live.page(&server.name),
    });
    if let Value::Object(members) = &mut shown {
        members.retain(|_, value| !value.is_null());
    }
    shown
}

/// Returns how well a server matches; `None` if a word is nowhere in it.
fn score(server: &Summary, query: &str, words: &[&str]) -> Option<u32> {
    let name = server.name.to_lowercase();
    let title = server.title.as_deref().unwrap_or_default().to_lowercase();
    let description = server.description.to_lowercase();
    let texts = server.tags.iter().chain(server.packages.iter().map(|(_, identifier)| identifier));
    let others: Vec<String> = texts.map(|text| text.to_lowercase()).collect();
    let mut score = if name == query.trim() { 100 } else { 0 };
    for word in words {
        let own = name.rsplit('/').next().unwrap_or_default();
        let places = [
            (own.contains(word), 8),
            (title.contains(word), 6),
            (others.iter().any(|text| text.contains(word)), 4),
            (name.contains(word), 3),
            (description.contains(word), 2),
        ];
        score += places.iter().find(|(is_there, _)| *is_there)?.1;
    }
    Some(score)
}
