//! `Server`: a typed lens on `server.json`.
//!
//! Pages, snippets and exports need typed fields, while clients receive the author's own text. So this
//! type is for reading only and cannot be written out. Reading never fails: a field of the wrong type
//! counts as absent, like an empty text.

mod read;

pub use read::PUBLISHER_KEY;

/// The content of `server.json`, as far as it could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Server {
    /// The address of the schema that the document names.
    pub schema: Option<String>,
    /// The registry name, such as `com.example/weather`.
    pub name: String,
    /// The name that people see.
    pub title: Option<String>,
    /// One sentence.
    pub description: String,
    /// The version's text.
    pub version: String,
    /// The author's page.
    pub website_url: Option<String>,
    /// Where the source code is.
    pub repository: Option<Repository>,
    /// Pictures, in the author's order.
    pub icons: Vec<Icon>,
    /// What can be started on the user's machine.
    pub packages: Vec<Package>,
    /// What can be connected to.
    pub remotes: Vec<Transport>,
    /// What the publisher added under its own `_meta` key.
    pub publisher: Publisher,
    /// Whether a package, a remote, an argument or a variable could not be read, so that the lists above lack it.
    pub is_partial: bool,
}

/// Where the source code is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repository {
    /// Address of the repository.
    pub url: String,
    /// Folder inside the repository.
    pub subfolder: Option<String>,
}

/// A picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Icon {
    /// Its address.
    pub src: String,
    /// Its media type.
    pub mime_type: Option<String>,
    /// `light` or `dark`: the background it is meant for.
    pub theme: Option<String>,
}

/// Something that a package manager can fetch and start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Package {
    /// `npm`, `pypi`, `oci`, `nuget`, `mcpb`, `cargo` or another word.
    pub registry_type: String,
    /// The package registry, when it is not the usual one.
    pub registry_base_url: Option<String>,
    /// What the package is called there.
    pub identifier: String,
    /// Its version there.
    pub version: Option<String>,
    /// Digest of the file, for `mcpb`.
    pub file_sha256: Option<String>,
    /// The program that the author would start it with.
    pub runtime_hint: Option<String>,
    /// How to talk to it once it runs.
    pub transport: Option<Transport>,
    /// Arguments of the program that starts it.
    pub runtime_arguments: Vec<Argument>,
    /// Arguments of the package itself.
    pub package_arguments: Vec<Argument>,
    /// Its environment.
    pub environment_variables: Vec<NamedInput>,
}

/// A way to talk to a server: a remote's, or a package's once it is started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transport {
    /// `stdio`, `streamable-http`, `sse` or another word (`type` in the document).
    pub kind: String,
    /// The URL, perhaps with `{variables}`; absent for `stdio`.
    pub url: Option<String>,
    /// Headers to send.
    pub headers: Vec<NamedInput>,
    /// What the URL's `{variables}` mean, in the byte order of their names.
    pub variables: Vec<NamedInput>,
}

/// An input with the name of a header, an environment variable or a `{variable}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedInput {
    /// The name.
    pub name: String,
    /// What is known about its value.
    pub input: Input,
}

/// An argument of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// By place or by name.
    pub kind: ArgumentKind,
    /// Whether it may be given several times.
    pub is_repeated: bool,
    /// What is known about its value.
    pub input: Input,
}

/// How an argument is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArgumentKind {
    /// By its place; the hint is a label and never part of the command line.
    Positional {
        /// What to call it.
        hint: Option<String>,
    },
    /// By its name.
    Named {
        /// The name with its dashes.
        name: String,
    },
}

/// What is known about a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    /// What it is for.
    pub description: Option<String>,
    /// Whether the server does not work without it.
    pub is_required: bool,
    /// Whether it must not be shown or stored as plain text.
    pub is_secret: bool,
    /// What kind of text it is.
    pub format: Format,
    /// The fixed value, perhaps with `{variables}`.
    pub value: Option<String>,
    /// The value when the user enters nothing.
    pub default: Option<String>,
    /// An example.
    pub placeholder: Option<String>,
    /// The only values there are; empty when any will do.
    pub choices: Vec<String>,
    /// What the `{variables}` in the value mean, in the byte order of their names.
    pub variables: Vec<NamedInput>,
}

/// What kind of text a value is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// Any text.
    #[default]
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A path on the user's machine.
    FilePath,
}

/// What the publisher added under its own `_meta` key, as far as catalogs use it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Publisher {
    /// Tags.
    pub tags: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Keywords.
    pub keywords: Vec<String>,
    /// Licence of the repository on GitHub, as text.
    pub license: Option<String>,
}

impl Server {
    /// The name that people see: the title, or else the registry name.
    pub fn label(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.name)
    }
}

impl Argument {
    /// The name or the hint: what templates and forms call it.
    pub fn label(&self) -> Option<&str> {
        match &self.kind {
            ArgumentKind::Positional { hint } => hint.as_deref(),
            ArgumentKind::Named { name } => Some(name),
        }
    }
}

/// What becomes of an input as long as nobody was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given<'a> {
    /// It is left out.
    Nothing,
    /// The user has to supply all of it.
    User,
    /// A text, perhaps with `{variables}`.
    Text(&'a str),
}

impl Input {
    /// What becomes of it: the fixed value, else the default, else what the user has to supply.
    ///
    /// A secret's own text is never used: it is asked for if it is required or if the author wrote a
    /// value, so that the author's text stays hidden.
    pub fn given(&self) -> Given<'_> {
        let value = self.value.as_deref().filter(|value| !value.is_empty());
        let default = self.default.as_deref().filter(|default| !default.is_empty());
        match (value, default) {
            (Some(value), _) if !self.is_secret => Given::Text(value),
            (Some(_), _) => Given::User,
            (None, Some(default)) if !self.is_secret => Given::Text(default),
            _ if self.is_required => Given::User,
            _ => Given::Nothing,
        }
    }

    /// Whether it, or a variable inside its value, is secret.
    pub fn holds_secret(&self) -> bool {
        self.is_secret || self.variables.iter().any(|variable| variable.input.holds_secret())
    }
}
