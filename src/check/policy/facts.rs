//! What a policy may ask about an entry, read once for all rules. Texts are folded, as patterns compare them.

use super::secret;
use super::spot::{Side, Spot};
use crate::check::{hosts, range, template};
use crate::config::{Day, OWN, UPSTREAM};
use crate::model::pattern::Folded;
use crate::model::{
    Argument, ArgumentKind, Entry, Host, Input, NamedInput, Naming, OciReference, OwnAnnotations,
    Package, PackageType, Server, ServerName, Transport,
};
use crate::text::is_hex;

/// What is known about an entry besides its files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// How ownership was shown; `None` when that is not known yet.
    pub proof: Option<&'a str>,
    /// Days since the namespace published its first entry; `None` when that is not known yet.
    pub age: Option<i64>,
}

/// The facts of an entry.
pub(super) struct Facts<'a> {
    pub(super) name: Folded,
    pub(super) namespace: Folded,
    pub(super) version: Folded,
    pub(super) origin: Folded,
    pub(super) known: Known<'a>,
    /// The day of the schema; `None` when it has no day.
    pub(super) schema: Option<i64>,
    pub(super) repository: Option<Folded>,
    pub(super) license: Option<Folded>,
    /// What the registry says about it; `None` when that is nothing.
    pub(super) annotated: Option<Annotated>,
    /// The packages, then the remotes.
    pub(super) targets: Vec<Target<'a>>,
    /// Whether there may be more of them, which could not be read.
    pub(super) is_partial: bool,
}

/// What a policy may ask about annotations.
pub(super) struct Annotated {
    pub(super) owner: Option<Folded>,
    pub(super) tier: Option<Folded>,
    pub(super) risk: Option<Folded>,
    pub(super) tags: Vec<Folded>,
    pub(super) has_review: bool,
    pub(super) is_expired: bool,
    pub(super) has_approval: bool,
    pub(super) has_scan: bool,
}

impl Annotated {
    fn new(own: &OwnAnnotations) -> Self {
        let fold = |text: &Option<String>| text.as_deref().map(Folded::new);
        let fields = &own.fields;
        Self {
            owner: fold(&fields.owner),
            tier: fold(&fields.tier),
            risk: fold(&fields.risk),
            tags: fields.tags.iter().map(|tag| Folded::new(tag.as_str())).collect(),
            has_review: fields.review.is_some(),
            is_expired: own.is_expired,
            has_approval: fields.approval.is_some(),
            has_scan: fields.scan.is_some(),
        }
    }
}

/// A text that patterns are compared with, and its place.
pub(super) type Text<'a> = (Spot<'a>, Folded);

/// A package or a remote.
pub(super) struct Target<'a> {
    pub(super) side: Side,
    pub(super) index: usize,
    /// The type of a package.
    pub(super) kind: &'a str,
    pub(super) identifier: Folded,
    /// The member that names the host, and the host.
    pub(super) host: (&'static str, Option<Folded>),
    pub(super) transport: &'a str,
    /// Whether an image is named by its digest; `None` for other packages.
    pub(super) pinned: Option<bool>,
    pub(super) has_hash: bool,
    pub(super) is_exact: bool,
    pub(super) arguments: Vec<Text<'a>>,
    pub(super) variables: Vec<Text<'a>>,
    /// The first input that has the name of a secret and is not marked as one.
    pub(super) unmarked: Option<Spot<'a>>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(name: &ServerName, entry: &'a Entry, known: Known<'a>) -> Self {
        let server: &Server = &entry.server;
        let mirrored = entry.mirrored_from();
        let packages = server.packages.iter().enumerate().map(|(i, it)| Target::package(i, it));
        let remotes = server.remotes.iter().enumerate().map(|(i, it)| Target::remote(i, it));
        let proof = known.proof.map(|proof| if mirrored.is_some() { UPSTREAM } else { proof });
        Self {
            name: Folded::new(name.as_str()),
            namespace: Folded::new(name.namespace().as_str()),
            version: Folded::new(entry.version.as_str()),
            origin: Folded::new(mirrored.map_or(OWN, |it| it.trim_end_matches('/'))),
            known: Known { proof, ..known },
            schema: schema_day(server.schema.as_deref().unwrap_or_default()),
            repository: server.repository.as_ref().map(|it| Folded::new(&it.url)),
            license: server.publisher.license.as_deref().map(Folded::new),
            annotated: entry.own_annotations().map(Annotated::new),
            targets: packages.chain(remotes).collect(),
            is_partial: server.is_partial,
        }
    }
}

