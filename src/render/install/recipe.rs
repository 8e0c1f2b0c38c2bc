//! One way to install a server, independent of the client: a command to start or a URL to connect to.

use crate::model::{
    Input, NamedInput, Naming, Package, PackageType, Server, Transport, TransportType,
};

use super::argv::{self, Start};
use super::cargo::{self, First};
use super::identifier::{self, Refusal};
use super::quote;
use super::variables::{Piece, Slot, Slots, Template, sounds_secret};

/// Where a recipe comes from in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Index of a package.
    Package(usize),
    /// Index of a remote.
    Remote(usize),
}

/// What a client does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Starts a program and talks over its standard input and output.
    Start(Start),
    /// Connects to a URL; a package behind it must be started first.
    Connect {
        /// Whether the older transport with server-sent events is spoken.
        is_sse: bool,
        /// Where.
        url: Template,
        /// With which headers.
        headers: Vec<(String, Template)>,
        /// What listens there, when it is a package.
        start: Option<Start>,
    },
    /// Opens a bundle.
    Bundle {
        /// Where it is.
        url: String,
    },
}

/// One way to install a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// Where it comes from.
    pub source: Source,
    /// What it is called, such as `npm package`.
    pub method: &'static str,
    /// What has to be installed first, when no program runs the package directly.
    pub first: Option<First>,
    /// What to do, or why nothing is shown.
    pub action: Result<Action, Refusal>,
    /// What the user has to enter.
    pub slots: Vec<Slot>,
    /// What the reader should know; names in it are from the document.
    pub notes: Vec<String>,
}

/// Returns every way to install `server`: its packages, then its remotes, in the author's order.
pub fn recipes(server: &Server) -> Vec<Recipe> {
    let packages = server.packages.iter().enumerate().map(|(i, it)| of_package(server, i, it));
    let remotes = server.remotes.iter().enumerate().map(|(i, it)| of_remote(server, i, it));
    packages.chain(remotes).collect()
}

fn of_package(server: &Server, index: usize, package: &Package) -> Recipe {
    let mut slots = Slots::new(&server.name);
    let mut notes = Vec::new();
    let mut first = None;
    let kind = PackageType::named(&package.registry_type);
    let action = match kind {
        Some(kind) if kind.naming == Naming::Url => {
            if package.file_sha256.is_some() {
                notes.push(COMPARE.to_owned());
            }
            let url = package.identifier.clone();
            identifier::package(kind, &url).map(|()| Action::Bundle { url })
        }
        Some(kind) if kind.runners.is_empty() => match cargo::first(kind, package) {
            Ok(made) => {
                first = Some(made);
                notes.extend(cargo::notes(package, &mut slots));
                Err(cargo::INSTALL_FIRST)
            }
            Err(refusal) => Err(refusal),
        },
        _ => started(kind, package, &mut slots, &mut notes),
    };
    let method = kind.map_or("package", |kind| kind.noun);
    let source = Source::Package(index);
    Recipe { source, method, first, action, slots: slots.list, notes }
}

const COMPARE: &str = "Compare the file's SHA-256 with the one in the registry before you open it.";

fn started(
    kind: Option<&PackageType>,
    package: &Package,
    slots: &mut Slots,
    notes: &mut Vec<String>,
) -> Result<Action, Refusal> {
    let made = argv::make(kind, package, slots)?;
    notes.extend(made.notes.iter().map(|note| (*note).to_owned()));
    notes.extend(left_out(&made.optional));
    let transport = package.transport.as_ref();
    let listens = |it: &&Transport| TransportType::named(&it.kind) != Some(TransportType::Stdio);
    let Some(transport) = transport.filter(listens) else { return Ok(Action::Start(made.start)) };
    let template = transport.url.as_deref().ok_or("The package does not say where it listens.")?;
    let url = slots.replace(template, |slots, name| {
        let known = made.named.iter().find(|(known, _)| known == name);
        let input = || Input { is_secret: sounds_secret(name), ..Input::default() };
        known.map_or_else(|| slots.slot(name, &input()), |(_, text)| text.clone())
    });
    notes.push("Start the server first; the client connects to it while it runs.".to_owned());
    let mut optional = Vec::new();
    let headers = headers(&transport.headers, slots, &mut optional)?;
    notes.extend(left_out(&optional));
    connect(transport, url, headers, Some(made.start), slots)
}

fn of_remote(server: &Server, index: usize, remote: &Transport) -> Recipe {
    let mut slots = Slots::new(&server.name);
    let mut optional = Vec::new();
    let action = connected(remote, &mut slots, &mut optional);
    let is_sse = TransportType::named(&remote.kind) == Some(TransportType::Sse);
    let method = if is_sse { "remote (SSE)" } else { "remote" };
    let notes = left_out(&optional).into_iter().collect();
    let source = Source::Remote(index);
    Recipe { source, method, first: None, action, slots: slots.list, notes }
}

/// Names the optional inputs that a configuration does not have.
fn left_out(names: &[String]) -> Option<String> {
    let some = names.iter().take(5).map(String::as_str).collect::<Vec<_>>();
    if some.is_empty() {
        return None;
    }
    let more = match names.len() - some.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("Optional and left out here: {}{more}. Add those that you need.", some.join(", ")))
}

fn connected(
    remote: &Transport,
    slots: &mut Slots,
    optional: &mut Vec<String>,
) -> Result<Action, Refusal> {
    let template = remote.url.as_deref().ok_or("The remote has no address.")?;
    let url = slots.fill(template, &remote.variables, &Input::default());
    let headers = headers(&remote.headers, slots, optional)?;
    connect(remote, url, headers, None, slots)
}

const EXPANDS: Refusal = "The configuration holds an expression that clients would replace with your own settings and send away, so none is shown.";

/// Checks what is connected to.
fn connect(
    transport: &Transport,
    url: Template,
    headers: Vec<(String, Template)>,
    start: Option<Start>,
    slots: &Slots,
) -> Result<Action, Refusal> {
    let is_sse = match (TransportType::named(&transport.kind), transport.kind.as_str()) {
        (Some(TransportType::Sse), _) => true,
        (Some(TransportType::StreamableHttp), _) | (None, "http") => false,
        _ => return Err("The transport is not one that clients know."),
    };
    // A word in place of a slot shows what the whole would be.
    let filled = url.show(&slots.list, |slot| slot.word.clone());
    let from_slot = matches!(url.0.first(), Some(Piece::Slot(_)));
    if from_slot || identifier::web_url(&filled).is_none() {
        return Err("The address is not a plain web address, so no configuration is shown.");
    }
    let values = std::iter::once(&url).chain(headers.iter().map(|(_, text)| text));
    if values.flat_map(Template::literals).any(identifier::expands) {
        return Err(EXPANDS);
    }
    Ok(Action::Connect { is_sse, url, headers, start })
}

fn headers(
    list: &[NamedInput],
    slots: &mut Slots,
    optional: &mut Vec<String>,
) -> Result<Vec<(String, Template)>, Refusal> {
    let mut headers: Vec<(String, Template)> = Vec::new();
    for NamedInput { name, input } in list {
        identifier::header(name)?;
        // Credentials are often not marked as such.
        let mut input = input.clone();
        input.is_secret |=
            input.value.as_deref().is_some_and(|value| value.contains('{')) && sounds_secret(name);
        let Some(value) = slots.value(name, &input) else {
            optional.push(name.clone());
            continue;
        };
        if !value.literals().all(quote::is_one_line) {
            return Err("A header's value is not a plain line, so no configuration is shown.");
        }
        if !headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            headers.push((name.clone(), value));
        }
    }
    Ok(headers)
}
