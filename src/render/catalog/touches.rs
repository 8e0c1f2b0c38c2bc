//! What a server touches on the reader's computer and elsewhere, in plain words: what runs, which hosts it
//! connects to, which secrets and files it asks for.

use serde::Serialize;

use crate::model::launch::split;
use crate::model::{Argument, Format, Input, Naming, OciReference, Package, PackageType, Server};

use super::super::install::recipe::Recipe;
use super::super::install::{program, program_words};
use super::text::{shown, without_scheme};

/// Items that a line has at most.
const ITEMS: usize = 6;

/// A line: what happens, and with what.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Touches {
    label: &'static str,
    items: Vec<Item>,
    /// How many items are left out.
    more: usize,
}

/// Something that is touched.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Item {
    text: String,
    /// Such as `optional`.
    note: Option<&'static str>,
}

impl Touches {
    /// Every line that there is something to say in.
    pub(super) fn all(server: &Server, recipes: &[Recipe]) -> Vec<Self> {
        let runs = recipes.iter().filter_map(program).map(|line| plain(&line));
        let from = server.packages.iter().filter_map(registry);
        let hosts = server.remotes.iter().filter_map(|remote| host(remote.url.as_deref()?));
        let inputs = inputs(server);
        let secrets = inputs.iter().filter(|(_, input)| input.holds_secret());
        let files = inputs.iter().filter(|(_, input)| input.format == Format::FilePath);
        let need = |(name, input): &(String, &Input)| Item {
            text: name.clone(),
            note: (!input.is_required).then_some("optional"),
        };
        let mounts = recipes.iter().flat_map(mounts).map(|mount| plain(&mount));
        let lines = [
            ("Runs on this computer", runs.collect()),
            ("Downloads from", from.map(|text| plain(&text)).collect()),
            ("Connects to", hosts.map(|text| plain(&text)).collect()),
            ("Asks for secrets", secrets.map(need).collect()),
            ("Uses files and folders", files.map(need).chain(mounts).collect()),
        ];
        lines.into_iter().filter_map(|(label, items)| Self::new(label, items)).collect()
    }

    fn new(label: &'static str, items: Vec<Item>) -> Option<Self> {
        let mut kept: Vec<Item> = Vec::new();
        let mut more = 0;
        for item in items {
            if kept.iter().any(|known| known.text == item.text) {
                continue;
            }
            if kept.len() < ITEMS {
                kept.push(item);
            } else {
                more += 1;
            }
        }
        (!kept.is_empty()).then_some(Self { label, items: kept, more })
    }
}

fn plain(text: &str) -> Item {
    Item { text: shown(text), note: None }
}

/// Where a package comes from.
fn registry(package: &Package) -> Option<String> {
    let kind = PackageType::named(&package.registry_type)?;
    match (kind.naming, package.registry_base_url.as_deref()) {
        (Naming::Url, _) => host(&package.identifier),
        (Naming::Image, _) => {
            let reference = OciReference::split(&package.identifier);
            Some(reference.registry.unwrap_or("docker.io").to_owned())
        }
        (_, Some(url)) if !kind.is_usual_registry(url) => host(url),
        _ => Some(kind.label.to_owned()),
    }
}

fn host(url: &str) -> Option<String> {
    let host = without_scheme(url).split(['/', '?', '#']).next()?.to_owned();
    (!host.is_empty()).then_some(host)
}

/// Everything that the user can be asked for, with its name.
fn inputs(server: &Server) -> Vec<(String, &Input)> {
    let mut found = Vec::new();
    let argument = |argument: &Argument| argument.label().unwrap_or("argument").to_owned();
    for package in &server.packages {
        let named = package.environment_variables.iter();
        found.extend(named.map(|it| (shown(&it.name), &it.input)));
        let arguments = package.runtime_arguments.iter().chain(&package.package_arguments);
        found.extend(arguments.map(|it| (shown(&argument(it)), &it.input)));
    }
    let transports = server.packages.iter().filter_map(|package| package.transport.as_ref());
    for transport in transports.chain(&server.remotes) {
        let named = transport.headers.iter().chain(&transport.variables);
        found.extend(named.map(|it| (shown(&it.name), &it.input)));
    }
    found
}

/// The values of a container's options that mount a file or a folder.
fn mounts(recipe: &Recipe) -> Vec<String> {
    const OPTIONS: [&str; 3] = ["-v", "--volume", "--mount"];
    let words = program_words(recipe);
    if !words.first().is_some_and(|program| matches!(&**program, "docker" | "podman")) {
        return Vec::new();
    }
    let pairs = words.windows(2).filter(|pair| OPTIONS.contains(&&*pair[0]));
    let joined = words.iter().filter_map(|word| {
        let (option, value) = split(word);
        value.filter(|_| OPTIONS.contains(&option)).map(str::to_owned)
    });
    pairs.map(|pair| pair[1].clone()).chain(joined).collect()
}