/// Returns the day in the address of a schema.
fn schema_day(address: &str) -> Option<i64> {
    let (_, rest) = address.split_once("/schemas/")?;
    Some(Day::parse(rest.split('/').next()?)?.number())
}

impl<'a> Target<'a> {
    fn package(index: usize, package: &'a Package) -> Self {
        let kind = PackageType::named(&package.registry_type);
        let is_image = kind.is_some_and(|kind| kind.naming == Naming::Image);
        let image = is_image.then(|| OciReference::split(&package.identifier));
        let pinned = image.map(|image| image.digest.is_some_and(is_digest));
        let (from, host) = package_host(package, kind, image.as_ref());
        let mut target = Self {
            side: Side::Packages,
            index,
            kind: &package.registry_type,
            identifier: Folded::new(&package.identifier),
            host: (from, host.map(Folded::new)),
            transport: package.transport.as_ref().map_or("", |it| &it.kind),
            pinned,
            has_hash: package.file_sha256.is_some(),
            is_exact: is_exact(package, kind, image.as_ref()),
            arguments: Vec::new(),
            variables: Vec::new(),
            unmarked: None,
        };
        target.add_inputs(&["environmentVariables"], &package.environment_variables);
        target.add_arguments(&["runtimeArguments"], &package.runtime_arguments);
        target.add_arguments(&["packageArguments"], &package.package_arguments);
        if let Some(transport) = &package.transport {
            target.add_inputs(&["transport", "headers"], &transport.headers);
            target.add_named(&["transport", "variables"], &transport.variables);
        }
        target
    }

    fn remote(index: usize, remote: &'a Transport) -> Self {
        let mut target = Self {
            side: Side::Remotes,
            index,
            kind: "",
            identifier: Folded::new(""),
            host: ("url", remote.url.as_deref().and_then(host).map(Folded::new)),
            transport: &remote.kind,
            pinned: None,
            has_hash: false,
            is_exact: false,
            arguments: Vec::new(),
            variables: Vec::new(),
            unmarked: None,
        };
        target.add_inputs(&["headers"], &remote.headers);
        target.add_named(&["variables"], &remote.variables);
        target
    }

    /// Adds headers or environment variables.
    fn add_inputs(&mut self, list: &'static [&'static str], inputs: &'a [NamedInput]) {
        for (at, named) in inputs.iter().enumerate() {
            let spot = Spot::Input(self.side, self.index, list, at, "name");
            self.add_variable(spot, &named.name, &named.input);
            self.add_inner(Spot::Input(self.side, self.index, list, at, "variables"), &named.input);
        }
    }

    /// Adds the variables of a URL.
    fn add_named(&mut self, list: &'static [&'static str], inputs: &'a [NamedInput]) {
        for named in inputs {
            let spot = Spot::Named(self.side, self.index, list, &named.name);
            self.add_variable(spot, &named.name, &named.input);
        }
    }

    fn add_variable(&mut self, spot: Spot<'a>, name: &str, input: &Input) {
        let name = name.to_ascii_lowercase();
        if self.unmarked.is_none() && !input.holds_secret() && secret::is_name(&name) {
            self.unmarked = Some(spot);
        }
        let values = values(input).map(|value| (spot, Folded::new(format!("{name}={value}"))));
        self.variables.extend(values);
        self.variables.push((spot, Folded::new(name)));
    }

    /// Adds the variables inside the value of an input.
    fn add_inner(&mut self, spot: Spot<'a>, input: &'a Input) {
        for named in &input.variables {
            let is_hidden = input.is_secret;
            let known = self.unmarked;
            self.add_variable(spot, &named.name, &named.input);
            if is_hidden {
                self.unmarked = known; // the whole value is hidden
            }
            self.add_inner(spot, &named.input);
        }
    }

    fn add_arguments(&mut self, list: &'static [&'static str], arguments: &'a [Argument]) {
        for (at, argument) in arguments.iter().enumerate() {
            let spot = |member| Spot::Input(self.side, self.index, list, at, member);
            let (input, inner) = (&argument.input, spot("variables"));
            let named = match &argument.kind {
                ArgumentKind::Named { name } => Some((spot("name"), name.to_ascii_lowercase())),
                ArgumentKind::Positional { .. } => None,
            };
            let member = if input.value.is_some() { "value" } else { "default" };
            let texts: Vec<String> = values(input).chain(inner_values(input)).collect();
            let value = spot(member);
            if let Some((spot, name)) = named {
                if self.unmarked.is_none() && !input.holds_secret() && secret::is_name(&name) {
                    self.unmarked = Some(spot);
                }
                let joined =
                    texts.iter().map(|text| (value, Folded::new(format!("{name}={text}"))));
                self.arguments.extend(joined);
                self.arguments.push((spot, Folded::new(name)));
            }
            self.arguments.extend(texts.into_iter().map(|text| (value, Folded::new(text))));
            self.add_inner(inner, input);
        }
    }
}

