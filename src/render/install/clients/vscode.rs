//! VS Code and Visual Studio: they ask for what is missing.
//!
//! Under registry-only enforcement the key of a server must be its name in the registry, and `gallery`
//! the registry's URL. The link has no `gallery`: some versions of VS Code then ignore the rest and look
//! the name up in another registry, and later ones drop it.

use crate::text::percent_encode;

use super::{Action, Ask, ClientForm, Json, Members, Refusal, Slot, View};

/// Makes VS Code ask for a slot. A secret is hidden while it is typed.
fn input(slot: &Slot) -> Json {
    Json::object([
        ("type", Some(Json::text("promptString"))),
        ("id", Some(Json::text(&*slot.id))),
        ("description", Some(Json::text(&*slot.description))),
        ("password", slot.is_secret.then_some(Json::Flag(true))),
    ])
}

fn inputs(view: &View<'_>, action: &Action) -> Option<Json> {
    let asked: Vec<Json> = view.asked(action).into_iter().map(input).collect();
    (!asked.is_empty()).then_some(Json::List(asked))
}

/// The configuration, without its name and without what only a gallery adds.
fn config(view: &View<'_>, action: &Action) -> Result<Members, Refusal> {
    view.members(action, Some("stdio"), [Ask::Input; 2])
}

fn version(view: &View<'_>) -> Option<Json> {
    (!view.server.version.is_empty()).then(|| Json::text(&*view.server.version))
}

/// The configuration as a link holds it.
fn linked<'v>(view: &'v View<'_>, action: &Action) -> Result<&'v str, Refusal> {
    if let Some(linked) = view.made.linked.get() {
        return Ok(linked);
    }
    let name = [("name", Some(Json::text(&*view.server.name)))];
    let json = Json::object(name.into_iter().chain(config(view, action)?))
        .with("version", version(view))
        .with("inputs", inputs(view, action));
    Ok(view.made.linked.get_or_init(|| percent_encode(&json.compact())))
}

fn file(view: &View<'_>, action: &Action) -> Result<String, Refusal> {
    if let Some(file) = view.made.file.get() {
        return Ok(file.clone());
    }
    let server = Json::object(config(view, action)?)
        .with("gallery", view.base_url.map(Json::text))
        .with("version", version(view));
    let servers = Json::Object(vec![(view.server.name.clone(), server)]);
    let file = Json::object([("inputs", inputs(view, action)), ("servers", Some(servers))]);
    Ok(view.made.file.get_or_init(|| file.pretty()).clone())
}

/// VS Code and its Insiders edition, which differ in the link's scheme.
pub(super) fn vscode(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let linked = linked(view, action)?;
    Ok(ClientForm::snippet(".vscode/mcp.json", "json", file(view, action)?)
        .link("Install in VS Code", format!("vscode:mcp/install?{linked}"))
        .link("Install in VS Code Insiders", format!("vscode-insiders:mcp/install?{linked}")))
}

/// Visual Studio reads the same file; its link is a page that opens it.
pub(super) fn visual_studio(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let url = format!("https://vs-open.link/mcp-install?{}", linked(view, action)?);
    Ok(ClientForm::snippet(".mcp.json", "json", file(view, action)?)
        .link("Install in Visual Studio", url))
}
