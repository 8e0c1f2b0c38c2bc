//! opencode: the program and its arguments are one list.

use super::super::identifier::Refusal;
use super::super::json::Json;
use super::super::recipe::Action;
use super::super::view::{Ask, ClientForm, NO_BUNDLE, View};

/// An entry of `mcp`; values are read from the environment with `{env:NAME}`.
pub(super) fn opencode(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let members = match action {
        Action::Start(start) => vec![
            ("type", Some(Json::text("local"))),
            ("command", Some(Json::texts(view.argv(start, Ask::Env)))),
            ("environment", Json::map(view.texts(&start.env, Ask::Env))),
            ("enabled", Some(Json::Flag(true))),
        ],
        Action::Connect { url, headers, .. } => vec![
            ("type", Some(Json::text("remote"))),
            ("url", Some(Json::Text(view.text(url, Ask::Word)))),
            ("headers", Json::map(view.texts(headers, Ask::Env))),
            ("enabled", Some(Json::Flag(true))),
        ],
        Action::Bundle { .. } => return Err(NO_BUNDLE),
    };
    let servers = Json::Object(vec![(view.key(), Json::object(members))]);
    Ok(ClientForm::json("opencode.json", &Json::object([("mcp", Some(servers))])))
}