/// Returns the texts that an input may become, in lower case.
fn values(input: &Input) -> impl Iterator<Item = String> + '_ {
    let texts = input.value.iter().chain(&input.default).chain(&input.choices);
    texts.map(|text| text.to_ascii_lowercase())
}

/// Returns the texts that the variables inside an input may become.
fn inner_values(input: &Input) -> Vec<String> {
    let inner = |named: &NamedInput| {
        values(&named.input).chain(inner_values(&named.input)).collect::<Vec<_>>()
    };
    input.variables.iter().flat_map(inner).collect()
}

/// Returns the member that names where a package comes from, and the host.
fn package_host(
    package: &Package,
    kind: Option<&'static PackageType>,
    image: Option<&OciReference<'_>>,
) -> (&'static str, Option<String>) {
    match kind.map(|kind| kind.naming) {
        Some(Naming::Image) => {
            let host = image.and_then(hosts::image_host).map(|host| host.as_str().to_owned());
            ("identifier", host.or_else(|| Some("docker.io".to_owned())))
        }
        Some(Naming::Url) => ("identifier", host(&package.identifier)),
        _ => match &package.registry_base_url {
            Some(url) => ("registryBaseUrl", host(url)),
            None => {
                let usual = kind.and_then(|kind| kind.base_urls.first());
                ("registryType", usual.and_then(|url| host(url)))
            }
        },
    }
}

/// Returns the host of a URL. Each `{variable}` in it becomes `{}`, which is not part of any host, so that a pattern
/// matches only what the variable cannot change.
fn host(url: &str) -> Option<String> {
    if !url.contains('{') {
        return hosts::host_of(url).map(|host| host.as_str().to_owned());
    }
    let (mut open, mut rest) = (String::new(), url);
    while let Some((before, _, after)) = template::first(rest) {
        open.push_str(before);
        open.push_str("{}");
        rest = after;
    }
    open.push_str(rest);
    let (_, host) = hosts::authority(&open)?;
    match host.contains('{') {
        true => Some(host.to_ascii_lowercase()),
        false => Some(Host::read(host).as_str().to_owned()),
    }
}

/// Whether the text after the at sign of an image is a digest.
fn is_digest(text: &str) -> bool {
    let lengths = [("sha256:", 64), ("sha512:", 128)];
    lengths.iter().any(|(prefix, length)| {
        text.strip_prefix(prefix).is_some_and(|digits| is_hex(digits, *length))
    })
}

/// Whether a package is always the same version, as far as its document shows.
fn is_exact(
    package: &Package,
    kind: Option<&'static PackageType>,
    image: Option<&OciReference<'_>>,
) -> bool {
    let is_fixed = |version: &str| {
        !version.eq_ignore_ascii_case("latest") && !range::looks_like_range(version)
    };
    match (kind.map(|kind| kind.naming), image) {
        (_, Some(image)) => image.digest.is_some_and(is_digest) || image.tag.is_some_and(is_fixed),
        (Some(Naming::Url), _) => package.file_sha256.is_some(),
        _ => package.version.as_deref().is_some_and(is_fixed),
    }
}
