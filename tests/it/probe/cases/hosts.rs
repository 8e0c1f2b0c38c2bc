//! Layouts that a host does not serve: files, folders, encodings, missing parts.

use serde_json::{Value, json};

use super::super::broken::Case;
use super::super::good::{SERVERS, document, entry, good, json_of, list, not_found};
use super::super::host::{Asked, Said};
use super::{case, is_list, is_lookup, page, with_list};

/// The answer with the path changed.
fn at(asked: &Asked, path: &str) -> Said {
    good(&Asked { target: path.to_owned(), ..asked.clone() })
}

pub(super) const CASES: &[Case] = &[
    case(
        "folders called `…%2F…` on a host that decodes (bos)",
        |asked, said| match asked.path() {
            path if !is_lookup(asked) => at(asked, path),
            path if path.contains("%252F") => at(asked, &path.replace("%252F", "/")),
            _ => Said { status: 404, ..said },
        },
        "vscode latest fails literal-slash-folder
         vscode enforce fails literal-slash-folder
         copilot-language-server version fails literal-slash-folder
         docker versions fails literal-slash-folder
         vscode list works
         kaiden list works",
    ),
    case(
        "the same without a 404 page: even real servers are pages (bos on Cloudflare)",
        |asked, said| if is_lookup(asked) { page() } else { said },
        "vscode latest fails web-page-instead-of-json
         copilot-cli 404 fails single-page-fallback
         vscode list works",
    ),
    case(
        "mangled names (rajbos)",
        |asked, said| if is_lookup(asked) { not_found() } else { said },
        "vscode latest fails listed-but-not-found
         jetbrains version fails listed-but-not-found
         vscode 404 works",
    ),
    case(
        "one file called `servers` (14 public registries)",
        |asked, said| match asked.path() {
            "/v0.1/servers" => said.typed("application/octet-stream"),
            path if path.starts_with("/v0.1/servers/") => not_found(),
            _ => said,
        },
        "copilot-cli latest fails file-blocks-children
         copilot-cli enforce fails file-blocks-children
         vscode latest fails file-blocks-children
         toolhive reach fails content-type
         amazon-q list works
         vscode list works",
    ),
    case(
        "JSON in index.html (the largest family on Pages)",
        |_, said| if said.status == 200 { said.typed("text/html") } else { said },
        "toolhive reach fails content-type
         vscode list works
         copilot-cli enforce works
         others",
    ),
    case(
        "no content type at all",
        |_, said| said.without("Content-Type"),
        "toolhive reach fails content-type
         others",
    ),
    case(
        "servers.json beside the URL (PHM)",
        |asked, said| match asked.path() {
            "/v0.1/servers" | "/v0/servers" => not_found(),
            "/v0.1/servers.json" => document("/v0.1/servers"),
            _ => said,
        },
        "vscode list fails index-not-served
         apm list fails index-not-served
         docker list fails index-not-served",
    ),
    case(
        "index.json is no index here (stock nginx: 301, then 403)",
        |asked, said| match asked.path() {
            "/v0.1/servers" => Said::redirect(301, "/v0.1/servers/"),
            "/v0.1/servers/" => Said::new(403, "text/html", "<html>403</html>"),
            "/v0.1/servers/index.json" => document("/v0.1/servers"),
            _ => said,
        },
        "vscode list fails index-not-served
         copilot-cli reach fails index-not-served",
    ),
    case(
        "the list answers only with a slash",
        |asked, said| match asked.path() {
            "/v0.1/servers" => not_found(),
            "/v0.1/servers/" => document("/v0.1/servers"),
            _ => said,
        },
        "vscode list fails list-needs-slash",
    ),
    case(
        "nothing is there",
        |_, _| not_found(),
        "vscode list fails list-not-found
         vscode latest untried
         vscode enforce untried
         docker list fails list-not-found",
    ),
    case(
        "v0 only",
        |asked, said| if asked.path().starts_with("/v0.1/") { not_found() } else { said },
        "vscode reach fails only-v0
         vscode list fails only-v0
         copilot-cli list fails only-v0
         kaiden list works",
    ),
    case(
        "no v0",
        |asked, said| if asked.path().starts_with("/v0/") { not_found() } else { said },
        "docker list fails v0-missing
         kaiden list fails v0-missing
         langchain4j reach fails v0-health-missing
         langchain4j list fails v0-missing
         mcp-lookup list fails v0-missing
         mcp-lookup latest fails v0-lookup-missing
         others",
    ),
    case(
        "no small documents below v0",
        |asked, said| match asked.path() {
            "/v0/health" | "/v0/ping" => not_found(),
            _ => said,
        },
        "langchain4j reach fails v0-health-missing
         langchain4j list works
         others",
    ),
    case(
        "no single servers below v0",
        |asked, said| match asked.path().starts_with("/v0/servers/") {
            true => not_found(),
            false => said,
        },
        "mcp-lookup latest fails v0-lookup-missing
         mcp-lookup version fails v0-lookup-missing
         mcp-lookup list works
         others",
    ),
    case(
        "no single servers below v0, on a host that redirects to the plain spelling first",
        |asked, said| match asked.path() {
            path if path.contains("%2F") => Said::redirect(307, &path.replace("%2F", "/")),
            path if path.starts_with("/v0/servers/") => not_found(),
            _ => said,
        },
        "mcp-lookup latest fails v0-lookup-missing
         vscode latest works",
    ),
    case(
        "a query is part of a file's name",
        |asked, said| if asked.target.contains('?') { not_found() } else { said },
        "vscode list fails query-not-found
         docker list fails query-not-found
         kaiden list fails query-not-found
         langchain4j list works
         langchain4j search fails query-not-found",
    ),
    case(
        "a server that lists folders (python -m http.server)",
        |asked, said| match asked.path() {
            path if path.ends_with("/index.json") => document(path.trim_end_matches("/index.json")),
            path if path.ends_with('/') => page(),
            path if path.starts_with("/v0") && said.status == 200 => {
                Said::redirect(301, &format!("{path}/"))
            }
            _ => said,
        },
        "vscode list fails folder-listing
         vscode latest fails folder-listing
         apm version fails folder-listing
         docker list fails folder-listing
         copilot-cli enforce fails folder-listing",
    ),
    case(
        "no openapi.yaml",
        |asked, said| if asked.path() == "/openapi.yaml" { not_found() } else { said },
        "toolhive-registry-server reach fails openapi-missing
         others",
    ),
    case(
        "another OpenAPI document",
        |asked, said| match asked.path() {
            "/openapi.yaml" => Said::new(200, "text/yaml", "info:\n  version: 2.0.0\npaths: {}\n"),
            _ => said,
        },
        "toolhive-registry-server reach fails openapi-not-recognised
         others",
    ),
    case(
        "%2F is refused (stock Apache)",
        |asked, said| {
            if asked.path().to_lowercase().contains("%2f") { not_found() } else { said }
        },
        "vscode latest fails encoded-slash
         apm version fails encoded-slash
         mcpproxy-go latest works",
    ),
    case(
        "%2F is kept as it is (Firebase)",
        |asked, said| match is_lookup(asked) && !asked.path().contains("%2F") {
            true => not_found(),
            false => said,
        },
        "mcpproxy-go latest fails slash-spelling
         other-spellings latest partly slash-spelling
         vscode latest works
         others",
    ),
    case(
        "a + is read as a space (object stores)",
        |asked, said| if asked.path().contains("+b") { not_found() } else { said },
        "docker version partly plus-lost
         go-mcp-registry version partly plus-lost
         copilot-language-server version works
         langchain4j version partly plus-refused
         others",
    ),
    case(
        "every name leads to one file",
        |asked, said| {
            if is_lookup(asked) { json_of(&entry("com.example.alpha/one", "1.1.0")) } else { said }
        },
        "vscode latest fails wrong-server
         copilot-language-server version fails wrong-server
         copilot-cli enforce fails wrong-server",
    ),
    case(
        "names in lower case (post-processing)",
        |asked, said| {
            if asked.path().contains("Two") { not_found() } else { said }
        },
        "vscode list works
         others",
    ),
    case(
        "an old list beside new documents",
        |asked, said| {
            with_list(asked, said, |list| list["servers"][0]["server"]["version"] = json!("1.0.0"))
        },
        "vscode latest partly wrong-version
         others",
    ),
    case(
        "an old list of versions",
        |asked, said| match asked.path().ends_with("/versions") {
            true => json_of(&json!({"servers": [entry("com.example.alpha/one", "0.1.0")]})),
            false => said,
        },
        "docker versions fails versions-incomplete
         docker version fails listed-but-not-found
         vscode latest works",
    ),
    case(
        "old versions were removed",
        |asked, said| if asked.path().ends_with("/1.0.0") { not_found() } else { said },
        "copilot-language-server version fails listed-but-not-found
         jetbrains enforce fails listed-but-not-found
         vscode enforce works
         toolhive latest works",
    ),
    case(
        "a next page on a host that ignores the query",
        |asked, said| with_list(asked, said, |list| list["metadata"]["nextCursor"] = json!("x:1")),
        "vscode paging fails cursor-ignored
         toolhive paging fails cursor-ignored
         docker paging fails cursor-ignored
         kaiden paging fails cursor-ignored
         apm paging partly next-page-never-asked
         vscode list works",
    ),
    case(
        "a real next page",
        |asked, said| {
            if !is_list(asked) || asked.method != "GET" {
                return said;
            }
            let (second, all) = (asked.target.contains("cursor="), list());
            let entries = all["servers"].as_array().unwrap();
            let half = if second { &entries[2..] } else { &entries[..2] };
            let next = if second { Value::Null } else { json!("page&2") };
            json_of(&json!({"servers": half, "metadata": {"count": 2, "nextCursor": next}}))
        },
        "vscode paging partly cursor-not-plain
         docker paging works
         add-mcp paging partly next-page-never-asked
         others",
    ),
    case(
        "a search that finds nothing",
        |asked, said| match asked.target.contains("search=com") {
            true => json_of(&json!({"servers": [], "metadata": {"count": 0}})),
            false => said,
        },
        "vscode search fails search-misses
         apm search fails search-misses
         copilot-cli search untried",
    ),
    case(
        "every version in the list (aggregators)",
        |asked, said| {
            with_list(asked, said, |list| {
                let all = SERVERS.iter().flat_map(|(n, vs)| vs.iter().map(|v| entry(n, v)));
                list["servers"] = Value::Array(all.collect());
            })
        },
        "vscode list partly duplicate-rows
         copilot-cli list partly duplicate-rows
         toolhive-registry-server list works
         others",
    ),
];
