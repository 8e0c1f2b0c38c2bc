//! How a server is installed in each client: links, commands and configuration.
//!
//! Every client and the allowlist export use the same [`recipe`] of packages, remotes, arguments and
//! variables, so that what a page shows is what an administrator allows. A document may be hostile:
//! nothing is shown that could do harm when it is clicked, copied or read by a client, and the value of a
//! secret is never written. The reason of a refusal is in [`Install::notes`].

pub mod argv;
mod cargo;
mod clients;
mod detail;
pub mod identifier;
pub mod json;
pub mod quote;
pub mod recipe;
pub mod variables;
mod view;

use serde::Serialize;

use crate::model::Server;

use clients::Client;
pub use clients::Clients;
pub use recipe::Source;
use recipe::{Action, Recipe};
use view::{ClientForm, View};
pub(in crate::render) use view::{FOR_FILE, command_lines};

/// What installing depends on besides the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InstallContext<'a> {
    /// The registry's URL, when it is known.
    pub base_url: Option<&'a str>,
    /// Which clients come first.
    pub clients: Clients,
}

/// How one package or remote of a server is installed in one client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Install {
    /// The client's word in settings and in the page's ids.
    pub client: &'static str,
    /// The client's name.
    pub label: &'static str,
    /// Whether it belongs to the first row of tabs.
    pub is_first: bool,
    /// The package or remote.
    #[serde(skip)]
    pub source: Source,
    /// What the package or remote is, such as `npm package`.
    pub method: &'static str,
    /// What tells it apart from others that are the same; a text from the document.
    pub detail: Option<String>,
    /// Links that open the client, or a bundle to download.
    pub links: Vec<Link>,
    /// A command that has to run before, when the package is one that listens.
    pub start: Option<Command>,
    /// A command that installs.
    pub command: Option<Command>,
    /// Configuration to paste.
    pub snippet: Option<Snippet>,
    /// Sentences for the reader, in plain text; they may hold names from the document.
    pub notes: Vec<String>,
}

/// A link that opens a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What to write on it.
    pub label: &'static str,
    /// Its target. The scheme is one of [`LINK_SCHEMES`].
    pub url: String,
}

/// The schemes that links can have.
pub const LINK_SCHEMES: &[&str] =
    &["https", "http", "vscode", "vscode-insiders", "cursor", "goose", "lmstudio"];

/// A line for a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Command {
    /// For a POSIX shell.
    pub posix: String,
    /// For PowerShell; `None` when some PowerShell would hand a word on changed.
    pub powershell: Option<String>,
}

/// Text for a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Snippet {
    /// Where it goes.
    pub path: &'static str,
    /// `json`, `toml` or `yaml`.
    pub language: &'static str,
    /// The text, with a line break at its end.
    pub text: String,
}

/// Every way to install `server`: client by client in the order of their tabs, and for each its
/// packages and then its remotes in the author's order.
pub fn installs(server: &Server, context: &InstallContext<'_>) -> Vec<Install> {
    installs_of(server, &recipe::recipes(server), context)
}

/// [`installs`], with the recipes of `server`.
pub fn installs_of(
    server: &Server,
    recipes: &[Recipe],
    context: &InstallContext<'_>,
) -> Vec<Install> {
    let details = detail::details(server, recipes);
    let base_url = context.base_url;
    let view = |recipe| View { server, recipe, base_url, made: view::Made::default() };
    let views: Vec<View<'_>> = recipes.iter().map(view).collect();
    let rows = context.clients.rows();
    let pairs = rows.flat_map(|(client, is_first)| {
        views.iter().zip(&details).map(move |it| (client, is_first, it))
    });
    pairs
        .map(|(client, is_first, (view, detail))| {
            let (recipe, form) = (view.recipe, form(view, client));
            Install {
                client: client.id,
                label: client.label,
                is_first,
                source: recipe.source,
                method: recipe.method,
                detail: detail.clone(),
                links: form.links,
                start: form.start,
                command: form.command,
                snippet: form.snippet,
                notes: form.notes,
            }
        })
        .collect()
}

/// The words of the program that a recipe starts; none when it starts none.
pub fn program_words(recipe: &Recipe) -> Vec<String> {
    let (Ok(Action::Start(start)) | Ok(Action::Connect { start: Some(start), .. })) =
        &recipe.action
    else {
        return Vec::new();
    };
    let show = |word: &variables::Template| word.show(&recipe.slots, |slot| slot.word.clone());
    start.argv.iter().map(show).collect()
}

/// The line that starts the program of a recipe, for a POSIX shell.
pub fn program(recipe: &Recipe) -> Option<String> {
    let words = program_words(recipe);
    view::line(&words).map(|line| line.posix).filter(|line| !line.is_empty())
}

/// The form of `client` for the recipe of `view`, with the notes that any client needs.
fn form(view: &View<'_>, client: &Client) -> ClientForm {
    let recipe = view.recipe;
    let mut form = match &recipe.action {
        Err(refusal) => {
            let mut form = ClientForm::only(refusal);
            form.notes.extend(recipe.notes.iter().cloned());
            if let Some(first) = &recipe.first {
                let page = first.page.clone().into_iter();
                form.links.extend(page.map(|url| Link { label: "Page of the crate", url }));
                form.command = view::line(&first.argv);
            }
            return form;
        }
        Ok(action) => match (client.form)(view, action) {
            Ok(form) => form,
            Err(refusal) => return ClientForm::only(refusal),
        },
    };
    if let Ok(Action::Connect { start: Some(start), .. }) = &recipe.action {
        form.start = view.start_line(start);
    }
    form.notes.extend(recipe.notes.iter().cloned());
    form.notes.extend(view.slot_notes(&form));
    form
}
