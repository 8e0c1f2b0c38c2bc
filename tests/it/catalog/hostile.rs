//! Documents that mean harm: markup in every field, links that run code, text that hides or reorders.

use mcp_static::internals::site::Media;
use scraper::{Html, Selector};
use serde_json::json;

use super::{at, html, of, pages, text};
use crate::project::Project;

/// What no page may take for markup or code.
const MARKUP: &str =
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}{% if %}`</p>";
const NAME: &str = "com.example.evil/hostile";

fn server(name: &str, more: serde_json::Value) -> String {
    let mut document = json!({
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": name,
        "description": "A server",
        "version": "1.0.0",
    });
    for (key, value) in more.as_object().unwrap() {
        document[key] = value.clone();
    }
    document.to_string()
}

fn inputs(count: usize) -> Vec<serde_json::Value> {
    let input =
        |i| json!({"name": format!("VARIABLE_{i}"), "description": MARKUP, "default": MARKUP});
    (0..count).map(input).collect()
}

/// A mirror of such documents; an import takes them as they are.
pub fn registry() -> Project {
    let project = Project::empty();
    let add = |name: &str, more: serde_json::Value| {
        let folder = format!("registry-data/servers/{name}/1.0.0");
        project.file(&format!("{folder}/server.json"), &server(name, more));
        let origin = json!({
            "registry": "https://registry.example.net",
            "publishedAt": "2026-01-01T00:00:00Z",
        });
        project.file(&format!("{folder}/origin.json"), &origin.to_string());
    };
    let mut environment = inputs(500);
    environment.push(
        json!({"name": MARKUP, "description": MARKUP, "isSecret": true, "default": "hunter2"}),
    );
    add(
        NAME,
        json!({
            "title": MARKUP,
            "description": MARKUP,
            "websiteUrl": "javascript:alert(1)",
            "repository": {"url": "data:text/html,<script>alert(1)</script>", "source": MARKUP, "subfolder": MARKUP},
            "icons": [{"src": "https://example.com/x.svg"}, {"src": "javascript:alert(1)"}, {"src": "http://example.com/x.png"}],
            "packages": [{
                "registryType": MARKUP, "identifier": MARKUP, "version": MARKUP, "runtimeHint": MARKUP,
                "fileSha256": MARKUP, "registryBaseUrl": "javascript:alert(1)",
                "transport": {"type": MARKUP, "url": "javascript:alert(1)", "headers": inputs(1)},
                "environmentVariables": environment,
                "packageArguments": [{"type": "named", "name": MARKUP, "value": MARKUP, "choices": [MARKUP]},
                                     {"type": "positional", "valueHint": MARKUP, "description": MARKUP}],
            }],
            "remotes": [{"type": "streamable-http", "url": "javascript:alert(1)", "headers": inputs(2)}],
            "_meta": {"io.modelcontextprotocol.registry/publisher-provided": {"tags": [MARKUP], "keywords": ["__proto__"]}},
        }),
    );
    add("com.example.evil/constructor", json!({"title": "__proto__", "description": "toString"}));
    add(
        "com.example.evil/bidi",
        json!({
            "title": "safe\u{202e}gnp.exe", "description": "nul \u{0} bell \u{7} zero\u{200b}width",
        }),
    );
    add(
        "com.example.evil/right",
        json!({"title": "خادم الطقس", "description": "توقعات الطقس لكل مدينة"}),
    );
    add(
        "com.example.evil/emoji",
        json!({"title": "👩‍👩‍👧‍👦 Family ✈️", "description": "🎉".repeat(100)}),
    );
    add(
        &format!("com.example.evil/{}", "long-".repeat(18) + "name"),
        json!({
            "title": "W".repeat(400), "description": "longwordwithoutanybreak".repeat(60),
        }),
    );
    for version in ["badge.svg", "index.html"] {
        let folder = format!("registry-data/servers/com.example.evil/emoji/{version}");
        let text = server("com.example.evil/emoji", json!({"version": version}));
        project.file(&format!("{folder}/server.json"), &text);
        let origin = json!({"registry": "https://registry.example.net", "publishedAt": "2025-01-01T00:00:00Z"});
        project.file(&format!("{folder}/origin.json"), &origin.to_string());
    }
    project.file(
        &format!("registry-data/servers/{NAME}/1.0.0/status.json"),
        &json!({"status": "deprecated", "statusMessage": MARKUP}).to_string(),
    );
    project.file(
        "registry-data/registry.toml",
        "[registry]\nname = \"<script>alert(1)</script>\"\nvisibility = \"public\"\n\n[catalog]\ntagline = \"<b>&amp;\"\nfooter = \"<i>\"\n",
    );
    project
}

#[test]
fn what_authors_write_is_text_and_nothing_else() {
    let site = of(&registry());
    let page = text(&site, &format!("servers/{NAME}"));
    assert_eq!(html::only(&page, "h1"), MARKUP);
    assert_eq!(html::only(&page, ".head .lead"), MARKUP);
    assert!(html::only(&page, ".banner.warn p").contains(MARKUP));
    let parsed = Html::parse_document(&page);
    let rows = Selector::parse(".inputs tbody tr").unwrap();
    assert!(parsed.select(&rows).count() > 503);
    for (path, page) in pages(&site) {
        let parsed = Html::parse_document(&page);
        for (selector, most) in
            [("script:not([src]):not([type])", 0), ("img[src=x]", 0), ("b", 8), ("i", 8)]
        {
            let found = parsed.select(&Selector::parse(selector).unwrap()).count();
            assert!(found <= most, "{path}: {selector}");
        }
        assert!(!page.contains("hunter2"), "{path} shows a secret");
        assert!(
            !page.contains("href=\"javascript:") && !page.contains("src=\"javascript:"),
            "{path}"
        );
        assert!(!page.contains("49{% if %}"), "{path}: data was taken for a template");
    }
}

#[test]
fn nothing_hides_or_reorders_text() {
    let site = of(&registry());
    let acts = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    for artifact in site.artifacts() {
        let is_ours = !artifact.path.as_str().starts_with("v0") && artifact.media != Media::Json;
        let text = String::from_utf8(artifact.body.to_vec()).unwrap();
        assert!(!is_ours || !text.contains(acts), "{}", artifact.path);
    }
    let bidi = text(&site, "servers/com.example.evil/bidi");
    assert_eq!(html::only(&bidi, "h1"), "safe\\u{202e}gnp.exe");
    let right = text(&site, "servers/com.example.evil/right");
    assert!(right.contains("<h1 dir=auto>خادم الطقس</h1>"));
    assert_eq!(html::only(&text(&site, "servers/com.example.evil/emoji"), "h1"), "👩‍👩‍👧‍👦 Family ✈️");
}

#[test]
fn a_version_called_like_a_file_of_ours_takes_no_place() {
    let site = of(&registry());
    let badge = at(&site, "servers/com.example.evil/emoji/badge.svg").unwrap();
    assert_eq!(badge.media, Media::Svg);
    assert!(at(&site, "servers/com.example.evil/emoji/index.html").is_none());
    let page = text(&site, "servers/com.example.evil/emoji");
    assert!(page.contains("v0.1/servers/com.example.evil/emoji/versions/badge.svg"));
}

#[test]
fn feeds_and_pictures_stay_well_formed() {
    let site = of(&registry());
    for path in [
        "feed.xml",
        "sitemap.xml",
        "opensearch.xml",
        "assets/share.svg",
        "servers/com.example.evil/hostile/badge.svg",
    ] {
        let text = text(&site, path);
        assert!(!text.contains("<script") && !text.contains("<img"), "{path}");
        let open = text.matches('<').count();
        assert_eq!(open, text.matches('>').count(), "{path}");
    }
}
