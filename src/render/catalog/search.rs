//! The search index: what the script in the browser searches.
//!
//! It is written in columns, which compress better than rows, and cut into shards by a hash of the name,
//! so that one change leaves the other shards, and their copies in browsers, unchanged. The script ranks
//! results and corrects typing mistakes.

use serde::Serialize;
use std::collections::BTreeMap;

use crate::site::{Artifact, Freshness, Media, Shape, UrlPath, fingerprint};

use super::super::api::wire::json;
use super::super::{Emit, fnv1a};
use super::facets::{FacetKind, KINDS, label, values};
use super::list::minute;
use super::summary::Summary;
use super::text::shown;

/// Target number of servers in a shard.
const SHARD: usize = 1500;

/// A part of the index; the i-th item of each column belongs to one server.
#[derive(Debug, Default, Serialize)]
struct Shard<'a> {
    /// Per kind of facet, the values that the bits of `masks` stand for, and their labels.
    words: BTreeMap<&'static str, Vec<(&'a str, String)>>,
    names: Vec<&'a str>,
    /// Empty when the name's second half is the title.
    titles: Vec<String>,
    descriptions: Vec<String>,
    versions: Vec<&'a str>,
    /// When the server last changed and when it was new, in minutes after 1970.
    updated: Vec<i64>,
    created: Vec<i64>,
    /// 1 when it can be connected to.
    remote: Vec<u8>,
    /// Identifiers of packages that the name does not hold already.
    packages: Vec<String>,
    tags: Vec<String>,
    /// Per kind of facet, a bit for each of `words`.
    masks: BTreeMap<&'static str, Vec<u64>>,
    /// Pictures by position.
    icons: BTreeMap<usize, &'a str>,
}

/// The kinds whose values the index holds; namespaces are in the names.
fn kinds() -> impl Iterator<Item = FacetKind> {
    KINDS.into_iter().filter(|kind| kind.id != "namespace")
}

/// Gives the index of `servers`, which are live and in order, to `emit`.
pub(super) fn artifacts<E>(servers: &[&Summary], emit: &Emit<'_, E>) -> Result<(), E> {
    let count = servers.len().div_ceil(SHARD).max(1).next_power_of_two();
    let mut parts: Vec<Vec<&Summary>> = vec![Vec::new(); count];
    for server in servers {
        parts[fnv1a(&server.name) as usize % count].push(server);
    }
    let mut shards = Vec::with_capacity(count);
    for (i, part) in parts.iter().enumerate() {
        let text = json(&shard(part));
        let file = format!("{i}.{}.json", fingerprint(text.as_bytes()));
        artifact(&file, text, Freshness::Immutable).into_iter().try_for_each(emit)?;
        shards.push(file);
    }
    // The list of shards has a fixed address, and browsers fetch it at each visit.
    let index = serde_json::json!({ "servers": servers.len(), "shards": shards });
    let index = artifact("index.json", index.to_string(), Freshness::Revalidate);
    index.into_iter().try_for_each(emit)
}

fn artifact(file: &str, text: String, freshness: Freshness) -> Option<Artifact> {
    let path = UrlPath::new(["assets", "search", file])?;
    let body = text.into_bytes().into();
    Some(Artifact { path, shape: Shape::File, media: Media::Json, freshness, body })
}

fn shard<'a>(servers: &[&'a Summary]) -> Shard<'a> {
    let mut shard = Shard::default();
    for kind in kinds() {
        let words = common(servers.iter().flat_map(|s| values(kind, s)));
        if words.is_empty() && kind.is_annotated() {
            continue;
        }
        let mask = |server: &&'a Summary| {
            let bits = values(kind, server).into_iter();
            let bits = bits.filter_map(|value| words.iter().position(|word| *word == value));
            bits.fold(0_u64, |mask, bit| mask | (1 << bit))
        };
        shard.masks.insert(kind.id, servers.iter().map(mask).collect());
        let words = words.into_iter().map(|word| (word, label(kind, word, servers)));
        shard.words.insert(kind.id, words.collect());
    }
    for (i, server) in servers.iter().enumerate() {
        shard.names.push(&server.name);
        shard.titles.push(server.title.as_deref().map(shown).unwrap_or_default());
        shard.descriptions.push(shown(&server.description));
        shard.versions.push(&server.version);
        shard.updated.push(minute(&server.updated));
        shard.created.push(minute(&server.created));
        shard.remote.push(u8::from(server.remote));
        shard.packages.push(packages(server));
        let annotated = server.annotated.iter().flat_map(|it| it.words());
        let tags: Vec<&str> = server.tags.iter().map(String::as_str).chain(annotated).collect();
        shard.tags.push(shown(&tags.join(" ")));
        shard.icons.extend(server.icon.as_deref().map(|icon| (i, icon)));
    }
    shard
}

/// Most values of a facet: a number in a browser has that many exact bits.
const BITS: usize = 52;

/// Returns the values, the most common ones where there are too many, in byte order.
fn common<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    all.for_each(|word| *counts.entry(word).or_default() += 1);
    let mut words: Vec<_> = counts.into_iter().collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let mut words: Vec<&str> = words.into_iter().take(BITS).map(|(word, _)| word).collect();
    words.sort_unstable();
    words
}

/// What package identifiers add to the name.
fn packages(server: &Summary) -> String {
    let name = server.name.to_lowercase();
    let mut found: Vec<&str> = Vec::new();
    for (_, identifier) in &server.packages {
        // Nobody searches for an image's tag or digest or the URL of a download.
        let short = identifier.split('@').next().filter(|s| !s.is_empty()).unwrap_or(identifier);
        let short = match short.rsplit_once(':') {
            Some((image, tag)) if !tag.contains('/') => image,
            _ => short,
        };
        let is_link = short.starts_with("https:") || short.starts_with("http:");
        let known = name.contains(&short.to_lowercase()) || found.contains(&short);
        if !short.is_empty() && !is_link && !known && found.len() < 6 {
            found.push(short);
        }
    }
    shown(&found.join(" "))
}
