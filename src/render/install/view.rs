//! What a client's function sees of a recipe, and the forms that clients have in common.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::model::Server;

use super::argv::{self, Start};
use super::identifier::{self, Refusal};
use super::json::Json;
use super::recipe::{Action, Recipe};
use super::variables::{Slot, Template};
use super::{Command, Link, Snippet, quote};

/// Begins a note about the file where there is a command too.
pub const FOR_FILE: &str = "For the file, set";
/// The keys of Codex under which names of variables are written.
const CODEX_READS: [&str; 3] = ["env_vars", "bearer_token_env_var", "env_http_headers"];

/// Longest link of an own scheme, as Windows passes longer ones to no program.
const LINK_MAX: usize = 2048;
/// Longest link to a page.
const WEB_LINK_MAX: usize = 8000;
const TOO_LONG: &str = "The configuration is too long for a link. Copy it instead.";

/// How a client gets the value of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// It asks: `${input:id}`.
    Input,
    /// It reads the environment, except in arguments: `${NAME}`.
    Braces,
    /// It reads the environment everywhere, and so does its allowlist: `${NAME}`.
    Expand,
    /// It reads the environment: `{env:NAME}`.
    Env,
    /// It can do neither: a word to replace.
    Word,
}

impl Ask {
    fn slot(self, slot: &Slot) -> String {
        match self {
            Self::Input => format!("${{input:{}}}", slot.id),
            Self::Braces | Self::Expand => format!("${{{}}}", slot.variable),
            Self::Env => format!("{{env:{}}}", slot.variable),
            Self::Word => slot.word.clone(),
        }
    }

    /// How arguments are written.
    fn argument(self) -> Self {
        if matches!(self, Self::Input | Self::Expand) { self } else { Self::Word }
    }
}

/// Members of a JSON object; those without a value are omitted.
pub(super) type Members = Vec<(&'static str, Option<Json>)>;

/// A recipe as the clients' functions see it.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) server: &'a Server,
    pub(super) recipe: &'a Recipe,
    pub(super) base_url: Option<&'a str>,
    /// Texts that several clients use, made once.
    pub(super) made: Made,
}

/// Texts that several clients use.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// What a link of VS Code and of Visual Studio holds.
    pub(super) linked: OnceCell<String>,
    /// Their file.
    pub(super) file: OnceCell<String>,
    /// What a link of Cursor and of LM Studio holds.
    pub(super) base64: OnceCell<String>,
}

/// What a client's function returns.
#[derive(Debug, Clone, Default)]
pub(super) struct ClientForm {
    pub(super) links: Vec<Link>,
    pub(super) start: Option<Command>,
    pub(super) command: Option<Command>,
    pub(super) snippet: Option<Snippet>,
    pub(super) notes: Vec<String>,
}

impl ClientForm {
    /// Nothing but a sentence.
    pub(super) fn only(note: &str) -> Self {
        Self { notes: vec![note.to_owned()], ..Self::default() }
    }

    pub(super) fn snippet(path: &'static str, language: &'static str, text: String) -> Self {
        Self { snippet: Some(Snippet { path, language, text }), ..Self::default() }
    }

    pub(super) fn json(path: &'static str, json: &Json) -> Self {
        Self::snippet(path, "json", json.pretty())
    }

    /// A JSON file whose member `list` holds the configuration of one server under `key`.
    pub(super) fn file(path: &'static str, list: &str, key: String, server: Json) -> Self {
        let servers = Json::Object(vec![(key, server)]);
        Self::json(path, &Json::object([(list, Some(servers))]))
    }

    /// Adds a link, or a note when it would be too long.
    pub(super) fn link(mut self, label: &'static str, url: String) -> Self {
        let max = if url.starts_with("https:") { WEB_LINK_MAX } else { LINK_MAX };
        if url.len() <= max {
            self.links.push(Link { label, url });
        } else if !self.notes.iter().any(|note| note == TOO_LONG) {
            self.notes.push(TOO_LONG.to_owned());
        }
        self
    }

    pub(super) fn command(mut self, command: Option<Command>) -> Self {
        self.command = command;
        self
    }
}

