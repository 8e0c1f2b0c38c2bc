//! opencode: the program and its arguments are one list.

use super::{Action, Ask, ClientForm, Json, NO_BUNDLE, Refusal, View};

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
    Ok(ClientForm::file("opencode.json", "mcp", view.key(), Json::object(members)))
}
