//! The many clients whose file has `mcpServers`, each with its own word for a remote's URL.

use crate::text::percent_encode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Action, Ask, ClientForm, Json, Refusal, View, line, remote_type, words};

/// The configuration without its name; `url_key` is the client's word for the URL of a remote, whose
/// transport the client finds out itself.
fn config(
    view: &View<'_>,
    action: &Action,
    ask: Ask,
    url_key: &'static str,
) -> Result<Json, Refusal> {
    let members = view.members(action, None, [Ask::Word, ask])?.into_iter();
    let members = members.filter(|(key, _)| *key != "type");
    Ok(Json::object(members.map(|(key, value)| (if key == "url" { url_key } else { key }, value))))
}

/// A file with nothing but this server in `mcpServers`.
fn file(view: &View<'_>, path: &'static str, config: Json) -> ClientForm {
    ClientForm::file(path, "mcpServers", view.key(), config)
}

/// A link that carries a configuration.
fn link(view: &View<'_>, address: &str, config: &str) -> String {
    format!("{address}?name={}&config={}", percent_encode(&view.key()), percent_encode(config))
}

/// A link that carries a configuration with words in place of slots in base64.
fn base64_link(view: &View<'_>, address: &str, config: &Json) -> String {
    link(view, address, view.made.base64.get_or_init(|| STANDARD.encode(config.compact())))
}

/// The form that most other clients read.
pub(super) fn plain(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let config = Json::object(view.members(action, None, [Ask::Word; 2])?);
    Ok(file(view, "your client's mcp.json", config))
}

/// Cursor's link holds the configuration in base64.
pub(super) fn cursor(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let config = config(view, action, Ask::Word, "url")?;
    let url = base64_link(view, "cursor://anysphere.cursor-deeplink/mcp/install", &config);
    Ok(file(view, ".cursor/mcp.json", config).link("Install in Cursor", url))
}

/// LM Studio's link has the same form as Cursor's.
pub(super) fn lm_studio(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let config = config(view, action, Ask::Word, "url")?;
    let url = base64_link(view, "lmstudio://add_mcp", &config);
    Ok(file(view, "~/.lmstudio/mcp.json", config).link("Install in LM Studio", url))
}

/// Kiro's link is a page that opens it; its configuration reads the environment.
pub(super) fn kiro(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let config = config(view, action, Ask::Braces, "url")?;
    let url = link(view, "https://kiro.dev/launch/mcp/add", &config.compact());
    Ok(file(view, ".kiro/settings/mcp.json", config).link("Install in Kiro", url))
}

/// Windsurf has its own word for a remote's URL and no link that can be relied on.
pub(super) fn windsurf(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let config = config(view, action, Ask::Word, "serverUrl")?;
    Ok(file(view, "~/.codeium/windsurf/mcp_config.json", config))
}

/// There is a command for remotes only: the program's own options would be taken for options of
/// `gemini`.
pub(super) fn gemini(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let (url_key, command) = match action {
        Action::Connect { is_sse, url, headers, .. } => {
            let (key, url) = (view.key(), view.text(url, Ask::Word));
            let kind = remote_type(*is_sse);
            let mut all = words(&["gemini", "mcp", "add", "-s", "user", "-t", kind, &key, &url]);
            all.extend(view.options("-H", ": ", headers));
            (if *is_sse { "url" } else { "httpUrl" }, line(&all))
        }
        _ => ("url", None),
    };
    let config = config(view, action, Ask::Braces, url_key)?;
    Ok(file(view, "~/.gemini/settings.json", config).command(command))
}
