//! The package types and transports that the official registry knows, and what is true of each.
//!
//! This is the only list of them. Rules, pages and install instructions read it.

use super::OciReference;

/// How an identifier names a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// By a name in the package registry.
    Name,
    /// By a name that may have a scope before it: `@scope/name`.
    ScopedName,
    /// By a reference to a container image.
    Image,
    /// By the URL of its file.
    Url,
}

/// Whether a package has a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Required,
    Optional,
    Forbidden,
}

/// A package type.
#[derive(Debug)]
pub struct PackageType {
    /// The `registryType` in a document.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// What people call a package of it.
    pub noun: &'static str,
    pub naming: Naming,
    /// The characters of a name besides ASCII letters and digits.
    marks: &'static [u8],
    /// Addresses of its package registry: the first is the `registryBaseUrl` that the official registry
    /// accepts. Empty when it takes none.
    pub base_urls: &'static [&'static str],
    /// The `version` of a package.
    pub version: Presence,
    /// The `fileSha256` of a package.
    pub hash: Presence,
    /// Programs that run a package; the first is the usual one.
    pub runners: &'static [Runner],
    /// A package's own page, without and with its version.
    page: Option<[&'static str; 2]>,
}

/// A program that runs packages.
#[derive(Debug)]
pub struct Runner {
    pub program: &'static str,
    /// Words that follow the program.
    pub before: &'static [&'static str],
    /// Words that mean the same as those before or after, which authors write too.
    pub synonyms: &'static [&'static str],
    /// The option that names another package registry.
    pub registry_option: Option<&'static str>,
    /// What joins a package and its version.
    pub pin: &'static str,
    /// Words between the package and its arguments.
    pub after: &'static [&'static str],
}

const fn runner(
    program: &'static str,
    before: &'static [&'static str],
    registry_option: &'static str,
    pin: &'static str,
) -> Runner {
    let registry_option = Some(registry_option);
    Runner { program, before, synonyms: &[], registry_option, pin, after: &[] }
}

const fn container(program: &'static str) -> Runner {
    Runner {
        synonyms: &["--interactive"],
        registry_option: None,
        ..runner(program, &["run", "-i", "--rm"], "", ":")
    }
}

/// A type whose packages have a name and a version in a package registry.
const fn hosted(
    name: &'static str,
    label: &'static str,
    noun: &'static str,
    page: [&'static str; 2],
) -> PackageType {
    PackageType {
        name,
        label,
        noun,
        naming: Naming::Name,
        marks: b"_-.",
        base_urls: &[],
        version: Presence::Required,
        hash: Presence::Forbidden,
        runners: &[],
        page: Some(page),
    }
}

const NPM: [&str; 2] =
    ["https://www.npmjs.com/package/{id}", "https://www.npmjs.com/package/{id}/v/{version}"];
const PYPI: [&str; 2] =
    ["https://pypi.org/project/{id}/", "https://pypi.org/project/{id}/{version}"];
const NUGET: [&str; 2] =
    ["https://www.nuget.org/packages/{id}", "https://www.nuget.org/packages/{id}/{version}"];
const CARGO: [&str; 2] =
    ["https://crates.io/crates/{id}", "https://crates.io/crates/{id}/{version}"];

/// Every package type.
pub static PACKAGE_TYPES: [PackageType; 6] = [
    PackageType {
        naming: Naming::ScopedName,
        marks: b"~_-.",
        base_urls: &["https://registry.npmjs.org"],
        runners: &[
            Runner { synonyms: &["--yes"], ..runner("npx", &["-y"], "--registry", "@") },
            runner("bunx", &[], "--registry", "@"),
        ],
        ..hosted("npm", "npm", "npm package", NPM)
    },
    PackageType {
        base_urls: &["https://pypi.org"],
        runners: &[
            runner("uvx", &[], "--index-url", "@"),
            runner("pipx", &["run"], "--index-url", "=="),
        ],
        ..hosted("pypi", "PyPI", "PyPI package", PYPI)
    },
    PackageType {
        base_urls: &["https://api.nuget.org/v3/index.json", "https://api.nuget.org"],
        runners: &[Runner { after: &["--yes"], ..runner("dnx", &[], "--source", "@") }],
        ..hosted("nuget", "NuGet", "NuGet package", NUGET)
    },
    PackageType {
        marks: b"_-",
        base_urls: &["https://crates.io"],
        ..hosted("cargo", "Cargo", "Cargo crate", CARGO)
    },
    PackageType {
        naming: Naming::Image,
        marks: b"_-./:@",
        version: Presence::Forbidden,
        runners: &[container("docker"), container("podman")],
        page: None,
        ..hosted("oci", "OCI image", "container image", ["", ""])
    },
    PackageType {
        naming: Naming::Url,
        version: Presence::Optional,
        hash: Presence::Required,
        page: None,
        ..hosted("mcpb", "MCP bundle", "MCPB bundle", ["", ""])
    },
];

/// Returns the names of all package types.
pub fn package_type_names() -> impl Iterator<Item = &'static str> {
    PACKAGE_TYPES.iter().map(|kind| kind.name)
}