impl View<'_> {
    /// The key for clients that take letters, digits, `_` and `-`.
    pub(super) fn key(&self) -> String {
        identifier::key(&self.server.name)
    }

    /// Returns a value in the client's syntax.
    pub(super) fn text(&self, text: &Template, ask: Ask) -> String {
        text.show(&self.recipe.slots, |slot| ask.slot(slot))
    }

    /// Returns the options of a command line: `flag` before each name and value, joined by `join`.
    pub(super) fn options(
        &self,
        flag: &str,
        join: &str,
        list: &[(String, Template)],
    ) -> impl Iterator<Item = String> {
        let pairs = self.texts(list, Ask::Word).into_iter();
        pairs.flat_map(move |(name, value)| [flag.to_owned(), format!("{name}{join}{value}")])
    }

    /// Returns named values in the client's syntax.
    pub(super) fn texts(&self, list: &[(String, Template)], ask: Ask) -> Vec<(String, String)> {
        list.iter().map(|(name, text)| (name.clone(), self.text(text, ask))).collect()
    }

    /// A command's words; see [`Ask::argument`].
    pub(super) fn argv(&self, start: &Start, ask: Ask) -> Vec<String> {
        start.argv.iter().map(|word| self.text(word, ask.argument())).collect()
    }

    /// `command`, `args` and `env`.
    pub(super) fn program(&self, start: &Start, ask: Ask) -> Members {
        let mut argv = self.argv(start, ask).into_iter();
        vec![
            ("command", argv.next().map(Json::Text)),
            ("args", Some(Json::texts(argv))),
            ("env", Json::map(self.texts(&start.env, ask))),
        ]
    }

    /// Returns the members that most clients have: a program, after its `type` when the client has a word
    /// for it, or a remote. `asks` are the ways to get a slot in the URL and anywhere else.
    pub(super) fn members(
        &self,
        action: &Action,
        program_type: Option<&str>,
        asks: [Ask; 2],
    ) -> Result<Members, Refusal> {
        let [url_ask, ask] = asks;
        Ok(match action {
            Action::Start(start) => {
                let mut members = vec![("type", program_type.map(Json::text))];
                members.extend(self.program(start, ask));
                members
            }
            Action::Connect { is_sse, url, headers, .. } => vec![
                ("type", Some(Json::text(remote_type(*is_sse)))),
                ("url", Some(Json::Text(self.text(url, url_ask)))),
                ("headers", Json::map(self.texts(headers, ask))),
            ],
            Action::Bundle { .. } => return Err(NO_BUNDLE),
        })
    }

    /// Divides an environment into the names that the user sets under the same name, quoted for TOML,
    /// and the rest.
    pub(super) fn own_names<'e>(
        &self,
        env: &'e [(String, Template)],
    ) -> (Vec<String>, Vec<&'e (String, Template)>) {
        let is_own = |(name, value): &&(String, Template)| {
            let slot = value.only_slot().and_then(|slot| self.recipe.slots.get(slot));
            slot.is_some_and(|slot| slot.variable == *name)
        };
        let (own, rest): (Vec<_>, Vec<_>) = env.iter().partition(is_own);
        (own.iter().map(|(name, _)| quote::toml(name)).collect(), rest)
    }

    /// The slots that a configuration uses.
    pub(super) fn asked(&self, action: &Action) -> Vec<&Slot> {
        let (values, named): (&[Template], &[(String, Template)]) = match action {
            Action::Start(start) => (&start.argv, &start.env),
            Action::Connect { url, headers, .. } => (std::slice::from_ref(url), headers),
            Action::Bundle { .. } => (&[], &[]),
        };
        let values = values.iter().chain(named.iter().map(|(_, value)| value));
        let used: BTreeSet<usize> = values.flat_map(Template::slots).collect();
        used.into_iter().filter_map(|slot| self.recipe.slots.get(slot)).collect()
    }

    /// The line that starts a package which listens.
    pub(super) fn start_line(&self, start: &Start) -> Option<Command> {
        let env = self.texts(&start.env, Ask::Word);
        let argv = self.argv(start, Ask::Word);
        let set = env.iter().map(|(name, value)| format!("{name}={value}"));
        let program = (!env.is_empty()).then(|| "env".to_owned());
        let posix: Vec<_> = program.into_iter().chain(set).chain(argv.clone()).collect();
        let powershell: String = (env.iter())
            .map(|(name, value)| format!("${{env:{name}}} = {}; ", powershell_value(value)))
            .collect();
        let mut command = line(&posix)?;
        let shown = env.iter().all(|(_, value)| quote::is_one_line(value));
        command.powershell = line(&argv)?.powershell.filter(|_| shown).map(|it| powershell + &it);
        Some(command)
    }

    /// What to do about the slots that a form leaves open.
    pub(super) fn slot_notes(&self, form: &ClientForm) -> Vec<String> {
        let mut notes = Vec::new();
        if self.recipe.slots.is_empty() {
            return notes;
        }
        let snippet = form.snippet.as_ref().map_or("", |snippet| snippet.text.as_str());
        let has_words = |text: &str| text.contains("YOUR_");
        let commands = || [&form.command, &form.start].into_iter().flatten();
        let in_command = commands().any(|it| has_words(&it.posix));
        // A reader takes the command or the file, so a note about one of them says which.
        let (place, file) = match (&form.command, &form.snippet) {
            (Some(_), Some(_)) if in_command && !has_words(snippet) => {
                ("In the command, replace", FOR_FILE)
            }
            _ => ("Replace", "Set"),
        };
        if in_command || has_words(snippet) {
            notes.push(format!("{place} each YOUR_ word with your own value."));
        }
        let pieces = ["${", "{env:"].into_iter().flat_map(|open| snippet.split(open).skip(1));
        let mut read: BTreeSet<_> =
            pieces.filter_map(|piece| Some(piece.split_once('}')?.0)).collect();
        // Codex names the variables that it reads under keys of their own.
        let named =
            |line: &&str| line.split_once(' ').is_some_and(|(key, _)| CODEX_READS.contains(&key));
        let named = snippet.lines().filter(named);
        read.extend(named.flat_map(|line| line.split('"').skip(1).step_by(2)));
        let slots = self.recipe.slots.iter().map(|slot| slot.variable.as_str());
        let names: Vec<&str> = slots.filter(|name| read.contains(name)).collect();
        if !names.is_empty() {
            let some = names[..names.len().min(5)].join(", ");
            let more = match names.len().saturating_sub(5) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            notes.push(format!(
                "{file} {some}{more} in the environment that the client starts from."
            ));
        }
        notes
    }
}

