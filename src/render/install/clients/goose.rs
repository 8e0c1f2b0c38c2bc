//! Goose: a link for programs without an environment, YAML for everything else.

use crate::text::percent_encode;
use std::fmt::Write as _;

use super::{Action, Ask, ClientForm, NO_BUNDLE, Refusal, Template, View, quote};

/// An entry of `extensions`.
///
/// There is a link only for a program without an environment: how links express the rest is not certain.
pub(super) fn goose(view: &View<'_>, action: &Action) -> Result<ClientForm, Refusal> {
    let key = view.key();
    let mut text = format!("extensions:\n  {}:\n    enabled: true\n", quote::toml(&key));
    let _ = writeln!(text, "    name: {}", quote::toml(&key));
    let mut link = None;
    match action {
        Action::Start(start) => {
            let argv = view.argv(start, Ask::Word);
            let (program, args) = argv.split_first().ok_or(NO_BUNDLE)?;
            let quoted: Vec<String> = args.iter().map(|word| quote::toml(word)).collect();
            let _ = writeln!(text, "    type: stdio\n    cmd: {}", quote::toml(program));
            let _ = writeln!(text, "    args: [{}]", quoted.join(", "));
            // Slots of the variables' own names are asked for and kept by Goose; the rest is written down.
            let (names, set) = view.own_names(&start.env);
            if !names.is_empty() {
                let _ = writeln!(text, "    env_keys: [{}]", names.join(", "));
            }
            map(view, "envs", set, &mut text);
            if start.env.is_empty() {
                link = Some(deep_link(view, program, args));
            }
        }
        Action::Connect { is_sse: true, .. } => {
            return Err("Goose no longer speaks server-sent events.");
        }
        Action::Connect { url, headers, .. } => {
            let url = quote::toml(&view.text(url, Ask::Word));
            let _ = writeln!(text, "    type: streamable_http\n    uri: {url}");
            map(view, "headers", headers.iter().collect(), &mut text);
        }
        Action::Bundle { .. } => return Err(NO_BUNDLE),
    }
    text.push_str("    timeout: 300\n");
    let form = ClientForm::snippet("~/.config/goose/config.yaml", "yaml", text);
    Ok(link.into_iter().fold(form, |form, link| form.link("Install in Goose", link)))
}

/// The link: program, arguments one by one, and what the entry is called.
fn deep_link(view: &View<'_>, program: &str, args: &[String]) -> String {
    let mut link = format!("goose://extension?cmd={}", percent_encode(program));
    let args = args.iter().map(|word| ("arg", word.as_str()));
    let (key, server) = (view.key(), view.server);
    let about = [("id", &*key), ("name", server.label()), ("description", &*server.description)];
    for (key, value) in args.chain(about) {
        let _ = write!(link, "&{key}={}", percent_encode(value));
    }
    link
}

/// Writes a mapping of fixed values under `key`; nothing when there are none.
fn map(view: &View<'_>, key: &str, list: Vec<&(String, Template)>, text: &mut String) {
    for (at, (name, value)) in list.into_iter().enumerate() {
        if at == 0 {
            let _ = writeln!(text, "    {key}:");
        }
        let value = quote::toml(&view.text(value, Ask::Word));
        let _ = writeln!(text, "      {}: {value}", quote::toml(name));
    }
}
