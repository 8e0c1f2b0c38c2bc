//! Codex: TOML, and a way to pass variables on without writing them down.

use std::fmt::Write as _;

use super::{
    Action, Ask, ClientForm, NO_BUNDLE, Part, Refusal, Text, View, line, line_with, quote,
};

/// The table `mcp_servers.<key>`, and a command where one exists.
///
/// A remote has a command when its only header is a bearer token; the command line takes no others.
/// Nothing is shown for server-sent events, which Codex does not speak.
pub(super) fn codex(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let key = view.key();
    let mut text = format!("[mcp_servers.{key}]\n");
    let command = match action {
        Action::Start(start) => {
            let argv = view.argv(start, Ask::Word);
            let mut words = argv.iter().map(|word| quote::toml(word));
            let program = words.next().unwrap_or_default();
            let args: Vec<String> = words.collect();
            let _ = writeln!(text, "command = {program}\nargs = [{}]", args.join(", "));
            environment(view, &start.env, &mut text);
            let mut before: Vec<String> =
                ["codex", "mcp", "add", &key].into_iter().map(str::to_owned).collect();
            for (name, value) in view.texts(&start.env, Ask::Word) {
                before.extend(["--env".to_owned(), format!("{name}={value}")]);
            }
            line_with(view, &before, start)
        }
        Action::Connect { is_sse: true, .. } => {
            return Err("Codex does not speak server-sent events.");
        }
        Action::Connect { url, headers, .. } => {
            let url = view.text(url, Ask::Word);
            let _ = writeln!(text, "url = {}", quote::toml(&url));
            let mut words: Vec<String> =
                ["codex", "mcp", "add", &key, "--url", &url].map(str::to_owned).into();
            let bearer = credentials(view, headers, &mut text);
            words.extend(
                bearer.iter().flat_map(|name| ["--bearer-token-env-var".to_owned(), name.clone()]),
            );
            let complete = headers.len() == usize::from(bearer.is_some());
            complete.then(|| line(&words)).flatten()
        }
        Action::Bundle { .. } => return Err(NO_BUNDLE),
    };
    Ok(ClientForm::snippet("~/.codex/config.toml", "toml", text).command(command))
}

/// What is left to the user is passed on from Codex's own environment when the names agree.
fn environment(view: &View<'_>, env: &[(String, Text)], text: &mut String) {
    let (names, set) = view.own_names(env);
    if !names.is_empty() {
        let _ = writeln!(text, "env_vars = [{}]", names.join(", "));
    }
    table(view, "env", &set, text);
}

/// Writes the headers: fixed ones as they are, and those that are all the user's as names of variables
/// to read them from. Gives the variable of a bearer token, which has its own key.
fn credentials(view: &View<'_>, headers: &[(String, Text)], text: &mut String) -> Option<String> {
    let variable = |slot: usize| view.recipe.slots.get(slot).map(|slot| slot.variable.clone());
    let mut bearer = None;
    let mut read = Vec::new();
    let mut set = Vec::new();
    for header in headers {
        let (name, value) = header;
        match (&value.0[..], value.only_slot().and_then(variable)) {
            ([Part::Text(scheme), Part::Slot(slot)], _)
                if name.eq_ignore_ascii_case("authorization") && scheme == "Bearer " =>
            {
                bearer = variable(*slot);
            }
            (_, Some(variable)) => read.push((name, variable)),
            _ => set.push(header),
        }
    }
    if let Some(variable) = &bearer {
        let _ = writeln!(text, "bearer_token_env_var = {}", quote::toml(variable));
    }
    table(view, "http_headers", &set, text);
    if !read.is_empty() {
        let pairs: Vec<String> = (read.iter())
            .map(|(name, variable)| format!("{} = {}", quote::toml(name), quote::toml(variable)))
            .collect();
        let _ = writeln!(text, "env_http_headers = {{ {} }}", pairs.join(", "));
    }
    bearer
}

/// Writes an inline table of fixed values under `key`; nothing when there are none.
fn table(view: &View<'_>, key: &str, list: &[&(String, Text)], text: &mut String) {
    if list.is_empty() {
        return;
    }
    let pairs: Vec<String> = (list.iter())
        .map(|(name, value)| {
            format!("{} = {}", quote::toml(name), quote::toml(&view.text(value, Ask::Word)))
        })
        .collect();
    let _ = writeln!(text, "{key} = {{ {} }}", pairs.join(", "));
}