impl PackageType {
    /// Returns the type with this `registryType`.
    pub fn named(name: &str) -> Option<&'static Self> {
        PACKAGE_TYPES.iter().find(|kind| kind.name == name)
    }

    /// Whether `name` is the `registryType` of container images.
    pub fn is_image(name: &str) -> bool {
        Self::named(name).is_some_and(|kind| kind.naming == Naming::Image)
    }

    /// Whether a package registry of this type could hold a package of this name. A URL is not a name.
    pub fn is_name(&self, identifier: &str) -> bool {
        let word = |text: &str| is_package_word(text, self.marks);
        match self.naming {
            Naming::Name => word(identifier),
            Naming::ScopedName => match identifier.strip_prefix('@').map(|it| it.split_once('/')) {
                Some(parts) => parts.is_some_and(|(scope, name)| word(scope) && word(name)),
                None => word(identifier),
            },
            Naming::Image => {
                word(identifier) && !identifier.contains("//") && !identifier.ends_with('/')
            }
            Naming::Url => false,
        }
    }

    /// Returns the address of a package's own page in the usual package registry. `base_url` is the
    /// registry that the document names; a package of the same name elsewhere is another package.
    pub fn page(
        &self,
        identifier: &str,
        base_url: Option<&str>,
        version: Option<&str>,
    ) -> Option<String> {
        if !self.is_name(identifier) || identifier.contains("..") {
            return None;
        }
        if self.naming == Naming::Image {
            return OciReference::split(identifier).page();
        }
        let usual = |base: &str| self.base_urls.contains(&base.trim_end_matches('/'));
        let [bare, versioned] = self.page.filter(|_| base_url.is_none_or(usual))?;
        Some(match version {
            Some(version) => versioned.replace("{id}", identifier).replace("{version}", version),
            None => bare.replace("{id}", identifier),
        })
    }
}

/// Whether `text` is at most 512 ASCII letters, digits and `marks`, and begins with a letter, a digit or
/// an underscore. Then no program takes it for an option.
pub fn is_package_word(text: &str, marks: &[u8]) -> bool {
    text.len() <= 512
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || marks.contains(&b))
}

/// A way to talk to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportType {
    Stdio,
    StreamableHttp,
    Sse,
}

impl TransportType {
    /// The types that a package may have.
    pub const ALL: [Self; 3] = [Self::Stdio, Self::StreamableHttp, Self::Sse];

    /// The types that a remote may have.
    pub const REMOTE: [Self; 2] = [Self::StreamableHttp, Self::Sse];

    /// Returns the `type` in a document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stdio => "stdio",
            Self::StreamableHttp => "streamable-http",
            Self::Sse => "sse",
        }
    }

    /// Returns what people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Stdio => "stdio",
            Self::StreamableHttp => "Streamable HTTP",
            Self::Sse => "SSE",
        }
    }

    /// Returns the type with this `type` in a document.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}
