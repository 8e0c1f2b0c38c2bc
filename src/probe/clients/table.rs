//! The table of clients: every fact about them that a probe uses.
//!
//! Snapshots: VS Code late 2025 with issues to September 2026; Copilot language server 1.539.0;
//! Copilot CLI issues to 1.0.87; Eclipse plugin April 2026; Xcode plugin February 2026; ToolHive and
//! toolhive-registry-server August 2026; Docker's gateway July 2026; apm August 2026; the others are
//! single published sources without a date. A client that changes is one row to change.

use super::super::readers::Reader;
use super::{Client, Hello, Lookups, Paging, Search, Spelling, Unknown};
use crate::model::probe::Grade::{Fails, Partly, Works};

/// Every client except VS Code that follows redirects does so at least ten times (Go's default).
const REDIRECTS: usize = 10;

/// No lookups: everything comes from the list.
const NONE: Lookups = Lookups {
    api: "/v0.1",
    latest: false,
    version: false,
    versions: false,
    slash: &["%2F"],
    plus: &["%2B"],
};

/// The newest version only, as JavaScript and Python encode it.
const LATEST: Lookups = Lookups { latest: true, ..NONE };

/// The installed version only, as JavaScript and Python encode it: `+` becomes `%2B` (ran).
const VERSION: Lookups = Lookups { version: true, ..NONE };

/// Exact versions and the list of them, as Go's `url.PathEscape` writes them: `+` stays (ran).
const GO: Lookups = Lookups { version: true, versions: true, plus: &["+"], ..NONE };

/// What all rows without a word about it have in common.
const BASE: Client = Client {
    id: "",
    name: "",
    headers: &[],
    origin: None,
    https_only: false,
    redirects: REDIRECTS,
    hello: Hello::List,
    list: "/v0.1/servers",
    search: None,
    paging: Paging::Never,
    lookups: NONE,
    reader: Reader::Plain,
    max_list: None,
    unknown: Unknown::Error,
    enforces: false,
};

/// Returns a search that shows what comes back.
const fn shows(before: &'static str, spelling: Spelling) -> Option<Search> {
    Some(Search { before, after: "", spelling, superset: Partly })
}

/// Returns a search that looks for the exact server in what comes back.
const fn picks(before: &'static str, after: &'static str) -> Option<Search> {
    Some(Search { before, after, spelling: Spelling::Percent, superset: Works })
}

/// Headers of Go's standard client.
const GO_HEADERS: &[(&str, &str)] = &[("User-Agent", "Go-http-client/1.1")];

