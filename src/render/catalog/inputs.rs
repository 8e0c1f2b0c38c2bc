//! Packages, remotes and their inputs, as a page shows them.
//!
//! Everything that an author declared is shown, even what no client uses, except the value or default of
//! a secret. Links to package registries are made only for identifiers of the usual form.

use std::cmp::Ordering;

use serde::Serialize;

use crate::model::{
    Argument, ArgumentKind, Format, Input, NamedInput, Naming, Package, PackageCheck,
    PackageOutcome, PackageType, Transport, TransportType, compare_packages, package_version,
};
use crate::text::percent_encode;

use super::text::{shown, shown_option, web_link};

/// Rows up to which a table is open from the start.
const OPEN: usize = 12;

/// A package.
///
/// Every text in it has passed [`shown`], and the link [`web_link`].
#[derive(Debug, Serialize)]
pub(super) struct PackageView {
    kind: String,
    label: String,
    identifier: String,
    version: Option<String>,
    link: Option<String>,
    runtime: Option<String>,
    sha256: Option<String>,
    registry: Option<String>,
    transport: Option<String>,
    url: Option<String>,
    /// What its registry showed, and on which day.
    check: Option<&'static str>,
    is_proven: bool,
    checked: Option<String>,
    /// A newer version that its registry had on that day.
    newer: Option<String>,
    tables: Vec<Table>,
}

/// A remote.
///
/// Its address is text to read; a client connects to it, a browser does not.
#[derive(Debug, Serialize)]
pub(super) struct RemoteView {
    transport: String,
    url: String,
    tables: Vec<Table>,
}

/// Inputs of one kind.
///
/// A long one is closed at first, so that 500 variables do not hide the page.
#[derive(Debug, Serialize)]
struct Table {
    caption: &'static str,
    noun: &'static str,
    open: bool,
    /// Rows without those of variables inside a value, and how many of them are required.
    count: usize,
    required: usize,
    rows: Vec<Row>,
}

/// An input.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    description: Option<String>,
    required: bool,
    secret: bool,
    repeated: bool,
    /// Depth of a `{variable}` inside a value.
    inner: bool,
    kind: Option<&'static str>,
    value: Option<String>,
    default: Option<String>,
    example: Option<String>,
    choices: Vec<String>,
}

impl PackageView {
    /// The view of a package; `check` is what is recorded about it.
    pub(super) fn new(package: &Package, check: Option<&PackageCheck>) -> Self {
        let version = package.version.as_deref().unwrap_or_default();
        let current = package_version(&package.registry_type, &package.identifier, version);
        let newer = check.and_then(|it| it.newest.as_deref());
        let newer = newer.filter(|it| compare_packages(it, current) == Some(Ordering::Greater));
        let transport = package.transport.as_ref();
        // The type says which registry is the usual one, and which program.
        let kind = PackageType::named(&package.registry_type);
        let registry = package.registry_base_url.as_deref();
        let registry = registry.filter(|url| kind.is_none_or(|kind| !kind.is_usual_registry(url)));
        let program = kind.and_then(|kind| Some(kind.runners.first()?.program));
        let runtime = package.runtime_hint.as_deref().filter(|hint| program != Some(*hint));
        let tables = [
            table("Environment variables", "Variable", named(&package.environment_variables)),
            table("Arguments", "Argument", arguments(&package.package_arguments)),
            table("Runtime arguments", "Argument", arguments(&package.runtime_arguments)),
        ];
        let tables = tables.into_iter().chain(transport.into_iter().flat_map(transport_tables));
        Self {
            kind: shown(&package.registry_type),
            label: type_label(&package.registry_type),
            identifier: shown(&package.identifier),
            version: shown_option(package.version.as_deref()),
            link: link(package),
            runtime: shown_option(runtime),
            sha256: shown_option(package.file_sha256.as_deref()),
            registry: shown_option(registry),
            transport: transport.map(|transport| transport_label(&transport.kind)),
            url: transport.and_then(|transport| shown_option(transport.url.as_deref())),
            check: check.map(|check| match check.outcome {
                PackageOutcome::Proven => "names this server",
                PackageOutcome::Present => "is there, and cannot name its server",
                PackageOutcome::Unproven => "does not name this server",
                PackageOutcome::Missing => "was not found",
            }),
            is_proven: check.is_some_and(|check| check.outcome.is_accepted()),
            checked: check.map(|check| shown(&check.day)),
            newer: shown_option(newer),
            tables: tables.flatten().collect(),
        }
    }
}

impl RemoteView {
    pub(super) fn new(remote: &Transport) -> Self {
        Self {
            transport: transport_label(&remote.kind),
            url: shown(remote.url.as_deref().unwrap_or_default()),
            tables: transport_tables(remote).into_iter().flatten().collect(),
        }
    }
}

