//! Reads the files of an index back into versions, for callers that have a built site and no data.
//!
//! All files are read, and an incomplete index is rejected.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::Timestamp;
use crate::site::Body;

use super::{DELETED, FORMAT, FileRange, IndexHead, IndexedVersion, LATEST};

/// Returns every version in list order; `file` returns the bytes of the named file below `/v0.1/_q/`.
/// `None` when there is no index, or one of another form, or a file of it is missing or damaged.
pub fn read<'a>(file: impl Fn(&str) -> Option<&'a [u8]>) -> Option<Vec<IndexedVersion>> {
    let head: IndexHead = serde_json::from_slice(file("head.json")?).ok()?;
    if head.format != FORMAT {
        return None;
    }
    let text = |(_, name, size, count): &FileRange| {
        let text = std::str::from_utf8(file(name)?).ok()?;
        (text.len() == *size && text.lines().count() == *count).then_some(text)
    };
    let mut bodies = HashMap::new();
    for place in head.live.iter().chain(&head.deleted) {
        for line in text(place)?.lines() {
            let (key, body) = line.split_once('\t')?;
            bodies.insert(key, body);
        }
    }
    let mut items = Vec::with_capacity(bodies.len());
    for place in &head.index {
        for line in text(place)?.lines() {
            let (name, versions) = line.split_once('\t')?;
            let name: Arc<str> = name.into();
            for version in versions.split('\t') {
                items.push(item(&name, version, &bodies)?);
            }
        }
    }
    Some(items)
}

/// Reads one version: `version flags updated`.
fn item(name: &Arc<str>, text: &str, bodies: &HashMap<&str, &str>) -> Option<IndexedVersion> {
    let mut words = text.split(' ');
    let (version, flags, updated) = (words.next()?, words.next()?, words.next()?);
    let flags: u8 = flags.parse().ok()?;
    let body = bodies.get(format!("{name}:{version}").as_str())?;
    Some(IndexedVersion {
        name: name.clone(),
        version: version.into(),
        updated: timestamp(updated)?,
        deleted: flags & DELETED != 0,
        latest: flags & LATEST != 0,
        body: Body::from((*body).to_owned()),
    })
}

/// Reads what `super::moment` wrote.
fn timestamp(text: &str) -> Option<Timestamp> {
    let (seconds, digits) = text.split_once('.').unwrap_or((text, "0"));
    let whole = Timestamp::from_unix(seconds.parse().ok()?);
    Timestamp::parse(&format!("{}.{digits}Z", whole.as_str().strip_suffix('Z')?))
}