/// Every client that a probe imitates, the one that most registries are made for first.
pub const CLIENTS: &[Client] = &[
    // code: detection v0.1 then v0, any 2xx wins; always limit=50&version=latest; the cursor is not
    // encoded, the search text is; Electron's renderer: CORS with a `vscode-file:` origin, https by
    // content security policy (issues vscode#271522, registry#903). Fetch stops after 20 redirects.
    Client {
        id: "vscode",
        name: "VS Code",
        origin: Some("vscode-file://vscode-app"),
        https_only: true,
        redirects: 20,
        hello: Hello::Detect(&["/v0.1/servers?limit=1", "/v0/servers?limit=1"]),
        list: "/v0.1/servers?limit=50&version=latest",
        search: shows("/v0.1/servers?limit=50&version=latest&search=", Spelling::Percent),
        paging: Paging::Follows(Spelling::Raw),
        lookups: LATEST,
        reader: Reader::VsCode,
        unknown: Unknown::AnyFour,
        enforces: true,
        ..BASE
    },
    // issues copilot-cli#4949 (list), #3772 (anonymous latest; 200 and 404 count, all else blocks);
    // assumed: redirects are followed, as Node's fetch does.
    Client {
        id: "copilot-cli",
        name: "Copilot CLI",
        headers: &[("Accept", "application/json")],
        list: "/v0.1/servers?limit=30",
        lookups: LATEST,
        unknown: Unknown::BlocksAll,
        enforces: true,
        ..BASE
    },
    // ran and code: 1.539.0 passes bodies through; the policy checks the installed version.
    Client { id: "copilot-language-server", name: "Copilot language server", ..LANGUAGE_SERVER },
    // code: the plugin asks through the language server; its dialog pages on scroll.
    Client { id: "jetbrains", name: "JetBrains", ..LANGUAGE_SERVER },
    // docs: the same three endpoints; there is no public source, so the rest is assumed.
    Client {
        id: "visual-studio",
        name: "Visual Studio",
        lookups: Lookups { latest: true, ..VERSION },
        enforces: true,
        ..BASE
    },
    // code: page size 30, the search text is sent even when empty, typed parsing of `_meta`.
    Client {
        id: "eclipse",
        name: "Eclipse",
        list: "/v0.1/servers?limit=30&search=&version=latest",
        reader: Reader::Eclipse,
        ..LANGUAGE_SERVER
    },
    // code: strict Swift decoding, in which one bad entry costs the whole list.
    Client { id: "xcode", name: "Xcode", reader: Reader::Xcode, ..LANGUAGE_SERVER },
    // code: the probe decides between API and file by Content-Type; 10 000 entries at most; the cache
    // file holds 10 MB; private addresses need --allow-private-ip.
    Client {
        id: "toolhive",
        name: "ToolHive",
        headers: &[("User-Agent", "toolhive")],
        hello: Hello::Typed("/v0.1/servers?limit=1&version=latest"),
        list: "/v0.1/servers?limit=100&version=latest",
        search: picks("/v0.1/servers?search=", "&version=latest"),
        paging: Paging::Follows(Spelling::Percent),
        lookups: Lookups { latest: true, ..NONE },
        reader: Reader::Go,
        max_list: Some((10_000_000, Partly)),
        ..BASE
    },
    // code: source type `api`; /openapi.yaml first, then every page, 100 MB an answer.
    Client {
        id: "toolhive-registry-server",
        name: "ToolHive registry server",
        headers: GO_HEADERS,
        hello: Hello::Openapi("/openapi.yaml"),
        list: "/v0.1/servers?limit=100",
        paging: Paging::Follows(Spelling::Percent),
        reader: Reader::Go,
        max_list: Some((100_000_000, Fails)),
        ..BASE
    },
    // code: catalogs from a community registry read v0 in the shape of v0.1; --server keeps the
    // version of the pasted URL, here v0.1; public https addresses only, on every hop.
    Client {
        id: "docker",
        name: "Docker MCP",
        headers: GO_HEADERS,
        https_only: true,
        list: "/v0/servers?version=latest&limit=100",
        paging: Paging::Follows(Spelling::Percent),
        lookups: GO,
        reader: Reader::Go,
        ..BASE
    },
    // code: httpx with its defaults, which refuse redirects; anything but 200 is an error.
    Client {
        id: "mcp-gateway-registry",
        name: "mcp-gateway-registry",
        headers: &[("User-Agent", "python-httpx/0.28.1")],
        redirects: 0,
        list: "/v0.1/servers?limit=100",
        paging: Paging::Follows(Spelling::Percent),
        lookups: LATEST,
        ..BASE
    },
    // ran and code: first page only, bodies up to 10 MiB, no byte order mark.
    Client {
        id: "apm",
        name: "apm",
        headers: &[("User-Agent", "python-requests/2.32.5")],
        list: "/v0.1/servers?limit=100",
        search: picks("/v0.1/servers?search=", ""),
        lookups: VERSION,
        reader: Reader::Apm,
        max_list: Some((10 * 1024 * 1024, Fails)),
        ..BASE
    },
    // code: v0 list, recursive paging, each entry checked against the OpenAPI schema.
    Client {
        id: "kaiden",
        name: "Kaiden",
        list: "/v0/servers?version=latest",
        paging: Paging::Follows(Spelling::Percent),
        reader: Reader::Schema,
        ..BASE
    },
    // code: the Go module's own types; pages until the cursor is empty.
    Client {
        id: "go-mcp-registry",
        name: "go-mcp-registry",
        headers: GO_HEADERS,
        list: "/v0.1/servers?limit=100",
        search: picks("/v0.1/servers?search=", ""),
        paging: Paging::Follows(Spelling::Percent),
        lookups: GO,
        reader: Reader::Go,
        ..BASE
    },
    // ran: its validator; docs: one configured JSON URL over https, nothing appended. The v0.1 list is
    // refused, so the file of the exports is what it is given.
    Client {
        id: "amazon-q",
        name: "Amazon Q and Kiro",
        https_only: true,
        list: "/exports/amazon-q/registry.json",
        reader: Reader::AmazonQ,
        ..BASE
    },
    // ran: the configured URL with a query; entries without description are dropped.
    Client {
        id: "add-mcp",
        name: "add-mcp",
        list: "/v0.1/servers?version=latest&limit=100",
        search: picks("/v0.1/servers?version=latest&limit=100&search=", "&source=cli"),
        reader: Reader::Described,
        ..BASE
    },
    // code: v0 for list and health, v0.1 for versions; refuses a `+` before it asks.
    Client {
        id: "langchain4j",
        name: "langchain4j",
        hello: Hello::Health(&["/v0/health", "/v0/ping"]),
        list: "/v0/servers",
        search: Some(Search {
            before: "/v0/servers?search=",
            after: "",
            spelling: Spelling::Raw,
            superset: Works,
        }),
        lookups: Lookups { plus: &[], ..VERSION },
        ..BASE
    },
    // issue mcpproxy-go#598: the slash of the name is not encoded.
    Client {
        id: "mcpproxy-go",
        name: "mcpproxy-go",
        headers: GO_HEADERS,
        lookups: Lookups { latest: true, slash: &["/"], ..GO },
        reader: Reader::Go,
        ..BASE
    },
    // code: mcp-lookup 0.5.2 (PyPI) looks a server up below v0. If that is not found, it takes the first
    // result of a search, so without lookups it shows another server. It has no list but its search.
    Client {
        id: "mcp-lookup",
        name: "mcp-lookup",
        headers: &[("User-Agent", "mcp-lookup/0.1"), ("Accept", "application/json")],
        list: "/v0/servers",
        search: Some(Search {
            before: "/v0/servers?search=",
            after: "&limit=10",
            spelling: Spelling::Form,
            superset: Partly,
        }),
        lookups: Lookups { api: "/v0", latest: true, ..VERSION },
        ..BASE
    },
    // No client by itself: the spellings that proxies and hand-written programs produce.
    Client {
        id: "other-spellings",
        name: "other spellings",
        lookups: Lookups {
            api: "/v0.1",
            latest: true,
            version: true,
            versions: true,
            slash: &["%2F", "%2f", "/"],
            plus: &["%2B", "%2b", "+"],
        },
        ..BASE
    },
];

/// Copilot language server 1.539.0 (ran): the query's order is limit, cursor, search, updated_since,
/// version, a space of the search is `+`; bodies are passed through unread; 404 is "not found".
const LANGUAGE_SERVER: Client = Client {
    headers: &[
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("User-Agent", "GithubCopilot/1.539.0"),
    ],
    list: "/v0.1/servers?limit=30&version=latest",
    search: Some(Search {
        before: "/v0.1/servers?limit=30&search=",
        after: "&version=latest",
        spelling: Spelling::Form,
        superset: Partly,
    }),
    paging: Paging::Follows(Spelling::Form),
    lookups: VERSION,
    reader: Reader::LanguageServer,
    enforces: true,
    ..BASE
};
