//! Codex: TOML, and a way to pass variables on without writing them down.

use std::fmt::Write as _;

use super::{
    Action, Ask, ClientForm, NO_BUNDLE, Piece, Refusal, Template, View, line, line_with, quote,
    words,
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
            let argv: Vec<String> =
                view.argv(start, Ask::Word).iter().map(|word| quote::toml(word)).collect();
            let (program, args) = argv.split_first().ok_or(NO_BUNDLE)?;
            let _ = writeln!(text, "command = {program}\nargs = [{}]", args.join(", "));
            // What is left to the user is passed on from Codex's own environment when the names agree.
            let (names, set) = view.own_names(&start.env);
            if !names.is_empty() {
                let _ = writeln!(text, "env_vars = [{}]", names.join(", "));
            }
            table("env", fixed(view, &set), &mut text);
            let mut before = words(&["codex", "mcp", "add", &key]);
            before.extend(view.options("--env", "=", &start.env));
            line_with(view, &before, start, Ask::Word)
        }
        Action::Connect { is_sse: true, .. } => {
            return Err("Codex does not speak server-sent events.");
        }
        Action::Connect { url, headers, .. } => {
            let url = view.text(url, Ask::Word);
            let _ = writeln!(text, "url = {}", quote::toml(&url));
            let mut all = words(&["codex", "mcp", "add", &key, "--url", &url]);
            let bearer = credentials(view, headers, &mut text);
            let complete = headers.len() == usize::from(bearer.is_some());
            let option = bearer.map(|name| ["--bearer-token-env-var".to_owned(), name]);
            all.extend(option.into_iter().flatten());
            complete.then(|| line(&all)).flatten()
        }
        Action::Bundle { .. } => return Err(NO_BUNDLE),
    };
    Ok(ClientForm::snippet("~/.codex/config.toml", "toml", text).command(command))
}

/// Writes the headers: fixed ones as they are, and those that are all the user's as names of variables
/// to read them from. Returns the variable of a bearer token, which has its own key.
fn credentials(
    view: &View<'_>,
    headers: &[(String, Template)],
    text: &mut String,
) -> Option<String> {
    let variable = |slot: usize| view.recipe.slots.get(slot).map(|slot| slot.variable.clone());
    let (mut bearer, mut read, mut set) = (None, Vec::new(), Vec::new());
    for header in headers {
        let (name, value) = header;
        match (&value.0[..], value.only_slot().and_then(variable)) {
            ([Piece::Fixed(scheme), Piece::Slot(slot)], _)
                if name.eq_ignore_ascii_case("authorization") && scheme == "Bearer " =>
            {
                bearer = variable(*slot);
            }
            (_, Some(variable)) => read.push((name.clone(), variable)),
            _ => set.push(header),
        }
    }
    if let Some(variable) = &bearer {
        let _ = writeln!(text, "bearer_token_env_var = {}", quote::toml(variable));
    }
    table("http_headers", fixed(view, &set), text);
    table("env_http_headers", read, text);
    bearer
}

/// Returns named values with a word in place of each slot.
fn fixed(view: &View<'_>, list: &[&(String, Template)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| (name.clone(), view.text(value, Ask::Word))).collect()
}

/// Writes an inline table under `key`; nothing when it would be empty.
fn table(key: &str, pairs: Vec<(String, String)>, text: &mut String) {
    let pairs =
        pairs.iter().map(|(name, value)| [quote::toml(name), quote::toml(value)].join(" = "));
    let pairs: Vec<String> = pairs.collect();
    if !pairs.is_empty() {
        let _ = writeln!(text, "{key} = {{ {} }}", pairs.join(", "));
    }
}
