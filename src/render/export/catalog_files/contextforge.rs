//! ContextForge: a YAML catalog of remote servers. Each server is a line of JSON, which YAML includes.
//!
//! Read in `mcp-contextforge-gateway` 1.0.7: id, name, category, url, auth_type, provider and description
//! are required; a category is free text; `API Key` and `Open` are among the kinds of authentication.

use serde_json::json;

use super::super::super::Facts;
use super::{Element, Shown, sanitized, yaml};

/// What the file begins with.
pub(super) const START: &str = "catalog_servers:\n";

pub(super) fn element(shown: &Shown<'_>, _: &Facts) -> Result<Element, String> {
    let server = &shown.server;
    let wanted = server.remotes.iter().find_map(|remote| {
        let url = remote.url.as_deref().filter(|url| !url.contains('{'))?;
        Some((remote, url))
    });
    let Some((remote, url)) = wanted else {
        return Err(match server.remotes.is_empty() {
            true => "ContextForge connects to remote servers only".to_owned(),
            false => "its URL has a part that the user chooses".to_owned(),
        });
    };
    let needs_key = remote.headers.iter().any(|header| header.input.holds_secret());
    let key = sanitized(&server.name);
    let mut line = json!({
        "id": key,
        "name": shown.label(),
        "category": server.publisher.categories.first().map_or("Other", String::as_str),
        "url": url,
        "auth_type": if needs_key { "API Key" } else { "Open" },
        "provider": shown.halves().0,
        "description": server.description,
        "requires_api_key": needs_key,
        "tags": shown.tags(),
        "transport": if remote.kind == "sse" { "SSE" } else { "STREAMABLEHTTP" },
        "logo_url": server.icons.first().map(|icon| &icon.src),
        "documentation_url": server.website_url,
    });
    if let Some(members) = line.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    Ok(Element { key, text: format!("  - {}\n", yaml(&line)) })
}