/// Returns the usual word for the type of a remote.
pub(super) fn remote_type(is_sse: bool) -> &'static str {
    if is_sse { "sse" } else { "http" }
}

/// Returns `words` as the beginning of a command line.
pub(super) fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A value that is assigned and so always quoted.
fn powershell_value(value: &str) -> String {
    let quoted = quote::powershell(value);
    if quoted.starts_with('\'') { quoted } else { format!("'{quoted}'") }
}

/// A line for both shells; `None` when a word does not fit on one line.
pub(super) fn line(words: &[String]) -> Option<Command> {
    if !words.iter().all(|word| quote::is_one_line(word)) {
        return None;
    }
    let join = |quote: fn(&str) -> String| {
        words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
    };
    let survives = words.iter().all(|word| quote::survives_powershell(word));
    let powershell = survives.then(|| join(quote::powershell));
    Some(Command { posix: join(quote::posix), powershell })
}

/// Returns a line with `start` after `--`; on Windows `cmd` starts a batch file.
pub(super) fn line_with(
    view: &View<'_>,
    before: &[String],
    start: &Start,
    ask: Ask,
) -> Option<Command> {
    let words = |argv: &[Template]| -> Vec<String> {
        let argv = argv.iter().map(|word| view.text(word, ask));
        before.iter().cloned().chain(["--".to_owned()]).chain(argv).collect()
    };
    let mut command = line(&words(&start.argv))?;
    if argv::is_batch(&start.argv) {
        let windows = argv::windows(&start.argv);
        command.powershell = windows.and_then(|argv| line(&words(&argv))?.powershell);
    }
    Some(command)
}

/// The command lines of the clients that enforce an allowlist, and whether the user supplies a part of
/// them. What starts a batch file on Windows is among them, when that is possible.
pub(in crate::render) fn command_lines(recipe: &Recipe) -> (Vec<Vec<String>>, bool) {
    let start = match &recipe.action {
        Ok(Action::Start(start) | Action::Connect { start: Some(start), .. }) => start,
        _ => return (Vec::new(), false),
    };
    let windows = argv::is_batch(&start.argv).then(|| argv::windows(&start.argv)).flatten();
    let forms = std::iter::once(start.argv.clone()).chain(windows);
    let show = |word: &Template| word.show(&recipe.slots, |slot| Ask::Expand.slot(slot));
    let lines = forms.map(|form| form.iter().map(show).collect()).collect();
    (lines, start.argv.iter().any(|word| word.slots().next().is_some()))
}

/// The note of a client that cannot open bundles.
pub(super) const NO_BUNDLE: Refusal =
    "This client cannot open bundles. Try another client or package.";
