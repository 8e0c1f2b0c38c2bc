//! Claude Code and Claude Desktop.

use super::{
    Action, Ask, ClientForm, Json, Link, Refusal, View, line, line_with, remote_type, words,
};

/// The command puts values in after the name, because its options take as many words as there are;
/// the project's file reads the environment instead. So do arguments in both: managed settings expand
/// `${NAME}` like the configuration (seen with 2.1.332), so that they allow the command with any value.
pub(super) fn code(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let key = view.key();
    let members = view.members(action, Some("stdio"), [Ask::Expand; 2])?;
    let command = match action {
        Action::Start(start) => {
            let mut before = words(&["claude", "mcp", "add", &key]);
            before.extend(view.options("-e", "=", &start.env));
            line_with(view, &before, start, Ask::Expand)
        }
        Action::Connect { is_sse, url, headers, .. } => {
            let (kind, url) = (remote_type(*is_sse), view.text(url, Ask::Word));
            let mut all = words(&["claude", "mcp", "add", "--transport", kind, &key, &url]);
            all.extend(view.options("--header", ": ", headers));
            line(&all)
        }
        Action::Bundle { .. } => None,
    };
    Ok(ClientForm::file(".mcp.json", "mcpServers", key, Json::object(members)).command(command))
}

/// The application opens bundles, remotes are added in its settings, and only programs are in its file.
pub(super) fn desktop(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    match action {
        Action::Start(start) => {
            let server = Json::object(view.program(start, Ask::Word));
            Ok(ClientForm::file("claude_desktop_config.json", "mcpServers", view.key(), server))
        }
        Action::Connect { url, .. } => {
            let mut form = ClientForm::only(
                "Add remotes in the settings under Connectors, as a custom connector with this URL:",
            );
            form.notes.push(view.text(url, Ask::Word));
            Ok(form)
        }
        Action::Bundle { url } => {
            let mut form = ClientForm::only("Open the downloaded bundle with Claude Desktop.");
            form.links.push(Link { label: "Download the bundle", url: url.clone() });
            Ok(form)
        }
    }
}
