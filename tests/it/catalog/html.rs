//! What every page keeps to: structure, names for everything, no inline code, links that lead somewhere.

use std::collections::BTreeSet;

use mcp_static::internals::render::install::LINK_SCHEMES;
use mcp_static::internals::site::Site;
use scraper::{ElementRef, Html, Selector};

use super::at;

fn select<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

/// The text of the only element that `selector` finds.
#[track_caller]
pub fn only(page: &str, selector: &str) -> String {
    let page = Html::parse_document(page);
    let found = select(&page, selector);
    assert_eq!(found.len(), 1, "{selector}");
    found[0].text().collect()
}

/// Fails with the path of the page and the rule that it breaks.
#[track_caller]
pub fn assert_rules(site: &Site, path: &str, page: &str) {
    let html = Html::parse_document(page);
    let fail = |rule: &str, what: &str| panic!("{path:?}: {rule}: {what}");
    if select(&html, "h1").len() != 1 {
        fail("one h1", &select(&html, "h1").len().to_string());
    }
    let mut ids = BTreeSet::new();
    for element in select(&html, "*") {
        let tag = element.value().name();
        for (name, value) in element.value().attrs() {
            if name.starts_with("on") || name == "style" || name == "srcdoc" {
                fail("no inline code", name);
            }
            if name == "id" && !ids.insert(value.to_owned()) {
                fail("ids are unique", value);
            }
        }
        match tag {
            "script" => {
                let data = element.value().attr("type") == Some("application/ld+json");
                let own: String = element.text().collect();
                if !(data || element.value().attr("src").is_some() && own.is_empty()) {
                    fail("scripts are files", &element.html());
                }
                if data && serde_json::from_str::<serde_json::Value>(&own).is_err() {
                    fail("linked data is JSON", &own);
                }
            }
            "style" | "iframe" | "object" | "embed" | "base" => fail("no such element", tag),
            _ => {}
        }
    }
    headings(&html, &fail);
    names(&html, &ids, &fail);
    links(site, path, &html, &ids, &fail);
    for (selector, count) in [
        ("html[lang]", 1),
        ("head > title", 1),
        ("main#main", 1),
        ("a.skip[href='#main']", 1),
        ("meta[http-equiv='Content-Security-Policy']", 1),
        ("meta[name=viewport]", 1),
        // What machines must not list needs no description for them.
        ("meta[name=description], meta[name=robots]", 1),
        ("nav[aria-label='Main']", 1),
        ("form[role=search] label[for=q]", 1),
    ] {
        if select(&html, selector).len() != count {
            fail("every page has", selector);
        }
    }
    let policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https:; \
                  connect-src 'self'; form-action 'self'; base-uri 'none'";
    if !page.contains(policy) || page.contains("unsafe-") {
        fail("the policy is strict", "");
    }
}

fn headings(html: &Html, fail: &dyn Fn(&str, &str)) {
    let mut level = 0;
    for heading in select(html, "h1, h2, h3, h4, h5, h6") {
        let this = heading.value().name()[1..].parse::<usize>().unwrap();
        if this > level + 1 {
            fail("no heading level is skipped", &heading.html());
        }
        level = this;
        if heading.text().collect::<String>().trim().is_empty() {
            fail("headings have text", &heading.html());
        }
    }
}

/// Everything that needs a name has one.
fn names(html: &Html, ids: &BTreeSet<String>, fail: &dyn Fn(&str, &str)) {
    for image in select(html, "img") {
        if image.value().attr("alt").is_none() {
            fail("pictures have alt", &image.html());
        }
        let outside = image.value().attr("src").is_some_and(|src| src.contains("://"));
        if outside && image.value().attr("referrerpolicy") != Some("no-referrer") {
            fail("pictures from elsewhere are fetched without a referrer", &image.html());
        }
    }
    for cell in select(html, "th") {
        if !matches!(cell.value().attr("scope"), Some("row" | "col")) {
            fail("headings of tables have a scope", &cell.html());
        }
    }
    for input in select(html, "input, select, textarea") {
        let id = input.value().attr("id").unwrap_or_default();
        if select(html, &format!("label[for='{id}']")).is_empty() {
            fail("inputs have labels", &input.html());
        }
    }
    for element in select(html, "[aria-labelledby]") {
        let id = element.value().attr("aria-labelledby").unwrap();
        if !ids.contains(id) {
            fail("labels exist", id);
        }
    }
    for link in select(html, "a, button, summary") {
        let text: String = link.text().collect();
        let label = link.value().attr("aria-label").is_some();
        if text.trim().is_empty() && !label {
            fail("links have text", &link.html());
        }
    }
}

/// Links inside the site lead somewhere; links out of it have an allowed scheme.
fn links(site: &Site, path: &str, html: &Html, ids: &BTreeSet<String>, fail: &dyn Fn(&str, &str)) {
    let of = |selector: &str, attribute: &str| -> Vec<String> {
        let found = select(html, selector).into_iter();
        found.filter_map(|e| e.value().attr(attribute).map(str::to_owned)).collect()
    };
    let mut targets = of("[href]", "href");
    targets.extend(of("[src]", "src"));
    targets.extend(of("form", "action"));
    for target in targets {
        if let Some(id) = target.strip_prefix('#') {
            if !ids.contains(id) {
                fail("anchors exist", &target);
            }
            continue;
        }
        let scheme = target.split(['/', '?', '#']).next().unwrap().split_once(':');
        if let Some((scheme, _)) = scheme {
            if !LINK_SCHEMES.contains(&scheme) {
                fail("links have an allowed scheme", &target);
            }
            continue;
        }
        match resolve(path, &target) {
            Some(inside) if at(site, &inside).is_some() => {}
            _ => fail("links inside the site lead somewhere", &target),
        }
    }
}

/// The path that `target` means on the page at `path`.
fn resolve(path: &str, target: &str) -> Option<String> {
    let target = target.split(['?', '#']).next().unwrap();
    if path == "404.html" {
        return target.strip_prefix("/catalog/").map(str::to_owned);
    }
    let mut segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
    for segment in target.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()?),
            segment => segments.push(segment),
        }
    }
    Some(segments.join("/"))
}
