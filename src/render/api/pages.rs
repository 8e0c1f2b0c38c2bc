//! The list in pages, for hosts that choose a document by its query and run no program.
//!
//! ```text
//! /v0.1/_q/page/50.json                          the first fifty servers
//! /v0.1/_q/page/50/com.example/weather.json      fifty more, after com.example/weather
//! ```
//!
//! There is a set of pages for each of [`PAGE_SIZES`], of latest versions only. A cursor names the last
//! server of a page; the set of size one has a page after every server, so that every cursor works with
//! every limit. Requests with any other query get the whole list.

use std::borrow::Cow;

use serde::Deserialize;

use crate::site::{Artifact, Body, Media, PAGE_SIZES, Shape, UrlPath};

use super::wire::list_json;

/// What a cursor is made of.
#[derive(Deserialize)]
struct CursorKey<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    version: Cow<'a, str>,
}

/// An entry of the list, as much as is needed of it.
#[derive(Deserialize)]
struct ListEntry<'a> {
    #[serde(borrow)]
    server: CursorKey<'a>,
}

/// The pages of the list whose entries are `latest`, in the order of their names.
pub fn list_pages(latest: &[&Body]) -> Vec<Artifact> {
    let names: Vec<Option<CursorKey<'_>>> = latest
        .iter()
        .map(|body| serde_json::from_slice(body).ok().map(|seen: ListEntry<'_>| seen.server))
        .collect();
    let mut artifacts = Vec::new();
    for size in PAGE_SIZES {
        let size_word = size.to_string();
        // One page more than there are full ones: after the last server there is an empty one.
        for start in (0..=latest.len()).step_by(size) {
            let end = (start + size).min(latest.len());
            let before = start.checked_sub(1).and_then(|at| names[at].as_ref());
            let last = end.checked_sub(1).and_then(|at| names[at].as_ref());
            let next = last.filter(|_| end < latest.len());
            let next = next.map(|last| format!("{}:{}", last.name, last.version));
            let path = match start {
                0 => UrlPath::new(["v0.1", "_q", "page", &format!("{size}.json")]),
                _ => after(&size_word, before),
            };
            let body = list_json(&latest[start..end], next.as_deref());
            artifacts.extend(path.map(|path| Artifact::new(path, Shape::File, Media::Json, body)));
        }
    }
    artifacts
}

/// Path of the page after a server; `None` when the name is not a valid path.
fn after(size: &str, server: Option<&CursorKey<'_>>) -> Option<UrlPath> {
    let (namespace, name) = server?.name.split_once('/')?;
    UrlPath::new(["v0.1", "_q", "page", size, namespace, &format!("{name}.json")])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn entries(count: usize) -> Vec<Body> {
        let entry =
            |i| format!("{{\"server\":{{\"name\":\"a.b/s{i:03}\",\"version\":\"1.0.{i}\"}}}}");
        (0..count).map(|i| entry(i).into()).collect()
    }

    fn pages(count: usize) -> BTreeMap<String, serde_json::Value> {
        let entries = entries(count);
        let pages = list_pages(&entries.iter().collect::<Vec<_>>());
        let read = |page: &Artifact| serde_json::from_slice(&page.body).unwrap();
        pages.iter().map(|page| (page.path.to_string(), read(page))).collect()
    }

    #[test]
    fn every_set_leads_from_the_first_server_to_the_last() {
        let pages = pages(73);
        for size in PAGE_SIZES {
            let (mut at, mut seen) = (format!("/v0.1/_q/page/{size}.json"), Vec::new());
            loop {
                let page = &pages[&at];
                let servers = page["servers"].as_array().unwrap();
                assert!(servers.len() <= size && page["metadata"]["count"] == servers.len());
                seen.extend(
                    servers.iter().map(|e| e["server"]["name"].as_str().unwrap().to_owned()),
                );
                let Some(cursor) = page["metadata"].get("nextCursor") else { break };
                let name = cursor.as_str().unwrap().split_once(':').unwrap().0;
                at = format!("/v0.1/_q/page/{size}/{name}.json");
            }
            let expected: Vec<String> = (0..73).map(|i| format!("a.b/s{i:03}")).collect();
            assert_eq!(seen, expected, "{size}");
        }
    }

    #[test]
    fn after_every_server_there_is_a_page_of_one() {
        let pages = pages(73);
        for i in 0..73 {
            assert!(pages.contains_key(&format!("/v0.1/_q/page/1/a.b/s{i:03}.json")), "{i}");
        }
        assert_eq!(pages["/v0.1/_q/page/1/a.b/s072.json"]["metadata"]["count"], 0);
    }

    #[test]
    fn an_empty_list_has_one_empty_page_a_set() {
        assert_eq!(pages(0).len(), PAGE_SIZES.len());
    }
}
