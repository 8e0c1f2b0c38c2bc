//! Wrong addresses, wrong ways there: base URLs, redirects, CORS, status codes.

use super::super::broken::Case;
use super::super::good::{document, list, not_found};
use super::super::host::Said;
use super::{case, case_at, case_https, is_list, is_lookup, is_unknown, page};

const MOVED: &str = "Access-Control-Allow-Origin";

pub(super) const CASES: &[Case] = &[
    case_at(
        "the base URL already ends in /v0.1/servers",
        "/v0.1/servers",
        |_, said| said,
        "vscode list fails base-url-has-api-path
         copilot-cli reach fails base-url-has-api-path
         amazon-q list fails base-url-has-api-path",
    ),
    case_at(
        "the base URL names a JSON file",
        "/registry.json",
        |asked, said| if asked.path() == "/registry.json" { page() } else { said },
        "vscode reach fails base-url-is-a-file
         toolhive reach fails base-url-is-a-file",
    ),
    case_at(
        "the base URL ends in a backslash",
        "\\",
        |_, said| said,
        "vscode list fails base-url-is-odd",
    ),
    case_at(
        "the base URL is a page of a forge",
        "/mcp",
        |asked, said| if asked.path().starts_with("/mcp") { page() } else { said },
        "vscode list fails base-url-is-a-web-page
         copilot-language-server list fails base-url-is-a-web-page
         vscode reach works",
    ),
    case_at(
        "a slash at the end of the base URL, on a host that minds two of them",
        "/",
        |asked, said| if asked.target.starts_with("//") { not_found() } else { said },
        "xcode list fails list-not-found
         others",
    ),
    case(
        "no CORS at all",
        |_, said| said.without(MOVED),
        "vscode list fails cors-missing
         vscode cors fails cors-missing-on-404
         vscode enforce fails cors-missing
         others",
    ),
    case(
        "a redirect without CORS (Apache without `always`)",
        |asked, said| match asked.path() {
            "/v0.1/servers" => {
                Said::redirect(301, &asked.target.replacen("servers", "servers/", 1)).without(MOVED)
            }
            "/v0.1/servers/" => document("/v0.1/servers"),
            _ => said,
        },
        "vscode list fails cors-missing-on-redirect
         vscode cors fails cors-missing-on-redirect
         mcp-gateway-registry list fails redirect-refused
         others",
    ),
    case(
        "a 404 without CORS (nginx without `always`)",
        |_, said| if is_unknown(&said) { said.without(MOVED) } else { said },
        "vscode 404 fails cors-missing-on-404
         vscode enforce fails cors-missing-on-404
         vscode list works
         others",
    ),
    case(
        "the CORS header twice",
        |_, said| said.with(MOVED, "*"),
        "vscode cors fails cors-missing
         others",
    ),
    case(
        "CORS for another site",
        |_, said| said.without(MOVED).with(MOVED, "https://acme.example"),
        "vscode list fails cors-missing
         others",
    ),
    case(
        "a folder redirect that keeps the query (GitHub Pages)",
        |asked, said| match asked.path() {
            "/v0.1/servers" => {
                Said::redirect(301, &asked.target.replacen("servers", "servers/", 1))
            }
            "/v0.1/servers/" => document("/v0.1/servers"),
            _ => said,
        },
        "mcp-gateway-registry list fails redirect-refused
         mcp-gateway-registry latest works
         vscode list works
         vscode search partly search-ignored
         copilot-cli list works
         others",
    ),
    case(
        "a folder redirect that drops the query (Caddy)",
        |asked, said| match asked.path() {
            "/v0.1/servers" => Said::redirect(308, "/v0.1/servers/"),
            "/v0.1/servers/" => document("/v0.1/servers"),
            _ => said,
        },
        "vscode list partly redirect-drops-query
         mcp-gateway-registry reach fails redirect-refused
         others",
    ),
    case(
        "redirects that undo each other",
        |asked, said| match asked.path() {
            "/v0.1/servers" => Said::redirect(301, "/v0.1/servers/"),
            "/v0.1/servers/" => Said::redirect(301, "/v0.1/servers"),
            _ => said,
        },
        "vscode list fails redirect-loop
         apm list fails redirect-loop
         mcp-gateway-registry list fails redirect-refused",
    ),
    case(
        "a redirect to nowhere",
        |asked, said| {
            if is_list(asked) { Said::redirect(302, "ftp://example.com/") } else { said }
        },
        "copilot-cli list fails redirect-broken",
    ),
    case_https(
        "a redirect to http (Pages without Enforce HTTPS)",
        |asked, said| {
            if asked.path() != "/v0.1/servers" {
                return if asked.path() == "/v0.1/servers/" {
                    document("/v0.1/servers")
                } else {
                    said
                };
            }
            let to = asked.target.replacen("servers", "servers/", 1);
            Said::redirect(301, &format!("http://registry.example.com{to}"))
        },
        "vscode list fails redirect-to-http
         copilot-cli list partly redirect-to-http
         mcp-gateway-registry list fails redirect-refused
         docker list works
         others",
    ),
    case_https(
        "a redirect into a private network",
        |asked, said| {
            if is_list(asked) { Said::redirect(302, "https://127.0.0.1/login") } else { said }
        },
        "vscode list fails redirect-into-private-network",
    ),
    case(
        "everything behind a login (401)",
        |_, _| Said::new(401, "application/json", "{}"),
        "vscode list fails login-required
         copilot-cli reach fails login-required
         toolhive reach fails login-required",
    ),
    case(
        "everything behind a login page (private Pages)",
        |asked, _| {
            if asked.path() == "/login" { page() } else { Said::redirect(302, "/login") }
        },
        "vscode list fails web-page-instead-of-json
         copilot-cli list fails web-page-instead-of-json
         vscode enforce untried",
    ),
    case(
        "a page instead of the list only",
        |asked, said| match asked.path() {
            "/v0.1/servers" => page(),
            "/" => not_found(),
            _ => said,
        },
        "vscode list fails web-page-instead-of-json
         vscode reach works
         kaiden list works",
    ),
    case(
        "a firewall that turns Python away",
        |asked, said| {
            let python = asked.header("user-agent").starts_with("python");
            if python { Said::new(403, "text/html", "no") } else { said }
        },
        "apm list fails forbidden
         mcp-gateway-registry latest fails forbidden
         others",
    ),
    case(
        "an object store that may not be listed (S3)",
        |_, said| {
            if !is_unknown(&said) {
                return said;
            }
            Said::new(
                403,
                "application/xml",
                "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
            )
        },
        "copilot-cli 404 fails s3-forbidden
         copilot-cli enforce fails s3-forbidden
         vscode 404 partly s3-forbidden
         vscode list works
         others",
    ),
    case(
        "too many requests",
        |asked, said| if is_list(asked) { Said::new(429, "text/plain", "slow") } else { said },
        "vscode list fails rate-limited",
    ),
    case(
        "an unknown server makes the host fail",
        |_, said| if is_unknown(&said) { Said::new(503, "text/html", "oops") } else { said },
        "vscode 404 fails server-error
         vscode enforce fails server-error
         copilot-cli enforce fails server-error
         toolhive 404 partly server-error
         others",
    ),
    case(
        "an unknown server is a bad request",
        |_, said| if is_unknown(&said) { Said::new(400, "application/json", "{}") } else { said },
        "copilot-cli 404 fails unexpected-status
         vscode 404 partly unexpected-status
         others",
    ),
    case(
        "a single-page fallback (Cloudflare Pages without 404.html)",
        |_, said| if is_unknown(&said) { page() } else { said },
        "vscode 404 fails single-page-fallback
         vscode enforce fails single-page-fallback
         copilot-cli enforce fails single-page-fallback
         jetbrains 404 fails single-page-fallback
         toolhive 404 partly single-page-fallback",
    ),
    case(
        "an unknown server gets the list",
        |asked, said| {
            let json = || Said::new(200, "application/json", list().to_string());
            if is_lookup(asked) && is_unknown(&said) { json() } else { said }
        },
        "vscode 404 fails unknown-is-found
         copilot-cli enforce fails unknown-is-found
         toolhive 404 fails unknown-is-found",
    ),
];
