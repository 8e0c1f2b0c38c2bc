//! Goose: a link for programs without an environment, YAML for everything else.

use crate::text::percent_encode;
use std::fmt::Write as _;

use super::{Action, Ask, ClientForm, NO_BUNDLE, Refusal, Text, View, quote};

/// An entry of `extensions`.
///
/// How a link says an environment or a remote is not certain enough, so there the configuration is all.
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
            environment(view, &start.env, &mut text);
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
            map(view, "headers", headers.iter(), &mut text);
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
    for word in args {
        let _ = write!(link, "&arg={}", percent_encode(word));
    }
    let pairs = [
        ("id", view.key()),
        ("name", view.server.label().to_owned()),
        ("description", view.server.description.clone()),
    ];
    for (key, value) in pairs {
        let _ = write!(link, "&{key}={}", percent_encode(&value));
    }
    link
}

/// Slots of the variables' own names are asked for and kept by Goose; the rest is written down.
fn environment(view: &View<'_>, env: &[(String, Text)], text: &mut String) {
    let (names, set) = view.own_names(env);
    if !names.is_empty() {
        let _ = writeln!(text, "    env_keys: [{}]", names.join(", "));
    }
    map(view, "envs", set.into_iter(), text);
}

/// Writes a mapping of fixed values under `key`; nothing when there are none.
fn map<'a>(
    view: &View<'_>,
    key: &str,
    list: impl ExactSizeIterator<Item = &'a (String, Text)>,
    text: &mut String,
) {
    if list.len() == 0 {
        return;
    }
    let _ = writeln!(text, "    {key}:");
    for (name, value) in list {
        let value = quote::toml(&view.text(value, Ask::Word));
        let _ = writeln!(text, "      {}: {value}", quote::toml(name));
    }
}
