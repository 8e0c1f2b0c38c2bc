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

/// The pages of the list, made while its entries come by in the order of their names.
#[derive(Debug, Default)]
pub struct ListPages {
    sets: [Set; PAGE_SIZES.len()],
}

/// The page that is being filled, of one size.
#[derive(Debug, Default)]
struct Set {
    entries: Vec<Body>,
    /// The last server of the page before; `None` on the first page.
    before: Option<Option<String>>,
}

impl ListPages {
    /// Adds an entry; the pages before it are added to `artifacts`.
    pub fn push(&mut self, entry: Body, artifacts: &mut Vec<Artifact>) {
        for (size, set) in PAGE_SIZES.into_iter().zip(&mut self.sets) {
            if set.entries.len() == size {
                artifacts.extend(set.page(size, true));
            }
            set.entries.push(entry.clone());
        }
    }

    /// Adds the last pages to `artifacts`: after the last server there is an empty one.
    pub fn finish(mut self, artifacts: &mut Vec<Artifact>) {
        for (size, set) in PAGE_SIZES.into_iter().zip(&mut self.sets) {
            if set.entries.len() == size {
                artifacts.extend(set.page(size, false));
            }
            artifacts.extend(set.page(size, false));
        }
    }
}

impl Set {
    /// Makes the page of what is there, and begins the next one.
    fn page(&mut self, size: usize, more: bool) -> Option<Artifact> {
        let entries = std::mem::take(&mut self.entries);
        let last = entries.last().and_then(|body| serde_json::from_slice(body).ok());
        let last: Option<CursorKey<'_>> = last.map(|entry: ListEntry<'_>| entry.server);
        let next = last.as_ref().filter(|_| more);
        let next = next.map(|last| format!("{}:{}", last.name, last.version));
        let name = last.map(|last| last.name.into_owned());
        let path = match self.before.replace(name) {
            None => UrlPath::new(["v0.1", "_q", "page", &format!("{size}.json")]),
            Some(before) => after(&size.to_string(), before.as_deref()),
        };
        let body = list_json(&entries, next.as_deref());
        Some(Artifact::new(path?, Shape::File, Media::Json, body))
    }
}

/// Path of the page after a server; `None` when the name is not a valid path.
fn after(size: &str, server: Option<&str>) -> Option<UrlPath> {
    let (namespace, name) = server?.split_once('/')?;
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
        let (mut pages, mut made) = (ListPages::default(), Vec::new());
        entries(count).into_iter().for_each(|entry| pages.push(entry, &mut made));
        pages.finish(&mut made);
        let read = |page: &Artifact| serde_json::from_slice(&page.body).unwrap();
        made.iter().map(|page| (page.path.to_string(), read(page))).collect()
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
