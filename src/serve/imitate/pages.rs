//! Which page of the list a query gets from a server that chooses between files.
//!
//! The configurations for nginx, Caddy and Apache have the same rules: `limit`, `cursor` and
//! `version=latest` choose a page; any other filter gets the whole list.

use crate::text::percent_decode;

/// Returns the files to try in turn; `None` when the query does not choose a page.
pub(super) fn wanted(key: &str, query: &str) -> Option<Vec<String>> {
    if !matches!(key, "v0.1/servers" | "v0/servers") {
        return None;
    }
    let value = |name: &str| {
        let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let raw = pairs.find(|(key, _)| *key == name).map_or("", |(_, value)| value);
        percent_decode(raw, true).unwrap_or_default()
    };
    let whole = !value("search").is_empty()
        || !value("updated_since").is_empty()
        || !matches!(&*value("include_deleted"), "" | "false")
        || !matches!(&*value("version"), "" | "latest");
    let (limit, cursor) = (value("limit"), value("cursor"));
    if whole || (limit.is_empty() && cursor.is_empty() && value("version").is_empty()) {
        return None;
    }
    let size = size(&limit)?;
    if cursor.is_empty() {
        return Some(vec![format!("v0.1/_q/page/{size}.json")]);
    }
    let Some(after) = after(&cursor) else { return Some(Vec::new()) };
    // A cursor that this page set does not have is honoured with pages of one server.
    Some([size, 1].map(|size| format!("v0.1/_q/page/{size}/{after}.json")).into())
}

/// Returns the largest page size that does not exceed the limit; `None` for an invalid limit.
fn size(limit: &str) -> Option<u8> {
    if limit.is_empty() {
        return Some(30);
    }
    let plain = limit.bytes().all(|b| b.is_ascii_digit()) && !limit.starts_with('0');
    match limit.parse::<u16>().ok().filter(|_| plain)? {
        1..=9 => Some(1),
        10..=29 => Some(10),
        30..=49 => Some(30),
        50..=99 => Some(50),
        100 => Some(100),
        _ => None,
    }
}

/// Returns the server that a cursor names, if it is a valid path.
fn after(cursor: &str) -> Option<&str> {
    let name = cursor.split(':').next()?;
    let (namespace, rest) = name.split_once('/')?;
    let valid = |part: &str| {
        let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        !part.is_empty() && !part.starts_with('.') && part.bytes().all(known)
    };
    (valid(namespace) && valid(rest)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_gets_its_page_or_the_whole_list() {
        let page = |query| wanted("v0.1/servers", query);
        for whole in
            ["", "foo=1", "search=x&limit=1", "limit=0", "limit=101", "limit=x", "version=1"]
        {
            assert_eq!(page(whole), None, "{whole}");
        }
        assert_eq!(page("version=latest").unwrap_or_default(), ["v0.1/_q/page/30.json"]);
        assert_eq!(page("limit=1").unwrap_or_default(), ["v0.1/_q/page/1.json"]);
        assert_eq!(
            page("limit=50&cursor=a.b%2Fc:1.0.0").unwrap_or_default(),
            ["v0.1/_q/page/50/a.b/c.json", "v0.1/_q/page/1/a.b/c.json"]
        );
        for nowhere in ["cursor=../../x", "cursor=x", "cursor=a/b/c:1", "limit=5&cursor=a/..:1"] {
            assert_eq!(page(nowhere), Some(Vec::new()), "{nowhere}");
        }
        assert_eq!(wanted("v0.1/health", "limit=1"), None);
    }
}