/// What a transport asks for besides its URL.
fn transport_tables(transport: &Transport) -> [Option<Table>; 2] {
    [
        table("Headers", "Header", named(&transport.headers)),
        table("Variables of the URL", "Variable", named(&transport.variables)),
    ]
}

/// Makes a table unless it would be empty.
fn table(caption: &'static str, noun: &'static str, rows: Vec<Row>) -> Option<Table> {
    let outer = || rows.iter().filter(|row| !row.inner);
    let (count, required) = (outer().count(), outer().filter(|row| row.required).count());
    let open = rows.len() <= OPEN;
    (!rows.is_empty()).then_some(Table { caption, noun, open, count, required, rows })
}

/// Rows of inputs that have names.
fn named(inputs: &[NamedInput]) -> Vec<Row> {
    let rows = inputs.iter().flat_map(|NamedInput { name, input }| {
        std::iter::once(row(shown(name), input, false, false)).chain(inner(input))
    });
    rows.collect()
}

/// Rows of a command line. A positional argument is called by its hint, or by its place.
fn arguments(arguments: &[Argument]) -> Vec<Row> {
    let mut rows = Vec::with_capacity(arguments.len());
    for (i, argument) in arguments.iter().enumerate() {
        let name = match &argument.kind {
            ArgumentKind::Named { name } => shown(name),
            ArgumentKind::Positional { hint: Some(hint) } => format!("<{}>", shown(hint)),
            ArgumentKind::Positional { hint: None } => format!("<argument {}>", i + 1),
        };
        rows.push(row(name, &argument.input, argument.is_repeated, false));
        rows.extend(inner(&argument.input));
    }
    rows
}

/// The variables inside a value.
fn inner(input: &Input) -> impl Iterator<Item = Row> + '_ {
    let variables = input.variables.iter();
    variables.map(|v| row(format!("{{{}}}", shown(&v.name)), &v.input, false, true))
}

/// Makes a row. The value and default of a secret are left out.
fn row(name: String, input: &Input, repeated: bool, inner: bool) -> Row {
    let open = |text: &Option<String>| text.as_deref().filter(|_| !input.is_secret).map(shown);
    Row {
        name,
        description: shown_option(input.description.as_deref()),
        required: input.is_required,
        secret: input.holds_secret(),
        repeated,
        inner,
        kind: match input.format {
            Format::Text => None,
            Format::Number => Some("number"),
            Format::Boolean => Some("true or false"),
            Format::FilePath => Some("file path"),
        },
        value: open(&input.value),
        default: open(&input.default),
        example: shown_option(input.placeholder.as_deref()),
        choices: input.choices.iter().map(|choice| shown(choice)).collect(),
    }
}

/// Returns what people call a package type; an unknown one as the author wrote it.
pub(super) fn type_label(kind: &str) -> String {
    PackageType::named(kind).map_or_else(|| shown(kind), |kind| kind.label.to_owned())
}

/// Returns what people call a transport; an unknown one as the author wrote it.
pub(super) fn transport_label(kind: &str) -> String {
    TransportType::named(kind).map_or_else(|| shown(kind), |kind| kind.label().to_owned())
}

/// Returns the address of the package's own page, or of the file itself when a URL names it.
fn link(package: &Package) -> Option<String> {
    let kind = PackageType::named(&package.registry_type)?;
    let version = package.version.as_deref().filter(|v| !v.is_empty()).map(percent_encode);
    if kind.naming == Naming::Url {
        return web_link(&package.identifier);
    }
    kind.page(&package.identifier, package.registry_base_url.as_deref(), version.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(kind: &str, identifier: &str) -> Package {
        Package {
            registry_type: kind.to_owned(),
            identifier: identifier.to_owned(),
            version: Some("1.0.0".to_owned()),
            ..Package::default()
        }
    }

    #[test]
    fn packages_are_linked_where_they_have_pages() {
        for (kind, identifier, expected) in [
            ("npm", "@a/b", Some("https://www.npmjs.com/package/@a/b/v/1.0.0")),
            ("pypi", "a-b", Some("https://pypi.org/project/a-b/1.0.0")),
            ("oci", "ghcr.io/a/b:1", Some("https://ghcr.io/a/b")),
            ("oci", "docker.io/a/b@sha256:0", Some("https://hub.docker.com/r/a/b")),
            ("oci", "localhost:5000/a", None),
            ("npm", "a/../../b", None),
            ("npm", "a\"><b>", None),
            ("mcpb", "javascript:alert(1)", None),
            ("unknown", "a", None),
        ] {
            assert_eq!(link(&package(kind, identifier)).as_deref(), expected, "{identifier}");
        }
    }

    #[test]
    fn a_secret_shows_no_value() {
        let mut input = Input { is_secret: true, ..Input::default() };
        input.default = Some("hunter2".to_owned());
        let row = row("KEY".to_owned(), &input, false, false);
        assert_eq!((row.default, row.secret), (None, true));
    }
}
