//! GitHub Copilot outside VS Code. Both clients compare the key with the registry's names.

use super::{Action, Ask, ClientForm, Json, NO_BUNDLE, Refusal, View};

/// The command line's configuration file; installing there is a dialogue (`/mcp add`).
///
/// Managed settings expand `${NAME}` in arguments like the configuration (seen with 1.0.102). Versions
/// of early 2026 refuse the whole file when a key holds a dot or a slash.
pub(super) fn cli(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let members = view.members(action, Some("local"), [Ask::Word, Ask::Expand])?;
    let server = Json::object(members).with("tools", Some(Json::texts(["*".to_owned()])));
    let (path, key) = ("~/.copilot/mcp-config.json", view.server.name.clone());
    let mut form = ClientForm::file(path, "mcpServers", key, server);
    form.notes.push(format!(
        "If Copilot CLI refuses the name, update it, or write {} unless only registry servers are allowed.",
        view.key()
    ));
    Ok(form)
}

/// Copilot's plug-in for the JetBrains IDEs. Its policy check reads `x-metadata`.
pub(super) fn jetbrains(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let members = match action {
        Action::Start(start) => view.program(start, Ask::Word),
        Action::Connect { url, headers, .. } => {
            let headers = Json::map(view.texts(headers, Ask::Word));
            let request = headers.map(|headers| Json::object([("headers", Some(headers))]));
            vec![("url", Some(Json::Text(view.text(url, Ask::Word)))), ("requestInit", request)]
        }
        Action::Bundle { .. } => return Err(NO_BUNDLE),
    };
    let server = Json::object(members).with("x-metadata", metadata(view));
    let path = "mcp.json of GitHub Copilot (Edit in settings)";
    Ok(ClientForm::file(path, "servers", view.server.name.clone(), server))
}

/// Which registry and which version the configuration is from.
fn metadata(view: &View<'_>) -> Option<Json> {
    let text = |text: &str| Some(Json::text(text));
    let api = Json::object([("baseUrl", text(view.base_url?)), ("version", text("v0.1"))]);
    let server =
        Json::object([("name", text(&view.server.name)), ("version", text(&view.server.version))]);
    let registry = Json::object([("api", Some(api)), ("mcpServer", Some(server))]);
    Some(Json::object([("registry", Some(registry))]))
}
