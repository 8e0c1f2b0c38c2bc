//! The registry as an MCP server on standard input and output, for agents.
//!
//! It only reads. What a tool answers is a pure function of the registry in memory and of its arguments
//! ([`tools`]); the protocol is `rmcp`'s. A mistake in the arguments is a result with `isError`, because an
//! agent sees that and can correct itself.

mod call;
mod install;
mod search;
mod show;
mod tools;
mod why;

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
    ToolAnnotations,
};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::{ErrorData, ServerHandler, ServiceExt as _};

use crate::error::{Error, ErrorKind, Result};
use crate::text::shorten;

use super::shared::{Options, Shared};
use super::{Hosts, Live, Watch};
use call::Arguments;
use tools::TOOLS;

/// Answers requests on standard input with `live`, and with later versions that `watch` finds, until standard
/// input ends.
///
/// # Errors
/// When standard input or output cannot be used, and when the client does not begin as MCP asks.
pub fn run(live: Live, watch: Option<Watch<'_>>) -> Result<()> {
    let (hosts, options) = (Hosts::default(), Options::default());
    let shared = Arc::new(Shared::new(Some(live), hosts, options, Arc::default()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| Error::io("the MCP server could not start", "stdin", e))?;
    std::thread::scope(|scope| {
        if let Some(watch) = watch {
            let shared = shared.clone();
            scope.spawn(move || watch.run(&shared));
        }
        let agent = Agent { shared: shared.clone() };
        let result = runtime.block_on(async {
            let running = agent.serve(rmcp::transport::stdio()).await.map_err(failed)?;
            running.waiting().await.map_err(failed).map(drop)
        });
        shared.stop.set();
        // A read of standard input cannot be interrupted, and must not hold up the end.
        runtime.shutdown_background();
        result
    })
}

fn failed(e: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Usage, format!("the conversation with the MCP client ended: {e}"))
        .help("an MCP client starts this command itself; try `npx @modelcontextprotocol/inspector`")
}

/// The server that a client talks to.
struct Agent {
    shared: Arc<Shared>,
}

impl Agent {
    /// Returns the registry, which was read before the conversation began.
    fn live(&self) -> Arc<Live> {
        self.shared.live().unwrap_or_default()
    }
}

impl ServerHandler for Agent {
    fn get_info(&self) -> ServerConfig {
        let name = self.live().name().to_owned();
        let about = format!(
            "Reads the MCP registry {name:?}: which servers there are and how to install them. Search first; \
             the other tools need the exact name of a server."
        );
        let mut info = Implementation::new("mcp-static", env!("CARGO_PKG_VERSION"));
        info.title = Some(name);
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(info)
            .with_instructions(about)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> std::result::Result<ListToolsResult, ErrorData> {
        let tools = TOOLS.iter().map(|row| {
            let reads = ToolAnnotations::with_title(row.title)
                .read_only(true)
                .idempotent(true)
                .open_world(false);
            let mut tool = Tool::new(row.name, row.description, Arc::new((row.schema)()));
            tool.title = Some(row.title.to_owned());
            tool.annotations = Some(reads);
            tool
        });
        Ok(ListToolsResult::with_all_items(tools.collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> std::result::Result<CallToolResponse, ErrorData> {
        let Some(row) = TOOLS.iter().find(|row| row.name == request.name) else {
            let names: Vec<&str> = TOOLS.iter().map(|row| row.name).collect();
            let (name, names) = (shorten(&request.name), names.join(", "));
            let message = format!("there is no tool {name:?}; choose from {names}");
            return Err(ErrorData::invalid_params(message, None));
        };
        let arguments = Arguments(request.arguments.unwrap_or_default());
        let answer = match arguments.check(&(row.schema)()) {
            Ok(()) => (row.call)(&self.live(), &arguments),
            Err(wrong) => Err(wrong),
        };
        Ok(match answer {
            Ok(value) => {
                // Clients that do not know structured content show the text.
                let text = serde_json::to_string_pretty(&value).unwrap_or_default();
                let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
                result.structured_content = Some(value);
                result.into()
            }
            Err(wrong) => CallToolResult::error(vec![ContentBlock::text(wrong)]).into(),
        })
    }
}
