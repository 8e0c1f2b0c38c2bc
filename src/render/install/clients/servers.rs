//! The many clients whose file has `mcpServers`, each with its own word for a remote's URL.

use crate::text::percent_encode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Action, Ask, ClientForm, Json, Members, NO_BUNDLE, Refusal, View, line};

/// The configuration without its name: a program, or `remote`'s members for a URL.
fn config(
    view: &View<'_>,
    action: &Action,
    ask: Ask,
    remote: impl FnOnce(bool, Json) -> Members,
) -> Result<Json, Refusal> {
    match action {
        Action::Start(start) => Ok(Json::object(view.program(start, ask))),
        Action::Connect { is_sse, url, headers, .. } => {
            let members = remote(*is_sse, Json::Text(view.text(url, Ask::Word)));
            let headers = Json::map(view.texts(headers, ask));
            Ok(Json::object(members).with("headers", headers))
        }
        Action::Bundle { .. } => Err(NO_BUNDLE),
    }
}

/// A file with nothing but this server in `mcpServers`.
fn file(view: &View<'_>, path: &'static str, config: &Json) -> ClientForm {
    ClientForm::file(path, "mcpServers", view.key(), config.clone())
}

/// A link that carries a configuration.
fn link(view: &View<'_>, address: &str, config: &str) -> String {
    format!("{address}?name={}&config={}", percent_encode(&view.key()), percent_encode(config))
}

fn base64(config: &Json) -> String {
    STANDARD.encode(config.compact())
}

/// A remote's URL for clients that find out the transport themselves.
fn plain_url(_: bool, url: Json) -> Members {
    vec![("url", Some(url))]
}

/// The form that most other clients read.
pub(super) fn plain(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let config = config(view, action, Ask::Word, |is_sse, url| {
        let kind = if is_sse { "sse" } else { "http" };
        vec![("type", Some(Json::text(kind))), ("url", Some(url))]
    })?;
    Ok(file(view, "your client's mcp.json", &config))
}

/// Cursor's link holds the configuration in base64.
pub(super) fn cursor(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let config = config(view, action, Ask::Word, plain_url)?;
    let url = link(view, "cursor://anysphere.cursor-deeplink/mcp/install", &base64(&config));
    Ok(file(view, ".cursor/mcp.json", &config).link("Install in Cursor", url))
}

/// LM Studio's link has the same form as Cursor's.
pub(super) fn lm_studio(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let config = config(view, action, Ask::Word, plain_url)?;
    let url = link(view, "lmstudio://add_mcp", &base64(&config));
    Ok(file(view, "~/.lmstudio/mcp.json", &config).link("Install in LM Studio", url))
}

/// Kiro's link is a page that hands over; its configuration reads the environment.
pub(super) fn kiro(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let config = config(view, action, Ask::Braces, plain_url)?;
    let url = link(view, "https://kiro.dev/launch/mcp/add", &config.compact());
    Ok(file(view, ".kiro/settings/mcp.json", &config).link("Install in Kiro", url))
}

/// Windsurf has its own word for a remote's URL and no link that can be relied on.
pub(super) fn windsurf(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let config = config(view, action, Ask::Word, |_, url| vec![("serverUrl", Some(url))])?;
    Ok(file(view, "~/.codeium/windsurf/mcp_config.json", &config))
}

/// There is a command for remotes only: the program's own options would be taken for options of
/// `gemini`.
pub(super) fn gemini(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let config = config(view, action, Ask::Braces, |is_sse, url| {
        vec![(if is_sse { "url" } else { "httpUrl" }, Some(url))]
    })?;
    let command = match action {
        Action::Connect { is_sse, url, headers, .. } => {
            let kind = if *is_sse { "sse" } else { "http" };
            let (key, url) = (view.key(), view.text(url, Ask::Word));
            let words = ["gemini", "mcp", "add", "-s", "user", "-t", kind, &key, &url];
            let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
            for (name, value) in view.texts(headers, Ask::Word) {
                words.extend(["-H".to_owned(), format!("{name}: {value}")]);
            }
            line(&words)
        }
        _ => None,
    };
    Ok(file(view, "~/.gemini/settings.json", &config).command(command))
}
