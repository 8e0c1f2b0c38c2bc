//! The tools: one row and one function each.

use serde_json::Value;

use super::super::Live;
use super::call::{Arguments, NAME, Object, VERSION, VERSION_IF_ANY, schema};
use super::{install, search, show, why};

/// A tool.
pub(super) struct ToolRow {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    /// Returns the JSON schema of its arguments.
    pub(super) schema: fn() -> Object,
    /// Answers a call, or says what is wrong with it and what to do instead.
    pub(super) call: fn(&Live, &Arguments) -> Result<Value, String>,
}

/// Every tool.
pub(super) static TOOLS: &[ToolRow] = &[
    ToolRow {
        name: "search_servers",
        title: "Search servers",
        description: "Finds MCP servers of this registry whose name, title, description, tags or packages contain every word of the query, the best matches first. Without a query it returns the servers that changed last.",
        schema: search::schema,
        call: search::call,
    },
    ToolRow {
        name: "show_server",
        title: "Show a server",
        description: "Returns the server.json of one version (by default the latest) with its status and dates, all versions, and the page for people.",
        schema: || schema(&[NAME, VERSION], &["name"]),
        call: show::call,
    },
    ToolRow {
        name: "install_server",
        title: "Install a server",
        description: "Returns how a server is installed in one client: the command to run, the configuration to paste and where, and what has to be filled in. Nothing is installed by this tool.",
        schema: install::schema,
        call: install::call,
    },
    ToolRow {
        name: "why_not_listed",
        title: "Explain why a server is not listed",
        description: "Says whether a server or one of its versions is listed and, if not, why: it was withdrawn, the registry's policy leaves it out (with the rule and its reason), or nobody published it here.",
        schema: || schema(&[NAME, VERSION_IF_ANY], &["name"]),
        call: why::call,
    },
];
