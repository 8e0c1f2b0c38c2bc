//! Which API documents there are.

use crate::model::Listing;
use crate::site::{Artifact, Body, Media, Shape, UrlPath};
use crate::text::escape_html;

use super::super::Facts;
use super::wire::{self, Problem, list_json, push_string};

/// The document of the API that other tools look for; `{{…}}` is filled in.
const OPENAPI: &str = include_str!("openapi.yaml");

/// The documents of one server, and its entry for the list when it has a live version.
pub fn listing(listing: &Listing, facts: &Facts) -> (Vec<Artifact>, Option<Body>) {
    let mut artifacts = Vec::with_capacity(listing.entries().len() + 2);
    let name = listing.name();
    let base = ["v0.1", "servers", name.namespace().as_str(), name.name(), "versions"];
    let endpoint = |last: Option<&str>, body: Body| {
        UrlPath::new(base.into_iter().chain(last))
            .map(|path| Artifact::new(path, Shape::Endpoint, Media::Json, body))
    };
    let mut bodies = Vec::with_capacity(listing.entries().len());
    let mut latest = None;
    for entry in listing.live() {
        let body = Body::from(wire::of(listing, entry, facts.meta_key.as_deref()));
        artifacts.extend(endpoint(Some(entry.version.as_str()), body.clone()));
        if listing.is_latest(entry) {
            artifacts.extend(endpoint(Some("latest"), body.clone()));
            latest = Some(body.clone());
        }
        bodies.push(body);
    }
    if !bodies.is_empty() {
        artifacts.extend(endpoint(None, list_json(&bodies, None).into()));
    }
    (artifacts, latest)
}

/// The documents that span servers. `latest` holds the list's entries in the order of their names.
pub fn globals<'a>(latest: impl Iterator<Item = &'a Body> + Clone, facts: &Facts) -> Vec<Artifact> {
    let list = Body::from(list_json(latest, None));
    let small = [
        ("servers", list),
        ("health", Body::from("{\"status\":\"ok\"}".to_owned())),
        ("ping", Body::from("{\"pong\":true}".to_owned())),
        ("version", Body::from(version_json(facts))),
    ];
    let mut artifacts = Vec::new();
    for api in ["v0.1", "v0"] {
        for (name, body) in &small {
            let path = UrlPath::new([api, name]);
            artifacts.extend(
                path.map(|path| Artifact::new(path, Shape::Endpoint, Media::Json, body.clone())),
            );
        }
    }
    let files = [
        ("openapi.yaml", Media::Yaml, openapi(facts)),
        ("404.json", Media::Problem, Problem::new(404, "Server not found").as_str().to_owned()),
        ("404.html", Media::Html, not_found_page(facts)),
    ];
    for (name, media, text) in files {
        artifacts.extend(Artifact::file([name], media, text));
    }
    artifacts
}

/// Tool version, data commit and commit time.
fn version_json(facts: &Facts) -> String {
    let mut text = String::from("{\"version\":");
    push_string(&mut text, &facts.tool);
    if let Some((commit, time)) = &facts.commit {
        text.push_str(",\"git_commit\":");
        push_string(&mut text, commit);
        text.push_str(",\"build_time\":");
        push_string(&mut text, time.as_str());
    }
    text.push('}');
    text
}

fn openapi(facts: &Facts) -> String {
    let quoted = |text: &str| {
        let mut quoted = String::new();
        push_string(&mut quoted, text); // a JSON string is a YAML string
        quoted
    };
    let url = facts.base_url.as_ref().map_or("/", |url| url.as_str());
    OPENAPI.replace("{{name}}", &quoted(&facts.name)).replace("{{url}}", &quoted(url))
}

/// A page for people who followed a wrong link. It may be served at any depth, so its link begins
/// with the path of the base URL.
fn not_found_page(facts: &Facts) -> String {
    let home = facts.base_url.as_ref().map_or("", |url| url.path());
    let (name, home) = (escape_html(&facts.name), escape_html(home));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>Not found · {name}</title>\n\
         <main>\n<h1>There is nothing here</h1>\n<p>The page or server does not exist in {name}, or it was withdrawn.</p>\n\
         <p><a href=\"{home}/\">All servers</a></p>\n</main>\n</html>\n"
    )
}
