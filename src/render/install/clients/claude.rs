//! Claude Code and Claude Desktop.

use super::{Action, Ask, ClientForm, Json, Link, NO_BUNDLE, Refusal, View, line, line_with};

/// The command puts values in after the name, because its options take as many words as there are;
/// the project's file reads the environment instead.
pub(super) fn code(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let key = view.key();
    let words = |words: &[&str]| -> Vec<String> { words.iter().map(|w| (*w).to_owned()).collect() };
    let (members, command) = match action {
        Action::Start(start) => {
            let mut before = words(&["claude", "mcp", "add", &key]);
            for (name, value) in view.texts(&start.env, Ask::Word) {
                before.extend(["-e".to_owned(), format!("{name}={value}")]);
            }
            let mut members = vec![("type", Some(Json::text("stdio")))];
            members.extend(view.program(start, Ask::Braces));
            (members, line_with(view, &before, start))
        }
        Action::Connect { is_sse, url, headers, .. } => {
            let kind = if *is_sse { "sse" } else { "http" };
            let address = view.text(url, Ask::Word);
            let mut all = words(&["claude", "mcp", "add", "--transport", kind, &key, &address]);
            for (name, value) in view.texts(headers, Ask::Word) {
                all.extend(["--header".to_owned(), format!("{name}: {value}")]);
            }
            let members = vec![
                ("type", Some(Json::text(kind))),
                ("url", Some(Json::Text(view.text(url, Ask::Braces)))),
                ("headers", Json::map(view.texts(headers, Ask::Braces))),
            ];
            (members, line(&all))
        }
        Action::Bundle { .. } => return Err(NO_BUNDLE),
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
            let url = view.text(url, Ask::Word);
            let mut form = ClientForm::only(
                "Add remotes in the settings under Connectors, as a custom connector with this URL:",
            );
            form.notes.push(url);
            Ok(form)
        }
        Action::Bundle { url } => {
            let mut form = ClientForm::only("Open the downloaded bundle with Claude Desktop.");
            form.links.push(Link { label: "Download the bundle", url: url.clone() });
            Ok(form)
        }
    }
}
