//! Which API documents there are.

use crate::model::Listing;
use crate::site::{Artifact, Body, Media, Shape, UrlPath};
use crate::text::escape_html;

use super::super::Facts;
use super::wire::{Problem, entry_json, json, list_json};

/// The document of the API that other tools look for; `{{…}}` is filled in.
const OPENAPI: &str = include_str!("openapi.yaml");

/// The folders of the API: that of its version, and the old one.
const APIS: [&str; 2] = ["v0.1", "v0"];

/// Path of the page for wrong links.
pub const NOT_FOUND_PAGE: &str = "404.html";

/// The documents of one server, and its entry for the list when it has a live version. Below `/v0` there
/// are copies if the facts ask for them; hosts that rewrite leave those out.
pub fn listing(listing: &Listing, facts: &Facts) -> (Vec<Artifact>, Option<Body>) {
    let mut artifacts = Vec::with_capacity(listing.entries().len() + 2);
    let name = listing.name();
    let apis = if facts.v0_copies { &APIS[..] } else { &APIS[..1] };
    let endpoint = |last: Option<&str>, body: Body| -> Vec<Artifact> {
        let base = |api| [api, "servers", name.namespace().as_str(), name.name(), "versions"];
        let at = |api: &&'static str| endpoint(base(*api).into_iter().chain(last), body.clone());
        apis.iter().filter_map(at).collect()
    };
    let mut bodies = Vec::with_capacity(listing.entries().len());
    let mut latest = None;
    for entry in listing.live() {
        let is_latest = listing.is_latest(entry);
        let body = Body::from(entry_json(entry, is_latest, facts.meta_key.as_deref()));
        artifacts.extend(endpoint(Some(entry.version.as_str()), body.clone()));
        if is_latest {
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

/// The addresses of the list, with `body`.
pub fn lists(body: &Body) -> impl Iterator<Item = Artifact> {
    APIS.into_iter().filter_map(|api| endpoint([api, "servers"].into_iter(), body.clone()))
}

/// The documents that span servers, without the list.
pub fn globals(facts: &Facts) -> Vec<Artifact> {
    let small = [
        ("health", Body::from("{\"status\":\"ok\"}".to_owned())),
        ("ping", Body::from("{\"pong\":true}".to_owned())),
        ("version", Body::from(version_json(facts))),
    ];
    let mut artifacts = Vec::new();
    for api in APIS {
        for (name, body) in &small {
            artifacts.extend(endpoint([api, name].into_iter(), body.clone()));
        }
    }
    let files = [
        ("openapi.yaml", Media::Yaml, openapi(facts)),
        ("404.json", Media::Problem, Problem::new(404, "Server not found").as_str().to_owned()),
        (NOT_FOUND_PAGE, Media::Html, not_found_page(facts)),
    ];
    for (name, media, text) in files {
        artifacts.extend(Artifact::file([name], media, text));
    }
    artifacts
}

/// A document of the API at `segments`; `None` when they are not a valid path.
fn endpoint<'a>(segments: impl Iterator<Item = &'a str>, body: Body) -> Option<Artifact> {
    Some(Artifact::new(UrlPath::new(segments)?, Shape::Endpoint, Media::Json, body))
}

/// Tool version, data commit and commit time.
fn version_json(facts: &Facts) -> String {
    let commit = facts.commit.as_ref().map(|(commit, time)| {
        format!(",\"git_commit\":{},\"build_time\":{}", json(commit), json(time.as_str()))
    });
    format!("{{\"version\":{}{}}}", json(&facts.tool), commit.unwrap_or_default())
}

/// Fills in the description of the API; a JSON string is a YAML string.
fn openapi(facts: &Facts) -> String {
    let url = facts.base_url.as_ref().map_or("/", |url| url.as_str());
    OPENAPI.replace("{{name}}", &json(&facts.name)).replace("{{url}}", &json(url))
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
